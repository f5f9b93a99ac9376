// @ts-check
// Runs the matrix of faults in a Worker, and answers with the report.

import * as alphapo from "alphapo-wasm";

import { faultMatrix } from "../fault-matrix.js";

/** @type {unknown[]} */
const unhandled = [];
addEventListener("unhandledrejection", (event) => {
  unhandled.push(/** @type {PromiseRejectionEvent} */ (event).reason);
});

export default {
  /** @param {Request} request @param {{ WIRE_ORIGIN: string }} env */
  async fetch(request, env) {
    try {
      const { signal: lasting } = new AbortController();
      const report = await faultMatrix({
        alphapo,
        origin: env.WIRE_ORIGIN,
        lasting,
        unhandled: () => unhandled,
      });
      return Response.json(report);
    } catch (error) {
      return new Response(String(error instanceof Error ? error.stack : error), { status: 500 });
    }
  },
};
