// Node, Deno, Bun, browsers and every bundler: the module's bytes are inside this file.

import * as glue from "./client/alphapo_bg.js";
import base64 from "./client/alphapo.base64.js";
import { decode } from "./decode.js";
import { start } from "./start.js";

start(glue, "alphapo", new WebAssembly.Module(decode(base64)));

export * from "./client/exports.js";
