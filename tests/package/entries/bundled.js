// @ts-check
// The suites as part of a user's program that a bundler has to put together: the client is imported at the top, the
// sandbox later, so that bundlers which split their output do. It may ask nothing of the runtime.

import * as alphapo from "alphapo-wasm";

import { everywhere } from "../everywhere.js";
import { joined, ok, run } from "../suite.js";
import wycheproof from "../wycheproof-hmac-sha512.json";

/**
 * @param {{ origin: string, browser?: boolean }} runtime
 * @returns {Promise<import("../suite.js").Report>}
 */
export async function suites({ origin, browser = false }) {
  return joined([
    await everywhere({
      alphapo,
      // Not by a name first: of `{ sandboxModule }` Parcel 2.16 does not see that it is a use of the whole module.
      sandboxModule: await import("alphapo-wasm/sandbox"),
      signatureModule: await import("alphapo-wasm/signature"),
      origin,
      browser,
      wycheproof,
    }),
    await run(
      (test) => {
        test("bundled: import() finds the copy that is there", async () => {
          const { AlphaPoError, sign } = await import("alphapo-wasm");
          ok(AlphaPoError === alphapo.AlphaPoError && sign === alphapo.sign, "it is another copy");
        });
      },
      { atOnce: 1 },
    ),
  ]);
}
