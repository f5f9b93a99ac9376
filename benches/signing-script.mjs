// @ts-check
// Signing in Node, Deno and Bun: prints its results as one line of JSON.

import * as nodeCrypto from "node:crypto";
import process from "node:process";

import { signing } from "./signing.js";

const effort = JSON.parse(process.argv[2]);
const Bun = /** @type {any} */ (globalThis).Bun;
console.log(JSON.stringify(await signing({ nodeCrypto, Bun }, "node:crypto", effort)));
