// @ts-check
// An endpoint of SvelteKit that answers with the report of the suites: see ../../../../bundled.js.

import { suites } from "../../../package/entries/bundled.js";

/** @param {{ url: URL }} event */
export async function GET({ url }) {
  return Response.json(await suites({ origin: String(url.searchParams.get("wire")) }));
}
