// @ts-check
// tsup: a library in both module systems that carries the package in itself.

import { join } from "node:path";

import { NAME } from "./project.mjs";
import { PROGRAMS, extendManifest, inNode, inPairs, tool, withPrograms } from "./bundling.mjs";
import { program } from "./runtimes.mjs";

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function tsup(tarball) {
  // It needs Node 22.
  const node = program("node-24");
  return withPrograms(tarball, async (project, output) => {
    // It leaves a project's dependencies out of its output, unless it is told otherwise.
    await extendManifest(project, { tsup: { noExternal: [NAME] } });
    const args = [PROGRAMS.esModule, "--format", "cjs,esm", "--minify", "--out-dir", output];
    await tool("tsup/dist/cli-default.js", args, { cwd: project, node });
    return inPairs({
      "ES module": () => inNode("bundled-script.js", { cwd: output }),
      CommonJS: () => inNode("bundled-script.cjs", { cwd: output }),
    });
  });
}
