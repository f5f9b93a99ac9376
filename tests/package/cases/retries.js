// @ts-check
// What is tried again, how often, after how long, and what the final error says about all attempts together.

import { bodyText, headerValues } from "../../wire/session.js";
import { REQUEST, TELLS_CUT_OFFS, arrived } from "../caller.js";
import { equal, later, ok, pause } from "../suite.js";
import { timed } from "../timed.js";

/** @typedef {import("../caller.js").Account} Account */
/** @typedef {import("../caller.js").Step} Step */

/** Fails, and may be repeated at once. */
const FAILS = /** @type {Step} */ ({ kind: "raw", status: 503, headers: { "retry-after": "0" } });
const GOOD = /** @type {Step} */ ({ kind: "good" });

/** @type {Account} */
const SERVER = { code: "server", outcome: "unknown", attempts: 1, retryable: true };
/** @type {Account} */
const RATE_LIMITED = { code: "rate_limited", outcome: "rejected", attempts: 1, retryable: true, status: 429 };

/** @param {import("../suite.js").Test} test @param {import("../caller.js").Caller} caller */
export function retries(test, caller) {
  for (const [name, step] of /** @type {[string, Step][]} */ ([
    ["408", { kind: "raw", status: 408 }],
    ["429", { kind: "raw", status: 429, body: '{"errors":{"error code: 1015"}}' }],
    ["500", { kind: "raw", status: 500 }],
    ["522", { kind: "raw", status: 522, body: "<html>" }],
    ["a reset connection", { kind: "reset", after: "nothing" }],
    ...(TELLS_CUT_OFFS ? [["a body that was cut off", { kind: "truncate" }]] : []),
  ])) {
    test(`retries: success after ${name}, with the same bytes`, async () => {
      const { deposit, arrivals } = await caller.take([step, GOOD], { options: { retries: 1 } });
      equal(deposit.foreign_id, "user-17");
      equal(
        arrivals.map(({ fault }) => fault),
        [null, null],
        "faults",
      );
      const [first, second] = arrivals.map((arrival) => [
        bodyText(arrival),
        headerValues(arrival, "x-processing-signature"),
      ]);
      equal(second, first, "body and signature");
    });
  }

  test("retries: two by default", async () => {
    const { arrivals } = await caller.fail(
      { kind: "raw", status: 500 },
      { ...SERVER, attempts: 3 },
      { options: { retries: undefined } },
    );
    equal(arrivals.length, 3, "requests");
  });

  for (const count of [0, 1, 4]) {
    test(`retries: ${count} when asked for ${count}`, async () => {
      const { arrivals } = await caller.fail(
        FAILS,
        { ...SERVER, attempts: count + 1 },
        { options: { retries: count } },
      );
      equal(arrivals.length, count + 1, "requests");
    });
  }

  for (const status of [400, 401, 403, 404, 405, 409, 422]) {
    test(`retries: none after ${status}`, async () => {
      const code = status === 401 || status === 403 ? "unauthorized" : "rejected";
      const account = { ...RATE_LIMITED, code, retryable: false, status };
      const { arrivals } = await caller.fail([{ kind: "raw", status }, GOOD], account, { options: { retries: 3 } });
      equal(arrivals.length, 1, "requests");
    });
  }

  test("retries: success after two kinds of failure", async () => {
    const { arrivals } = await caller.take([{ kind: "reset", after: "half" }, FAILS, GOOD], {
      options: { retries: 2 },
    });
    equal(arrivals.length, 3, "requests");
  });

  /** @param {string} name @param {Step[]} steps @param {Account} account */
  const ends = (name, steps, account) =>
    test(`retries: the outcome of ${name} is ${account.outcome}`, async () => {
      const { arrivals } = await caller.fail(steps, account, { options: { retries: 3 } });
      equal(arrivals.length, account.attempts, "requests");
    });
  const refused = /** @type {Step} */ ({ kind: "raw", status: 400 });
  const limited = /** @type {Step} */ ({ kind: "raw", status: 429, headers: { "retry-after": "0" } });
  const rejected = { code: "rejected", attempts: 2, retryable: false, status: 400 };
  ends("500, then 400", [FAILS, refused], { ...rejected, outcome: "unknown" });
  ends("a reset connection, then 400", [{ kind: "reset", after: "nothing" }, refused], {
    ...rejected,
    outcome: "unknown",
  });
  ends("429, then 400", [limited, refused], { ...rejected, outcome: "rejected" });
  ends("429, 500, then 400", [limited, FAILS, refused], { ...rejected, attempts: 3, outcome: "unknown" });
  ends("429 again and again", [limited], { ...RATE_LIMITED, attempts: 4 });
  ends("500, then a redirect", [FAILS, { kind: "redirect", status: 302 }], {
    code: "unexpected_status",
    outcome: "unknown",
    attempts: 2,
    retryable: false,
  });

  for (const [name, step, least, most] of /** @type {[string, Step, number, number][]} */ ([
    ["0 is at once", limited, 0, 700],
    ["1 is a second", { kind: "raw", status: 429, headers: { "retry-after": "1" } }, 980, 2_200],
    ["1 is a second, for 503 too", { kind: "raw", status: 503, headers: { "retry-after": "1" } }, 980, 2_200],
    ["sent twice is the first", { kind: "raw", status: 429, headers: { "retry-after": "1, 0" } }, 980, 2_200],
    // A date has no fractions of a second, so two seconds from now may be little more than one.
    ["a date is until then", { kind: "raw", status: 429, retryAfterDate: 2 }, 900, 3_000],
    ["nonsense is passed over", { kind: "raw", status: 429, headers: { "retry-after": "soon" } }, 0, 1_000],
  ])) {
    test(`retries: Retry-After ${name}`, async () => {
      const { arrivals, late } = await caller.take([step, GOOD], { options: { retries: 1 } });
      equal(arrivals.length, 2, "requests");
      const waited = arrivals[1].at - arrivals[0].at;
      const met = waited >= least && waited <= most + late;
      ok(met, `the second request came after ${waited} ms, and idle timers were ${late} ms late`);
    });
  }

  for (const [seconds, timeout] of [
    [3600, 10_000],
    [99_999_999_999, 10_000],
    [11, 10_000],
  ]) {
    test(`retries: Retry-After ${seconds}, past a deadline of ${timeout} ms, ends the call at once`, async () => {
      const step = /** @type {Step} */ ({ kind: "raw", status: 429, headers: { "retry-after": String(seconds) } });
      const { elapsed, arrivals } = await caller.fail([step, GOOD], RATE_LIMITED, { options: { retries: 3, timeout } });
      ok(elapsed < timeout / 2, `it took ${elapsed} ms`);
      equal(arrivals.length, 1, "requests");
    });
  }

  for (const [status, outcome] of /** @type {const} */ ([
    [503, "unknown"],
    [429, "rejected"],
  ])) {
    test(`retries: an abort while waiting after ${status} ends the call at once, ${outcome}`, async () => {
      const session = caller.session({ kind: "raw", status, headers: { "retry-after": "10" } }, GOOD);
      const controller = new AbortController();
      const reason = new Error("the customer left");
      const options = caller.options({
        baseUrl: session.baseUrl,
        retries: 3,
        timeout: 30_000,
        signal: controller.signal,
      });
      const account = { code: "aborted", outcome, attempts: 1, retryable: false };
      const failed = later(caller.rejected(() => caller.alphapo.takeAddress(REQUEST, options), account));
      await arrived(session);
      await pause(500);
      const { result, elapsed, late } = await timed(() => {
        controller.abort(reason);
        return failed;
      });
      equal(result.cause === reason, true, "whether the cause is the reason");
      ok(elapsed < 250 + late, `it took ${elapsed} ms, and idle timers were ${late} ms late`);
      equal((await session.arrivals()).length, 1, "requests");
    });
  }
}
