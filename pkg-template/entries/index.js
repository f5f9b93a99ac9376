// The entry that asks nothing of its runtime but WebAssembly: the module's bytes are inside this file.

import * as glue from "./client/alphapo_bg.js";
import * as exported from "./client/exports.js";
import base64 from "./client/alphapo.base64.js";
import { decodedBase64, inline } from "./inline.js";
import { notCompiled } from "./not-loaded.js";
import { connect } from "./signing.js";
import { start } from "./start.js";

const { AlphaPoError } = exported;
inline(
  decodedBase64(base64),
  (cause) => notCompiled(AlphaPoError, cause),
  (module) => connect(start(glue, "alphapo", module, exported), AlphaPoError),
);

export * from "./client/exports.js";
export * from "./callback-handlers.js";
export { Signer, sign, verify } from "./signing.js";
