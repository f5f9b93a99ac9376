// @ts-check
// Answers of status 2xx: what is read from a good one, and what is refused with the raw answer kept, because an
// address may have been allocated.

import { DOCUMENTED_REQUEST, REQUEST } from "../caller.js";
import { equal, ok } from "../suite.js";

/** @typedef {import("../caller.js").Caller} Caller */
/** @typedef {import("../caller.js").Account} Account */

/** @type {Account} */
const INVALID = { code: "invalid_response", outcome: "unknown", attempts: 1, retryable: false, status: 201 };
/** @type {Account} */
const MISMATCHED = { ...INVALID, code: "mismatched_response" };

const MEBIBYTE = 1024 * 1024;
const ADDRESS = "tb1qfdxh6gkfr0qgyatnlkd8khcnxph9tw06n6qwjc";
const GOOD = `{"data":{"id":1,"currency":"BTC","address":"${ADDRESS}","tag":null,"foreign_id":"user-17"}}`;

/** @param {import("../suite.js").Test} test @param {Caller} caller */
export function addressAnswers(test, caller) {
  test("answers: the documented answer", async () => {
    const { deposit } = await caller.take({ kind: "good" }, { request: DOCUMENTED_REQUEST });
    equal(deposit, {
      id: 240407213,
      currency: "BTC",
      address: ADDRESS,
      tag: null,
      foreign_id: "test_foreign_id",
      end_user_reference: "test_end_user_reference",
    });
  });

  test("answers: a conversion is echoed", async () => {
    const { deposit } = await caller.take({ kind: "good" }, { request: { ...REQUEST, convert_to: "EUR" } });
    equal(deposit.convert_to, "EUR");
  });

  for (const status of [200, 201, 202]) {
    test(`answers: status ${status} is success`, async () => {
      equal((await caller.take({ kind: "good", status })).deposit.foreign_id, "user-17");
    });
  }

  for (const [currency, given, tag] of [
    ["XRP", "246861", "246861"],
    ["XRP", 246861, "246861"],
    ["XRP", 0, "0"],
    ["XRP", 4294967295, "4294967295"],
    // What a tag looks like in a network that nobody knows is not for the package to judge.
    ["NEWCOIN", "tag-123", "tag-123"],
    ["NEWCOIN", 17, "17"],
    ["BTC", null, null],
  ]) {
    test(`answers: the tag ${JSON.stringify(given)} of ${currency} is ${JSON.stringify(tag)}`, async () => {
      const { deposit } = await caller.take(
        { kind: "good", fields: { tag: given } },
        { request: { currency, foreign_id: "1" } },
      );
      equal([deposit.currency, deposit.tag], [currency, tag]);
    });
  }

  for (const currency of ["BTC", "LTC", "ETH", "USDTE", "USDC", "TRX", "USDTT", "XRP", "BTCLN"]) {
    test(`answers: a valid ${currency} address of a test network is handed on as it came`, async () => {
      const amount = currency === "BTCLN" && { amount: "0.00012345" };
      const session = caller.session({ kind: "good" });
      const sent = /** @type {string[]} */ ([]);
      const fetch = async (/** @type {RequestInfo} */ input, /** @type {RequestInit} */ init) => {
        const answer = await globalThis.fetch(input, init);
        sent.push((await answer.clone().json()).data.address);
        return answer;
      };
      const deposit = await caller.alphapo.takeAddress(
        { currency, foreign_id: "1", ...amount },
        caller.options({ baseUrl: session.baseUrl, fetch }),
      );
      equal([deposit.address], sent);
    });
  }

  test("answers: a tag that is not there is null", async () => {
    equal((await caller.take({ kind: "good", omit: ["tag"] })).deposit.tag, null);
  });

  test("answers: optional fields that are null or absent do no harm", async () => {
    const { deposit } = await caller.take({ kind: "good", fields: { convert_to: null, end_user_reference: null } });
    equal([deposit.convert_to ?? null, deposit.end_user_reference ?? null], [null, null]);
  });

  test("answers: unknown fields keep their names and values", async () => {
    const fields = { expires_at: 1700000000, network: "bitcoin", nested: { list: [1, null, true, "é"], empty: {} } };
    const { deposit } = await caller.take({ kind: "good", fields });
    equal([deposit.expires_at, deposit.network, deposit.nested], [fields.expires_at, fields.network, fields.nested]);
  });

  test("answers: a number that is no integer is its exact decimal text", async () => {
    const json = '"rate":0.10882300,"fees":[{"amount":0.00000001}],"count":3,"negative":-2';
    const { deposit } = await caller.take({ kind: "good", json });
    equal(
      [deposit.rate, deposit.fees, deposit.count, deposit.negative],
      ["0.10882300", [{ amount: "0.00000001" }], 3, -2],
    );
  });

  test("answers: an integer past 2^53 loses no digit", async () => {
    const { deposit } = await caller.take({ kind: "good", json: '"big":12345678901234567890' });
    equal(String(deposit.big), "12345678901234567890");
  });

  test("answers: a field named __proto__ pollutes nothing", async () => {
    const { deposit } = await caller.take({ kind: "good", json: '"__proto__":{"polluted":1},"constructor":2' });
    equal([/** @type {any} */ ({}).polluted, Object.getPrototypeOf(deposit)], [undefined, Object.prototype]);
  });

  test("answers: a byte order mark is passed over", async () => {
    equal((await caller.take({ kind: "good", bom: true })).deposit.foreign_id, "user-17");
  });

  test("answers: space around the JSON, escapes in it and another content type do no harm", async () => {
    const body = `\r\n ${GOOD.replace(":", " : ").replace("user-", "\\u0075ser\\u002d")} \n`;
    const { deposit } = await caller.take({ kind: "raw", status: 200, body, headers: { "content-type": "text/html" } });
    equal(deposit.foreign_id, "user-17");
  });

  for (const [name, body] of forms(GOOD.replace("user-17", "user-é"))) {
    test(`answers: a fetch of the caller's own may hand over ${name}`, async () => {
      const fetch = async () => ({ status: 201, headers: new Headers(), ...body });
      const options = caller.options({ fetch, baseUrl: "https://gateway.invalid" });
      const deposit = await caller.alphapo.takeAddress({ ...REQUEST, foreign_id: "user-é" }, options);
      equal([deposit.foreign_id, deposit.address], ["user-é", ADDRESS]);
    });
  }

  test("answers: 60 KiB are not too large", async () => {
    for (const step of [{}, { chunked: true }, { gzip: true }]) {
      const { deposit } = await caller.take({ kind: "good", pad: 60 * 1024, ...step });
      equal(deposit.pad.length, 60 * 1024);
    }
  });

  for (const [name, text] of unusable()) {
    test(`answers: ${name} is invalid_response and kept`, async () => {
      const { error, arrivals } = await caller.fail({ kind: "raw", status: 201, body: text }, INVALID, {
        options: { retries: 2 },
      });
      equal(error.body, text, "body");
      equal(arrivals.length, 1, "requests");
    });
  }

  test("answers: status 204 is invalid_response", () =>
    caller.fail({ kind: "raw", status: 204 }, { ...INVALID, status: 204 }));

  test("answers: bytes that are no UTF-8 are invalid_response, and what can be read of them is kept", async () => {
    const bytes = `${btoa('{"data":{"id":1,"address":"tb1q\xff')}`;
    const { error } = await caller.fail({ kind: "raw", status: 201, base64: bytes }, INVALID);
    ok(error.body.startsWith('{"data":{"id":1,"address":"tb1q'), `body: ${error.body}`);
  });

  test("answers: a good answer with one byte that is no UTF-8 is invalid_response", async () => {
    const base64 = btoa(GOOD.replace(ADDRESS, `${ADDRESS}\xff`));
    await caller.fail({ kind: "raw", status: 201, base64 }, INVALID);
  });

  for (const field of ["currency", "foreign_id"]) {
    for (const value of ["other", "btc", "user-17 ", "USER-17"]) {
      test(`answers: ${field} echoed as "${value}" is mismatched_response and kept`, async () => {
        const { error, arrivals } = await caller.fail({ kind: "good", fields: { [field]: value } }, MISMATCHED, {
          options: { retries: 2 },
        });
        const { data } = JSON.parse(error.body);
        equal([data[field], data.address], [value, ADDRESS]);
        ok(error.message.includes(field), `the message does not name ${field}: ${error.message}`);
        equal(arrivals.length, 1, "requests");
      });
    }
  }

  for (const [how, step] of /** @type {const} */ ([
    ["with its length told", {}],
    ["in chunks", { chunked: true }],
  ])) {
    test(`answers: 256 MiB ${how} end early with invalid_response`, async () => {
      const { error, session, elapsed, late } = await caller.fail({ kind: "good", pad: 256 * MEBIBYTE, ...step }, INVALID);
      await hangsUpBefore(session, 128 * MEBIBYTE);
      ok(elapsed < 3_000 + late, `it took ${elapsed} ms, and idle timers were ${late} ms late`);
      ok(error.body.startsWith('{"data":{"id":240407213'), `body: ${error.body.slice(0, 60)}`);
      ok(error.body.length <= 64 * 1024, `the body kept is ${error.body.length} long`);
    });
  }

  test("answers: 64 KiB that unpack to 64 MiB end with invalid_response", async () => {
    const { error } = await caller.fail({ kind: "good", pad: 64 * MEBIBYTE, gzip: true }, INVALID);
    ok(error.body.length <= 64 * 1024, `the body kept is ${error.body.length} long`);
  });

  for (const text of ["[", '{"data":']) {
    test(`answers: ${text} 7,000 times, on which a careless parser overflows its stack`, () =>
      caller.fail({ kind: "raw", status: 201, body: text, repeat: 7_000 }, INVALID));
  }

  test("answers: 65 KiB are too large", () => caller.fail({ kind: "good", pad: 65 * 1024 }, INVALID));
}

/**
 * The stand-in could not send it all, since the caller hung up.
 *
 * @param {ReturnType<Caller["session"]>} session
 * @param {number} limit
 */
async function hangsUpBefore(session, limit) {
  const [{ sent }] = await session.arrivals();
  ok(sent > 0 && sent < limit, `${sent} bytes were sent`);
}

/**
 * A body in every form in which it can be read; what it is cut at may be the middle of a letter.
 *
 * @param {string} text
 * @returns {[name: string, body: object][]}
 */
function forms(text) {
  const bytes = new TextEncoder().encode(text);
  const around = new Uint8Array([1, 2, ...bytes, 3]);
  const each = Array.from(bytes, (_, index) => bytes.slice(index, index + 1));
  return [
    ["a text", { text: async () => text }],
    ["an ArrayBuffer", { arrayBuffer: async () => bytes.buffer }],
    ["a view of one", { arrayBuffer: async () => new DataView(around.buffer, 2, bytes.length) }],
    ["no stream, but a text", { body: null, text: async () => text }],
    ["a stream of single bytes", stream(each)],
    ["a stream of views", stream([around.subarray(2, 9), new DataView(around.buffer, 9, bytes.length - 7)])],
    ["a stream of ArrayBuffers", stream([bytes.slice(0, 7).buffer, bytes.slice(7).buffer])],
    ["a stream of texts", stream([text.slice(0, 7), text.slice(7)])],
    ["a stream with empty pieces", stream([new Uint8Array(0), bytes, new ArrayBuffer(0), ""])],
    ["a stream that answers at once", stream([bytes], (piece) => piece)],
  ];
}

/** @param {unknown[]} pieces @param {(piece: object) => unknown} [reading] */
function stream(pieces, reading = async (piece) => piece) {
  return {
    body: {
      getReader() {
        const values = pieces.values();
        return { read: () => reading(values.next()) };
      },
    },
  };
}

/** @returns {[name: string, text: string][]} */
function unusable() {
  const without = (/** @type {string} */ member) => GOOD.replace(member, "");
  return [
    ["an empty answer", ""],
    ["an HTML page", "<!doctype html><title>Welcome</title>"],
    ["JSON that was cut off", GOOD.slice(0, -1)],
    ["JSON with something after it", `${GOOD}x`],
    ["two answers", GOOD + GOOD],
    ["null", "null"],
    ["an array", `[${GOOD}]`],
    ["an empty object", "{}"],
    ["data null", '{"data":null}'],
    ["data an array", '{"data":[]}'],
    ["an error with a good status", '{"error":"Bad key header","code":"bad_header_key"}'],
    ["an answer without id", without('"id":1,')],
    ["an answer with a negative id", GOOD.replace(":1,", ":-1,")],
    ["an answer with a broken id", GOOD.replace(":1,", ":1.5,")],
    ["an answer with an id past 2^53", GOOD.replace(":1,", ":9007199254740993,")],
    ["an answer without currency", without('"currency":"BTC",')],
    ["an answer without address", without(`"address":"${ADDRESS}",`)],
    ["an answer with an empty address", GOOD.replace(ADDRESS, "")],
    ["an answer with address null", GOOD.replace(`"${ADDRESS}"`, "null")],
    ["an answer with a number as address", GOOD.replace(`"${ADDRESS}"`, "7")],
    ["an answer without foreign_id", without(',"foreign_id":"user-17"')],
    ["an answer with a number as foreign_id", GOOD.replace('"user-17"', "17")],
    ["an answer with an object as tag", GOOD.replace("null", "{}")],
    ["an answer with a fraction as tag", GOOD.replace("null", "1.5")],
  ];
}
