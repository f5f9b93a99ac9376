// Vercel's Edge Functions and Middleware, Next.js's among them: they compile no bytes at all, so the module is a static
// import, which their bundlers know by its query.

import * as glue from "./client/alphapo_bg.js";
import * as exported from "./client/exports.js";
import module from "./alphapo.wasm?module";
import { start } from "./start.js";

start(glue, "alphapo", module, exported);

export * from "./client/exports.js";
export * from "./callback-handlers.js";
