// @ts-check
// What the stand-in gateway says, whichever server carries it: its refusals of a request that is not in order, and its
// good answer to one that is. Written from the gateway's documentation; it may not know how an answer is sent, nor
// anything of the package.

import { createHmac } from "node:crypto";

import { invoice } from "./invoice.mjs";
import { KEY, SECRET } from "./session.js";

/** The gateway's documented refusals of a request that is not in order. */
export const REFUSALS = {
  required_header_key: { status: 403, error: "No key header" },
  bad_header_key: { status: 403, error: "Bad key header" },
  required_header_signature: { status: 403, error: "No signature header" },
  bad_header_signature: { status: 403, error: "Bad signature header" },
  bad_content_format: { status: 400, error: "Bad content format" },
};

/** @typedef {keyof typeof REFUSALS} Refusal */

/**
 * One valid address per currency that has a form of its own, on its test network where that is told by the text. BTC,
 * XRP and USDC are the gateway's own samples, the others hold the program of BIP-173's examples.
 *
 * @type {Record<string, string>}
 */
const ADDRESSES = {
  BTC: "tb1qfdxh6gkfr0qgyatnlkd8khcnxph9tw06n6qwjc",
  LTC: "tltc1qw508d6qejxtdg4y5r3zarvary0c5xw7klfsuq0",
  XRP: "r3S9W2pYZj7vBueA8scxdJBSEVU2wjMedB",
  ETH: "0x35f6005cfA94a1c030B8c4dfcc29D4eB8a6865bF",
  USDTE: "0x35f6005cfA94a1c030B8c4dfcc29D4eB8a6865bF",
  USDC: "0x35f6005cfA94a1c030B8c4dfcc29D4eB8a6865bF",
  TRX: "TLeUZDGLWnyiJVFcp3m3M1782uBsGWa8uf",
  USDTT: "TLeUZDGLWnyiJVFcp3m3M1782uBsGWa8uf",
};

/** The documentation's, for currencies that nobody knows the form of. */
const PLACEHOLDER_ADDRESS = "12983h13ro1hrt24it432t";

/** Where the network needs one, it is a number (XRP Ledger, "Source and Destination Tags"). */
const XRP_TAG = 246861;

/** The id of the documentation's example. */
const FIRST_ID = 240407213;

/**
 * What is wrong with a request, in the documented terms. A wrong URL is reported as a missing key, as the
 * gateway's errors page says.
 *
 * @param {{ method?: string, headers: Record<string, string | string[] | undefined> }} request
 * @param {Buffer} body
 * @param {string} endpoint
 * @returns {Refusal | null}
 */
export function faultOf({ method, headers }, body, endpoint) {
  const key = headers["x-processing-key"];
  const signature = headers["x-processing-signature"];
  if (method !== "POST" || endpoint !== "api/v2/addresses/take" || key === undefined) return "required_header_key";
  if (key !== KEY) return "bad_header_key";
  if (signature === undefined) return "required_header_signature";
  if (signature !== createHmac("sha512", SECRET).update(body).digest("hex")) return "bad_header_signature";
  return headers["content-type"] === "application/json" && isJsonObject(body) ? null : "bad_content_format";
}

/** @param {Buffer} body */
function isJsonObject(body) {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * The `data` of the documented answer.
 *
 * @param {string} body  the request's
 * @param {number} attempt  from 1
 * @returns {Record<string, unknown>}
 */
export function goodData(body, attempt) {
  const request = JSON.parse(body);
  return {
    id: FIRST_ID + attempt - 1,
    currency: request.currency,
    ...(request.convert_to !== undefined && { convert_to: request.convert_to }),
    address: addressFor(request.currency, body),
    tag: request.currency === "XRP" ? XRP_TAG : null,
    foreign_id: request.foreign_id,
    ...(request.end_user_reference !== undefined && { end_user_reference: request.end_user_reference }),
  };
}

/** @param {string} currency @param {string} body */
function addressFor(currency, body) {
  // The digits as they came: a float would not do for money.
  const amount = currency === "BTCLN" && /"amount":(\d+(?:\.\d+)?)/.exec(body);
  return amount ? invoice(amount[1]) : (ADDRESSES[currency] ?? PLACEHOLDER_ADDRESS);
}
