// The checksums of two kinds of address, after their specifications, so that the demonstration need not take the
// package's word. For a project of your own take a library, such as @scure/base.

import { createHash } from "node:crypto";

const BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const XRP = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

/** BIP-173: a polynomial over the prefix and all characters leaves the remainder 1. */
export function bitcoinChecksum(address) {
  const [prefix, data] = [address.slice(0, 2), address.slice(3)];
  const letters = Array.from(prefix, (letter) => letter.charCodeAt(0));
  const values = [
    ...letters.map((code) => code >> 5),
    0,
    ...letters.map((code) => code & 31),
    ...Array.from(data, (letter) => BECH32.indexOf(letter)),
  ];
  return !values.includes(-1) && values.reduce(polymod, 1) === 1;
}

function polymod(checksum, value) {
  const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  const shifted = ((checksum & 0x1ffffff) << 5) ^ value;
  return generator.reduce((sum, term, bit) => ((checksum >> (25 + bit)) & 1 ? sum ^ term : sum), shifted);
}

/** XRP Ledger, "Address encodings": the last 4 of 25 bytes begin the double SHA-256 of the others. */
export function xrpChecksum(address) {
  const number = Array.from(address).reduce((sum, letter) => sum * 58n + BigInt(XRP.indexOf(letter)), 0n);
  const bytes = Buffer.from(number.toString(16).padStart(50, "0"), "hex");
  const hash = sha256(sha256(bytes.subarray(0, 21)));
  return bytes.length === 25 && hash.subarray(0, 4).equals(bytes.subarray(21));
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest();
}
