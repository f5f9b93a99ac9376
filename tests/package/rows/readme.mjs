// @ts-check
// The README's examples, run exactly as they are printed, in a project that has the package installed. An example is
// a fence marked js or ts that imports the package; `no-run` in the mark keeps one from being run (one for Workers,
// say), and then it is only compiled.

import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { transform } from "esbuild";

import { ok, run } from "../suite.js";
import { account, run as runChild } from "./child.mjs";
import { NAME, TESTS, link, withProject } from "./project.mjs";
import { compile } from "./types.mjs";

const EXAMPLE_LIMIT = 20_000;
const CREDENTIALS = { ALPHAPO_KEY: "readme-key", ALPHAPO_SECRET: "readme-secret" };

/** What a user's `tsc --init` sets up, with Node's types. */
const STRICT = {
  module: "nodenext",
  moduleResolution: "nodenext",
  lib: ["es2023"],
  types: ["node"],
  exactOptionalPropertyTypes: false,
  noUncheckedIndexedAccess: false,
};

/** @typedef {{ line: number, language: "js" | "ts", runs: boolean, code: string }} Example */

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function readme(tarball) {
  return withProject(tarball, async ({ folder }) => {
    await cp(join(TESTS, "package/entries/readme-preload.mjs"), join(folder, "preload.mjs"));
    await link(folder, ["@types/node", "undici-types"]);
    const examples = examplesIn(await readFile(join(TESTS, "../README.md"), "utf8"));
    return run(
      (test) => {
        test("the README has examples, and some are run", () => {
          ok(
            examples.some(({ runs }) => runs),
            "there is no example to run",
          );
        });
        for (const example of examples) {
          const { line, language, runs } = example;
          const name = `README.md:${line}, ${language}, ${runs ? "runs" : "compiles"}`;
          test(name, () => check(folder, example));
        }
      },
      { atOnce: 2 },
    );
  });
}

/** @param {string} markdown @returns {Example[]} */
export function examplesIn(markdown) {
  const fences = markdown.matchAll(/^(`{3,})(js|ts|javascript|typescript|mjs|cjs)\b([^\n]*)\n([\s\S]*?)^\1[ \t]*$/gm);
  const examples = Array.from(fences, ({ index, 2: language, 3: marks, 4: code }) => ({
    line: markdown.slice(0, index).split("\n").length,
    language: /** @type {Example["language"]} */ (language.startsWith("t") ? "ts" : "js"),
    runs: !marks.split(/[\s,{}]+/).includes("no-run"),
    code,
  }));
  return examples.filter(({ code }) => new RegExp(`["']${NAME}\\b`).test(code));
}

/** @param {string} folder @param {Example} example */
async function check(folder, { line, language, runs, code }) {
  const module = /^\s*(import|export)\b/m.test(code) ? "m" : "c";
  const script = join(folder, `readme-${line}.${module}js`);
  if (language === "ts") {
    const source = `readme-${line}.${module}ts`;
    await writeFile(join(folder, source), code);
    await compile(folder, "typescript", STRICT, [source]);
    code = (await transform(code, { loader: "ts" })).code;
  }
  await writeFile(script, code);
  const args = runs ? ["--import", "./preload.mjs", script] : ["--check", script];
  const ended = await runChild(process.execPath, args, { cwd: folder, env: CREDENTIALS, timeout: EXAMPLE_LIMIT });
  ok(ended.code === 0, account(ended));
}
