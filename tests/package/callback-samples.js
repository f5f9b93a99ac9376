// @ts-check
// Callbacks as text exactly as it could arrive, and what must come of each. Most are samples of the gateway's
// documentation, some of them shortened. Where it shows none they are our own: the deposit in another currency and the
// payment request are built from what is known of their fields, and the deposit below the minimum is the documented
// error in a body of ours. No signature comes with any of them; a real callback with its own is in vectors.js, from the
// tests of serjvanilla/coinspaid-go (MIT).
// Data only: no test, no import.

/**
 * @typedef {object} Sample
 * @property {string} name
 * @property {string} body
 * @property {string} key
 * @property {string | null} foreign_id
 * @property {boolean} final
 * @property {{ amount: string, currency: string } | null} credit
 */

const BTC_ADDRESS =
  '"crypto_address":{"id":1,"currency":"BTC","address":"39mFf3X46YzUtfdwVQpYXPCMydc74ccbAZ",' +
  '"foreign_id":"user-id:2048","tag":null}';

/** @type {Sample[]} */
export const SAMPLES = [
  {
    name: "a deposit, pretty-printed as on the page",
    body: `{
    "id": 1,
    "end_user_reference": "12345",
    "type": "deposit",
    "crypto_address": {
        "id": 1,
        "currency": "BTC",
        "address": "39mFf3X46YzUtfdwVQpYXPCMydc74ccbAZ",
        "foreign_id": "user-id:2048",
        "tag": null
    },
    "currency_sent": {
        "currency": "BTC",
        "amount": "6.53157512"
    },
    "currency_received": {
        "currency": "BTC",
        "amount": "6.53157512",
        "amount_minus_fee": "6.5119800"
    },
    "transactions": [
        {
            "id": 1,
            "currency": "BTC",
            "transaction_type": "blockchain",
            "type": "deposit",
            "address": "39mFf3X46YzUtfdwVQpYXPCMydc74ccbAZ",
            "tag": null,
            "amount": "6.53157512",
            "txid": "3950ad8149421a850d01dff88f024810e363ac18c9e8dd9bc0b9116e7937ad93",
            "riskscore": "0.5",
            "confirmations": 3
        }
    ],
    "fees": [
        {
            "type": "deposit",
            "currency": "BTC",
            "amount": "0.01959472"
        }
    ],
    "error": "",
    "status": "confirmed"
}`,
    key: "deposit:1:confirmed",
    foreign_id: "user-id:2048",
    final: true,
    credit: { amount: "6.5119800", currency: "BTC" },
  },
  {
    name: "a deposit of a token, whose transfer fee is in ETH",
    body:
      '{"id":2686567,"type":"deposit","crypto_address":{"id":382357,"currency":"NNM",' +
      '"address":"0x19722627885da3fff134dd36de0a14898c8e053b","tag":null,"foreign_id":"31"},' +
      '"currency_sent":{"currency":"NNM","amount":"0.06000000"},' +
      '"currency_received":{"currency":"NNM","amount":"0.06000000","amount_minus_fee":"0.05910000"},' +
      '"transactions":[{"id":714662,"currency":"NNM","transaction_type":"blockchain","type":"deposit",' +
      '"address":"0x19722627885da3fff134dd36de0a14898c8e053b","tag":null,"amount":"0.06000000",' +
      '"txid":"0x835c9f286a311bc9df8c94c2771cadf1d91e6967039358a44e24c56115dc59a1","confirmations":"7"}],' +
      '"fees":[{"type":"transfer","currency":"ETH","amount":"0.00037336"},' +
      '{"type":"deposit","currency":"NNM","amount":"0.00090000"}],"error":"","status":"confirmed"}',
    key: "deposit:2686567:confirmed",
    foreign_id: "31",
    final: true,
    credit: { amount: "0.05910000", currency: "NNM" },
  },
  {
    name: "a deposit of BTC with exchange to EUR",
    body:
      '{"id":2686510,"type":"deposit_exchange","crypto_address":{"id":382270,"currency":"BTC","convert_to":"EUR",' +
      '"address":"31vnLqxVJ1iShJ5Ly586q8XKucECx12bZS","tag":null,"foreign_id":"13a"},' +
      '"currency_sent":{"currency":"BTC","amount":"0.01000000"},' +
      '"currency_received":{"currency":"EUR","amount":"84.17070222","amount_minus_fee":"79.96216711"},' +
      '"transactions":[{"id":714576,"currency":"BTC","transaction_type":"blockchain","type":"deposit",' +
      '"address":"31vnLqxVJ1iShJ5Ly586q8XKucECx12bZS","tag":null,"amount":"0.01000000",' +
      '"txid":"3a491da90a1ce5a318d0aeff6867ab98a03219abae29ed68d702291703c3538b","riskscore":"0.42",' +
      '"confirmations":"1"},{"id":714577,"currency":"BTC","currency_to":"EUR","transaction_type":"exchange",' +
      '"type":"exchange","amount":"0.01000000","amount_to":"84.17070222"}],' +
      '"fees":[{"type":"exchange","currency":"EUR","amount":"4.20853511"}],"error":"","status":"confirmed"}',
    key: "deposit_exchange:2686510:confirmed",
    foreign_id: "13a",
    final: true,
    credit: { amount: "79.96216711", currency: "EUR" },
  },
  {
    name: "a future, whose fields no type knows",
    body:
      '{"id":2688873,"type":"deposit_exchange","crypto_address":{"id":384708,"currency":"ETH","convert_to":"BTC",' +
      '"address":"0x4b41a526d3d12de36bdf969e7b70fd0bd2e0d263","tag":null,"foreign_id":"hfjs781"},' +
      '"currency_sent":{"currency":"ETH","amount":"0.11129846"},' +
      '"currency_received":{"currency":"BTC","amount":"0.00300000","amount_minus_fee":"0.00299944"},' +
      '"transactions":[],"fees":[],"error":"","status":"confirmed","futures_id":95,"transaction_id":2688873}',
    key: "deposit_exchange:2688873:confirmed",
    foreign_id: "hfjs781",
    final: true,
    credit: { amount: "0.00299944", currency: "BTC" },
  },
  {
    name: "a deposit that is not confirmed",
    body:
      '{"id":2686579,"type":"deposit","crypto_address":{"id":381711,"currency":"BTC",' +
      '"address":"2N9zXNdiT8ucZp7zZSrucqYGCD6xYF8F3di","tag":null,"foreign_id":"991904"},' +
      '"currency_sent":{"currency":"BTC","amount":"0.01000000"},' +
      '"currency_received":{"currency":"BTC","amount":"0.01000000","amount_minus_fee":"0.01000000"},' +
      '"transactions":[{"id":714680,"currency":"BTC","amount":"0.01000000","confirmations":"0"}],' +
      '"fees":[],"error":"","status":"not_confirmed"}',
    key: "deposit:2686579:not_confirmed",
    foreign_id: "991904",
    final: false,
    credit: null,
  },
  {
    name: "a deposit below the minimum",
    body: `{"id":5,"type":"deposit",${BTC_ADDRESS},"transactions":[],"fees":[],"error":"Transaction amount less than minimum deposit","status":"cancelled"}`,
    key: "deposit:5:cancelled",
    foreign_id: "user-id:2048",
    final: true,
    credit: null,
  },
  {
    name: "a deposit in another currency than the address's",
    body:
      '{"id":9,"type":"deposit","crypto_address":{"id":3,"currency":"USDC","address":"0x35f6","tag":null,' +
      '"foreign_id":"user-17","cross_currency":true,"expected_currency":"USDC"},' +
      '"currency_sent":{"currency":"ETH","amount":"0.50000000"},' +
      '"currency_received":{"currency":"ETH","amount":"0.50000000","amount_minus_fee":"0.49500000"},' +
      '"transactions":[],"fees":[],"error":null,"status":"confirmed"}',
    key: "deposit:9:confirmed",
    foreign_id: "user-17",
    final: true,
    credit: { amount: "0.49500000", currency: "ETH" },
  },
  {
    name: "a withdrawal",
    body:
      '{"id":1,"foreign_id":"10","type":"withdrawal","crypto_address":{"id":1,"currency":"BTC",' +
      '"address":"115Mn1jCjBh1CNqug7yAB21Hq2rw8PfmTA","tag":null},' +
      '"currency_sent":{"currency":"BTC","amount":"0.02000000"},' +
      '"currency_received":{"currency":"BTC","amount":"0.02000000"},' +
      '"transactions":[{"id":1,"currency":"BTC","type":"withdrawal","amount":"0.02","confirmations":3}],' +
      '"fees":[{"type":"mining","currency":"BTC","amount":"0.00007402"}],"error":"","status":"confirmed"}',
    key: "withdrawal:1:confirmed",
    foreign_id: "10",
    final: true,
    credit: null,
  },
  {
    name: "a cancelled withdrawal, which has no amounts",
    body:
      '{"id":2686580,"foreign_id":"123","type":"withdrawal","crypto_address":{"id":382362,"currency":"ETH",' +
      '"address":"12345","tag":null},"transactions":[{"id":714681,"currency":"ETH","amount":"1.00000000","txid":null,' +
      '"confirmations":"0"}],"fees":[],' +
      '"error":"Invalid params: expected a hex-encoded hash with 0x prefix.","status":"cancelled"}',
    key: "withdrawal:2686580:cancelled",
    foreign_id: "123",
    final: true,
    credit: null,
  },
  {
    name: "a withdrawal with exchange, whose numbers are bare",
    body:
      '{"id":1,"foreign_id":"20","type":"withdrawal_exchange","crypto_address":{"id":1,"currency":"EUR",' +
      '"convert_to":"BTC","address":"1K2btnZ8cqNFBPhaq729Mdj8W6G3w2nBbL","tag":null},' +
      '"currency_sent":{"currency":"EUR","amount":"381"},"currency_received":{"currency":"BTC","amount":"0.10882300"},' +
      '"transactions":[{"id":1,"currency":"EUR","currency_to":"BTC","transaction_type":"exchange","type":"exchange",' +
      '"amount":381,"amount_to":0.10882300},{"id":1,"currency":"BTC","transaction_type":"blockchain",' +
      '"type":"withdrawal","address":"1K2btnZ8cqNFBPhaq729Mdj8W6G3w2nBbL","tag":null,"amount":0.10882300,' +
      '"txid":"aa3345b96389e126f1ce88a670d1b1e38f2c3f73fb3ecfff8d9da1b1ce6964a6","confirmations":3}],' +
      '"fees":[{"type":"exchange","currency":"EUR","amount":"3.04800000"}],"error":"","status":"confirmed"}',
    key: "withdrawal_exchange:1:confirmed",
    foreign_id: "20",
    final: true,
    credit: null,
  },
  {
    name: "an exchange, which is nobody's",
    body:
      '{"id":2686900,"type":"exchange","currency_sent":{"currency":"EUR","amount":"26.75248865"},' +
      '"currency_received":{"currency":"BTC","amount":"0.00300000"},"transactions":[{"id":715072,"currency":"EUR",' +
      '"currency_to":"BTC","amount":"26.75248865","amount_to":"0.00300000"}],' +
      '"fees":[{"type":"exchange","currency":"EUR","amount":"0.26752489"}],"error":"","status":"confirmed"}',
    key: "exchange:2686900:confirmed",
    foreign_id: null,
    final: true,
    credit: null,
  },
  {
    name: "an invoice that was paid",
    body:
      '{"id":588,"foreign_id":"8FW1KI7LesB9yxWcK1K","type":"invoice","crypto_address":{"id":386897,"currency":"BTC",' +
      '"address":"2Mvo6FMduhHz1BTDHsQ5GyRoifcG3y4ycpk","tag":null},"currency_sent":{"currency":"BTC",' +
      '"amount":"0.02000000","remaining_amount":"0.01000000"},"currency_received":{"currency":"BTC",' +
      '"amount":"0.02000000"},"transactions":[],"fees":[],"error":"","status":"confirmed","fixed_at":1592307241,' +
      '"expires_at":1592308141}',
    key: "invoice:588:confirmed",
    foreign_id: "8FW1KI7LesB9yxWcK1K",
    final: true,
    credit: null,
  },
  {
    name: "an invoice that nobody paid",
    body:
      '{"id":23,"foreign_id":"77xa2pd","type":"invoice","crypto_address":{"id":1846,"currency":"BTC",' +
      '"address":"2MyL2ftBdNsmpsx1EKggPzNVuoiZCWdVaLX","tag":null},"currency_sent":{"currency":"BTC",' +
      '"amount":"0.02000000","remaining_amount":"0.02000000"},"transactions":[],"fees":[],' +
      '"error":"Timer expired. User not paid.","status":"failed","fixed_at":1592309817,"expires_at":1592310717}',
    key: "invoice:23:failed",
    foreign_id: "77xa2pd",
    final: true,
    credit: null,
  },
  {
    name: "a payment request, a type that this package does not know",
    body:
      '{"payment_request_id":"9f1c2a34-0000-4000-8000-000000000001","type":"payment_request","foreign_id":"order-9",' +
      '"status":"paid","currency_sent":{"expected_amount":"5","received_amount":5.0,"remaining_amount":0},' +
      '"payment_request_amount":{"amount":"5.00"}}',
    key: "payment_request:9f1c2a34-0000-4000-8000-000000000001:paid",
    foreign_id: "order-9",
    final: false,
    credit: null,
  },
];

/** A body as PHP's json_encode writes it: what a parser reads from it, JSON.stringify writes differently. */
export const PHP_ESCAPED =
  '{"id":77,"type":"deposit","crypto_address":{"id":1,"foreign_id":"caf\\u00e9\\/17","tag":null},' +
  '"currency_received":{"currency":"BTC","amount":0.10882300,"amount_minus_fee":0.10882300},' +
  '"transactions":[],"fees":[],"error":"","status":"confirmed"}';
