// Signing by itself: a module that knows no network, in a tenth of the client's size.

import { AlphaPoError } from "./error.js";
import { decodedHex, inline } from "./inline.js";
import hex from "./signature/signature.hex.js";
import { connect, refusal } from "./signing.js";

inline(decodedHex(hex), notCompiled, (module) => connect(new WebAssembly.Instance(module).exports, AlphaPoError));

/** Shorter than the client's, which would be a tenth of this file. */
function notCompiled(cause) {
  const message =
    "this environment compiles no WebAssembly from bytes: have the bundler resolve alphapo-wasm/signature under the " +
    "condition `workerd` or `edge-light`; in a page, add 'wasm-unsafe-eval' to script-src in the Content-Security-Policy";
  return new AlphaPoError(message, refusal("not_loaded"), cause);
}

export { AlphaPoError };
export { Signer, sign, verify } from "./signing.js";
