// @ts-check
// What every example that receives callbacks must do: answer the gateway as it asks, credit each genuine deposit once,
// and let nothing forged reach its own code. Credits are seen from outside, in its database or its log.

import { deposit, send, signed, withdrawal } from "../../wire/callbacks.mjs";
import { equal, pause } from "../suite.js";
import { CREDENTIALS } from "./example-programs.mjs";

const SEEN_LIMIT = 3_000;
const COPIES = 50;

/** @typedef {import("../suite.js").Test} Test */
/** @typedef {{ key: string, user: string, currency: string, amount: string }} Credited */
/** @typedef {{ url: string, credits: () => Promise<Credited[]> }} Receiver */
/** @typedef {(use: (receiver: Receiver) => Promise<void>) => Promise<void>} Receiving */

/** What the examples without a database print of each credit. @param {string} said @returns {Credited[]} */
export function creditsIn(said) {
  const lines = said.matchAll(/credited (\S+) (\S+) to (.+), ([\w:]+)$/gm);
  return [...lines].map(([, amount, currency, user, key]) => ({ key, user, currency, amount }));
}

/** @param {string} url @param {string} body */
export async function delivered(url, body) {
  return (await send(url, { headers: signed(body, CREDENTIALS), body })).status;
}

/** @param {number} id @param {string} status @param {Partial<Parameters<typeof deposit>[0]>} [more] */
export function ofUser(id, status, more) {
  return deposit({ id, user: `user-${id}`, status, ...more });
}

/** The credit of such a deposit. @param {number} id @param {Partial<Credited>} [more] @returns {Credited} */
export function credited(id, more) {
  return { key: `deposit:${id}`, user: `user-${id}`, currency: "BTC", amount: "0.00980000", ...more };
}

/**
 * That these and no others were credited. The last deposit that a test sends is one that must be credited, so whatever
 * came before it is seen by then.
 *
 * @param {Receiver} receiver
 * @param {Credited[]} expected
 */
export async function equalCredits({ credits }, expected) {
  const textOf = (/** @type {Credited} */ { key, user, currency, amount }) => `${key} ${user} ${amount} ${currency}`;
  let found = await credits();
  for (const until = Date.now() + SEEN_LIMIT; found.length < expected.length && Date.now() < until; ) {
    await pause(20);
    found = await credits();
  }
  const [done, due] = [found, expected].map((list) => list.map(textOf));
  const missing = due.filter((one) => !done.includes(one));
  const wrong = done.filter((one, index) => !due.includes(one) || done.indexOf(one) !== index);
  equal({ missing, wrong }, { missing: [], wrong: [] }, "credits");
}

/** @param {Test} test @param {string} name @param {Receiving} receiving */
export function receives(test, name, receiving) {
  test(`examples/${name}: each genuine deposit is credited once, however often and in whatever order it is told`, () =>
    receiving(async (receiver) => {
      const { url } = receiver;
      const inTurn = async (/** @type {string[]} */ bodies) => {
        for (const body of bodies) equal(await delivered(url, body), 200, `status for ${body}`);
      };
      const atOnce = async (/** @type {string[]} */ bodies) => {
        const statuses = await Promise.all(bodies.map((body) => delivered(url, body)));
        equal([...new Set(statuses)], [200], "statuses");
      };
      // As it should be, and then again.
      await inTurn([ofUser(1, "not_confirmed"), ofUser(1, "not_confirmed")]);
      await inTurn([ofUser(1, "confirmed"), ofUser(1, "confirmed"), ofUser(1, "confirmed")]);
      // The other way round.
      await inTurn([ofUser(2, "confirmed"), ofUser(2, "not_confirmed"), ofUser(2, "confirmed")]);
      await atOnce(Array(COPIES).fill(ofUser(3, "confirmed")));
      // Several, both statuses of each, all at once.
      const many = [4, 5, 6, 7].flatMap((id) => [ofUser(id, "not_confirmed"), ofUser(id, "confirmed")]);
      await atOnce([...many, ...many.toReversed(), ...many]);
      // What is no credit.
      const small = { error: "Transaction amount less than minimum deposit" };
      await inTurn([ofUser(8, "cancelled", small), ofUser(9, "not_confirmed")]);
      await inTurn([withdrawal({ id: 10, order: "order-10", status: "confirmed" })]);
      await inTurn([ofUser(11, "confirmed", { user: null })]);
      // What PHP writes otherwise than JavaScript, and what no float holds.
      const bare = { bare: "0.10882300" };
      await inTurn([ofUser(12, "confirmed", { user: "café/17", amount: bare, net: bare })]);
      await inTurn([ofUser(13, "confirmed", { currency: "USDTE", net: "9007199254740993.000000000000000001" })]);
      // Converted, with an error that says nothing.
      const odd = { type: "deposit_exchange", currency: "EUR", net: "79.96216711", error: "Transaction locked" };
      await inTurn([ofUser(14, "confirmed", odd)]);
      await equalCredits(receiver, [
        ...[1, 2, 3, 4, 5, 6, 7].map((id) => credited(id)),
        credited(12, { user: "café/17", amount: "0.10882300" }),
        credited(13, { currency: "USDTE", amount: "9007199254740993.000000000000000001" }),
        credited(14, { key: "deposit_exchange:14", currency: "EUR", amount: "79.96216711" }),
      ]);
    }));

  test(`examples/${name}: nothing forged is credited, and each fault has its status`, () =>
    receiving(async (receiver) => {
      const body = ofUser(1, "confirmed");
      const headers = signed(body, CREDENTIALS);
      const { "x-processing-key": key, "x-processing-signature": signature, ...plain } = headers;
      const otherwise = (/** @type {string} */ value) => ({ ...headers, "x-processing-signature": value });
      const flipped = (signature[0] === "0" ? "1" : "0") + signature.slice(1);
      const escaped = ofUser(3, "confirmed", { user: "café/17", net: { bare: "0.10882300" } });
      const large = `${body.slice(0, -1)}${" ".repeat(300 * 1024)}}`;
      const noAmounts = ofUser(2, "confirmed", { net: "", amount: "" });
      /** @type {[what: string, status: number, request: Parameters<typeof send>[1]][]} */
      const faults = [
        ["another secret", 401, { headers: signed(body, { ...CREDENTIALS, secret: "forged" }), body }],
        ["another key", 401, { headers: signed(body, { ...CREDENTIALS, key: "forged" }), body }],
        ["no headers", 401, { headers: plain, body }],
        ["no headers and no JSON", 401, { headers: plain, body: "{" }],
        ["no signature", 401, { headers: { ...plain, "x-processing-key": key }, body }],
        ["no key", 401, { headers: { ...plain, "x-processing-signature": signature }, body }],
        ["one digit of the signature", 401, { headers: otherwise(flipped), body }],
        ["the start of the signature", 401, { headers: otherwise(signature.slice(0, 64)), body }],
        ["another user", 401, { headers, body: body.replace("user-1", "user-9") }],
        ["another amount", 401, { headers, body: body.replaceAll("0.00980000", "9.00980000") }],
        ["the signature of another body", 401, { headers: signed(ofUser(9, "confirmed"), CREDENTIALS), body }],
        ["written anew", 401, { headers: signed(escaped, CREDENTIALS), body: JSON.stringify(JSON.parse(escaped)) }],
        ["genuine, but no JSON", 400, { headers: signed("{", CREDENTIALS), body: "{" }],
        ["genuine, but empty", 400, { headers: signed("", CREDENTIALS), body: "" }],
        ["genuine, but no callback", 400, { headers: signed("[]", CREDENTIALS), body: "[]" }],
        ["genuine, but nothing to credit", 400, { headers: signed(noAmounts, CREDENTIALS), body: noAmounts }],
        ["genuine, but 300 KiB", 413, { headers: signed(large, CREDENTIALS), body: large }],
        ["GET", 405, { method: "GET", headers }],
        ["PUT", 405, { method: "PUT", headers }],
        ["DELETE", 405, { method: "DELETE", headers }],
      ];
      const wrong = [];
      for (const [what, expected, request] of faults) {
        const { status } = await send(receiver.url, request);
        if (status !== expected) wrong.push(`${what}: ${status} instead of ${expected}`);
      }
      equal(wrong, [], "answers");
      // And none of them stands in the way of the genuine one, whatever its media type.
      const text = { ...headers, "content-type": "text/plain" };
      equal((await send(receiver.url, { headers: text, body })).status, 200);
      await equalCredits(receiver, [credited(1)]);
    }));
}
