// @ts-check
// Where the programs of tests/runtimes are. npm has each of them for some machines only, and a row that cannot run
// must say so instead of passing. It may not start any of them.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { TESTS } from "./project.mjs";

const FOLDER = join(TESTS, "runtimes");

/** Why a row is not run on this machine. On CI that counts as a failure. */
export class NotHere extends Error {}

/**
 * By runtime, and by platform and processor as Node names them.
 *
 * @type {Record<string, Record<string, string>>}
 */
const PROGRAMS = {
  "node-20": node("node-20"),
  "node-22": node("node-22"),
  "node-24": node("node-24"),
  "node-26": node("node-26"),
  deno: { "linux-x64": "@deno/linux-x64-glibc/deno" },
  bun: {
    "linux-x64": "@oven/bun-linux-x64/bin/bun",
    "linux-arm64": "@oven/bun-linux-aarch64/bin/bun",
    "darwin-x64": "@oven/bun-darwin-x64/bin/bun",
    "darwin-arm64": "@oven/bun-darwin-aarch64/bin/bun",
  },
};

/** @param {string} name  as in tests/runtimes/package.json */
function node(name) {
  return { "linux-x64": `${name}-linux-x64/bin/node`, "linux-arm64": `${name}-linux-arm64/bin/node` };
}

/** The program of a runtime. @param {string} runtime @throws {NotHere} where npm has none for this machine */
export function program(runtime) {
  const machine = `${process.platform}-${process.arch}`;
  const path = PROGRAMS[runtime][machine];
  if (!path) throw new NotHere(`tests/runtimes has no ${runtime} for ${machine}`);
  const file = join(FOLDER, "node_modules", path);
  // Here it should be, so this is no reason to pass the row over.
  if (!existsSync(file)) throw new Error(`${file} is missing; remove tests/runtimes/node_modules and set up anew`);
  return file;
}

/** A runtime that is a library of tests/runtimes. @param {string} name */
export function library(name) {
  return createRequire(join(FOLDER, "package.json"))(name);
}
