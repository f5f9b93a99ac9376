// A route on the edge that gives each user one deposit address per currency:
// POST /api/deposit-addresses {"user":"user-17","currency":"BTC"}

import { AlphaPoError, takeAddress } from "alphapo-wasm";

export const runtime = "edge";

export async function POST(request) {
  try {
    // In your application the user is whoever is logged in, not who the body says.
    const { user, currency } = await request.json();
    // An address never expires: store it in your database, with user and currency as its unique key, and look there
    // first. Taking another is harmless, but your user would see a new one each time.
    const { address, tag } = await takeAddress(
      { currency, foreign_id: user, end_user_reference: user },
      {
        key: process.env.ALPHAPO_KEY,
        secret: process.env.ALPHAPO_SECRET,
        baseUrl: process.env.ALPHAPO_BASE_URL,
        timeout: 8_000,
        signal: request.signal,
      },
    );
    return Response.json({ currency, address, tag });
  } catch (error) {
    return refusal(error);
  }
}

function refusal(error) {
  if (error instanceof SyntaxError) return Response.json({ error: "not JSON" }, { status: 400 });
  if (!(error instanceof AlphaPoError)) throw error;
  if (error.code === "invalid_request") {
    return Response.json({ error: error.code, fields: error.fields }, { status: 422 });
  }
  // The message is for you. `outcome: "unknown"` means that an address may exist that nobody was shown.
  console.error(`${error.code}, ${error.outcome}, after ${error.attempts} attempts: ${error.message}`);
  return Response.json({ error: "no address at the moment" }, { status: error.retryable ? 503 : 502 });
}
