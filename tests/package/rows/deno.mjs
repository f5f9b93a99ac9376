// @ts-check
// Deno, with the network as its only permission: the package by an import map, without npm, and by its name from
// node_modules, through its exports map.

import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { joined, labelled, ok, run as runTests } from "../suite.js";
import { account, run as runChild } from "./child.mjs";
import { TESTS, addSuites, importsOf, withProject } from "./project.mjs";
import { program } from "./runtimes.mjs";
import { suitesAsScript } from "./script.mjs";

const SCRIPT = "package/entries/script.mjs";
const CHECK_LIMIT = 60_000;
const CONDITIONS = ["deno", "import"];

/** This machine, where the stand-in gateway is, and the port that the tests need to be closed. */
const PERMISSIONS = ["--no-prompt", "--allow-net=127.0.0.1"];
/** What it would otherwise take from the folders above, or from the network. */
const OFFLINE = ["--no-config", "--no-lock", "--no-remote", "--cached-only"];

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function deno(tarball) {
  const binary = program("deno");
  return withProject(tarball, async (project) => {
    await addSuites(project);
    const map = await writeImportMap(project);
    const run = (/** @type {string[]} */ options, /** @type {Record<string, string>} */ env) =>
      suitesAsScript(binary, ["run", ...PERMISSIONS, ...OFFLINE, ...options, SCRIPT], {
        cwd: project.folder,
        env: { DENO_DIR: join(project.folder, ".deno"), DENO_NO_UPDATE_CHECK: "1", ...env },
      });
    return joined([
      labelled(
        "import map",
        await run(["--no-npm", "--node-modules-dir=none", `--import-map=${map}`], { DENO_NO_PACKAGE_JSON: "1" }),
      ),
      labelled("node_modules", await run(["--node-modules-dir=manual"], {})),
      await typed(binary, project.folder),
    ]);
  });
}

/** Deno brings a TypeScript and types of its own. @param {string} binary @param {string} folder */
async function typed(binary, folder) {
  await cp(join(TESTS, "types"), folder, { recursive: true });
  return runTests(
    (test) => {
      for (const file of ["use", "web", "misuse", "callbacks"]) {
        test(`deno check: ${file}.ts`, async () => {
          const args = ["check", ...OFFLINE, "--node-modules-dir=manual", `esm/${file}.ts`];
          const env = { DENO_DIR: join(folder, ".deno"), DENO_NO_UPDATE_CHECK: "1" };
          const ended = await runChild(binary, args, { cwd: folder, env, timeout: CHECK_LIMIT });
          ok(ended.code === 0, account(ended));
        });
      }
    },
    { atOnce: 1 },
  );
}

/** @param {import("./project.mjs").Project} project */
async function writeImportMap({ folder, packageJson }) {
  const file = join(folder, "import-map.json");
  await writeFile(file, JSON.stringify({ imports: importsOf(packageJson, "./node_modules/", CONDITIONS) }));
  return file;
}
