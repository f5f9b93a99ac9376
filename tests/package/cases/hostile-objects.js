// @ts-check
// Objects that do not do what they promise: freed ones, proxies, detached buffers, getters that throw, bodies that
// never end. Each must come to a typed error, and to nothing else: an exception that unwinds through WebAssembly
// leaves its stack behind, and some hundred of them would end the module for everybody.

import { notSent, REQUEST } from "../caller.js";
import { equal, ok } from "../suite.js";

/** More than what is left behind would fit. */
const OFTEN = 2_000;

/** @param {import("../suite.js").Test} test @param {import("../caller.js").Caller} caller */
export function hostileObjects(test, caller) {
  const { AlphaPo, Signer, sign, takeAddress, verify } = caller.alphapo;
  const client = () => new AlphaPo(caller.options({ fetch: async () => new Response("", { status: 500 }), retries: 0 }));
  const freedSigner = new Signer("secret");
  const freedClient = client();
  freedSigner.free();
  freedClient.free();

  /** @type {[string, string, () => unknown][]} */
  const throwing = [
    ["a freed Signer", "invalid_option", () => freedSigner.sign("body")],
    ["a Signer's method on another object", "invalid_option", () => Signer.prototype.sign.call(freedClient, "body")],
    ["a detached body", "invalid_body", () => sign(detached(), "secret")],
    ["a detached body to verify", "invalid_body", () => verify(detached(), "00", "secret")],
    ["a detached secret", "invalid_option", () => sign("body", detached())],
    ["options that cannot be read", "invalid_option", () => new AlphaPo(closed())],
    ["an option that cannot be read", "invalid_option", () => new AlphaPo(unreadableBaseUrl(caller.options()))],
  ];
  for (const [name, code, call] of throwing) {
    test(`hostile objects: ${name} is an error, however often`, () => {
      for (let time = 0; time < OFTEN; time += 1) caller.thrown(call, notSent(code));
      equal(sign("{}", "AbCdEfG123456").slice(0, 16), "89ff570683bfcd9e");
    });
  }

  /** @type {[string, string, () => Promise<unknown>][]} */
  const rejecting = [
    ["a freed AlphaPo", "invalid_option", () => freedClient.takeAddress(REQUEST)],
    ["takeAddress on nothing", "invalid_option", () => AlphaPo.prototype.takeAddress.call(undefined, REQUEST)],
    ["a request that cannot be read", "invalid_request", () => takeAddress(closed(), caller.options())],
    ["options that cannot be read", "invalid_option", () => takeAddress(REQUEST, closed())],
    ["overrides that cannot be read", "invalid_option", () => client().takeAddress(REQUEST, closed())],
  ];
  for (const [name, code, call] of rejecting) {
    test(`hostile objects: ${name} is a rejection, however often`, async () => {
      for (let time = 0; time < OFTEN; time += 1) await caller.rejected(call, notSent(code));
      equal(sign("{}", "AbCdEfG123456").slice(0, 16), "89ff570683bfcd9e");
    });
  }

  test("hostile objects: freeing twice is freeing once", () => {
    const signer = new Signer("secret");
    signer.free();
    signer.free();
    signer[Symbol.dispose]?.();
  });

  test("hostile objects: a baseUrl that cannot be read is not the production gateway", async () => {
    let sent = 0;
    const options = unreadableBaseUrl(
      caller.options({
        fetch: async () => {
          sent += 1;
          return new Response("", { status: 500 });
        },
      }),
    );
    const error = await caller.rejected(() => takeAddress(REQUEST, options), notSent("invalid_option"));
    ok(error.fields?.baseUrl, "the error does not name baseUrl");
    equal(sent, 0, "requests");
  });

  /** @type {[string, () => unknown][]} */
  const bodies = [
    ["a detached ArrayBuffer", () => detached().buffer],
    ["a detached view", detached],
    ["a buffer that lies of its length", () => ({ byteLength: 1, length: 2 ** 40 })],
    ["an object that is no buffer", () => ({ byteLength: 8 })],
  ];
  for (const [name, body] of bodies) {
    test(`hostile objects: an answer whose body is ${name} settles`, async () => {
      const fetch = async () => ({ status: 201, headers: { get: () => null }, arrayBuffer: async () => body() });
      const calls = Array.from({ length: 5 }, () => takeAddress(REQUEST, caller.options({ fetch, retries: 0 })));
      for (const call of calls)
        await caller.rejected(() => call, { code: "network", outcome: "unknown", attempts: 1, retryable: true });
    });
  }

  test("hostile objects: a body of empty pieces without end meets the deadline", async () => {
    const read = async () => ({ done: false, value: new Uint8Array(0) });
    const fetch = async () => ({ status: 201, headers: { get: () => null }, body: { getReader: () => ({ read }) } });
    const started = Date.now();
    await caller.rejected(() => takeAddress(REQUEST, caller.options({ fetch, timeout: 300 })), {
      code: "timeout",
      outcome: "unknown",
      attempts: 1,
      retryable: true,
    });
    ok(Date.now() - started < 1_000, "it went on past its deadline");
  });
}

function detached() {
  const bytes = new Uint8Array(8);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

/** @param {object} options */
function unreadableBaseUrl(options) {
  const get = () => {
    throw new Error("no configuration");
  };
  return Object.defineProperty(options, "baseUrl", { enumerable: true, get });
}

/** A proxy that throws whatever is asked of it. */
function closed() {
  const refuse = () => {
    throw new Error("closed");
  };
  return new Proxy({}, { get: refuse, ownKeys: refuse, has: refuse, getOwnPropertyDescriptor: refuse });
}
