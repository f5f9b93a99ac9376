// @ts-check
// Signing, verifying and signing with a new key, at every size of body, in the engine that runs this. Who signs wrongly is
// told and not timed.

import { contestantsOf } from "./contestants.js";
import { interleaved } from "./interleaved.js";

/** In bytes. With the key ready, 111 are two compressions, 120 are three (FIPS 180-4 §5.1.2, RFC 2104). */
export const SIZES = [40, 100, 111, 120, 300, 1024, 4096, 65_536];

/** The gateway's vector of its authentication page, and that of one size of each kind, by node:crypto. */
const KNOWN = { body: "kot1q7u154ucexatxhim17tqvl690rzc", starts: "c2dba4bc1a5d4aed0cedc800fa858704" };

/**
 * @param {import("./contestants.js").Engine} engine
 * @param {string} baseline  the contestant that the others are compared with
 * @param {import("./interleaved.js").Effort} effort
 */
export async function signing(engine, baseline, effort) {
  const { contestants, absent } = await contestantsOf(engine);
  const reference = contestants.find(({ name }) => name === baseline);
  if (!reference) throw new Error(`this engine has no ${baseline}`);
  if (!(await reference.sign(KNOWN.body)).startsWith(KNOWN.starts)) throw new Error(`${baseline} signs wrongly`);
  const right = [];
  for (const contestant of contestants) {
    const problem = await problemOf(contestant, reference);
    if (problem) absent.push({ name: contestant.name, reason: problem });
    else right.push(contestant);
  }
  /** @type {Record<string, Record<number, any>>} */
  const results = { sign: {}, verify: {}, once: {} };
  for (const size of SIZES) {
    const body = bodyOf(size);
    const signature = await reference.sign(body);
    const table = {
      sign: right.map(({ name, sign, asynchronous }) => [name, { call: () => sign(body), asynchronous }]),
      verify: right.filter(({ verify }) => verify).map(({ name, verify }) => [name, { call: () => verify?.(body, signature) }]),
      once: right.filter(({ once }) => once).map(({ name, once }) => [name, { call: () => once?.(body) }]),
    };
    for (const [job, calls] of Object.entries(table)) {
      const names = calls.map(([name]) => name);
      if (!names.includes(baseline)) continue;
      results[job][size] = await interleaved(Object.fromEntries(calls), baseline, effort);
    }
  }
  return { baseline, results, absent, right: right.map(({ name }) => name) };
}

/**
 * A request of this many bytes, as callers have it: written by JSON.stringify. Text that was put together from others is
 * of another kind inside an engine, and V8 hands it over 10 to 25 ns later.
 *
 * @param {number} size
 */
export function bodyOf(size) {
  const request = { currency: "BTC", foreign_id: "" };
  const frame = JSON.stringify(request).length;
  return JSON.stringify({ ...request, foreign_id: "u".repeat(size - frame) });
}

/**
 * What is wrong with a contestant's results, if anything: every size that is measured, and text outside ASCII.
 *
 * @param {import("./contestants.js").Contestant} contestant
 * @param {import("./contestants.js").Contestant} reference
 */
async function problemOf({ sign, verify, once }, reference) {
  try {
    for (const body of SIZES.map(bodyOf)) {
      const expected = await reference.sign(body);
      for (const way of [sign, once]) {
        if (way && (await way(body)) !== expected) return `signs ${body.length} bytes wrongly`;
      }
      if (verify && (!verify(body, expected) || verify(body, expected.replace(/./, (c) => (c === "0" ? "1" : "0"))))) {
        return `verifies ${body.length} bytes wrongly`;
      }
    }
    return undefined;
  } catch (error) {
    return `fails: ${/** @type {any} */ (error)?.message}`;
  }
}
