// What the service must not forget: addresses, processed callbacks, credits, balances. One file, by Node's own SQLite.

import { DatabaseSync } from "node:sqlite";

// Another process may hold the file for a moment: wait for it so many milliseconds.
const database = new DatabaseSync(process.env.DATABASE ?? "deposits.db", { timeout: 1_000 });
database.exec(`
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS addresses (
    user_and_currency TEXT PRIMARY KEY, currency TEXT NOT NULL, address TEXT NOT NULL, tag TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS callbacks (key TEXT PRIMARY KEY, processed_at TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS credits (
    credit_key TEXT PRIMARY KEY, user_id TEXT NOT NULL, currency TEXT NOT NULL, amount TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS balances (
    user_id TEXT NOT NULL, currency TEXT NOT NULL, amount TEXT NOT NULL, PRIMARY KEY (user_id, currency)
  ) STRICT;
`);

const findAddress = database.prepare("SELECT currency, address, tag FROM addresses WHERE user_and_currency = ?");
const addAddress = database.prepare("INSERT INTO addresses VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
const findCallback = database.prepare("SELECT processed_at FROM callbacks WHERE key = ?");
const addCallback = database.prepare("INSERT INTO callbacks VALUES (?, ?) ON CONFLICT DO NOTHING");
const addCredit = database.prepare("INSERT INTO credits VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
const findBalance = database.prepare("SELECT amount FROM balances WHERE user_id = ? AND currency = ?");
const setBalance = database.prepare("INSERT OR REPLACE INTO balances VALUES (?, ?, ?)");

/** A user's address, which never expires: taken by `take` the first time. */
export async function addressOf(user, currency, take) {
  const id = JSON.stringify([user, currency]);
  if (!findAddress.get(id)) {
    // Two calls at once may take two addresses, which is harmless: the first that is stored is the one that is shown.
    const { address, tag } = await take();
    addAddress.run(id, currency, address, tag);
  }
  return findAddress.get(id);
}

/** Which callbacks were processed, for the handler. It outlives the process, as a Map would not. */
export const processed = {
  get: (key) => findCallback.get(key)?.processed_at,
  set: (key, now) => addCallback.run(key, now),
};

/** Credits at most once per key, whatever comes twice: the primary key decides, and the balance goes with it. */
export function credit(key, user, { currency, amount }) {
  database.exec("BEGIN IMMEDIATE");
  try {
    const isNew = addCredit.run(key, user, currency, amount).changes === 1;
    if (isNew) {
      const before = findBalance.get(user, currency)?.amount ?? "0";
      setBalance.run(user, currency, sum(before, amount));
    }
    database.exec("COMMIT");
    return isNew;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

/** Of decimal texts, exactly: SQLite would calculate in floats. */
function sum(a, b) {
  const places = Math.max(placesOf(a), placesOf(b));
  const units = (amount) => BigInt(amount.replace(".", "") + "0".repeat(places - placesOf(amount)));
  const digits = String(units(a) + units(b)).padStart(places + 1, "0");
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

function placesOf(amount) {
  return amount.split(".")[1]?.length ?? 0;
}
