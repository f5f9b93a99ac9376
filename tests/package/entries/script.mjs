// @ts-check
// Runs the suites as a script of Deno or Bun, on the package as `import "alphapo-wasm"` finds it there, and posts the
// report, or what went wrong, to the stand-in gateway, whose origin is the script's argument. It needs no permission
// but the network, and it must not exit: that the process ends by itself is one of the tests.

import wycheproof from "../wycheproof-hmac-sha512.json" with { type: "json" };

const origin = process.argv[2];
const result = await suites().catch((error) => ({ error: String(error?.stack ?? error) }));
await fetch(`${origin}/-/report`, { method: "POST", body: JSON.stringify(result) });

// Imported here and not at the top, so that a package that does not load is reported too.
async function suites() {
  const alphapo = await import("alphapo-wasm");
  const sandboxModule = await import("alphapo-wasm/sandbox");
  const signatureModule = await import("alphapo-wasm/signature");
  const { everywhere } = await import("../everywhere.js");
  return everywhere({ alphapo, sandboxModule, signatureModule, origin, wycheproof });
}
