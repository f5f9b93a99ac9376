// @ts-check
// Jest and Vitest, which run a project's tests in realms of their own: what users test with the sandbox, and all
// suites there.

import { symlink } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";

import { startWireServer } from "../../wire/server.mjs";
import { joined, ok, run } from "../suite.js";
import { account, run as runChild } from "./child.mjs";
import { FOLDER, QUIET, inPairs, withPrograms } from "./bundling.mjs";
import { NAME } from "./project.mjs";
import { program } from "./runtimes.mjs";

const TESTS_LIMIT = 150_000;
const REPORT_LIMIT = 1_000;
const TEST = "package/entries/user.test.mjs";

/** @typedef {import("../suite.js").Report} Report */

/** @param {string} tarball @returns {Promise<Report>} */
export function jest(tarball) {
  return withPrograms(tarball, async (project) => {
    // Jest takes CommonJS unless it is told otherwise; tests in other syntax are compiled to it, the package is not.
    await build({
      absWorkingDir: project,
      entryPoints: [TEST],
      outfile: join(project, "compiled/user.test.cjs"),
      bundle: true,
      format: "cjs",
      platform: "node",
      external: [NAME],
      // Jest's CommonJS has no import().
      supported: { "dynamic-import": false },
      logLevel: "silent",
    });
    const jest = (/** @type {string} */ match, /** @type {string[]} */ options) => () =>
      testRun(
        process.execPath,
        [...options, join(FOLDER, "node_modules/jest/bin/jest.js"), "--testMatch", `**/${match}`, "--watchman=false"],
        project,
      );
    return inPairs({
      CommonJS: jest("compiled/user.test.cjs", []),
      "ES modules": jest(TEST, ["--experimental-vm-modules", "--no-warnings"]),
    });
  });
}

/** @param {string} tarball @returns {Promise<Report>} */
export function vitest(tarball) {
  // It needs Node 22.
  const node = program("node-24");
  return withPrograms(tarball, async (project) => {
    await symlink(join(FOLDER, "node_modules/vitest"), join(project, "node_modules/vitest"));
    const vitest = (/** @type {string} */ pool) => () =>
      testRun(
        node,
        [join(FOLDER, "node_modules/vitest/vitest.mjs"), "run", "--globals", `--pool=${pool}`, TEST],
        project,
      );
    return inPairs({ processes: vitest("forks"), threads: vitest("threads"), "vm contexts": vitest("vmThreads") });
  });
}

/**
 * Runs a project's tests, which post the report of the suites among them.
 *
 * @param {string} node
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<Report>}
 */
async function testRun(node, args, cwd) {
  const wire = await startWireServer();
  try {
    const env = { ...QUIET, WIRE_ORIGIN: wire.origin };
    const ended = await runChild(node, args, { cwd, env, timeout: TESTS_LIMIT });
    const report = /** @type {any} */ (await wire.waitForReport(REPORT_LIMIT).catch((error) => ({ error })));
    if (report.error) throw new Error(`${report.error}: ${account(ended)}`);
    const own = await run((test) => test("the project's own tests", () => ok(ended.code === 0, account(ended))), {
      atOnce: 1,
    });
    return joined([own, report]);
  } finally {
    await wire.close();
  }
}
