// A route of Nitro, which has its functions in scope, that answers with the report of the suites: see ../../bundled.js.

import { suites } from "../package/entries/bundled.js";

export default defineEventHandler((event) => suites({ origin: String(getQuery(event).wire) }));
