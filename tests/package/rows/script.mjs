// @ts-check
// Runs entries/script.mjs or script.cjs in a runtime that is started like `node script`, and takes the report that it
// posts. It may not know which runtime that is.

import { startWireServer } from "../../wire/server.mjs";
import { joined } from "../suite.js";
import { start, stop } from "./child.mjs";
import { atItsEnd } from "./ending.mjs";

const SUITES_LIMIT = 120_000;

/**
 * @param {string} command
 * @param {string[]} args  up to the script; the stand-in's origin comes after it
 * @param {{ cwd: string, env?: Record<string, string> }} options
 * @returns {Promise<import("../suite.js").Report>}
 */
export async function suitesAsScript(command, args, options) {
  const wire = await startWireServer();
  const { child, output, ended } = start(command, [...args, wire.origin], options);
  try {
    const failed = ended.then(() =>
      Promise.reject(new Error(`the script ended without a report:\n${output.stdout}${output.stderr}`)),
    );
    failed.catch(() => {});
    const report = /** @type {any} */ (await Promise.race([wire.waitForReport(SUITES_LIMIT), failed]));
    if (report.error) throw new Error(`the script failed: ${report.error}`);
    return joined([report, await atItsEnd(child, ended, output)]);
  } finally {
    await stop(child);
    await wire.close();
  }
}
