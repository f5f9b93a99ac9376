// A service on Deno that gives each user one deposit address per currency, and hears of what arrives there:
// POST /deposit-addresses {"user":"user-17","currency":"BTC"}
// POST /callbacks/alphapo, for the gateway

import { AlphaPo, AlphaPoError, callbackHandler } from "alphapo-wasm";

interface Deposit {
  currency: string;
  address: string;
  tag: string | null;
}

const key = Deno.env.get("ALPHAPO_KEY") ?? "";
const secret = Deno.env.get("ALPHAPO_SECRET") ?? "";

// Throws at the start, with what to mend, if an option is missing. Shorter than what the service's own callers wait.
const alphapo = new AlphaPo({ key, secret, baseUrl: Deno.env.get("ALPHAPO_BASE_URL"), timeout: 8_000 });

/** An address never expires: in your service this is a table, with user and currency as its unique key. */
const stored = new Map<string, Deposit>();

async function depositAddress(user: string, currency: string): Promise<Deposit> {
  const id = JSON.stringify([user, currency]);
  const known = stored.get(id);
  if (known) return known;
  // Two calls at once may take two addresses, which is harmless: both stay the user's.
  const { address, tag } = await alphapo.takeAddress({ currency, foreign_id: user, end_user_reference: user });
  const deposit = { currency, address, tag };
  stored.set(id, deposit);
  return deposit;
}

const receive = callbackHandler({
  key,
  secret,
  // In your service a table, which outlives the process.
  store: new Map<string, string>(),
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

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/callbacks/alphapo") return receive(request);
  if (pathname !== "/deposit-addresses") return Response.json({ error: "not found" }, { status: 404 });
  if (request.method !== "POST") return Response.json({ error: "POST only" }, { status: 405 });
  try {
    // In your service the user is whoever is logged in, not who the body says.
    const { user, currency } = await request.json();
    return Response.json(await depositAddress(user, currency));
  } catch (error) {
    return refusal(error);
  }
}

function refusal(error: unknown): Response {
  if (error instanceof SyntaxError) return Response.json({ error: "not JSON" }, { status: 400 });
  if (!(error instanceof AlphaPoError)) throw error;
  if (error.code === "invalid_request") {
    return Response.json({ error: error.code, fields: error.fields }, { status: 422 });
  }
  // The message is for you. `outcome: "unknown"` means that an address may exist that nobody was shown.
  console.error(`${error.code}, ${error.outcome}, after ${error.attempts} attempts: ${error.message}`);
  return Response.json({ error: "no address at the moment" }, { status: error.retryable ? 503 : 502 });
}

Deno.serve(
  {
    port: Number(Deno.env.get("PORT") ?? "3000"),
    onListen: ({ port }) => console.log(`listening on port ${port}`),
  },
  answer,
);
