// @ts-check
// Signing in a page: posts its results to where the page is from. A page has no createHmac, so WebCrypto is what the
// others are compared with.

import { signing } from "./signing.js";

const asked = JSON.parse(decodeURIComponent(location.hash.slice(1)));
// A page's clock counts in tenths of milliseconds (High Resolution Time, §4.4), so a sample takes longer there.
const effort = { ...asked, milliseconds: Math.max(asked.milliseconds, 3) };
const report = await signing({}, "WebCrypto", effort).catch((error) => ({ error: String(error?.stack ?? error) }));
await fetch("/-/report", { method: "POST", body: JSON.stringify(report) });
