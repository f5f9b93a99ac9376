// The errors of a package whose module is not there, each with what to do about it. They are JavaScript because Rust
// is not loaded either.

export function notLoaded(AlphaPoError, message, cause) {
  const details = { code: "not_loaded", retryable: false, outcome: "not-sent", attempts: 0 };
  return new AlphaPoError(message, details, cause);
}

/** Where good bytes are not compiled: a Worker, an edge function, a page under a strict policy. */
export function notCompiled(AlphaPoError, cause) {
  const message =
    "this environment compiles no WebAssembly from bytes. On Cloudflare Workers and Vercel's edge runtime, have the " +
    "bundler resolve alphapo-wasm under the condition `workerd` or `edge-light`, or import `alphapo-wasm/slim` and " +
    'load the compiled module that `import module from "alphapo-wasm/alphapo.wasm"` gives there. In a page, add ' +
    "'wasm-unsafe-eval' to script-src in the Content-Security-Policy";
  return notLoaded(AlphaPoError, message, cause);
}
