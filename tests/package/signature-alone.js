// @ts-check
// What `alphapo-wasm/signature` promises: all that the client's `sign`, `verify` and `Signer` do, by a module of its own.
// It may import neither Node's modules nor the package.

import { hostileSigners } from "./cases/hostile-objects.js";
import { silentSigner } from "./cases/secrecy.js";
import { signing } from "./cases/signing.js";
import { Caller } from "./caller.js";
import { equal, labelled, ok, run, thrown } from "./suite.js";

/**
 * @param {{
 *   signatureModule: any,
 *   alphapo: import("./caller.js").Package,
 *   wycheproof: import("./cases/signing.js").Wycheproof,
 * }} runtime  the module, the client beside it, and wycheproof-hmac-sha512.json
 * @returns {Promise<import("./suite.js").Report>}
 */
export async function signatureAlone({ signatureModule, alphapo, wycheproof }) {
  const caller = new Caller({ alphapo: signatureModule, origin: "", browser: false });
  const report = await run(
    (test) => {
      signing(test, caller, wycheproof);
      hostileSigners(test, caller);
      silentSigner(test, caller);
      besideTheClient(test, signatureModule, alphapo);
    },
    { atOnce: 1 },
  );
  return labelled("signature alone", report);
}

/** @param {import("./suite.js").Test} test @param {any} signatureModule @param {import("./caller.js").Package} alphapo */
function besideTheClient(test, signatureModule, alphapo) {
  test("it exports these and nothing else", () => {
    const names = Object.keys(signatureModule).filter((name) => !["default", "__esModule", "module.exports"].includes(name));
    equal(names.sort(), ["AlphaPoError", "Signer", "sign", "verify"]);
  });

  test("its errors and the client's recognise each other", () => {
    for (const [one, other] of [
      [signatureModule, alphapo],
      [alphapo, signatureModule],
    ]) {
      const error = thrown(() => one.sign({}, "secret"));
      ok(error instanceof other.AlphaPoError && error instanceof one.AlphaPoError, "one does not know it");
      equal(error.code, "invalid_body");
    }
  });

  test("it signs as the client does, in turns", () => {
    for (let length = 0; length < 300; length += 1) {
      const body = "\u00e9".repeat(length);
      const signature = signatureModule.sign(body, "secret");
      equal(alphapo.sign(body, "secret"), signature);
      ok(signatureModule.verify(body, signature, "secret"), "it does not verify");
    }
  });
}
