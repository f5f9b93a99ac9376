// Puts the npm package together: what wasm-pack compiled (target/wasm) and pkg-template become target/pkg.
// It decides what the package is made of and nothing else: no compiling, no testing, no publishing.

import { execFile } from "node:child_process";
import { chmod, cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { withRounds } from "../src/signature/rounds.mjs";
import { thirdPartyLicences } from "./licences.mjs";
import { featuresOf, optimisations, sectionsOf, unsigned } from "./wasm.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stage = join(root, "target", "stage");
const dist = join(root, "target", "pkg", "dist");
const binaryen = join(root, "tests", "node_modules", "binaryen", "bin");
const run = promisify(execFile);
const { build, transform } = createRequire(join(root, "tests", "package.json"))("esbuild");

// wasm-bindgen declares these two without a word; the sandbox's own has some.
const FREE = [
  "Wipes what it holds in the module's memory: at once, or as soon as its calls have ended. After that it cannot be used; " +
    "freeing it again does nothing.",
  ["signer.free();"],
];
const DISPOSE = ["What `using` calls: the same as `free()`.", ["using signer = new Signer(secret);"]];

// Of the module that wasm-pack does not make; every module has the same features.
const optionsOfSignature = await optimisations("signature");
const FEATURES = featuresOf(optionsOfSignature);

const DATA_SECTION = 11;

/**
 * What the module that signs calls its exports, of those whose names are nobody else's: each letter would be there three
 * times, and a hundredth of the file.
 */
const SHORT_NAMES = { absorb: "a", forget: "b", key: "e", matches: "c", place: "d" };

/** What panics of the standard library say, and the names of files that they may come from. */
const PANICS = new RegExp(
  [
    "slice index starts at ",
    " but ends at ",
    "range start index ",
    "range end index ",
    " out of range for slice of length ",
    "assertion `left ",
    " right` failed\n  left: ",
    "\n right: ",
    "LazyCell instance has previously been poisoned",
    "`async fn` resumed after completion",
    "Tried to shrink to a larger capacity",
    "internal error: entered unreachable code",
    "reentrant init",
    String.raw`(?:/(?:rustc|rust|crates)/|src/)[\w./-]+?\.rs`,
  ].join("|"),
  "g",
);

/** The files of the sandbox's page, which its server carries as text: nothing to find on a disk. */
const pageAsText = {
  name: "page-as-text",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]sandbox-page[\\/]/ }, async ({ path }) => ({
      contents: await readFile(path, "utf8"),
      loader: "text",
    }));
  },
};

/**
 * What stands in front of a class's members, esbuild would carry along: the typings have it, and it would be a tenth of
 * the JavaScript. Written as short as it goes, and read again, a file has no comments.
 */
const withoutComments = {
  name: "without-comments",
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { minifyWhitespace: true, target: "es2022" });
      return { contents: code };
    });
  },
};

const version = /^version = "([^"]+)"/m.exec(await readFile(join(root, "Cargo.toml"), "utf8"))[1];

await rm(stage, { recursive: true, force: true });
await rm(dirname(dist), { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await cp(join(root, "pkg-template", "entries"), stage, { recursive: true });
// Or a package.json in a folder above the checkout would say what kind of modules these are.
await writeFile(join(stage, "package.json"), '{ "type": "module" }\n');
await stageModule("client", "alphapo");
await stageModule("sandbox", "sandbox");
await stageSignature();

const platforms = ["workerd.js", "edge-light.js", "sandbox-workerd.js", "sandbox-edge-light.js"];
await bundle("esm", ["index.js", "slim.js", "sandbox.js", "sandbox-node.js", ...platforms], ".js");
await bundle("cjs", ["index.js", "slim.js", "sandbox.js", "sandbox-node.js"], ".cjs");
await bundleProgram("command-line.js", "cli.js");
// What it is for is to be small, so it comes minified.
const mangleProps = new RegExp(`^(?:${Object.keys(SHORT_NAMES).join("|")})$`);
const minified = { minify: true, mangleProps, mangleCache: SHORT_NAMES };
await bundle("esm", ["signature.js", "signature-workerd.js", "signature-edge-light.js"], ".js", minified);
await bundle("cjs", ["signature.js"], ".cjs", minified);
const typings = await readFile(join(stage, "client", "alphapo.d.ts"), "utf8");
await writeTypings("index", `${typings}\nexport { Signer, sign, verify } from "./signature.js";\n`);
await writeTypings("signature", await readFile(join(stage, "signature.d.ts"), "utf8"));
await writeTypings("slim", await readFile(join(stage, "slim.d.ts"), "utf8"));
await writeTypings("sandbox", await readFile(join(stage, "sandbox", "sandbox.d.ts"), "utf8"));
await writeTypings("sandbox-node", await readFile(join(stage, "sandbox-node.d.ts"), "utf8"));
await writeManifest();
for (const file of ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"]) {
  await cp(join(root, file), join(dirname(dist), file));
}
await writeFile(join(dirname(dist), "THIRD-PARTY-LICENSES"), await thirdPartyLicences(root));

/** Copies one compiled module beside the entries, with its bytes as text and its public names in one file. */
async function stageModule(folder, name) {
  const target = join(stage, folder);
  await cp(join(root, "target", "wasm", folder), target, { recursive: true });
  await shortenNames(target, name);
  const bytes = await readFile(join(target, `${name}_bg.wasm`));
  if (name === "alphapo") forgetPanics(bytes);
  await writeFile(join(dist, `${name}.wasm`), bytes);
  await writeFile(join(target, `${name}.base64.js`), `export default "${bytes.toString("base64")}";\n`);

  // wasm-bindgen's own entry lists the public names of the glue; the folder of a snippet carries a hash.
  const entry = await readFile(join(target, `${name}.js`), "utf8");
  const names = /export \{([^}]+)\} from/.exec(entry)?.[1].trim();
  const [snippet] = await readdir(join(target, "snippets"));
  await writeFile(
    join(target, "exports.js"),
    `export { ${names} } from "./${name}_bg.js";\n` +
      `export { AlphaPoError } from "./snippets/${snippet}/src/bindings/error.js";\n`,
  );
}

/** Optimises the module that only signs, of which nothing is wasm-bindgen's, and writes its bytes as text. */
async function stageSignature() {
  const target = join(stage, "signature");
  const compiled = join(root, "target", "wasm32-unknown-unknown", "release", "alphapo_wasm_signature.wasm");
  const text = join(target, "signature.wat");
  const wasm = join(dist, "signature.wasm");
  await mkdir(target);
  await cp(join(root, "src", "bindings", "error.js"), join(stage, "error.js"));
  await run(process.execPath, [join(binaryen, "wasm-dis"), ...FEATURES, compiled, "-o", text]);
  // What the linker tells of its layout.
  const named = (await readFile(text, "utf8")).replaceAll(/^ \(export "__\w+" .*\n/gm, "");
  await writeFile(text, named);
  await run(process.execPath, [join(binaryen, "wasm-opt"), ...optionsOfSignature, "-S", text, "-o", text]);
  const optimised = (await readFile(text, "utf8")).replaceAll(
    /\(export "(\w+)"/g,
    (exported, name) => (name in SHORT_NAMES ? `(export "${SHORT_NAMES[name]}"` : exported),
  );
  // Last, since wasm-opt would bring the rounds into another order and make each of them other bytes.
  await assemble(withRounds(optimised), text, wasm);
  await writeFile(join(target, "signature.hex.js"), `export default "${await readFile(wasm, "hex")}";\n`);
}

/**
 * Numbers the names that the module and its glue call each other by. wasm-bindgen's own keep apart what many crates
 * import, of which there is one here; nobody else says them, and they would be 4 % of the client in gzip.
 */
async function shortenNames(target, name) {
  const glue = join(target, `${name}_bg.js`);
  const wasm = join(target, `${name}_bg.wasm`);
  const text = join(target, `${name}_bg.wat`);
  const source = await readFile(glue, "utf8");
  const shorten = shorter(source);
  await writeFile(glue, withPrivatePointers(caughtInPlace(shorten(source))));
  await run(process.execPath, [join(binaryen, "wasm-dis"), ...FEATURES, wasm, "-o", text]);
  // The name that its imports are asked for by: see start.js.
  const named = (await readFile(text, "utf8")).replaceAll(`"./${name}_bg.js"`, `"${name}@${version}"`);
  await assemble(name === "alphapo" ? withRounds(shorten(named)) : shorten(named), text, wasm);
}

/** Makes the bytes of a module from its text, which it leaves beside them. */
async function assemble(module, text, wasm) {
  await writeFile(text, module);
  await run(process.execPath, [join(binaryen, "wasm-as"), ...FEATURES, text, "-o", wasm]);
}

/**
 * Zeros in the place of what a panic would say, and of where it was. The client's handler traps without a look at it
 * (src/runtime.rs), which the compiler sees too late to leave it out.
 */
function forgetPanics(wasm) {
  const data = segments(wasm);
  for (const { address, bytes } of data) {
    for (const { 0: said, index } of bytes.toString("latin1").matchAll(PANICS)) {
      bytes.fill(0, index, index + said.length);
      // A place is a file's name, as address and length, a line and a column (core::panic::Location).
      for (const other of data) forgetPlaces(other, address + index, said.length);
    }
  }
}

function forgetPlaces({ address, bytes }, name, length) {
  for (let at = -address & 3; at + 16 <= bytes.length; at += 4) {
    if (bytes.readUInt32LE(at) === name && bytes.readUInt32LE(at + 4) === length) bytes.fill(0, at, at + 16);
  }
}

/** The pieces of memory that a module fills, and their addresses (WebAssembly Core Specification 2.0, §5.5.14). */
function segments(wasm) {
  const { content } = sectionsOf(wasm).find(({ id }) => id === DATA_SECTION);
  let [count, at] = unsigned(wasm, content);
  return Array.from({ length: count }, () => {
    // Memory 0, `i32.const`, and an `end` behind it. Addresses are signed, and below 2^31.
    const [address, after] = unsigned(wasm, at + 2);
    const [length, start] = unsigned(wasm, after + 1);
    at = start + length;
    return { address, bytes: wasm.subarray(start, at) };
  });
}

/** Renames every name with a hash that stands in the glue, by the order in which it first stands there. */
function shorter(glue) {
  const hashed = /\b(?:__wbg_\w+?|wasm_bindgen__\w+?)_+h?[0-9a-f]{16}\b/g;
  const found = new Set([...glue.matchAll(hashed)].map(([name]) => name));
  const names = new Map([...found].map((name, index) => [name, `$${index}`]));
  return (text) => text.replaceAll(hashed, (name) => names.get(name) ?? name);
}

/**
 * Has each function of the glue catch what it throws by itself. wasm-bindgen hands a function made anew, and the arguments
 * as an object, to one that catches for all, at every crossing: a tenth of the time of a call.
 */
function caughtInPlace(glue) {
  const handed = /^export function (\S+)\(\) \{ return handleError\(function \((.*)\) \{\n([^]*?)\n\}, arguments\); \}$/gm;
  const keeper = /^function handleError\(f, args\) \{\n {4}try \{\n.*\n {4}\} catch \(e\) \{\n([^]*?)\n {4}\}\n\}$/m;
  const caught = glue
    .replace(handed, "export function $1($2) {\n    try {\n$3\n    } catch (e) {\n        handleError(e);\n    }\n}")
    .replace(keeper, "function handleError(e) {\n$1\n}");
  if (/\barguments\);|\bf\.apply\(/.test(caught)) throw new Error("wasm-bindgen catches in another form");
  return caught;
}

/**
 * Has each class keep its object's address where nobody else can read it or write it. wasm-bindgen keeps it as a property,
 * which whoever clones an object deeply clones, too: when the original is freed, the clone is of what is put there next,
 * another merchant's client. `addressOf` is for guard.js, which takes it away again: 0 is a freed object's.
 */
function withPrivatePointers(glue) {
  const head = /^export class \w+ \{\n/gm;
  const kept = glue
    .replaceAll("this.__wbg_ptr", "this.#pointer")
    .replace(head, "$&    #pointer = 0;\n    static addressOf(object) { return #pointer in Object(object) ? object.#pointer : undefined; }\n");
  if (kept.includes("__wbg_ptr")) throw new Error("wasm-bindgen keeps addresses in another form");
  return kept;
}

async function bundle(format, entryPoints, extension, options = {}) {
  await build({
    entryPoints: entryPoints.map((entry) => join(stage, entry)),
    outdir: dist,
    outExtension: { ".js": extension },
    bundle: true,
    format,
    platform: "neutral",
    target: "es2022",
    external: ["*.wasm", "*.wasm?module", "node:*"],
    define: { PACKAGE_VERSION: JSON.stringify(version) },
    plugins: [pageAsText, withoutComments],
    logLevel: "warning",
    ...options,
  });
}

/** The program of the package's `bin`: it imports the entries beside it, whose modules it need not carry again. */
async function bundleProgram(entry, file) {
  // The codes of the type `Currency`, which a test in Rust holds against the table.
  const [, union] = /export type Currency =([^;]+)\| \(string & \{\}\);/.exec(
    await readFile(join(root, "src", "bindings", "types.d.ts"), "utf8"),
  );
  await build({
    entryPoints: [join(stage, entry)],
    outfile: join(dist, file),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["./index.js", "./sandbox.js", "./sandbox-node.js"],
    plugins: [withoutComments],
    define: {
      PACKAGE_VERSION: JSON.stringify(version),
      KNOWN_CURRENCIES: JSON.stringify(Array.from(union.matchAll(/"([^"]+)"/g), ([, code]) => code)),
    },
    logLevel: "warning",
  });
  await chmod(join(dist, file), 0o755);
}

/** ESM and CommonJS have the same names, but TypeScript wants a file of its own for each. */
async function writeTypings(name, text) {
  const documented = text
    .replaceAll(/(?<!\*\/\n)    free\(\): void;/g, `${documentation(FREE)}    free(): void;`)
    .replaceAll("    [Symbol.dispose](): void;", `${documentation(DISPOSE)}    [Symbol.dispose](): void;`);
  // `[Symbol.dispose]` needs its declaration, also in projects whose `lib` is older.
  const typings = `/// <reference lib="esnext.disposable" />\n${documented}`;
  await writeFile(join(dist, `${name}.d.ts`), typings);
  await writeFile(join(dist, `${name}.d.cts`), typings.replaceAll(/from "(\.\/[^"]+)\.js"/g, 'from "$1.cjs"'));
}

/** A doc comment inside of a class. */
function documentation([text, example]) {
  const lines = [text, "", "@example", "```js", ...example, "```"].map((line) => `     * ${line}`.trimEnd());
  return ["    /**", ...lines, "     */", ""].join("\n");
}

async function writeManifest() {
  const manifest = JSON.parse(await readFile(join(root, "pkg-template", "package.json"), "utf8"));
  manifest.version = version;
  for (const [subpath, { import: esm, require: cjs }] of Object.entries(manifest.exports)) {
    if (subpath === "." || !esm) continue;
    manifest.files.push(subpath.slice(2));
    await writeSignpost(subpath, { main: cjs.default, module: esm.default, types: cjs.types });
  }
  await writeFile(join(dirname(dist), "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** A folder in the place of a subpath, for resolvers that read no exports map: Parcel's, TypeScript's node10. */
async function writeSignpost(subpath, targets) {
  const folder = join(dirname(dist), subpath);
  await mkdir(folder, { recursive: true });
  const entries = Object.entries(targets).map(([field, target]) => [field, relative(folder, join(dist, "..", target))]);
  await writeFile(join(folder, "package.json"), `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
}
