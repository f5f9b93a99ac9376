//! Base58, and base58check: a version, a payload and four bytes of checksum.
//!
//! Source: Bitcoin Core, src/base58.cpp. The alphabet is a parameter, because the XRP Ledger has its own (its
//! documentation, "base58 Encodings").

use alloc::string::String;
use alloc::vec::Vec;

use super::sha256::{self, sha_256_twice};
use super::{Flaw, HASH_LENGTH, Sort, Versions};
use crate::text::is_among;

/// The digits of base 58, from 0 on.
pub type Alphabet = [u8; 58];

/// Bitcoin's alphabet, and everybody's but one.
pub const BITCOIN: &Alphabet = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The XRP Ledger's alphabet.
pub const RIPPLE: &Alphabet = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

/// The longest text that is decoded. The work grows with its square; the longest address (Cardano's Byron on a test
/// network) has about 115 characters.
pub const MAX_CHARACTERS: usize = 128;

/// The checksum's length, in bytes.
const CHECKSUM_LENGTH: usize = 4;

/// The longest version and payload, in bytes. The longest that any network has, an X-address, has 31.
const MAX_PAYLOAD: usize = sha256::LONGEST;

/// The place of a character in an alphabet.
fn digit(alphabet: &[u8], character: u8) -> Result<u8, Flaw> {
    let mut digits = (0_u8..).zip(alphabet);
    digits.find(|(_, of_alphabet)| **of_alphabet == character).map(|(digit, _)| digit).ok_or(Flaw::Character)
}

/// Room for what a text of any family stands for.
pub type Room = [u8; MAX_CHARACTERS];

/// The bytes that a text stands for.
///
/// # Errors
/// [`Flaw::Length`] for more than 128 characters, [`Flaw::Character`] for one that is not in the alphabet.
pub fn decode<'a>(alphabet: &Alphabet, text: &[u8], room: &'a mut Room) -> Result<&'a [u8], Flaw> {
    // A digit is less than a byte, so the number has no more bytes than digits.
    let number = room.get_mut(..text.len()).ok_or(Flaw::Length)?;
    number.fill(0);
    for character in text {
        let mut carry = u32::from(digit(alphabet, *character)?);
        for byte in number.iter_mut().rev() {
            carry = u32::from(*byte).wrapping_mul(58).wrapping_add(carry);
            *byte = carry as u8;
            carry >>= 8;
        }
    }
    // A zero byte in front is no part of the number, and is written as a zero digit.
    let [zero, ..] = alphabet;
    let zeros = text.iter().take_while(|character| *character == zero).count();
    let unused = number.iter().take_while(|byte| **byte == 0).count().saturating_sub(zeros);
    Ok(number.get(unused..).unwrap_or_default())
}

/// The text of some bytes.
///
/// ```
/// use alphapo_wasm::address::base58::{BITCOIN, decode, encode};
///
/// assert_eq!(encode(BITCOIN, b"\0Hi"), "16Wc");
/// assert_eq!(decode(BITCOIN, b"16Wc", &mut [0; 128]), Ok(&b"\0Hi"[..]));
/// ```
#[must_use]
pub fn encode(alphabet: &Alphabet, bytes: &[u8]) -> String {
    // The least digit first, until all are there.
    let mut digits: Vec<u8> = Vec::new();
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry = u32::from(*digit).wrapping_mul(256).wrapping_add(carry);
            *digit = (carry % 58) as u8;
            carry /= 58;
        }
        while carry > 0 {
            digits.push((carry % 58) as u8);
            carry /= 58;
        }
    }
    bytes.iter().take_while(|byte| **byte == 0).for_each(|_| digits.push(0));
    digits.iter().rev().filter_map(|digit| alphabet.get(usize::from(*digit))).copied().map(char::from).collect()
}

/// The bytes in front of a right checksum. Text that begins with none of the `initials` is not looked at further:
/// it is of another network, whatever else is wrong with it.
///
/// # Errors
/// [`Flaw::Form`], [`Flaw::Length`], [`Flaw::Character`] or [`Flaw::Checksum`].
pub fn decode_check<'a>(
    alphabet: &Alphabet,
    initials: &[u8],
    text: &[u8],
    room: &'a mut Room,
) -> Result<&'a [u8], Flaw> {
    text.first().filter(|initial| is_among(**initial, initials)).ok_or(Flaw::Form)?;
    let bytes = decode(alphabet, text, room)?;
    let (payload, claimed) = bytes.split_last_chunk().ok_or(Flaw::Length)?;
    if payload.len() > MAX_PAYLOAD {
        return Err(Flaw::Length);
    }
    if checksum(payload) != *claimed {
        return Err(Flaw::Checksum);
    }
    Ok(payload)
}

/// Writes a version and a payload, 55 bytes together at most, with their checksum in Bitcoin's alphabet.
///
/// ```
/// use alphapo_wasm::address::base58::encode_check;
///
/// assert_eq!(encode_check(0x41, &[0; 20]), "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb");
/// ```
#[must_use]
pub fn encode_check(version: u8, payload: &[u8]) -> String {
    encode_check_in(BITCOIN, &[version], payload)
}

/// Writes a version and a payload, 55 bytes together at most, with their checksum.
#[must_use]
pub fn encode_check_in(alphabet: &Alphabet, version: &[u8], payload: &[u8]) -> String {
    let mut bytes = [version, payload].concat();
    bytes.extend(checksum(&bytes));
    encode(alphabet, &bytes)
}

/// What an address of a version byte and 20 bytes is.
///
/// # Errors
/// As [`decode_check`]; [`Flaw::Form`] for another version too.
pub(super) fn recognise(initials: &[u8], versions: &Versions, text: &[u8]) -> Result<Sort, Flaw> {
    let mut room = [0; MAX_CHARACTERS];
    let bytes = decode_check(BITCOIN, initials, text, &mut room)?;
    let (version, payload) = bytes.split_first().ok_or(Flaw::Length)?;
    let (_, kind, chain) = versions.iter().find(|(of_kind, ..)| of_kind == version).ok_or(Flaw::Form)?;
    if payload.len() != HASH_LENGTH {
        return Err(Flaw::Length);
    }
    Ok((*kind, *chain))
}

/// The first four bytes of SHA-256 of SHA-256 of at most [`MAX_PAYLOAD`] bytes.
fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_LENGTH] {
    let [first, ..] = sha_256_twice(bytes);
    first.to_be_bytes()
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;
    use crate::address::tests::Random;

    #[test]
    fn the_crate_bs58_writes_and_reads_the_same() {
        let mut random = Random(1);
        for (own, theirs) in [(BITCOIN, bs58::Alphabet::BITCOIN), (RIPPLE, bs58::Alphabet::RIPPLE)] {
            for length in 0..90 {
                for zeros in [0, 1, length] {
                    let mut bytes = random.bytes(length);
                    bytes.iter_mut().take(zeros).for_each(|byte| *byte = 0);
                    let text = encode(own, &bytes);
                    assert_eq!(text, bs58::encode(&bytes).with_alphabet(theirs).into_string());
                    assert_eq!(decode(own, text.as_bytes(), &mut [0; MAX_CHARACTERS]), Ok(&bytes[..]));
                }
            }
        }
    }

    #[test]
    fn checksums_are_those_of_the_crate() {
        let mut random = Random(2);
        for length in 0..MAX_PAYLOAD {
            let (version, payload) = (random.next() as u8, random.bytes(length));
            let text = encode_check(version, &payload);
            let twice = sha2_twice(&[&[version], &payload[..]].concat());
            let bytes = [&[version], &payload[..], &twice[..4]].concat();
            assert_eq!(text, encode(BITCOIN, &bytes));
            let mut room = [0; MAX_CHARACTERS];
            assert_eq!(decode_check(BITCOIN, BITCOIN, text.as_bytes(), &mut room), Ok(&bytes[..=length]));
        }
    }

    fn sha2_twice(bytes: &[u8]) -> Vec<u8> {
        use sha2::{Digest, Sha256};
        Sha256::digest(Sha256::digest(bytes)).to_vec()
    }

    #[test]
    fn what_is_not_base58check_is_refused() {
        let (long, endless) = ("1".repeat(MAX_CHARACTERS), "1".repeat(100_000));
        for (text, flaw) in [
            ("", Flaw::Form),
            ("x", Flaw::Form),
            ("1", Flaw::Length),
            ("111", Flaw::Length),
            ("1111", Flaw::Checksum),
            ("10OIl", Flaw::Character),
            ("1é", Flaw::Character),
            (" THHRK1bA7YRPZBcLnTP1SZy9ipUpsRwpo6", Flaw::Form),
            ("THHRK1bA7YRPZBcLnTP1SZy9ipUpsRwpo6 ", Flaw::Character),
            (&long, Flaw::Length),
            (&endless, Flaw::Length),
        ] {
            assert_eq!(decode_check(BITCOIN, b"1T", text.as_bytes(), &mut [0; MAX_CHARACTERS]), Err(flaw), "{text}");
        }
    }

    #[test]
    fn another_version_or_length_is_no_address() {
        for version in 0..=u8::MAX {
            for length in [19, 20, 21] {
                let text = encode_check(version, &vec![7; length]);
                let expected = match (version, length) {
                    (0, 20) => Ok((crate::address::Kind::P2pkh, crate::address::Chain::Main)),
                    (0, _) => Err(Flaw::Length),
                    _ => Err(Flaw::Form),
                };
                let versions = &[(0, crate::address::Kind::P2pkh, crate::address::Chain::Main)];
                assert_eq!(recognise(BITCOIN, versions, text.as_bytes()), expected, "{text}");
            }
        }
    }
}
