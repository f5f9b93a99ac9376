// @ts-check
// Runs all suites in Node on the package as ES modules, and sends one report to the runner. It must not call
// process.exit: that the process ends by itself is one of the tests.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { conformance } from "../conformance.js";
import { nodeOnly } from "../node-only.js";
import { CREDENTIALS, sandbox } from "../sandbox.js";
import { signatureAlone } from "../signature-alone.js";
import { joined } from "../suite.js";

const globalsBefore = Object.getOwnPropertyNames(globalThis);
const alphapo = await import("alphapo-wasm");
const newGlobals = Object.getOwnPropertyNames(globalThis).filter((name) => !globalsBefore.includes(name));
const otherCopy = createRequire(import.meta.url)("alphapo-wasm");
const sandboxModule = await import("alphapo-wasm/sandbox");
const signatureModule = await import("alphapo-wasm/signature");
const { serve } = await import("alphapo-wasm/sandbox/node");

const wire = { origin: /** @type {string} */ (process.env.WIRE_ORIGIN) };
const wycheproof = JSON.parse(await readFile(new URL("../wycheproof-hmac-sha512.json", import.meta.url), "utf8"));

const server = await serve(sandboxModule.createSandbox(CREDENTIALS), { port: 0 });
const reports = [
  await conformance({ alphapo, wire, browser: false, wycheproof }),
  await signatureAlone({ signatureModule, alphapo, wycheproof }),
  await sandbox({ alphapo, sandboxModule, browser: false, overHttp: { baseUrl: server.url, serve } }),
];
await server.close();
reports.push(await nodeOnly({ alphapo, otherCopy, newGlobals, origin: wire.origin, closed: server.url }));

process.send?.(joined(reports), () => process.disconnect());
