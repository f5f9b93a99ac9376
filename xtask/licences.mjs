// The licence texts of everything that is compiled or copied into the package, for its THIRD-PARTY-LICENSES. It reads
// what cargo has already downloaded, and asks no network. What has no text stops the build: a package without it may
// not be passed on.

import { execFile } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const TARGET = "wasm32-unknown-unknown";
const SHORTEST_LICENCE = 400;
const MODULES = ["alphapo-wasm-client", "alphapo-wasm-sandbox", "alphapo-wasm-signature"];

/**
 * What is linked or copied without being a dependency. The texts of Rust's own are those of Rust 1.95's notices
 * (COPYRIGHT-library.html), of which a toolchain without documentation has none.
 */
const OTHERS = [
  { name: "Rust's core, alloc, std and compiler-builtins", licence: "MIT OR Apache-2.0", text: "rust" },
  { name: "Rust's tables of Unicode, in core", licence: "Unicode-3.0", text: "unicode" },
  { name: "hashbrown, in Rust's std", licence: "MIT OR Apache-2.0", text: "hashbrown" },
  { name: "miniz_oxide, in Rust's std", licence: "MIT OR Zlib OR Apache-2.0", text: "miniz_oxide" },
  { name: "foldhash, in Rust's std", licence: "Zlib", text: "foldhash" },
  { name: "cfg-if, dlmalloc and rustc-demangle, in Rust's std", licence: "MIT OR Apache-2.0", text: "dlmalloc" },
];

const HEAD = `Third-party licences

alphapo-wasm is licensed under MIT or Apache-2.0, at your choice: see LICENSE-MIT and LICENSE-APACHE. Its modules
and scripts hold code of the projects below. Where one of them lets choose between licences, MIT is chosen.
The glue between WebAssembly and JavaScript is written by wasm-bindgen, and falls under its licence.
`;

/** @param {string} root of the checkout */
export async function thirdPartyLicences(root) {
  const parts = [...(await crates(root)), ...(await others(root))];
  const ofText = new Map();
  for (const { name, licence, text } of parts) {
    const users = ofText.get(text) ?? [];
    ofText.set(text, [...users, `${name} (${licence})`]);
  }
  const sections = [...ofText].map(([text, users]) => `${users.join("\n")}\n\n${text}`);
  const line = `\n${"-".repeat(100)}\n\n`;
  return [HEAD, ...sections].join(line);
}

/** Every crate that is compiled for a module, but our own. @param {string} root */
async function crates(root) {
  const cargo = async (...args) => (await run("cargo", args, { cwd: root, maxBuffer: 1 << 28 })).stdout;
  const format = ["--format-version", "1", "--filter-platform", TARGET];
  const metadata = JSON.parse(await cargo("metadata", "--locked", ...format));
  // Cargo's metadata is of all features of the workspace; its tree is of what a package really asks for.
  const options = ["--locked", "--target", TARGET, "--edges", "normal,no-proc-macro", "--prefix", "none"];
  const trees = await Promise.all(
    MODULES.map((name) => cargo("tree", "--package", name, ...options, "--format", "{p}")),
  );
  const found = new Set(trees.join("\n").match(/^\S+ v\S+/gm));
  const packages = metadata.packages.filter(({ name, version, source }) => source && found.has(`${name} v${version}`));
  packages.sort((a, b) => (a.id < b.id ? -1 : 1));
  return (await Promise.all(packages.map((crate) => textsOf(root, crate)))).flat();
}

/** @param {string} root */
async function textsOf(root, { name, version, license, authors, manifest_path: manifest }) {
  const folder = dirname(manifest);
  const mayBeMit = license.split(/ OR |\/|[()]/).includes("MIT");
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice|unlicense)/i.test(file)).sort();
  const chosen = files.filter((file) => !(mayBeMit && /apache/i.test(file)));
  const part = (text) => ({ name: `${name} ${version}`, licence: license, text: tidy(text) });
  const parts = await Promise.all(chosen.map(async (file) => part(await readFile(join(folder, file), "utf8"))));
  // Some have a file more, which only names the licences.
  const texts = parts.filter(({ text }) => text.length > SHORTEST_LICENCE);
  if (texts.length > 0) return texts;
  if (license !== "MIT" || authors.length === 0) throw new Error(`${name} ${version} (${license}) has no licence text`);
  // Its manifest is all that it says.
  const holders = authors.map((author) => author.replace(/ <.*/, "")).join(", ");
  return [part(`Copyright (c) ${holders}\n\n${await committed(root, "mit")}`)];
}

/** @param {string} root */
async function others(root) {
  const esbuild = await readFile(join(root, "tests/node_modules/esbuild/LICENSE.md"), "utf8");
  const parts = await Promise.all(
    OTHERS.map(async ({ text, ...other }) => ({ ...other, text: tidy(await committed(root, text)) })),
  );
  return [...parts, { name: "esbuild's helpers, in the scripts", licence: "MIT", text: tidy(esbuild) }];
}

/** @param {string} root @param {string} name */
function committed(root, name) {
  return readFile(join(root, "pkg-template/licences", `${name}.txt`), "utf8");
}

/** @param {string} text */
function tidy(text) {
  return `${text.replace(/\r/g, "").replace(/[ \t]+$/gm, "").trim()}\n`;
}
