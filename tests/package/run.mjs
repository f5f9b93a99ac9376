// @ts-check
// One row of checks on the packed package: `node tests/package/run.mjs <row> <tarball>`.
//
// It prints `ok <row> › <name>` or `not ok <row> › <name>: <message>` per test and, as its last line, the counts. A
// row whose runtime does not exist for this machine is skipped, which is counted too. It leaves no temporary folder and
// no process behind, and it may not know what a row does.

import { resolve } from "node:path";

import { stopAll } from "./rows/child.mjs";
import { NotHere } from "./rows/runtimes.mjs";

/**
 * Loaded one by one, so that a row depends on nothing that only another one needs.
 *
 * @type {Record<string, () => Promise<(tarball: string) => Promise<import("./suite.js").Report>>>}
 */
const ROWS = {
  "package-files": async () => (await import("./rows/package-files.mjs")).packageFiles,
  loading: async () => (await import("./rows/loading.mjs")).loading,
  types: async () => (await import("./rows/types.mjs")).types,
  "node-esm": async () => (await import("./rows/node.mjs")).nodeEsm,
  "node-cjs": async () => (await import("./rows/node.mjs")).nodeCjs,
  "node-20": async () => (await import("./rows/node.mjs")).node20,
  "node-slim": async () => (await import("./rows/node.mjs")).nodeSlim,
  "node-22": async () => (await import("./rows/node.mjs")).node22,
  "node-24": async () => (await import("./rows/node.mjs")).node24,
  "node-26": async () => (await import("./rows/node.mjs")).node26,
  "node-worker-threads": async () => (await import("./rows/node.mjs")).nodeWorkerThreads,
  "node-permission": async () => (await import("./rows/node.mjs")).nodePermission,
  deno: async () => (await import("./rows/deno.mjs")).deno,
  bun: async () => (await import("./rows/bun.mjs")).bun,
  "edge-runtime": async () => (await import("./rows/edge-runtime.mjs")).edgeRuntime,
  workerd: async () => (await import("./rows/workerd.mjs")).workerd,
  miniflare: async () => (await import("./rows/miniflare.mjs")).miniflare,
  wrangler: async () => (await import("./rows/wrangler.mjs")).wrangler,
  chromium: async () => (await import("./rows/browsers.mjs")).chromium,
  firefox: async () => (await import("./rows/browsers.mjs")).firefox,
  webkit: async () => (await import("./rows/browsers.mjs")).webkit,
  "faults-node": async () => (await import("./rows/node.mjs")).faultsNode,
  "faults-workerd": async () => (await import("./rows/workerd.mjs")).faultsWorkerd,
  endurance: async () => (await import("./rows/node.mjs")).endurance,
  examples: async () => (await import("./rows/examples.mjs")).examples,
  "examples-next": async () => (await import("./rows/examples-next.mjs")).examplesNext,
  "examples-service-worker": async () => (await import("./rows/examples-service-worker.mjs")).examplesServiceWorker,
  esbuild: async () => (await import("./rows/esbuild.mjs")).esbuild,
  rollup: async () => (await import("./rows/rollup.mjs")).rollup,
  webpack: async () => (await import("./rows/webpack.mjs")).webpack,
  rspack: async () => (await import("./rows/webpack.mjs")).rspack,
  vite: async () => (await import("./rows/vite.mjs")).vite,
  parcel: async () => (await import("./rows/parcel.mjs")).parcel,
  tsup: async () => (await import("./rows/tsup.mjs")).tsup,
  next: async () => (await import("./rows/next.mjs")).next,
  nitro: async () => (await import("./rows/frameworks.mjs")).nitro,
  sveltekit: async () => (await import("./rows/frameworks.mjs")).sveltekit,
  astro: async () => (await import("./rows/frameworks.mjs")).astro,
  jest: async () => (await import("./rows/test-runners.mjs")).jest,
  vitest: async () => (await import("./rows/test-runners.mjs")).vitest,
  "node-vm": async () => (await import("./rows/node-vm.mjs")).nodeVm,
  "tree-shaking": async () => (await import("./rows/tree-shaking.mjs")).treeShaking,
  bench: async () => (await import("./rows/bench.mjs")).bench,
  "command-line": async () => (await import("./rows/command-line.mjs")).commandLine,
  "sandbox-server": async () => (await import("./rows/sandbox-server.mjs")).sandboxServer,
  "sandbox-page": async () => (await import("./rows/sandbox-page.mjs")).sandboxPage,
  readme: async () => (await import("./rows/readme.mjs")).readme,
};

/** Every row's own waits are shorter; this one ends what nobody thought of. */
const ROW_LIMIT = 10 * 60_000;

const [row, tarball] = process.argv.slice(2);
if (!ROWS[row] || !tarball) {
  console.error(`usage: run.mjs <row> <tarball>; the rows are ${Object.keys(ROWS).join(", ")}`);
  process.exit(2);
}

const tooLate = new Promise((_, reject) => {
  setTimeout(() => reject(new Error(`it did not end within ${ROW_LIMIT} ms`)), ROW_LIMIT).unref();
});
const report = ROWS[row]().then((run) => run(resolve(tarball)));
await Promise.race([report, tooLate]).catch(failure).then(finish);

/** The report of a row that could not be run to its end. @param {any} error @returns {import("./suite.js").Report} */
function failure(error) {
  if (error instanceof NotHere) {
    console.log(`skipped ${row} › the row: ${error.message}`);
    console.log("0 passed, 0 failed, 1 skipped");
    process.exit(0);
  }
  return { passed: 0, failed: [{ name: "the row", message: error?.stack ?? String(error) }], names: [] };
}

/** @param {import("./suite.js").Report} report */
async function finish({ passed, failed, names }) {
  await stopAll();
  const messages = new Map(failed.map(({ name, message }) => [name, message]));
  const lines = [...new Set([...names, ...messages.keys()])].map((name) => {
    const message = messages.get(name);
    return message === undefined ? `ok ${row} › ${name}` : `not ok ${row} › ${name}: ${message}`;
  });
  // A row without a test guards nothing.
  const nothing = passed + failed.length === 0;
  if (nothing) lines.push(`not ok ${row} › the row: it ran no test`);
  lines.push(`${passed} passed, ${failed.length + Number(nothing)} failed`);
  // An exit drops what a reader, behind on a busy machine, has not yet taken from the pipe.
  await new Promise((taken) => process.stdout.write(`${lines.join("\n")}\n`, taken));
  process.exit(failed.length > 0 || nothing ? 1 : 0);
}
