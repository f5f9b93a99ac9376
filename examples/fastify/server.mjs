// A service on Fastify that hears of deposits: POST /callbacks/alphapo, for the gateway

import Fastify from "fastify";

import { AlphaPoError, nodeCallbackHandler } from "alphapo-wasm";

const { ALPHAPO_KEY: key, ALPHAPO_SECRET: secret, PORT = "3000" } = process.env;

const app = Fastify({ logger: false });

// A scope of its own: its parsers are gone, so that the body is left on the stream, and the rest of the service keeps
// them. The signature is over the bytes as they arrive.
app.register(async (scope) => {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", (request, payload, done) => done(null));
  scope.all("/callbacks/alphapo", receiver());
});

// Throws at the start, with what to mend, if an option is missing.
function receiver() {
  return nodeCallbackHandler({
    key,
    secret,
    // In your service a table, which outlives the process.
    store: new Map(),
    onCallback({ credit, creditKey, foreign_id: user }) {
      // Only a confirmed deposit is money. One without a user came to an address that was made in the dashboard.
      if (!credit || user === null) return;
      // In your service an insert, with the key as its unique key. Should it throw, the gateway sends again.
      console.log(`credited ${credit.amount} ${credit.currency} to ${user}, ${creditKey}`);
    },
    onError(error) {
      if (error instanceof AlphaPoError) console.warn(`callback refused: ${error.code}, ${error.message}`);
      else console.error("callback not processed:", error);
    },
  });
}

const address = await app.listen({ port: Number(PORT), host: "0.0.0.0" });
console.log(`listening on port ${new URL(address).port}`);
process.once("SIGTERM", () => app.close());
