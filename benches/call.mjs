// @ts-check
// A whole call of `takeAddress` in Node beside a bare `fetch` that sends the same bytes and parses the same answer, over
// HTTP on this machine and in process, one at a time and a thousand at once. Prints its results as one line of JSON:
// how many times longer the whole call takes, and what each leaves to the garbage collector.

import { createHmac } from "node:crypto";
import process from "node:process";

import { AlphaPo } from "alphapo-wasm";

import { quantile } from "./interleaved.js";
import { SECRET } from "./contestants.js";

const [origin, effortText] = process.argv.slice(2);
const { rounds, calls } = JSON.parse(effortText);

const REQUEST = { currency: "BTC", foreign_id: "user-17", end_user_reference: "user-17" };
const BODY = JSON.stringify(REQUEST);
const ANSWER = await (await fetch(`${origin}/addresses/take`, { method: "POST", body: BODY })).text();
const INIT = {
  method: "POST",
  headers: {
    "Content-Type": "application/json",
    "X-Processing-Key": "key",
    "X-Processing-Signature": createHmac("sha512", SECRET).update(BODY).digest("hex"),
  },
  body: BODY,
};

/** @type {typeof globalThis.fetch} */
const inProcess = async () => new Response(ANSWER, { status: 201, headers: { "content-type": "application/json" } });

const results = {};
for (const [where, fetch, baseUrl] of /** @type {const} */ ([
  ["over HTTP", globalThis.fetch, origin],
  ["in process", inProcess, "https://in-process.invalid"],
])) {
  const alphapo = new AlphaPo({ key: "key", secret: SECRET, baseUrl, fetch });
  const contestants = {
    bare: async () => JSON.parse(await (await fetch(`${baseUrl}/addresses/take`, INIT)).text()).data,
    whole: () => alphapo.takeAddress(REQUEST),
  };
  for (const call of Object.values(contestants)) {
    const { address } = await call();
    if (address !== JSON.parse(ANSWER).data.address) throw new Error(`${where}: a wrong address`);
  }
  results[where] = {
    "one at a time": await compared(contestants, async (call) => {
      for (let index = 0; index < calls; index += 1) await call();
    }),
    "1,000 at once": await compared(contestants, (call) => Promise.all(Array.from({ length: 1000 }, call)), 1000),
  };
}
console.log(JSON.stringify(results));

/** @param {Record<"bare" | "whole", () => Promise<any>>} contestants @param {(call: () => Promise<any>) => Promise<any>} run */
async function compared({ bare, whole }, run, count = calls) {
  /** @type {Record<string, number[]>} */
  const times = { bare: [], whole: [] };
  /** @type {Record<string, number[]>} */
  const bytes = { bare: [], whole: [] };
  for (let round = -2; round < rounds; round += 1) {
    const order = Math.random() < 0.5 ? { bare, whole } : { whole, bare };
    for (const [name, call] of Object.entries(order)) {
      globalThis.gc?.();
      const before = process.memoryUsage().heapUsed;
      const began = performance.now();
      await run(call);
      const took = performance.now() - began;
      const left = process.memoryUsage().heapUsed - before;
      // The first rounds are the compiler's.
      if (round < 0) continue;
      times[name].push((took * 1000) / count);
      // Less than nothing: the garbage collector came by.
      if (left > 0) bytes[name].push(left / count);
    }
  }
  const ratios = times.whole.map((time, round) => time / times.bare[round]);
  return {
    bare: quantile(times.bare, 0.5),
    whole: quantile(times.whole, 0.5),
    ratio: quantile(ratios, 0.5),
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    bareBytes: Math.round(quantile(bytes.bare.length ? bytes.bare : [0], 0.5)),
    wholeBytes: Math.round(quantile(bytes.whole.length ? bytes.whole : [0], 0.5)),
  };
}
