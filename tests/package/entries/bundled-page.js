// @ts-check
// A page's program that has to be bundled: the suites in the page, and a worker of its own that uses the package too.
// The stand-in gateway is where the page came from, unless the address says otherwise.

import { equal, joined, run, within } from "../suite.js";
import { suites } from "./bundled.js";
import { post } from "./post.js";

const WORKER_LIMIT = 20_000;

const origin = new URLSearchParams(location.search).get("wire") ?? location.origin;
post(origin, async () => joined([await suites({ origin, browser: true }), await run(inWorker, { atOnce: 1 })]));

/** @param {import("../suite.js").Test} test */
function inWorker(test) {
  test("bundled: a worker signs, takes an address and throws errors of ours", async () => {
    // In this form bundlers know it for a program of its own.
    const worker = new Worker(new URL("./bundled-worker.js", import.meta.url), { type: "module" });
    const answer = new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(`the worker failed: ${message}`));
    });
    worker.postMessage(origin);
    equal(await within(WORKER_LIMIT, answer), ["89ff5706", "user-17", "invalid_body"]);
  });
}
