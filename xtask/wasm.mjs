// What the chores read of WebAssembly modules and of how they are optimised: sections, numbers, and the options of
// wasm-opt, which stand in the manifests for wasm-pack. It writes nothing.

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const modules = join(dirname(dirname(fileURLToPath(import.meta.url))), "pkg-template", "modules");

/** What wasm-opt is told of a module: the one that wasm-pack does not make is optimised as the client is. */
export async function optimisations(folder) {
  const manifest = await readFile(join(modules, folder === "signature" ? "client" : folder, "Cargo.toml"), "utf8");
  const [, list] = /^wasm-opt = \[([^\]]+)\]/m.exec(manifest);
  return Array.from(list.matchAll(/"([^"]+)"/g), ([, option]) => option);
}

/** Those options that say what a module may use, which is what all of Binaryen's other programs are told. */
export function featuresOf(options) {
  return options.filter((option) => option.startsWith("--enable-"));
}

/** A number in LEB128 (WebAssembly Core Specification 2.0, §5.2.2), and where it ends. */
export function unsigned(bytes, start) {
  let [value, at, factor] = [0, start, 1];
  for (; bytes[at] >= 0x80; at += 1, factor *= 0x80) value += (bytes[at] & 0x7f) * factor;
  return [value + bytes[at] * factor, at + 1];
}

/** The sections of a module (§5.5.2): of each its id, where it and its content start, and where it ends. */
export function sectionsOf(bytes) {
  const sections = [];
  for (let at = 8; at < bytes.length; ) {
    const [size, content] = unsigned(bytes, at + 1);
    sections.push({ id: bytes[at], start: at, content, end: content + size });
    at = content + size;
  }
  return sections;
}
