// @ts-check
// Answers that are not 2xx: both families of the gateway's error bodies, what proxies put in their place, and
// redirects, which are never followed.

import { equal, ok } from "../suite.js";

/** @typedef {import("../caller.js").Caller} Caller */
/** @typedef {import("../caller.js").Account} Account */

/** @type {Account} */
const UNAUTHORIZED = { code: "unauthorized", outcome: "rejected", attempts: 1, retryable: false };
/** @type {Account} */
const REJECTED = { ...UNAUTHORIZED, code: "rejected" };
/** @type {Account} */
const RATE_LIMITED = { ...REJECTED, code: "rate_limited", retryable: true };
/** @type {Account} */
const SERVER = { code: "server", outcome: "unknown", attempts: 1, retryable: true };
/** @type {Account} */
const UNEXPECTED = { ...SERVER, code: "unexpected_status", retryable: false };

const PAGE = (/** @type {string} */ title) =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>nginx</body></html>`;

/** @param {import("../suite.js").Test} test @param {Caller} caller */
export function refusals(test, caller) {
  for (const [status, error, code, account] of documented()) {
    test(`refusals: ${status} ${code}`, async () => {
      const body = JSON.stringify({ error, code });
      const failed = await caller.fail(
        { kind: "raw", status, body },
        { ...account, status, gatewayCode: code },
        { options: { retries: 2 } },
      );
      equal(failed.error.body, body, "body");
      ok(
        failed.error.message.includes(error),
        `the message does not say what the gateway said: ${failed.error.message}`,
      );
      equal(failed.arrivals.length, 1, "requests");
    });
  }

  for (const [name, changes, gatewayCode] of /** @type {const} */ ([
    ["a wrong secret", { secret: "wrong" }, "bad_header_signature"],
    ["a wrong key", { key: "wrong" }, "bad_header_key"],
  ])) {
    test(`refusals: ${name} is unauthorized, by the gateway's own check`, async () => {
      const { arrivals } = await caller.fail(
        { kind: "good" },
        { ...UNAUTHORIZED, status: 403, gatewayCode },
        { options: { ...changes, retries: 2 } },
      );
      equal(
        arrivals.map(({ fault }) => fault),
        [gatewayCode],
        "faults",
      );
    });
  }

  test("refusals: a wrong base URL looks like a missing key, and the message says so", async () => {
    const session = caller.session({ kind: "good" });
    const options = caller.options({ baseUrl: session.baseUrl.replace("/api/v2", "/api/v1") });
    const account = { ...UNAUTHORIZED, status: 403, gatewayCode: "required_header_key" };
    const error = await caller.rejected(
      () => caller.alphapo.takeAddress({ currency: "BTC", foreign_id: "1" }, options),
      account,
    );
    ok(error.message.includes("baseUrl"), `the message does not name baseUrl: ${error.message}`);
  });

  test("refusals: the gateway's field errors are in fields and in the message", async () => {
    const errors = { foreign_id: "The foreign id field is required.", currency: "The selected currency is invalid." };
    const { error } = await caller.fail(
      { kind: "raw", status: 400, body: JSON.stringify({ errors }) },
      { ...REJECTED, status: 400 },
    );
    equal(error.fields, errors, "fields");
    equal(error.gatewayCode, undefined, "gatewayCode");
    for (const problem of Object.values(errors)) ok(error.message.includes(problem), error.message);
  });

  test("refusals: field errors may be lists, and may have an error_code", async () => {
    const body =
      '{"errors":{"currency":["Currency BTC is not enabled.","Ask support."]},"error_code":"forbidden_currency"}';
    const { error } = await caller.fail(
      { kind: "raw", status: 422, body },
      { ...REJECTED, status: 422, gatewayCode: "forbidden_currency" },
    );
    ok(
      error.fields.currency.includes("is not enabled.") && error.fields.currency.includes("Ask support."),
      JSON.stringify(error.fields),
    );
  });

  for (const [status, body, account] of opaque()) {
    test(`refusals: ${status} with ${body ? JSON.stringify(body.slice(0, 30)) : "nothing"} in it`, async () => {
      const { error } = await caller.fail({ kind: "raw", status, body }, { ...account, status });
      equal([error.body ?? "", error.gatewayCode, error.fields], [body, undefined, undefined]);
      ok(error.message.includes(String(status)), `the message does not name the status: ${error.message}`);
    });
  }

  test("refusals: an error page that is no UTF-8 is kept as far as it can be read", async () => {
    const { error } = await caller.fail(
      { kind: "raw", status: 502, base64: btoa("caf\xe9 down") },
      { ...SERVER, status: 502 },
    );
    ok(error.body.startsWith("caf") && error.body.endsWith(" down"), error.body);
  });

  for (const [status, account] of /** @type {const} */ ([
    [404, REJECTED],
    [500, SERVER],
  ])) {
    test(`refusals: 256 MiB with status ${status} end early`, async () => {
      const failed = await caller.fail(
        { kind: "raw", status, body: "x", pad: 256 * 1024 * 1024 },
        { ...account, status },
      );
      const [{ sent }] = await failed.session.arrivals();
      // A browser on a busy machine has taken 40 MB before it heard that nobody reads on.
      ok(sent < 128 * 1024 * 1024, `${sent} bytes were sent`);
      ok(failed.error.body.length <= 64 * 1024, `the body kept is ${failed.error.body.length} long`);
    });
  }

  for (const status of [301, 302, 303, 307, 308]) {
    test(`refusals: a redirect with ${status} is not followed`, async () => {
      const { error, arrivals } = await caller.fail({ kind: "redirect", status }, UNEXPECTED, {
        options: { retries: 2 },
      });
      // A page is not told the status of a redirect that it does not follow (Fetch §2.2.6, opaque-redirect).
      equal(error.status || undefined, caller.browser ? undefined : status, "status");
      equal(
        arrivals.map(({ trap }) => trap),
        [false],
        "visits of the redirect's target",
      );
    });
  }

  for (const status of [300, 304]) {
    test(`refusals: status ${status} is unexpected`, () =>
      caller.fail({ kind: "raw", status }, { ...UNEXPECTED, status }));
  }
}

/** @returns {[status: number, error: string, code: string, account: Account][]} */
function documented() {
  return [
    [403, "Bad signature header", "bad_header_signature", UNAUTHORIZED],
    [403, "No signature header", "required_header_signature", UNAUTHORIZED],
    [403, "Bad key header", "bad_header_key", UNAUTHORIZED],
    [403, "No key header", "required_header_key", UNAUTHORIZED],
    [400, "Bad content format", "bad_content_format", REJECTED],
  ];
}

/** @returns {[status: number, body: string, account: Account][]} */
function opaque() {
  return [
    [400, "", REJECTED],
    [401, "", UNAUTHORIZED],
    [403, "", UNAUTHORIZED],
    [403, PAGE("403 Forbidden"), UNAUTHORIZED],
    [404, PAGE("404 Not Found"), REJECTED],
    [404, "Validation Exception: more than one param", REJECTED],
    [405, "[]", REJECTED],
    [408, PAGE("408 Request Timeout"), { ...REJECTED, retryable: true }],
    [413, "null", REJECTED],
    [418, '{"a":1}', REJECTED],
    [429, '{"errors":{"error code: 1015"}}', RATE_LIMITED],
    [429, "error code: 1015", RATE_LIMITED],
    [429, "", RATE_LIMITED],
    [500, PAGE("500 Internal Server Error"), SERVER],
    [500, "", SERVER],
    [502, PAGE("502 Bad Gateway"), SERVER],
    [503, '{"data":{"id":1', SERVER],
    [522, PAGE("522: Connection timed out"), SERVER],
  ];
}
