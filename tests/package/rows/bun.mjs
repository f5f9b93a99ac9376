// @ts-check
// Bun: the package imported, required, and bundled by Bun itself.

import { joined, labelled, ok } from "../suite.js";
import { account, run as runChild } from "./child.mjs";
import { addSuites, withProject } from "./project.mjs";
import { program } from "./runtimes.mjs";
import { suitesAsScript } from "./script.mjs";
import { withFolder } from "./temporary.mjs";

const ES_MODULE = "package/entries/script.mjs";
const COMMON_JS = "package/entries/script.cjs";
const BUNDLING_LIMIT = 60_000;

/** @typedef {import("../suite.js").Report} Report */

/** @param {string} tarball @returns {Promise<Report>} */
export function bun(tarball) {
  const binary = program("bun");
  return withProject(tarball, async (project) => {
    await addSuites(project);
    return joined([
      labelled("ES module", await suites(binary, project.folder, ES_MODULE)),
      labelled("CommonJS", await suites(binary, project.folder, COMMON_JS)),
      labelled("bundle", await bundled(binary, project.folder)),
    ]);
  });
}

/** @param {string} binary @param {string} folder @param {string} script */
function suites(binary, folder, script) {
  // What it misses it would otherwise install, from the network.
  return suitesAsScript(binary, ["run", "--no-install", script], { cwd: folder });
}

/** Runs a bundle where there is no package to fall back on. @param {string} binary @param {string} project */
function bundled(binary, project) {
  return withFolder("bundle", async (folder) => {
    const args = ["build", ES_MODULE, "--target=bun", `--outdir=${folder}`];
    const ended = await runChild(binary, args, { cwd: project, timeout: BUNDLING_LIMIT });
    ok(ended.code === 0, account(ended));
    return suites(binary, folder, "script.js");
  });
}
