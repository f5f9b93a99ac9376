// @ts-check
// Loaded before each example of the README: requests to the production gateway go to the package's sandbox instead,
// so that examples run exactly as they are printed. Any other request goes out as it would. Servers take a free port, and
// keep no process alive.

import { Server } from "node:net";

import { createSandbox } from "alphapo-wasm/sandbox";

const PRODUCTION = "https://app.alphapo.net/api/v2";

/** What stands in place of the sandbox's addresses, which are of test networks: the program of BIP-173's examples. */
const MAINNET = {
  BTC: "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
  LTC: "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9",
};

const sandbox = createSandbox({
  key: /** @type {string} */ (process.env.ALPHAPO_KEY),
  secret: /** @type {string} */ (process.env.ALPHAPO_SECRET),
});
const fetchOfNode = globalThis.fetch;

/** @param {RequestInfo | URL} input @param {RequestInit} [init] */
globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  if (!request.url.startsWith(`${PRODUCTION}/`)) return fetchOfNode(input, init);
  const answer = await sandbox.fetch(new Request(request.url.replace(PRODUCTION, sandbox.baseUrl), request));
  const { data } = await answer.clone().json();
  const address = MAINNET[/** @type {keyof typeof MAINNET} */ (data?.currency)];
  return address ? Response.json({ data: { ...data, address } }, { status: answer.status }) : answer;
};

const { listen } = Server.prototype;
/** @param {any} port @param {any[]} more */
Server.prototype.listen = function (port, ...more) {
  return listen.call(this, typeof port === "number" ? 0 : port, ...more).unref();
};
