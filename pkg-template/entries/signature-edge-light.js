// Signing by itself where the runtime is Vercel's for the edge: see edge-light.js.

import { AlphaPoError } from "./error.js";
import { connect } from "./signing.js";
import module from "./signature.wasm?module";

connect(new WebAssembly.Instance(module).exports, AlphaPoError);

export { AlphaPoError };
export { Signer, sign, verify } from "./signing.js";
