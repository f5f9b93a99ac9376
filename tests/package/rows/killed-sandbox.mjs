// @ts-check
// A sandbox with a state file, ended by `kill -9` at random moments while it hands out addresses, takes deposits and
// sends callbacks: whatever it acknowledged must be there in its next life.

import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { equal, ok } from "../suite.js";
import { account, run as runChild } from "./child.mjs";
import { begin } from "./served-sandbox.mjs";
import { withFolder } from "./temporary.mjs";

/** How often; `SANDBOX_KILLS=200` is what one does before a release. */
const KILLS = Number(process.env.SANDBOX_KILLS ?? 20);
/** How many ask at once. */
const LANES = 16;
/** The longest life, in milliseconds: begun and ended anywhere in a commit. */
const LONGEST_LIFE = 400;
const READ_LIMIT = 20_000;
/** Of the last life, in which all callbacks must come. */
const LAST_WAIT = 20_000;

/**
 * @param {import("../suite.js").Test} test
 * @param {string[]} program  the command line
 * @param {string[]} reader  what prints the contents of a state file
 */
export function killedAtAnyMoment(test, program, reader) {
  test(`${KILLS} times kill -9 at a random moment: nothing acknowledged is lost`, () =>
    withFolder("killed", async (place) => {
      const file = join(place, "sandbox.db");
      const merchant = await openMerchant();
      /** @type {Acknowledged} */
      const acknowledged = { addresses: new Map(), deposits: new Map() };
      const args = ["--state", file, "--callback-url", merchant.url];
      try {
        for (let kill = 0; kill < KILLS; kill += 1) {
          await oneLife(program, args, acknowledged);
          compare(await contents(reader, file), acknowledged, merchant.received);
        }
        ok(acknowledged.addresses.size > KILLS, `only ${acknowledged.addresses.size} addresses were taken`);
        ok(acknowledged.deposits.size > KILLS, `only ${acknowledged.deposits.size} deposits were made`);
        await lastLife(program, args, acknowledged, merchant.received);
        const { addresses, deposits } = acknowledged;
        const callbacks = merchant.received.size;
        console.log(`${KILLS} kills: ${addresses.size} addresses, ${deposits.size} deposits, ${callbacks} callbacks`);
      } finally {
        merchant.close();
      }
    }));
}

/** @typedef {{ addresses: Map<number, string>, deposits: Map<number, string> }} Acknowledged  by their ids */

/** The merchant's server, which remembers every body that it answered with 200. */
async function openMerchant() {
  /** @type {Set<string>} */
  const received = new Set();
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.add(body);
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/callbacks`,
    received,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** @param {string[]} program @param {string[]} args @param {Acknowledged} acknowledged */
async function oneLife(program, args, acknowledged) {
  const { child, ended, page } = await begin(program, args);
  const lanes = Array.from({ length: LANES }, (_, lane) => ask(page, lane, acknowledged));
  await sleep(Math.random() * LONGEST_LIFE);
  child.kill("SIGKILL");
  await ended;
  await Promise.all(lanes);
}

/**
 * One client: an address, a deposit to it, and so on, until nobody answers. Only what was answered counts.
 *
 * @param {string} page
 * @param {number} lane
 * @param {Acknowledged} acknowledged
 */
async function ask(page, lane, { addresses, deposits }) {
  try {
    for (;;) {
      const { data } = await post(`${page}sandbox/take`, { currency: "ETH", foreign_id: `lane-${lane}` });
      addresses.set(data.id, data.address);
      const order = { address: data.address, amount: "1", instant: true };
      const { deposit } = await post(`${page}sandbox/deposit`, order);
      deposits.set(deposit.id, deposit.address);
    }
  } catch (error) {
    if (error instanceof Refused) throw error;
  }
}

class Refused extends Error {}

/** @param {string} url @param {unknown} value @returns {Promise<any>} */
async function post(url, value) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(value) });
  const text = await answer.text();
  if (answer.status !== 201) throw new Refused(`${url} answers ${answer.status}: ${text}`);
  return JSON.parse(text);
}

/** @param {string[]} reader @param {string} file */
async function contents([node, script], file) {
  const ended = await runChild(node, [script, file], { timeout: READ_LIMIT });
  ok(ended.code === 0, account(ended));
  return JSON.parse(ended.stdout);
}

/** @param {any} kept @param {Acknowledged} acknowledged @param {Set<string>} received */
function compare(kept, { addresses, deposits }, received) {
  const address = new Map(kept.addresses.map((/** @type {any} */ each) => [each.id, each.address]));
  const deposit = new Map(kept.deposits.map((/** @type {any} */ each) => [each.id, each.address]));
  const bodies = new Set(kept.callbacks.map((/** @type {any} */ each) => each.body));
  equal([...addresses].filter(([id, text]) => address.get(id) !== text), [], "addresses that are lost");
  equal([...deposits].filter(([id, text]) => deposit.get(id) !== text), [], "deposits that are lost");
  equal([...received].filter((body) => !bodies.has(body)), [], "callbacks that are lost");
}

/**
 * Every deposit that was acknowledged is told in the end.
 *
 * @param {string[]} program
 * @param {string[]} args
 * @param {Acknowledged} acknowledged
 * @param {Set<string>} received
 */
async function lastLife(program, args, { deposits }, received) {
  const { child, ended } = await begin(program, args);
  const untold = () => {
    const told = new Set([...received].map((body) => JSON.parse(body).id));
    return [...deposits.keys()].filter((id) => !told.has(id));
  };
  for (const end = Date.now() + LAST_WAIT; untold().length > 0 && Date.now() < end; ) await sleep(100);
  child.kill("SIGTERM");
  await ended;
  equal(untold(), [], "deposits of which no callback came");
}
