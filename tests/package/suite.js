// @ts-check
// The smallest test runner and the few assertions that work unchanged in Node, workerd and browsers. It imports
// nothing and prints nothing: a suite returns its report, and the runner outside prints it.

/**
 * @typedef {{ passed: number, failed: { name: string, message: string }[], names: string[] }} Report
 * @typedef {(name: string, run: () => unknown) => void} Test
 */

/** No test may wait longer than this for anything, unless it says so. */
const LONGEST_TEST = 15_000;

/**
 * After so many milliseconds of tests that waited for nothing, or after so many tests where the clock stands still
 * meanwhile (in Workers), others that run beside them get a turn.
 */
const TURN = 20;
const TESTS_IN_A_TURN = 8;

/**
 * Collects tests and runs them, so many at once. Browsers open 6 connections to one host at most, and tests that
 * measure time must not queue behind others.
 *
 * @param {(test: Test) => void} define
 * @param {{ atOnce: number, longest?: number }} options  `longest` is how long one test may wait, in milliseconds
 * @returns {Promise<Report>}
 */
export async function run(define, { atOnce, longest = LONGEST_TEST }) {
  /** @type {{ name: string, run: () => unknown }[]} */
  const tests = [];
  define((name, run) => tests.push({ name, run }));
  const names = tests.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`two tests are named "${twice}"`);

  /** @type {Report} */
  const report = { passed: 0, failed: [], names };
  const queue = tests.entries();
  let turn = Date.now();
  const worker = async () => {
    for (const [index, { name, run }] of queue) {
      const message = await messageOf(run, longest);
      if (message === null) report.passed += 1;
      else report.failed.push({ name, message });
      if (Date.now() - turn < TURN && index % TESTS_IN_A_TURN !== 0) continue;
      await pause(0);
      turn = Date.now();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return report;
}

/** @param {Report[]} reports @returns {Report} */
export function joined(reports) {
  return {
    passed: reports.reduce((sum, { passed }) => sum + passed, 0),
    failed: reports.flatMap(({ failed }) => failed),
    names: reports.flatMap(({ names }) => names),
  };
}

/**
 * A report whose tests are told from others of the same name.
 *
 * @param {string} label
 * @param {Report} report
 * @returns {Report}
 */
export function labelled(label, { passed, failed, names }) {
  const longer = (/** @type {string} */ name) => `${label} › ${name}`;
  return {
    passed,
    failed: failed.map(({ name, message }) => ({ name: longer(name), message })),
    names: names.map(longer),
  };
}

/** @param {() => unknown} run @param {number} longest @returns {Promise<string | null>} */
async function messageOf(run, longest) {
  try {
    await within(longest, (async () => run())());
    return null;
  } catch (error) {
    return error instanceof Error ? describe(error) : `threw ${show(error)}`;
  }
}

/** The message and, for what is no assertion, where it came from. @param {Error} error */
function describe(error) {
  if (error instanceof Mismatch) return error.message;
  const place = (error.stack ?? "").split("\n").find((line) => line.includes("cases/")) ?? "";
  return `${error.name}: ${error.message} ${place.trim()}`.trim();
}

/**
 * What a promise comes to, or a failure after so many milliseconds.
 *
 * @template T
 * @param {number} ms
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
export async function within(ms, promise) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Mismatch(`nothing happened within ${ms} ms`)), ms);
  });
  try {
    return /** @type {T} */ (await Promise.race([promise, late]));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A promise that is looked at later: should it fail before, Node must not take the failure for an unhandled one.
 *
 * @template T
 * @param {Promise<T>} promise
 */
export function later(promise) {
  promise.catch(() => {});
  return promise;
}

/** @param {number} ms @returns {Promise<void>} */
export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** An assertion that did not hold. */
export class Mismatch extends Error {}

/**
 * @param {unknown} condition
 * @param {string} message
 * @returns {asserts condition}
 */
export function ok(condition, message) {
  if (!condition) throw new Mismatch(message);
}

/**
 * Deep equality of JSON-like values; `undefined` members count as present.
 *
 * @param {unknown} actual
 * @param {unknown} expected
 * @param {string} [what]
 */
export function equal(actual, expected, what = "value") {
  if (!same(actual, expected)) throw new Mismatch(`${what}: expected ${show(expected)}, got ${show(actual)}`);
}

/** @param {unknown} a @param {unknown} b @returns {boolean} */
function same(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = /** @type {Record<string, unknown>} */ (a);
  const right = /** @type {Record<string, unknown>} */ (b);
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && same(left[key], right[key]))
  );
}

/** @param {unknown} value */
export function show(value) {
  if (["symbol", "function", "bigint", "number"].includes(typeof value)) return String(value);
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  let text;
  try {
    text = JSON.stringify(value);
  } catch {
    text = undefined;
  }
  return (text ?? String(value)).slice(0, 600);
}

/**
 * What `call` throws.
 *
 * @param {() => unknown} call
 * @returns {unknown}
 */
export function thrown(call) {
  let result;
  try {
    result = call();
  } catch (error) {
    return error;
  }
  throw new Mismatch(`nothing was thrown; the result is ${show(result)}`);
}

/**
 * What the promise returned by `call` is rejected with. A call that throws instead of returning a promise fails.
 *
 * @param {() => Promise<unknown>} call
 * @returns {Promise<unknown>}
 */
export async function rejection(call) {
  /** @type {Promise<unknown>} */
  let promise;
  try {
    promise = call();
  } catch (error) {
    throw new Mismatch(`it threw ${error} at once instead of returning a promise`);
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Mismatch(`it succeeded with ${show(await promise)}`);
}
