// @ts-check
// Signing in a page: posts its results to where the page is from. A page has no createHmac, so WebCrypto is what the
// others are compared with.

import { signing } from "./signing.js";

const effort = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const report = await signing({}, "WebCrypto", effort).catch((error) => ({ error: String(error?.stack ?? error) }));
await fetch("/-/report", { method: "POST", body: JSON.stringify(report) });
