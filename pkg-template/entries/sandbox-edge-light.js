// The sandbox gateway where the runtime is Vercel's for the edge: see edge-light.js.

import * as glue from "./sandbox/sandbox_bg.js";
import * as exported from "./sandbox/exports.js";
import module from "./sandbox.wasm?module";
import { start } from "./start.js";

start(glue, "sandbox", module, exported);

export { AlphaPoError } from "./sandbox/exports.js";
export { Sandbox, createSandbox } from "./sandbox-gateway.js";
