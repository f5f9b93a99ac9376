// A service on Express that gives each user one deposit address per currency, and credits what arrives there:
// POST /deposit-addresses {"user":"user-17","currency":"BTC"}
// POST /callbacks/alphapo, for the gateway

import express from "express";

import { AlphaPo, AlphaPoError, nodeCallbackHandler } from "alphapo-wasm";

import { addressOf, credit, processed } from "./database.mjs";

const { ALPHAPO_BASE_URL: baseUrl, ALPHAPO_KEY: key, ALPHAPO_SECRET: secret, PORT = "3000" } = process.env;

// Throws at the start, with what to mend, if an option is missing. Shorter than what the service's own callers wait.
const alphapo = new AlphaPo({ key, secret, baseUrl, timeout: 8_000 });

const app = express();

// Before any `app.use(express.json())`: the signature is over the bytes as they arrive. If the database fails, so does
// this, and the gateway sends again.
app.all(
  "/callbacks/alphapo",
  nodeCallbackHandler({
    key,
    secret,
    store: processed,
    onCallback({ credit: due, creditKey, foreign_id: user }) {
      // Only a confirmed deposit is money. One without a user came to an address that was made in the dashboard.
      if (!due || user === null) return;
      if (credit(creditKey, user, due)) console.log(`credited ${due.amount} ${due.currency} to ${user}, ${creditKey}`);
    },
    onError(error) {
      if (error instanceof AlphaPoError) console.warn(`callback refused: ${error.code}, ${error.message}`);
      else console.error("callback not processed:", error);
    },
  }),
);

app.use(express.json({ limit: "10kb" }));

app.post("/deposit-addresses", async (request, response) => {
  // In your service the user is whoever is logged in, not who the body says.
  const { user, currency } = request.body ?? {};
  const take = () => alphapo.takeAddress({ currency, foreign_id: user, end_user_reference: user });
  response.json(await addressOf(user, currency, take));
});

// Express 5 brings what an async handler throws here.
app.use((error, request, response, next) => {
  if (!(error instanceof AlphaPoError)) return next(error);
  if (error.code === "invalid_request") {
    return response.status(422).json({ error: error.code, fields: error.fields });
  }
  // The message is for you. `outcome: "unknown"` means that an address may exist that nobody was shown.
  console.error(`${error.code}, ${error.outcome}, after ${error.attempts} attempts: ${error.message}`);
  response.status(error.retryable ? 503 : 502).json({ error: "no address at the moment" });
});

const server = app.listen(Number(PORT), (error) => {
  if (error) throw error;
  console.log(`listening on port ${server.address().port}`);
});
process.once("SIGTERM", () => server.close());
