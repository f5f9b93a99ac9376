// @ts-check
// Runs the matrix of faults in Node, and sends one report to the runner. What only Node tells of what is left behind is
// asked here. It must not call process.exit: that the process ends by itself is one of the tests.

import { getEventListeners, setMaxListeners } from "node:events";

import * as alphapo from "alphapo-wasm";

import { KEY, SECRET, openSession } from "../../wire/session.js";
import { faultMatrix } from "../fault-matrix.js";
import { equal, joined, ok, pause, run } from "../suite.js";

const MEBIBYTE = 1024 * 1024;

/** Calls at once whose answers are 64 MiB each, packed or not: a gibibyte, should they be kept. */
const LARGE = 16;
/** How much larger the process may grow by them, garbage of the runtime included. */
const GROWTH = 128 * MEBIBYTE;

const origin = /** @type {string} */ (process.env.WIRE_ORIGIN);
/** @type {unknown[]} */
const unhandled = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));

// First, because the process remembers its largest size for ever.
const memory = await run(
  (test) => test(`faults: ${LARGE} answers of 64 MiB at once are not kept in memory`, largeAnswers),
  { atOnce: 1 },
);
const { signal } = new AbortController();
// Node warns of more than 10 at once, whoever they are.
setMaxListeners(0, signal);
const report = await faultMatrix({
  alphapo,
  origin,
  lasting: signal,
  listeners: (/** @type {AbortSignal} */ signal) => getEventListeners(signal, "abort").length,
  unhandled: () => unhandled,
});
const end = await run((test) => test("faults: no timer is left", noTimer), { atOnce: 1 });

process.send?.(joined([memory, report, end]), () => process.disconnect());

async function largeAnswers() {
  await takeLarge(0);
  await takeLarge(1);
  const before = process.resourceUsage().maxRSS * 1024;
  await Promise.all(Array.from({ length: LARGE }, (_, index) => takeLarge(index)));
  const growth = process.resourceUsage().maxRSS * 1024 - before;
  ok(growth < GROWTH, `the process grew by ${Math.round(growth / MEBIBYTE)} MiB`);
}

/** @param {number} index */
async function takeLarge(index) {
  const size = 64 * MEBIBYTE;
  const body = index % 2 ? { zeros: size } : { good: { pad: size } };
  const { baseUrl } = openSession(origin, { status: 201, body });
  const options = { key: KEY, secret: SECRET, baseUrl, retries: 0, timeout: 10_000 };
  const result = await alphapo
    .takeAddress({ currency: "BTC", foreign_id: "user-17" }, options)
    .catch((/** @type {any} */ error) => error);
  equal(result.code, "invalid_response");
}

/** Sockets may be kept alive for the next call; a timer would keep the process. */
async function noTimer() {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => /Timeout|Immediate/.test(kind));
  await pause(0);
  // Those of connections that are being closed pass.
  for (let tries = 0; tries < 20 && timers().length > 1; tries += 1) await pause(50);
  equal(timers(), ["Timeout"], "timers but the one that ends this test");
}
