// A Worker that gives each user one deposit address per currency, and hears of what arrives there:
// POST /deposit-addresses {"user":"user-17","currency":"BTC"}
// POST /callbacks/alphapo, for the gateway

import { AlphaPoError, callbackHandler, takeAddress } from "alphapo-wasm";

interface Env {
  ALPHAPO_BASE_URL: string;
  ALPHAPO_KEY: string;
  ALPHAPO_SECRET: string;
  ADDRESSES: KVNamespace;
  CALLBACKS: KVNamespace;
}

interface Deposit {
  currency: string;
  address: string;
  tag: string | null;
}

/** One for all requests, so that copies that come at once know of each other. */
let receive: ReturnType<typeof receiver> | undefined;

export default {
  async fetch(request, env): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/callbacks/alphapo") return (receive ??= receiver(env))(request);
    if (pathname !== "/deposit-addresses") return Response.json({ error: "not found" }, { status: 404 });
    if (request.method !== "POST") return Response.json({ error: "POST only" }, { status: 405 });
    try {
      // In your Worker the user is whoever is logged in, not who the body says.
      const { user, currency } = await request.json<{ user: string; currency: string }>();
      return Response.json(await depositAddress(user, currency, env, request.signal));
    } catch (error) {
      return refusal(error);
    }
  },
} satisfies ExportedHandler<Env>;

/** An address never expires, so it is stored, and taken once per user and currency. */
async function depositAddress(user: string, currency: string, env: Env, signal: AbortSignal): Promise<Deposit> {
  const id = JSON.stringify([user, currency]);
  const known = await env.ADDRESSES.get<Deposit>(id, "json");
  if (known) return known;
  // Two calls at once may take two addresses, which is harmless: both stay the user's.
  const { address, tag } = await takeAddress(
    { currency, foreign_id: user, end_user_reference: user },
    { key: env.ALPHAPO_KEY, secret: env.ALPHAPO_SECRET, baseUrl: env.ALPHAPO_BASE_URL, timeout: 8_000, signal },
  );
  const deposit = { currency, address, tag };
  await env.ADDRESSES.put(id, JSON.stringify(deposit));
  return deposit;
}

function receiver(env: Env) {
  return callbackHandler({
    key: env.ALPHAPO_KEY,
    secret: env.ALPHAPO_SECRET,
    // What KV holds is seen elsewhere up to a minute later, so it spares work and does not guard money.
    store: env.CALLBACKS,
    onCallback({ credit, creditKey, foreign_id: user }) {
      // Only a confirmed deposit is money. One without a user came to an address that was made in the dashboard.
      if (!credit || user === null) return;
      // In your Worker an insert into a database that has the key as its unique key (examples/hono shows one with D1).
      // Should it throw, the gateway sends again.
      console.log(`credited ${credit.amount} ${credit.currency} to ${user}, ${creditKey}`);
    },
    onError(error) {
      if (error instanceof AlphaPoError) console.warn(`callback refused: ${error.code}, ${error.message}`);
      else console.error("callback not processed:", error);
    },
  });
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
