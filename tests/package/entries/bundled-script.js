// @ts-check
// A program for Node that is bundled from ES modules. Its argument is the stand-in gateway's origin; it must not exit:
// that the process ends by itself is one of the tests.

import { suites } from "./bundled.js";
import { post } from "./post.js";

const origin = process.argv[2];
post(origin, () => suites({ origin }));
