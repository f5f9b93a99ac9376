// @ts-check
// Loaded before each example of the README: requests to the production gateway go to the package's sandbox instead,
// so that examples run exactly as they are printed. Any other request goes out as it would.

import { createSandbox } from "alphapo-wasm/sandbox";

const PRODUCTION = "https://app.alphapo.net/api/v2";

const sandbox = createSandbox({
  key: /** @type {string} */ (process.env.ALPHAPO_KEY),
  secret: /** @type {string} */ (process.env.ALPHAPO_SECRET),
});
const fetchOfNode = globalThis.fetch;

/** @param {RequestInfo | URL} input @param {RequestInit} [init] */
globalThis.fetch = (input, init) => {
  const request = new Request(input, init);
  if (!request.url.startsWith(`${PRODUCTION}/`)) return fetchOfNode(input, init);
  return sandbox.fetch(new Request(request.url.replace(PRODUCTION, sandbox.baseUrl), request));
};
