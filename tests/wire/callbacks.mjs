// @ts-check
// A sender of callbacks, as the gateway is one: bodies as PHP's json_encode writes them, signed with node:crypto, over
// sockets of its own. Written from the gateway's documentation; it may not know anything of the package.

import { createHmac } from "node:crypto";
import { request as httpRequest } from "node:http";

/** @typedef {{ key: string, secret: string }} Merchant */
/** @typedef {{ bare: string }} Bare  a number with just these digits */
/** @typedef {string | Bare} Amount */
/** @typedef {Record<string, string>} Headers */
/** @typedef {{ status: number, text: string }} Answer */

const SEND_LIMIT = 10_000;

/**
 * As json_encode with its defaults: slashes and everything outside ASCII are escaped, and there is no white space.
 *
 * @param {any} value
 * @returns {string}
 */
export function phpJson(value) {
  if (typeof value === "string") return phpText(value);
  if (value === null || typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${value.map(phpJson).join(",")}]`;
  if (typeof value.bare === "string") return value.bare;
  const members = Object.entries(value).map(([name, member]) => `${phpText(name)}:${phpJson(member)}`);
  return `{${members.join(",")}}`;
}

/** @param {string} text */
function phpText(text) {
  const escaped = (/** @type {string} */ unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `"${text.replace(/["\\/]/g, "\\$&").replace(/[^ -~]/g, escaped)}"`;
}

/**
 * The body of a deposit's callback. `net` is what reaches the merchant's balance.
 *
 * @param {{ id: number, user: string | null, status: string, type?: string, currency?: string, amount?: Amount,
 *   net?: Amount, error?: string }} details
 */
export function deposit({ id, user, status, ...details }) {
  const { type = "deposit", currency = "BTC", amount = "0.01000000", net = "0.00980000", error = "" } = details;
  const address = "2N9zXNdiT8ucZp7zZSrucqYGCD6xYF8F3di";
  return phpJson({
    id,
    type,
    crypto_address: { id: 381711, currency: "BTC", convert_to: null, address, tag: null, foreign_id: user },
    currency_sent: { currency: "BTC", amount: "0.01000000" },
    currency_received: { currency, amount, amount_minus_fee: net },
    transactions: [
      {
        id: 714680,
        currency: "BTC",
        transaction_type: "blockchain",
        type: "deposit",
        address,
        tag: null,
        amount: "0.01000000",
        txid: createHmac("sha256", "txid").update(String(id)).digest("hex"),
        riskscore: "0.42",
        confirmations: status === "not_confirmed" ? "0" : 3,
      },
    ],
    fees: [{ type: "deposit", currency, amount: "0.00020000" }],
    error,
    status,
  });
}

/** The body of a withdrawal's callback. @param {{ id: number, order: string, status: string }} withdrawal */
export function withdrawal({ id, order, status }) {
  return phpJson({
    id,
    foreign_id: order,
    type: "withdrawal",
    crypto_address: { id: 1, currency: "BTC", address: "115Mn1jCjBh1CNqug7yAB21Hq2rw8PfmTA", tag: null },
    currency_sent: { currency: "BTC", amount: "0.02000000" },
    currency_received: { currency: "BTC", amount: "0.02000000" },
    transactions: [],
    fees: [{ type: "mining", currency: "BTC", amount: "0.00007402" }],
    error: "",
    status,
  });
}

/** @param {string} body @param {Merchant} merchant @returns {Headers} */
export function signed(body, { key, secret }) {
  return {
    "content-type": "application/json",
    "user-agent": "GuzzleHttp/6.3.3 curl/7.61.1 PHP/7.2.9",
    "x-processing-key": key,
    "x-processing-signature": createHmac("sha512", secret).update(body).digest("hex"),
  };
}

/**
 * Sends on a connection of its own.
 *
 * @param {string} url
 * @param {{ method?: string, headers: Headers, body?: string }} what
 * @returns {Promise<Answer>}
 */
export function send(url, { method = "POST", headers, body = "" }) {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body);
    const length = method === "POST" ? { "content-length": String(bytes.length) } : {};
    const request = httpRequest(url, { method, headers: { ...headers, ...length }, agent: false });
    request.setTimeout(SEND_LIMIT, () => request.destroy(new Error(`no answer within ${SEND_LIMIT} ms`)));
    request.on("error", reject);
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve({ status: Number(response.statusCode), text }));
      response.on("error", reject);
    });
    request.end(bytes);
  });
}
