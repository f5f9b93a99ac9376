// @ts-check
// What is refused before anything is sent: every error names the field at fault, and the stand-in gateway must not
// have seen a request.

import { notSent, REQUEST } from "../caller.js";
import { equal, ok, show } from "../suite.js";

/** @typedef {import("../caller.js").Caller} Caller */

/** @param {import("../suite.js").Test} test @param {Caller} caller */
export function validation(test, caller) {
  const { AlphaPo, takeAddress } = caller.alphapo;

  for (const [name, request, ...fields] of badRequests()) {
    test(`validation: request, ${name}`, async () => {
      const { error, arrivals } = await caller.fail({ kind: "good" }, notSent("invalid_request"), { request });
      namesFields(error, fields);
      equal(arrivals, [], "requests");
    });
  }

  for (const [name, request] of noRequests()) {
    test(`validation: request, ${name}, is refused`, async () => {
      const { arrivals } = await caller.fail({ kind: "good" }, notSent("invalid_request"), { request });
      equal(arrivals, [], "requests");
    });
  }

  for (const [option, values] of Object.entries(badOptions())) {
    for (const value of values) {
      test(`validation: option, ${option}: ${show(value)}`, async () => {
        const account = notSent("invalid_option");
        const { error, arrivals } = await caller.fail({ kind: "good" }, account, { options: { [option]: value } });
        namesFields(error, [option]);
        equal(arrivals, [], "requests");
        namesFields(
          caller.thrown(() => new AlphaPo(caller.options({ [option]: value })), account),
          [option],
        );
      });
    }
  }

  for (const option of ["timeout", "retries", "signal", "fetch"]) {
    for (const value of badOptions()[option]) {
      test(`validation: override, ${option}: ${show(value)}`, async () => {
        const session = caller.session({ kind: "good" });
        const alphapo = new AlphaPo(caller.options({ baseUrl: session.baseUrl }));
        const call = () => alphapo.takeAddress(REQUEST, { [option]: value });
        namesFields(await caller.rejected(call, notSent("invalid_option")), [option]);
        equal(await session.arrivals(), [], "requests");
      });
    }
  }

  test("validation: a signal in the place of the overrides is refused", async () => {
    const session = caller.session({ kind: "good" });
    const alphapo = new AlphaPo(caller.options({ baseUrl: session.baseUrl }));
    const call = () => alphapo.takeAddress(REQUEST, new AbortController().signal);
    namesFields(await caller.rejected(call, notSent("invalid_option")), ["signal"]);
    equal(await session.arrivals(), [], "requests");
  });

  for (const options of [undefined, null, "key", 17]) {
    test(`validation: options that are ${show(options)} are refused`, async () => {
      caller.thrown(() => new AlphaPo(options), notSent("invalid_option"));
      await caller.rejected(() => takeAddress(REQUEST, options), notSent("invalid_option"));
    });
  }

  test("validation: a problem in the request is told even when no gateway could be reached", async () => {
    const options = caller.options({ baseUrl: await caller.closedBaseUrl() });
    await caller.rejected(() => takeAddress({ currency: "BTC" }, options), notSent("invalid_request"));
  });

  for (const baseUrl of [
    "https://gateway.test/api/v2",
    "http://localhost:1/api/v2",
    "http://127.0.0.1:1",
    "http://[::1]:1/api/v2",
  ]) {
    test(`validation: baseUrl ${baseUrl} may be used`, () => {
      ok(new AlphaPo(caller.options({ baseUrl })) instanceof AlphaPo, "it is no AlphaPo");
    });
  }

  for (const foreign_id of [
    "user@tenant",
    "00493012345678",
    "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
    "a:b/c d",
    "+12",
    "+4930123456x",
  ]) {
    test(`validation: foreign_id ${foreign_id} resembles personal data, and passes`, async () => {
      const { deposit } = await caller.take({ kind: "good" }, { request: { currency: "BTC", foreign_id } });
      equal(deposit.foreign_id, foreign_id);
    });
  }
}

/** In no error. */
const LEAKING = "a-secret-in-a-request";

const OPTIONS_IN_REQUESTS = {
  key: "key",
  secrets: [LEAKING],
  baseUrl: "https://gateway.test",
  dangerouslyAllowBrowser: true,
  timeout: 1,
  retries: 1,
  checkAddress: true,
  signal: {},
  fetch: "fetch",
};

/** @param {{ message: string, fields?: Record<string, string> }} error @param {string[]} expected */
function namesFields({ message, fields = {} }, expected) {
  ok(!`${message}${JSON.stringify(fields)}`.includes(LEAKING), `a secret is told: ${message}`);
  equal(Object.keys(fields), expected, `fields (${message})`);
  for (const field of expected) {
    ok(fields[field].length > 5, `fields.${field} says nothing: ${fields[field]}`);
    ok(message.includes(field), `the message does not name ${field}: ${message}`);
  }
}

/** @returns {[name: string, request: unknown, ...fields: string[]][]} */
function badRequests() {
  const lightning = (/** @type {unknown} */ amount) => ({ currency: "BTCLN", foreign_id: "1", amount });
  return [
    ["nothing in it", {}, "currency", "foreign_id"],
    ["currency missing", { foreign_id: "1" }, "currency"],
    ["currency null", { currency: null, foreign_id: "1" }, "currency"],
    ["currency empty", { currency: "", foreign_id: "1" }, "currency"],
    ["currency blank", { currency: " ", foreign_id: "1" }, "currency"],
    ["currency no text", { currency: 1, foreign_id: "1" }, "currency"],
    ["foreign_id missing", { currency: "BTC" }, "foreign_id"],
    ["foreign_id undefined", { currency: "BTC", foreign_id: undefined }, "foreign_id"],
    ["foreign_id empty", { currency: "BTC", foreign_id: "" }, "foreign_id"],
    ["foreign_id blank", { currency: "BTC", foreign_id: " \t" }, "foreign_id"],
    ["foreign_id a number", { currency: "BTC", foreign_id: 17 }, "foreign_id"],
    ["foreign_id an object", { currency: "BTC", foreign_id: { id: 17 } }, "foreign_id"],
    ["foreign_id of 256 characters", { currency: "BTC", foreign_id: "x".repeat(256) }, "foreign_id"],
    ["foreign_id with a line break", { currency: "BTC", foreign_id: "a\nb" }, "foreign_id"],
    ["foreign_id with a NUL", { currency: "BTC", foreign_id: "a\0b" }, "foreign_id"],
    ["foreign_id with half of a character", { currency: "BTC", foreign_id: "a\uD834" }, "foreign_id"],
    ["foreign_id with a C1 control", { currency: "BTC", foreign_id: "a\u0085b" }, "foreign_id"],
    ["foreign_id an e-mail address", { currency: "BTC", foreign_id: "ann@example.com" }, "foreign_id"],
    [
      "foreign_id holding an e-mail address",
      { currency: "BTC", foreign_id: "user <ann.b+c@mail.example.org>" },
      "foreign_id",
    ],
    ["foreign_id a telephone number", { currency: "BTC", foreign_id: "+4930123456" }, "foreign_id"],
    ["foreign_id a spaced telephone number", { currency: "BTC", foreign_id: "+1 (202) 555-0123" }, "foreign_id"],
    ...Object.entries({ ...OPTIONS_IN_REQUESTS, secret: LEAKING }).map(
      ([option, value]) => /** @type {[string, unknown, string]} */ ([
        `the option ${option} in it`,
        { [option]: value, ...REQUEST },
        option,
      ]),
    ),
    ["foreign_id a telephone number before a word", { currency: "BTC", foreign_id: "+4930 1234567 home" }, "foreign_id"],
    ["end_user_reference empty", { ...REQUEST, end_user_reference: "" }, "end_user_reference"],
    ["end_user_reference a number", { ...REQUEST, end_user_reference: 1 }, "end_user_reference"],
    ["end_user_reference of 256 characters", { ...REQUEST, end_user_reference: "x".repeat(256) }, "end_user_reference"],
    [
      "end_user_reference an e-mail address",
      { ...REQUEST, end_user_reference: "ann@example.com" },
      "end_user_reference",
    ],
    [
      "end_user_reference a telephone number",
      { ...REQUEST, end_user_reference: "+44 20 7946 0000" },
      "end_user_reference",
    ],
    ["convert_to empty", { ...REQUEST, convert_to: "" }, "convert_to"],
    ["convert_to no text", { ...REQUEST, convert_to: true }, "convert_to"],
    ["convert_to the same as currency", { ...REQUEST, convert_to: "BTC" }, "convert_to"],
    ["amount missing for BTCLN", { currency: "BTCLN", foreign_id: "1" }, "amount"],
    ["amount for another currency", { ...REQUEST, amount: "0.1" }, "amount"],
    ["amount zero", lightning(0), "amount"],
    ["amount 0.00", lightning("0.00"), "amount"],
    ["amount negative", lightning(-1), "amount"],
    ["amount with nine decimals", lightning("0.000000001"), "amount"],
    ["amount 1e-9", lightning(1e-9), "amount"],
    ["amount 0.1 + 0.2, which is not 0.3", lightning(0.1 + 0.2), "amount"],
    ["amount NaN", lightning(NaN), "amount"],
    ["amount Infinity", lightning(Infinity), "amount"],
    ["amount with a comma", lightning("0,1"), "amount"],
    ["amount with a unit", lightning("0.1 BTC"), "amount"],
    ["amount with a space", lightning(" 0.1"), "amount"],
    ["amount with a plus", lightning("+0.1"), "amount"],
    ["amount hexadecimal", lightning("0x1"), "amount"],
    ["amount without a digit before the point", lightning(".1"), "amount"],
    ["amount with leading zeros", lightning("00.1"), "amount"],
    ["amount empty", lightning(""), "amount"],
    ["amount an object", lightning({}), "amount"],
    ["several problems at once", { foreign_id: "", convert_to: 1 }, "currency", "foreign_id", "convert_to"],
  ];
}

/** What cannot be read as a request at all. @returns {[name: string, request: unknown][]} */
function noRequests() {
  const circular = /** @type {Record<string, unknown>} */ ({ ...REQUEST });
  circular.sender_data = circular;
  return [
    ["undefined", undefined],
    ["null", null],
    ["a text", '{"currency":"BTC","foreign_id":"1"}'],
    ["a number", 17],
    ["an array", [REQUEST]],
    ["a circular object", circular],
    ["a bigint in an unknown field", { ...REQUEST, sender_data: { number: 17n } }],
    [
      "a toJSON that throws",
      {
        ...REQUEST,
        toJSON: () => {
          throw new Error("no");
        },
      },
    ],
    [
      "a getter that throws",
      {
        currency: "BTC",
        get foreign_id() {
          throw new Error("no");
        },
      },
    ],
  ];
}

/** @returns {Record<string, unknown[]>} */
function badOptions() {
  return {
    key: [undefined, null, "", " ", "key\r\nX-Injected: 1", "ключ", 17, {}],
    // White space around a secret is the vendor's first suspect for a refused signature.
    secret: [undefined, null, "", "secret\n", " secret", new Uint8Array(0), new TextEncoder().encode("secret\n"), 17, {}],
    // A misspelt option would send a sandbox's credentials to the production gateway without a word.
    base_url: ["https://gateway.test/api/v2"],
    baseUrl: [
      "",
      "gateway.test/api/v2",
      "ftp://gateway.test/api/v2",
      "http://gateway.test/api/v2",
      "http://10.0.0.1/api/v2",
      "http://localhost.gateway.test/api/v2",
      "https://user:password@gateway.test/api/v2",
      "https://gateway.test/api/v2?x=1",
      "https://gateway.test/api/v2#x",
      " https://gateway.test/api/v2",
      "https://",
      17,
    ],
    timeout: [0, -1, NaN, Infinity, "100", {}, 2 ** 31],
    retries: [-1, 1.5, NaN, Infinity, "2", true],
    signal: ["abort", {}, 17],
    fetch: ["fetch", {}, 17],
  };
}
