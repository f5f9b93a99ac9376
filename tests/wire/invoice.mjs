// @ts-check
// Lightning invoices as BOLT 11 lays them out, on @scure/base and Node's own crypto: what the stand-in gateway answers
// for BTCLN. It may not share a line with the package.
//
// They are really signed, by a key that is thrown away with the process: nobody can be paid over one.

import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

import { bech32 } from "@scure/base";

/** The network of the gateway's own sample, `lnbcrt…`. */
const NETWORK = "bcrt";

/** The gateway's documentation: an invoice lives 15 minutes. */
const EXPIRY = 900;

/** BOLT 11's multipliers and how many satoshi one of each is, largest first; `n` is a tenth of a satoshi. */
const UNITS = /** @type {const} */ ([
  ["", 100_000_000n],
  ["m", 100_000n],
  ["u", 100n],
]);

/** BOLT 9: bits 8 and 14, the onion's payload and the payment secret, both required; in groups of 5 bits. */
const FEATURES = [0b10000, 0b01000, 0b00000];

/** The order of secp256k1 (SEC 2 §2.4.1). */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const TYPES = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

const payee = generateKeyPairSync("ec", { namedCurve: "secp256k1" });

/**
 * An invoice over this many bitcoin.
 *
 * @param {string} bitcoin  plain decimal digits, at most 8 of them after the point
 */
export function invoice(bitcoin) {
  const prefix = `ln${NETWORK}${amountText(satoshi(bitcoin))}`;
  const words = [
    ...number(Math.floor(Date.now() / 1000), 7),
    ...field("p", bech32.toWords(randomBytes(32))),
    ...field("s", bech32.toWords(randomBytes(32))),
    ...field("d", bech32.toWords(Buffer.from("Tests: never pay this"))),
    ...field("n", bech32.toWords(payeeBytes())),
    ...field("x", number(EXPIRY, 2)),
    ...field("c", number(18, 1)),
    ...field("9", FEATURES),
  ];
  // With field `n` nobody has to recover the key, so the recovery id says nothing.
  const signature = [...signatureOf(Buffer.concat([Buffer.from(prefix), bytes(words)])), 0];
  return bech32.encode(prefix, [...words, ...bech32.toWords(Uint8Array.from(signature))], false);
}

/** @param {string} bitcoin */
function satoshi(bitcoin) {
  const [whole, fraction = ""] = bitcoin.split(".");
  return BigInt(whole + fraction.padEnd(8, "0"));
}

/** The shortest form: the largest multiplier that leaves an integer. @param {bigint} amount */
function amountText(amount) {
  const unit = UNITS.find(([, size]) => amount % size === 0n);
  return unit ? `${amount / unit[1]}${unit[0]}` : `${amount * 10n}n`;
}

/** Type, length in 10 bits, value. @param {string} type @param {number[]} value */
function field(type, value) {
  return [TYPES.indexOf(type), ...number(value.length, 2), ...value];
}

/** A number in so many groups of 5 bits. @param {number} value @param {number} count */
function number(value, count) {
  return Array.from({ length: count }, (_, index) => Math.floor(value / 32 ** (count - 1 - index)) % 32);
}

/** Groups of 5 bits as bytes, filled up with zero bits. @param {number[]} words */
function bytes(words) {
  const whole = [...words, ...Array((8 - (words.length % 8)) % 8).fill(0)];
  return bech32.fromWords(whole).subarray(0, Math.ceil((words.length * 5) / 8));
}

/** The payee's key, compressed (SEC 1 §2.3.3). */
function payeeBytes() {
  const { x = "", y = "" } = payee.publicKey.export({ format: "jwk" });
  const isOdd = Number(Buffer.from(y, "base64url").at(-1)) % 2;
  return Buffer.concat([Buffer.from([2 + isOdd]), Buffer.from(x, "base64url")]);
}

/** r and s, s the lower of the two that are valid. @param {Buffer} message */
function signatureOf(message) {
  const both = sign("sha256", message, { key: payee.privateKey, dsaEncoding: "ieee-p1363" });
  const s = BigInt(`0x${both.subarray(32).toString("hex")}`);
  const low = s > ORDER / 2n ? ORDER - s : s;
  return Buffer.concat([both.subarray(0, 32), Buffer.from(low.toString(16).padStart(64, "0"), "hex")]);
}
