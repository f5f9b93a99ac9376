// @ts-check
// Runs the suites in Node on the package as a user of CommonJS gets it, and sends one report to the runner. It must
// not call process.exit: that the process ends by itself is one of the tests.

const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const globalsBefore = Object.getOwnPropertyNames(globalThis);
const alphapo = require("alphapo-wasm");
const newGlobals = Object.getOwnPropertyNames(globalThis).filter((name) => !globalsBefore.includes(name));
const sandboxModule = require("alphapo-wasm/sandbox");
const signatureModule = require("alphapo-wasm/signature");

const origin = /** @type {string} */ (process.env.WIRE_ORIGIN);
const wycheproof = JSON.parse(readFileSync(join(__dirname, "../wycheproof-hmac-sha512.json"), "utf8"));

main();

async function main() {
  const { everywhere } = await import("../everywhere.js");
  const { nodeOnly, silentSender, tellWhatKeeps } = await import("../node-only.js");
  const { joined } = await import("../suite.js");
  const otherCopy = await import("alphapo-wasm");
  const silent = silentSender({ alphapo });
  const reports = [
    await everywhere({ alphapo, sandboxModule, signatureModule, origin, wycheproof }),
    await nodeOnly({ alphapo, otherCopy, newGlobals, origin }),
    await silent,
  ];
  tellWhatKeeps();
  process.send?.(joined(reports), () => process.disconnect());
}
