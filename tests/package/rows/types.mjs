// @ts-check
// The typings, as users compile against them: correct use must compile, and every line of misuse is marked as an
// expected error, so that typings which allow it fail too. Three TypeScripts, both current kinds of resolution,
// and the globals of Node, of browsers and of Workers, each without the others.

import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { ok, run } from "../suite.js";
import { account, run as runChild } from "./child.mjs";
import { TESTS, link, withProject } from "./project.mjs";

const TSC_LIMIT = 60_000;

const COMPILERS = { "TypeScript 7": "typescript", "TypeScript 6": "typescript6", "TypeScript 5.9": "typescript5" };

const NODENEXT = { module: "nodenext", moduleResolution: "nodenext" };
const BUNDLER = { module: "esnext", moduleResolution: "bundler" };
const NODE_GLOBALS = { lib: ["es2022"], types: ["node"] };

/** @type {Record<string, { options: object, files: string[] }>} */
const PROGRAMS = {
  "nodenext, ES modules": {
    options: { ...NODENEXT, ...NODE_GLOBALS },
    files: ["esm/use.ts", "esm/node.ts", "esm/misuse.ts", "esm/callbacks.ts"],
  },
  "nodenext, CommonJS": { options: { ...NODENEXT, ...NODE_GLOBALS }, files: ["cjs/use.cts", "cjs/misuse.cts"] },
  "bundler, Node's globals": {
    options: { ...BUNDLER, ...NODE_GLOBALS },
    files: ["esm/use.ts", "esm/node.ts", "esm/misuse.ts", "esm/callbacks.ts"],
  },
  "bundler, a browser's globals": {
    options: { ...BUNDLER, lib: ["es2022", "dom"], types: [] },
    files: ["esm/use.ts", "esm/misuse.ts", "esm/callbacks.ts"],
  },
  "bundler, no globals at all": {
    options: { ...BUNDLER, lib: ["es2022"], types: [], skipLibCheck: false },
    files: ["esm/bare.ts"],
  },
  "bundler, a Worker's globals": {
    options: { ...BUNDLER, lib: ["es2022"], types: ["@cloudflare/workers-types"], customConditions: ["workerd"] },
    files: ["esm/use.ts", "esm/misuse.ts", "esm/callbacks.ts"],
  },
};

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function types(tarball) {
  return withProject(tarball, async ({ folder }) => {
    await cp(join(TESTS, "types"), folder, { recursive: true });
    await link(folder, ["@types/node", "undici-types", "@cloudflare/workers-types"]);
    return run(
      (test) => {
        for (const [compiler, name] of Object.entries(COMPILERS)) {
          for (const [program, { options, files }] of Object.entries(PROGRAMS)) {
            test(`${compiler}, ${program}`, () => compile(folder, name, options, files));
          }
        }
      },
      { atOnce: 2 },
    );
  });
}

/**
 * @param {string} folder
 * @param {string} compiler  its name in node_modules
 * @param {object} options
 * @param {string[]} files
 */
export async function compile(folder, compiler, options, files) {
  const config = join(folder, `tsconfig.${crypto.randomUUID()}.json`);
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    // The package's own declarations are what is tested.
    skipLibCheck: false,
    target: "es2022",
    noEmit: true,
    ...options,
  };
  await writeFile(config, JSON.stringify({ compilerOptions, files }));
  const tsc = join(TESTS, "node_modules", compiler, "bin/tsc");
  const ended = await runChild(process.execPath, [tsc, "-p", config, "--pretty", "false"], {
    cwd: folder,
    timeout: TSC_LIMIT,
  });
  ok(ended.code === 0, account(ended));
}
