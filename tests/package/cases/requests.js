// @ts-check
// What goes out: the exact body, the headers, the address, and which fetch carries it. The stand-in gateway has
// checked key, signature, content type, method and path of every request that is accepted here.

import { KEY, SECRET, bodyText, headerValues } from "../../wire/session.js";
import { DOCUMENTED_REQUEST, REQUEST } from "../caller.js";
import { equal, ok } from "../suite.js";

/** @typedef {import("../caller.js").Caller} Caller */

/** Headers that a runtime adds by itself; the package may add none of them, nor any other. */
const RUNTIMES_OWN =
  /^(host|connection|content-length|accept(-.*)?|user-agent|origin|referer|priority|cache-control|pragma|(cf|mf|sec)-.*)$/;

/** @param {import("../suite.js").Test} test @param {Caller} caller */
export function requests(test, caller) {
  const { AlphaPo, takeAddress } = caller.alphapo;

  /** @param {string} name @param {Record<string, unknown>} request @param {string} body */
  const sends = (name, request, body) =>
    test(`requests: ${name}`, async () => {
      const { arrivals } = await caller.take({ kind: "good" }, { request });
      equal(arrivals.map(bodyText), [body], "bodies");
    });

  sends(
    "the documented request goes out byte for byte",
    DOCUMENTED_REQUEST,
    '{"currency":"BTC","foreign_id":"test_foreign_id","end_user_reference":"test_end_user_reference"}',
  );
  sends(
    "the caller's order of keys is kept",
    { end_user_reference: "b", convert_to: "EUR", foreign_id: "a", currency: "BTC" },
    '{"end_user_reference":"b","convert_to":"EUR","foreign_id":"a","currency":"BTC"}',
  );
  sends(
    "absent optional fields are left out, never sent as null",
    { ...REQUEST, end_user_reference: undefined, convert_to: null, amount: undefined },
    '{"currency":"BTC","foreign_id":"user-17"}',
  );
  sends(
    "unknown fields pass through",
    { ...REQUEST, sender_type: "natural", sender_data: { first_name: "Zoë", years: [1, 2.5], none: null, yes: true } },
    '{"currency":"BTC","foreign_id":"user-17","sender_type":"natural",' +
      '"sender_data":{"first_name":"Zoë","years":[1,2.5],"none":null,"yes":true}}',
  );
  sends(
    "a currency that did not exist yet passes",
    { currency: "NEWCOIN", foreign_id: "1" },
    '{"currency":"NEWCOIN","foreign_id":"1"}',
  );
  sends(
    "text of any script is sent as itself",
    { currency: "BTC", foreign_id: '客户/17 "é" \\ 🪙' },
    '{"currency":"BTC","foreign_id":"客户/17 \\"é\\" \\\\ 🪙"}',
  );
  sends(
    "255 characters fit, counted as characters",
    { currency: "BTC", foreign_id: "é".repeat(255) },
    `{"currency":"BTC","foreign_id":"${"é".repeat(255)}"}`,
  );

  for (const [given, sent] of amounts()) {
    const name = typeof given === "string" ? `the text ${given}` : `the number ${given}`;
    sends(
      `an amount given as ${name} goes out as ${sent}`,
      lightning(given),
      `{"currency":"BTCLN","foreign_id":"user-17","amount":${sent}}`,
    );
  }

  test("requests: POST to addresses/take with exactly the three headers", async () => {
    const { arrivals } = await caller.take({ kind: "good" });
    equal(arrivals.length, 1, "requests");
    const [arrival] = arrivals;
    equal(arrival.method, "POST");
    ok(arrival.path.endsWith("/api/v2/addresses/take"), arrival.path);
    equal(headerValues(arrival, "content-type"), ["application/json"], "Content-Type");
    equal(headerValues(arrival, "x-processing-key"), [KEY], "X-Processing-Key");
    equal(headerValues(arrival, "x-processing-signature").length, 1, "X-Processing-Signature");
    equal(headerValues(arrival, "content-length"), [String(bodyText(arrival).length)], "Content-Length");
    equal(headerNames(arrival), ["content-type", "x-processing-key", "x-processing-signature"], "headers");
  });

  test("requests: the secret may be bytes", async () => {
    const { arrivals } = await caller.take({ kind: "good" }, { options: { secret: new TextEncoder().encode(SECRET) } });
    equal(
      arrivals.map(({ fault }) => fault),
      [null],
    );
  });

  test("requests: slashes at the end of baseUrl do no harm", async () => {
    for (const slashes of ["/", "//"]) {
      const session = caller.session({ kind: "good" });
      await takeAddress(REQUEST, caller.options({ baseUrl: session.baseUrl + slashes }));
      const [{ path }] = await session.arrivals();
      ok(path.endsWith("/api/v2/addresses/take") && !path.includes("//"), path);
    }
  });

  test("requests: AlphaPo takes addresses like takeAddress, again and again", async () => {
    const session = caller.session({ kind: "good" });
    const alphapo = new AlphaPo(caller.options({ baseUrl: session.baseUrl }));
    const first = await alphapo.takeAddress(DOCUMENTED_REQUEST);
    const second = await alphapo.takeAddress({ currency: "XRP", foreign_id: "2" });
    equal([first.id, first.currency, second.id, second.currency], [240407213, "BTC", 240407214, "XRP"]);
    equal(
      (await session.arrivals()).map(({ fault }) => fault),
      [null, null],
      "faults",
    );
  });

  test("requests: the request may be frozen, and is not changed", async () => {
    const request = Object.freeze({ ...DOCUMENTED_REQUEST, convert_to: undefined });
    await caller.take({ kind: "good" }, { request });
    equal(request, { ...DOCUMENTED_REQUEST, convert_to: undefined });
  });

  test("requests: options.fetch carries the request, and is called without a this", async () => {
    const calls = /** @type {{ self: unknown, request: Request }[]} */ ([]);
    /** @this {unknown} @param {RequestInfo} input @param {RequestInit} [init] */
    const fetchOfOurs = function (input, init) {
      // A bundle of CommonJS is not strict by itself, and would put its global in the place of no `this`.
      "use strict";
      const request = new Request(input, init);
      calls.push({ self: this, request: request.clone() });
      return fetch(request);
    };
    const { arrivals } = await caller.take({ kind: "good" }, { options: { fetch: fetchOfOurs } });
    equal(arrivals.length, 1, "requests");
    equal(calls.length, 1, "calls");
    equal(calls[0].self, undefined, "this");
    equal(calls[0].request.method, "POST");
    equal(await calls[0].request.text(), bodyText(arrivals[0]), "body");
  });

  test("requests: the runtime's own fetch may be passed unbound", async () => {
    const { arrivals } = await caller.take({ kind: "good" }, { options: { fetch: globalThis.fetch } });
    equal(arrivals.length, 1, "requests");
  });

  test("requests: overrides of one call win over the options, for that call", async () => {
    const session = caller.session({ kind: "raw", status: 503, headers: { "retry-after": "0" } });
    let calls = 0;
    const counting = (/** @type {any} */ input, /** @type {any} */ init) => ((calls += 1), fetch(input, init));
    const alphapo = new AlphaPo(caller.options({ baseUrl: session.baseUrl, retries: 1 }));
    const account = { code: "server", outcome: /** @type {const} */ ("unknown"), retryable: true, status: 503 };

    await caller.rejected(() => alphapo.takeAddress(REQUEST, { retries: 3, fetch: counting }), {
      ...account,
      attempts: 4,
    });
    equal(calls, 4, "calls of the overriding fetch");
    await caller.rejected(() => alphapo.takeAddress(REQUEST), { ...account, attempts: 2 });
    equal(calls, 4, "calls of the overriding fetch afterwards");
  });

  test("requests: 20 calls at once each get their own answer", async () => {
    const session = caller.session({ kind: "good", delay: 20 });
    const alphapo = new AlphaPo(caller.options({ baseUrl: session.baseUrl, timeout: 10_000 }));
    const ids = Array.from({ length: 20 }, (_, index) => `user-${index}`);
    const deposits = await Promise.all(
      ids.map((foreign_id, index) => alphapo.takeAddress({ currency: index % 2 ? "XRP" : "BTC", foreign_id })),
    );
    equal(
      deposits.map(({ foreign_id }) => foreign_id),
      ids,
    );
    equal(
      deposits.map(({ address }) => address[0]),
      ids.map((_, index) => (index % 2 ? "r" : "t")),
    );
    equal(new Set(deposits.map(({ id }) => id)).size, 20, "different ids");
    equal((await session.arrivals()).filter(({ fault }) => fault === null).length, 20, "requests");
  });
}

/** @returns {[given: unknown, sent: string][]} */
function amounts() {
  return [
    [1e-8, "0.00000001"],
    ["1e-8", "0.00000001"],
    ["0.00000001", "0.00000001"],
    [0.0001, "0.0001"],
    ["0.0001", "0.0001"],
    ["0.00010000", "0.00010000"],
    ["0.10", "0.10"],
    [1, "1"],
    ["1", "1"],
    [0.045, "0.045"],
    [1.5e-7, "0.00000015"],
  ];
}

/** @param {unknown} amount */
function lightning(amount) {
  return { currency: "BTCLN", foreign_id: "user-17", amount };
}

/**
 * The names of the headers that no runtime adds by itself, sorted.
 *
 * @param {import("../../wire/session.js").Arrival} arrival
 */
function headerNames({ rawHeaders }) {
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  return names.filter((name) => !RUNTIMES_OWN.test(name)).sort();
}
