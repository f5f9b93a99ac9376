// @ts-check
// The typings, as users compile against them: correct use must compile, and every line of misuse is marked as an
// expected error, so that typings which allow it fail too. Four TypeScripts, every current kind of resolution, and the
// globals of Node, of browsers, of Workers and of Bun, each without the others, and none at all. Deno's checker is in
// the row `deno`.

import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { ok, run } from "../suite.js";
import { account, run as runChild } from "./child.mjs";
import { documentation } from "./documentation.mjs";
import { TESTS, link, withProject } from "./project.mjs";

const TSC_LIMIT = 60_000;
const COMPILER_LIMIT = 180_000;

const COMPILERS = {
  "TypeScript 7": "typescript",
  "TypeScript 6": "typescript6",
  "TypeScript 5.9": "typescript5",
  "TypeScript 5.8": "typescript58",
};

/** The one that is no JavaScript. */
const NATIVE = "typescript";

const NODENEXT = { module: "nodenext", moduleResolution: "nodenext" };
const NODE16 = { module: "node16", moduleResolution: "node16" };
const BUNDLER = { module: "esnext", moduleResolution: "bundler" };
const NODE_GLOBALS = { lib: ["es2022"], types: ["node"] };

/** @type {Record<string, { options: object, files: string[] }>} */
const PROGRAMS = {
  "nodenext, ES modules": {
    options: { ...NODENEXT, ...NODE_GLOBALS },
    files: ["esm/use.ts", "esm/node.ts", "esm/misuse.ts", "esm/callbacks.ts"],
  },
  "nodenext, CommonJS": {
    options: { ...NODENEXT, ...NODE_GLOBALS },
    files: ["cjs/use.cts", "cjs/misuse.cts", "cjs/callbacks.cts"],
  },
  "node16, ES modules": {
    options: { ...NODE16, ...NODE_GLOBALS },
    files: ["esm/use.ts", "esm/node.ts", "esm/misuse.ts", "esm/callbacks.ts"],
  },
  "node16, CommonJS": {
    options: { ...NODE16, ...NODE_GLOBALS },
    files: ["cjs/use.cts", "cjs/misuse.cts", "cjs/callbacks.cts"],
  },
  "nodenext, no globals at all": { options: { ...NODENEXT, lib: ["es2022"], types: [] }, files: ["esm/bare.ts"] },
  "bundler, Node's globals": {
    options: { ...BUNDLER, ...NODE_GLOBALS },
    files: ["esm/use.ts", "esm/node.ts", "esm/misuse.ts", "esm/callbacks.ts"],
  },
  "bundler, a browser's globals": {
    options: { ...BUNDLER, lib: ["es2022", "dom"], types: [] },
    files: ["esm/use.ts", "esm/web.ts", "esm/misuse.ts", "esm/callbacks.ts"],
  },
  "bundler, no globals at all": {
    options: { ...BUNDLER, lib: ["es2022"], types: [] },
    files: ["esm/bare.ts"],
  },
  "bundler, a Worker's globals": {
    options: { ...BUNDLER, lib: ["es2022"], types: ["@cloudflare/workers-types"], customConditions: ["workerd"] },
    files: ["esm/use.ts", "esm/web.ts", "esm/misuse.ts", "esm/callbacks.ts"],
  },
  "bundler, Bun's globals": {
    // Bun's own declarations are at odds with those of Node that other programs here take.
    options: { ...BUNDLER, lib: ["esnext"], types: ["bun-types"], skipLibCheck: true },
    files: ["esm/use.ts", "esm/web.ts", "esm/misuse.ts", "esm/callbacks.ts"],
  },
};

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function types(tarball) {
  return withProject(tarball, async (project) => {
    const { folder } = project;
    await cp(join(TESTS, "types"), folder, { recursive: true });
    await link(folder, ["@types/node", "undici-types", "@cloudflare/workers-types", "bun-types"]);
    const complaints = await compileAll(folder);
    return run(
      (test) => {
        documentation(test, project);
        for (const [name, problems] of complaints) test(name, () => ok(problems === "", problems));
      },
      { atOnce: 1 },
    );
  });
}

/**
 * What each compiler says of each program. Together and not test by test: the compilers that are JavaScript spend most
 * of their time on reading the declarations of the language, once in each process.
 *
 * @param {string} folder
 * @returns {Promise<[name: string, problems: string][]>}
 */
async function compileAll(folder) {
  /** @type {[string, string][]} */
  const complaints = [];
  for (const [compiler, name] of Object.entries(COMPILERS)) {
    const configs = await Promise.all(Object.values(PROGRAMS).map((program) => configure(folder, program)));
    const problems = name === NATIVE ? await eachByItself(folder, configs) : await together(folder, name, configs);
    Object.keys(PROGRAMS).forEach((program, index) => complaints.push([`${compiler}, ${program}`, problems[index]]));
  }
  return complaints;
}

/**
 * The compiler that is a program of its own has no programming interface, and needs none.
 *
 * @param {string} folder
 * @param {string[]} configs
 */
async function eachByItself(folder, configs) {
  const problems = [];
  for (const config of configs) {
    const ended = await tsc(folder, NATIVE, config);
    problems.push(ended.code === 0 ? "" : account(ended));
  }
  return problems;
}

/** @param {string} folder @param {string} compiler @param {string[]} configs @returns {Promise<string[]>} */
async function together(folder, compiler, configs) {
  const library = join(TESTS, "node_modules", compiler);
  const args = [join(TESTS, "package/entries/compile.cjs"), library, ...configs];
  const ended = await runChild(process.execPath, args, { cwd: folder, timeout: COMPILER_LIMIT });
  return ended.code === 0 ? JSON.parse(ended.stdout) : configs.map(() => account(ended));
}

/**
 * @param {string} folder
 * @param {string} compiler  its name in node_modules
 * @param {object} options
 * @param {string[]} files
 */
export async function compile(folder, compiler, options, files) {
  const ended = await tsc(folder, compiler, await configure(folder, { options, files }));
  ok(ended.code === 0, account(ended));
}

/** @param {string} folder @param {string} compiler @param {string} config */
function tsc(folder, compiler, config) {
  const program = join(TESTS, "node_modules", compiler, "bin/tsc");
  return runChild(process.execPath, [program, "-p", config, "--pretty", "false"], { cwd: folder, timeout: TSC_LIMIT });
}

/** The project file of a program. @param {string} folder @param {{ options: object, files: string[] }} program */
async function configure(folder, { options, files }) {
  const config = join(folder, `tsconfig.${crypto.randomUUID()}.json`);
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    // The package's own declarations are what is tested, not those that come with the compiler.
    skipLibCheck: false,
    skipDefaultLibCheck: true,
    target: "es2022",
    noEmit: true,
    ...options,
  };
  await writeFile(config, JSON.stringify({ compilerOptions, files }));
  return config;
}
