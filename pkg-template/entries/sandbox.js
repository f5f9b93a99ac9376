// The sandbox gateway, a module of its own: who imports only the client does not carry it.

import * as glue from "./sandbox/sandbox_bg.js";
import * as exported from "./sandbox/exports.js";
import { decodedBase64, inline } from "./inline.js";
import { notCompiled } from "./not-loaded.js";
import base64 from "./sandbox/sandbox.base64.js";
import { start } from "./start.js";

inline(
  decodedBase64(base64),
  (cause) => notCompiled(exported.AlphaPoError, cause),
  (module) => start(glue, "sandbox", module, exported),
);

export { AlphaPoError } from "./sandbox/exports.js";
export { Sandbox, createSandbox } from "./sandbox-gateway.js";
