// @ts-check
// What the package's sandbox promises, for every runtime: valid addresses of every family through the package's own
// client, and the documented refusals for requests that are not in order. It may not import Node's modules.

import { checkInvoice, DECODERS } from "./decoders.js";
import { sandboxFaults } from "./sandbox-faults.js";
import { sandboxLife } from "./sandbox-life.js";
import { equal, ok, run } from "./suite.js";

/** @typedef {{ AlphaPo: any, takeAddress: any }} Package */
/** @typedef {{ key: string, secret: string }} Credentials */

/** @type {Credentials} */
export const CREDENTIALS = { key: "sandbox-key", secret: "sandbox-secret" };

/** An XRP Ledger destination tag is an unsigned 32-bit integer. */
const LARGEST_TAG = 2 ** 32 - 1;

/**
 * A sandbox with CREDENTIALS that is already served, and how others are.
 *
 * @typedef {{ url: string, close: () => Promise<void> }} Served
 * @typedef {{ baseUrl: string, serve: (sandbox: any) => Promise<Served> }} OverHttp
 */

/**
 * @param {{
 *   alphapo: Package,
 *   sandboxModule: { createSandbox: any },
 *   browser: boolean,
 *   overHttp?: OverHttp,
 * }} runtime
 * @returns {Promise<import("./suite.js").Report>}
 */
export function sandbox({ alphapo, sandboxModule, browser, overHttp }) {
  const permission = browser ? { dangerouslyAllowBrowser: true } : {};
  return run(
    (test) => {
      const { fetch, baseUrl } = sandboxModule.createSandbox(CREDENTIALS);
      gateway(test, "in memory", {
        alphapo,
        fetch,
        options: { ...CREDENTIALS, ...permission, baseUrl, fetch, retries: 0 },
      });
      separateSandboxes(test, sandboxModule);
      const { createSandbox } = sandboxModule;
      sandboxLife(test, { alphapo, createSandbox, credentials: CREDENTIALS, permission, hmac });
      sandboxFaults(test, {
        where: "in memory",
        alphapo,
        credentials: CREDENTIALS,
        permission,
        async open(options) {
          const sandbox = createSandbox({ ...CREDENTIALS, ...options });
          return { sandbox, baseUrl: sandbox.baseUrl, fetch: sandbox.fetch, close: () => sandbox.free() };
        },
      });
      if (!overHttp) return;
      sandboxFaults(test, {
        where: "over HTTP",
        alphapo,
        credentials: CREDENTIALS,
        permission,
        async open(options) {
          const sandbox = createSandbox({ ...CREDENTIALS, ...options });
          const { url, close } = await overHttp.serve(sandbox);
          return { sandbox, baseUrl: url, fetch: globalThis.fetch, close };
        },
      });
      const options = { ...CREDENTIALS, ...permission, baseUrl: overHttp.baseUrl, retries: 0 };
      gateway(test, "over HTTP", { alphapo, fetch: globalThis.fetch, options });
    },
    { atOnce: 1 },
  );
}

/**
 * @param {import("./suite.js").Test} test
 * @param {string} where
 * @param {{ alphapo: Package, fetch: typeof globalThis.fetch, options: Credentials & { baseUrl: string, [option: string]: unknown } }} gateway
 */
function gateway(test, where, { alphapo, fetch, options }) {
  const { takeAddress } = alphapo;
  const take = (/** @type {Record<string, unknown>} */ request) => takeAddress(request, options);

  for (const [currency, check] of Object.entries(DECODERS)) {
    test(`sandbox ${where}: ${currency} addresses are valid, and no two are the same`, async () => {
      const request = { currency, foreign_id: "user-17", end_user_reference: "user-17" };
      const [first, second] = [await take(request), await take(request)];
      check(first.address);
      check(second.address);
      ok(first.address !== second.address || first.tag !== second.tag, `${first.address} came twice`);
      ok(first.id !== second.id && Number.isSafeInteger(first.id), `the ids are ${first.id} and ${second.id}`);
      equal([first.currency, first.foreign_id, first.end_user_reference], [currency, "user-17", "user-17"]);
      checkTag(currency, first.tag);
    });
  }

  for (const [amount, satoshi] of /** @type {const} */ ([
    ["0.0001", 10_000n],
    ["0.00000001", 1n],
    ["0.045", 4_500_000n],
    ["0.00123456", 123_456n],
  ])) {
    test(`sandbox ${where}: a BTCLN invoice is over the ${amount} that were asked for`, async () => {
      const { address, tag } = await take({ currency: "BTCLN", foreign_id: "user-17", amount });
      checkInvoice(address, satoshi);
      equal(tag, null, "tag");
    });
  }

  test(`sandbox ${where}: convert_to is echoed, and is not there when none was asked for`, async () => {
    equal((await take({ currency: "BTC", foreign_id: "1", convert_to: "EUR" })).convert_to, "EUR");
    equal("convert_to" in (await take({ currency: "BTC", foreign_id: "1" })), false);
  });

  test(`sandbox ${where}: status 201, the documented envelope, and JSON by its type`, async () => {
    const answer = await fetch(
      `${options.baseUrl}/addresses/take`,
      await signed('{"currency":"BTC","foreign_id":"1"}'),
    );
    equal(answer.status, 201);
    ok(answer.headers.get("content-type")?.startsWith("application/json"), String(answer.headers.get("content-type")));
    const { data, ...rest } = await answer.json();
    equal([Object.keys(rest), data.currency, data.foreign_id], [[], "BTC", "1"]);
    DECODERS.BTC(data.address);
  });

  test(`sandbox ${where}: a Request is taken as well as a URL`, async () => {
    const url = `${options.baseUrl}/addresses/take`;
    const body = '{"currency":"BTC","foreign_id":"1"}';
    equal((await fetch(new Request(url, await signed(body)))).status, 201);
    equal((await fetch(new URL(url), await signed(body))).status, 201);
  });

  for (const [name, path, change, status, expected] of refusals()) {
    test(`sandbox ${where}: ${name} is refused as documented`, async () => {
      const answer = await fetch(options.baseUrl + path, await change());
      equal([answer.status, await answer.json()], [status, expected]);
    });
  }

  for (const [name, request, field] of /** @type {const} */ ([
    ["an unknown currency", { currency: "NOSUCHCOIN", foreign_id: "1" }, "currency"],
    ["BTCLN without an amount", { currency: "BTCLN", foreign_id: "1" }, "amount"],
  ])) {
    test(`sandbox ${where}: ${name} is refused with its field named`, async () => {
      const answer = await fetch(`${options.baseUrl}/addresses/take`, await signed(JSON.stringify(request)));
      const { errors } = await answer.json();
      equal([answer.status, Object.keys(errors), typeof errors[field]], [400, [field], "string"]);
    });
  }

  test(`sandbox ${where}: the client tells its refusals apart`, async () => {
    const wrongSecret = await takeAddress({ currency: "BTC", foreign_id: "1" }, { ...options, secret: "wrong" }).catch(
      same,
    );
    equal(
      [wrongSecret.code, wrongSecret.gatewayCode, wrongSecret.status],
      ["unauthorized", "bad_header_signature", 403],
    );
    const unknown = await take({ currency: "NOSUCHCOIN", foreign_id: "1" }).catch(same);
    equal([unknown.code, unknown.status, Object.keys(unknown.fields)], ["rejected", 400, ["currency"]]);
  });
}

/** @param {import("./suite.js").Test} test @param {{ createSandbox: any }} sandboxModule */
function separateSandboxes(test, { createSandbox }) {
  test("sandbox: each knows its own key pair only", async () => {
    const other = createSandbox({ key: "other-key", secret: "other-secret" });
    const answer = await other.fetch(
      `${other.baseUrl}/addresses/take`,
      await signed('{"currency":"BTC","foreign_id":"1"}'),
    );
    equal((await answer.json()).code, "bad_header_key");
  });
}

/** @param {string} currency @param {unknown} tag */
function checkTag(currency, tag) {
  if (!["XRP", "CSC"].includes(currency)) return equal(tag, null, "tag");
  ok(typeof tag === "string" && /^(0|[1-9]\d*)$/.test(tag) && Number(tag) <= LARGEST_TAG, `the tag is ${tag}`);
}

/** @returns {[name: string, path: string, request: () => Promise<RequestInit>, status: number, body: unknown][]} */
function refusals() {
  const path = "/addresses/take";
  const good = '{"currency":"BTC","foreign_id":"1"}';
  const says = (/** @type {string} */ error, /** @type {string} */ code) => ({ error, code });
  const without = async (/** @type {string} */ header) => {
    const init = await signed(good);
    init.headers.delete(header);
    return init;
  };
  return [
    [
      "a wrong signature",
      path,
      () => signed(good, { signature: "0".repeat(128) }),
      403,
      says("Bad signature header", "bad_header_signature"),
    ],
    [
      "a signature of another body",
      path,
      async () => ({ ...(await signed(good)), body: `${good} ` }),
      403,
      says("Bad signature header", "bad_header_signature"),
    ],
    [
      "no signature",
      path,
      () => without("X-Processing-Signature"),
      403,
      says("No signature header", "required_header_signature"),
    ],
    ["a wrong key", path, () => signed(good, { key: "wrong" }), 403, says("Bad key header", "bad_header_key")],
    ["no key", path, () => without("X-Processing-Key"), 403, says("No key header", "required_header_key")],
    ["a wrong URL", "/addresses/give", () => signed(good), 403, says("No key header", "required_header_key")],
    ["a body that is no JSON", path, () => signed("{"), 400, says("Bad content format", "bad_content_format")],
    [
      "a wrong content type",
      path,
      () => signed(good, { type: "text/plain" }),
      400,
      says("Bad content format", "bad_content_format"),
    ],
    [
      "a missing foreign_id",
      path,
      () => signed('{"currency":"BTC"}'),
      400,
      { errors: { foreign_id: "The foreign id field is required." } },
    ],
  ];
}

/**
 * A signed request, made without the package.
 *
 * @param {string} body
 * @param {{ key?: string, signature?: string, type?: string }} [changes]
 */
async function signed(body, { key = CREDENTIALS.key, signature, type = "application/json" } = {}) {
  const headers = new Headers({
    "Content-Type": type,
    "X-Processing-Key": key,
    "X-Processing-Signature": signature ?? (await hmac(body)),
  });
  return { method: "POST", headers, body };
}

/** @param {string} body */
async function hmac(body) {
  const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);
  const algorithm = { name: "HMAC", hash: "SHA-512" };
  const key = await crypto.subtle.importKey("raw", bytes(CREDENTIALS.secret), algorithm, false, ["sign"]);
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(body)));
  return Array.from(signature, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {any} error */
function same(error) {
  return error;
}
