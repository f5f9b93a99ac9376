// What the modules of the package are made of: `cargo xtask size` runs it when the package is built.
//
// A published module has no names, so each is optimised once more as it was, names kept, into target/size. It changes
// nothing else and judges nothing: budgets are in tests/package/rows/package-files.mjs.

import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompressSync, gzipSync } from "node:zlib";

import { withRounds } from "../src/signature/rounds.mjs";
import { featuresOf, optimisations, sectionsOf } from "./wasm.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tools = join(root, "target", "tools", "bin");
const binaryen = join(root, "tests", "node_modules", "binaryen", "bin");
const out = join(root, "target", "size");
const run = promisify(execFile);

/** How many of the largest things, and of the largest parts, are told of each module. */
const LARGEST = 25;

/** WebAssembly Core Specification 2.0, §5.5.2: by their ids. */
const SECTIONS = [
  "custom",
  "types",
  "imports",
  "functions",
  "table",
  "memory",
  "globals",
  "exports",
  "start",
  "elements",
  "code",
  "data",
  "data count",
];

const MODULES = [
  { name: "alphapo", folder: "client", hasGlue: true, hasRounds: true },
  { name: "sandbox", folder: "sandbox", hasGlue: true, hasRounds: false },
  // It is called by numbers.
  { name: "signature", folder: "signature", hasGlue: false, hasRounds: true },
];

await mkdir(out, { recursive: true });
for (const module of MODULES) await tell(module);

async function tell(module) {
  const bytes = await readFile(join(root, "target", "pkg", "dist", `${module.name}.wasm`));
  const packed = [gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length];
  console.log(`\n${module.name}.wasm: ${bytes.length} bytes, ${packed[0]} in gzip, ${packed[1]} in Brotli`);
  const sections = sectionsOf(bytes).map(({ id, start, end }) => [SECTIONS[id] ?? `section ${id}`, end - start]);
  table("bytes of each section", largestFirst(sections));
  const things = await thingsIn(await named(module));
  table("largest functions and data", things.slice(0, LARGEST));
  table("by crate and module", totals(things).slice(0, LARGEST));
}

function table(title, rows) {
  console.log(`\n  ${title}`);
  for (const [name, size] of rows) console.log(`  ${String(size).padStart(7)}  ${name}`);
}

/** The module as it was published, but with names. */
async function named({ name, folder, hasGlue, hasRounds }) {
  const compiled = join(root, "target/wasm32-unknown-unknown/release", `alphapo_wasm_${folder}.wasm`);
  const bound = join(out, `${name}_bg.wasm`);
  if (hasGlue) {
    const options = ["--target", "bundler", "--out-dir", out, "--out-name", name];
    await run(join(tools, "wasm-bindgen"), [compiled, ...options]);
  }
  const text = join(out, `${name}.wat`);
  const result = join(out, `${name}.wasm`);
  const options = (await optimisations(folder)).filter((option) => option !== "--strip-debug");
  await run(process.execPath, [join(binaryen, "wasm-opt"), ...options, "-g", "-S", hasGlue ? bound : compiled, "-o", text]);
  const module = await readFile(text, "utf8");
  await writeFile(text, hasRounds ? withRounds(module) : module);
  await run(process.execPath, [join(binaryen, "wasm-as"), ...featuresOf(options), "-g", text, "-o", result]);
  return result;
}

/** Every function and piece of data with its size, the largest first. */
async function thingsIn(wasm) {
  const { stdout } = await run(join(tools, "twiggy"), ["top", "--format", "json", wasm], { maxBuffer: 1 << 26 });
  const things = JSON.parse(stdout).map((item) => [readable(item.name), item.shallow_size]);
  // They are in this copy alone.
  return largestFirst(things.filter(([name]) => !/"function names" subsection|^custom section|^Σ/.test(name)));
}

/** Without the hashes that rustc gives a name. */
function readable(name) {
  return name.replace(/::h[0-9a-f]{16}$/, "").replaceAll(/\[[0-9a-f]{16}\]/g, "");
}

function totals(things) {
  const sums = new Map();
  for (const [name, size] of things) sums.set(partOf(name), (sums.get(partOf(name)) ?? 0) + size);
  return largestFirst([...sums]);
}

/** The crate that a function is of, and of this one the module too; generic code counts where it was written. */
function partOf(name) {
  if (name.startsWith("data segment")) return "data";
  const [, crate, module] = /(?:^|[<& ])([a-z_][a-z0-9_]*)::([a-z_0-9]+)?/.exec(name) ?? [];
  if (!crate) return "exports and the rest";
  return crate === "alphapo_wasm" ? `${crate}::${module}` : crate;
}

function largestFirst(rows) {
  return rows.sort(([, one], [, other]) => other - one);
}
