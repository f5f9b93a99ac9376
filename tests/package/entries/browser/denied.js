// @ts-check
// Where a policy forbids WebAssembly, to import the package fails with the error that names the policy.

import { ok, rejection, run } from "../../suite.js";
import { report } from "./chain.js";

await report("page under a policy without WebAssembly", () =>
  run(
    (test) => {
      for (const subpath of ["", "/sandbox"]) {
        test(`policy: to import alphapo-wasm${subpath} is refused, and the error says why`, async () => {
          const load = () => (subpath ? import("alphapo-wasm/sandbox") : import("alphapo-wasm"));
          const error = /** @type {any} */ (await rejection(load));
          ok(error instanceof WebAssembly.CompileError, `it is ${error}`);
          ok(/content security policy|\bCSP\b/i.test(error.message), error.message);
        });
      }
    },
    { atOnce: 1 },
  ),
);
