// @ts-check
// Miniflare, as wrangler uses it: a bundler finds the package through its exports map under the condition
// "workerd", leaves the .wasm beside the bundle, and Miniflare hands that to the Worker as a compiled module.

import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";

import { startWireServer } from "../../wire/server.mjs";
import { within } from "../suite.js";
import { addSuites, withProject } from "./project.mjs";

const SUITES_LIMIT = 120_000;

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function miniflare(tarball) {
  return withProject(tarball, async (project) => {
    await addSuites(project);
    return suitesOf(await bundled(project.folder));
  });
}

/**
 * Runs a bundle, whose modules are beside its script.
 *
 * @param {string} bundle  its folder
 * @param {{ script?: string, path?: string }} [worker]  the script, and where it answers with the report
 */
export async function suitesOf(bundle, { script = "worker.js", path = "" } = {}) {
  const wire = await startWireServer();
  const worker = new Miniflare({
    rootPath: bundle,
    scriptPath: script,
    modulesRoot: ".",
    modules: true,
    modulesRules: [
      { type: "CompiledWasm", include: ["**/*.wasm"] },
      { type: "ESModule", include: ["**/*.mjs"] },
    ],
    compatibilityDate: "2024-01-01",
    bindings: { WIRE_ORIGIN: wire.origin },
    // Without this it asks the network for the properties of a request.
    cf: false,
    log: new Log(LogLevel.ERROR),
  });
  try {
    const address = `http://worker.test/${path}?wire=${encodeURIComponent(wire.origin)}`;
    const answer = await within(SUITES_LIMIT, worker.dispatchFetch(address));
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the worker answered ${answer.status}: ${text}`);
    return /** @type {import("../suite.js").Report} */ (JSON.parse(text));
  } finally {
    await worker.dispose();
    await wire.close();
  }
}

/** @param {string} folder */
async function bundled(folder) {
  const outdir = join(folder, "bundle");
  await build({
    entryPoints: [join(folder, "package/entries/worker.js")],
    outdir,
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker", "browser"],
    loader: { ".wasm": "copy" },
    logLevel: "silent",
  });
  const files = await readdir(outdir);
  if (!files.some((file) => file.endsWith(".wasm"))) {
    throw new Error(`the bundle imports no .wasm, so the condition "workerd" was not taken: ${files.join(", ")}`);
  }
  return outdir;
}
