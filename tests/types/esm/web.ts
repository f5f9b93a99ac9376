// Correct use where WebAssembly has types: in browsers, in Workers, in Bun. It is compiled, never run.

import { load, loadSync, type ModuleSource } from "alphapo-wasm/slim";

export async function compiled(module: WebAssembly.Module): Promise<void> {
  const source: ModuleSource = module;
  await load(source);
  await load(Promise.resolve(module));
  loadSync(module);
}
