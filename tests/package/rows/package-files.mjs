// @ts-check
// The tarball as npm would publish it: which files, how large, what package.json says of them, and that nothing in
// it tells of the machine it was made on. It may not run the package.

import { readFile, readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { publint } from "publint";
import { formatMessage } from "publint/utils";

import { equal, ok, run } from "../suite.js";
import { account, run as runChild } from "./child.mjs";
import { NAME, TESTS, withProject } from "./project.mjs";

const ATTW_LIMIT = 60_000;

/** What the client's module may weigh, in bytes. */
const LARGEST_WASM = 80 * 1024;
const LARGEST_WASM_IN_GZIP = 36 * 1024;

/** What the tarball must hold, one path per line: a new file is a decision, and shows in review. */
const FILES_LIST = new URL("../files.txt", import.meta.url);

/** The conditions of an entry with a module in it, those of one runtime before those that every runtime takes. */
const CONDITIONS = ["workerd", "edge-light", "import", "require"];

/** Where people and build machines keep their files, unless it is the middle of a URL. */
const PLACES = [
  /(?<![\w.:/-])\/(?:home|root|Users|tmp|mnt|builds?|github\/workspace)\/[\w./-]+/g,
  /\b[A-Z]:\\+Users\b/g,
  /[\w./-]*\.cargo\/registry[\w./-]*/g,
];

/** @typedef {import("./project.mjs").Project} Project */
/** @typedef {import("../suite.js").Test} Test */

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function packageFiles(tarball) {
  return withProject(tarball, async (project) => {
    const files = await filesIn(project.packageFolder);
    return run(
      (test) => {
        list(test, files);
        weights(test, project);
        manifest(test, project, files);
        privacy(test, project, files);
        linters(test, project, tarball);
      },
      { atOnce: 1 },
    );
  });
}

/** @param {string} folder @returns {Promise<string[]>} */
async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1)).sort();
}

/** @param {Test} test @param {string[]} files */
function list(test, files) {
  test("the files are those of tests/package/files.txt", async () => {
    const expected = (await readFile(FILES_LIST, "utf8")).split("\n").filter(Boolean);
    equal(
      files.filter((file) => !expected.includes(file)),
      [],
      "files that are not on the list",
    );
    equal(
      expected.filter((file) => !files.includes(file)),
      [],
      "files that are missing",
    );
  });
}

/** @param {Test} test @param {Project} project */
function weights(test, { packageFolder }) {
  test("dist/alphapo.wasm is within its budget, and is WebAssembly", async () => {
    const wasm = await readFile(join(packageFolder, "dist/alphapo.wasm"));
    ok(WebAssembly.validate(wasm), "it is no valid module");
    const gzip = gzipSync(wasm, { level: 9 }).length;
    ok(wasm.length <= LARGEST_WASM, `it has ${wasm.length} bytes, more than ${LARGEST_WASM}`);
    ok(gzip <= LARGEST_WASM_IN_GZIP, `it has ${gzip} bytes in gzip, more than ${LARGEST_WASM_IN_GZIP}`);
  });

  test("dist/alphapo.wasm keeps no names, no debug information and no word on its producers", async () => {
    const module = new WebAssembly.Module(await readFile(join(packageFolder, "dist/alphapo.wasm")));
    for (const section of ["name", "producers", "target_features", ".debug_info", "sourceMappingURL"]) {
      equal(WebAssembly.Module.customSections(module, section).length, 0, section);
    }
  });
}

/** @param {Test} test @param {Project} project @param {string[]} files */
function manifest(test, { packageJson }, files) {
  test("package.json says who it is", () => {
    equal([packageJson.name, packageJson.type], [NAME, "module"]);
    ok(/^\(?MIT OR Apache-2\.0\)?$/.test(packageJson.license), packageJson.license);
    ok(/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(packageJson.version), packageJson.version);
    ok(packageJson.description?.length > 20, `description: ${packageJson.description}`);
    ok(packageJson.keywords?.length > 0, "it has no keywords");
    ok(!packageJson.private, "it is private");
  });

  test("package.json asks for nothing: no dependency, no script", () => {
    for (const field of ["dependencies", "peerDependencies", "optionalDependencies", "bundledDependencies", "bin"]) {
      equal(packageJson[field], undefined, field);
    }
    const onInstall = Object.keys(packageJson.scripts ?? {}).filter((name) => /install|prepare|prepublish/.test(name));
    equal(onInstall, [], "scripts that run at the user's");
  });

  test("every export leads to a file of the package", () => {
    const targets = targetsOf(packageJson.exports);
    ok(targets.length > 0, "it exports nothing");
    equal(
      targets.filter((target) => !files.includes(target.replace(/^\.\//, ""))),
      [],
      "targets that are missing",
    );
  });

  test("every export has the conditions it needs, types first", () => {
    equal(conditionsOf(packageJson.exports["."]), CONDITIONS, 'conditions of "."');
    equal(conditionsOf(packageJson.exports["./sandbox"]), CONDITIONS, 'conditions of "./sandbox"');
    const code = Object.entries(packageJson.exports).filter(([subpath]) => !/\.(json|wasm)$/.test(subpath));
    equal(
      code.map(([subpath]) => subpath),
      [".", "./sandbox", "./sandbox/node"],
      "subpaths",
    );
    for (const [subpath, target] of code) typesFirst(subpath, target);
  });

  test("every entry is marked as having an effect when imported, or bundlers drop the start of the module", () => {
    const { sideEffects } = packageJson;
    if (sideEffects === undefined || sideEffects === true) return;
    ok(Array.isArray(sideEffects), `sideEffects is ${JSON.stringify(sideEffects)}`);
    const modules = [packageJson.exports["."], packageJson.exports["./sandbox"]];
    const entries = modules.flatMap(targetsOf).filter((target) => /\.c?js$/.test(target));
    equal(
      entries.filter((entry) => !sideEffects.includes(entry)),
      [],
      "entries that are not listed",
    );
  });
}

/** @param {unknown} target @returns {string[]} */
function targetsOf(target) {
  if (typeof target === "string") return [target];
  return Object.values(target ?? {}).flatMap(targetsOf);
}

/** The conditions that runtimes look for, in their order. @param {unknown} target */
function conditionsOf(target) {
  return Object.keys(/** @type {object} */ (target)).filter((condition) => CONDITIONS.includes(condition));
}

/**
 * TypeScript takes the first condition that applies, so types behind another one are never read.
 *
 * @param {string} subpath
 * @param {unknown} target
 */
function typesFirst(subpath, target) {
  if (typeof target === "string" || !target) return;
  const conditions = Object.keys(target);
  const leadsToCode = Object.values(target).some((inner) => typeof inner === "string" && /\.c?js$/.test(inner));
  if (leadsToCode) equal(conditions[0], "types", `the first condition of ${subpath}`);
  for (const inner of Object.values(target)) typesFirst(subpath, inner);
}

/** @param {Test} test @param {Project} project @param {string[]} files */
function privacy(test, { packageFolder }, files) {
  test("no file tells of the machine it was made on", async () => {
    const found = [];
    for (const file of files) {
      const text = await readFile(join(packageFolder, file), "latin1");
      found.push(
        ...textsOf(text)
          .flatMap(traces)
          .map((trace) => `${file}: ${trace}`),
      );
    }
    equal(found, []);
  });
}

/** A file's text, and the text of the WebAssembly modules that it carries as base64. @param {string} text */
function textsOf(text) {
  // "\0asm" is the beginning of a module.
  const inline = text.match(/AGFzb[A-Za-z0-9+/=]{100,}/g) ?? [];
  return [text, ...inline.map((base64) => Buffer.from(base64, "base64").toString("latin1"))];
}

/** Paths that only exist where something was built. @param {string} text */
function traces(text) {
  const found = PLACES.flatMap((place) => text.match(place) ?? []);
  const here = [homedir(), join(TESTS, "..")].map((path) => path.replace(/\/$/, "")).filter((path) => path.length > 1);
  return [...found, ...here.filter((path) => text.includes(`${path}/`))];
}

/** @param {Test} test @param {Project} project @param {string} tarball */
function linters(test, { packageJson }, tarball) {
  test("publint has nothing to say", async () => {
    const bytes = await readFile(tarball);
    const packed = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const { messages, pkg = packageJson } = await publint({ pack: { tarball: packed }, strict: true });
    equal(
      messages.map((message) => formatMessage(message, pkg, { color: false })),
      [],
    );
  });

  test("are-the-types-wrong: the root resolves to its types in every kind of resolution, node10 included", () =>
    attw(tarball, ["--entrypoints", "."]));

  test("are-the-types-wrong: every entry does, where exports maps are read", () => {
    const modules = Object.keys(packageJson.exports).filter((subpath) => subpath.endsWith(".wasm"));
    const excluded = modules.length ? ["--exclude-entrypoints", ...modules] : [];
    // node10 reads no exports map, and so finds no subpath of any package that has one.
    return attw(tarball, ["--profile", "node16", ...excluded]);
  });
}

/** @param {string} tarball @param {string[]} args */
async function attw(tarball, args) {
  const program = join(TESTS, "node_modules/.bin/attw");
  const options = ["--format", "ascii", "--no-color", "--no-emoji", "--no-definitely-typed"];
  const ended = await runChild(program, [tarball, ...options, ...args], { timeout: ATTW_LIMIT });
  ok(ended.code === 0, account(ended));
}
