// @ts-check
// Tells the results: BENCHMARKS.md, and a chart that reads on light and on dark. It measures nothing, and leaves out
// nothing that was measured.

import { SIZES } from "./signing.js";

const OURS = "alphapo-wasm";
const SMALL = "alphapo-wasm/signature";

/** @param {any} results @param {string} effort @returns {string} */
export function report(results, effort) {
  const date = new Date().toISOString().slice(0, 10);
  const peers = Object.entries(results.peers).map(([name, version]) => `${name} ${version}`);
  return [
    "# Benchmarks",
    `Written by \`cargo xtask bench\` (${effort}) on ${date}: alphapo-wasm ${results.version} as the packed tarball, on ` +
      `${results.machine.cores} cores of ${results.machine.processor}. Peers: ${peers.join(", ")}.`,
    "All contestants of an engine run in one process, in rounds, in an order that changes each round; every result is " +
      "checked before it is timed. A figure is a ratio: **how many times longer the baseline takes** than the contestant, " +
      "as the median of the rounds, and for ours the quartiles. More is faster. The machine is a virtual one with " +
      "neighbours: ratios of one run compare, times of two do not.",
    "![How many times longer createHmac takes than Signer.sign, by engine and size of the body](benchmarks.svg)",
    "## Signing with a key that is ready",
    ...engines(results, "sign"),
    "## Verifying",
    "Beside `createHmac` and `timingSafeEqual`.",
    ...engines(results, "verify"),
    "## Signing with a key given each time",
    ...engines(results, "once"),
    "## Where we lose",
    losses(results),
    "## Beside the least native work",
    least(results),
    "## Instructions",
    counts(results),
    "## A whole call",
    calls(results),
    "## Start",
    starts(results),
    "",
  ].join("\n\n");
}

/** @param {any} results @param {"sign" | "verify" | "once"} job */
function engines({ signing }, job) {
  return Object.entries(signing).flatMap(([engine, { baseline, results, absent }]) => {
    const sizes = Object.keys(results[job]);
    if (sizes.length === 0) return [];
    const names = Object.keys(results[job][sizes[0]]);
    const ours = new Set([OURS, SMALL]);
    const header = [`${engine}: ${baseline} over`, ...sizes.map(size)];
    const rows = names.map((name) => [
      ours.has(name) ? `**${name}**` : name,
      ...sizes.map((bytes) => cell(results[job][bytes][name], ours.has(name))),
    ]);
    const notes = absent.map((/** @type {any} */ { name, reason }) => `Not timed: ${name}: ${reason}.`);
    return [table(header, rows), ...(job === "sign" ? notes : [])];
  });
}

/** @param {import("./interleaved.js").Measured} measured @param {boolean} quartiles */
function cell({ ratio, low, high, nanoseconds }, quartiles) {
  const time = nanoseconds < 10_000 ? `${Math.round(nanoseconds)} ns` : `${(nanoseconds / 1000).toFixed(1)} µs`;
  return `${ratio.toFixed(2)}${quartiles ? ` (${low.toFixed(2)} to ${high.toFixed(2)})` : ""}, ${time}`;
}

/** Every peer that is faster than the faster of ours. @param {any} results */
function losses({ signing }) {
  /** @type {string[]} */
  const lost = [];
  for (const [engine, { results }] of Object.entries(signing)) {
    for (const [job, bySize] of Object.entries(results)) {
      for (const [bytes, measured] of Object.entries(/** @type {any} */ (bySize))) {
        const ours = Math.max(measured[OURS]?.ratio ?? 0, measured[SMALL]?.ratio ?? 0);
        for (const [name, { ratio }] of Object.entries(/** @type {any} */ (measured))) {
          if (ratio > ours) lost.push(`| ${engine} | ${JOBS[job]} | ${size(bytes)} | ${name} | ${(ratio / ours).toFixed(2)} |`);
        }
      }
    }
  }
  if (lost.length === 0) return "Nowhere in this run.";
  return ["| engine | job | body | faster is | by |", "|---|---|---|---|---|", ...lost].join("\n");
}

/** @type {Record<string, string>} */
const JOBS = { sign: "sign, key ready", verify: "verify", once: "sign, key given" };

/** @param {any} results */
function least({ signing, least }) {
  const what = "OpenSSL's SHA-512 from the two states after the padded key, bytes in, hex out, in C (`benches/native.c`)";
  if (typeof least === "string") return `Not measured: ${least}. It is ${what}.`;
  const rows = Object.entries(signing).map(([engine, { results }]) => [
    engine,
    ...SIZES.map((bytes) => {
      const ours = Math.min(...[OURS, SMALL].map((name) => results.sign[bytes][name]?.nanoseconds ?? Infinity));
      return (ours / least[bytes]).toFixed(2);
    }),
  ]);
  const times = ["least, ns", ...SIZES.map((bytes) => String(Math.round(least[bytes])))];
  return `How many times longer ours takes, text in and text out, than ${what}. Another process: noise meets them apart.\n\n${table(
    ["", ...SIZES.map(size)],
    [times, ...rows],
  )}`;
}

/** @param {any} results */
function counts({ counts }) {
  if (typeof counts === "string") return `Not counted: ${counts}.`;
  const sizes = Object.keys(counts);
  return `What the native core of the crate executes for one signature, by callgrind: the same each time.\n\n${table(
    ["body", ...sizes.map(size)],
    [["instructions", ...sizes.map((bytes) => counts[bytes].toLocaleString("en"))]],
  )}`;
}

/** @param {any} results */
function calls({ call, allocated }) {
  const rows = Object.entries(call).flatMap(([where, byLoad]) =>
    Object.entries(/** @type {any} */ (byLoad)).map(([load, { bare, byHand, whole }]) => [
      `${where}, ${load}`,
      `${bare.microseconds.toFixed(1)} µs`,
      longer(byHand),
      longer(whole),
      `${[bare, byHand, whole].map(({ heap }) => (heap / 1024).toFixed(1)).join(", ")} KiB`,
    ]),
  );
  return `\`takeAddress\` in the newest Node, beside a bare \`fetch\` that sends the same bytes and parses the same answer, and beside what a careful author would write by hand (\`benches/by-hand.js\`: createHmac, a deadline, an answer read under a cap): how many times longer they take than the bare one. The last column is what a call of each of the three leaves to the garbage collector.\n\n${table(
    ["", "bare fetch", "by hand", "takeAddress", "heap"],
    rows,
  )}\n\nIn the module's own memory, which nothing collects, a call allocates this, and gives it back:\n\n${table(["step", "allocated"], allocated)}`;
}

/** @param {{ microseconds: number, ratio: number, low: number, high: number }} measured */
function longer({ microseconds, ratio, low, high }) {
  return `${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)}), ${microseconds.toFixed(1)} µs`;
}

/** @param {any} results */
function starts({ starts, workerd }) {
  const names = Object.keys(Object.values(starts)[0]);
  const [empty] = names;
  const rows = names.slice(1).map((name) => [
    name.startsWith(OURS) ? `**${name}**` : name,
    ...Object.values(starts).map((ofEngine) =>
      name in ofEngine ? (ofEngine[name] - ofEngine[empty]).toFixed(1) : "–",
    ),
  ]);
  const processes = `workerd of ${workerd.date}, from the start of its process to the first answer: ${workerd.signing.toFixed(
    1,
  )} ms with the package, ${workerd.plain.toFixed(1)} ms without WebAssembly, ${workerd.again.toFixed(
    1,
  )} ms without it once more, which is how far noise goes.`;
  return `Importing and signing once in a fresh process (in Chromium, a fresh frame, over HTTP and bundled), over importing an empty module, a file beside the program: milliseconds, medians. The empty package does nothing either, but is found by its name, as all below it are.\n\n${table(
    ["", ...Object.keys(starts)],
    rows,
  )}\n\n${processes}`;
}

/** @param {string | number} bytes */
function size(bytes) {
  return Number(bytes) < 4096 ? `${bytes} B` : `${Number(bytes) / 1024} KiB`;
}

/** @param {string[]} header @param {string[][]} rows */
function table(header, rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

const CHARTED = [40, 120, 300, 1024, 4096];
const [WIDTH, BAR, GAP, LEFT] = [760, 14, 22, 130];

/** Bars of how many times longer createHmac takes, by engine and size. @param {any} results @returns {string} */
export function chart({ signing }) {
  const engines = Object.entries(signing).filter(([, { baseline }]) => baseline === "node:crypto");
  const ratioOf = (/** @type {any} */ { results }, /** @type {number} */ bytes) =>
    Math.max(...[OURS, SMALL].map((name) => results.sign[bytes][name]?.ratio ?? 0));
  const most = Math.max(...engines.flatMap(([, engine]) => CHARTED.map((bytes) => ratioOf(engine, bytes))));
  const scale = (WIDTH - LEFT - 60) / most;
  const parts = [];
  let top = 44;
  for (const [name, engine] of engines) {
    parts.push(`<text class="name" x="0" y="${top + 11}">${name}</text>`);
    for (const bytes of CHARTED) {
      const ratio = ratioOf(engine, bytes);
      const width = (ratio * scale).toFixed(1);
      parts.push(
        `<text class="size" x="${LEFT - 8}" y="${top + 11}">${size(bytes)}</text>`,
        `<rect class="bar" x="${LEFT}" y="${top}" width="${width}" height="${BAR}" rx="2"/>`,
        `<text class="value" x="${(LEFT + ratio * scale + 6).toFixed(1)}" y="${top + 11}">${ratio.toFixed(1)}</text>`,
      );
      top += BAR + 4;
    }
    top += GAP - 4;
  }
  const one = (LEFT + scale).toFixed(1);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" role="img" aria-labelledby="title">
<title id="title">How many times longer createHmac of node:crypto takes than Signer.sign of alphapo-wasm</title>
<style>
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.title { font-size: 14px; font-weight: 600; }
.name { font-weight: 600; }
.size { text-anchor: end; fill: #59636e; }
.bar { fill: #2f6f4f; }
.one { stroke: #b35900; stroke-dasharray: 4 3; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .size { fill: #9da7b3; }
  .bar { fill: #57b78a; }
  .one { stroke: #f0a050; }
}
</style>
<text class="title" x="0" y="16">createHmac takes … times as long as Signer.sign (dashed: as long)</text>
<line class="one" x1="${one}" x2="${one}" y1="30" y2="${top - GAP}"/>
${parts.join("\n")}
</svg>
`;
}
