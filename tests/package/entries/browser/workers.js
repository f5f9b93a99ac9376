// @ts-check
// Starts a worker of each kind, one after the other, and reports what the suites come to in it.

import { goOn, report } from "./chain.js";

const SCRIPT = "worker.js";
const MODULE = /** @type {const} */ ({ type: "module" });

await report("dedicated worker", () => {
  const worker = new Worker(SCRIPT, MODULE);
  return answer(worker, worker);
});
await report("shared worker", () => {
  const worker = new SharedWorker(SCRIPT, MODULE);
  worker.port.start();
  return answer(worker.port, worker);
});
await report("service worker", async () => {
  const registration = await navigator.serviceWorker.register(SCRIPT, MODULE);
  await activated(registration);
  const { port1, port2 } = new MessageChannel();
  port1.start();
  const answered = answer(port1, registration);
  registration.active?.postMessage("run", [port2]);
  return answered;
});
goOn();

/**
 * What a worker answers, or that it does not load.
 *
 * @param {EventTarget} port
 * @param {EventTarget} worker
 * @returns {Promise<unknown>}
 */
function answer(port, worker) {
  return new Promise((resolve, reject) => {
    port.addEventListener("message", (event) => resolve(/** @type {MessageEvent} */ (event).data));
    worker.addEventListener("error", (event) => {
      const { message = "it does not say why" } = /** @type {ErrorEvent} */ (event);
      reject(new Error(`the worker failed: ${message}`));
    });
  });
}

/** @param {ServiceWorkerRegistration} registration @returns {Promise<void>} */
function activated({ installing, waiting, active }) {
  if (active) return Promise.resolve();
  const worker = /** @type {ServiceWorker} */ (installing ?? waiting);
  return new Promise((resolve, reject) => {
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated") resolve();
      if (worker.state === "redundant") reject(new Error("the service worker failed to install"));
    });
  });
}
