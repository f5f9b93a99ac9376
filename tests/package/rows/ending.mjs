// @ts-check
// How a process ends after it has reported, which is a test by itself.

import { isLate, stop } from "./child.mjs";

/** Timers, sockets or a worker left behind would keep the process, and every user's script, from ending. */
const EXIT_LIMIT = 3_000;

/**
 * Watches one that has just reported.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @param {Promise<unknown>} ended
 * @param {{ stdout: string, stderr: string }} output
 * @returns {Promise<import("../suite.js").Report>}
 */
export async function atItsEnd(child, ended, output) {
  const late = await isLate(ended, EXIT_LIMIT);
  if (late) await stop(child);
  const name = "process: it ends by itself, with code 0 and without a warning";
  const fine = !late && child.exitCode === 0 && output.stderr === "";
  const message = late ? `it still ran ${EXIT_LIMIT} ms after its report: ${output.stderr}` : `code ${child.exitCode}: ${output.stderr}`;
  return { passed: Number(fine), failed: fine ? [] : [{ name, message }], names: [name] };
}
