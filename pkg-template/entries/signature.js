// Signing by itself: a module that knows no network, in one small file.

import { AlphaPoError } from "./error.js";
import { decodedHex } from "./inline.js";
import hex from "./signature/signature.hex.js";
import { connect, refusal } from "./signing.js";

try {
  connect(new WebAssembly.Instance(new WebAssembly.Module(decodedHex(hex))).exports, AlphaPoError);
} catch (cause) {
  // Shorter than the client's, which would be a seventh of this file.
  const message =
    "this environment compiles no WebAssembly from bytes: bundle alphapo-wasm/signature under the condition `workerd` or " +
    "`edge-light`; in a page, add 'wasm-unsafe-eval' to script-src in the Content-Security-Policy";
  throw new AlphaPoError(message, refusal("not_loaded"), cause);
}

export { AlphaPoError };
export { Signer, sign, verify } from "./signing.js";
