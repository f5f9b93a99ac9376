// A service that gives each user one deposit address per currency, and credits what arrives there, with Node alone:
// POST /deposit-addresses {"user":"user-17","currency":"BTC"}
// POST /callbacks/alphapo, for the gateway

import { createServer } from "node:http";

import { AlphaPo, AlphaPoError, nodeCallbackHandler } from "alphapo-wasm";

import { addressOf, credit, processed } from "./database.mjs";

const { ALPHAPO_BASE_URL: baseUrl, ALPHAPO_KEY: key, ALPHAPO_SECRET: secret, PORT = "3000" } = process.env;
const LARGEST_BODY = 10_000;

// Throws at the start, with what to mend, if an option is missing. Shorter than what the service's own callers wait.
const alphapo = new AlphaPo({ key, secret, baseUrl, timeout: 8_000 });

// If the database fails, so does this, and the gateway sends again.
const receive = nodeCallbackHandler({
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
});

async function answer(request) {
  if (request.url !== "/deposit-addresses") return [404, { error: "not found" }];
  if (request.method !== "POST") return [405, { error: "POST only" }];
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > LARGEST_BODY) return [413, { error: "too large" }];
  }
  try {
    // In your service the user is whoever is logged in, not who the body says.
    const { user, currency } = JSON.parse(text);
    const take = () => alphapo.takeAddress({ currency, foreign_id: user, end_user_reference: user });
    return [200, await addressOf(user, currency, take)];
  } catch (error) {
    return refusal(error);
  }
}

function refusal(error) {
  if (error instanceof SyntaxError) return [400, { error: "not JSON" }];
  if (!(error instanceof AlphaPoError)) throw error;
  if (error.code === "invalid_request") return [422, { error: error.code, fields: error.fields }];
  // The message is for you. `outcome: "unknown"` means that an address may exist that nobody was shown.
  console.error(`${error.code}, ${error.outcome}, after ${error.attempts} attempts: ${error.message}`);
  return [error.retryable ? 503 : 502, { error: "no address at the moment" }];
}

const server = createServer(async (request, response) => {
  if (request.url === "/callbacks/alphapo") return receive(request, response);
  const [status, body] = await answer(request).catch((error) => {
    console.error(error);
    return [500, { error: "internal" }];
  });
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
});

server.listen(Number(PORT), () => console.log(`listening on port ${server.address().port}`));
process.once("SIGTERM", () => server.close());
