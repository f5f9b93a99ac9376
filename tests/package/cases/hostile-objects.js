// @ts-check
// Objects that do not do what they promise: freed ones, proxies, detached buffers, getters that throw, bodies that
// never end. Each must come to a typed error, and to nothing else: an exception that unwinds through WebAssembly
// leaves its stack behind, and some hundred of them would end the module for everybody.

import { notSent, REQUEST } from "../caller.js";
import { closed, detached, refuse } from "../hostile-values.js";
import { equal, later, ok, pause } from "../suite.js";

/** How often each of them is tried on a signer. Each makes several calls, which together are more than would fit. */
const ROUNDS = 500;
const ROUNDS_OF_SIXTEEN = 125;

/** @param {import("../suite.js").Test} test @param {import("../caller.js").Caller} caller */
export function hostileObjects(test, caller) {
  hostileSigners(test, caller);
  const { AlphaPo, sign, takeAddress, verifyCallback } = caller.alphapo;
  const client = () => new AlphaPo(caller.options({ fetch: async () => new Response("", { status: 500 }), retries: 0 }));
  const freedClient = client();
  freedClient.free();
  const kept = client();
  /** @type {[string, any][]} */
  const noClients = [
    ["a freed AlphaPo", freedClient],
    ["a clone of an AlphaPo", Object.assign(Object.create(AlphaPo.prototype), kept)],
    ["what inherits from an AlphaPo", Object.create(kept)],
    ["what has nothing of an AlphaPo but its prototype", Object.create(AlphaPo.prototype)],
    ["a proxy of an AlphaPo", new Proxy(kept, {})],
  ];

  const throwing = /** @type {[string, string, () => unknown][]} */ ([
    ["options that cannot be read", "invalid_option", () => new AlphaPo(closed())],
    ["an option that cannot be read", "invalid_option", () => new AlphaPo(unreadableBaseUrl(caller.options()))],
    [
      "secrets that are a revoked proxy",
      "invalid_option",
      () => verifyCallback("{}", {}, { key: "key", secrets: revoked() }),
    ],
    ...noClients.map(([name, other]) => [`verifyCallback on ${name}`, "invalid_option", () => other.verifyCallback("{}", {})]),
  ]);
  for (const [name, code, call] of throwing) {
    test(`hostile objects: ${name} is an error, however often`, () => {
      caller.thrownOften(call, notSent(code));
      equal(sign("{}", "AbCdEfG123456").slice(0, 16), "89ff570683bfcd9e");
    });
  }

  const rejecting = /** @type {[string, string, () => Promise<unknown>][]} */ ([
    ...noClients.map(([name, other]) => [`takeAddress on ${name}`, "invalid_option", () => other.takeAddress(REQUEST)]),
    ["takeAddress on nothing", "invalid_option", () => AlphaPo.prototype.takeAddress.call(undefined, REQUEST)],
    ["a request that cannot be read", "invalid_request", () => takeAddress(closed(), caller.options())],
    ["options that cannot be read", "invalid_option", () => takeAddress(REQUEST, closed())],
    ["overrides that cannot be read", "invalid_option", () => client().takeAddress(REQUEST, closed())],
  ]);
  for (const [name, code, call] of rejecting) {
    test(`hostile objects: ${name} is a rejection, however often`, async () => {
      await caller.rejectedOften(call, notSent(code));
      equal(sign("{}", "AbCdEfG123456").slice(0, 16), "89ff570683bfcd9e");
    });
  }

  test("hostile objects: who frees a proxy or a clone is told that nothing was freed", () => {
    for (const [name, other] of noClients) {
      if (other === freedClient) other.free();
      else caller.thrown(() => other.free(), notSent("invalid_option"));
      ok(kept.takeAddress, name);
    }
  });

  // Who clones an object deeply copies what it finds: of an address in the module, two would know then.
  test("hostile objects: an AlphaPo shows nothing that could be copied", () => {
    equal(Reflect.ownKeys(kept), []);
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
}

/**
 * What waits for a deadline.
 *
 * @param {import("../suite.js").Test} test
 * @param {import("../caller.js").Caller} caller
 */
export function endlessBody(test, caller) {
  const { takeAddress } = caller.alphapo;

  test("hostile objects: a body of empty pieces without end meets the deadline, and leaves others their turn", async () => {
    const read = async () => ({ done: false, value: new Uint8Array(0) });
    const fetch = async () => ({ status: 201, headers: { get: () => null }, body: { getReader: () => ({ read }) } });
    const call = takeAddress(REQUEST, caller.options({ fetch, timeout: 2_000, retries: 0 }));
    let ended = false;
    const failed = later(
      caller.rejected(() => call, { code: "timeout", outcome: "unknown", attempts: 1, retryable: true, status: 201 }),
    ).then(() => (ended = true));
    await pause(100);
    ok(!ended, "a timer of 100 ms had no turn before the deadline of 2000 ms");
    await failed;
  });
}

/** What of it is signing's alone. @param {import("../suite.js").Test} test @param {import("../caller.js").Caller} caller */
export function hostileSigners(test, caller) {
  const { Signer, sign, verify } = caller.alphapo;
  const kept = new Signer("AbCdEfG123456");
  const freed = new Signer("secret");
  freed.free();
  const others = [freed, {}, undefined, null, "text", closed(), Object.create(kept), Object.create(Signer.prototype)];
  const code = (/** @type {string} */ wanted, /** @type {() => unknown} */ call) => caller.thrown(call, notSent(wanted));
  const works = () => {
    equal(sign("{}", "AbCdEfG123456").slice(0, 16), "89ff570683bfcd9e");
    equal(kept.sign("{}").slice(0, 16), "89ff570683bfcd9e", "Signer");
  };

  /** @type {[string, number, () => void][]} */
  const calls = [
    ["a method on what is no Signer, or a freed one", ROUNDS_OF_SIXTEEN, () => {
      for (const other of others) {
        code("invalid_option", () => Signer.prototype.sign.call(other, "body"));
        code("invalid_option", () => Signer.prototype.verify.call(other, "body", "00"));
      }
    }],
    ["a detached body", ROUNDS, () => {
      code("invalid_body", () => sign(detached(), "secret"));
      code("invalid_body", () => kept.sign(detached()));
      code("invalid_body", () => verify(detached(), "00", "secret"));
    }],
    ["a detached secret", ROUNDS, () => {
      code("invalid_option", () => sign("body", detached()));
      code("invalid_option", () => new Signer(detached()));
    }],
    ["a proxy that throws", ROUNDS, () => {
      code("invalid_body", () => sign(closed(), "secret"));
      code("invalid_option", () => sign("body", closed()));
      equal(verify("{}", closed(), "AbCdEfG123456"), false);
    }],
  ];
  for (const [name, rounds, call] of calls) {
    test(`hostile objects: ${name} is an error, however often`, () => {
      for (let time = 0; time < rounds; time += 1) call();
      works();
    });
  }

  test("hostile objects: freeing twice is freeing once, and frees no other", () => {
    const signer = new Signer("secret");
    const next = new Signer("secret");
    signer.free();
    signer.free();
    signer[Symbol.dispose]?.();
    Signer.prototype.free.call({});
    const [one, other] = [new Signer("one"), new Signer("other")];
    equal([one.sign("{}"), other.sign("{}")], [sign("{}", "one"), sign("{}", "other")]);
    equal(next.sign("{}"), sign("{}", "secret"));
    works();
  });

  test("hostile objects: a view that lies of itself is signed as the bytes it has, and nothing of it is run", () => {
    const bytes = new TextEncoder().encode("{}");
    const view = new Uint8Array(bytes);
    let asked = 0;
    for (const name of ["length", "byteLength", "byteOffset", "buffer", "constructor", "BYTES_PER_ELEMENT"]) {
      const get = () => {
        asked += 1;
        kept.sign("something else");
        return 0;
      };
      Object.defineProperty(view, name, { get });
    }
    equal(kept.sign(view), kept.sign(bytes));
    equal(sign("{}", view), sign("{}", bytes), "as a secret");
    equal(asked, 0, "how often it was asked");
    works();
  });

  test("hostile objects: text and signature that would run code when read are not read as such", () => {
    const telling = { toString: () => kept.sign("{}"), [Symbol.toPrimitive]: () => kept.sign("{}"), length: 128 };
    equal(kept.verify("{}", telling), false);
    code("invalid_body", () => kept.sign(telling));
    works();
  });

  test("hostile objects: memory that is shared, or may grow, is signed as it is", () => {
    const bytes = new TextEncoder().encode('{"currency":"BTC"}');
    const wanted = kept.sign(bytes);
    const buffers = [];
    // Pages have none without isolation; Node 20 and others know no growing ones.
    if (typeof SharedArrayBuffer === "function") buffers.push(new SharedArrayBuffer(bytes.length));
    if ("resizable" in ArrayBuffer.prototype) {
      buffers.push(new (/** @type {any} */ (ArrayBuffer))(bytes.length, { maxByteLength: 100_000 }));
    }
    for (const buffer of buffers) {
      const view = new Uint8Array(buffer);
      view.set(bytes);
      equal(kept.sign(view), wanted, String(buffer));
      if (!buffer.resizable) continue;
      buffer.resize(100_000);
      equal(kept.sign(view), kept.sign(new Uint8Array(view)), "after it grew");
      const part = new Uint8Array(buffer, 4, 8);
      buffer.resize(6);
      code("invalid_body", () => kept.sign(part));
    }
    works();
  });

  test("hostile objects: more Signers than one page of memory has room for", () => {
    const signers = Array.from({ length: 1_200 }, (_, index) => new Signer(`secret ${index}`));
    for (const index of [0, 511, 512, 1_023, 1_199]) equal(signers[index].sign("{}"), sign("{}", `secret ${index}`));
    for (const signer of signers) signer.free();
    works();
  });
}

/** @param {object} options */
function unreadableBaseUrl(options) {
  return Object.defineProperty(options, "baseUrl", { enumerable: true, get: refuse });
}

/** Whatever touches it throws, also `Array.isArray`. */
function revoked() {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
}
