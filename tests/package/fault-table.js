// @ts-check
// The faults that the package must stand, and what each must come to, by rules that are written here: nothing in this
// file was taken from what the package does. Where a rule comes from is said with it. It may import nothing.

/** @typedef {import("../wire/session.js").Fault} Fault */

/**
 * What one answer, or its absence, means by itself.
 *
 * - `success`: an address. `silence`: nothing more comes, ever. Otherwise a failure of this `code`.
 * - `outcome`: `rejected` when a whole answer said no, else `unknown` (README, "Errors").
 * - `repeats`: whether it is tried again: network failures, 408, 429, 5xx (README, "Options").
 * - `keeps`: whether an answer arrived, of which `status` and `body` must then tell, however little it was.
 * - `waits`: the pause that Retry-After asks for, in milliseconds; `until` a date; `past` the deadline.
 *
 * @typedef {{ code: string, outcome: "rejected" | "unknown", repeats: boolean, keeps: boolean, status?: number,
 *             gatewayCode?: string, fields?: string[], waits?: number | "until" | "past" }} Failure
 * @typedef {"success" | { silence: true, keeps: boolean } | Failure} Meaning
 */

/**
 * @typedef {object} Named
 * @property {string} name
 * @property {Fault} step
 * @property {Meaning} meaning
 * @property {Record<string, unknown>} [request]  where it is not a BTC address that is taken
 * @property {"head" | "half"} [stalls]  where its answer stalls when it is to be aborted, if not after half of the body
 */

const GOOD = /** @type {const} */ ({ status: 201, body: { good: {} } });
const XRP = { currency: "XRP", foreign_id: "user-17" };
const LIGHTNING = { currency: "BTCLN", foreign_id: "user-17", amount: "0.00012345" };

const MEBIBYTE = 1024 * 1024;

// A connection that fails may have carried the request, and what came of an answer is kept.
const BROKEN = /** @type {const} */ ({ code: "network", outcome: "unknown", repeats: true });
// A whole 2xx that cannot be used may hold an address; asking again would not make the gateway's answer better.
const UNUSABLE = /** @type {const} */ ({ outcome: "unknown", repeats: false, keeps: true, status: 201 });
const INVALID = { ...UNUSABLE, code: "invalid_response" };
const mismatched = (/** @type {string} */ field) => ({ ...UNUSABLE, code: "mismatched_response", fields: [field] });
const LIMITED = /** @type {const} */ ({
  code: "rate_limited",
  outcome: "rejected",
  repeats: true,
  keeps: true,
  status: 429,
});
const FAILED = /** @type {const} */ ({ code: "server", outcome: "unknown", repeats: true, keeps: true });

/** The address of the gateway's own sample, its last letter changed. */
const BAD_CHECKSUM = "tb1qfdxh6gkfr0qgyatnlkd8khcnxph9tw06n6qwjd";

/** BOLT 11, "Examples": 20 mBTC on the test network. */
const OTHER_INVOICE =
  "lntb20m1pvjluezhp58yjmdan79s6qqdhdzgynm4zwqd5d7xmw5fk98klysy043l2ahrqspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyq" +
  "cyq5rqwzqfqypqfpp3x9et2e20v6pu37c5d9vax37wxq72un98kmzzhznpurw9sgl2v0nklu2g4d0keph5t7tj9tcqd8rexnd07ux4uv2cjvcqwax" +
  "gj7v4uwn5wmypjd5n69z2xm3xgksg28nwht7f6zspwp3f9t";

/** @type {Named[]} */
export const FAULTS = [
  { name: "good", step: GOOD, meaning: "success" },
  { name: "good, XRP with its tag", step: GOOD, meaning: "success", request: XRP },
  { name: "good, an invoice over the amount", step: GOOD, meaning: "success", request: LIGHTNING },
  // The content type says nothing that the body does not say better: proxies change it.
  { name: "wrong content type", step: { ...GOOD, headers: { "content-type": "text/html" } }, meaning: "success" },
  // RFC 8259 §8.1: a reader may pass over a byte order mark.
  { name: "byte order mark", step: { status: 201, body: { good: {}, bom: true } }, meaning: "success" },

  {
    name: "reset before the headers",
    step: { ...GOOD, stop: { at: "nothing", how: "reset" } },
    meaning: { ...BROKEN, keeps: false },
  },
  {
    name: "reset in the middle of the body",
    step: { ...GOOD, stop: { at: "half", how: "reset" } },
    meaning: { ...BROKEN, keeps: true, status: 201 },
  },
  // RFC 9112 §8: an answer shorter than the length it told is incomplete.
  {
    name: "truncated",
    step: { ...GOOD, stop: { at: "half", how: "end" } },
    meaning: { ...BROKEN, keeps: true, status: 201 },
  },
  {
    name: "closed before the headers",
    step: { ...GOOD, stop: { at: "nothing", how: "end" } },
    meaning: { ...BROKEN, keeps: false },
  },
  {
    name: "hanging headers",
    step: { ...GOOD, stop: { at: "nothing", how: "hang" } },
    meaning: { silence: true, keeps: false },
  },
  {
    name: "hanging body",
    step: { ...GOOD, stop: { at: "half", how: "hang" } },
    meaning: { silence: true, keeps: true },
  },
  // 20 ms for each byte of more than a hundred: past every deadline here.
  {
    name: "slow drip",
    step: { ...GOOD, stop: { at: "head", how: "drip" } },
    meaning: { silence: true, keeps: true },
  },

  // More than 64 KiB are not read (README, "Errors"), and half of these is more: they can stall after the head alone.
  {
    name: "64 MiB",
    step: { status: 201, body: { good: { pad: 64 * MEBIBYTE } } },
    meaning: INVALID,
    stalls: "head",
  },
  { name: "gzip bomb", step: { status: 201, body: { zeros: 64 * MEBIBYTE } }, meaning: INVALID, stalls: "head" },
  // RFC 8259 §8.1: JSON is UTF-8. An address read from something else is a guess.
  {
    name: "invalid UTF-8",
    step: { status: 201, body: { base64: btoa('{"data":{"id":1,"currency":"BTC","address":"tb1q\xff\xc0",') } },
    meaning: INVALID,
  },

  // A redirect is never followed with signed headers; whether the request was taken nobody knows.
  ...[301, 302, 303, 307, 308].map((status) => ({
    name: `redirect ${status}`,
    step: { status, redirect: true, body: { text: "moved" } },
    meaning: /** @type {const} */ ({
      code: "unexpected_status",
      outcome: "unknown",
      repeats: false,
      keeps: true,
      status,
    }),
  })),

  // Any other 4xx is a no; 408 is one that invites a second try (RFC 9110 §15.5.9).
  {
    name: "408",
    step: { status: 408, body: { text: "<html>Request Timeout</html>" } },
    meaning: { code: "rejected", outcome: "rejected", repeats: true, keeps: true, status: 408 },
  },

  // RFC 9110 §10.2.3: seconds or a date. What is neither is as if it were not there.
  { name: "429", step: limited(), meaning: LIMITED },
  { name: "429, Retry-After in seconds", step: limited("1"), meaning: { ...LIMITED, waits: 1_000 } },
  {
    name: "429, Retry-After with a date",
    step: { ...limited(), retryAfterDate: 2 },
    meaning: { ...LIMITED, waits: "until" },
  },
  { name: "429, Retry-After with a date that is past", step: { ...limited(), retryAfterDate: -60 }, meaning: LIMITED },
  { name: "429, Retry-After with garbage", step: limited("soon"), meaning: LIMITED },
  // Engines read almost anything as a date.
  { name: "429, Retry-After with another date", step: limited("1/1/2099"), meaning: LIMITED },
  // A pause that the deadline would cut off is not begun.
  { name: "429, Retry-After past the deadline", step: limited("3600"), meaning: { ...LIMITED, waits: "past" } },

  { name: "500", step: { status: 500, body: { text: '{"error":"no"}' } }, meaning: { ...FAILED, status: 500 } },
  {
    name: "502 in HTML",
    step: { status: 502, headers: { "content-type": "text/html" }, body: { text: "<html>Bad Gateway</html>" } },
    meaning: { ...FAILED, status: 502 },
  },

  // The gateway's errors page, "403".
  ...Object.entries({
    required_header_key: "No key header",
    bad_header_key: "Bad key header",
    required_header_signature: "No signature header",
    bad_header_signature: "Bad signature header",
  }).map(([gatewayCode, error]) => ({
    name: `403 ${gatewayCode}`,
    step: { status: 403, body: { text: JSON.stringify({ error, code: gatewayCode }) } },
    meaning: /** @type {const} */ ({
      code: "unauthorized",
      outcome: "rejected",
      repeats: false,
      keeps: true,
      status: 403,
      gatewayCode,
    }),
  })),

  // Another customer's address, another amount, an address nobody can pay to, a deposit nobody can assign.
  { name: "wrong foreign_id", step: { status: 201, body: { good: { foreign_id: "user-18" } } }, meaning: mismatched("foreign_id") },
  { name: "wrong currency", step: { status: 201, body: { good: { currency: "LTC" } } }, meaning: mismatched("currency") },
  {
    name: "an invoice over another amount",
    step: { status: 201, body: { good: { address: OTHER_INVOICE } } },
    meaning: mismatched("address"),
    request: LIGHTNING,
  },
  {
    name: "bad checksum",
    step: { status: 201, body: { good: { address: BAD_CHECKSUM } } },
    meaning: { ...UNUSABLE, code: "invalid_address", fields: ["address"] },
  },
  {
    name: "missing tag",
    step: { status: 201, body: { good: { tag: null } } },
    meaning: { ...UNUSABLE, code: "missing_tag", fields: ["tag"] },
    request: XRP,
  },
];

export const RETRIES = [0, 2];

/** @typedef {"never" | "before" | "during"} Abort */
/** @type {Abort[]} */
export const ABORTS = ["never", "before", "during"];

/** An end that the deadline brings, in milliseconds: each cell that waits for it has one of these. */
const DEADLINES = [400, 500, 600, 700, 800];
/** One that must not be met. */
export const FAR = 10_000;

/**
 * @typedef {object} Cell
 * @property {string} name
 * @property {Record<string, unknown>} request
 * @property {Fault[]} steps  of the server, one for each attempt; the last repeats
 * @property {number} retries
 * @property {number} timeout
 * @property {null | { before: true } | { attempt: number, in: "head" | "answer" | "pause" }} abort
 *   when the caller aborts: before the call, or in an attempt that waits for the head or has it, or in the pause after
 * @property {"address" | Account} comes  to what
 * @property {boolean} late  whether it is the deadline that ends it
 * @property {boolean} givesUp  whether an answer is still under way at the end, which must not keep its connection
 * @property {number} requests
 * @property {number | null} kept  the number, from 1, of the attempt whose answer is kept
 * @property {"whole" | "begun"} keeps  whether all that was written is kept, or a part of it that is still arriving
 * @property {Failure["waits"]} [waits]  between two requests
 */
/**
 * @typedef {{ code: string, outcome: string, attempts: number, retryable: boolean, status?: number,
 *             gatewayCode?: string, fields?: string[] }} Account
 */

/** All cells of the matrix. */
export const CELLS = FAULTS.flatMap((fault) =>
  RETRIES.flatMap((retries) => ABORTS.map((abort) => cellOf(fault, retries, abort))),
);

/**
 * @param {Named} fault
 * @param {number} retries
 * @param {Abort} abort
 * @returns {Cell}
 */
function cellOf(fault, retries, abort) {
  const { meaning, step, request = { currency: "BTC", foreign_id: "user-17" } } = fault;
  const isFailure = meaning !== "success" && "code" in meaning;
  const attempts = isFailure && meaning.repeats && meaning.waits !== "past" ? retries + 1 : 1;
  const common = { name: `${fault.name}, retries ${retries}, abort ${abort}`, request, retries };
  if (abort === "before") return { ...common, ...abortedBefore(step) };
  if (abort === "during") return { ...common, ...abortedDuring(fault, attempts) };
  if (meaning === "success") {
    return { ...common, ...call([step]), comes: "address", requests: 1 };
  }
  if (!isFailure) {
    const timeout = DEADLINES[FAULTS.indexOf(fault) % DEADLINES.length];
    const status = meaning.keeps ? { status: 201 } : {};
    return {
      ...common,
      ...call([step]),
      timeout,
      late: true,
      givesUp: true,
      comes: { code: "timeout", outcome: "unknown", attempts: 1, retryable: true, ...status },
      requests: 1,
      kept: meaning.keeps ? 1 : null,
      keeps: step.stop?.how === "drip" ? "begun" : "whole",
    };
  }
  const { code, outcome, repeats, keeps, waits, status, gatewayCode, fields } = meaning;
  return {
    ...common,
    ...call([step]),
    // The last attempt is told of; the outcome is the worst of all, which here are alike.
    comes: { code, outcome, attempts, retryable: repeats, status, gatewayCode, fields },
    requests: attempts,
    kept: keeps ? attempts : null,
    waits: waits === "past" ? undefined : waits,
  };
}

/** @param {Fault[]} steps */
function call(steps) {
  const none = { abort: null, late: false, givesUp: false, kept: null, keeps: /** @type {const} */ ("whole") };
  return { ...none, steps, timeout: FAR, waits: /** @type {Failure["waits"]} */ (undefined) };
}

/** A signal that is aborted before the call: nothing is sent, whatever would have come. @param {Fault} step */
function abortedBefore(step) {
  return {
    ...call([step]),
    abort: /** @type {const} */ ({ before: true }),
    comes: { code: "aborted", outcome: "not-sent", attempts: 0, retryable: false },
    requests: 0,
  };
}

/**
 * What is tried again is aborted in the second attempt, whose headers are awaited, or in the pause that Retry-After
 * asks for; all else in the middle of its first answer, which stalls there.
 *
 * @param {Named} fault
 * @param {number} attempts
 */
function abortedDuring({ step, meaning, stalls = "half" }, attempts) {
  const aborted = { code: "aborted", outcome: "unknown", retryable: false };
  const failure = meaning !== "success" && "code" in meaning ? meaning : null;
  if (failure?.waits && attempts > 1) {
    // Nothing is under way in a pause, so what was said before it stands, and is kept.
    return {
      ...call([step]),
      abort: { attempt: 1, in: /** @type {const} */ ("pause") },
      comes: { ...aborted, outcome: failure.outcome, attempts: 1, ...(failure.keeps && { status: failure.status }) },
      requests: 1,
      kept: failure.keeps ? 1 : null,
    };
  }
  if (failure && attempts > 1) {
    // Where the last attempt has no answer, that of the one before is kept.
    return {
      ...call([step, { status: 201, stop: { at: "nothing", how: "hang" } }]),
      abort: { attempt: 2, in: /** @type {const} */ ("head") },
      givesUp: true,
      comes: { ...aborted, attempts: 2, ...(failure.keeps && { status: failure.status }) },
      requests: 2,
      kept: failure.keeps ? 1 : null,
    };
  }
  // An answer that is not whole says nothing for certain, not even no.
  const at = step.stop?.at ?? stalls;
  const isDrip = step.stop?.how === "drip";
  return {
    ...call([{ ...step, stop: isDrip ? step.stop : { at, how: /** @type {const} */ ("hang") } }]),
    abort: { attempt: 1, in: /** @type {"head" | "answer"} */ (at === "nothing" ? "head" : "answer") },
    givesUp: true,
    comes: { ...aborted, attempts: 1, ...(at !== "nothing" && { status: step.status }) },
    requests: 1,
    kept: at === "nothing" ? null : 1,
    keeps: /** @type {"whole" | "begun"} */ (isDrip ? "begun" : "whole"),
  };
}

/** @param {string} [retryAfter] @returns {Fault} */
function limited(retryAfter) {
  // What a proxy says, which is no JSON.
  const body = { text: '{"errors":{"error code: 1015"}}' };
  return { status: 429, ...(retryAfter && { headers: { "retry-after": retryAfter } }), body };
}
