// @ts-check
// Rollup, with the plugin that every project has which imports anything from npm.

import { join } from "node:path";

import { PROGRAMS, inChromium, inNode, inPairs, library, withPrograms } from "./bundling.mjs";

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function rollup(tarball) {
  return withPrograms(tarball, async (project, output) => {
    const inProject = (/** @type {string} */ program) => join(project, program);
    const script = inProject(PROGRAMS.esModule);
    await Promise.all([
      bundle({ input: script, format: "es", folder: join(output, "module"), names: "[name].mjs" }),
      bundle({ input: script, format: "cjs", folder: join(output, "common"), names: "[name].cjs" }),
      bundle({
        input: [PROGRAMS.page, PROGRAMS.worker].map(inProject),
        format: "es",
        folder: join(output, "page"),
        names: "[name].js",
        browser: true,
      }),
    ]);
    return inPairs({
      "ES module": () => inNode("bundled-script.mjs", { cwd: join(output, "module") }),
      CommonJS: () => inNode("bundled-script.cjs", { cwd: join(output, "common") }),
      page: () => inChromium(join(output, "page"), { script: "bundled-page.js" }),
    });
  });
}

/**
 * @param {{ input: string | string[], format: "es" | "cjs", folder: string, names: string, browser?: boolean }} build
 */
async function bundle({ input, format, folder, names, browser = false }) {
  const { rollup } = await library("rollup");
  const { nodeResolve } = await library("@rollup/plugin-node-resolve");
  const built = await rollup({
    input,
    plugins: [nodeResolve({ browser }), json],
    onwarn({ message, loc }) {
      // What Rollup thinks of the suites' decoders is no matter of the package.
      if (!loc?.file?.includes("@scure")) throw new Error(message);
    },
  });
  await built.write({ dir: folder, format, entryFileNames: names, chunkFileNames: `chunk-${names}` });
  await built.close();
}

/** The suites read a file of JSON; the package has none. */
const json = {
  name: "json",
  /** @param {string} code @param {string} file */
  transform: (code, file) => (file.endsWith(".json") ? { code: `export default ${code}`, map: null } : null),
};
