// @ts-check
// Runs the suites in a page.

import { goOn, report } from "./chain.js";

const script = /** @type {HTMLScriptElement} */ (document.querySelector("script[data-context]"));
await report(String(script.dataset.context), suites);
goOn();

// Imported here and not at the top, so that a package that does not load is reported too.
async function suites() {
  const alphapo = await import("alphapo-wasm");
  const sandboxModule = await import("alphapo-wasm/sandbox");
  const signatureModule = await import("alphapo-wasm/signature");
  const { everywhere } = await import("../../everywhere.js");
  const wycheproof = await (await fetch("/app/package/wycheproof-hmac-sha512.json")).json();
  return everywhere({ alphapo, sandboxModule, signatureModule, origin: location.origin, browser: true, wycheproof });
}
