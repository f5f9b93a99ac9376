// @ts-check
// Runs the suites in a Worker on the package as `import "alphapo-wasm"` finds it there, and answers with the report.
// The raw workerd row maps the imports onto the installed files; the miniflare row lets a bundler resolve them.

import * as alphapo from "alphapo-wasm";
import * as sandboxModule from "alphapo-wasm/sandbox";
import * as signatureModule from "alphapo-wasm/signature";

import { everywhere } from "../everywhere.js";
import wycheproof from "../wycheproof-hmac-sha512.json";

// Where Workers keep their clients: made at start-up, used by every request.
const atStart = new alphapo.Signer("AbCdEfG123456").sign("{}");

export default {
  /** @param {Request} request @param {{ WIRE_ORIGIN: string }} env */
  async fetch(request, env) {
    try {
      if (!atStart.startsWith("89ff5706")) throw new Error(`signed at start-up: ${atStart}`);
      return Response.json(await everywhere({ alphapo, sandboxModule, signatureModule, origin: env.WIRE_ORIGIN, wycheproof }));
    } catch (error) {
      return new Response(String(error instanceof Error ? error.stack : error), { status: 500 });
    }
  },
};
