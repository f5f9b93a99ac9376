// @ts-check
// What becomes of money in the package's sandbox, for every runtime: deposits, the callbacks of their life through the
// package's own handler and through an independent HMAC, the schedule of attempts, balances, and a journal that brings all
// of it back. Time is the sandbox's own, so nothing here waits. It may not import Node's modules.

import { equal, ok } from "./suite.js";

const MINUTE = 60;

/** The pauses between attempts, in minutes: the gateway's page on callbacks. */
const PAUSES = [1, 5, 15, 30, 60, 90, 120, 180, 240, 240, 240, 240];

/**
 * @param {import("./suite.js").Test} test
 * @param {{
 *   alphapo: any,
 *   createSandbox: (options: any) => any,
 *   credentials: { key: string, secret: string },
 *   permission?: object,
 *   hmac: (body: string) => Promise<string>,
 * }} runtime  `permission` is what a page must give to a client; `hmac` signs without the package
 */
export function sandboxLife(test, { alphapo, createSandbox, credentials, permission = {}, hmac }) {
  /** @param {Record<string, unknown>} [options] */
  const manual = (options) => createSandbox({ ...credentials, seed: 1, clock: "manual", ...options });

  /** @param {any} sandbox @param {Record<string, unknown>} request */
  const take = (sandbox, request) => {
    const { baseUrl, fetch } = sandbox;
    const { key, secret } = credentials;
    return alphapo.takeAddress({ foreign_id: "user-17", ...request }, { key, secret, baseUrl, fetch, ...permission });
  };

  /** A merchant that answers with these statuses, and then 200. @param {number[]} [statuses] */
  const merchant = (statuses = []) => {
    /** @type {{ body: string, headers: Headers }[]} */
    const received = [];
    const onCallback = async (/** @type {Request} */ request) => {
      received.push({ body: await request.text(), headers: request.headers });
      return new Response(null, { status: statuses.shift() ?? 200 });
    };
    return { received, onCallback, statuses: () => received.map(({ body }) => JSON.parse(body).status) };
  };

  test("sandbox life: a deposit is confirmed, credited once by the package's handler, and in the balance", async () => {
    /** @type {any[]} */
    const credited = [];
    /** @type {unknown[]} */
    const errors = [];
    const onCallback = alphapo.callbackHandler({
      ...credentials,
      store: new Map(),
      onCallback: (/** @type {any} */ { key, credit, foreign_id }) => credited.push([key, credit, foreign_id]),
      onError: (/** @type {unknown} */ error) => errors.push(String(error)),
    });
    const sandbox = manual({ onCallback });
    const { address } = await take(sandbox, { currency: "BTC" });
    const { status, net } = await sandbox.deposit({ address, amount: "6.53157512", copies: 2 });
    equal([status, net], ["not_confirmed", "6.51198040"]);
    equal(credited, [], "nothing happens by itself");
    await sandbox.advance(10);
    equal(errors, []);
    equal(credited, [
      ["deposit:1:not_confirmed", null, "user-17"],
      ["deposit:1:confirmed", { amount: "6.51198040", currency: "BTC" }, "user-17"],
    ]);
    equal(sandbox.balances(), [{ currency: "BTC", type: "crypto", balance: "6.51198040" }]);
    equal(sandbox.callbacks().map(stateOf), ["delivered", "delivered"]);
    sandbox.free();
  });

  test("sandbox life: each callback has the headers, and the signature of exactly its bytes", async () => {
    const { received, onCallback } = merchant();
    const sandbox = manual({ onCallback });
    const { address } = await take(sandbox, { currency: "ETH", foreign_id: "é/😀", convert_to: "EUR" });
    await sandbox.deposit({ address, amount: 0.5 });
    await sandbox.advance(10);
    equal(received.length, 2);
    for (const { body, headers } of received) {
      equal(headers.get("x-processing-key"), credentials.key);
      equal(headers.get("x-processing-signature"), await hmac(body));
      ok(body.includes(String.raw`"foreign_id":"\u00e9\/\ud83d\ude00"`), body);
      equal(JSON.parse(body).crypto_address.foreign_id, "é/😀");
    }
    const plain = merchant();
    const unescaped = manual({ onCallback: plain.onCallback, phpEscapes: false });
    await unescaped.deposit({ address: (await take(unescaped, { currency: "ETH", foreign_id: "é/😀" })).address, amount: 1 });
    await unescaped.advance(0);
    ok(plain.received[0].body.includes('"foreign_id":"é/😀"'), plain.received[0].body);
    equal(plain.received[0].headers.get("x-processing-signature"), await hmac(plain.received[0].body));
  });

  test("sandbox life: what is not answered with 200 comes again by the documented schedule, and is given up", async () => {
    const others = [500, 201, 204, 302, 404, 500, 500, 500, 500, 500, 500, 500, 500];
    const { received, onCallback } = merchant([...others]);
    const sandbox = manual({ onCallback });
    const { address } = await take(sandbox, { currency: "LTC" });
    await sandbox.deposit({ address, amount: 1, instant: true });
    await sandbox.advance(0);
    for (const [made, pause] of PAUSES.entries()) {
      await sandbox.advance(pause * MINUTE - 1);
      equal(received.length, made + 1, `attempts before ${pause} minutes have passed`);
      await sandbox.advance(1);
      equal(received.length, made + 2, `attempts after ${pause} minutes`);
    }
    const [{ state, attempts, nextAttempt }] = sandbox.callbacks();
    equal([state, nextAttempt], ["given-up", null]);
    equal(attempts.map((/** @type {any} */ { status }) => status), others);
    await sandbox.advance(30 * 24 * 60 * MINUTE);
    equal(received.length, 13);
    equal((await sandbox.repeatCallback(1)).state, "delivered");
    equal(received.at(-1)?.body, received[0].body);
  });

  test("sandbox life: a merchant that throws, or that is not there, is no answer", async () => {
    const throwing = manual({
      onCallback() {
        throw new Error("out of order");
      },
    });
    const nobody = manual();
    for (const [sandbox, error] of [
      [throwing, "out of order"],
      [nobody, "there is neither a callbackUrl nor an onCallback"],
    ]) {
      const { address } = await take(sandbox, { currency: "LTC" });
      await sandbox.deposit({ address, amount: 1, instant: true });
      await sandbox.advance(0);
      const [{ state, attempts }] = sandbox.callbacks();
      equal([state, attempts[0].status, attempts[0].error], ["waiting", null, error]);
    }
  });

  test("sandbox life: callbacks come out of order, and more than once, when that is asked for", async () => {
    for (const timeScale of [1, 1_000_000]) {
      const { onCallback, statuses } = merchant();
      const sandbox = manual({ onCallback, timeScale });
      await sandbox.deposit({ ...(await order(sandbox)), reordered: true });
      await sandbox.advance(MINUTE);
      equal(statuses(), ["confirmed", "not_confirmed"]);
    }

    const doubled = merchant();
    const sandbox = manual({ onCallback: doubled.onCallback });
    await sandbox.deposit({ ...(await order(sandbox)), copies: 3 });
    await sandbox.advance(MINUTE);
    equal(doubled.statuses(), [...Array(3).fill("not_confirmed"), ...Array(3).fill("confirmed")]);
  });

  test("sandbox life: below the minimum, cancelled, and in another currency than expected", async () => {
    const { received, onCallback } = merchant();
    const sandbox = manual({ onCallback });
    const last = () => JSON.parse(received.at(-1)?.body ?? "{}");
    await sandbox.deposit({ ...(await order(sandbox)), amount: "0.00000001" });
    await sandbox.advance(MINUTE);
    equal([last().status, last().error], ["cancelled", "Transaction amount less than minimum deposit"]);
    await sandbox.deposit({ ...(await order(sandbox)), status: "cancelled" });
    await sandbox.advance(MINUTE);
    equal(last().status, "cancelled");
    equal(sandbox.balances(), []);
    const { address } = await take(sandbox, { currency: "ETH" });
    await sandbox.deposit({ address, amount: 10, currency: "USDTE" });
    await sandbox.advance(MINUTE);
    const { crypto_address, currency_received } = last();
    equal([crypto_address.currency, crypto_address.cross_currency], ["ETH", true]);
    equal(currency_received, { currency: "USDTE", amount: "10.00000000", amount_minus_fee: "9.97000000" });
  });

  test("sandbox life: deposits that nobody could make are refused with their fields named", async () => {
    const sandbox = manual();
    const { address, tag } = await take(sandbox, { currency: "XRP" });
    const { address: invoice } = await take(sandbox, { currency: "BTCLN", amount: "0.0001" });
    const { address: converted } = await take(sandbox, { currency: "BTC", convert_to: "IDR" });
    for (const [wrong, fields] of [
      [{ address: "nowhere", amount: 1 }, ["address"]],
      [{ address, amount: 1 }, ["tag"]],
      [{ address, tag: "0", amount: 1 }, ["tag"]],
      [{ address, tag, amount: "0.000000001" }, ["amount"]],
      [{ address, tag, amount: -1, copies: 0 }, ["copies"]],
      [{ address, tag, amount: 1, when: "now" }, ["when"]],
      [{ address, tag }, ["amount"]],
      [{ address: invoice, amount: "0.0002" }, ["amount"]],
      [{ address: converted, amount: "2000000" }, ["amount"]],
    ]) {
      const error = await sandbox.deposit(wrong).catch(same);
      equal([error.code, Object.keys(error.fields)], ["invalid_option", fields]);
    }
    await sandbox.deposit({ address: invoice, amount: "0.0001" });
    equal((await sandbox.deposit({ address: invoice, amount: "0.0001" }).catch(same)).code, "invalid_option");
    equal((await sandbox.repeatCallback(99).catch(same)).code, "invalid_option");
  });

  test("sandbox life: a tag is a number on the wire when that is asked for, and the client has it as text", async () => {
    const { received, onCallback } = merchant();
    const sandbox = manual({ tagType: "integer", onCallback });
    const { address, tag } = await take(sandbox, { currency: "XRP" });
    equal(typeof tag, "string");
    await sandbox.deposit({ address, tag, amount: 1, instant: true });
    await sandbox.advance(0);
    equal(JSON.parse(received[0].body).crypto_address.tag, Number(tag));
  });

  test("sandbox life: lists of currencies, pairs and accounts", async () => {
    const { onCallback } = merchant();
    const sandbox = manual({ onCallback });
    await sandbox.deposit(await order(sandbox));
    await sandbox.advance(MINUTE);
    const ask = async (/** @type {string} */ path, /** @type {string} */ body) => {
      const headers = {
        "Content-Type": "application/json",
        "X-Processing-Key": credentials.key,
        "X-Processing-Signature": await hmac(body),
      };
      const answer = await sandbox.fetch(sandbox.baseUrl + path, { method: "POST", headers, body });
      equal(answer.status, 200);
      return (await answer.json()).data;
    };
    const list = await ask("/currencies/list", "{}");
    equal(
      list.find((/** @type {any} */ { currency }) => currency === "BTC"),
      {
        id: 1,
        type: "crypto",
        currency: "BTC",
        minimum_amount: "0.00010000",
        deposit_fee_percent: "0.003000",
        withdrawal_fee_percent: "0.000000",
        precision: 8,
      },
    );
    equal(await ask("/currencies/list", '{"visible":false}'), []);
    const [pair, ...others] = await ask("/currencies/pairs", '{"currency_from":"ETH","currency_to":"EUR"}');
    equal([pair.currency_from.currency, pair.currency_to, others.length], ["ETH", { currency: "EUR", type: "fiat" }, 0]);
    ok(/^\d+\.\d{8}$/.test(pair.rate_to), pair.rate_to);
    const accounts = await ask("/accounts/list", "[]");
    equal(
      accounts.find((/** @type {any} */ { currency }) => currency === "BTC"),
      { currency: "BTC", type: "crypto", balance: "0.99700000" },
    );
  });

  test("sandbox life: a journal brings everything back, and callbacks under way are sent again", async () => {
    /** @type {string[]} */
    const entries = [];
    const append = async (/** @type {string[]} */ more) => void entries.push(...more);
    const before = manual({ journal: { append }, onCallback: () => new Response(null, { status: 500 }) });
    const first = await order(before);
    await before.deposit(first);
    await before.advance(10);
    before.free();

    const { onCallback, statuses } = merchant();
    const after = createSandbox({ ...credentials, clock: "manual", journal: { entries, append }, onCallback });
    equal(after.addresses().map((/** @type {any} */ { address }) => address), [first.address]);
    equal(after.callbacks().map(stateOf), ["waiting", "waiting"]);
    await after.advance(2 * MINUTE);
    equal(statuses(), ["not_confirmed", "confirmed"]);
    const fresh = manual();
    await order(fresh);
    equal((await order(after)).address, (await order(fresh)).address, "the seed goes on");
    equal(after.balances(), [{ currency: "BTC", type: "crypto", balance: "0.99700000" }]);

    const other = { key: "other", secret: "other", journal: { entries, append } };
    equal(thrown(() => createSandbox(other)).code, "invalid_option");
    equal(thrown(() => manual({ journal: { entries: ["{}"], append } })).code, "invalid_option");
  });

  test("sandbox life: a clock that was advanced goes on from there", async () => {
    /** @type {string[]} */
    const entries = [];
    const journal = { entries, append: (/** @type {string[]} */ more) => void entries.push(...more) };
    const before = manual({ journal, onCallback: merchant().onCallback });
    await before.advance(2 * 24 * 60 * MINUTE);
    await before.deposit(await order(before));
    await before.advance(5);

    const { onCallback, statuses } = merchant();
    const after = createSandbox({ ...credentials, clock: "manual", journal, onCallback });
    await after.deposit(await order(after));
    await after.advance(MINUTE);
    equal(statuses(), ["not_confirmed", "confirmed", "confirmed"]);
  });

  test("sandbox life: what cannot be kept is not acknowledged, and is kept with the next", async () => {
    /** @type {string[]} */
    const entries = [];
    let full = true;
    const append = (/** @type {string[]} */ more) => {
      if (full) throw new Error("the disk is full");
      entries.push(...more);
    };
    const sandbox = manual({ journal: { append } });
    equal((await take(sandbox, { currency: "BTC", foreign_id: "1" }).catch(same)).code, "server");
    full = false;
    await take(sandbox, { currency: "BTC", foreign_id: "2" });
    const again = createSandbox({ ...credentials, journal: { entries, append } });
    equal(
      again.addresses().map((/** @type {any} */ { foreign_id }) => foreign_id),
      sandbox.addresses().map((/** @type {any} */ { foreign_id }) => foreign_id),
    );
  });

  for (const clock of ["manual", "real"]) {
    test(`sandbox life: a journal that fails stops no callback, by the ${clock} clock`, async () => {
      /** @type {string[]} */
      const entries = [];
      let full = false;
      const append = (/** @type {string[]} */ more) => {
        if (full) throw new Error("the disk is full");
        entries.push(...more);
      };
      const { statuses, onCallback } = merchant();
      const sandbox = createSandbox({ ...credentials, clock, timeScale: 1000, journal: { append }, onCallback });
      const deposit = await order(sandbox);
      await sandbox.deposit(deposit);
      full = true;
      if (clock === "manual") equal((await sandbox.advance(1).catch(same)).message, "the disk is full");
      for (let waited = 0; statuses().length < 2 && waited < 200; waited += 1) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        await sandbox.settled();
      }
      equal(statuses(), ["not_confirmed", "confirmed"]);
      full = false;
      await sandbox.repeatCallback(2);
      sandbox.free();
      const again = createSandbox({ ...credentials, clock: "manual", journal: { entries, append } });
      equal(again.callbacks().map((/** @type {any} */ { attempts }) => attempts.length), [1, 2]);
      equal(again.balances(), [{ currency: "BTC", type: "crypto", balance: "0.99700000" }]);
    });
  }

  test("sandbox life: listeners hear of all of it", async () => {
    const { onCallback } = merchant();
    const sandbox = manual({ onCallback });
    /** @type {string[]} */
    const heard = [];
    const stop = sandbox.subscribe((/** @type {any} */ event) => {
      heard.push(event.type === "callback" ? `callback ${event.callback.id} ${event.callback.state}` : event.type);
    });
    await sandbox.deposit({ ...(await order(sandbox)), instant: true });
    await sandbox.advance(0);
    equal(heard, ["address", "request", "deposit", "deposit", "callback 1 sending", "callback 1 delivered"]);
    stop();
    await sandbox.deposit({ ...(await order(sandbox)), instant: true });
    await sandbox.advance(0);
    equal(heard.length, 6);
    sandbox.subscribe((/** @type {any} */ { type }) => heard.push(type));
    await order(sandbox);
    equal(heard.slice(6), ["address", "request"], "of what was before nothing is heard");
  });

  test("sandbox life: a listener that throws changes nothing, and its error is its own", async () => {
    const { queueMicrotask } = globalThis;
    const mine = new Error("my log");
    /** @type {unknown[]} */
    const uncaught = [];
    globalThis.queueMicrotask = (task) =>
      queueMicrotask(() => {
        try {
          task();
        } catch (error) {
          uncaught.push(error);
        }
      });
    try {
      const { statuses, onCallback } = merchant();
      const sandbox = manual({ onCallback });
      let heard = 0;
      sandbox.subscribe(() => {
        throw mine;
      });
      sandbox.subscribe(() => (heard += 1));
      await sandbox.deposit({ ...(await order(sandbox)), instant: true });
      await sandbox.advance(0);
      equal([statuses(), sandbox.addresses().length, heard], [["confirmed"], 1, 6]);
      equal([uncaught.length, uncaught.every((error) => error === mine)], [6, true]);
    } finally {
      globalThis.queueMicrotask = queueMicrotask;
    }
    equal(thrown(() => manual().subscribe("log")).name, "TypeError");
  });

  test("sandbox life: with the real clock callbacks come by themselves, as fast as it is scaled", async () => {
    const { statuses, onCallback } = merchant([500]);
    const sandbox = createSandbox({ ...credentials, timeScale: 1000, onCallback });
    await sandbox.deposit(await order(sandbox));
    for (let waited = 0; statuses().length < 3 && waited < 200; waited += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      await sandbox.settled();
    }
    equal(statuses(), ["not_confirmed", "confirmed", "not_confirmed"]);
    sandbox.close();
    equal((await sandbox.advance(1).catch(same)).name, "TypeError");
  });

  test("sandbox life: who is closed sends nothing more, and waits for nothing", async () => {
    /** @type {any} */
    let sandbox;
    let sent = 0;
    const options = {
      onCallback: () => {
        sent += 1;
        if (sent === 2) sandbox.close();
        return sent < 2 ? new Response() : new Promise(() => {});
      },
    };
    sandbox = manual(options);
    await sandbox.deposit({ ...(await order(sandbox)), copies: 10 });
    await sandbox.advance(3600);
    equal(sent, 2);
    await sandbox.settled();

    sandbox = createSandbox({ ...credentials, ...options });
    await sandbox.deposit({ ...(await order(sandbox)), instant: true });
    sandbox.close();
    await sandbox.settled();
    equal(sent, 2);
  });

  test("sandbox life: settled waits for what is on its way, whoever asked first", async () => {
    let ended = 0;
    const onCallback = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      ended += 1;
      return new Response();
    };
    const journal = { append: () => new Promise((resolve) => setTimeout(resolve, 2)) };
    const sandbox = createSandbox({ ...credentials, onCallback, journal });
    const asking = Array.from({ length: 3 }, async () => {
      await sandbox.deposit({ ...(await order(sandbox)), instant: true });
      await sandbox.settled();
      return sandbox.callbacks().filter((/** @type {any} */ { state }) => state === "sending").length;
    });
    equal(await Promise.all(asking), [0, 0, 0]);
    equal(ended, 3);
    void sandbox.repeatCallback(1);
    await sandbox.settled();
    equal(ended, 4);
    sandbox.close();
  });

  test("sandbox life: no moment is later than a Date can tell", async () => {
    const sandbox = manual({ timeScale: 1e-9 });
    await sandbox.deposit({ ...(await order(sandbox)), seconds: 2 ** 32 - 1 });
    for (const seconds of [Infinity, 1e13, NaN, -1]) {
      equal((await sandbox.advance(seconds).catch(same)).name, "TypeError", String(seconds));
    }
    await sandbox.advance(3600);
    equal([sandbox.deposits().length, sandbox.callbacks().length], [1, 1]);
  });

  test("sandbox life: a request is told in few words, however long it is", async () => {
    const sandbox = manual();
    /** @type {any[]} */
    const heard = [];
    sandbox.subscribe((/** @type {any} */ event) => heard.push(event));
    for (const foreign_id of ["x".repeat(900_000), ["x".repeat(900_000)]]) {
      const body = JSON.stringify({ currency: "BTC", foreign_id });
      await sandbox.fetch(`${sandbox.baseUrl}/${"y".repeat(5_000)}`, { method: "POST", body });
    }
    equal(heard.map(({ foreign_id, path }) => [foreign_id?.length, path.length]), [[256, 256], [undefined, 256]]);
  });

  test("sandbox life: a request that is aborted before it is sent is none", async () => {
    const sandbox = manual();
    const reason = new Error("the user has left");
    const signal = AbortSignal.abort(reason);
    const body = '{"currency":"BTC","foreign_id":"1"}';
    const headers = {
      "Content-Type": "application/json",
      "X-Processing-Key": credentials.key,
      "X-Processing-Signature": await hmac(body),
    };
    const post = (/** @type {object} */ more) =>
      sandbox.fetch(`${sandbox.baseUrl}/addresses/take`, { method: "POST", headers, body, ...more });
    equal((await post({ signal }).catch(same)) === reason, true, "whether it rejects with the reason");
    equal(sandbox.addresses(), []);
    equal((await post({})).status, 201);
  });

  test("sandbox life: a merchant's URL may have a query", async () => {
    /** @type {string[]} */
    const posted = [];
    const callbackFetch = async (/** @type {string} */ url) => {
      posted.push(url);
      return new Response();
    };
    const callbackUrl = "https://merchant.example/?wc-api=alphapo&token=a%20b";
    const sandbox = manual({ callbackUrl, callbackFetch });
    await sandbox.deposit({ ...(await order(sandbox)), instant: true });
    await sandbox.advance(0);
    equal(posted, [callbackUrl]);
  });

  for (const [option, value] of Object.entries({
    callbackUrl: "http://example.com/callbacks",
    onCallback: "no function",
    callbackFetch: {},
    tagType: "number",
    phpEscapes: 1,
    timeScale: 0,
    clock: "slow",
    journal: {},
    faults: 1,
    seeds: 1,
  })) {
    test(`sandbox life: an unusable option ${option} is refused by its name`, () => {
      const error = thrown(() => createSandbox({ ...credentials, [option]: value }));
      equal([error.code, Object.keys(error.fields)], ["invalid_option", [option]]);
    });
  }

  /** An order of one BTC to an address of its own. @param {any} sandbox */
  async function order(sandbox) {
    const { address } = await take(sandbox, { currency: "BTC" });
    return { address, amount: "1" };
  }
}

/** @param {{ state: string }} callback */
function stateOf({ state }) {
  return state;
}

/** @param {() => unknown} call */
function thrown(call) {
  try {
    call();
  } catch (error) {
    return /** @type {any} */ (error);
  }
  throw new Error("it did not throw");
}

/** @param {any} error */
function same(error) {
  return error;
}
