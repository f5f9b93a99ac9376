// @ts-check
// How long workerd takes from its start to the first answer of a Worker that signs it with the package, over that of a
// Worker without WebAssembly. That other Worker is measured twice, which tells how far noise goes. Its clock stands still
// while a Worker computes, so nothing finer can be measured there.

import { once } from "node:events";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { start, stop } from "../tests/package/rows/child.mjs";
import { within } from "../tests/package/suite.js";
import { quantile } from "./interleaved.js";

/** An answer that does not come must still end. */
const LIMIT = 20_000;
const ENTRY = ["workerd.js", "alphapo.wasm"];

const { default: WORKERD, compatibilityDate: NEWEST } = createRequire(new URL("../tests/package.json", import.meta.url))("workerd");

const SIGNING = `import { sign } from "./workerd.js";
export default { fetch: () => new Response(sign('{"currency":"BTC","foreign_id":"123456"}', "AbCdEfG123456")) };
`;
const PLAIN = 'export default { fetch: () => new Response("0".repeat(128)) };\n';

/**
 * @param {string} packageFolder
 * @param {number} processes
 * @returns {Promise<{ date: string, plain: number, signing: number, again: number }>} milliseconds
 */
export async function startOfWorkerd(packageFolder, processes) {
  const scratch = await mkdtemp(join(tmpdir(), "alphapo-start-"));
  try {
    for (const file of ENTRY) await cp(join(packageFolder, "dist", file), join(scratch, file));
    const [workerJs, wasm] = ENTRY;
    const signing = await configured(scratch, "signing", SIGNING, [
      `(name = "${workerJs}", esModule = embed "${workerJs}")`,
      `(name = "${wasm}", wasm = embed "${wasm}")`,
    ]);
    const plain = await configured(scratch, "plain", PLAIN, []);
    /** @type {Record<string, number[]>} */
    const times = { plain: [], signing: [], again: [] };
    // In turn, so that whatever else the machine does meets all. The first round only warms the disk's cache.
    for (let round = 0; round <= processes; round += 1) {
      for (const [name, config] of Object.entries({ plain, signing, again: plain })) {
        const time = await firstAnswer(config);
        if (round > 0) times[name].push(time);
      }
    }
    const [ofPlain, ofSigning, ofAgain] = Object.values(times).map((list) => quantile(list, 0.5));
    return { date: NEWEST, plain: ofPlain, signing: ofSigning, again: ofAgain };
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/**
 * Writes a Worker and its configuration, whose path it returns.
 *
 * @param {string} scratch
 * @param {string} name
 * @param {string} source
 * @param {string[]} modules  what it imports
 */
async function configured(scratch, name, source, modules) {
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
