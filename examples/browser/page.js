// A page for whoever tests a deposit form: addresses that look right and that nobody holds a key to, taken by the real
// client from a sandbox inside the page. No secret of yours comes here: everybody could read it.

import { AlphaPo, AlphaPoError } from "/alphapo-wasm/index.js";
import { createSandbox } from "/alphapo-wasm/sandbox.js";

const credentials = { key: "sandbox", secret: "sandbox" };
const { baseUrl, fetch } = createSandbox(credentials);
const alphapo = new AlphaPo({ ...credentials, baseUrl, fetch, dangerouslyAllowBrowser: true });

const form = document.getElementById("form");
const status = document.getElementById("status");
const addresses = document.getElementById("addresses");

async function take(request) {
  try {
    const { currency, address, tag } = await alphapo.takeAddress(request);
    const item = document.createElement("li");
    item.textContent = `${currency}: ${address}${tag === null ? "" : `, tag ${tag}`}`;
    addresses.append(item);
    status.textContent = "";
  } catch (error) {
    if (!(error instanceof AlphaPoError)) throw error;
    status.textContent = error.message;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  take(Object.fromEntries(new FormData(form)));
});

// A link with `?currency=XRP` takes one at once.
const { currency } = Object.fromEntries(new URLSearchParams(location.search));
if (currency) take({ currency, foreign_id: "test-1" });
