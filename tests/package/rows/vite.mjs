// @ts-check
// Vite: a production build of a page, its development server, and a build for Node.

import { join } from "node:path";

import { startWireServer } from "../../wire/server.mjs";
import { stop, start } from "./child.mjs";
import { reportOfPage } from "./browsers.mjs";
import { FOLDER, PROGRAMS, QUIET, inChromium, inNode, inPairs, printed, tool, withPrograms } from "./bundling.mjs";

const VITE = "vite/bin/vite.js";
const START_LIMIT = 30_000;

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function vite(tarball) {
  return withPrograms(tarball, async (project, output) => {
    const page = join(output, "page");
    const build = (/** @type {string[]} */ args) => tool(VITE, ["build", ...args], { cwd: project });
    // Where the page is served from, which is nothing that a build could know.
    await build(["--base", "./", "--outDir", page]);
    // Vite leaves the packages of a server where they are, in node_modules.
    await build(["--ssr", PROGRAMS.esModule, "--outDir", "server"]);
    return inPairs({
      page: () => inChromium(page),
      "development server": () => inDevelopment(project),
      ssr: () => inNode("server/bundled-script.js", { cwd: project }),
    });
  });
}

/** @param {string} project */
async function inDevelopment(project) {
  const wire = await startWireServer();
  const args = [join(FOLDER, "node_modules", VITE), "--host", "127.0.0.1", "--port", "0"];
  const server = start(process.execPath, args, { cwd: project, env: QUIET });
  try {
    const address = await printed(server, /http:\/\/127\.0\.0\.1:\d+\//, START_LIMIT);
    return await reportOfPage(`${address}?wire=${encodeURIComponent(wire.origin)}`, wire);
  } finally {
    await stop(server.child);
    await wire.close();
  }
}
