// @ts-check
// webpack and Rspack, which are told what to do in the same words: production builds for pages and for Node.

import { join } from "node:path";

import { ok } from "../suite.js";
import { PROGRAMS, inChromium, inNode, inPairs, library, withPrograms } from "./bundling.mjs";

/** @typedef {import("../suite.js").Report} Report */

/** @param {string} tarball @returns {Promise<Report>} */
export function webpack(tarball) {
  return rowOf("webpack", tarball);
}

/** @param {string} tarball @returns {Promise<Report>} */
export function rspack(tarball) {
  return rowOf("@rspack/core", tarball);
}

/** @param {string} name @param {string} tarball */
async function rowOf(name, tarball) {
  const bundler = await library(name);
  return withPrograms(tarball, async (project, output) => {
    const module = { experiments: { outputModule: true }, output: { module: true, filename: "main.mjs" } };
    const builds = [
      { name: "page", target: "web", entry: PROGRAMS.page },
      { name: "module", target: "node", entry: PROGRAMS.esModule, ...module },
      { name: "common", target: "node", entry: PROGRAMS.commonJs, output: { filename: "main.cjs" } },
    ];
    for (const { entry, ...options } of builds) {
      await compile(bundler.default, {
        mode: "production",
        context: project,
        // The suites are larger than webpack likes a page to be, of which it would warn.
        performance: false,
        entry: `./${entry}`,
        ...options,
        output: { path: join(output, options.name), ...options.output },
      });
    }
    return inPairs({
      page: () => inChromium(join(output, "page"), { script: "main.js" }),
      "ES module": () => inNode("main.mjs", { cwd: join(output, "module") }),
      "CommonJS of require": () => inNode("main.cjs", { cwd: join(output, "common") }),
    });
  });
}

/** @param {any} bundler  webpack or what is called like it @param {object} options */
export async function compile(bundler, options) {
  const stats = await new Promise((resolve, reject) => {
    const compiler = bundler(options);
    compiler.run((/** @type {Error | null} */ error, /** @type {any} */ stats) => {
      compiler.close(() => (error ? reject(error) : resolve(stats)));
    });
  });
  const said = stats.toString({ all: false, errors: true, warnings: true });
  ok(said === "", said);
}
