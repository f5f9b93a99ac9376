// @ts-check
// Runs the suites in a page and posts the report, or what went wrong, to the server that the page came from.

report(suites);

/** @param {() => Promise<unknown>} run */
async function report(run) {
  const result = await run().catch((error) => ({ error: String(error?.stack ?? error) }));
  await fetch("/-/report", { method: "POST", body: JSON.stringify(result) });
}

// Imported here and not at the top, so that a package that does not load is reported too.
async function suites() {
  const alphapo = await import("alphapo-wasm");
  const sandboxModule = await import("alphapo-wasm/sandbox");
  const { everywhere } = await import("../everywhere.js");
  const wycheproof = await (await fetch("/app/package/wycheproof-hmac-sha512.json")).json();
  return everywhere({ alphapo, sandboxModule, origin: location.origin, browser: true, wycheproof });
}
