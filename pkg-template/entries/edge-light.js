// Vercel's Edge Functions and Middleware, Next.js's among them: they compile no bytes at all, so the module is a static
// import, which their bundlers know by its query.

import * as glue from "./client/alphapo_bg.js";
import * as exported from "./client/exports.js";
import module from "./alphapo.wasm?module";
import { connect } from "./signing.js";
import { start } from "./start.js";

connect(start(glue, "alphapo", module, exported), exported.AlphaPoError);

export * from "./client/exports.js";
export * from "./callback-handlers.js";
export { Signer, sign, verify } from "./signing.js";
