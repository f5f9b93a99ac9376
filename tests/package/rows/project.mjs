// @ts-check
// A project of a user: a temporary folder into which npm has installed the packed package, and the suites copied
// beside it, so that they import "alphapo-wasm" by its name and through its exports map.

import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { account, run } from "./child.mjs";
import { withFolder } from "./temporary.mjs";

export const NAME = "alphapo-wasm";
export const TESTS = fileURLToPath(new URL("../..", import.meta.url));
const INSTALL_LIMIT = 60_000;

/** A project into which npm has just installed the tarball, for all rows of one run of `cargo xtask test`. */
const { INSTALLED_PROJECT } = process.env;

/** What the decoders of the sandbox suite need, copied from the tests' own node_modules. */
const DECODER_PACKAGES = ["@noble/hashes", "@scure/base"];

/**
 * @typedef {object} Project
 * @property {string} folder
 * @property {string} packageFolder  where npm put the package
 * @property {PackageJson} packageJson  the package's
 */
/**
 * @typedef {{ name: string, version: string, exports: Record<string, unknown>, [field: string]: any }} PackageJson
 */

/**
 * Hands a project to `use` and removes it afterwards.
 *
 * @template T
 * @param {string} tarball
 * @param {(project: Project) => Promise<T>} use
 * @returns {Promise<T>}
 */
export function withProject(tarball, use) {
  return withFolder("project", async (folder) => {
    await install(folder, tarball);
    const packageFolder = join(folder, "node_modules", NAME);
    const packageJson = JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8"));
    return use({ folder, packageFolder, packageJson });
  });
}

/** @param {string} folder @param {string} tarball */
export async function install(folder, tarball) {
  // Its links are relative, and stay so.
  if (INSTALLED_PROJECT) return cp(INSTALLED_PROJECT, folder, { recursive: true, verbatimSymlinks: true });
  await writeFile(join(folder, "package.json"), '{ "name": "project", "private": true, "type": "module" }\n');
  // Offline: a package that needed another one, or a script, would not install.
  const ended = await run(
    "npm",
    ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", tarball],
    { cwd: folder, timeout: INSTALL_LIMIT },
  );
  if (ended.code !== 0) throw new Error(`npm install of the tarball failed: ${account(ended)}`);
}

/** Copies the suites and their entries, in the layout they have here. @param {Project} project */
export async function addSuites({ folder }) {
  const rows = join(TESTS, "package", "rows");
  for (const part of ["package", "wire"]) {
    await cp(join(TESTS, part), join(folder, part), { recursive: true, filter: (source) => source !== rows });
  }
  // No links: a project that may read only itself could not follow them.
  for (const name of DECODER_PACKAGES) {
    await cp(join(TESTS, "node_modules", name), join(folder, "node_modules", name), { recursive: true });
  }
}

/**
 * Links packages into a project's node_modules, as a rule those of the tests' own.
 *
 * @param {string} folder
 * @param {string[]} packages
 * @param {string} [source]
 */
export async function link(folder, packages, source = join(TESTS, "node_modules")) {
  for (const name of packages) {
    const place = join(folder, "node_modules", name);
    await mkdir(dirname(place), { recursive: true });
    await symlink(join(source, name), place);
  }
}

/**
 * The file that an export leads to under some conditions, as runtimes resolve it: the first condition in the
 * package's own order that applies (Node.js, Packages, "Conditional exports").
 *
 * @param {PackageJson} packageJson
 * @param {string} subpath  "." or "./…"
 * @param {string[]} conditions
 * @returns {string} relative to the package's folder, without "./"
 */
export function resolveExport({ exports }, subpath, conditions) {
  const target = pick(exports[subpath], conditions);
  if (!target) throw new Error(`exports["${subpath}"] has nothing for the conditions ${conditions.join(", ")}`);
  return target.replace(/^\.\//, "");
}

/** @param {unknown} target @param {string[]} conditions @returns {string | undefined} */
function pick(target, conditions) {
  if (typeof target === "string" || !target) return /** @type {string | undefined} */ (target);
  for (const [condition, inner] of Object.entries(target)) {
    const found = condition === "default" || conditions.includes(condition) ? pick(inner, conditions) : undefined;
    if (found) return found;
  }
  return undefined;
}

/**
 * The imports of an import map for the package and the suites' decoders.
 *
 * @param {PackageJson} packageJson
 * @param {string} folder  the address of node_modules
 * @param {string[]} conditions
 * @returns {Record<string, string>}
 */
export function importsOf(packageJson, folder, conditions) {
  const ofPackage = (/** @type {string} */ subpath) =>
    `${folder}${NAME}/${resolveExport(packageJson, subpath, conditions)}`;
  return {
    [NAME]: ofPackage("."),
    [`${NAME}/sandbox`]: ofPackage("./sandbox"),
    [`${NAME}/signature`]: ofPackage("./signature"),
    ...Object.fromEntries(DECODER_PACKAGES.map((name) => [`${name}/`, `${folder}${name}/`])),
    "@scure/base": `${folder}@scure/base/index.js`,
  };
}
