// @ts-check
// What every runtime runs: the conformance suite, then those of signing alone and of the sandbox. Entries load the
// package as their runtime does and hand it in; it may import neither the package nor anything of one runtime.

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
 *   overHttp?: import("./sandbox.js").OverHttp,
 * }} runtime  the modules of the package, the stand-in gateway's origin, whether this is a page,
 *   wycheproof-hmac-sha512.json, and what serves sandboxes where that can be
 * @returns {Promise<import("./suite.js").Report>}
 */
export async function everywhere({
  alphapo,
  sandboxModule,
  signatureModule,
  origin,
  browser = false,
  wycheproof,
  overHttp,
}) {
  const { busy, waiting } = conformance({ alphapo, origin, browser, wycheproof });
  const first = [await busy(), await signatureAlone({ signatureModule, alphapo, wycheproof })];
  // While one waits for the clock the other works, a little at a time; in a page it makes no connection either.
  const last = [waiting(), sandbox({ alphapo, sandboxModule, browser, overHttp })];
  return joined([...first, ...(await Promise.all(last))]);
}
