// @ts-check
// That the examples with a database credit exactly once, whatever happens between the credit and the answer: a failing
// database, a crash, a restart, several processes.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { equal } from "../suite.js";
import { printed } from "./bundling.mjs";
import { account, run as runChild, start, stop } from "./child.mjs";
import { credited, delivered, equalCredits, ofUser, receives } from "./example-callbacks.mjs";
import { program } from "./runtimes.mjs";
import { withFolder } from "./temporary.mjs";

const QUERY_LIMIT = 10_000;
const COPIES = 25;
const CREDITS = "SELECT credit_key AS key, user_id AS user, currency, amount FROM credits";

/** What a crash between the credit and the answer leaves: a credit, and nothing that remembers the callback. */
const FORGET = "DELETE FROM callbacks";

/** Runs SQL and prints what it comes to, as JSON; with the text "hold" it then keeps the file to itself. */
const SCRIPT = `
  import { DatabaseSync } from "node:sqlite";
  const [file, sql, hold] = process.argv.slice(1);
  const database = new DatabaseSync(file, { timeout: 5000 });
  console.log(JSON.stringify(database.prepare(sql).all()));
  if (hold) setInterval(() => {}, 1000);
`;

/** @typedef {import("../suite.js").Test} Test */

/** @param {string} file @param {string} sql @param {string[]} more */
function line(file, sql, ...more) {
  return ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", SCRIPT, file, sql, ...more];
}

/** @param {string} file @param {string} sql @returns {Promise<any[]>} */
export async function inSqlite(file, sql) {
  const ended = await runChild(program("node-24"), line(file, sql), { timeout: QUERY_LIMIT });
  if (ended.code !== 0) throw new Error(`${sql}: ${account(ended)}`);
  return JSON.parse(ended.stdout);
}

/**
 * @param {Test} test
 * @param {string} name
 * @param {(database: string, use: (url: string) => Promise<void>) => Promise<void>} running
 */
export function creditsOnceInSqlite(test, name, running) {
  /** @param {string} database */
  const credits = (database) => () => inSqlite(database, CREDITS);
  const inFile = (/** @type {(file: string) => Promise<void>} */ use) =>
    withFolder("database", (folder) => use(join(folder, "deposits.db")));

  test(`examples/${name}: while its database fails, the gateway is asked to send again`, () =>
    inFile((file) =>
      running(file, async (url) => {
        const holder = start(program("node-24"), line(file, "BEGIN EXCLUSIVE", "hold"));
        try {
          await printed(holder, /\[\]/, QUERY_LIMIT);
          equal(await delivered(url, ofUser(1, "confirmed")), 500, "status while another has the database");
        } finally {
          await stop(holder.child);
        }
        await equalCredits({ url, credits: credits(file) }, []);
        equal(await delivered(url, ofUser(1, "confirmed")), 200, "status after that");
        equal(await delivered(url, ofUser(1, "confirmed")), 200, "status of a copy");
        await equalCredits({ url, credits: credits(file) }, [credited(1)]);
      }),
    ));

  test(`examples/${name}: a crash after the credit, a restart and a second process do not credit again`, () =>
    inFile(async (file) => {
      const again = ofUser(1, "confirmed", { net: "0.10000000" });
      await running(file, async (url) => equal(await delivered(url, again), 200));
      await running(file, async (url) => equal(await delivered(url, again), 200, "status after a restart"));
      await inSqlite(file, FORGET);
      await running(file, (one) =>
        running(file, async (other) => {
          equal(await delivered(one, again), 200, "status after a crash");
          // Two deposits of one user, each 25 times at each of two processes.
          const next = [2, 3].map((id) => ofUser(id, "confirmed", { user: "user-1", net: "0.20000000000000001" }));
          const copies = [one, other].flatMap((url) => next.map((body) => ({ url, body })));
          const sent = Array.from({ length: COPIES }, () => copies).flat();
          const statuses = await Promise.all(sent.map(({ url, body }) => delivered(url, body)));
          equal([...new Set(statuses)], [200], "statuses");
        }),
      );
      const more = { user: "user-1", amount: "0.20000000000000001" };
      const expected = [credited(1, { amount: "0.10000000" }), credited(2, more), credited(3, more)];
      await equalCredits({ url: "", credits: credits(file) }, expected);
      const balances = await inSqlite(file, "SELECT user_id AS user, currency, amount FROM balances");
      equal(balances, [{ user: "user-1", currency: "BTC", amount: "0.50000000000000002" }], "balances");
    }));
}

/**
 * What is used of a D1 database.
 *
 * @typedef {{ prepare: (sql: string) => { all: () => Promise<{ results: any[] }> } }} D1
 */

/**
 * @param {Test} test
 * @param {string} name
 * @param {string} migration  the file that makes the tables
 * @param {(use: (url: string, database: D1) => Promise<void>) => Promise<void>} running
 */
export function creditsOnceInD1(test, name, migration, running) {
  const tables = async () => (await readFile(migration, "utf8")).split(";").filter((statement) => statement.trim());
  const credits = (/** @type {D1} */ database) => async () => (await database.prepare(CREDITS).all()).results;

  receives(test, name, (use) =>
    running(async (url, database) => {
      for (const table of await tables()) await database.prepare(table).all();
      await use({ url, credits: credits(database) });
    }),
  );

  test(`examples/${name}: a failing database, and a crash after the credit, do not credit twice or never`, () =>
    running(async (url, database) => {
      // First the handler's store fails, then the credit.
      for (const table of await tables()) {
        equal(await delivered(url, ofUser(1, "confirmed")), 500, "status while a table is missing");
        await database.prepare(table).all();
      }
      equal(await delivered(url, ofUser(1, "confirmed")), 200, "status after that");
      await database.prepare(FORGET).all();
      equal(await delivered(url, ofUser(1, "confirmed")), 200, "status after a crash");
      await equalCredits({ url, credits: credits(database) }, [credited(1)]);
    }));
}
