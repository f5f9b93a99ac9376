// @ts-check
// One deadline for the whole call, and the caller's own signal: wherever the peer is silent, a call ends in time.

import { ARRIVING, REQUEST, arrived } from "../caller.js";
import { equal, later, ok, pause } from "../suite.js";
import { timed } from "../timed.js";

/** @typedef {import("../caller.js").Account} Account */
/** @typedef {import("../caller.js").Step} Step */

const TIMEOUT = 400;
/** How much later than an idle timer a call may end, or than at once. A busy machine makes idle timers late too. */
const GRACE = 250;
/** Runtimes round timers, and workerd its clock. */
const ROUNDING = 20;

/** @type {Account} */
const TIMED_OUT = { code: "timeout", outcome: "unknown", attempts: 1, retryable: true };
/** @type {Account} */
const ABORTED = { code: "aborted", outcome: "unknown", attempts: 1, retryable: false };

/** What the gateway would answer. */
const DEPOSIT_ADDRESS = {
  id: 240407213,
  currency: "BTC",
  address: "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
  tag: null,
  foreign_id: "user-17",
};

/** @type {[name: string, step: Step][]} */
const SILENT = [
  ["no headers", { kind: "hang", after: "nothing" }],
  ["headers and no body", { kind: "hang", after: "headers" }],
  ["half a body", { kind: "hang", after: "half" }],
  ["a body that drips", { kind: "drip" }],
];

/** @param {import("../suite.js").Test} test @param {import("../caller.js").Caller} caller */
export function deadlines(test, caller) {
  const { takeAddress } = caller.alphapo;

  for (const [name, step] of SILENT) {
    test(`deadlines: ${name} is a time-out, in time, and the connection is given up`, async () => {
      const idle = idleTimer();
      const { elapsed, session } = await caller.fail(step, TIMED_OUT, { options: { timeout: TIMEOUT, retries: 3 } });
      inTime(elapsed, await idle);
      await hangsUp(session);
    });

    test(`deadlines: an abort ends ${name} at once, with the caller's reason`, async () => {
      const { cause, session } = await aborting(step, new Error("the customer left"));
      ok(cause instanceof Error && cause.message === "the customer left", `the cause is ${cause}`);
      await hangsUp(session);
    });
  }

  for (const [name, fetch] of deafFetches()) {
    test(`deadlines: ${name} meets the deadline`, async () => {
      const idle = idleTimer();
      const { elapsed } = await caller.fail({ kind: "good" }, TIMED_OUT, { options: { fetch, timeout: TIMEOUT } });
      inTime(elapsed, await idle);
    });

    test(`deadlines: an abort ends ${name} at once, too`, () => aborting({ kind: "good" }, "stop", fetch));
  }

  test("deadlines: what arrived of the body before a time-out is kept", async () => {
    const { error } = await caller.fail(
      { kind: "hang", after: "half" },
      { ...TIMED_OUT, status: 201 },
      { options: { timeout: TIMEOUT } },
    );
    ok(error.body.startsWith('{"data":{"id":240407213'), `body: ${error.body}`);
  });

  test("deadlines: all attempts and pauses share one deadline", async () => {
    const steps = /** @type {Step[]} */ ([
      { kind: "raw", status: 503, headers: { "retry-after": "0" } },
      { kind: "hang", after: "nothing" },
    ]);
    // Time enough for the first answer of a runtime that has only begun to compile.
    const timeout = 3 * TIMEOUT;
    const idle = idleTimer(timeout);
    const { elapsed } = await caller.fail(
      steps,
      { ...TIMED_OUT, attempts: 2 },
      { options: { timeout, retries: 5 } },
    );
    inTime(elapsed, await idle, timeout);
  });

  test("deadlines: an override shortens one call", async () => {
    const session = caller.session({ kind: "hang", after: "nothing" });
    const alphapo = new caller.alphapo.AlphaPo(caller.options({ baseUrl: session.baseUrl, timeout: 60_000 }));
    const idle = idleTimer();
    const started = Date.now();
    await caller.rejected(() => alphapo.takeAddress(REQUEST, { timeout: TIMEOUT }), TIMED_OUT);
    inTime(Date.now() - started, await idle);
  });

  test("deadlines: a call with time to spare is not cut short", async () => {
    const { elapsed } = await caller.take({ kind: "good", delay: TIMEOUT }, { options: { timeout: 5 * TIMEOUT } });
    ok(elapsed >= TIMEOUT - ROUNDING, `it took ${elapsed} ms`);
  });

  for (const reason of [
    new Error("the customer left"),
    "stop",
    { why: "stop" },
    new DOMException("late", "TimeoutError"),
  ]) {
    test(`deadlines: a signal aborted before the call, with ${reason}, sends nothing`, async () => {
      const account = /** @type {Account} */ ({ ...ABORTED, outcome: "not-sent", attempts: 0 });
      const { error, arrivals } = await caller.fail({ kind: "good" }, account, {
        options: { signal: AbortSignal.abort(reason) },
      });
      equal(error.cause === reason, true, "whether the cause is the reason");
      equal(arrivals, [], "requests");
    });
  }

  for (const [name, aborted] of /** @type {const} */ ([
    ["a signal that tells its listener of an abort at once", true],
    ["one that does and says that it is not aborted", false],
  ])) {
    test(`deadlines: ${name} sends nothing`, async () => {
      const signal = {
        aborted,
        addEventListener: (/** @type {string} */ _, /** @type {() => void} */ listener) => listener(),
        removeEventListener() {},
      };
      const account = /** @type {Account} */ ({ ...ABORTED, outcome: "not-sent", attempts: 0 });
      const { arrivals } = await caller.fail({ kind: "good" }, account, { options: { signal } });
      equal(arrivals, [], "requests");
    });
  }

  test("deadlines: an abort without a reason has the platform's own as its cause", async () => {
    const { cause } = await aborting({ kind: "hang", after: "nothing" }, undefined);
    equal(cause?.name, "AbortError");
  });

  test("deadlines: a signal with a time-out of its own is the caller's abort", async () => {
    const idle = idleTimer();
    const { error, elapsed } = await caller.fail({ kind: "hang", after: "nothing" }, ABORTED, {
      options: {
        // Its time begins with the call's, however long it is until then.
        get signal() {
          return AbortSignal.timeout(TIMEOUT);
        },
      },
    });
    equal(error.cause?.name, "TimeoutError");
    inTime(elapsed, await idle);
  });

  test("deadlines: an abort after the answer changes nothing", async () => {
    const controller = new AbortController();
    const { deposit } = await caller.take({ kind: "good" }, { options: { signal: controller.signal } });
    controller.abort();
    await pause(20);
    equal(deposit.foreign_id, "user-17");
  });

  test("deadlines: a signal may serve many calls, one after the other and at once", async () => {
    const controller = new AbortController();
    const options = { signal: controller.signal };
    await caller.take({ kind: "good" }, { options });
    const hanging = [1, 2].map(() => later(caller.fail({ kind: "hang", after: "nothing" }, ABORTED, { options })));
    await pause(ARRIVING);
    controller.abort();
    for (const { arrivals } of await Promise.all(hanging)) equal(arrivals.length, 1, "requests");
  });

  for (const [what, pull] of /** @type {[string, (controller: any) => unknown][]} */ ([
    ["falls silent", () => new Promise(() => {})],
    ["does not end", (controller) => controller.enqueue(new Uint8Array(10_000))],
  ])) {
    test(`deadlines: the body of a deaf fetch's answer that ${what} is let go of`, async () => {
      const cancelled = settling();
      const body = () => new ReadableStream({ pull, cancel: cancelled.resolve });
      const options = caller.options({ fetch: async () => new Response(body()), timeout: TIMEOUT, retries: 0 });
      await takeAddress(REQUEST, options).then(
        () => ok(false, "it was taken for an answer"),
        () => {},
      );
      ok((await Promise.race([cancelled.promise.then(() => true), pause(1_000)])) === true, "it is still read");
    });
  }

  test("deadlines: an answer that a deaf fetch gives too late is let go of", async () => {
    const [late, cancelled] = [settling(), settling()];
    const options = caller.options({ fetch: () => late.promise, timeout: 20, retries: 0 });
    await caller.rejected(() => takeAddress(REQUEST, options), TIMED_OUT);
    late.resolve(new Response(new ReadableStream({ cancel: cancelled.resolve })));
    ok((await Promise.race([cancelled.promise.then(() => true), pause(1_000)])) === true, "it holds its connection");
  });

  for (const [how, settle] of /** @type {[string, (late: Settling) => void][]} */ ([
    ["answers", (late) => late.resolve(new Response("{}", { status: 500 }))],
    ["fails", (late) => late.reject(new Error("too late"))],
  ])) {
    test(`deadlines: a deaf fetch that ${how} after its call has ended disturbs no later call`, async () => {
      const [late, answer] = [settling(), settling()];
      /** @param {unknown} fetch @param {number} timeout */
      const take = (fetch, timeout) => takeAddress(REQUEST, caller.options({ fetch, timeout, retries: 0 }));
      await caller.rejected(() => take(() => late.promise, 20), TIMED_OUT);
      const later = take(() => answer.promise, 10_000);
      await pause(20);
      settle(late);
      await pause(20);
      answer.resolve(new Response(JSON.stringify({ data: DEPOSIT_ADDRESS }), { status: 201 }));
      equal((await later).address, DEPOSIT_ADDRESS.address);
    });
  }

  /** Must end at once. @param {Step} step @param {unknown} reason @param {unknown} [fetch] */
  async function aborting(step, reason, fetch) {
    const session = caller.session(step);
    const controller = new AbortController();
    const options = caller.options({
      baseUrl: session.baseUrl,
      signal: controller.signal,
      retries: 3,
      ...(fetch ? { fetch } : {}),
    });
    const failed = later(caller.rejected(() => takeAddress(REQUEST, options), ABORTED));
    if (!fetch) await arrived(session);
    await pause(150);
    const { result, elapsed, late } = await timed(() => {
      controller.abort(reason);
      return failed;
    });
    ok(elapsed < GRACE + late, `it took ${elapsed} ms, and idle timers were ${late} ms late`);
    return { cause: result.cause, session };
  }
}

/** @typedef {ReturnType<typeof settling>} Settling */

/** A promise that is settled from outside: `Promise.withResolvers` is not in Node 20. */
function settling() {
  /** @type {(value: unknown) => void} */
  let resolve = () => {};
  /** @type {(reason: unknown) => void} */
  let reject = () => {};
  const promise = new Promise((fulfil, refuse) => ([resolve, reject] = [fulfil, refuse]));
  return { promise, resolve, reject };
}

/** How late a timer fires that is due when the call is. @returns {Promise<number>} */
function idleTimer(timeout = TIMEOUT) {
  const due = Date.now() + timeout;
  return new Promise((resolve) => setTimeout(() => resolve(Math.max(0, Date.now() - due)), timeout));
}

/** @param {number} elapsed @param {number} late  how late the idle timer was */
function inTime(elapsed, late, timeout = TIMEOUT) {
  const met = elapsed >= timeout - ROUNDING && elapsed <= timeout + late + GRACE;
  ok(met, `it took ${elapsed} ms instead of ${timeout}, and an idle timer was ${late} ms late`);
}

/**
 * A call that has ended must not keep its connection.
 *
 * @param {ReturnType<import("../caller.js").Caller["session"]>} session
 */
async function hangsUp(session) {
  for (let tries = 0; tries < 100; tries += 1) {
    const [arrival] = await session.arrivals();
    if (arrival && arrival.closedAfter !== null) return;
    await pause(50);
  }
  ok(false, "five seconds later the connection is still open, or no request has arrived");
}

/** Fetches that do not listen to their signal. @returns {[name: string, fetch: () => Promise<unknown>][]} */
function deafFetches() {
  return [
    ["a fetch that never answers and ignores its signal", () => new Promise(() => {})],
    ["a fetch whose body never ends and ignores its signal", async () => new Response(endless(), { status: 201 })],
    [
      "a fetch whose body is silent and ignores its signal",
      async () => new Response(new ReadableStream({}), { status: 201 }),
    ],
  ];
}

/** A stream that gives one byte now and then, for ever. */
function endless() {
  return new ReadableStream({
    async pull(controller) {
      await pause(20);
      controller.enqueue(new Uint8Array([0x20]));
    },
  });
}
