// Cloudflare Workers: workerd compiles no bytes inside a handler, so the module is a static import.

import * as glue from "./client/alphapo_bg.js";
import * as exported from "./client/exports.js";
import module from "./alphapo.wasm";
import { connect } from "./signing.js";
import { start } from "./start.js";

connect(start(glue, "alphapo", module, exported), exported.AlphaPoError);

export * from "./client/exports.js";
export * from "./callback-handlers.js";
export { Signer, sign, verify } from "./signing.js";
