// @ts-check
// What bundlers leave out: a module of the package of which nothing is used is not in the output, and one of which
// anything is used starts. `sideEffects` in package.json decides both.

import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";

import { equal, ok, run } from "../suite.js";
import { library, withPrograms } from "./bundling.mjs";
import { account, run as runChild } from "./child.mjs";
import { compile } from "./webpack.mjs";

const RUN_LIMIT = 20_000;
/** How the bytes of every WebAssembly module begin in base64. */
const WASM = "AGFzbQ";
/** The program prints it. */
const SIGNATURE = "89ff5706";

/** A user's module that hands the whole package on, and one that has nothing to do with it. */
const GATEWAY = `
  import { takeAddress } from "alphapo-wasm";
  import { createSandbox } from "alphapo-wasm/sandbox";
  export { AlphaPoError, sign, Signer } from "alphapo-wasm";
  export * from "alphapo-wasm/sandbox";
  export const take = (request, options) => takeAddress(request, options);
  export const sandbox = () => createSandbox({ key: "key", secret: "secret" });
  export const unrelated = () => "unrelated";
`;

/**
 * @typedef {object} Program
 * @property {string} code
 * @property {string} prints
 * @property {number} modules  how many WebAssembly modules it needs
 */
/** @type {Record<string, Program>} */
const PROGRAMS = {
  "that uses nothing of it": {
    code: `import { unrelated } from "./gateway.js"; console.log(unrelated());`,
    prints: "unrelated",
    modules: 0,
  },
  "that imports it and uses nothing": {
    code: `import { AlphaPoError, sign } from "alphapo-wasm"; console.log("nothing");`,
    prints: "nothing",
    modules: 0,
  },
  "that signs": {
    code: `import { sign } from "./gateway.js"; console.log(sign("{}", "AbCdEfG123456").slice(0, 8));`,
    prints: SIGNATURE,
    modules: 1,
  },
  "that uses a class and its guard": {
    code: `import { AlphaPoError, Signer } from "alphapo-wasm";
      const signer = new Signer("AbCdEfG123456");
      console.log(signer.sign("{}").slice(0, 8));
      signer.free();
      try { signer.sign("{}"); } catch (error) { console.log(error instanceof AlphaPoError, error.code); }`,
    prints: `${SIGNATURE}\ntrue invalid_option`,
    modules: 1,
  },
  "that only asks for the class of an error": {
    code: `import { AlphaPoError } from "alphapo-wasm"; console.log(new Error() instanceof AlphaPoError);`,
    prints: "false",
    modules: 1,
  },
  "that uses both modules": {
    code: `import { sandbox, take } from "./gateway.js";
      const { fetch, baseUrl } = sandbox();
      const options = { key: "key", secret: "secret", baseUrl, fetch };
      take({ currency: "BTC", foreign_id: "user-17" }, options).then(({ foreign_id }) => console.log(foreign_id));`,
    prints: "user-17",
    modules: 2,
  },
};

/** How each puts one program into one folder. @typedef {{ project: string, entry: string, output: string }} Build */
/** @type {Record<string, (build: Build) => Promise<unknown>>} */
const BUNDLERS = {
  esbuild: ({ project, entry, output }) =>
    build({
      absWorkingDir: project,
      entryPoints: [entry],
      outfile: join(output, "main.mjs"),
      bundle: true,
      minify: true,
      format: "esm",
      logLevel: "silent",
    }),
  rollup: async ({ project, entry, output }) => {
    const { rollup } = await library("rollup");
    const { nodeResolve } = await library("@rollup/plugin-node-resolve");
    const built = await rollup({ input: join(project, entry), plugins: [nodeResolve()], onwarn: () => {} });
    await built.write({ file: join(output, "main.mjs") });
  },
  webpack: (build) => compiled("webpack", build),
  rspack: (build) => compiled("@rspack/core", build),
  vite: async ({ project, entry, output }) => {
    const { build } = await library("vite");
    const lib = { entry, formats: ["es"], fileName: () => "main.mjs" };
    await build({ root: project, configFile: false, logLevel: "silent", build: { outDir: output, lib } });
  },
};

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function treeShaking(tarball) {
  return withPrograms(tarball, async (project, output) => {
    await writeFile(join(project, "gateway.js"), GATEWAY);
    const programs = Object.entries(PROGRAMS).map(([name, program], index) => ({ name, ...program, index }));
    for (const { index, code } of programs) await writeFile(join(project, `program-${index}.js`), code);
    return run(
      (test) => {
        for (const [bundler, bundle] of Object.entries(BUNDLERS)) {
          for (const { name, index, prints, modules } of programs) {
            test(`${bundler}: a program ${name} has ${modules} modules in it, and runs`, async () => {
              const folder = join(output, `${bundler}-${index}`);
              await bundle({ project, entry: `./program-${index}.js`, output: folder });
              equal(await modulesIn(folder), modules, "WebAssembly modules");
              const ended = await runChild(process.execPath, ["main.mjs"], { cwd: folder, timeout: RUN_LIMIT });
              ok(ended.code === 0, account(ended));
              equal(ended.stdout.trim(), prints, "what it prints");
            });
          }
        }
      },
      { atOnce: 2 },
    );
  });
}

/** @param {string} name @param {Build} build */
async function compiled(name, { project, entry, output }) {
  const bundler = await library(name);
  await compile(bundler.default, {
    mode: "production",
    target: "node",
    context: project,
    entry,
    experiments: { outputModule: true },
    output: { path: output, module: true, filename: "main.mjs" },
  });
}

/** @param {string} folder */
async function modulesIn(folder) {
  const files = (await readdir(folder)).map((file) => readFile(join(folder, file), "utf8"));
  return (await Promise.all(files)).join("").split(WASM).length - 1;
}
