// @ts-check
// How long workerd takes from its start to the first answer of a Worker that signs it with the package, over that of a
// Worker without WebAssembly: `node tests/package/cold-start-workerd.mjs <folder of the package>`. It measures and
// judges nothing. The second line compares that other Worker with itself, which is how far noise goes.

import { once } from "node:events";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { start, stop } from "./rows/child.mjs";
import { within } from "./suite.js";

const PROCESSES = 40;
/** An answer that does not come must still end. */
const LIMIT = 20_000;
const ENTRY = ["workerd.js", "alphapo.wasm"];

const { default: WORKERD, compatibilityDate: NEWEST } = createRequire(import.meta.url)("workerd");

const SIGNING = `import { sign } from "./workerd.js";
export default { fetch: () => new Response(sign('{"currency":"BTC","foreign_id":"123456"}', "AbCdEfG123456")) };
`;
const PLAIN = 'export default { fetch: () => new Response("0".repeat(128)) };\n';

const [folder = "target/pkg"] = process.argv.slice(2);
const scratch = await mkdtemp(join(tmpdir(), "alphapo-cold-start-"));
try {
  for (const file of ENTRY) await cp(join(folder, "dist", file), join(scratch, file));
  const [workerJs, wasm] = ENTRY;
  const signing = await configured("signing", SIGNING, [
    `(name = "${workerJs}", esModule = embed "${workerJs}")`,
    `(name = "${wasm}", wasm = embed "${wasm}")`,
  ]);
  const plain = await configured("plain", PLAIN, []);
  /** @type {Record<string, number[]>} */
  const times = { plain: [], signing: [], again: [] };
  // In turn, so that whatever else the machine does meets all. The first round only warms the disk's cache.
  for (let round = 0; round <= PROCESSES; round += 1) {
    for (const [name, config] of Object.entries({ plain, signing, again: plain })) {
      const time = await firstAnswer(config);
      if (round > 0) times[name].push(time);
    }
  }
  console.log(`workerd of ${NEWEST}, from its start to the first answer (median of ${PROCESSES} processes, ms)`);
  const without = median(times.plain);
  for (const [what, list] of Object.entries({ "with the package": times.signing, "without, again": times.again })) {
    const [time, more] = [median(list), median(list) - without].map((ms) => ms.toFixed(2).padStart(8));
    console.log(`${what.padEnd(17)} ${time}, over ${without.toFixed(2)} without: ${more}`);
  }
} finally {
  await rm(scratch, { recursive: true });
}

/**
 * Writes a Worker and its configuration, whose path it returns.
 *
 * @param {string} name
 * @param {string} source
 * @param {string[]} modules  what it imports
 */
async function configured(name, source, modules) {
  await writeFile(join(scratch, `${name}.js`), source);
  const own = `(name = "${name}.js", esModule = embed "${name}.js")`;
  const config = join(scratch, `${name}.capnp`);
  await writeFile(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (modules = [${[own, ...modules].join(", ")}], compatibilityDate = "${NEWEST}")),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`,
  );
  return config;
}

/** The milliseconds from a new process to its first answer. @param {string} config */
async function firstAnswer(config) {
  const began = performance.now();
  const { child, output } = start(WORKERD, ["serve", config, "--control-fd=3"], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  try {
    const control = /** @type {import("node:stream").Readable} */ (child.stdio[3]);
    const [line] = await within(LIMIT, once(control, "data"));
    const { port } = JSON.parse(String(line).split("\n")[0]);
    const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(LIMIT) });
    const text = await answer.text();
    const took = performance.now() - began;
    if (text.length !== 128) throw new Error(`the Worker answered ${answer.status}: ${text}\n${output.stderr}`);
    return took;
  } finally {
    await stop(child);
  }
}

/** @param {number[]} times */
function median(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
}
