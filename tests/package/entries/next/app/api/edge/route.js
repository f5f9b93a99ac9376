// @ts-check
// A route of Next.js in the edge runtime that answers with the report of the suites: see ../../../../bundled.js.

import { ok } from "../../../package/suite.js";
import { suites } from "../../../package/entries/bundled.js";

export const runtime = "edge";

/** @param {Request} request */
export async function GET(request) {
  ok("EdgeRuntime" in globalThis, "this is not the edge runtime");
  const origin = /** @type {string} */ (new URL(request.url).searchParams.get("wire"));
  return Response.json(await suites({ origin }));
}
