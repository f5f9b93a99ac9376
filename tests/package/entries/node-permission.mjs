// @ts-check
// Runs the suites in a Node that is denied everything but to read the project and to use the network, and sends one
// report to the runner. It must not call process.exit: that the process ends by itself is one of the tests.

import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";

import * as alphapo from "alphapo-wasm";
import * as sandboxModule from "alphapo-wasm/sandbox";
import * as signatureModule from "alphapo-wasm/signature";

import { everywhere } from "../everywhere.js";
import { tellWhatKeeps } from "../node-only.js";
import { equal, joined, rejection, run } from "../suite.js";
import wycheproof from "../wycheproof-hmac-sha512.json" with { type: "json" };

const origin = /** @type {string} */ (process.env.WIRE_ORIGIN);
const outside = process.execPath;

const report = joined([
  await everywhere({ alphapo, sandboxModule, signatureModule, origin, wycheproof }),
  await run(denials, { atOnce: 1 }),
]);

tellWhatKeeps();
process.send?.(report, () => process.disconnect());

/** Without these the row would prove nothing. @param {import("../suite.js").Test} test */
function denials(test) {
  for (const [name, attempt] of /** @type {[string, () => unknown][]} */ ([
    ["a file outside of the project cannot be read", () => readFile(outside)],
    ["no file can be written", () => writeFile(new URL("written", import.meta.url), "")],
    ["no process can be started", () => spawn(outside)],
    ["no thread can be started", () => new Worker("", { eval: true })],
  ])) {
    test(`permission: ${name}`, async () => {
      const error = /** @type {any} */ (await rejection(async () => attempt()));
      equal(error.code, "ERR_ACCESS_DENIED", "the error's code");
    });
  }
}
