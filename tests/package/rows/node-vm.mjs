// @ts-check
// The package in contexts of node:vm, of which test runners and servers that isolate their pages are made.

import { build } from "esbuild";

import { withPrograms } from "./bundling.mjs";
import { NAME } from "./project.mjs";
import { suitesAsScript } from "./script.mjs";

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function nodeVm(tarball) {
  return withPrograms(tarball, async (project) => {
    const compile = (/** @type {import("esbuild").BuildOptions} */ options) =>
      build({
        absWorkingDir: project,
        entryPoints: ["package/entries/bundled.js"],
        bundle: true,
        logLevel: "silent",
        ...options,
      });
    // A script is strict only when it says so.
    const strict = { js: '"use strict";' };
    await compile({ format: "iife", globalName: "program", banner: strict, outfile: "compiled/program.js" });
    await compile({ format: "esm", external: [NAME], outfile: "compiled/program.mjs" });
    const options = ["--experimental-vm-modules", "--no-warnings"];
    return suitesAsScript(process.execPath, [...options, "package/entries/vm.mjs"], { cwd: project });
  });
}
