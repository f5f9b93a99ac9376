// @ts-check
// Next.js, built by each of its bundlers and served as in production: a route in Node, a route in the edge runtime,
// and a page's client. What hosts add to that is not shown here.

import { cp, readFile, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { startWireServer } from "../../wire/server.mjs";
import { joined, labelled } from "../suite.js";
import { start, stop } from "./child.mjs";
import { reportOfPage } from "./browsers.mjs";
import { FOLDER, QUIET, answerOf, inPairs, printed, tool, withPrograms } from "./bundling.mjs";

const NEXT = "next/dist/bin/next";
const START_LIMIT = 30_000;

/** @typedef {import("../suite.js").Report} Report */

/** @param {string} tarball @returns {Promise<Report>} */
export function next(tarball) {
  return withPrograms(tarball, async (project) => {
    await cp(join(project, "package/entries/next"), project, { recursive: true });
    await installNext(project, ["next", "react", "react-dom"]);
    const turbopack = await built(project, "turbopack", ["api/node", "api/edge", "api/edge-function"]);
    // With an edge route under app/, Next.js 16.4 does not get through its build by webpack, whatever is in the route.
    await rm(join(project, "app/api/edge"), { recursive: true });
    return joined([turbopack, await built(project, "webpack", ["api/node", "api/edge-function"])]);
  });
}

/** @param {string} project @param {string} builder @param {string[]} routes @returns {Promise<Report>} */
async function built(project, builder, routes) {
  await rm(join(project, ".next"), { recursive: true, force: true });
  await tool(NEXT, ["build", `--${builder}`], { cwd: project, folder: project });
  return labelled(builder, await served(project, routes));
}

/** @param {string} project @param {string[]} routes @returns {Promise<Report>} */
async function served(project, routes) {
  const args = [join(project, "node_modules", NEXT), "start", "--hostname", "127.0.0.1", "--port", "0"];
  const server = start(process.execPath, args, { cwd: project, env: QUIET });
  const wire = await startWireServer();
  try {
    const address = await printed(server, /http:\/\/127\.0\.0\.1:\d+/, START_LIMIT);
    const search = `?wire=${encodeURIComponent(wire.origin)}`;
    return await inPairs({
      ...Object.fromEntries(routes.map((route) => [route, () => answerOf(`${address}/${route}${search}`)])),
      page: () => reportOfPage(`${address}/${search}`, wire),
    });
  } finally {
    await stop(server.child);
    await wire.close();
  }
}

/**
 * Copies packages of tests/bundlers and what they depend on: Turbopack follows no links out of a project, and there may
 * be only one React.
 *
 * @param {string} project
 * @param {string[]} names
 */
export async function installNext(project, names) {
  const wanted = new Set(names);
  for (const name of wanted) {
    const source = join(FOLDER, "node_modules", name);
    // Optional ones are there for this machine only.
    if (!existsSync(source)) continue;
    await cp(source, join(project, "node_modules", name), { recursive: true });
    const { dependencies, optionalDependencies } = JSON.parse(await readFile(join(source, "package.json"), "utf8"));
    for (const more of Object.keys({ ...dependencies, ...optionalDependencies })) wanted.add(more);
  }
}
