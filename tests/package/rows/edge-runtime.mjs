// @ts-check
// Vercel's edge runtime, as its own emulation has it: a bundler finds the package through its exports map under the
// condition "edge-light" and hands `.wasm?module` over compiled, and the runtime compiles nothing. What the hosted one
// does beyond that is not shown here.

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { build } from "esbuild";

import { startWireServer } from "../../wire/server.mjs";
import { joined, ok, run, thrown, within } from "../suite.js";
import { addSuites, withProject } from "./project.mjs";
import { library } from "./runtimes.mjs";

const SUITES_LIMIT = 120_000;

/** The globals by which the bundle takes its compiled modules, and the runner what the bundle exports. */
const MODULES = "compiledModules";
const WORKER = "worker";

/** A module without anything in it. */
const SMALLEST_MODULE = "new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])";

/** @typedef {import("../suite.js").Report} Report */

/** @param {string} tarball @returns {Promise<Report>} */
export function edgeRuntime(tarball) {
  return withProject(tarball, async (project) => {
    await addSuites(project);
    const { code, modules } = await bundled(project.folder);
    const edge = edgeWith(modules);
    const wire = await startWireServer();
    try {
      edge.evaluate(code);
      const text = await within(SUITES_LIMIT, edge.evaluate(call(wire.origin)));
      return joined([await compilesNothing(edge), JSON.parse(text)]);
    } finally {
      await wire.close();
    }
  });
}

/** @param {Record<string, WebAssembly.Module>} modules */
function edgeWith(modules) {
  const { EdgeVM } = library("@edge-runtime/vm");
  return new EdgeVM({
    // Its default allows WebAssembly, which the hosted runtime does not.
    codeGeneration: { strings: false, wasm: false },
    extend: (/** @type {object} */ context) => Object.assign(context, { [MODULES]: modules }),
  });
}

/** The bundle as a script, and the modules that it imports. @param {string} folder */
async function bundled(folder) {
  /** @type {Record<string, WebAssembly.Module>} */
  const modules = {};
  const { outputFiles } = await build({
    entryPoints: [join(folder, "package/entries/worker.js")],
    bundle: true,
    write: false,
    format: "iife",
    globalName: WORKER,
    // Modules are strict, and a script is only when it says so.
    banner: { js: '"use strict";' },
    // As Next.js asks for an edge function.
    conditions: ["edge-light", "worker", "browser"],
    plugins: [compiled(modules)],
    logLevel: "silent",
  });
  const files = Object.keys(modules);
  ok(files.length === 3, `the bundle imports ${files.length} modules, so "edge-light" was not taken: ${files}`);
  return { code: outputFiles[0].text, modules };
}

/** What Vercel's bundlers do for `.wasm?module`. @param {Record<string, WebAssembly.Module>} modules */
function compiled(modules) {
  return {
    name: "wasm-module",
    setup(/** @type {import("esbuild").PluginBuild} */ { onResolve, onLoad }) {
      onResolve({ filter: /\.wasm\?module$/ }, ({ path, importer }) => ({
        path: join(dirname(importer), path.replace(/\?module$/, "")),
        namespace: "wasm-module",
      }));
      onLoad({ filter: /./, namespace: "wasm-module" }, async ({ path }) => {
        modules[path] = new WebAssembly.Module(await readFile(path));
        return { contents: `export default ${MODULES}[${JSON.stringify(path)}];` };
      });
    },
  };
}

/** @param {string} origin */
function call(origin) {
  const env = JSON.stringify({ WIRE_ORIGIN: origin });
  return `${WORKER}.default.fetch(new Request("http://edge.test/"), ${env}).then(async (answer) => {
    if (!answer.ok) throw new Error(await answer.text());
    return answer.text();
  })`;
}

/** Without this the row would prove nothing. @param {{ evaluate: (code: string) => unknown }} edge */
function compilesNothing(edge) {
  return run(
    (test) => {
      for (const code of [`new WebAssembly.Module(${SMALLEST_MODULE})`, 'new Function("return 1")']) {
        test(`edge: ${code} is refused`, () => {
          const error = /** @type {any} */ (thrown(() => edge.evaluate(code)));
          ok(/disallowed/.test(error.message), error.message);
        });
      }
    },
    { atOnce: 1 },
  );
}
