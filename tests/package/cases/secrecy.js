// @ts-check
// The secret and the signature stay out of everything a caller might log. What console.log prints in Node is
// looked at in node-only.js.

import { SECRET, headerValues } from "../../wire/session.js";
import { ARRIVING, REQUEST } from "../caller.js";
import { equal, ok } from "../suite.js";

/** @param {import("../suite.js").Test} test @param {import("../caller.js").Caller} caller */
export function secrecy(test, caller) {
  const { AlphaPo, sign, takeAddress } = caller.alphapo;

  for (const status of [200, 201, 400, 403, 404, 429, 500]) {
    test(`secrecy: an answer of ${status} that repeats the request's headers gives nothing away`, async () => {
      const { error, arrivals } = await caller.failing({ kind: "echo", status });
      const [signature] = headerValues(arrivals[0], "x-processing-signature");
      ok(
        signature.length === 128 && error.body.includes("x-processing-signature"),
        "the stand-in did not repeat the headers",
      );
      nothingIn(error, signature);
    });
  }

  test("secrecy: a fetch that puts the headers into its error gives nothing away in ours", async () => {
    const seen = /** @type {string[]} */ ([]);
    const leaking = async (/** @type {RequestInfo} */ input, /** @type {RequestInit} */ init) => {
      const { headers } = new Request(input, init);
      seen.push(headers.get("x-processing-signature") ?? "");
      throw new Error(`POST failed: ${JSON.stringify([...headers])}`);
    };
    const { error } = await caller.failing({ kind: "good" }, { fetch: leaking });
    equal([error.code, seen.length, seen[0].length], ["network", 1, 128]);
    nothingIn(error, seen[0]);
  });

  for (const [name, step] of /** @type {[string, import("../caller.js").Step][]} */ ([
    ["an ordinary refusal", { kind: "raw", status: 400, body: '{"errors":{"currency":"no"}}' }],
    ["an invalid response", { kind: "raw", status: 201, body: "<html>" }],
    ["a mismatched response", { kind: "good", fields: { currency: "LTC" } }],
    ["a broken connection", { kind: "reset", after: "half" }],
    ["a time-out", { kind: "hang", after: "nothing" }],
  ])) {
    test(`secrecy: ${name} gives nothing away`, async () => {
      const { error, arrivals } = await caller.failing(step, step.kind === "hang" ? { timeout: ARRIVING } : {});
      nothingIn(error, headerValues(arrivals[0], "x-processing-signature")[0]);
    });
  }

  test("secrecy: a signature in capitals, or cut off, is none the less taken out", async () => {
    const fetch = async (/** @type {string} */ _, /** @type {{ headers: Record<string, string> }} */ init) => {
      const signature = init.headers["X-Processing-Signature"];
      return new Response(`${signature.toUpperCase()} and ${signature.slice(0, 100)}`, { status: 400 });
    };
    const { error } = await caller.failing({ kind: "good" }, { fetch });
    equal(error.body, "[signature] and [signature]");
  });

  test("secrecy: errors about options do not repeat their values", async () => {
    for (const changes of [
      { key: "" },
      { baseUrl: "x" },
      { timeout: -1 },
      { retries: -1 },
      { signal: {} },
      { fetch: 1 },
    ]) {
      nothingIn(await takeAddress(REQUEST, caller.options(changes)).catch((/** @type {unknown} */ error) => error));
    }
    const error = await takeAddress(REQUEST, caller.options({ secret: { toString: () => SECRET } })).catch(
      (/** @type {unknown} */ reason) => reason,
    );
    ok(error.code === "invalid_option", "a secret that is an object was taken");
    nothingIn(error);
  });

  test("secrecy: AlphaPo shows no secret", () => nothingIn(new AlphaPo(caller.options()), sign("{}", SECRET)));
  silentSigner(test, caller);
}

/** @param {import("../suite.js").Test} test @param {import("../caller.js").Caller} caller */
export function silentSigner(test, { alphapo: { Signer, sign } }) {
  test("secrecy: a Signer shows no secret", () => nothingIn(new Signer(SECRET), sign("{}", SECRET)));
}

/**
 * Fails when any text that can be got out of a value holds the secret or the signature. The cause is left out: it
 * is what somebody else threw.
 *
 * @param {any} value
 * @param {string} [signature]
 */
function nothingIn(value, signature) {
  const names = Reflect.ownKeys(value).filter((name) => name !== "cause");
  const texts = [
    String(value),
    JSON.stringify(value),
    JSON.stringify({ ...value }),
    JSON.stringify(names.map((name) => [String(name), value[name]])),
    ...names.map((name) => String(value[name])),
    String(value.message),
    String(value.stack),
    String(value.body),
    JSON.stringify(value.fields),
    String(value.gatewayCode),
  ];
  for (const text of texts) {
    ok(!text?.includes(SECRET), `the secret is in ${text}`);
    ok(!signature || !text?.toLowerCase().includes(signature), `the signature is in ${text}`);
  }
}
