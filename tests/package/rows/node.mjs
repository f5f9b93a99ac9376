// @ts-check
// Node: the package imported and required by its name, in a process that must end by itself when all is done.

import { join } from "node:path";

import { startWireServer } from "../../wire/server.mjs";
import { joined } from "../suite.js";
import { isLate, start, stop } from "./child.mjs";
import { addSuites, withProject } from "./project.mjs";

const SUITES_LIMIT = 120_000;
/** Timers, sockets or a worker left behind would keep the process, and every user's script, from ending. */
const EXIT_LIMIT = 3_000;

/** @param {string} tarball */
export const nodeEsm = (tarball) => row(tarball, "package/entries/node.mjs");

/** @param {string} tarball */
export const nodeCjs = (tarball) => row(tarball, "package/entries/node-cjs.cjs");

/** @param {string} tarball @param {string} entry */
function row(tarball, entry) {
  return withProject(tarball, async (project) => {
    await addSuites(project);
    const wire = await startWireServer();
    try {
      return await suitesIn(project.folder, entry, wire.origin);
    } finally {
      await wire.close();
    }
  });
}

/** @param {string} folder @param {string} entry @param {string} origin @returns {Promise<import("../suite.js").Report>} */
async function suitesIn(folder, entry, origin) {
  const { child, output, ended } = start(process.execPath, [join(folder, entry)], {
    cwd: folder,
    env: { WIRE_ORIGIN: origin },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const reported = new Promise((resolve) => child.once("message", resolve));
  await isLate(Promise.race([reported, ended]), SUITES_LIMIT);
  const report = await Promise.race([reported, null]);
  if (!report) {
    await stop(child);
    throw new Error(
      `the suites ended without a report (${child.signalCode ?? child.exitCode}):\n${output.stdout}${output.stderr}`,
    );
  }
  return joined([report, await atItsEnd(child, ended, output)]);
}

/**
 * How the process ends after its report.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @param {Promise<unknown>} ended
 * @param {{ stdout: string, stderr: string }} output
 */
async function atItsEnd(child, ended, output) {
  const late = await isLate(ended, EXIT_LIMIT);
  if (late) await stop(child);
  const name = "process: it ends by itself, with code 0 and without a warning";
  const fine = !late && child.exitCode === 0 && output.stderr === "";
  const message = late ? `it still ran ${EXIT_LIMIT} ms after its report` : `code ${child.exitCode}: ${output.stderr}`;
  return { passed: Number(fine), failed: fine ? [] : [{ name, message }], names: [name] };
}
