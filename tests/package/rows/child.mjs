// @ts-check
// Child processes that cannot get lost: every wait ends, and none of them lives longer than the runner.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */
/** @typedef {{ cwd?: string, env?: Record<string, string | undefined>, timeout: number }} Options */
/** @typedef {{ code: number | null, signal: string | null, stdout: string, stderr: string, late: boolean }} Ended */

/** @type {Set<ChildProcess>} */
const alive = new Set();
/**
 * Those that lead a group of their own and are ended with it: they start others, and may leave them behind.
 *
 * @type {WeakSet<ChildProcess>}
 */
const leaders = new WeakSet();

process.on("exit", () => alive.forEach((child) => kill(child, "SIGKILL")));
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.once(signal, () => stopAll().finally(() => process.exit(1)));
}

/** Ends all children that are left, gently, so that they end their own. */
export function stopAll() {
  return Promise.all([...alive].map(stop));
}

/**
 * Starts a child whose output is collected.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {Omit<Options, "timeout"> & { stdio?: import("node:child_process").StdioOptions, group?: boolean }} [options]
 */
export function start(command, args, { cwd, env, stdio = ["ignore", "pipe", "pipe"], group = false } = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio, detached: group });
  alive.add(child);
  if (group) leaders.add(child);
  const output = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk) => (output.stdout += chunk));
  child.stderr?.on("data", (chunk) => (output.stderr += chunk));
  const ended = new Promise((resolve) => {
    child.on("error", (error) => {
      output.stderr += String(error);
      resolve(undefined);
    });
    child.on("close", resolve);
  }).finally(() => alive.delete(child));
  return { child, output, ended };
}

/**
 * Runs a child to its end, or kills it when the time is up.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {Options & { group?: boolean }} options
 * @returns {Promise<Ended>}
 */
export async function run(command, args, { timeout, ...options }) {
  const { child, output, ended } = start(command, args, options);
  const late = await isLate(ended, timeout);
  if (late) await stop(child);
  return { ...output, code: child.exitCode, signal: child.signalCode, late };
}

/**
 * Whether something is still going on after so many milliseconds.
 *
 * @param {Promise<unknown>} ended
 * @param {number} ms
 */
export async function isLate(ended, ms) {
  const waiting = new AbortController();
  const late = sleep(ms, true, { signal: waiting.signal }).catch(() => false);
  const result = await Promise.race([ended.then(() => false), late]);
  waiting.abort();
  return result;
}

/** Ends a child, gently for three seconds, and then what is left of its group. @param {ChildProcess} child */
export async function stop(child) {
  if (child.pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, "exit");
    kill(child, "SIGTERM");
    if (await isLate(gone, 3_000)) {
      kill(child, "SIGKILL");
      await gone;
    }
  }
  if (leaders.has(child)) kill(child, "SIGKILL");
}

/** @param {ChildProcess} child @param {NodeJS.Signals} signal */
function kill(child, signal) {
  if (!leaders.has(child)) return child.kill(signal);
  try {
    process.kill(-(/** @type {number} */ (child.pid)), signal);
  } catch {
    // Nobody is left in the group.
  }
}

/** What a child said, for a failure's message. @param {Ended} ended */
export function account({ code, signal, stdout, stderr, late }) {
  const end = late ? "did not end in time" : `ended with ${signal ?? `code ${code}`}`;
  const said = `${stdout}\n${stderr}`.trim().split("\n").slice(-25).join("\n    ");
  return `it ${end}${said && `:\n    ${said}`}`;
}
