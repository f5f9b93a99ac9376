// @ts-check
// The tarball as npm would publish it: which files, how large, under which licences, what package.json says of them,
// and that nothing in it tells of the machine it was made on. It may not run the package.

import { readFile, readdir, stat } from "node:fs/promises";
import { homedir, hostname, userInfo } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

import { publint } from "publint";
import { formatMessage } from "publint/utils";

import { equal, ok, run } from "../suite.js";
import { account, run as runChild } from "./child.mjs";
import { NAME, TESTS, withProject } from "./project.mjs";

const ATTW_LIMIT = 60_000;
const CARGO_LIMIT = 60_000;

/**
 * What may be loaded, in bytes: raw, in gzip (level 9) and in Brotli (level 11): about 3 % above what it is, but for
 * the two goals, alphapo.wasm and signature.js in gzip. Whoever raises a budget says in the commit what for.
 *
 * @type {Record<string, { budget: [raw: number, gzip: number, brotli: number], why: string }>}
 */
const BUDGETS = {
  "alphapo.wasm": { budget: [86_700, 40_000, 36_400], why: "it travels to edge functions, and to pages by ./slim" },
  "workerd.js": { budget: [35_400, 9_550, 8_400], why: "beside alphapo.wasm: wasm-bindgen's glue, signing, callbacks" },
  "edge-light.js": { budget: [35_400, 9_550, 8_400], why: "as workerd.js" },
  "slim.js": { budget: [38_800, 10_450, 9_200], why: "workerd.js, and the loading with its errors" },
  "slim.cjs": { budget: [39_800, 10_700, 9_400], why: "slim.js, and esbuild's helpers for CommonJS" },
  "index.js": { budget: [151_600, 63_100, 55_200], why: "workerd.js, and alphapo.wasm as base64, a third larger" },
  "index.cjs": { budget: [152_600, 63_400, 55_400], why: "index.js, and esbuild's helpers for CommonJS" },
  "signature.wasm": { budget: [3_570, 1_490, 1_370], why: "half of it is eight rounds of SHA-512, of the same bytes" },
  "signature.js": { budget: [10_850, 3_600, 3_150], why: "signature.wasm as hex, and the JavaScript around it" },
  "sandbox.wasm": { budget: [187_400, 87_100, 75_400], why: "only tests load it: money, callbacks, faults; std and serde" },
  "sandbox.js": { budget: [287_900, 123_400, 105_700], why: "only tests load it: its clock, callbacks and broken streams" },
  "sandbox-node.js": { budget: [39_500, 12_250, 10_500], why: "the server, its page as text, and the state file" },
  "cli.js": { budget: [28_200, 9_400, 8_200], why: "a program starts with it; half of it is help" },
};
/**
 * What the last release weighed, in the order of a budget; a release writes it anew. Until there is one, it holds the
 * tree that its own `release` names.
 *
 * @type {{ release: string, sizes: Record<string, [raw: number, gzip: number, brotli: number] | undefined> }}
 */
const LAST = JSON.parse(await readFile(new URL("../last-release-sizes.json", import.meta.url), "utf8"));

/** npm install waits for it, and every module is in it three times, with the one that signs. */
const LARGEST_TARBALL = 645_000;

/** What the tarball must hold, one path per line: a new file is a decision, and shows in review. */
const FILES_LIST = new URL("../files.txt", import.meta.url);

/** The conditions of an entry with a module in it, those of one runtime before those that every runtime takes. */
const CONDITIONS = ["workerd", "edge-light", "import", "require"];

const CARRYING = ["index", "sandbox", "signature"].flatMap((entry) => [`dist/${entry}.cjs`, `dist/${entry}.js`]);

/** Where people and build machines keep their files, unless it is the middle of a URL. */
const PLACES = [
  /(?<![\w.:/-])\/(?:home|root|Users|tmp|mnt|builds?|github\/workspace)\/[\w./-]+/g,
  /\b[A-Z]:\\+Users\b/g,
  /[\w./-]*\.cargo\/registry[\w./-]*/g,
];

const ROOT = join(TESTS, "..");
const { CARGO_HOME, RUSTUP_HOME, HOME, TMPDIR } = process.env;

/** This machine's folders, if they say anything. */
const HERE = [homedir(), ROOT, CARGO_HOME, RUSTUP_HOME, HOME, TMPDIR]
  .map((path) => path?.replace(/\/$/, "") ?? "")
  .filter((path) => path.length > 1);

/** Who built here and on what, unless that is a word of the package's own. */
const BUILDER = [userInfo().username, hostname(), process.env.USER ?? "", process.env.LOGNAME ?? ""].filter(
  (name) => name.length > 3 && !["root", "node", "runner", "localhost", "user", "build"].includes(name),
);

/** @typedef {import("./project.mjs").Project} Project */
/** @typedef {import("../suite.js").Test} Test */

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function packageFiles(tarball) {
  return withProject(tarball, async (project) => {
    const files = await filesIn(project.packageFolder);
    return run(
      (test) => {
        list(test, files);
        weights(test, project, tarball);
        licences(test, project);
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

/**
 * Prints the table, too: what a change costs should be seen, and what has come together since the last release.
 *
 * @param {Test} test
 * @param {Project} project
 * @param {string} tarball
 */
function weights(test, { packageFolder }, tarball) {
  console.log(`± is to the last release (${LAST.release})`);
  console.log("in dist                   raw       ± of budget    gzip       ± of budget  brotli       ± of budget");
  for (const [file, { budget, why }] of Object.entries(BUDGETS)) {
    test(`dist/${file} is within its budget: ${why}`, async () => {
      const bytes = await readFile(join(packageFolder, "dist", file));
      const sizes = [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length];
      console.log(`${file.padEnd(21)} ${sizes.map((size, index) => column(file, size, index)).join(" ")}`);
      ok(
        sizes.every((size, index) => size <= budget[index]),
        `${sizes} bytes, raw, in gzip and in Brotli, where ${budget} are allowed`,
      );
    });
  }

  test("the tarball is within its budget", async () => {
    const { size } = await stat(tarball);
    ok(size <= LARGEST_TARBALL, `it has ${size} bytes, more than ${LARGEST_TARBALL}`);
  });

  for (const file of ["alphapo.wasm", "sandbox.wasm", "signature.wasm"]) {
    test(`dist/${file} keeps no names, no debug information and no word on its producers`, async () => {
      const module = new WebAssembly.Module(await readFile(join(packageFolder, "dist", file)));
      for (const section of ["name", "producers", "target_features", ".debug_info", "sourceMappingURL"]) {
        equal(WebAssembly.Module.customSections(module, section).length, 0, section);
      }
    });
  }
}

/**
 * One size, how far it is from the last release's, and its budget.
 *
 * @param {string} file
 * @param {number} size
 * @param {number} index
 */
function column(file, size, index) {
  const before = LAST.sizes[file]?.[index];
  const change = before === undefined ? "new" : size > before ? `+${size - before}` : String(size - before);
  return `${String(size).padStart(7)} ${change.padStart(7)} ${String(BUDGETS[file]?.budget[index]).padStart(9)}`;
}

/** Every licence asks for its text to go with the code. @param {Test} test @param {Project} project */
function licences(test, { packageFolder }) {
  const notices = () => readFile(join(packageFolder, "THIRD-PARTY-LICENSES"), "utf8");

  test("THIRD-PARTY-LICENSES has a text for every crate that cargo links into the modules", async () => {
    const text = await notices();
    const sections = text.split(/^-{20,}$/m).slice(1);
    for (const crate of await linkedCrates()) {
      const section = sections.find((section) => section.split("\n").some((line) => line.startsWith(`${crate} (`)));
      ok(section, `no section names ${crate}`);
      ok(/copyright|permission is hereby granted/i.test(section), `the section of ${crate} has no licence text`);
    }
  });

  test("THIRD-PARTY-LICENSES names every crate that the modules' symbols do, Rust's own too", async () => {
    const text = (await notices()).replaceAll("-", "_");
    const named = await cratesOfSymbols();
    ok(named.size > 10, `only these were found: ${[...named]}`);
    equal(
      [...named].filter((crate) => !new RegExp(`\\b${crate}\\b`).test(text)),
      [],
      "crates that are not named",
    );
  });

  test("THIRD-PARTY-LICENSES has the texts of what is linked or copied without being a dependency", async () => {
    const text = await notices();
    for (const other of ["Rust's core", "Unicode, Inc.", "wasm-bindgen 0.", "esbuild", "Evan Wallace"]) {
      ok(text.includes(other), `no word on ${other}`);
    }
  });
}

/** What cargo would link, each with its version, as the notices name them. */
async function linkedCrates() {
  const modules = ["client", "sandbox", "signature"].flatMap((name) => ["--package", `alphapo-wasm-${name}`]);
  const linked = ["--target", "wasm32-unknown-unknown", "--edges", "normal,no-proc-macro"];
  const args = ["tree", "--locked", "--offline", ...modules, ...linked, "--prefix", "none", "--format", "{p}"];
  const ended = await runChild("cargo", args, { cwd: ROOT, timeout: CARGO_LIMIT });
  ok(ended.code === 0, account(ended));
  // Those with a place after the version are our own.
  const lines = ended.stdout.matchAll(/^(\S+) v(\S+)(?: \(\*\))?$/gm);
  const found = Array.from(lines, ([, name, version]) => `${name} ${version}`);
  ok(found.length > 10, `cargo tree names ${found.length} crates only`);
  return new Set(found);
}

/** The crates in the names of the modules' functions, before wasm-bindgen removes them. */
async function cratesOfSymbols() {
  /** @type {Set<string>} */
  const crates = new Set();
  for (const module of ["alphapo_wasm_client", "alphapo_wasm_sandbox", "alphapo_wasm_signature"]) {
    const text = await readFile(join(ROOT, `target/wasm32-unknown-unknown/release/${module}.wasm`), "latin1");
    // rustc's two ways to write `krate::…`; each gives a name after its length.
    for (const { 0: start, 1: length, index } of text.matchAll(/(?:_ZN|Cs[0-9A-Za-z]+_)(\d+)(?=[a-z])/g)) {
      const name = text.slice(index + start.length, index + start.length + Number(length));
      if (/^[a-z][a-z0-9_]*$/.test(name)) crates.add(name);
    }
  }
  return crates;
}

/** @param {Test} test @param {Project} project @param {string[]} files */
function manifest(test, { packageFolder, packageJson }, files) {
  test("package.json says who it is", () => {
    equal([packageJson.name, packageJson.type], [NAME, "module"]);
    ok(/^\(?MIT OR Apache-2\.0\)?$/.test(packageJson.license), packageJson.license);
    ok(/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(packageJson.version), packageJson.version);
    ok(packageJson.description?.length > 20, `description: ${packageJson.description}`);
    ok(packageJson.keywords?.length > 0, "it has no keywords");
    ok(!packageJson.private, "it is private");
  });

  test("package.json asks for nothing: no dependency, no script", () => {
    for (const field of ["dependencies", "peerDependencies", "optionalDependencies", "bundledDependencies"]) {
      equal(packageJson[field], undefined, field);
    }
    const onInstall = Object.keys(packageJson.scripts ?? {}).filter((name) => /install|prepare|prepublish/.test(name));
    equal(onInstall, [], "scripts that run at the user's");
  });

  test("its one program is a file that can be run", async () => {
    equal(packageJson.bin, { [NAME]: "dist/cli.js" });
    ok((await readFile(join(packageFolder, "dist/cli.js"), "utf8")).startsWith("#!/usr/bin/env node\n"), "no first line");
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
    equal(conditionsOf(packageJson.exports["./signature"]), CONDITIONS, 'conditions of "./signature"');
    const code = Object.entries(packageJson.exports).filter(([subpath]) => !/\.(json|wasm)$/.test(subpath));
    equal(
      code.map(([subpath]) => subpath),
      [".", "./slim", "./signature", "./sandbox", "./sandbox/node"],
      "subpaths",
    );
    for (const [subpath, target] of code) typesFirst(subpath, target);
  });

  test("an import of which nothing is used may be left out", () => equal(packageJson.sideEffects, false));

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
    const carrying = [];
    for (const file of files) {
      const texts = textsOf(await readFile(join(packageFolder, file), "latin1"));
      if (texts.length > 1) carrying.push(file);
      found.push(...texts.flatMap(traces).map((trace) => `${file}: ${trace}`));
    }
    equal(found, []);
    equal(carrying.sort(), CARRYING, "the files that carry a module as text");
  });
}

/** A file's text, and the text of the WebAssembly modules that it carries as base64 or hex. @param {string} text */
function textsOf(text) {
  // "\0asm" is the beginning of a module.
  const inline = text.match(/AGFzb[A-Za-z0-9+/=]{100,}/g) ?? [];
  const asHex = text.match(/0061736d[0-9a-f]{100,}/g) ?? [];
  return [
    text,
    ...inline.map((base64) => Buffer.from(base64, "base64").toString("latin1")),
    ...asHex.map((hex) => Buffer.from(hex, "hex").toString("latin1")),
  ];
}

/** Paths that only exist where something was built, and who built it. @param {string} text */
function traces(text) {
  const found = PLACES.flatMap((place) => text.match(place) ?? []);
  return [...found, ...HERE.filter((path) => text.includes(`${path}/`)), ...BUILDER.filter((name) => isIn(name, text))];
}

/** As a word of its own. @param {string} name @param {string} text */
function isIn(name, text) {
  return new RegExp(`(?<![\\w-])${name.replace(/[^\w-]/g, "\\$&")}(?![\\w-])`).test(text);
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

  test("are-the-types-wrong: every entry resolves to its types in every kind of resolution, node10 included", () => {
    // A module of WebAssembly has no types of its own: what its import gives is decided by the bundler or the runtime.
    const modules = Object.keys(packageJson.exports).filter((subpath) => subpath.endsWith(".wasm"));
    return attw(tarball, modules.length ? ["--exclude-entrypoints", ...modules] : []);
  });
}

/** @param {string} tarball @param {string[]} args */
async function attw(tarball, args) {
  const program = join(TESTS, "node_modules/.bin/attw");
  const options = ["--format", "ascii", "--no-color", "--no-emoji", "--no-definitely-typed"];
  const ended = await runChild(program, [tarball, ...options, ...args], { timeout: ATTW_LIMIT });
  ok(ended.code === 0, account(ended));
}
