// @ts-check
// A route of Next.js in Node that answers with the report of the suites: see ../../../../bundled.js.

import { suites } from "../../../package/entries/bundled.js";

/** @param {Request} request */
export async function GET(request) {
  const origin = /** @type {string} */ (new URL(request.url).searchParams.get("wire"));
  return Response.json(await suites({ origin }));
}
