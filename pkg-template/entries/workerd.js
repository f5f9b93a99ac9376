// Cloudflare Workers: workerd compiles no bytes inside a handler, so the module is a static import.

import * as glue from "./client/alphapo_bg.js";
import * as exported from "./client/exports.js";
import module from "./alphapo.wasm";
import { start } from "./start.js";

start(glue, "alphapo", module, exported);

export * from "./client/exports.js";
export * from "./callback-handlers.js";
