// @ts-check
// How long a fresh Node takes to import the package and make its first signature, over what it takes to import an
// empty module: `node tests/package/cold-start.mjs <folder of the package> [node …]`. It measures and judges nothing;
// without programs to measure, it takes the Node that runs it and those of tests/runtimes.

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { program } from "./rows/runtimes.mjs";

const PROCESSES = 30;
const run = promisify(execFile);

const [folder = "target/pkg", ...programs] = process.argv.slice(2);
const here = () => [process.execPath, ...["node-22", "node-24", "node-26"].map(program)];
const nodes = programs.length ? programs : here();

const scratch = await mkdtemp(join(tmpdir(), "alphapo-cold-start-"));
try {
  const empty = join(scratch, "empty.mjs");
  await writeFile(empty, "export const sign = () => {};\n");
  const entries = { empty, package: resolve(folder, "dist/index.js") };
  console.log("                   empty    package   difference (median of 30 processes, ms)");
  for (const node of nodes) {
    const { stdout: version } = await run(node, ["--version"]);
    /** @type {Record<string, number[]>} */
    const times = { empty: [], package: [] };
    // In turn, so that whatever else the machine does meets both.
    for (let round = 0; round < PROCESSES; round += 1) {
      for (const [name, entry] of Object.entries(entries)) times[name].push(await timed(node, entry));
    }
    const [least, whole] = [median(times.empty), median(times.package)];
    const columns = [least, whole, whole - least].map((time) => time.toFixed(2).padStart(9));
    console.log(`Node ${version.trim().padEnd(10)}${columns.join(" ")}`);
  }
} finally {
  await rm(scratch, { recursive: true });
}

/** The milliseconds that one new process takes. @param {string} node @param {string} entry */
async function timed(node, entry) {
  const script = `const start = performance.now();
    const { sign } = await import(${JSON.stringify(pathToFileURL(entry).href)});
    sign('{"currency":"BTC","foreign_id":"123456"}', "AbCdEfG123456");
    console.log(performance.now() - start);`;
  const { stdout } = await run(node, ["--input-type=module", "--eval", script]);
  return Number(stdout);
}

/** @param {number[]} times */
function median(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
}
