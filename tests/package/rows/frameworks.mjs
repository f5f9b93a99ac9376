// @ts-check
// Frameworks that bundle a server's program themselves: one route in each, built as for production and served by Node,
// and for Nitro, which Nuxt is built on, as a Cloudflare Worker too.

import { cp, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { startWireServer } from "../../wire/server.mjs";
import { QUIET, answerOf, inPairs, printed, tool, withPrograms } from "./bundling.mjs";
import { start, stop } from "./child.mjs";
import { suitesOf } from "./miniflare.mjs";
import { TESTS, link } from "./project.mjs";
import { program } from "./runtimes.mjs";

const FOLDER = join(TESTS, "frameworks");
/** They need Node 22. */
const NODE = "node-24";
const ROUTE = "suites";
const START_LIMIT = 30_000;

/** As README.md says. */
const FOR_WORKERS = `export default { compatibilityDate: "2025-09-01", experimental: { wasm: true } };\n`;

/** @typedef {import("../suite.js").Report} Report */

/** @param {string} tarball @returns {Promise<Report>} */
export function nitro(tarball) {
  return withProjectOf("nitro", tarball, [], async (project, build) => {
    const nitro = "nitropack/dist/cli/index.mjs";
    await build(nitro, ["build", "--preset", "node_server"]);
    await rename(join(project, ".output"), join(project, "for-node"));
    await writeFile(join(project, "nitro.config.js"), FOR_WORKERS);
    await build(nitro, ["build", "--preset", "cloudflare_module"]);
    return inPairs({
      Node: () => served(project, "for-node/server/index.mjs"),
      "Cloudflare Worker": () => suitesOf(join(project, ".output/server"), { script: "index.mjs", path: ROUTE }),
    });
  });
}

/** @param {string} tarball @returns {Promise<Report>} */
export function sveltekit(tarball) {
  const packages = ["@sveltejs/adapter-node", "@sveltejs/kit", "svelte", "vite"];
  return withProjectOf("sveltekit", tarball, packages, async (project, build) => {
    await build("vite/bin/vite.js", ["build"]);
    return served(project, "build/index.js");
  });
}

/** @param {string} tarball @returns {Promise<Report>} */
export function astro(tarball) {
  return withProjectOf("astro", tarball, ["@astrojs/node", "astro"], async (project, build) => {
    await build("astro/bin/astro.mjs", ["build"]);
    return served(project, "dist/server/entry.mjs");
  });
}

/**
 * Hands `use` a project from entries/ of a framework, whose packages are linked into it, and what builds it.
 *
 * @param {string} framework
 * @param {string} tarball
 * @param {string[]} packages
 * @param {(project: string, build: (program: string, args: string[]) => Promise<void>) => Promise<Report>} use
 */
function withProjectOf(framework, tarball, packages, use) {
  const node = program(NODE);
  return withPrograms(tarball, async (project) => {
    await cp(join(project, "package/entries", framework), project, { recursive: true });
    await link(project, packages, join(FOLDER, "node_modules"));
    return use(project, (path, args) => tool(path, args, { cwd: project, node, folder: FOLDER }));
  });
}

/** What a built server answers. @param {string} project @param {string} script @returns {Promise<Report>} */
async function served(project, script) {
  const server = start(program(NODE), [script], { cwd: project, env: { ...QUIET, HOST: "127.0.0.1", PORT: "0" } });
  const wire = await startWireServer();
  try {
    const address = await printed(server, /http:\/\/127\.0\.0\.1:\d+/, START_LIMIT);
    return await answerOf(`${address}/${ROUTE}?wire=${encodeURIComponent(wire.origin)}`);
  } finally {
    await stop(server.child);
    await wire.close();
  }
}
