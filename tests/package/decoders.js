// @ts-check
// Decoders of deposit addresses by people who know nothing of this project (@scure/base, @noble/hashes): what the
// sandbox gives out must satisfy them, format and checksum. It may not share a line with the package.

import { keccak_256 } from "@noble/hashes/sha3.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base58, base58xrp, bech32, bech32m } from "@scure/base";

import { Mismatch, equal, ok } from "./suite.js";

/**
 * Each fails unless this is an address of that currency on its test network.
 *
 * @type {Record<string, (address: string) => void>}
 */
export const DECODERS = {
  // Bitcoin's chainparams: P2PKH 0x6f, P2SH 0xc4, segwit "tb".
  BTC: (address) =>
    address.startsWith("tb1") ? segwit(address, "tb") : oneOf(base58check(base58, address), [0x6f, 0xc4]),
  // Litecoin's chainparams: P2PKH 0x6f, P2SH 0xc4 and 0x3a, segwit "tltc".
  LTC: (address) =>
    address.startsWith("tltc1") ? segwit(address, "tltc") : oneOf(base58check(base58, address), [0x6f, 0xc4, 0x3a]),
  // Dogecoin's chainparams: P2PKH 0x71, P2SH 0xc4.
  DOGE: (address) => oneOf(base58check(base58, address), [0x71, 0xc4]),
  BCH: (address) => cashAddr(address, "bchtest"),
  // CIP-19: the header's low half is 0 on test networks, its high half is 0 to 7 where money may be sent.
  ADA: cardano,
  // A public key of Ed25519.
  SOL: (address) => equal(base58.decode(address).length, 32, "the length"),
  USDCS: (address) => equal(base58.decode(address).length, 32, "the length"),
  ETH: eip55,
  USDTE: eip55,
  USDTB: eip55,
  USDC: eip55,
  BNB: eip55,
  "BNB-BSC": eip55,
  POL: eip55,
  // TRON's addresses begin with 0x41 on every network.
  TRX: (address) => oneOf(base58check(base58, address), [0x41]),
  USDTT: (address) => oneOf(base58check(base58, address), [0x41]),
  // XRPL's "account id" is type 0x00 on every network.
  XRP: (address) => oneOf(base58check(base58xrp, address), [0x00]),
  CSC: (address) => oneOf(base58check(base58xrp, address), [0x00]),
};

/**
 * BIP 173 and BIP 350: version 0 has the bech32 checksum, later versions bech32m.
 *
 * @param {string} address
 * @param {string} network
 */
function segwit(address, network) {
  const { prefix, words } = bech32Of(address);
  equal(prefix, network, "the prefix");
  const [version, ...program] = words;
  const length = bech32.fromWords(program).length;
  ok(version <= 16, `the witness version is ${version}`);
  ok(version > 0 ? length >= 2 && length <= 40 : length === 20 || length === 32, `the program has ${length} bytes`);
  const { decode } = version === 0 ? bech32 : bech32m;
  decode(/** @type {`${string}1${string}`} */ (address));
}

/** @param {string} address */
function bech32Of(address) {
  const typed = /** @type {`${string}1${string}`} */ (address);
  return bech32.decodeUnsafe(typed) ?? bech32m.decode(typed);
}

/**
 * The CashAddr specification: 8 groups of checksum over the prefix's low bits, a zero, and the data.
 *
 * @param {string} address
 * @param {string} network
 */
function cashAddr(address, network) {
  const [prefix, data] = address.split(":");
  equal(prefix, network, "the prefix");
  const groups = Array.from(data, (character) => "qpzry9x8gf2tvdw0s3jn54khce6mua7l".indexOf(character));
  ok(!groups.includes(-1), `${address} has characters that CashAddr does not have`);
  const generators = [0x98f2bc8e61n, 0x79b76d99e2n, 0xf33e5fb3c4n, 0xae2eabe2a8n, 0x1e4f43e470n];
  let remainder = 1n;
  for (const group of [...Array.from(prefix, (character) => character.charCodeAt(0) & 31), 0, ...groups]) {
    const top = remainder >> 35n;
    remainder = ((remainder & 0x07ffffffffn) << 5n) ^ BigInt(group);
    generators.forEach((generator, bit) => {
      if ((top >> BigInt(bit)) & 1n) remainder ^= generator;
    });
  }
  equal(remainder, 1n, "the checksum");
  const [version, ...hash] = bech32.fromWords(groups.slice(0, -8));
  equal([version, hash.length], [0, 20], "the version and the length");
}

/** @param {string} address */
function cardano(address) {
  const { prefix, words } = bech32.decode(/** @type {`${string}1${string}`} */ (address), false);
  equal(prefix, "addr_test", "the prefix");
  const [header, ...rest] = bech32.fromWords(words);
  equal(header & 15, 0, "the network");
  oneOf(header >> 4, [0, 1, 2, 3, 6, 7]);
  equal(rest.length, header >> 4 < 4 ? 56 : 28, "the length");
}

/** EIP-55: the case of each letter is one bit of the Keccak hash of the lower-case hex. @param {string} address */
function eip55(address) {
  ok(/^0x[0-9a-fA-F]{40}$/.test(address), `${address} is no 0x and 40 hex digits`);
  const digits = address.slice(2).toLowerCase();
  const hash = keccak_256(new TextEncoder().encode(digits));
  const cased = Array.from(digits, (digit, at) => {
    const nibble = at % 2 ? hash[at >> 1] & 15 : hash[at >> 1] >> 4;
    return nibble >= 8 ? digit.toUpperCase() : digit;
  });
  equal(address, `0x${cased.join("")}`, "the case of the letters");
}

/**
 * The version byte of 20 bytes in Base58Check, whose checksum is the first 4 bytes of a double SHA-256.
 *
 * @param {typeof base58} alphabet
 * @param {string} address
 */
function base58check(alphabet, address) {
  const bytes = alphabet.decode(address);
  equal(bytes.length, 25, "the length");
  const checksum = sha256(sha256(bytes.subarray(0, 21))).subarray(0, 4);
  equal([...bytes.subarray(21)], [...checksum], "the checksum");
  return bytes[0];
}

/** @param {number} version @param {number[]} versions */
function oneOf(version, versions) {
  if (!versions.includes(version)) throw new Mismatch(`the version byte is 0x${version.toString(16)}`);
}

/** BOLT 11's multipliers, as the number of units of 10^-12 bitcoin. @type {Record<string, bigint>} */
const PICO_BITCOIN = { m: 1_000_000_000n, u: 1_000_000n, n: 1_000n, p: 1n, "": 1_000_000_000_000n };

/**
 * Fails unless this is an invoice (BOLT 11) over that many satoshi on a test network, in bech32 of any length.
 *
 * @param {string} invoice
 * @param {bigint} satoshi
 */
export function checkInvoice(invoice, satoshi) {
  const { prefix, words } = bech32.decode(/** @type {`${string}1${string}`} */ (invoice), false);
  // A timestamp of 7 words and a signature of 104 are in every invoice, as is the payment hash of 3 + 52.
  ok(words.length >= 7 + 55 + 104, `the invoice has ${words.length} words`);
  const [, network, digits, multiplier] = /^ln(tbs|tb|bcrt)(\d+)([munp]?)$/.exec(prefix) ?? [];
  ok(network, `the prefix is ${prefix}`);
  ok(!digits.startsWith("0"), `the amount ${digits} has a leading zero`);
  equal(BigInt(digits) * PICO_BITCOIN[multiplier], satoshi * 10_000n, "the amount in units of 10^-12");
}
