// @ts-check
// What users write in their tests, for Jest and Vitest: an address from the sandbox, an error caught by its class, a
// signature. Then all suites, whose report goes to the stand-in gateway at WIRE_ORIGIN.

import { AlphaPo, AlphaPoError, sign, takeAddress, verify } from "alphapo-wasm";
import { createSandbox } from "alphapo-wasm/sandbox";

import { suites } from "./bundled.js";
import { post } from "./post.js";

const CREDENTIALS = { key: "key", secret: "secret" };
const SUITES_LIMIT = 120_000;

/** @type {{ test: any, expect: any }} */
const { test, expect } = /** @type {any} */ (globalThis);

test("an address from the sandbox", async () => {
  const sandbox = createSandbox(CREDENTIALS);
  const options = { ...CREDENTIALS, baseUrl: sandbox.baseUrl, fetch: sandbox.fetch };
  const deposit = await takeAddress({ currency: "BTC", foreign_id: "user-17" }, options);
  expect(deposit).toEqual(expect.objectContaining({ currency: "BTC", foreign_id: "user-17", tag: null }));
});

test("an error is of its class, and a promise is rejected with it", async () => {
  const client = new AlphaPo(CREDENTIALS);
  const call = client.takeAddress(/** @type {any} */ ({ currency: "BTC" }));
  await expect(call).rejects.toBeInstanceOf(AlphaPoError);
  await expect(call).rejects.toThrow(AlphaPoError);
  await expect(call).rejects.toMatchObject({ code: "invalid_request", outcome: "not-sent" });
  expect(() => sign(/** @type {any} */ ({}), "secret")).toThrow(AlphaPoError);
});

test("a signature", () => {
  const bytes = new TextEncoder().encode("{}");
  expect(sign("{}", "AbCdEfG123456")).toBe(sign(bytes, "AbCdEfG123456"));
  expect(verify(bytes, sign("{}", "AbCdEfG123456"), "AbCdEfG123456")).toBe(true);
});

test(
  "all suites",
  async () => {
    const origin = /** @type {string} */ (process.env.WIRE_ORIGIN);
    await post(origin, () => suites({ origin }));
  },
  SUITES_LIMIT,
);
