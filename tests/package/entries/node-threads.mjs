// @ts-check
// Runs the suites in a worker thread, while the main thread and other threads use the package too, and sends one
// report to the runner. It must not call process.exit: that the process ends by itself is one of the tests.

import { once } from "node:events";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

import * as alphapo from "alphapo-wasm";
import * as sandboxModule from "alphapo-wasm/sandbox";
import * as signatureModule from "alphapo-wasm/signature";

import { KEY, SECRET, openSession } from "../../wire/session.js";
import { REQUEST } from "../caller.js";
import { everywhere } from "../everywhere.js";
import { equal, joined, run, within } from "../suite.js";
import wycheproof from "../wycheproof-hmac-sha512.json" with { type: "json" };

const THREADS = 4;
const EXIT_LIMIT = 3_000;
const origin = /** @type {string} */ (process.env.WIRE_ORIGIN);

/** What a thread may be started for. @type {Record<string, () => unknown>} */
const ROLES = {
  suites: () => everywhere({ alphapo, sandboxModule, signatureModule, origin, wycheproof }),
  sign: () => sign(),
  // It does not end by itself: the gateway is silent, and the deadline is far away.
  hang: () => {
    const { baseUrl } = openSession(origin, { kind: "hang", after: "nothing" });
    const taken = alphapo.takeAddress(REQUEST, { key: KEY, secret: SECRET, baseUrl, timeout: 600_000 });
    parentPort?.postMessage("calling");
    return taken;
  },
};

if (isMainThread) await main();
else parentPort?.postMessage(await ROLES[workerData]());

async function main() {
  const suites = /** @type {import("../suite.js").Report} */ (await answerOf("suites"));
  const together = await run(tests, { atOnce: 1 });
  process.send?.(joined([suites, together]), () => process.disconnect());
}

/** @param {import("../suite.js").Test} test */
function tests(test) {
  test(`threads: ${THREADS} that load the package at once all sign, and the main thread meanwhile`, async () => {
    const signatures = Promise.all(Array.from({ length: THREADS }, () => answerOf("sign")));
    const own = sign();
    equal(await signatures, Array(THREADS).fill(own));
  });

  test("threads: one that is ended in the middle of a call leaves the others alone", async () => {
    const thread = new Worker(new URL(import.meta.url), { workerData: "hang" });
    await once(thread, "message");
    await thread.terminate();
    equal(await answerOf("sign"), sign());
  });
}

function sign() {
  return alphapo.sign("{}", "AbCdEfG123456");
}

/** What a new thread answers, which must then end by itself. @param {string} role */
async function answerOf(role) {
  const thread = new Worker(new URL(import.meta.url), { workerData: role });
  const ended = once(thread, "exit");
  const silent = ended.then(() => Promise.reject(new Error("the thread ended without an answer")));
  const [answer] = await Promise.race([once(thread, "message"), silent]);
  const [code] = await within(EXIT_LIMIT, ended).catch(() => [`none, ${EXIT_LIMIT} ms after its answer`]);
  equal(code, 0, "the thread's exit code");
  return answer;
}
