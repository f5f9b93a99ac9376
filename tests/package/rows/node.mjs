// @ts-check
// Node, the one that runs the tests and those of tests/runtimes: the package imported and required by its name, in a
// process that must end by itself when all is done.

import { join } from "node:path";

import { startFaultServer } from "../../wire/faults.mjs";
import { startWireServer } from "../../wire/server.mjs";
import { joined, labelled, ok, run } from "../suite.js";
import { isLate, run as runChild, start, stop } from "./child.mjs";
import { atItsEnd } from "./ending.mjs";
import { addSuites, withProject } from "./project.mjs";
import { program } from "./runtimes.mjs";

const SUITES_LIMIT = 120_000;
const ENDURANCE_LIMIT = 240_000;
const VERSION_LIMIT = 10_000;

const ES_MODULE = "package/entries/node.mjs";
const COMMON_JS = "package/entries/node-cjs.cjs";
const SLIM = "package/entries/node-slim.mjs";
const THREADS = "package/entries/node-threads.mjs";
const FAULTS = "package/entries/faults-node.mjs";
const ENDURANCE = "package/entries/endurance.mjs";
const UNDER_PERMISSION = "package/entries/node-permission.mjs";

/** Node warns of a flag that is still experimental, which is not the package's doing. */
const PERMISSION = ["--permission", "--allow-net", "--disable-warning=ExperimentalWarning"];

/** @typedef {import("../suite.js").Report} Report */
/** @typedef {import("./project.mjs").Project} Project */
/** @typedef {(entry: string, options?: string[], limit?: number) => Promise<Report>} Suites  `limit` in milliseconds */

/** @param {string} tarball */
export const nodeEsm = (tarball) => withSuites(tarball, process.execPath, (suites) => suites(ES_MODULE));

/** @param {string} tarball */
export const nodeCjs = (tarball) => withSuites(tarball, process.execPath, (suites) => suites(COMMON_JS));

/** @param {string} tarball */
export const nodeSlim = (tarball) => withSuites(tarball, process.execPath, (suites) => suites(SLIM));

/** @param {string} tarball */
export const nodeWorkerThreads = (tarball) => withSuites(tarball, process.execPath, (suites) => suites(THREADS));

/** @param {string} tarball */
export const node20 = (tarball) => release(tarball, 20);

/** @param {string} tarball */
export const faultsNode = (tarball) =>
  withSuites(tarball, process.execPath, (suites) => suites(FAULTS), startFaultServer);

/** @param {string} tarball */
export const endurance = (tarball) =>
  withSuites(tarball, process.execPath, (suites) => suites(ENDURANCE, ["--expose-gc"], ENDURANCE_LIMIT));

/** @param {string} tarball */
export const node22 = (tarball) => release(tarball, 22);

/** @param {string} tarball */
export const node24 = (tarball) => release(tarball, 24);

/** @param {string} tarball */
export const node26 = (tarball) => release(tarball, 26);

/**
 * Under Node's permission model: what the package needs is to be read, and the network. Node 26, since earlier ones
 * do not guard the network.
 *
 * @param {string} tarball
 */
export function nodePermission(tarball) {
  return withSuites(tarball, program("node-26"), (suites, { folder }) =>
    suites(UNDER_PERMISSION, [...PERMISSION, `--allow-fs-read=${folder}`]),
  );
}

/** Both module systems in a Node of this release line. @param {string} tarball @param {number} major */
function release(tarball, major) {
  const node = program(`node-${major}`);
  return withSuites(tarball, node, async (suites) =>
    joined([
      await isOfRelease(node, major),
      labelled("ES module", await suites(ES_MODULE)),
      labelled("CommonJS", await suites(COMMON_JS)),
    ]),
  );
}

/** @param {string} node @param {number} major */
function isOfRelease(node, major) {
  return run(
    (test) => {
      test(`the program is Node ${major}`, async () => {
        const { stdout } = await runChild(node, ["--version"], { timeout: VERSION_LIMIT });
        ok(stdout.startsWith(`v${major}.`), `it says it is ${stdout.trim()}`);
      });
    },
    { atOnce: 1 },
  );
}

/**
 * Hands `use` what runs an entry of the suites in one Node, with the stand-in gateway at hand.
 *
 * @param {string} tarball
 * @param {string} node
 * @param {(suites: Suites, project: Project) => Promise<Report>} use
 * @param {() => Promise<{ origin: string, close: () => Promise<void> }>} startServer
 */
function withSuites(tarball, node, use, startServer = startWireServer) {
  return withProject(tarball, async (project) => {
    await addSuites(project);
    const wire = await startServer();
    try {
      return await use(
        (entry, options = [], limit = SUITES_LIMIT) =>
          suitesIn(node, [...options, join(project.folder, entry)], project.folder, wire.origin, limit),
        project,
      );
    } finally {
      await wire.close();
    }
  });
}

/**
 * @param {string} node
 * @param {string[]} args
 * @param {string} folder
 * @param {string} origin
 * @param {number} limit
 * @returns {Promise<Report>}
 */
async function suitesIn(node, args, folder, origin, limit) {
  const { child, output, ended } = start(node, args, {
    cwd: folder,
    env: { WIRE_ORIGIN: origin },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const reported = new Promise((resolve) => child.once("message", resolve));
  await isLate(Promise.race([reported, ended]), limit);
  const report = await Promise.race([reported, null]);
  if (!report) {
    await stop(child);
    throw new Error(
      `the suites ended without a report (${child.signalCode ?? child.exitCode}):\n${output.stdout}${output.stderr}`,
    );
  }
  const end = await atItsEnd(child, ended, output);
  // Figures that a row measures.
  if (output.stdout) console.log(output.stdout.trimEnd());
  return joined([report, end]);
}
