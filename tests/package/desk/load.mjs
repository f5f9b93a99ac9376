// @ts-check
// Takes many addresses from a gateway on this machine, so many at once, and prints how long the answers took:
// `node load.mjs BASE_URL TOTAL AT_ONCE`, with ALPHAPO_KEY and ALPHAPO_SECRET in the environment.
//
// On bare sockets and with one body, so that what is measured is the gateway and not this client.

import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { performance } from "node:perf_hooks";

const [baseUrl, total, atOnce] = process.argv.slice(2);
const { ALPHAPO_KEY = "", ALPHAPO_SECRET = "" } = process.env;
const { hostname, port, pathname } = new URL(`${baseUrl}/addresses/take`);
const body = '{"currency":"BTC","foreign_id":"load"}';
const request = Buffer.from(
  [
    `POST ${pathname} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    `X-Processing-Key: ${ALPHAPO_KEY}`,
    `X-Processing-Signature: ${createHmac("sha512", ALPHAPO_SECRET).update(body).digest("hex")}`,
    "",
    body,
  ].join("\r\n"),
);

/** @type {number[]} milliseconds */
const times = [];
/** @type {Set<string>} */
const addresses = new Set();
let left = Number(total);
let errors = 0;

/** One connection, one request after the other. @returns {Promise<void>} */
function lane() {
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let began = 0;
    let seen = "";
    const next = () => {
      if (left === 0) return socket.end(resolve);
      left -= 1;
      seen = "";
      began = performance.now();
      socket.write(request);
    };
    socket.setNoDelay(true);
    socket.on("connect", next);
    socket.on("data", (chunk) => {
      seen += chunk;
      const end = seen.indexOf("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(seen)?.[1] ?? NaN);
      if (end < 0 || !(seen.length >= end + 4 + length)) return;
      times.push(performance.now() - began);
      const address = /"address":"([^"]+)"/.exec(seen)?.[1];
      if (seen.startsWith("HTTP/1.1 201 ") && address) addresses.add(address);
      else errors += 1;
      next();
    });
    socket.on("error", () => {
      errors += 1;
      resolve();
    });
  });
}

const began = performance.now();
await Promise.all(Array.from({ length: Number(atOnce) }, lane));
times.sort((one, other) => one - other);
const at = (/** @type {number} */ part) => times[Math.min(times.length - 1, Math.floor(times.length * part))];
console.log(
  JSON.stringify({
    errors,
    answers: times.length,
    addresses: addresses.size,
    seconds: (performance.now() - began) / 1000,
    p50: at(0.5),
    p99: at(0.99),
    longest: times.at(-1),
  }),
);
