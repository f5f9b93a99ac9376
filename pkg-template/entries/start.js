// Starts a compiled module and guards its classes. Synchronous, and the same for every runtime; the entries differ
// only in where the module comes from.
//
// The glue is that of wasm-bindgen's bundler target, because the web target's `initSync` asks the module for its
// class, which fails where the module comes from another realm.
//
// PACKAGE_VERSION is filled in when the package is put together. It is part of the name that the module asks for its
// imports by, so that a `.wasm` of another version, left in a cache or on a CDN, does not start.

import { guard } from "./guard.js";

export function start(glue, name, module, exported) {
  const { exports } = new WebAssembly.Instance(module, { [`${name}@${PACKAGE_VERSION}`]: glue });
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  guard(exported);
  return exports;
}
