// @ts-check
// A whole call of `takeAddress` in Node, beside a bare `fetch` that sends the same bytes and parses the same answer, and
// beside what a careful author would write by hand: over HTTP on this machine, with a `fetch` that answers at once, and
// against the sandbox in process; one at a time and a thousand at once. Prints its results as one line of JSON: how many
// times longer the others take than the bare one, and what each leaves to the garbage collector.

import { createHmac } from "node:crypto";
import process from "node:process";

import { AlphaPo } from "alphapo-wasm";
import { createSandbox } from "alphapo-wasm/sandbox";

import { takeByHand } from "./by-hand.js";
import { quantile, quartiles, shuffled } from "./interleaved.js";
import { SECRET } from "./contestants.js";

const [origin, effortText] = process.argv.slice(2);
const { rounds, calls } = JSON.parse(effortText);

const CREDENTIALS = { key: "key", secret: SECRET };
const REQUEST = { currency: "BTC", foreign_id: "user-17", end_user_reference: "user-17" };
const BODY = JSON.stringify(REQUEST);
const ANSWER = await (await fetch(`${origin}/addresses/take`, { method: "POST", body: BODY })).text();
const INIT = {
  method: "POST",
  headers: {
    "Content-Type": "application/json",
    "X-Processing-Key": CREDENTIALS.key,
    "X-Processing-Signature": createHmac("sha512", SECRET).update(BODY).digest("hex"),
  },
  body: BODY,
};

/** @typedef {{ fetch: typeof globalThis.fetch, baseUrl: string }} Gateway */

/** @type {Gateway} */
const atOnce = {
  fetch: async () => new Response(ANSWER, { status: 201, headers: { "content-type": "application/json" } }),
  baseUrl: "https://in-process.invalid",
};

const results = {};
for (const [where, gateway] of /** @type {[string, Gateway][]} */ ([
  ["over HTTP", { fetch: globalThis.fetch, baseUrl: origin }],
  ["answered at once", atOnce],
  // The last: it keeps every address, and leaves thousands of Requests to be finalised.
  ["sandbox in process", createSandbox(CREDENTIALS)],
])) {
  const contestants = await contestantsAt(gateway);
  results[where] = {
    "one at a time": await compared(contestants, calls, async (call) => {
      for (let index = 0; index < calls; index += 1) await call();
    }),
    "1,000 at once": await compared(contestants, 1000, (call) => Promise.all(Array.from({ length: 1000 }, call))),
  };
}
console.log(JSON.stringify(results));

/** @param {Gateway} gateway @returns {Promise<Record<string, () => Promise<any>>>} */
async function contestantsAt({ fetch, baseUrl }) {
  const url = `${baseUrl}/addresses/take`;
  const alphapo = new AlphaPo({ ...CREDENTIALS, baseUrl, fetch });
  const contestants = {
    bare: async () => JSON.parse(await (await fetch(url, INIT)).text()).data,
    byHand: () => takeByHand(fetch, url, CREDENTIALS, REQUEST),
    whole: () => alphapo.takeAddress(REQUEST),
  };
  for (const [name, call] of Object.entries(contestants)) {
    const { address, foreign_id } = await call();
    if (!address || foreign_id !== REQUEST.foreign_id) throw new Error(`${name}: a wrong answer from ${baseUrl}`);
  }
  return contestants;
}

/**
 * @param {Record<string, () => Promise<any>>} contestants
 * @param {number} count  of the calls of a run
 * @param {(call: () => Promise<any>) => Promise<any>} run
 */
async function compared(contestants, count, run) {
  const names = Object.keys(contestants);
  const [times, bytes] = [0, 1].map(() => Object.fromEntries(names.map((name) => [name, /** @type {number[]} */ ([])])));
  for (let round = -2; round < rounds; round += 1) {
    for (const name of shuffled(names)) {
      globalThis.gc?.();
      const before = process.memoryUsage().heapUsed;
      const began = performance.now();
      await run(contestants[name]);
      const took = performance.now() - began;
      const left = process.memoryUsage().heapUsed - before;
      // The first rounds are the compiler's.
      if (round < 0) continue;
      times[name].push((took * 1000) / count);
      // Less than nothing: the garbage collector came by.
      if (left > 0) bytes[name].push(left / count);
    }
  }
  return Object.fromEntries(
    names.map((name) => {
      const ratios = times[name].map((time, round) => time / times.bare[round]);
      const heap = Math.round(quantile(bytes[name].length ? bytes[name] : [0], 0.5));
      return [name, { microseconds: quantile(times[name], 0.5), ...quartiles(ratios), heap }];
    }),
  );
}
