// A route in Node that hears of deposits: POST /api/callbacks/alphapo, for the gateway

import { AlphaPoError, callbackHandler } from "alphapo-wasm";

let handle;

// Not before the first request: `next build` runs this file too, where there are no secrets. Other methods than POST
// are answered 405 by Next.js itself.
export const POST = (request) => (handle ??= receiver())(request);

function receiver() {
  return callbackHandler({
    key: process.env.ALPHAPO_KEY,
    secret: process.env.ALPHAPO_SECRET,
    // In your application a table, which outlives the process and which all instances share.
    store: new Map(),
    onCallback({ credit, creditKey, foreign_id: user }) {
      // Only a confirmed deposit is money. One without a user came to an address that was made in the dashboard.
      if (!credit || user === null) return;
      // In your application an insert, with the key as its unique key. Should it throw, the gateway sends again.
      console.log(`credited ${credit.amount} ${credit.currency} to ${user}, ${creditKey}`);
    },
    onError(error) {
      if (error instanceof AlphaPoError) console.warn(`callback refused: ${error.code}, ${error.message}`);
      else console.error("callback not processed:", error);
    },
  });
}
