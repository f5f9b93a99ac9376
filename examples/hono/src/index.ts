// A Worker with Hono that credits deposits in D1, once each: POST /callbacks/alphapo, for the gateway

import { Hono } from "hono";

import { AlphaPoError, callbackHandler } from "alphapo-wasm";

interface Env {
  ALPHAPO_KEY: string;
  ALPHAPO_SECRET: string;
  DATABASE: D1Database;
}

/** One for all requests, so that copies that come at once know of each other. */
let receive: ReturnType<typeof receiver> | undefined;

const app = new Hono<{ Bindings: Env }>();

app.all("/callbacks/alphapo", (context) => (receive ??= receiver(context.env))(context.req.raw));

export default app;

function receiver({ ALPHAPO_KEY: key, ALPHAPO_SECRET: secret, DATABASE: database }: Env) {
  return callbackHandler({
    key,
    secret,
    store: {
      get: (key) => database.prepare("SELECT processed_at FROM callbacks WHERE key = ?").bind(key).first(),
      set: (key, now) =>
        database.prepare("INSERT INTO callbacks VALUES (?, ?) ON CONFLICT DO NOTHING").bind(key, now).run(),
    },
    // If the database fails, so does this, and the gateway sends again.
    async onCallback({ credit, creditKey, foreign_id: user }) {
      // Only a confirmed deposit is money. One without a user came to an address that was made in the dashboard.
      if (!credit || user === null) return;
      // The primary key decides, also between Workers on two continents that process two copies at once. A balance is
      // the sum of its credits: as exact decimals, not SQL's floats.
      const { amount, currency } = credit;
      const insert = database.prepare("INSERT INTO credits VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
      await insert.bind(creditKey, user, currency, amount).run();
    },
    onError(error) {
      if (error instanceof AlphaPoError) console.warn(`callback refused: ${error.code}, ${error.message}`);
      else console.error("callback not processed:", error);
    },
  });
}
