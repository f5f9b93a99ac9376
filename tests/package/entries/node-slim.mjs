// @ts-check
// Runs the suites in Node on alphapo-wasm/slim, once its module is loaded, and sends one report to the runner.

import { readFile } from "node:fs/promises";

import * as alphapo from "alphapo-wasm/slim";
import * as sandboxModule from "alphapo-wasm/sandbox";
import * as signatureModule from "alphapo-wasm/signature";

import { everywhere } from "../everywhere.js";

const origin = /** @type {string} */ (process.env.WIRE_ORIGIN);
const wycheproof = JSON.parse(await readFile(new URL("../wycheproof-hmac-sha512.json", import.meta.url), "utf8"));

await alphapo.load(readFile(new URL(import.meta.resolve("alphapo-wasm/alphapo.wasm"))));
const report = await everywhere({ alphapo, sandboxModule, signatureModule, origin, wycheproof });

process.send?.(report, () => process.disconnect());
