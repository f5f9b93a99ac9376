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
  const { conformance } = await import("../conformance.js");
  const { sandbox } = await import("../sandbox.js");
  const { joined } = await import("../suite.js");
  return joined([
    await conformance({ alphapo, wire: { origin }, browser: false, wycheproof }),
    await sandbox({ alphapo, sandboxModule, browser: false }),
  ]);
}
