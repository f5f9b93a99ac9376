// @ts-check
// Deno, with the network as its only permission: the package by an import map, without npm, by its name from
// node_modules, through its exports map, and by an `npm:` specifier from a registry.

import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { startRegistry } from "../../wire/registry.mjs";
import { equal, joined, labelled, ok, run as runTests } from "../suite.js";
import { account, run as runChild } from "./child.mjs";
import { NAME, TESTS, addSuites, importsOf, withProject } from "./project.mjs";
import { program } from "./runtimes.mjs";
import { suitesAsScript } from "./script.mjs";

const SCRIPT = "package/entries/script.mjs";
const CHECK_LIMIT = 60_000;
const CONDITIONS = ["deno", "import"];

/** This machine, where the stand-in gateway is, and the port that the tests need to be closed. */
const PERMISSIONS = ["--no-prompt", "--allow-net=127.0.0.1"];
/** What it would otherwise take from the folders above, or from the network. */
const BY_ITSELF = ["--no-config", "--no-lock", "--no-remote"];
const OFFLINE = [...BY_ITSELF, "--cached-only"];

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function deno(tarball) {
  const binary = program("deno");
  return withProject(tarball, async (project) => {
    await addSuites(project);
    const imports = importsOf(project.packageJson, "./node_modules/", CONDITIONS);
    const map = await writeImportMap(project.folder, imports);
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
      labelled("npm:", await fromRegistry(binary, project, tarball, imports)),
      await started(binary, project.folder),
      await typed(binary, project.folder),
    ]);
  });
}

/** Deno makes some globals when somebody asks for them first: for Node's Buffer a cold start waits 4 ms. */
const LATE_GLOBALS = ["Buffer", "process"];

/** @param {string} binary @param {string} folder */
async function started(binary, folder) {
  const script = `
    const asked = [];
    for (const name of ${JSON.stringify(LATE_GLOBALS)}) {
      Object.defineProperty(globalThis, name, { configurable: true, get: () => void asked.push(name) });
    }
    const alphapo = await import("alphapo-wasm");
    const signature = await import("alphapo-wasm/signature");
    const signed = [alphapo, signature].map(({ sign }) => sign("body", "secret"));
    console.log(JSON.stringify({ asked, same: signed[0] === signed[1] }));`;
  await writeFile(join(folder, "started.mjs"), script);
  return runTests(
    (test) =>
      test("a start does not wait for Node's globals", async () => {
        const said = await succeeding(binary, folder, ["run", "--no-prompt"], "started.mjs");
        equal(JSON.parse(said), { asked: [], same: true });
      }),
    { atOnce: 1 },
  );
}

/** Deno brings a TypeScript and types of its own. @param {string} binary @param {string} folder */
async function typed(binary, folder) {
  await cp(join(TESTS, "types"), folder, { recursive: true });
  return runTests(
    (test) => {
      for (const file of ["use", "web", "misuse", "callbacks"]) {
        test(`deno check: ${file}.ts`, () => succeeding(binary, folder, ["check"], `esm/${file}.ts`));
      }
    },
    { atOnce: 1 },
  );
}

/**
 * What Deno prints about a file of a project, with the package in its node_modules, when it ends well.
 *
 * @param {string} binary
 * @param {string} folder
 * @param {string[]} command
 * @param {string} file
 */
async function succeeding(binary, folder, command, file) {
  const args = [...command, ...OFFLINE, "--node-modules-dir=manual", file];
  const env = { DENO_DIR: join(folder, ".deno"), DENO_NO_UPDATE_CHECK: "1" };
  const ended = await runChild(binary, args, { cwd: folder, env, timeout: CHECK_LIMIT });
  ok(ended.code === 0, account(ended));
  return ended.stdout;
}

/**
 * As users write it, with the version: Deno fetches the package from the registry, which is asked for nothing else.
 *
 * @param {string} binary
 * @param {import("./project.mjs").Project} project
 * @param {string} tarball
 * @param {Record<string, string>} imports
 */
async function fromRegistry(binary, { folder, packageJson }, tarball, imports) {
  const specifier = `npm:${NAME}@${packageJson.version}`;
  const ofPackage = Object.keys(imports).filter((name) => name === NAME || name.startsWith(`${NAME}/`));
  const renamed = ofPackage.map((name) => [name, name.replace(NAME, specifier)]);
  const map = await writeImportMap(folder, { ...imports, ...Object.fromEntries(renamed) });
  const registry = await startRegistry(tarball, packageJson);
  try {
    const report = await suitesAsScript(
      binary,
      ["run", ...PERMISSIONS, ...BY_ITSELF, "--quiet", "--node-modules-dir=none", `--import-map=${map}`, SCRIPT],
      {
        cwd: folder,
        env: {
          DENO_DIR: join(folder, ".deno-npm"),
          DENO_NO_UPDATE_CHECK: "1",
          DENO_NO_PACKAGE_JSON: "1",
          NPM_CONFIG_REGISTRY: registry.origin,
        },
      },
    );
    const asked = await runTests(
      (test) => test("the registry served its metadata and its tarball", () => equal(registry.served, registry.paths)),
      { atOnce: 1 },
    );
    return joined([report, asked]);
  } finally {
    await registry.close();
  }
}

/** @param {string} folder @param {Record<string, string>} imports */
async function writeImportMap(folder, imports) {
  // They are relative to the map.
  const file = join(folder, `import-map-${crypto.randomUUID()}.json`);
  await writeFile(file, JSON.stringify({ imports }));
  return file;
}
