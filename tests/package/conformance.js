// @ts-check
// Everything the package promises, as one suite for every runtime: it may import neither Node's modules nor the
// package, which is handed in as each runtime loads it. What only Node can check is in node-only.js, and what the
// sandbox promises is in sandbox.js.

import { addresses } from "./cases/addresses.js";
import { addressAnswers } from "./cases/answers.js";
import { browserGuard } from "./cases/browser-guard.js";
import { callbackHandlers, callbacks } from "./cases/callbacks.js";
import { deadlines } from "./cases/deadlines.js";
import { endlessBody, hostileObjects } from "./cases/hostile-objects.js";
import { network } from "./cases/network.js";
import { refusals } from "./cases/refusals.js";
import { requests } from "./cases/requests.js";
import { retries } from "./cases/retries.js";
import { secrecy } from "./cases/secrecy.js";
import { signing } from "./cases/signing.js";
import { validation } from "./cases/validation.js";
import { Caller } from "./caller.js";
import { joined, run } from "./suite.js";

/**
 * In two parts, the second of which mostly waits, for deadlines and pauses by the clock. How long that took is judged,
 * so nothing may run beside it that keeps the runtime to itself for long.
 *
 * @param {{
 *   alphapo: import("./caller.js").Package,
 *   origin: string,
 *   browser: boolean,
 *   wycheproof: import("./cases/signing.js").Wycheproof,
 * }} runtime  the package, the stand-in gateway's origin, whether this is a page, and wycheproof-hmac-sha512.json
 * @returns {{ busy: () => Promise<Report>, waiting: () => Promise<Report> }}
 * @typedef {import("./suite.js").Report} Report
 */
export function conformance({ alphapo, origin, browser, wycheproof }) {
  const caller = new Caller({ alphapo, origin, browser });
  return {
    async busy() {
      const quick = await run(
        (test) => {
          signing(test, caller, wycheproof);
          browserGuard(test, caller);
          requests(test, caller);
          validation(test, caller);
          addressAnswers(test, caller);
          addresses(test, caller);
          refusals(test, caller);
          network(test, caller);
          secrecy(test, caller);
        },
        { atOnce: 2 },
      );
      // By themselves: their thousands of calls would keep the others, on a busy machine, past a deadline.
      const thousands = await run(
        (test) => {
          hostileObjects(test, caller);
          callbacks(test, caller);
        },
        { atOnce: 1 },
      );
      return joined([quick, thousands]);
    },
    async waiting() {
      const onSockets = run(
        (test) => {
          retries(test, caller);
          deadlines(test, caller);
          endlessBody(test, caller);
        },
        { atOnce: 4 },
      );
      // None of them makes a connection, of which browsers open six at most.
      const handled = run((test) => callbackHandlers(test, caller), { atOnce: 1 });
      return joined(await Promise.all([onSockets, handled]));
    },
  };
}
