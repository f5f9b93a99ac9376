// @ts-check
// Where a policy forbids WebAssembly, to import the package fails with the error that names the policy.

import { equal, ok, rejection, run } from "../../suite.js";
import { report } from "./chain.js";

await report("page under a policy without WebAssembly", () =>
  run(
    (test) => {
      for (const subpath of ["", "/sandbox"]) {
        test(`policy: to import alphapo-wasm${subpath} is refused, and the error says why`, async () => {
          const load = () => (subpath ? import("alphapo-wasm/sandbox") : import("alphapo-wasm"));
          const error = /** @type {any} */ (await rejection(load));
          equal([error.name, error.code], ["AlphaPoError", "not_loaded"]);
          ok(error.message.includes("'wasm-unsafe-eval'"), error.message);
          ok(error.cause instanceof WebAssembly.CompileError, `its cause is ${error.cause}`);
        });
      }
    },
    { atOnce: 1 },
  ),
);
