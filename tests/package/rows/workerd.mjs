// @ts-check
// workerd itself, configured by a file of its own that lists the installed package's modules one by one, as Workers of
// different age are: by their compatibility date, with Node's interfaces and without. No bundler touches the package;
// only the suite's third-party decoders are bundled, since workerd finds no node_modules.

import { once } from "node:events";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, posix } from "node:path";

import { build } from "esbuild";

import { startFaultServer } from "../../wire/faults.mjs";
import { startWireServer } from "../../wire/server.mjs";
import { joined, labelled, ok, run, within } from "../suite.js";
import { start, stop } from "./child.mjs";
import { NAME, addSuites, resolveExport, withProject } from "./project.mjs";

const SUITES_LIMIT = 120_000;
const START_LIMIT = 20_000;
const CONDITIONS = ["workerd", "worker", "import"];

/** The program itself, not the script around it in node_modules/.bin, and the last date that it knows. */
const { default: BINARY, compatibilityDate: NEWEST } = createRequire(import.meta.url)("workerd");

/** At the last two bytes may be compiled at start-up, before them nowhere; the newest is the last the program knows. */
const DATES = ["2023-05-18", "2024-01-01", "2025-05-01", "2025-09-01", NEWEST];
const FLAGS = [[], ["nodejs_compat"]];
const COMPATIBILITIES = DATES.flatMap((date) => FLAGS.map((flags) => ({ date, flags })));
/** Tests that measure time must not wait for a processor. */
const AT_ONCE = 2;

/** @typedef {import("../suite.js").Report} Report */
/** @typedef {{ date: string, flags: string[] }} Compatibility */

/**
 * What a Worker is started for: `largest` is how large workerd may get, in MiB.
 *
 * @typedef {{ entry: string, compatibilities: Compatibility[], largest?: number }} Work
 */

/** @type {Work} */
const SUITES = { entry: "package/entries/worker.js", compatibilities: COMPATIBILITIES };

/** @type {Work} */
const FAULTS = {
  entry: "package/entries/faults-worker.js",
  // Without the flag workerd tells of a rejection before whoever awaits it can have caught it.
  compatibilities: [{ date: "2024-01-01", flags: ["unhandled_rejection_after_microtask_checkpoint"] }],
  largest: 200,
};

/** @param {string} tarball */
export const workerd = (tarball) => inWorker(tarball, SUITES, startWireServer);

/** @param {string} tarball */
export const faultsWorkerd = (tarball) => inWorker(tarball, FAULTS, startFaultServer);

/**
 * @param {string} tarball
 * @param {Work} work
 * @param {() => Promise<{ origin: string, close: () => Promise<void> }>} startServer
 * @returns {Promise<Report>}
 */
function inWorker(tarball, work, startServer) {
  return withProject(tarball, async (project) => {
    await addSuites(project);
    await bundleDecoders(project.folder);
    const modules = await modulesOf(project, work);
    const wire = await startServer();
    try {
      return await inEach(work.compatibilities, async (compatibility, place) => {
        const config = join(project.folder, `workerd-${place}.capnp`);
        await writeFile(config, configText(modules, wire.origin, compatibility));
        return reportOf(project.folder, config, work);
      });
    } finally {
      await wire.close();
    }
  });
}

/**
 * @param {Compatibility[]} compatibilities
 * @param {(compatibility: Compatibility, place: number) => Promise<Report>} run
 */
async function inEach(compatibilities, run) {
  /** @type {Report[]} */
  const reports = [];
  const queue = compatibilities.entries();
  const worker = async () => {
    for (const [place, compatibility] of queue) {
      const label = [compatibility.date, ...compatibility.flags].join(" ");
      reports[place] = labelled(label, await run(compatibility, place).catch(ended));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return joined(reports);
}

/** One that gave no report must not take those of the others with it. @param {Error} error @returns {Report} */
function ended(error) {
  const name = "the suites are run";
  return { passed: 0, failed: [{ name, message: error.stack ?? String(error) }], names: [name] };
}

/** @param {string} folder */
async function bundleDecoders(folder) {
  const decoders = join(folder, "package/decoders.js");
  await build({
    entryPoints: [decoders],
    outfile: decoders,
    allowOverwrite: true,
    bundle: true,
    format: "esm",
    external: ["./suite.js"],
    logLevel: "silent",
  });
}

/**
 * Module names are paths from the project's folder. workerd resolves a bare specifier as a path from the importing
 * module's folder, so the package's entries get a second name there, which re-exports the installed file.
 *
 * @param {import("./project.mjs").Project} project
 * @param {Work} work
 * @returns {Promise<string[]>} the worker's own first, as workerd asks for it
 */
async function modulesOf({ folder, packageFolder, packageJson }, { entry: worker }) {
  const suites = [...(await filesIn(folder, "package")), "wire/session.js"].filter((file) => /\.js(on)?$/.test(file));
  const modules = suites.map((file) => module(file, file));
  for (const subpath of [".", "./sandbox", "./signature"]) {
    const entry = resolveExport(packageJson, subpath, CONDITIONS);
    for (const file of await importsOf(packageFolder, entry)) {
      modules.push(module(`node_modules/${NAME}/${file}`, `node_modules/${NAME}/${file}`));
    }
    const specifier = posix.join(NAME, subpath);
    const alias = `${specifier.replace("/", "-")}.alias.js`;
    await writeFile(join(folder, alias), `export * from "/node_modules/${NAME}/${entry}";\n`);
    modules.push(module(`package/entries/${specifier}`, alias));
  }
  return [...new Set([module(worker, worker), ...modules])];
}

/** @param {string[]} modules @param {string} origin @param {Compatibility} compatibility */
function configText(modules, origin, { date, flags }) {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [
        ${modules.join(",\n        ")},
      ],
      bindings = [(name = "WIRE_ORIGIN", text = ${JSON.stringify(origin)})],
      compatibilityDate = "${date}",
      compatibilityFlags = ${JSON.stringify(flags)},
      globalOutbound = "outbound",
    )),
    # The stand-in gateway is on this machine, which Workers may not reach unless told.
    (name = "outbound", network = (allow = ["private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;
}

/** @param {string} name @param {string} file */
function module(name, file) {
  const kind = file.endsWith(".wasm") ? "wasm" : file.endsWith(".json") ? "json" : "esModule";
  return `(name = ${JSON.stringify(name)}, ${kind} = embed ${JSON.stringify(file)})`;
}

/** The package's files that an entry imports, itself included. @param {string} packageFolder @param {string} entry */
async function importsOf(packageFolder, entry) {
  const found = new Set([entry]);
  for (const file of found) {
    if (file.endsWith(".wasm")) continue;
    const source = await readFile(join(packageFolder, file), "utf8");
    for (const [, specifier] of source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']+)["']/g)) {
      found.add(posix.join(posix.dirname(file), specifier));
    }
  }
  return found;
}

/** @param {string} root @param {string} folder @returns {Promise<string[]>} */
async function filesIn(root, folder) {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const nested = entries.map((entry) => {
    const path = posix.join(folder, entry.name);
    return entry.isDirectory() ? filesIn(root, path) : [path];
  });
  return (await Promise.all(nested)).flat();
}

/** @param {string} folder @param {string} config @param {Work} work @returns {Promise<Report>} */
async function reportOf(folder, config, { largest }) {
  const { child, output, ended } = start(BINARY, ["serve", config, "--control-fd=3"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const said = () => `${output.stdout}${output.stderr}`;
  try {
    const control = /** @type {import("node:stream").Readable} */ (child.stdio[3]);
    const failed = ended.then(() => Promise.reject(new Error(`workerd ended: ${said()}`)));
    failed.catch(() => {});
    const [line] = await within(START_LIMIT, Promise.race([once(control, "data"), failed]));
    const { port } = JSON.parse(String(line).split("\n")[0]);
    const answer = await Promise.race([
      fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(SUITES_LIMIT) }),
      failed,
    ]);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the worker answered ${answer.status}: ${text}\n${said()}`);
    const report = JSON.parse(text);
    // Only Linux tells how large another process has ever been.
    if (!largest || process.platform !== "linux") return report;
    return joined([report, await staysBelow(largest, Number(child.pid))]);
  } finally {
    await stop(child);
  }
}

/** @param {number} mebibytes @param {number} pid */
function staysBelow(mebibytes, pid) {
  return run(
    (test) => {
      test(`workerd: it never took more than ${mebibytes} MiB`, async () => {
        const [, kibibytes] = /VmHWM:\s*(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
        const peak = Number(kibibytes) / 1024;
        ok(peak > 0 && peak < mebibytes, `it took ${Math.round(peak)} MiB`);
      });
    },
    { atOnce: 1 },
  );
}
