// Starts a compiled module and guards its classes. Synchronous, and the same for every runtime; the entries differ
// only in where the module comes from.
//
// The glue is that of wasm-bindgen's bundler target, because the web target's `initSync` asks the module for its
// class, which fails where the module comes from another realm.

import { guard } from "./guard.js";

export function start(glue, name, module, exported) {
  const { exports } = new WebAssembly.Instance(module, { [`./${name}_bg.js`]: glue });
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  guard(exported);
}
