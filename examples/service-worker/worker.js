// The gateway: a service worker that answers /api/v2/* of its origin from a sandbox, and tells the page what changes.
//
// A browser stops it when it is idle. Nothing that must last is in its memory: see journal.js.

import { openJournal } from "/journal.js";
import { createSandbox } from "/alphapo-wasm/sandbox.js";

const credentials = { key: "sandbox", secret: "sandbox" };
const changes = new BroadcastChannel("sandbox");
const since = Date.now();

let opened;

/**
 * Opened by the first event that needs it. A newer version of this file waits until no page uses this one, so that two
 * sandboxes never write one journal.
 */
function sandbox() {
  opened ??= openSandbox().catch((error) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

async function openSandbox() {
  const journal = await openJournal("sandbox");
  // 200: the page finds each callback in the state, also the ones that came while it was closed.
  const made = createSandbox({ ...credentials, journal, onCallback: () => new Response() });
  made.subscribe(() => changes.postMessage(stateOf(made)));
  return made;
}

function stateOf(gateway) {
  return { since, addresses: gateway.addresses(), deposits: gateway.deposits(), callbacks: gateway.callbacks() };
}

const actions = {
  /** The page's first message: from now on its requests come here. */
  async adopt() {
    await clients.claim();
    return stateOf(await sandbox());
  },
  /** What fell due while the worker was stopped comes first. */
  async state() {
    const gateway = await sandbox();
    await gateway.settled();
    return stateOf(gateway);
  },
  async deposit(order) {
    const gateway = await sandbox();
    await gateway.deposit(order);
    return stateOf(gateway);
  },
};

addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (origin !== location.origin || !pathname.startsWith("/api/v2/")) return;
  event.respondWith(sandbox().then(({ fetch }) => fetch(event.request)));
});

addEventListener("message", (event) => {
  const { action, order } = event.data;
  const [port] = event.ports;
  const answered = actions[action](order).then(
    (state) => port.postMessage({ state }),
    (error) => port.postMessage({ problem: error.message }),
  );
  // It lives no longer than its events.
  event.waitUntil(answered);
});
