// @ts-check
// A web worker that has to be bundled: see bundled-page.js.

import { AlphaPo, AlphaPoError, sign } from "alphapo-wasm";

import { KEY, SECRET, openSession } from "../../wire/session.js";
import { REQUEST } from "../caller.js";

addEventListener("message", async ({ data: origin }) => {
  const { baseUrl } = openSession(origin, { kind: "good" });
  const client = new AlphaPo({ key: KEY, secret: SECRET, baseUrl, dangerouslyAllowBrowser: true });
  const { foreign_id } = await client.takeAddress(REQUEST);
  postMessage([sign("{}", "AbCdEfG123456").slice(0, 8), foreign_id, codeOf(() => sign(/** @type {any} */ ({}), "s"))]);
});

/** @param {() => unknown} call */
function codeOf(call) {
  try {
    return call();
  } catch (error) {
    return error instanceof AlphaPoError ? error.code : String(error);
  }
}
