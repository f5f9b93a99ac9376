// A service on Express that gives each user one deposit address per currency:
// POST /deposit-addresses {"user":"user-17","currency":"BTC"}

import express from "express";

import { AlphaPo, AlphaPoError } from "alphapo-wasm";

const { ALPHAPO_BASE_URL: baseUrl, ALPHAPO_KEY: key, ALPHAPO_SECRET: secret, PORT = "3000" } = process.env;

// Throws at the start, with what to mend, if an option is missing. Shorter than what the service's own callers wait.
const alphapo = new AlphaPo({ key, secret, baseUrl, timeout: 8_000 });

/** An address never expires: in your service this is a table, with user and currency as its unique key. */
const stored = new Map();

async function depositAddress(user, currency) {
  const id = JSON.stringify([user, currency]);
  if (!stored.has(id)) {
    // Two calls at once may take two addresses, which is harmless: both stay the user's.
    const { address, tag } = await alphapo.takeAddress({ currency, foreign_id: user, end_user_reference: user });
    stored.set(id, { currency, address, tag });
  }
  return stored.get(id);
}

const app = express();

app.post("/deposit-addresses", express.json({ limit: "10kb" }), async (request, response) => {
  // In your service the user is whoever is logged in, not who the body says.
  const { user, currency } = request.body ?? {};
  response.json(await depositAddress(user, currency));
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
