// @ts-check
// esbuild: one minified file per program, run where there is nothing else.

import { join } from "node:path";

import { build } from "esbuild";

import { PROGRAMS, inChromium, inNode, inPairs, withPrograms } from "./bundling.mjs";

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function esbuild(tarball) {
  return withPrograms(tarball, async (project, output) => {
    const bundle = (/** @type {import("esbuild").BuildOptions} */ options) =>
      build({ absWorkingDir: project, bundle: true, minify: true, logLevel: "silent", ...options });
    const node = /** @type {const} */ ({ platform: "node", entryPoints: [PROGRAMS.esModule] });
    await Promise.all([
      bundle({ ...node, format: "esm", outfile: join(output, "module.mjs") }),
      bundle({ ...node, format: "cjs", outfile: join(output, "common.cjs") }),
      bundle({ ...node, entryPoints: [PROGRAMS.commonJs], format: "cjs", outfile: join(output, "required.cjs") }),
      bundle({
        entryPoints: [PROGRAMS.page, PROGRAMS.worker],
        format: "esm",
        splitting: true,
        sourcemap: true,
        outdir: join(output, "page"),
      }),
    ]);
    return inPairs({
      "ES module": () => inNode("module.mjs", { cwd: output }),
      CommonJS: () => inNode("common.cjs", { cwd: output }),
      "CommonJS of require": () => inNode("required.cjs", { cwd: output }),
      page: () => inChromium(join(output, "page"), { script: "bundled-page.js" }),
    });
  });
}
