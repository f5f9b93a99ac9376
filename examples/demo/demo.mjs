// What the package does, step by step: two deposit addresses are taken from a sandbox gateway over HTTP, and what
// crossed the wire is checked here with node:crypto and none of the package's code.
//
// Run it with `cargo xtask demo`, or with Node beside an installed alphapo-wasm.

import { createHmac } from "node:crypto";

import { AlphaPo } from "alphapo-wasm";
import { createSandbox } from "alphapo-wasm/sandbox";
import { serve } from "alphapo-wasm/sandbox/node";

import { bitcoinChecksum, xrpChecksum } from "./checksums.mjs";

const key = "demo-key";
const secret = "AbCdEfG123456";
const sandbox = createSandbox({ key, secret });
const server = await serve(sandbox);
console.log(`A sandbox gateway listens on ${server.url}`);

const alphapo = new AlphaPo({ key, secret, baseUrl: server.url, fetch: watched });
await take({ currency: "BTC", foreign_id: "test_foreign_id", end_user_reference: "test_end_user_reference" });
await take({ currency: "XRP", foreign_id: "test_foreign_id", end_user_reference: "test_end_user_reference" });
await server.close();

async function take(request) {
  console.log(`\n── One ${request.currency} address ${"─".repeat(50)}`);
  const deposit = await alphapo.takeAddress(request);
  const isValid = request.currency === "BTC" ? bitcoinChecksum : xrpChecksum;
  report("the answer echoes currency, foreign_id and end_user_reference", echoes(deposit, request));
  report(`the checksum of ${deposit.address}`, isValid(deposit.address));
  if (request.currency === "XRP") report(`the destination tag ${deposit.tag} is a 32-bit integer`, isTag(deposit.tag));
  const tag = deposit.tag === null ? "" : `, destination tag ${deposit.tag}`;
  console.log(`\n  Show your user: ${deposit.address}${tag}`);
}

/** The runtime's fetch, with a look at what goes out and what comes back. */
async function watched(url, init) {
  const body = Buffer.from(init.body);
  const signature = init.headers["X-Processing-Signature"];
  console.log(`\n  POST ${url}`);
  for (const [name, value] of Object.entries(init.headers)) console.log(`  ${name}: ${shortened(value)}`);
  console.log(`\n  ${body}\n`);
  const response = await fetch(url, init);
  console.log(`  ${response.status} ${response.statusText}\n\n  ${await response.clone().text()}\n`);
  const expected = createHmac("sha512", secret).update(body).digest("hex");
  report("the signature is the HMAC-SHA512 of exactly these bytes", signature === expected);
  report("the gateway accepted it", response.status === 201);
  return response;
}

/** The demonstration fails with its first check that does. */
function report(what, isRight) {
  console.log(`  ${isRight ? "✓" : "✗"} ${what}`);
  if (!isRight) process.exit(1);
}

function echoes(deposit, request) {
  return Object.entries(request).every(([field, value]) => deposit[field] === value);
}

function isTag(tag) {
  return /^\d{1,10}$/.test(tag) && Number(tag) < 2 ** 32;
}

function shortened(value) {
  return value.length > 64 ? `${value.slice(0, 32)}… (${value.length} digits)` : value;
}
