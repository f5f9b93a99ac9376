// @ts-check
// Parcel: a page, and a program for Node.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { PAGE, PROGRAMS, extendManifest, inChromium, inNode, inPairs, tool, withPrograms } from "./bundling.mjs";

const PARCEL = "parcel/lib/bin.js";

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function parcel(tarball) {
  return withPrograms(tarball, async (project, output) => {
    const build = (/** @type {string[]} */ args) =>
      tool(PARCEL, ["build", ...args, "--no-autoinstall", "--log-level", "warn"], { cwd: project });
    const page = join(output, "page");
    await build([PAGE, "--dist-dir", page, "--public-url", "./"]);

    // The outputs for Node are named in the project's package.json, and leave packages out unless they are told not to.
    const target = { context: "node", engines: { node: ">=20" }, includeNodeModules: true };
    await extendManifest(project, {
      module: "module/main.mjs",
      main: "common/main.cjs",
      targets: { module: target, main: target },
    });
    await build([PROGRAMS.esModule, "--target", "module"]);
    await build([PROGRAMS.commonJs, "--target", "main"]);
    // Its parts end in .js, which in this project are ES modules.
    await writeFile(join(project, "common/package.json"), "{}");
    return inPairs({
      page: () => inChromium(page),
      "ES module": () => inNode("main.mjs", { cwd: join(project, "module") }),
      "CommonJS of require": () => inNode("main.cjs", { cwd: join(project, "common") }),
    });
  });
}
