// @ts-check
// Runs the suites in a worker of any kind, and answers the page that started it. Its imports are static, since a
// service worker may have no others.

import * as alphapo from "alphapo-wasm";
import * as sandboxModule from "alphapo-wasm/sandbox";
import * as signatureModule from "alphapo-wasm/signature";

import { everywhere } from "../../everywhere.js";

const scope = /** @type {any} */ (globalThis);
const kind = scope.constructor.name;

if (kind === "DedicatedWorkerGlobalScope") answer(scope);
else if (kind === "SharedWorkerGlobalScope") scope.onconnect = answerPort;
else if (kind === "ServiceWorkerGlobalScope") scope.onmessage = answerPort;
else throw new Error(`${kind} is no worker`);

/** @param {any} event  of a connection or a message */
function answerPort(event) {
  const answered = answer(event.ports[0]);
  // A service worker lives no longer than its events.
  event.waitUntil?.(answered);
}

/** @param {{ postMessage(report: unknown): void }} port */
async function answer(port) {
  port.postMessage(await suites().catch((error) => ({ error: `${error}\n${error?.stack}` })));
}

async function suites() {
  const wycheproof = await (await fetch("/app/package/wycheproof-hmac-sha512.json")).json();
  return everywhere({ alphapo, sandboxModule, signatureModule, origin: location.origin, browser: true, wycheproof });
}
