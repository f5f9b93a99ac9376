// @ts-check
// An endpoint of Astro that answers with the report of the suites: see ../../../bundled.js.

import { suites } from "../../package/entries/bundled.js";

export const prerender = false;

/** @param {{ url: URL }} context */
export async function GET({ url }) {
  return Response.json(await suites({ origin: String(url.searchParams.get("wire")) }));
}
