// @ts-check
// What the rows of bundlers share: the project they start from, the tools of tests/bundlers, and how what they put
// out is run. It may not know how any of them is told what to do.

import { readFile, readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { startWireServer } from "../../wire/server.mjs";
import { joined, labelled, ok, pause } from "../suite.js";
import { account, run as runChild } from "./child.mjs";
import { reportOfPage } from "./browsers.mjs";
import { TESTS, addSuites, withProject } from "./project.mjs";
import { suitesAsScript } from "./script.mjs";
import { withFolder } from "./temporary.mjs";

/** @typedef {import("../suite.js").Report} Report */

export const FOLDER = join(TESTS, "bundlers");

/** The programs of entries/, as paths in the project. */
export const PROGRAMS = {
  esModule: "package/entries/bundled-script.js",
  commonJs: "package/entries/bundled-script.cjs",
  page: "package/entries/bundled-page.js",
  worker: "package/entries/bundled-worker.js",
};
/** The page, for bundlers that begin with one. */
export const PAGE = "index.html";

const TOOL_LIMIT = 120_000;

/** No bundler may ask the network for a newer one, or tell anybody that it ran. */
export const QUIET = {
  ASTRO_TELEMETRY_DISABLED: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  NITRO_TELEMETRY_DISABLED: "1",
  NO_UPDATE_NOTIFIER: "1",
  NO_COLOR: "1",
  FORCE_COLOR: undefined,
  CI: "1",
};

/**
 * Hands `use` a user's project and an empty folder for what is made of it, where there is no package to fall back on.
 *
 * @template T
 * @param {string} tarball
 * @param {(project: string, output: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
export function withPrograms(tarball, use) {
  return withProject(tarball, async (project) => {
    await addSuites(project);
    const page = await readFile(join(project.folder, "package/entries/bundled.html"), "utf8");
    await writeFile(join(project.folder, PAGE), page);
    return withFolder("bundled", (output) => use(project.folder, output));
  });
}

/** Adds what a tool looks for in the project's package.json. @param {string} project @param {object} fields */
export async function extendManifest(project, fields) {
  const file = join(project, "package.json");
  const manifest = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify({ ...manifest, ...fields }));
}

/** A tool of tests/bundlers that is a library. @param {string} name @returns {Promise<any>} */
export async function library(name) {
  const path = createRequire(join(FOLDER, "package.json")).resolve(name);
  return import(pathToFileURL(path).href);
}

/**
 * Runs a tool of tests/bundlers that is a program.
 *
 * @param {string} path  in its node_modules
 * @param {string[]} args
 * @param {{ cwd: string, node?: string, folder?: string }} options  `node` is the one to run it with, `folder` is for
 *   a tool that is a project's own
 */
export async function tool(path, args, { cwd, node = process.execPath, folder = FOLDER }) {
  const program = join(folder, "node_modules", path);
  const ended = await runChild(node, [program, ...args], { cwd, env: QUIET, timeout: TOOL_LIMIT });
  ok(ended.code === 0, `${path} ${args.join(" ")}: ${account(ended)}`);
}

/**
 * What a server prints when it is ready.
 *
 * @param {ReturnType<typeof import("./child.mjs").start>} server
 * @param {RegExp} what
 * @param {number} ms
 */
export async function printed({ output, ended }, what, ms) {
  let over = false;
  ended.finally(() => (over = true));
  for (const until = Date.now() + ms; Date.now() < until && !over; await pause(50)) {
    const [found] = what.exec(output.stdout) ?? [];
    if (found) return found;
  }
  throw new Error(`it did not print ${what}:\n${output.stdout}${output.stderr}`);
}

/** The report that a server answers with. @param {string} url @returns {Promise<Report>} */
export async function answerOf(url) {
  const answer = await fetch(url);
  ok(answer.ok, `${url} answered ${answer.status}: ${(await answer.clone().text()).slice(0, 1_000)}`);
  return answer.json();
}

/** Runs the suites in Node. @param {string} script @param {{ cwd: string }} options */
export function inNode(script, options) {
  return suitesAsScript(process.execPath, [script], options);
}

/**
 * Runs the suites in Chromium, on a page of this folder. Where the bundler made none, the page is written here.
 *
 * @param {string} folder
 * @param {{ script?: string }} [made]  what the bundler made instead of a page
 */
export async function inChromium(folder, { script } = {}) {
  if (script) await writePage(folder, script);
  const wire = await startWireServer({ staticRoot: folder });
  try {
    return await reportOfPage(`${wire.origin}/app/${PAGE}`, wire);
  } finally {
    await wire.close();
  }
}

/** @param {string} folder @param {string} script */
async function writePage(folder, script) {
  const template = await readFile(new URL("../entries/bundled.html", import.meta.url), "utf8");
  await writeFile(join(folder, PAGE), template.replace(`./${PROGRAMS.page}`, `./${script}`));
}

/** The only file with this ending that a bundler put there. @param {string} folder @param {string} ending */
export async function onlyFile(folder, ending) {
  const files = (await readdir(folder)).filter((file) => file.endsWith(ending));
  ok(files.length === 1, `${folder} has ${files.length} files *${ending}: ${await readdir(folder)}`);
  return join(folder, files[0]);
}

/**
 * Runs what takes its time in waiting, two at once: the tests measure time, and a machine may have two processors.
 *
 * @param {Record<string, () => Promise<Report>>} runs  by what each is called
 * @returns {Promise<Report>}
 */
export async function inPairs(runs) {
  /** @type {Report[]} */
  const reports = [];
  const queue = Object.entries(runs).entries();
  const worker = async () => {
    for (const [index, [label, run]] of queue) reports[index] = labelled(label, await run().catch(notRun));
  };
  await Promise.all([worker(), worker()]);
  return joined(reports);
}

/** One that could not be run must not hide the others. @param {any} error @returns {Report} */
function notRun(error) {
  return { passed: 0, failed: [{ name: "the run", message: error?.stack ?? String(error) }], names: ["the run"] };
}
