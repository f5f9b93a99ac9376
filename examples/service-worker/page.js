// The page: it takes addresses from its own origin by the real client, pays into them by a message to the worker, and
// shows what comes of that. No secret of yours comes here: everybody could read it.

import { AlphaPo, AlphaPoError } from "/alphapo-wasm/index.js";

const credentials = { key: "sandbox", secret: "sandbox" };
const alphapo = new AlphaPo({
  ...credentials,
  baseUrl: new URL("/api/v2", location.origin).href,
  dangerouslyAllowBrowser: true,
});

/** In milliseconds. An idle worker is stopped after half a minute, and the sandbox's timers with it. */
const ASK_AGAIN = 10_000;

const element = (id) => document.getElementById(id);
const status = element("status");
let addresses = [];

function show(state) {
  // What has not changed is left alone, so that a choice and a screen reader keep their place.
  if (state.addresses.length !== addresses.length) showAddresses(state.addresses);
  list(element("deposits"), state.deposits.map(lineOfDeposit));
  list(element("callbacks"), state.callbacks.map(lineOfCallback));
  const since = new Date(state.since);
  element("since").dateTime = since.toISOString();
  element("since").textContent = since.toLocaleTimeString();
}

function showAddresses(taken) {
  addresses = taken;
  const options = taken.map(({ currency, address, tag, foreign_id }, index) => {
    const text = `${foreign_id}, ${currency}: ${address}${tag === null ? "" : `, tag ${tag}`}`;
    return new Option(text, String(index));
  });
  element("deposit").elements.to.replaceChildren(...options.reverse());
}

function list(place, lines) {
  lines.forEach((line, index) => {
    const item = place.children[index] ?? place.appendChild(document.createElement("li"));
    if (item.textContent !== line) item.textContent = line;
  });
  while (place.children.length > lines.length) place.lastChild.remove();
}

function lineOfDeposit({ amount, currency, foreign_id, status }) {
  return `${amount} ${currency} of ${foreign_id}: ${status}`;
}

/** As a merchant's server would read it: nothing in it counts before it is verified. */
function lineOfCallback({ body, signature, state }) {
  try {
    const headers = { "x-processing-key": credentials.key, "x-processing-signature": signature };
    const { status, foreign_id, credit } = alphapo.verifyCallback(body, headers);
    const credits = credit ? `credit ${credit.amount} ${credit.currency}` : "nothing to credit";
    return `${status}, ${state}: ${credits} (${foreign_id})`;
  } catch (error) {
    return `not to be trusted: ${error.message}`;
  }
}

/** Sends a message to a worker, and shows the state that it answers with. */
function ask(worker, message) {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve, reject) => {
    port1.onmessage = ({ data: { state, problem } }) => {
      port1.close();
      if (problem !== undefined) return reject(new Error(problem));
      resolve(show(state));
    };
    worker.postMessage(message, [port2]);
  });
}

async function start() {
  if (!navigator.serviceWorker) throw new Error("no service workers here: they need https, or http on this machine");
  await navigator.serviceWorker.register("/worker.js", { type: "module" });
  const { active } = await navigator.serviceWorker.ready;
  await ask(active, { action: "adopt" });
  new BroadcastChannel("sandbox").onmessage = ({ data }) => show(data);
  setInterval(() => tell(ask(active, { action: "state" })), ASK_AGAIN);
  for (const fieldset of document.querySelectorAll("fieldset")) fieldset.disabled = false;
  status.textContent = "The gateway is there.";
}

async function take(request) {
  const { currency, address } = await alphapo.takeAddress(request);
  status.textContent = `Taken: ${currency}, ${address}.`;
}

async function deposit({ to, amount, seconds }) {
  const { address, tag } = addresses[Number(to)];
  const order = { address, tag, amount, seconds: Number(seconds) };
  await ask(navigator.serviceWorker.controller, { action: "deposit", order });
  status.textContent = "Paid.";
}

/** Says what went wrong where the user looks. */
function tell(done) {
  return done.catch((error) => {
    status.textContent = error instanceof AlphaPoError ? error.message : String(error);
  });
}

for (const [id, action] of Object.entries({ take, deposit })) {
  element(id).addEventListener("submit", (event) => {
    event.preventDefault();
    tell(action(Object.fromEntries(new FormData(event.target))));
  });
}
tell(start());
