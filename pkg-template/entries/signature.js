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
    "no WebAssembly is compiled from bytes here: bundle alphapo-wasm/signature under the condition `workerd` or " +
    "`edge-light`; a page's Content-Security-Policy must allow 'wasm-unsafe-eval'";
  throw new AlphaPoError(message, refusal("not_loaded"), cause);
}

export { AlphaPoError };
export { Signer, sign, verify } from "./signing.js";
