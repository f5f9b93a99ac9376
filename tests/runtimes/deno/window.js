// The script of wasm-bindgen's test runner leaves a function on `window`, which Deno 2 no longer has. It finds the name
// once, and the tests run in Deno as it is.

Object.defineProperty(globalThis, "window", {
  configurable: true,
  get() {
    delete globalThis.window;
    return globalThis;
  },
});
