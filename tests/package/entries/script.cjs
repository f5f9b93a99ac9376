// @ts-check
// Runs the suites as a CommonJS script of Bun, on the package as `require("alphapo-wasm")` finds it there: see
// script.mjs.

const wycheproof = require("../wycheproof-hmac-sha512.json");

const origin = process.argv[2];
main();

async function main() {
  const result = await suites().catch((error) => ({ error: String(error?.stack ?? error) }));
  await fetch(`${origin}/-/report`, { method: "POST", body: JSON.stringify(result) });
}

async function suites() {
  const alphapo = require("alphapo-wasm");
  const sandboxModule = require("alphapo-wasm/sandbox");
  const signatureModule = require("alphapo-wasm/signature");
  const { everywhere } = await import("../everywhere.js");
  return everywhere({ alphapo, sandboxModule, signatureModule, origin, wycheproof });
}
