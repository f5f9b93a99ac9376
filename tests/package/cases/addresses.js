// @ts-check
// That no deposit goes astray: an address that is none of its currency's network, a tag that is not there, an invoice
// over another amount. And the same knowledge as functions: checkAddress and currencyInfo.

import { notSent } from "../caller.js";
import { equal, ok } from "../suite.js";

/** @typedef {import("../caller.js").Caller} Caller */

/** @type {import("../caller.js").Account} */
const REFUSED = { code: "invalid_address", outcome: "unknown", attempts: 1, retryable: false, status: 201 };
const CLASSIC = "r3S9W2pYZj7vBueA8scxdJBSEVU2wjMedB";

/** BIP-173, BIP-350, EIP-55, CIP-19, the CashAddr and XLS-5 specifications, BOLT #11, and the gateway's own samples. */
const ADDRESSES = /** @type {const} */ ([
  ["BTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "p2wpkh", "mainnet", true],
  ["BTC", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "p2wpkh", "mainnet", true],
  ["BTC", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "p2tr", "mainnet", true],
  ["BTC", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "p2pkh", "mainnet", true],
  ["BTC", "39mFf3X46YzUtfdwVQpYXPCMydc74ccbAZ", "p2sh", "mainnet", true],
  ["BTC", "tb1qfdxh6gkfr0qgyatnlkd8khcnxph9tw06n6qwjc", "p2wpkh", "testnet", true],
  ["BTC", "2NFZ9SmEm3mQ7jqVF4vPXBwCyn9KpmEwkTj", "p2sh", "testnet", true],
  ["BCH", "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", "p2pkh", "mainnet", true],
  ["BCH", "qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", "p2pkh", "mainnet", true],
  ["BCH", "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu", "p2pkh", "mainnet", true],
  ["ETH", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "account", "either", true],
  ["USDC", "0x35f6005cfA94a1c030B8c4dfcc29D4eB8a6865bF", "account", "either", true],
  ["USDTE", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "account", "either", false],
  ["USDTT", "TQHgMpVzWkhSsRB4BzZgmV8uW4cFL8eaBr", "account", "either", true],
  ["XRP", CLASSIC, "classic", "either", true],
  ["XRP", "XVLhHMPHU98es4dbozjVtdWzVrDjtV8xvjGQTYPiAx6gwDC", "x_address", "mainnet", true],
  ["BNB", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "account", "either", true],
]);

/** @param {import("../suite.js").Test} test @param {Caller} caller */
export function addresses(test, caller) {
  const { checkAddress, currencyInfo } = caller.alphapo;

  for (const [currency, address, kind, chain, checksum] of ADDRESSES) {
    test(`addresses: ${address} is ${currency}'s`, () => {
      const check = checkAddress(address, currency);
      equal([check.valid, check.kind, check.chain, check.checksum], [true, kind, chain, checksum]);
      ok(currencyInfo(currency).networks.some((/** @type {any} */ { name }) => name === check.network), check.network);
    });
  }

  for (const [currency, address] of /** @type {const} */ ([
    ["BTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"],
    ["BTC", " bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"],
    ["BTC", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"],
    ["BTC", "12983h13ro1hrt24it432t"],
    ["LTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"],
    ["ETH", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"],
    ["USDTT", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"],
    ["USDTE", "TQHgMpVzWkhSsRB4BzZgmV8uW4cFL8eaBr"],
    ["XRP", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"],
    ["BTC", ""],
    ["BTC", "1".repeat(100_000)],
    ["BTC", "₿"],
  ])) {
    test(`addresses: ${address.slice(0, 60)} is not ${currency}'s`, () => {
      const { valid, reason } = checkAddress(address, currency);
      equal([valid, typeof reason], [false, "string"]);
      ok(reason.startsWith("the address "), reason);
    });
  }

  test("addresses: nothing is said of a currency that is not known", () => {
    equal([checkAddress("anything", "NEWCOIN").valid, currencyInfo("NEWCOIN")], [null, undefined]);
  });

  test("addresses: what is no text is an error that names it", () => {
    for (const wrong of [undefined, null, 7, {}, ["BTC"]]) {
      equal(Object.keys(caller.thrown(() => checkAddress(wrong, "BTC"), notSent("invalid_request")).fields), ["address"]);
      for (const call of [() => checkAddress("1", wrong), () => currencyInfo(wrong)]) {
        equal(Object.keys(caller.thrown(call, notSent("invalid_request")).fields), ["currency"]);
      }
    }
  });

  test("addresses: a currency has a name to show", () => {
    equal(
      ["BTC", "USDTT", "XRP", "BTCLN"].map((code) => currencyInfo(code).name),
      ["Bitcoin", "Tether on Tron (TRC-20)", "XRP on XRP Ledger", "Bitcoin on Lightning"],
    );
    equal(currencyInfo("XRP").networks[0].tag, "required");
  });

  for (const [name, address] of [
    ["with a wrong checksum", "tb1qfdxh6gkfr0qgyatnlkd8khcnxph9tw06n6qwjd"],
    ["of another network", "0x35f6005cfA94a1c030B8c4dfcc29D4eB8a6865bF"],
    ["that is a placeholder", "12983h13ro1hrt24it432t"],
  ]) {
    test(`addresses: an address ${name} is refused, and kept`, async () => {
      const { error, arrivals } = await caller.fail({ kind: "good", fields: { address } }, REFUSED, {
        options: { retries: 2 },
      });
      equal([JSON.parse(error.body).data.address, Object.keys(error.fields)], [address, ["address"]]);
      equal(arrivals.length, 1, "requests");
    });
  }

  test("addresses: the check can be turned off, for a client or a call", async () => {
    const fields = { address: "newform1qqqq" };
    const { deposit } = await caller.take({ kind: "good", fields }, { options: { checkAddress: false } });
    equal(deposit.address, fields.address);
    const session = caller.session({ kind: "good", fields });
    const alphapo = new caller.alphapo.AlphaPo(caller.options({ baseUrl: session.baseUrl }));
    equal(
      (await alphapo.takeAddress({ currency: "BTC", foreign_id: "1" }, { checkAddress: false })).address,
      fields.address,
    );
    await caller.rejected(() => alphapo.takeAddress({ currency: "BTC", foreign_id: "1" }), REFUSED);
    for (const wrong of [0, "false", {}]) {
      const error = await caller.rejected(
        () => alphapo.takeAddress({ currency: "BTC", foreign_id: "1" }, { checkAddress: wrong }),
        notSent("invalid_option"),
      );
      equal(Object.keys(error.fields), ["checkAddress"]);
    }
  });

  for (const tag of [null, "", "tag-123", "4294967296", 4294967296, "1.5", "-1", "١"]) {
    test(`addresses: an XRP address with the tag ${JSON.stringify(tag)} is refused`, async () => {
      const request = { currency: "XRP", foreign_id: "1" };
      // An undocumented letter in a tag is refused for any currency.
      const code = tag === "١" ? "invalid_response" : "missing_tag";
      const { error } = await caller.fail({ kind: "good", fields: { tag } }, { ...REFUSED, code }, { request });
      equal(JSON.parse(error.body).data.address, CLASSIC);
    });
  }

  test("addresses: the production gateway hands out addresses of main networks only", async () => {
    const testnet = "tb1qfdxh6gkfr0qgyatnlkd8khcnxph9tw06n6qwjc";
    const mainnet = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
    const answering = (/** @type {string} */ address) => async () =>
      new Response(
        JSON.stringify({ data: { id: 1, currency: "BTC", address, tag: null, foreign_id: "1" } }),
        { status: 201 },
      );
    const take = (/** @type {string} */ address, /** @type {object} */ options = {}) =>
      caller.alphapo.takeAddress(
        { currency: "BTC", foreign_id: "1" },
        caller.options({ fetch: answering(address), ...options }),
      );
    equal((await take(mainnet)).address, mainnet);
    await caller.rejected(() => take(testnet), REFUSED);
    equal((await take(testnet, { baseUrl: "https://gateway.test/api/v2" })).address, testnet);
    equal((await take(testnet, { checkAddress: false })).address, testnet);
  });
}
