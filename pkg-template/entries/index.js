// The entry that asks nothing of its runtime but WebAssembly: the module's bytes are inside this file.

import * as glue from "./client/alphapo_bg.js";
import * as exported from "./client/exports.js";
import base64 from "./client/alphapo.base64.js";
import { inline } from "./inline.js";
import { start } from "./start.js";

inline(base64, exported.AlphaPoError, (module) => start(glue, "alphapo", module, exported));

export * from "./client/exports.js";
export * from "./callback-handlers.js";
