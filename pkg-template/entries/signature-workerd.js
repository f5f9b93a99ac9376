// Signing by itself on Cloudflare Workers: see workerd.js.

import { AlphaPoError } from "./error.js";
import { connect } from "./signing.js";
import module from "./signature.wasm";

connect(new WebAssembly.Instance(module).exports, AlphaPoError);

export { AlphaPoError };
export { Signer, sign, verify } from "./signing.js";
