// @ts-check
// Known answers of HMAC-SHA512: bodies, secrets and the signatures they must have. Data only: no test, no import.
// The large third-party set, Wycheproof's, is in wycheproof-hmac-sha512.json.

/**
 * @typedef {object} Vector
 * @property {string} name
 * @property {string} secret  as text
 * @property {string} body    as text
 * @property {string} signature  128 lower-case hex digits
 */

/** What the gateway's authentication page signs, with what, and what comes of it. */
export const DOCUMENTED_BODY = '{"currency":"BTC","foreign_id":"123456"}';
export const DOCUMENTED_SECRET = "AbCdEfG123456";
export const DOCUMENTED_SIGNATURE =
  "03c25fcf7cd35e7d995e402cd5d51edd72d48e1471e865907967809a0c189ba55b90815f20e2bb10f82c7a9e9d865546fda58989c2ae9e8e2ff7bc29195fa1ec";

/** A deposit callback of the gateway, as the tests of serjvanilla/coinspaid-go (MIT) have it with its signature. */
const CALLBACK =
  '{"id":3576,"type":"deposit_exchange","crypto_address":{"id":7419,"currency":"BTC","convert_to":"USD",' +
  '"address":"2N1QTWoPZ6Z7rQue3KS5YAMUQhKabrN4nHn","tag":null,"foreign_id":"test"},' +
  '"currency_sent":{"currency":"BTC","amount":"0.00100000"},' +
  '"currency_received":{"currency":"USD","amount":"11.40406820","amount_minus_fee":"10.81135268"},' +
  '"transactions":[{"id":4418,"currency":"BTC","transaction_type":"blockchain","type":"deposit",' +
  '"address":"2N1QTWoPZ6Z7rQue3KS5YAMUQhKabrN4nHn","tag":null,"amount":"0.00100000",' +
  '"txid":"daeb0cfb14a2c6d425906f75f14fb4b6b55221a0586a0c890436dd1a9bd9005d","riskscore":null,"confirmations":"1"},' +
  '{"id":4419,"currency":"BTC","currency_to":"USD","transaction_type":"exchange","type":"exchange",' +
  '"amount":"0.00100000","amount_to":"11.40406820"}],' +
  '"fees":[{"type":"fee_crypto_deposit_to_fiat","currency":"USD","amount":"0.59271552"}],"error":"","status":"confirmed"}';

/** @type {Vector[]} */
export const GATEWAY = [
  {
    name: "the authentication page's example",
    secret: DOCUMENTED_SECRET,
    body: '{"currency":"BTC","foreign_id":"123456"}',
    signature: DOCUMENTED_SIGNATURE,
  },
  {
    name: "an empty object",
    secret: DOCUMENTED_SECRET,
    body: "{}",
    signature:
      "89ff570683bfcd9e2c8911332e07e3ff196ca50f91faef98126fb0eb76df90d7ccddc4372a99ba67ec072fd3aac5d0b7eac44652e2b29ce36dbcf5ee50b6fa05",
  },
  {
    name: "an empty body",
    secret: DOCUMENTED_SECRET,
    body: "",
    signature:
      "0104da715ed5bb364eba7167a71316e194f5ca21629884dca6c368cfd411d2b8404d0cccf928a76ef5b8d170eae711d9a9ef4d9c74cd23693869c96fd64c335f",
  },
  {
    name: "the example with its keys swapped",
    secret: DOCUMENTED_SECRET,
    body: '{"foreign_id":"123456","currency":"BTC"}',
    signature:
      "0fbeddecd74b17380e080d94feec30f538d41f031011ec68e349c5742dfe8fd9a5cf732e34bbe88b901ccca8d13edf0965d4cce90b3fdaaf791a209f62e60e04",
  },
  {
    name: "the example with spaces",
    secret: DOCUMENTED_SECRET,
    body: '{ "currency": "BTC", "foreign_id": "123456" }',
    signature:
      "96d2805677499ceab98834d0fb01c689ff939959451b07f8961756338832b47f9a3e837f02be25faf06369f415c20575fe92a92b2bdbb3f3d1e7a4b2791bdd3f",
  },
  {
    name: "text that is no JSON",
    secret: "8jm613ha8ymuitm5a2hfi29gwbyy6qp1",
    body: "kot1q7u154ucexatxhim17tqvl690rzc",
    signature:
      "c2dba4bc1a5d4aed0cedc800fa8587041af949c4b13bbdf57bcc419f03c42cc1570bb193c3b8c2f91568d84e92382e06d04c1072d613b0fcafbf85d2a9192899",
  },
  {
    name: "an empty body under a 32-character secret",
    secret: "8jm613ha8ymuitm5a2hfi29gwbyy6qp1",
    body: "",
    signature:
      "ebca4577480feb6bfb568d9b630429a84f1833447949d1982a3526b875a6de14ee89b38162607861199b163e6ed523014e8d32110238ea23a38c1ea060f727ba",
  },
  {
    name: "a whole deposit callback",
    secret: "test_secret",
    body: CALLBACK,
    signature:
      "3a031e16649f5120e4f08d462578681f8b6842815dbf5fc1e209445585cf91957b0555bc68ef48d95cee4349441404511198a0a5accd8aac396c029b4665c88b",
  },
];

/**
 * RFC 4231 §4.2–4.8. `tag` is the expected beginning of the signature: case 5 is published truncated to 128 bits.
 * @type {{ name: string, key: Uint8Array, data: Uint8Array, tag: string }[]}
 */
export const RFC_4231 = [
  {
    name: "case 1",
    key: filled(0x0b, 20),
    data: ascii("Hi There"),
    tag: "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
  },
  {
    name: "case 2, a key shorter than the digest",
    key: ascii("Jefe"),
    data: ascii("what do ya want for nothing?"),
    tag: "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
  },
  {
    name: "case 3",
    key: filled(0xaa, 20),
    data: filled(0xdd, 50),
    tag: "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
  },
  {
    name: "case 4",
    key: Uint8Array.from({ length: 25 }, (_, index) => index + 1),
    data: filled(0xcd, 50),
    tag: "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
  },
  {
    name: "case 5, truncated",
    key: filled(0x0c, 20),
    data: ascii("Test With Truncation"),
    tag: "415fad6271580a531d4179bc891d87a6",
  },
  {
    name: "case 6, a key longer than a block",
    key: filled(0xaa, 131),
    data: ascii("Test Using Larger Than Block-Size Key - Hash Key First"),
    tag: "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
  },
  {
    name: "case 7, a key and a message longer than a block",
    key: filled(0xaa, 131),
    data: ascii(
      "This is a test using a larger than block-size key and a larger than block-size data. " +
        "The key needs to be hashed before being used by the HMAC algorithm.",
    ),
    tag: "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
  },
];

/** @param {number} byte @param {number} length */
function filled(byte, length) {
  return new Uint8Array(length).fill(byte);
}

/** @param {string} text */
function ascii(text) {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
