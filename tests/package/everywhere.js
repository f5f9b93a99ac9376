// @ts-check
// What every runtime runs: the conformance suite, then those of signing alone and of the sandbox. Entries load the package as their runtime does
// and hand it in; it may import neither the package nor anything of one runtime.

import { conformance } from "./conformance.js";
import { sandbox } from "./sandbox.js";
import { signatureAlone } from "./signature-alone.js";
import { joined } from "./suite.js";

/**
 * @param {{
 *   alphapo: import("./caller.js").Package,
 *   sandboxModule: any,
 *   signatureModule: any,
 *   origin: string,
 *   browser?: boolean,
 *   wycheproof: any,
 * }} runtime  the modules of the package, the stand-in gateway's origin, whether this is a page, and
 *   wycheproof-hmac-sha512.json
 * @returns {Promise<import("./suite.js").Report>}
 */
export async function everywhere({ alphapo, sandboxModule, signatureModule, origin, browser = false, wycheproof }) {
  return joined([
    await conformance({ alphapo, wire: { origin }, browser, wycheproof }),
    await signatureAlone({ signatureModule, alphapo, wycheproof }),
    await sandbox({ alphapo, sandboxModule, browser }),
  ]);
}
