// @ts-check
// The benchmark with as little effort as there is: that it runs on every engine, that every contestant is right, and that
// all of it is told. It judges no time.

import { EFFORTS, measured } from "../../../benches/run.mjs";
import { chart, report } from "../../../benches/report.mjs";
import { SIZES } from "../../../benches/signing.js";
import { equal, ok, run } from "../suite.js";

const OURS = ["alphapo-wasm", "alphapo-wasm/signature"];
const PEERS = [
  "WebCrypto",
  "@noble/hashes",
  "hash-wasm",
  "libsodium",
  "@stablelib",
  "jssha",
  "crypto-js",
  "node-forge",
];

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export async function bench(tarball) {
  const results = await measured(tarball, EFFORTS.check, () => {});
  return run(
    (test) => {
      for (const [engine, { right, absent, results: jobs }] of Object.entries(results.signing)) {
        test(`${engine}: ours and every peer sign rightly, and are timed at every size`, () => {
          equal(absent, []);
          for (const name of [...OURS, ...PEERS]) {
            ok(right.includes(name), `${name} is missing`);
            for (const size of SIZES) ok(jobs.sign[size][name].nanoseconds > 0, `${name} at ${size} bytes`);
          }
        });
      }
      test("Node, Deno, Bun and Chromium take part", () => equal(Object.keys(results.signing).length, 4));
      test("the report has every table, and no figure that is none", () => {
        const text = report(results, "check");
        const titles = text.split("\n").filter((line) => line.startsWith("## "));
        equal(titles.length, 8, titles.join(", "));
        ok(!/NaN|undefined|Infinity|null/.test(text), text.match(/.*(NaN|undefined|Infinity|null).*/)?.[0] ?? "");
      });
      test("the chart is a picture with a bar for each engine with createHmac and size", () => {
        const picture = chart(results);
        equal(picture.match(/class="bar"/g)?.length, 3 * 5);
        ok(!/NaN|undefined/.test(picture), picture);
      });
    },
    { atOnce: 1 },
  );
}
