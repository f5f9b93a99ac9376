// @ts-check
// Callbacks: what is genuine is read, what is not never reaches the caller's code, and each one is processed once.
// Signatures are made by the package's own `sign`, which signing.js holds against vectors of others; the real callback
// with its own signature is in vectors.js. What takes sockets is in callbacks-over-http.js.

import { PHP_ESCAPED, SAMPLES } from "../callback-samples.js";
import { notSent } from "../caller.js";
import { closed, detached } from "../hostile-values.js";
import { equal, ok, pause } from "../suite.js";
import { timed } from "../timed.js";
import { GATEWAY } from "../vectors.js";

const KEY = "wire-public-key";
const SECRET = "a secret of callbacks";

/** @typedef {Record<string, any>} Any */

/** What is read at once. @param {import("../suite.js").Test} test @param {import("../caller.js").Caller} caller */
export function callbacks(test, caller) {
  genuine(test, caller);
  forged(test, caller);
  calls(test, caller);
}

/** @param {import("../suite.js").Test} test @param {import("../caller.js").Caller} caller */
function genuine(test, caller) {
  const { alphapo, browser } = caller;
  const { AlphaPo, sign, verifyCallback } = alphapo;
  for (const { name, body, key, foreign_id, final, credit } of SAMPLES) {
    test(`callbacks: ${name}`, () => {
      const callback = verifyCallback(body, headers(sign, body), { key: KEY, secret: SECRET });
      equal(
        [callback.key, callback.foreign_id, callback.final, callback.credit, callback.secretIndex],
        [key, foreign_id, final, credit, 0],
      );
      equal(callback.creditKey, key.slice(0, key.lastIndexOf(":")));
      const { type, status } = JSON.parse(body);
      equal([callback.type, callback.status], [type, status]);
    });
  }

  test("callbacks: a real one with its signature", () => {
    const { secret, body, signature } = GATEWAY[GATEWAY.length - 1];
    const callback = verifyCallback(
      body,
      { "X-Processing-Key": "test_key", "X-Processing-Signature": signature },
      { key: "test_key", secrets: [secret] },
    );
    equal(
      [callback.id, callback.foreign_id, callback.credit],
      [3576, "test", { amount: "10.81135268", currency: "USD" }],
    );
    const { key, creditKey, final, credit, secretIndex, foreign_id, ...rest } = callback;
    equal(rest, JSON.parse(body), "every field of the gateway's");
  });

  test("callbacks: bare numbers keep their own digits", () => {
    const { body } = SAMPLES.find(({ key }) => key === "withdrawal_exchange:1:confirmed") ?? SAMPLES[0];
    const [first, second] = verifyCallback(body, headers(sign, body), { key: KEY, secret: SECRET }).transactions;
    equal(
      [first.amount, first.amount_to, second.amount, second.confirmations],
      ["381", "0.10882300", "0.10882300", "3"],
    );
  });

  test("callbacks: fields that no type knows stay readable", () => {
    const { body } = SAMPLES.find(({ key }) => key === "deposit_exchange:2688873:confirmed") ?? SAMPLES[0];
    equal(verifyCallback(body, headers(sign, body), { key: KEY, secret: SECRET }).futures_id, 95);
  });

  const { body } = SAMPLES[1];
  const bytes = new TextEncoder().encode(body);
  const signature = () => sign(body, SECRET);
  /** @type {[string, () => any][]} */
  const bodies = [
    ["text", () => body],
    ["a Uint8Array", () => bytes],
    ["a view in the middle of a buffer", () => new Uint8Array([0, ...bytes, 0]).subarray(1, 1 + bytes.length)],
    ["an ArrayBuffer", () => bytes.slice().buffer],
  ];
  for (const [name, make] of bodies) {
    test(`callbacks: the body may be ${name}`, () => {
      equal(verifyCallback(make(), headers(sign, body), { key: KEY, secret: SECRET }).id, 2686567);
    });
  }

  /** @type {[string, () => any][]} */
  const spellings = [
    ["a Headers", () => new Headers(headers(sign, body))],
    ["lower case", () => ({ "x-processing-key": KEY, "x-processing-signature": signature() })],
    ["mixed case", () => ({ "x-Processing-KEY": KEY, "X-PROCESSING-signature": signature() })],
    ["arrays of one", () => ({ "x-processing-key": [KEY], "x-processing-signature": [signature()] })],
    ["an absent second spelling", () => ({ ...headers(sign, body), "x-processing-key": undefined })],
    ["no prototype", () => Object.assign(Object.create(null), headers(sign, body))],
    [
      "something with `get`",
      () => ({ get: (/** @type {string} */ name) => new Headers(headers(sign, body)).get(name) }),
    ],
  ];
  test("callbacks: a signature in upper case is none that the gateway wrote", () => {
    const given = { "x-processing-key": KEY, "x-processing-signature": signature().toUpperCase() };
    caller.thrown(() => verifyCallback(body, given, { key: KEY, secret: SECRET }), notSent("invalid_signature"));
  });

  for (const [name, make] of spellings) {
    test(`callbacks: the headers may be ${name}`, () => {
      equal(verifyCallback(body, make(), { key: KEY, secret: SECRET }).id, 2686567);
    });
  }

  test("callbacks: the secret that matched is named", () => {
    for (const [secrets, index] of /** @type {[any, number][]} */ ([
      [SECRET, 0],
      [new TextEncoder().encode(SECRET), 0],
      [[SECRET, "older"], 0],
      [["newer", SECRET, SECRET], 1],
      [["newer", "new", new TextEncoder().encode(SECRET)], 2],
    ])) {
      equal(verifyCallback(body, headers(sign, body), { key: KEY, secrets }).secretIndex, index);
    }
  });

  test("callbacks: an AlphaPo verifies with its own secret, and with older ones", () => {
    const permission = browser && { dangerouslyAllowBrowser: true };
    const alphapo = new AlphaPo({ key: KEY, secret: SECRET, ...permission });
    equal(alphapo.verifyCallback(body, headers(sign, body)).secretIndex, 0);
    equal(alphapo.verifyCallback(body, headers(sign, body), { secrets: ["older"] }).secretIndex, 0);
    const newer = new AlphaPo({ key: KEY, secret: "newer", ...permission });
    equal(newer.verifyCallback(body, headers(sign, body), { secrets: ["old", SECRET] }).secretIndex, 2);
    equal(newer.verifyCallback(body, headers(sign, body), { secrets: SECRET }).secretIndex, 1);
    for (const holder of [alphapo, newer]) holder.free();
  });
}

/** @param {import("../suite.js").Test} test @param {import("../caller.js").Caller} caller */
function forged(test, caller) {
  const { sign, verifyCallback } = caller.alphapo;
  const merchant = { key: KEY, secrets: [SECRET, "older"] };

  test("callbacks: one changed bit of the body, in any place, is a forgery", () => {
    for (const { body } of SAMPLES) {
      const bytes = new TextEncoder().encode(body);
      const genuine = headers(sign, body);
      for (let bit = 0; bit < bytes.length * 8; bit += 37) {
        const changed = bytes.slice();
        changed[bit >> 3] ^= 1 << (bit & 7);
        const error = caller.thrown(() => verifyCallback(changed, genuine, merchant), notSent("invalid_signature"));
        equal(error.body, undefined, "nothing of the body");
      }
    }
  });

  const { body } = SAMPLES[1];
  for (const [header, code] of [
    ["X-Processing-Key", "wrong_key"],
    ["X-Processing-Signature", "invalid_signature"],
  ]) {
    test(`callbacks: one changed bit of ${header} is a forgery`, () => {
      const genuine = /** @type {Any} */ (headers(sign, body));
      const value = genuine[header];
      for (let at = 0; at < value.length; at += 1) {
        for (let bit = 0; bit < 7; bit += 1) {
          const changed =
            value.slice(0, at) + String.fromCharCode(value.charCodeAt(at) ^ (1 << bit)) + value.slice(at + 1);
          if (header.endsWith("Signature") && changed.toLowerCase() === value) continue;
          caller.thrown(() => verifyCallback(body, { ...genuine, [header]: changed }, merchant), notSent(code));
        }
      }
    });
  }

  test("callbacks: a body that was parsed and written anew does not verify, and the error says why", () => {
    equal(verifyCallback(PHP_ESCAPED, headers(sign, PHP_ESCAPED), merchant).credit, {
      amount: "0.10882300",
      currency: "BTC",
    });
    const anew = JSON.stringify(JSON.parse(PHP_ESCAPED));
    const error = caller.thrown(
      () => verifyCallback(anew, headers(sign, PHP_ESCAPED), merchant),
      notSent("invalid_signature"),
    );
    ok(/parsed and written anew \(JSON\.stringify\)/.test(error.message), error.message);
    const list = '{"id":1,"type":"deposit","status":"pending","fees":{}}';
    caller.thrown(
      () => verifyCallback(list.replace("{}", "[]"), headers(sign, list), merchant),
      notSent("invalid_signature"),
    );
  });

  const signature = sign(body, SECRET);
  /** @type {[string, any, string][]} */
  const refused = [
    ["no headers at all", {}, "missing_header"],
    ["no key", { "x-processing-signature": signature }, "missing_header"],
    ["no signature", { "x-processing-key": KEY }, "missing_header"],
    ["an empty signature", { "x-processing-key": KEY, "x-processing-signature": "" }, "missing_header"],
    ["a key that is null", { "x-processing-key": null, "x-processing-signature": signature }, "missing_header"],
    ["a number for a key", { "x-processing-key": 17, "x-processing-signature": signature }, "missing_header"],
    ["two spellings of one", { ...headers(sign, body), "x-processing-key": KEY }, "missing_header"],
    [
      "three spellings of one",
      { ...headers(sign, body), "x-processing-key": KEY, "X-PROCESSING-KEY": KEY },
      "missing_header",
    ],
    ["an array of two", { ...headers(sign, body), "X-Processing-Signature": [signature, signature] }, "missing_header"],
    ["an empty array", { ...headers(sign, body), "X-Processing-Signature": [] }, "missing_header"],
    [
      "what Node makes of two",
      { ...headers(sign, body), "X-Processing-Signature": `${signature}, ${signature}` },
      "invalid_signature",
    ],
    ["what Node makes of two keys", { ...headers(sign, body), "X-Processing-Key": `${KEY}, ${KEY}` }, "wrong_key"],
    ["a key in other letters", { ...headers(sign, body), "X-Processing-Key": KEY.toUpperCase() }, "wrong_key"],
    [
      "a signature under another secret",
      { ...headers(sign, body), "X-Processing-Signature": sign(body, "another") },
      "invalid_signature",
    ],
    [
      "a signature cut short",
      { ...headers(sign, body), "X-Processing-Signature": signature.slice(0, 126) },
      "invalid_signature",
    ],
    ["a Headers without them", new Headers(), "missing_header"],
    [
      "headers that throw",
      {
        get: () => {
          throw new Error("no");
        },
      },
      "missing_header",
    ],
    ["headers that cannot be read", closed(), "missing_header"],
  ];
  for (const [name, given, code] of refused) {
    test(`callbacks: ${name} is refused`, () => {
      const error = caller.thrown(() => verifyCallback(body, given, merchant), notSent(code));
      for (const text of [error.message, JSON.stringify(error), String(error.stack)]) {
        ok(!text.includes(SECRET) && !text.includes(signature), `it gives something away: ${text}`);
      }
    });
  }

  test("callbacks: a genuine body that is no JSON, or no callback, keeps the body", () => {
    for (const [text, code] of [
      ["<html>", "invalid_json"],
      ["[]", "invalid_callback"],
      ['{"id":1,"id":2,"type":"deposit","status":"x"}', "invalid_callback"],
    ]) {
      const error = caller.thrown(() => verifyCallback(text, headers(sign, text), merchant), notSent(code));
      equal(error.body, text);
    }
  });
}

/** @param {import("../suite.js").Test} test @param {import("../caller.js").Caller} caller */
function calls(test, caller) {
  const { AlphaPo, sign, verifyCallback } = caller.alphapo;
  const { body } = SAMPLES[1];
  const merchant = { key: KEY, secret: SECRET };

  test("callbacks: a parsed body is an error that names what parsed it", () => {
    for (const parsed of [
      JSON.parse(body),
      {},
      [],
      null,
      undefined,
      17,
      true,
      Object.create(null),
      { byteLength: 0 },
    ]) {
      const error = caller.thrown(() => verifyCallback(parsed, headers(sign, body), merchant), notSent("invalid_body"));
      for (const cause of ["express.json()", "Fastify", "Nest", "bodyParser"])
        ok(error.message.includes(cause), error.message);
    }
  });

  /** @type {[string, any][]} */
  const wrong = [
    ["options", undefined],
    ["key", { secret: SECRET }],
    ["key", { key: "", secret: SECRET }],
    ["key", { key: 17, secret: SECRET }],
    ["secret", { key: KEY }],
    ["secret", { key: KEY, secret: "" }],
    ["secret", { key: KEY, secret: ` ${SECRET}` }],
    ["secret", { key: KEY, secret: SECRET, secrets: [SECRET] }],
    ["secret", { key: KEY, secrets: [] }],
    ["secrets", { key: KEY, secrets: [SECRET, undefined] }],
    ["secrets", { key: KEY, secrets: [SECRET, 17] }],
    ["secrets", { key: KEY, secrets: new Array(2 ** 32 - 1) }],
    ["secrets", { key: KEY, secrets: {} }],
    ["secret", { key: KEY, secrets: [SECRET, ""] }],
    ["Secrets", { key: KEY, Secrets: [SECRET] }],
  ];
  for (const [index, [option, options]] of wrong.entries()) {
    test(`callbacks: wrong options ${index + 1} name ${option}`, () => {
      const error = caller.thrown(() => verifyCallback(body, headers(sign, body), options), notSent("invalid_option"));
      ok(error.fields[option], JSON.stringify(error.fields));
    });
  }

  test("callbacks: an AlphaPo takes no other key here", () => {
    const alphapo = new AlphaPo({ key: KEY, secret: SECRET, dangerouslyAllowBrowser: true });
    caller.thrown(() => alphapo.verifyCallback(body, headers(sign, body), { key: KEY }), notSent("invalid_option"));
    alphapo.free();
    caller.thrown(() => alphapo.verifyCallback(body, headers(sign, body)), notSent("invalid_option"));
  });

  test("callbacks: options come before the body, the body before the headers, the key before the signature", () => {
    caller.thrown(() => verifyCallback({}, {}, { key: KEY }), notSent("invalid_option"));
    caller.thrown(() => verifyCallback({}, {}, merchant), notSent("invalid_body"));
    caller.thrown(() => verifyCallback("x", {}, merchant), notSent("missing_header"));
    caller.thrown(
      () => verifyCallback("x", { "x-processing-key": "k", "x-processing-signature": "s" }, merchant),
      notSent("wrong_key"),
    );
    caller.thrown(
      () => verifyCallback("x", { "x-processing-key": KEY, "x-processing-signature": "s" }, merchant),
      notSent("invalid_signature"),
    );
  });

  /** @type {[string, string, () => unknown][]} */
  const hostile = [
    ["headers", "missing_header", () => verifyCallback(body, closed(), merchant)],
    ["options", "invalid_option", () => verifyCallback(body, headers(sign, body), closed())],
    ["a body", "invalid_body", () => verifyCallback(closed(), headers(sign, body), merchant)],
    [
      "secrets",
      "invalid_option",
      () =>
        verifyCallback(body, headers(sign, body), {
          key: KEY,
          secrets: new Proxy([1], {
            get: (_, name) => {
              if (name === "0") throw new Error("no");
              return 1;
            },
          }),
        }),
    ],
    ["a detached buffer", "invalid_body", () => verifyCallback(detached().buffer, headers(sign, body), merchant)],
  ];
  for (const [name, code, call] of hostile) {
    test(`callbacks: ${name} that cannot be read end in an error, however often`, () => {
      caller.thrownOften(call, notSent(code));
      equal(verifyCallback(body, headers(sign, body), merchant).id, 2686567);
    });
  }
}

/**
 * What waits for bodies, stores and the caller's code.
 *
 * @param {import("../suite.js").Test} test
 * @param {import("../caller.js").Caller} caller
 */
export function callbackHandlers(test, caller) {
  const { AlphaPoError, callbackHandler, nodeCallbackHandler, sign } = caller.alphapo;
  const { body, key } = SAMPLES[1];

  /** A handler, what reached the caller's code, and the errors. @param {Any} [changes] */
  const handler = (changes) => {
    /** @type {any[]} */
    const seen = [];
    /** @type {any[]} */
    const errors = [];
    const handle = callbackHandler({
      key: KEY,
      secret: SECRET,
      store: new Map(),
      onCallback: (/** @type {any} */ callback) => void seen.push(callback),
      onError: (/** @type {any} */ error) => void errors.push(error),
      ...changes,
    });
    return { seen, errors, handle };
  };
  /** @param {string} text @param {Any} [changes] */
  const request = (text, changes) =>
    new Request("http://callbacks.test/", { method: "POST", headers: headers(sign, text), body: text, ...changes });
  /** @param {any} handle @param {Request} incoming */
  const status = async (handle, incoming) => (await handle(incoming)).status;

  test("handler: a genuine callback reaches the caller's code, and then 200", async () => {
    const { handle, seen, errors } = handler();
    const answer = await handle(request(body));
    equal([answer.status, await answer.text(), seen.length, seen[0].key, errors], [200, "ok", 1, key, []]);
  });

  test("handler: a forged one does not, and is 401", async () => {
    const { handle, seen, errors } = handler();
    const forgeries = [
      { headers: {} },
      { headers: { "x-processing-key": KEY } },
      { headers: { ...headers(sign, body), "X-Processing-Key": "other" } },
      { headers: { ...headers(sign, body), "X-Processing-Signature": sign(body, "other") } },
      { body: body.replace("0.05910000", "9.05910000") },
      { body: "" },
      { body: null },
    ];
    for (const forgery of forgeries) equal(await status(handle, request(body, forgery)), 401, JSON.stringify(forgery));
    equal([seen.length, errors.length], [0, forgeries.length]);
    ok(
      errors.every((error) => error instanceof AlphaPoError),
      "errors of the package",
    );
  });

  test("handler: a malformed one is 400", async () => {
    const { handle, seen, errors } = handler();
    const noAmount = body.replace('"0.05910000"', "null").replace('"0.06000000","am', '"0","am');
    for (const text of ["<html>", "{}", noAmount]) equal(await status(handle, request(text)), 400, text);
    equal([seen.length, errors.map(({ code }) => code)], [0, ["invalid_json", "invalid_callback", "invalid_callback"]]);
  });

  test("handler: another method is 405 and names the right one", async () => {
    const { handle, seen } = handler();
    for (const method of ["GET", "PUT", "DELETE", "HEAD"]) {
      const changes = method === "GET" || method === "HEAD" ? { method, body: undefined } : { method };
      const answer = await handle(request(body, changes));
      equal([answer.status, answer.headers.get("allow")], [405, "POST"]);
    }
    equal(seen.length, 0);
  });

  test("handler: 256 KiB are taken, one byte more is 413", async () => {
    const { handle, seen, errors } = handler();
    const padded = (/** @type {number} */ size) => body.slice(0, -1) + " ".repeat(size - body.length) + "}";
    equal(await status(handle, request(padded(256 * 1024))), 200);
    equal(await status(handle, request(padded(256 * 1024 + 1))), 413);
    equal(await status(handle, request(padded(5 * 1024 * 1024))), 413);
    equal([seen.length, errors.map(({ code }) => code)], [1, ["invalid_body", "invalid_body"]]);
  });

  test("handler: a body that something read before is 500 and says so", async () => {
    const { handle, seen, errors } = handler();
    const incoming = request(body);
    await incoming.text();
    equal(await status(handle, incoming), 500);
    equal([seen.length, errors[0].code], [0, "invalid_body"]);
  });

  test("handler: a body that breaks off is 400", async () => {
    const { handle, seen } = handler();
    const reader = {
      read: async () => {
        throw new Error("reset");
      },
      cancel: async () => {},
    };
    equal(
      await status(
        handle,
        /** @type {any} */ ({ method: "POST", headers: new Headers(), body: { getReader: () => reader } }),
      ),
      400,
    );
    equal(seen.length, 0);
  });

  /** What has a body as a Request has it, in these pieces. @param {unknown[]} pieces @param {Any} [changes] */
  const inPieces = (pieces, changes) => {
    const rest = pieces.values();
    const reader = { read: async () => rest.next(), cancel: async () => {}, ...changes };
    const incoming = { method: "POST", headers: new Headers(headers(sign, body)), body: { getReader: () => reader } };
    return /** @type {any} */ (incoming);
  };
  const bytes = new TextEncoder().encode(body);

  test("handler: a body in pieces of any kind and size is put together", async () => {
    for (const pieces of [
      Array.from(bytes, (byte) => Uint8Array.of(byte)),
      [bytes.subarray(0, 500), new DataView(bytes.buffer, 500)],
      [new Uint8Array(0), bytes.slice(0, 9).buffer, bytes.slice(9).buffer],
    ]) {
      const { handle, seen } = handler();
      equal([await status(handle, inPieces(pieces)), seen.length], [200, 1]);
    }
  });

  test("handler: what comes in place of bytes is 500", async () => {
    for (const piece of [body, 17, null, [1, 2], {}]) {
      const { handle, errors } = handler();
      equal([await status(handle, inPieces([piece])), errors[0].code], [500, "invalid_body"], String(piece));
    }
    const { handle } = handler();
    const read = () => {
      throw null;
    };
    equal(await status(handle, inPieces([], { read })), 400);
    equal(await status(handle, { ...inPieces([]), body: { getReader: read } }), 500);
  });

  test("handler: a duplicate is 200 without the caller's code", async () => {
    const { handle, seen } = handler();
    for (let copy = 0; copy < 3; copy += 1) equal(await status(handle, request(body)), 200);
    equal(seen.length, 1);
  });

  test("handler: 50 copies at once run the caller's code once, and all wait for it", async () => {
    let done = false;
    let runs = 0;
    const { handle } = handler({
      onCallback: async () => {
        runs += 1;
        await pause(100);
        done = true;
      },
    });
    const copies = Array.from({ length: 50 }, async () => [await status(handle, request(body)), done]);
    for (const copy of await Promise.all(copies)) equal(copy, [200, true]);
    equal(runs, 1);
  });

  test("handler: what fails the first time is 500 for all copies, and processed when it is sent again", async () => {
    let runs = 0;
    const { handle, errors } = handler({
      onCallback: async () => {
        runs += 1;
        await pause(20);
        // Whatever the caller's code fails with, it is no forgery.
        if (runs === 1) throw Object.assign(new Error("database"), { code: "invalid_signature" });
      },
    });
    const first = await Promise.all(Array.from({ length: 5 }, () => status(handle, request(body))));
    equal(first, [500, 500, 500, 500, 500]);
    equal([await status(handle, request(body)), await status(handle, request(body))], [200, 200]);
    equal([runs, errors.length], [2, 1]);
  });

  test("handler: a callback is the caller's own to change", async () => {
    let runs = 0;
    const { handle } = handler({
      onCallback: (/** @type {any} */ callback) => {
        for (const name of Object.keys(callback)) delete callback[name];
        runs += 1;
        if (runs === 1) throw new Error("database");
      },
    });
    const answers = [];
    for (let copy = 0; copy < 3; copy += 1) answers.push(await status(handle, request(body)));
    equal([answers, runs], [[500, 200, 200], 2]);
  });

  test("handler: the caller's code is run as what it is, methods of the options", async () => {
    /** @type {unknown[]} */
    const heard = [];
    class Merchant {
      key = KEY;
      secret = SECRET;
      store = new Map();
      onCallback() {
        heard.push(this);
      }
      onError() {
        heard.push(this);
      }
    }
    const merchant = new Merchant();
    const handle = callbackHandler(merchant);
    equal([await status(handle, request(body)), await status(handle, request(body, { headers: {} }))], [200, 401]);
    equal([heard.length, heard.every((self) => self === merchant)], [2, true]);
  });

  test("handler: a store that fails is 500, before or after the caller's code", async () => {
    const fail = async () => {
      throw new Error("store");
    };
    const before = handler({ store: { get: fail, set: fail } });
    equal([await status(before.handle, request(body)), before.seen.length, before.errors.length], [500, 0, 1]);
    const after = handler({ store: { get: async () => undefined, set: fail } });
    equal([await status(after.handle, request(body)), after.seen.length, after.errors.length], [500, 1, 1]);
  });

  test("handler: an onError that fails changes nothing", async () => {
    for (const onError of [
      () => {
        throw new Error("log");
      },
      async () => {
        throw new Error("log");
      },
    ]) {
      const { handle } = handler({ onError });
      equal(await status(handle, request(body, { headers: {} })), 401);
    }
    const { handle } = handler({ onError: undefined });
    equal(await status(handle, request(body, { headers: {} })), 401);
  });

  const confirmed = SAMPLES[4].body.replace("not_confirmed", "confirmed");
  const waiting = SAMPLES[4].body;

  test("handler: not_confirmed and then confirmed both reach the caller's code", async () => {
    const { handle, seen } = handler();
    for (const text of [waiting, confirmed, waiting, confirmed]) equal(await status(handle, request(text)), 200);
    equal(
      seen.map(({ status, credit }) => [status, credit]),
      [
        ["not_confirmed", null],
        ["confirmed", { amount: "0.01000000", currency: "BTC" }],
      ],
    );
  });

  test("handler: a not_confirmed that comes late undoes nothing", async () => {
    const { handle, seen } = handler();
    for (const text of [confirmed, waiting, waiting]) equal(await status(handle, request(text)), 200);
    equal(
      seen.map(({ status }) => status),
      ["confirmed"],
    );
    const other = waiting.replace("2686579", "2686578");
    equal([await status(handle, request(other)), seen.length], [200, 2]);
  });

  test("handler: whatever is final for a type makes what comes before it late", async () => {
    const types = ["deposit", "deposit_exchange", "withdrawal", "withdrawal_exchange", "exchange", "invoice"];
    for (const [index, type] of types.entries()) {
      for (const [other, last] of ["cancelled", "failed", "confirmed"].entries()) {
        const { handle, seen } = handler();
        const received = '{"currency":"BTC","amount":"1"}';
        const callback = (/** @type {string} */ told) =>
          `{"id":${index * 3 + other},"type":"${type}","status":"${told}","currency_received":${received}}`;
        for (const told of [last, "pending", "created"]) equal(await status(handle, request(callback(told))), 200);
        equal(seen.length, seen[0].final ? 1 : 3, `${type}, ${last}`);
      }
    }
  });

  test("handler: what nobody knows yet is news, also after the end", async () => {
    const { handle, seen } = handler();
    const news = ["refunded", "cancelled", "chargeback"].map((told) => waiting.replace("not_confirmed", told));
    for (const text of [confirmed, ...news]) equal(await status(handle, request(text)), 200);
    const futures = ["confirmed", "pending", "processing", "refunded"].map((told) => `{"id":9,"type":"futures","status":"${told}"}`);
    for (const text of futures) equal(await status(handle, request(text)), 200);
    equal(
      seen.map(({ status }) => status),
      ["confirmed", "refunded", "cancelled", "chargeback", "confirmed", "pending", "processing", "refunded"],
    );
  });

  test("handler: an onError that hangs does not hold the answer", async () => {
    const { handle } = handler({ onError: () => new Promise(() => {}) });
    const { result, elapsed, late } = await timed(() => status(handle, request(body, { headers: {} })));
    equal(result, 401);
    ok(elapsed < 8_000 + late, `it waited ${elapsed} ms for onError, and idle timers were ${late} ms late`);
  });

  /** @type {[string, (map: Map<string, string>) => Any][]} */
  const stores = [
    [
      "asynchronous",
      (map) => ({
        get: async (/** @type {string} */ key) => map.get(key),
        set: async (/** @type {string} */ key, /** @type {string} */ value) => void map.set(key, value),
      }),
    ],
    [
      "Cloudflare's KV",
      (map) => ({
        get: async (/** @type {string} */ key) => map.get(key) ?? null,
        put: async (/** @type {string} */ key, /** @type {string} */ value) => void map.set(key, value),
      }),
    ],
  ];
  for (const [name, make] of stores) {
    test(`handler: a store may be ${name}`, async () => {
      const map = new Map();
      const { handle, seen } = handler({ store: make(map) });
      equal([await status(handle, request(body)), await status(handle, request(body)), seen.length], [200, 200, 1]);
      equal([...map.keys()], [key]);
      ok(!Number.isNaN(Date.parse(map.get(key))), "the time it was processed at");
    });
  }

  test("handler: wrong options are refused when it is made", () => {
    for (const [option, changes] of /** @type {[string, Any][]} */ ([
      ["key", { key: undefined }],
      ["secret", { secret: undefined }],
      ["secret", { secret: "" }],
      ["store", { store: undefined }],
      ["store", { store: { get: () => 1 } }],
      ["onCallback", { onCallback: undefined }],
      ["onError", { onError: "log" }],
      ["oncallback", { oncallback: () => {} }],
      ["options", { secret: undefined, secrets: Object.assign([SECRET], { copied() {} }) }],
    ])) {
      for (const make of [callbackHandler, nodeCallbackHandler]) {
        const options = { key: KEY, secret: SECRET, store: new Map(), onCallback: () => {}, ...changes };
        const error = caller.thrown(() => make(options), notSent("invalid_option"));
        ok(error.fields[option], JSON.stringify(error.fields));
      }
    }
    for (const make of [callbackHandler, nodeCallbackHandler]) caller.thrown(() => make(), notSent("invalid_option"));
  });

  test("handler: secrets are what they were when it was made", async () => {
    const bytes = new TextEncoder().encode(SECRET);
    const secrets = ["newer", bytes];
    const { handle, seen } = handler({ secret: undefined, secrets });
    bytes.fill(0);
    secrets.length = 0;
    equal([await status(handle, request(body)), seen[0]?.secretIndex], [200, 1]);
  });
}

/** @param {any} sign @param {string} body @returns {Record<string, string>} */
function headers(sign, body) {
  return { "X-Processing-Key": KEY, "X-Processing-Signature": sign(body, SECRET) };
}
