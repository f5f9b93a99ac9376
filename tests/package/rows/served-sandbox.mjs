// @ts-check
// `alphapo-wasm sandbox` as a child process: started, listened to, and ended again. It knows nothing of what a test
// does with it.

import { isLate, start, stop } from "./child.mjs";

const START_LIMIT = 12_000;

/**
 * @typedef {{ baseUrl: string, page: string, key: string, secret: string, curl: string, depositCurl: string }} Introduction
 * @typedef {Introduction & {
 *   child: import("node:child_process").ChildProcess,
 *   ended: Promise<unknown>,
 *   lines: () => any[],
 * }} Served  `lines` are those of its log
 */

/**
 * Starts a sandbox, on a free port unless it is told one, and waits until it listens.
 *
 * @param {string[]} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 * @returns {Promise<Served>}
 */
export async function begin([program, ...before], args, options = {}) {
  const port = args.includes("--port") ? [] : ["--port", "0"];
  const { child, output, ended } = start(program, [...before, "sandbox", "--json", ...port, ...args], options);
  const lines = () => output.stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  const first = new Promise((resolve) => {
    child.stdout?.on("data", () => output.stdout.includes("\n") && resolve(undefined));
  });
  await isLate(Promise.race([first, ended]), START_LIMIT);
  const [introduction] = lines();
  if (introduction) return { ...introduction, child, ended, lines };
  await stop(child);
  throw new Error(`the sandbox did not start: ${output.stdout}${output.stderr}`);
}

/**
 * The same, for `use`, and ended afterwards.
 *
 * @template T
 * @param {string[]} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} options
 * @param {(served: Served) => Promise<T>} use
 */
export async function served(program, args, options, use) {
  const sandbox = await begin(program, args, options);
  try {
    return await use(sandbox);
  } finally {
    await stop(sandbox.child);
  }
}
