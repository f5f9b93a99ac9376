// @ts-check
// Every cell of fault-table.js against the server of faults, in one runtime: what the call came to, when, what it kept,
// and what it left behind. It may import neither Node's modules nor the package; what should come of a fault is not
// known here.

import { KEY, SECRET, openSession } from "../wire/session.js";
import { Mismatch, equal, joined, ok, pause, run, show } from "./suite.js";
import { CELLS, FAR } from "./fault-table.js";

/** @typedef {import("./fault-table.js").Cell} Cell */
/** @typedef {import("../wire/session.js").FaultArrival} Arrival */

/** Cells wait most of their time, so that many at once take little of it. */
const AT_ONCE = 24;

/**
 * How late a call may end, measured from when an idle timer fires that was started with it: on a machine at twenty
 * times its load both came 280 ms late, but within 11 ms of each other.
 */
const GRACE = 250;

/** How late at any rate, so that nobody can hide behind a timer that is kept from firing. */
const LATEST = 3_000;

/** Runtimes round timers, and a date has whole seconds. */
const ROUNDING = 20;

/** From what an abort waits for to the abort, so that what was written has arrived. */
const BEFORE_ABORT = 150;

/** The least of 64 MiB that must not have left the server: what the sockets on the way hold is a few MiB. */
const FAR_LESS = 16 * 1024 * 1024;

/** What a client keeps of an answer at most (README, "Errors"). */
const KEPT = 64 * 1024;

/**
 * @param {{
 *   alphapo: import("./caller.js").Package,
 *   origin: string,
 *   lasting: AbortSignal,
 *   listeners?: (signal: AbortSignal) => number,
 *   unhandled: () => unknown[],
 * }} runtime  the package, the server of faults, a signal that outlives every call, how many listen to one where that
 *   can be asked, and what was rejected without anybody listening
 */
export async function faultMatrix({ alphapo, origin, lasting: signal, listeners, unhandled }) {
  const lasting = watched(signal);
  /** @type {string[]} */
  const connections = [];
  const report = await run(
    (test) => {
      for (const cell of CELLS) {
        test(`faults: ${cell.name}`, () => check(cell, { alphapo, origin, listeners, lasting, connections }));
      }
    },
    { atOnce: AT_ONCE },
  );
  const after = await run(
    (test) => {
      test("faults: no listener is left on a signal that served every call", () => {
        ok(lasting.added > CELLS.length / 2, `only ${lasting.added} were ever added`);
        equal(lasting.added - lasting.removed, 0, "listeners by count");
        equal(listeners?.(lasting.signal) ?? 0, 0, "listeners as the runtime tells");
      });
      test("faults: connections were kept alive, and used again after a fault", () => {
        ok(new Set(connections).size < connections.length, "there was a connection for every request");
      });
      test("faults: nothing was rejected that nobody listened to", async () => {
        await pause(100);
        equal(unhandled().map(String), []);
      });
    },
    { atOnce: 1 },
  );
  return joined([report, after]);
}

/**
 * @param {Cell} cell
 * @param {{
 *   alphapo: import("./caller.js").Package,
 *   origin: string,
 *   listeners?: (signal: AbortSignal) => number,
 *   lasting: ReturnType<typeof watched>,
 *   connections: string[],
 * }} runtime
 */
async function check(cell, { alphapo, origin, listeners, lasting, connections }) {
  const { takeAddress, AlphaPoError } = alphapo;
  const session = openSession(origin, ...cell.steps);
  const aborting = abortOf(cell);
  const signal = aborting?.signal ?? lasting.signal;
  const options = { key: KEY, secret: SECRET, baseUrl: session.baseUrl, timeout: cell.timeout, retries: cell.retries };
  const idle = cell.late ? idleTimer(cell.timeout) : null;
  const started = Date.now();
  const result = await takeAddress(cell.request, { ...options, signal, ...aborting?.options }).catch(same);
  const ended = Date.now();

  const arrivals = /** @type {Arrival[]} */ (await session.arrivals());
  accounted(result, cell, AlphaPoError);
  equal(arrivals.length, cell.requests, `requests (${result.code ?? "address"})`);
  equal(
    arrivals.map(({ fault }) => fault),
    arrivals.map(() => null),
    "what was wrong with the requests",
  );
  if (idle) inTime(started + cell.timeout, ended, await idle);
  const aborted = aborting?.at();
  if (aborted) inTime(aborted, ended, aborted);
  ok(ended < started + cell.timeout + LATEST, `it took ${ended - started} ms`);
  keeps(cell, result, arrivals);
  waited(cell, arrivals);
  for (const { sent } of arrivals) ok(sent < FAR_LESS, `${sent} bytes of the answer left the server`);
  if (cell.givesUp) await hangsUp(session);
  if (aborting) equal(listeners?.(signal) ?? 0, 0, "listeners left on the signal that was aborted");
  const next = await nextIsGood(alphapo, origin, lasting.signal);
  connections.push(...[...arrivals, ...next].map(({ connection }) => connection));
}

/**
 * The signal that ends a cell, and how it is brought to it.
 *
 * @param {Cell} cell
 */
function abortOf({ abort }) {
  if (!abort) return null;
  const reason = new Error("the customer left");
  if ("before" in abort) return { signal: AbortSignal.abort(reason), options: {}, at: () => null };
  const controller = new AbortController();
  /** @type {number | null} */
  let at = null;
  let calls = 0;
  const arm = () => setTimeout(() => ((at = Date.now()), controller.abort(reason)), BEFORE_ABORT);
  /** The runtime's own, watched. @param {any} input @param {any} init */
  const fetch = async (input, init) => {
    calls += 1;
    const isIt = calls === abort.attempt;
    if (isIt && abort.in === "head") arm();
    const answer = await globalThis.fetch(input, init);
    if (isIt && abort.in !== "head") arm();
    return answer;
  };
  return { signal: controller.signal, options: { fetch }, at: () => at };
}

/** @param {any} result @param {Cell} cell @param {Function} AlphaPoError */
function accounted(result, { comes, request }, AlphaPoError) {
  if (comes === "address") {
    if (result instanceof Error) throw new Mismatch(`it failed with ${describe(result)}`);
    equal([result.currency, result.foreign_id], [request.currency, request.foreign_id]);
    ok(result.address.length > 20, result.address);
    return equal(typeof result.tag, request.currency === "XRP" ? "string" : "object", "the type of the tag");
  }
  if (!(result instanceof AlphaPoError)) throw new Mismatch(`it came to ${show(result)}`);
  const error = /** @type {any} */ (result);
  const { fields, ...account } = comes;
  const found = Object.fromEntries(Object.keys(account).map((name) => [name, error[name]]));
  equal(found, account, describe(error));
  equal(error.status, comes.status, `status (${describe(error)})`);
  equal(Object.keys(error.fields ?? {}), fields ?? [], `fields (${describe(error)})`);
  if (comes.code === "aborted") equal(error.cause?.message, "the customer left", "the cause");
}

/** @param {any} error */
function describe({ code, message }) {
  return `${code}: ${message}`;
}

/** @param {number} due @param {number} ended @param {number} idle  when an idle timer fired that was due then */
function inTime(due, ended, idle) {
  ok(ended >= due - ROUNDING, `it ended ${due - ended} ms early`);
  ok(ended <= Math.max(due, idle) + GRACE, `it ended ${ended - due} ms late, an idle timer ${idle - due} ms`);
  ok(ended <= due + LATEST, `it ended ${ended - due} ms late`);
}

/** @param {Cell} cell @param {any} error @param {Arrival[]} arrivals */
function keeps({ kept, keeps: much, comes }, error, arrivals) {
  if (comes === "address") return;
  if (kept === null) return equal(error.body, undefined, "body");
  const written = textOf(arrivals[kept - 1].body);
  const body = String(error.body);
  ok(body.length <= KEPT, `the body kept is ${body.length} long`);
  if (much === "begun") return ok(body !== "" && written.startsWith(body), `body: ${show(error.body)}`);
  // Each attempt that was accepted may hold an address of its own.
  const others = comes.status === 201 ? arrivals.slice(0, kept - 1).map((arrival) => textOf(arrival.body)) : [];
  if (others.length > 0) {
    return ok(
      body.startsWith(written) && others.every((other) => body.includes(other)),
      `body: expected ${show([written, ...others])}, got ${show(body)}`,
    );
  }
  ok(error.body === written, `body: expected ${show(written)}, got ${show(error.body)}`);
}

/** Bytes as text, as a reader sees them: what is no UTF-8 is U+FFFD. @param {string} base64 */
function textOf(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** Whether Retry-After was obeyed. @param {Cell} cell @param {Arrival[]} arrivals */
function waited({ waits }, arrivals) {
  if (!waits) return;
  for (let next = 1; next < arrivals.length; next += 1) {
    const { at, until } = arrivals[next - 1];
    const due = waits === "until" ? Number(until) : at + Number(waits);
    const early = due - arrivals[next].at;
    ok(early <= ROUNDING, `request ${next + 1} came ${early} ms too early`);
    ok(early > -LATEST, `request ${next + 1} came ${-early} ms too late`);
  }
}

/** @param {{ arrivals: () => Promise<Arrival[]> }} session */
async function hangsUp({ arrivals }) {
  for (let tries = 0; tries < 20; tries += 1) {
    if ((await arrivals()).at(-1)?.closedAfter !== null) return;
    await pause(50);
  }
  throw new Mismatch("the connection is still open a second later");
}

/**
 * A fault spoils nothing for the next call, though that may use the same connection.
 *
 * @param {import("./caller.js").Package} alphapo
 * @param {string} origin
 * @param {AbortSignal} signal
 */
async function nextIsGood({ takeAddress }, origin, signal) {
  const session = openSession(origin, { status: 201, body: { good: {} } });
  const options = { key: KEY, secret: SECRET, baseUrl: session.baseUrl, timeout: FAR, retries: 0, signal };
  const { address } = await takeAddress({ currency: "BTC", foreign_id: "next" }, options);
  ok(address.startsWith("tb1"), address);
  return /** @type {Arrival[]} */ (await session.arrivals());
}

/** When a timer of this length fires. @param {number} ms @returns {Promise<number>} */
function idleTimer(ms) {
  return new Promise((resolve) => setTimeout(() => resolve(Date.now()), ms));
}

/** A signal whose listeners are counted, for runtimes that do not tell. @param {AbortSignal} signal */
function watched(signal) {
  const count = { signal, added: 0, removed: 0 };
  const { addEventListener, removeEventListener } = signal;
  Object.assign(signal, {
    addEventListener: (/** @type {any[]} */ ...args) => {
      count.added += 1;
      return Reflect.apply(addEventListener, signal, args);
    },
    removeEventListener: (/** @type {any[]} */ ...args) => {
      count.removed += 1;
      return Reflect.apply(removeEventListener, signal, args);
    },
  });
  return count;
}

/** @param {unknown} error */
function same(error) {
  return error;
}
