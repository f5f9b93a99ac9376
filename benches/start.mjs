// @ts-check
// How long a fresh process takes to import something and sign with it, over one that imports an empty module: in Node, Deno
// and Bun, each contestant in turn; start-page.js does the same with fresh frames of a page. The import is timed inside the
// process, so what the runtime itself takes to start is not in it.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { account, run } from "../tests/package/rows/child.mjs";
import { SECRET } from "./contestants.js";
import { quantile } from "./interleaved.js";

const LIMIT = 60_000;
const BODY = '{"currency":"BTC","foreign_id":"123456"}';

/** It has a text for a signature and nothing else. */
const EMPTY_PACKAGE = "an-empty-package";

/** What a program does first, by contestant: a module that signs BODY once. */
const PROGRAMS = {
  "an empty module": "export default '';",
  // How much of an import is to find any package by its name.
  "an empty package": `export { default } from "${EMPTY_PACKAGE}";`,
  "alphapo-wasm": signingBy('import { sign } from "alphapo-wasm";', "sign(body, secret)"),
  "alphapo-wasm/signature": signingBy('import { sign } from "alphapo-wasm/signature";', "sign(body, secret)"),
  "node:crypto": signingBy(
    'import { createHmac } from "node:crypto";',
    'createHmac("sha512", secret).update(body).digest("hex")',
  ),
  WebCrypto: signingBy(
    "const bytes = (text) => new TextEncoder().encode(text);",
    `await (async () => {
      const key = await crypto.subtle.importKey("raw", bytes(secret), { name: "HMAC", hash: "SHA-512" }, false, ["sign"]);
      const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(body)));
      return Array.from(signature, (byte) => byte.toString(16).padStart(2, "0")).join("");
    })()`,
  ),
  "@noble/hashes": signingBy(
    `import { hmac } from "@noble/hashes/hmac.js";
     import { sha512 } from "@noble/hashes/sha2.js";
     import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";`,
    "bytesToHex(hmac(sha512, utf8ToBytes(secret), utf8ToBytes(body)))",
  ),
  "hash-wasm": signingBy(
    'import { createHMAC, createSHA512 } from "hash-wasm";',
    "(await createHMAC(createSHA512(), secret)).update(body).digest()",
  ),
  libsodium: signingBy(
    'import sodium from "libsodium-wrappers-sumo"; await sodium.ready;',
    `(() => { const state = sodium.crypto_auth_hmacsha512_init(secret); sodium.crypto_auth_hmacsha512_update(state, body);
      return sodium.to_hex(sodium.crypto_auth_hmacsha512_final(state)); })()`,
  ),
  "@stablelib": signingBy(
    `import { HMAC } from "@stablelib/hmac"; import { SHA512 } from "@stablelib/sha512";
     const bytes = (text) => new TextEncoder().encode(text);`,
    `Array.from(new HMAC(SHA512, bytes(secret)).update(bytes(body)).digest(), (byte) => byte.toString(16).padStart(2, "0"))
      .join("")`,
  ),
  jssha: signingBy(
    'import JsSha from "jssha";',
    'new JsSha("SHA-512", "TEXT", { hmacKey: { value: secret, format: "TEXT" } }).update(body).getHash("HEX")',
  ),
  "crypto-js": signingBy('import CryptoJs from "crypto-js";', "CryptoJs.HmacSHA512(body, secret).toString()"),
  "node-forge": signingBy(
    'import forge from "node-forge";',
    `(() => { const hmac = forge.hmac.create(); hmac.start("sha512", secret); hmac.update(body);
      return hmac.digest().toHex(); })()`,
  ),
};

/** @param {string} imports @param {string} expression */
function signingBy(imports, expression) {
  return `${imports}
const body = ${JSON.stringify(BODY)}, secret = ${JSON.stringify(SECRET)};
export default ${expression};
`;
}

/**
 * @param {string} folder  a project that has the package and its peers
 * @param {Record<string, { command: string, args: string[], env?: Record<string, string> }>} engines
 * @param {number} processes  of each contestant in each engine
 * @param {string} expected  the signature
 * @returns {Promise<Record<string, Record<string, number>>>} milliseconds, by engine and contestant
 */
export async function starts(folder, engines, processes, expected) {
  const names = Object.keys(PROGRAMS);
  await writeEmptyPackage(join(folder, "node_modules", EMPTY_PACKAGE), expected);
  for (const [index, program] of Object.values(PROGRAMS).entries()) {
    await writeFile(join(folder, `start-${index}.mjs`), program);
    await writeFile(
      join(folder, `start-timed-${index}.mjs`),
      `const began = performance.now();
const { default: signature } = await import("./start-${index}.mjs");
const took = performance.now() - began;
console.log(JSON.stringify({ took, signature }));
`,
    );
  }
  /** @type {Record<string, Record<string, number>>} */
  const results = {};
  for (const [engine, { command, args, env }] of Object.entries(engines)) {
    /** @type {number[][]} */
    const times = names.map(() => []);
    for (let round = 0; round < processes; round += 1) {
      for (const index of names.keys()) {
        const ended = await run(command, [...args, `start-timed-${index}.mjs`], { cwd: folder, env, timeout: LIMIT });
        if (ended.code !== 0) throw new Error(`${engine}, ${names[index]}: ${account(ended)}`);
        const { took, signature } = JSON.parse(ended.stdout);
        if (index > 0 && signature !== expected) throw new Error(`${engine}, ${names[index]}: a wrong signature`);
        times[index].push(took);
      }
    }
    results[engine] = Object.fromEntries(names.map((name, index) => [name, quantile(times[index], 0.5)]));
  }
  return results;
}

/** @param {string} folder @param {string} signature */
async function writeEmptyPackage(folder, signature) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: EMPTY_PACKAGE, exports: "./index.mjs" }));
  await writeFile(join(folder, "index.mjs"), `export default ${JSON.stringify(signature)};\n`);
}

export { BODY as START_BODY };
/**
 * Of those that a page can run too: its contestant and its script, which `starts` writes.
 *
 * @type {[name: string, script: string][]}
 */
export const PAGE_PROGRAMS = Object.entries(PROGRAMS).flatMap(([name, program], index) =>
  /** @type {[string, string][]} */ (program.includes('"node:') ? [] : [[name, `start-${index}.mjs`]]),
);
