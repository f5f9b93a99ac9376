// @ts-check
// Runs all suites in Node on the package as ES modules, and sends one report to the runner. It must not call
// process.exit: that the process ends by itself is one of the tests.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { everywhere } from "../everywhere.js";
import { hangUpAtTheDoor, nodeOnly, silentSender, tellWhatKeeps } from "../node-only.js";
import { CREDENTIALS } from "../sandbox.js";
import { joined } from "../suite.js";

const globalsBefore = Object.getOwnPropertyNames(globalThis);
const alphapo = await import("alphapo-wasm");
const newGlobals = Object.getOwnPropertyNames(globalThis).filter((name) => !globalsBefore.includes(name));
const otherCopy = createRequire(import.meta.url)("alphapo-wasm");
const sandboxModule = await import("alphapo-wasm/sandbox");
const signatureModule = await import("alphapo-wasm/signature");
const { serve } = await import("alphapo-wasm/sandbox/node");

const origin = /** @type {string} */ (process.env.WIRE_ORIGIN);
const wycheproof = JSON.parse(await readFile(new URL("../wycheproof-hmac-sha512.json", import.meta.url), "utf8"));

const silent = silentSender({ alphapo });
const server = await serve(sandboxModule.createSandbox(CREDENTIALS), { port: 0 });
const overHttp = { baseUrl: server.url, serve };
const shared = await everywhere({ alphapo, sandboxModule, signatureModule, origin, wycheproof, overHttp });
await server.close();
await hangUpAtTheDoor({ serve, createSandbox: sandboxModule.createSandbox });
const served = { serve, createSandbox: sandboxModule.createSandbox };
const own = await nodeOnly({ alphapo, otherCopy, newGlobals, origin, closed: server.url, served });

tellWhatKeeps();
process.send?.(joined([shared, own, await silent]), () => process.disconnect());
