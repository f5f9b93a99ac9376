// Signing by itself: a module that knows no network, in a tenth of the client's size.

import { AlphaPoError } from "./error.js";
import { decodedHex, inline } from "./inline.js";
import { connect } from "./signing.js";
import hex from "./signature/signature.hex.js";

inline(decodedHex(hex), AlphaPoError, (module) => connect(new WebAssembly.Instance(module).exports, AlphaPoError));

export { AlphaPoError };
export { Signer, sign, verify } from "./signing.js";
