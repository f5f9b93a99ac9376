// @ts-check
// An edge function of Next.js's older kind, which answers with the report of the suites: see ../../../bundled.js.

import { suites } from "../../package/entries/bundled.js";
import { ok } from "../../package/suite.js";

export const config = { runtime: "edge" };

/** @param {Request} request */
export default async function handler(request) {
  ok("EdgeRuntime" in globalThis, "this is not the edge runtime");
  const origin = /** @type {string} */ (new URL(request.url).searchParams.get("wire"));
  return Response.json(await suites({ origin }));
}
