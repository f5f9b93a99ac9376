// @ts-check
// `sign`, `verify` and `Signer`: known answers, the shapes a body may have, and everything that is no signature.
// Nothing here touches the network.

import { notSent } from "../caller.js";
import { equal, ok, show, thrown } from "../suite.js";
import { DOCUMENTED_SIGNATURE, GATEWAY, RFC_4231 } from "../vectors.js";

/** @typedef {import("../caller.js").Caller} Caller */
/**
 * @typedef {{ testGroups: { keySize: number, tagSize: number,
 *   tests: { tcId: number, key: string, msg: string, tag: string, result: string }[] }[] }} Wycheproof
 */

const SECRET = "AbCdEfG123456";
const BODY = '{"currency":"BTC","foreign_id":"123456"}';

/** @param {import("../suite.js").Test} test @param {Caller} caller @param {Wycheproof} wycheproof */
export function signing(test, caller, wycheproof) {
  const { alphapo } = caller;
  const { sign, verify, Signer } = alphapo;

  for (const { name, secret, body, signature } of GATEWAY) {
    test(`signing: gateway vector, ${name}`, () => agree(alphapo, { secret, body, signature }));
  }

  for (const { name, key, data, tag } of RFC_4231) {
    test(`signing: RFC 4231 ${name}`, () => {
      const signature = sign(data, key);
      equal(signature.slice(0, tag.length), tag);
      equal(new Signer(key).sign(data), signature, "Signer");
      equal(verify(data, tag, key), tag.length === 128, "verify of the published tag");
    });
  }

  for (const { keySize, tagSize, tests } of wycheproof.testGroups) {
    test(`signing: Wycheproof, ${tests.length} tests of ${keySize}-bit keys and ${tagSize}-bit tags`, () => {
      ok(tests.length > 0, "the group is empty");
      equal(
        tests.filter((one) => !agreesWithWycheproof(alphapo, one, tagSize)).map(({ tcId }) => tcId),
        [],
      );
    });
  }

  // So many that an engine compiles what it has run often while they are signed.
  test("signing: agrees with the runtime's own HMAC at every length to 1,100 bytes, and at a million", async () => {
    const signer = new Signer(SECRET);
    const key = await ownKey(SECRET);
    for (const length of [...Array(1_101).keys(), 1_000_003]) {
      const body = bytesOf(length);
      const expected = await ownHmac(body, key);
      equal(signer.sign(body), expected, `a body of ${length} bytes`);
      equal(sign(body, SECRET), expected, `a body of ${length} bytes, once`);
    }
  });

  test("signing: agrees with the runtime's own HMAC under secrets of every length around a block", async () => {
    for (const length of [1, 63, 64, 111, 112, 113, 127, 128, 129, 239, 240, 241, 255, 256, 257]) {
      const secret = bytesOf(length);
      equal(sign(BODY, secret), await ownHmac(utf8(BODY), await ownKey(secret)), `a secret of ${length} bytes`);
    }
  });

  test("signing: verify accepts upper-case and mixed hex", () => {
    const upper = DOCUMENTED_SIGNATURE.toUpperCase();
    const mixed = DOCUMENTED_SIGNATURE.slice(0, 64) + upper.slice(64);
    for (const signature of [upper, mixed]) {
      equal(verify(BODY, signature, SECRET), true, signature);
      equal(new Signer(SECRET).verify(BODY, signature), true, signature);
    }
  });

  test("signing: another body or another secret does not verify", () => {
    for (const [body, secret] of [
      [`${BODY} `, SECRET],
      [BODY, `${SECRET}\n`],
      [BODY, SECRET.toLowerCase()],
      ["", SECRET],
    ]) {
      equal(verify(body, DOCUMENTED_SIGNATURE, secret), false, show([body, secret]));
    }
  });

  test("signing: a signature that is wrong in any one digit does not verify", () => {
    for (let at = 0; at < 128; at += 1) {
      const digit = (Number.parseInt(DOCUMENTED_SIGNATURE[at], 16) ^ (1 << (at % 4))).toString(16);
      const wrong = DOCUMENTED_SIGNATURE.slice(0, at) + digit + DOCUMENTED_SIGNATURE.slice(at + 1);
      equal(verify(BODY, wrong, SECRET), false, `digit ${at}`);
    }
  });

  for (const [name, signature] of malformedSignatures()) {
    test(`signing: no signature, so false: ${name}`, () => {
      // Right after the right one, of which nothing may count again.
      equal([DOCUMENTED_SIGNATURE, signature].map((claimed) => verify(BODY, claimed, SECRET)), [true, false], "verify");
      const signer = new Signer(SECRET);
      equal([DOCUMENTED_SIGNATURE, signature].map((claimed) => signer.verify(BODY, claimed)), [true, false], "Signer");
    });
  }

  for (const [name, body] of parsedBodies()) {
    test(`signing: ${name} is no raw body, and the error says what is`, () => {
      const calls = [
        () => sign(body, SECRET),
        () => verify(body, DOCUMENTED_SIGNATURE, SECRET),
        () => new Signer(SECRET).sign(body),
        () => new Signer(SECRET).verify(body, DOCUMENTED_SIGNATURE),
      ];
      for (const call of calls) {
        const { message } = caller.thrown(call, notSent("invalid_body"));
        ok(/raw bytes/i.test(message) && /parsed/i.test(message), `the message does not help: ${message}`);
      }
    });
  }

  test("signing: text is signed as its UTF-8 bytes, in body and secret", async () => {
    for (const text of ["é", "客户-17", "𝄞 🪙", "a\u0000b", "\uFEFFx", "e\u0301"]) {
      equal(sign(text, SECRET), await ownHmac(utf8(text), await ownKey(SECRET)), `body ${text}`);
      equal(sign(BODY, text), await ownHmac(utf8(BODY), await ownKey(utf8(text))), `secret ${text}`);
    }
  });

  // An engine compiles what has run often: Node 22.7.0 then wrote such letters wrongly.
  test("signing: letters of Latin-1 are signed as their UTF-8 bytes, however often", async () => {
    const body = JSON.stringify({ currency: "BTC", foreign_id: "Zoë Müller" });
    const expected = await ownHmac(utf8(body), await ownKey(SECRET));
    const signer = new Signer(SECRET);
    for (let time = 0; time < 10_000; time += 1) {
      if (signer.sign(body) !== expected || !signer.verify(body, expected)) throw new Error(`wrong at ${time}`);
      if (sign(body, SECRET) !== expected || !verify(body, expected, SECRET)) throw new Error(`wrong at ${time}, once`);
    }
  });

  test("signing: a lone surrogate is signed as U+FFFD, as fetch would send it", () => {
    for (const [text, sent] of [
      ["\uD834", "\uFFFD"],
      ["a\uDD1Eb", "a\uFFFDb"],
      ["\uDD1E\uD834", "\uFFFD\uFFFD"],
    ]) {
      equal(sign(text, SECRET), sign(utf8(sent), SECRET), show(text));
    }
  });

  test("signing: a view is signed as the bytes it shows, and is not changed", () => {
    const memory = utf8(`xx${BODY}yy`);
    const view = memory.subarray(2, memory.length - 2);
    equal(sign(view, SECRET), DOCUMENTED_SIGNATURE);
    equal(verify(view, DOCUMENTED_SIGNATURE, SECRET), true);
    equal(new TextDecoder().decode(memory), `xx${BODY}yy`);
  });

  test("signing: other binary shapes are signed as their bytes or refused, never misread", () => {
    const { buffer } = Uint8Array.from(utf8(BODY));
    for (const body of [buffer, new DataView(buffer), new Int8Array(buffer), new Uint16Array(buffer)]) {
      let signature;
      try {
        signature = sign(body, SECRET);
      } catch (error) {
        signature = caller.accounted(error, notSent("invalid_body")) && DOCUMENTED_SIGNATURE;
      }
      equal(signature, DOCUMENTED_SIGNATURE, body.constructor.name);
    }
  });

  test("signing: one Signer signs any number of bodies, in any order", () => {
    const signer = new Signer(SECRET);
    for (const { body, secret, signature } of [...GATEWAY, ...GATEWAY.toReversed()]) {
      equal(signer.sign(body) === signature, secret === SECRET, body);
    }
  });

  test("signing: a freed Signer throws and harms no other", () => {
    const freed = new Signer(SECRET);
    const kept = new Signer(SECRET);
    freed.free();
    ok(thrown(() => freed.sign(BODY)) instanceof Error, "what was thrown is no Error");
    equal(kept.sign(BODY), DOCUMENTED_SIGNATURE);
  });

  test("signing: a Signer is disposable, where there is a Symbol.dispose", () => {
    const signer = new Signer(SECRET);
    // WebKit has none.
    if (!Symbol.dispose) return ok(!("undefined" in signer), "it has a method of the name undefined");
    signer[Symbol.dispose]();
    ok(thrown(() => signer.sign(BODY)) instanceof Error, "what was thrown is no Error");
  });

  test("signing: classes and functions bear the names they are documented under", () => {
    const names = ["AlphaPo", "AlphaPoError", "Signer", "sign", "takeAddress", "verify"];
    for (const name of names.filter((name) => name in alphapo)) equal(alphapo[name].name, name);
  });

  for (const [name, secret] of unusableSecrets()) {
    test(`signing: ${name} is refused as a secret`, () => {
      for (const call of [
        () => sign(BODY, secret),
        () => verify(BODY, DOCUMENTED_SIGNATURE, secret),
        () => new Signer(secret),
      ]) {
        const error = caller.thrown(call, notSent("invalid_option"));
        equal(Object.keys(error.fields ?? {}), ["secret"], "fields");
      }
    });
  }
}

/** @param {import("../caller.js").Package} alphapo @param {{ secret: string, body: string, signature: string }} vector */
function agree({ sign, verify, Signer }, { secret, body, signature }) {
  for (const key of [secret, utf8(secret)]) {
    const signer = new Signer(key);
    for (const message of [body, utf8(body)]) {
      equal(sign(message, key), signature, "sign");
      equal(verify(message, signature, key), true, "verify");
      equal(signer.sign(message), signature, "Signer.sign");
      equal(signer.verify(message, signature), true, "Signer.verify");
    }
  }
}

/**
 * @param {import("../caller.js").Package} alphapo
 * @param {{ key: string, msg: string, tag: string, result: string }} vector
 * @param {number} tagSize  in bits
 */
function agreesWithWycheproof({ sign, verify }, { key, msg, tag, result }, tagSize) {
  const signature = sign(fromHex(msg), fromHex(key));
  const valid = result === "valid";
  const verified = verify(fromHex(msg), tag, fromHex(key));
  return (signature.slice(0, tagSize / 4) === tag) === valid && verified === (valid && tagSize === 512);
}

/** @returns {[name: string, signature: unknown][]} */
function malformedSignatures() {
  const good = DOCUMENTED_SIGNATURE;
  return [
    ["undefined", undefined],
    ["null", null],
    ["empty", ""],
    ["127 digits", good.slice(1)],
    ["129 digits", `${good}0`],
    ["twice the signature", good + good],
    ["the first half", good.slice(0, 64)],
    ["a letter that is no hex digit", `g${good.slice(1)}`],
    ["a full-width digit", `\uFF10${good.slice(1)}`],
    ["a letter of two bytes at its end", `${good.slice(1)}é`],
    ["a letter of two bytes for its last digit", `${good.slice(0, 127)}é`],
    ["a letter of three bytes before its last digit", `${good.slice(0, 126)}€${good.at(-1)}`],
    ["a line break at its end", `${good}\n`],
    ["a space at its beginning", ` ${good}`],
    ["an 0x prefix", `0x${good}`],
    ["an 0x prefix of the right length", `0x${good.slice(2)}`],
    ["a NUL in it", `${good.slice(0, 127)}\0`],
    ["base64", btoa(String.fromCharCode(...fromHex(good)))],
    ["a lone surrogate", `\uD834${good.slice(1)}`],
    ["true", true],
    ["a number", 3],
    ["a bigint", 3n],
    ["a symbol", Symbol("signature")],
    ["a function", () => good],
    ["an object", { signature: good }],
    ["an array that holds it", [good]],
    ["its bytes", fromHex(good)],
  ];
}

/** @returns {[name: string, body: unknown][]} */
function parsedBodies() {
  return [
    ["an object", JSON.parse(BODY)],
    ["an array", [BODY]],
    ["null", null],
    ["undefined", undefined],
    ["a number", 17],
    ["true", true],
    ["a bigint", 17n],
    ["a symbol", Symbol("body")],
    ["a date", new Date(0)],
    ["a map", new Map([["currency", "BTC"]])],
    ["form data in a URLSearchParams", new URLSearchParams({ currency: "BTC" })],
    ["a promise of the body", Promise.resolve(BODY)],
  ];
}

/** @returns {[name: string, secret: unknown][]} */
function unusableSecrets() {
  return [
    ["undefined, an environment variable that is not set,", undefined],
    ["null", null],
    ["the empty text", ""],
    ["no bytes", new Uint8Array(0)],
    ["a number", 17],
    ["an object", { secret: "x" }],
  ];
}

/** @param {string | Uint8Array} secret */
function ownKey(secret) {
  const raw = /** @type {BufferSource} */ (typeof secret === "string" ? utf8(secret) : secret);
  return crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-512" }, false, ["sign"]);
}

/** @param {Uint8Array} body @param {CryptoKey} key */
async function ownHmac(body, key) {
  const signature = await crypto.subtle.sign("HMAC", key, /** @type {BufferSource} */ (body));
  return Array.from(new Uint8Array(signature), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} text */
function utf8(text) {
  return new TextEncoder().encode(text);
}

/** @param {string} hex */
function fromHex(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/** Bytes of every value, the same on every run. @param {number} length */
function bytesOf(length) {
  return Uint8Array.from({ length }, (_, index) => (index * 151 + (index >> 8)) & 0xff);
}
