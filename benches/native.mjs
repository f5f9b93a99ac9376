// @ts-check
// What needs no JavaScript engine: the least native work of a signature (native.c), the instructions that the crate's own
// native core executes for one, as callgrind counts them, and what a call allocates. What needs tools that are not there is
// left out, and says so.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { account, run } from "../tests/package/rows/child.mjs";
import { SIZES } from "./signing.js";

const LIMIT = 60_000;
const BUILD_LIMIT = 300_000;
const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Where callgrind counts: what is left of the program's own start is taken off by the difference of two runs. */
const COUNTED_SIZES = [40, 111, 120, 300, 1024];
const REPETITIONS = [100, 1100];

/**
 * The nanoseconds of the least native work, by size; or why they are not known.
 *
 * @param {(size: number) => Promise<string>} signatureOf
 * @param {number} rounds
 * @returns {Promise<Record<number, number> | string>}
 */
export async function leastNativeWork(signatureOf, rounds) {
  const folder = await mkdtemp(join(tmpdir(), "alphapo-native-"));
  try {
    const program = join(folder, "native");
    const source = fileURLToPath(new URL("native.c", import.meta.url));
    const built = await run("cc", ["-O2", "-o", program, source, "-l:libcrypto.so.3"], { timeout: LIMIT });
    if (built.code !== 0) return "no C compiler, or no libcrypto of OpenSSL 3, is there";
    /** @type {Record<number, number>} */
    const least = {};
    for (const size of SIZES) {
      const times = [];
      for (let round = 0; round < rounds; round += 1) {
        const repetitions = String(Math.ceil(20_000_000 / (size * 3 + 500)));
        const { stdout } = await run(program, [String(size), repetitions], { timeout: LIMIT });
        const [time, signature] = stdout.trim().split(" ");
        if (signature !== (await signatureOf(size))) return `it signs ${size} bytes wrongly`;
        times.push(Number(time));
      }
      // The least, for once: it is a floor, and noise only adds.
      least[size] = Math.min(...times);
    }
    return least;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The instructions of one signature of the native core, by size; or why they are not known. */
export async function instructions() {
  const build = ["build", "--release", "--quiet", "--example", "signing_instructions"];
  const built = await run("cargo", build, { cwd: ROOT, timeout: BUILD_LIMIT });
  if (built.code !== 0) return `the example does not compile: ${account(built)}`;
  const program = join(ROOT, "target/release/examples/signing_instructions");
  /** @type {Record<number, number>} */
  const counts = {};
  for (const size of COUNTED_SIZES) {
    const [few, many] = [await counted(program, size, REPETITIONS[0]), await counted(program, size, REPETITIONS[1])];
    if (few === undefined || many === undefined) return "valgrind is not there";
    counts[size] = Math.round((many - few) / (REPETITIONS[1] - REPETITIONS[0]));
  }
  return counts;
}

/** What one whole call allocates in the core, step by step. @returns {Promise<[step: string, what: string][]>} */
export async function allocations() {
  const counting = ["run", "--release", "--quiet", "--example", "call_allocations"];
  const ended = await run("cargo", counting, { cwd: ROOT, timeout: BUILD_LIMIT });
  if (ended.code !== 0) throw new Error(`the example call_allocations: ${account(ended)}`);
  return [...ended.stdout.matchAll(/^(.+): (\d+ allocations, \d+ bytes)$/gm)].map(([, step, what]) => [step, what]);
}

/** @param {string} program @param {number} size @param {number} repetitions @returns {Promise<number | undefined>} */
async function counted(program, size, repetitions) {
  const args = ["--tool=callgrind", "--callgrind-out-file=/dev/null", program, String(size), String(repetitions)];
  const { stderr } = await run("valgrind", args, { timeout: LIMIT });
  const count = /Collected : (\d+)/.exec(stderr)?.[1];
  return count === undefined ? undefined : Number(count);
}
