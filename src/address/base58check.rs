//! Base58check: a version byte, a payload and four bytes of checksum in base58.
//!
//! Source: Bitcoin Core, src/base58.cpp (`EncodeBase58Check`); Tron has the same form (its documentation,
//! "Account address format"). The alphabet is a parameter inside the crate, because the XRP Ledger has its own.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use bs58::Alphabet;
use sha2::{Digest, Sha256};

/// The version byte of a Tron address, on the main and on the test networks. Its payload has 20 bytes.
pub const TRON: u8 = 0x41;

/// The checksum's length, in bytes.
const CHECKSUM_LENGTH: usize = 4;

/// The longest text that is decoded. The work grows with its square, and no address is half as long.
const MAX_CHARACTERS: usize = 128;

/// What base58check text holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Versioned {
    /// What kind of payload it is, and of which network.
    pub version: u8,
    /// The payload; for an address the hash.
    pub payload: Vec<u8>,
}

/// Writes a payload in Bitcoin's alphabet.
///
/// ```
/// use alphapo_wasm::address::base58check::{TRON, decode, encode};
///
/// let address = encode(TRON, &[0; 20]);
/// assert_eq!(address, "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb");
/// assert_eq!(decode(&address).map(|decoded| decoded.version), Some(TRON));
/// ```
#[must_use]
pub fn encode(version: u8, payload: &[u8]) -> String {
    encode_in(Alphabet::BITCOIN, version, payload)
}

/// Reads text in Bitcoin's alphabet; none when a character or the checksum is wrong.
#[must_use]
pub fn decode(text: &str) -> Option<Versioned> {
    decode_in(Alphabet::BITCOIN, text)
}

pub(super) fn encode_in(alphabet: &Alphabet, version: u8, payload: &[u8]) -> String {
    let mut bytes = vec![version];
    bytes.extend_from_slice(payload);
    bytes.extend(checksum(&bytes));
    bs58::encode(bytes).with_alphabet(alphabet).into_string()
}

pub(super) fn decode_in(alphabet: &Alphabet, text: &str) -> Option<Versioned> {
    if text.len() > MAX_CHARACTERS {
        return None;
    }
    let bytes = bs58::decode(text).with_alphabet(alphabet).into_vec().ok()?;
    let (versioned, claimed) = bytes.split_last_chunk::<CHECKSUM_LENGTH>()?;
    if checksum(versioned) != *claimed {
        return None;
    }
    let (version, payload) = versioned.split_first()?;
    Some(Versioned { version: *version, payload: payload.to_vec() })
}

/// The first four bytes of SHA-256 of SHA-256.
fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_LENGTH] {
    let digest: [u8; 32] = Sha256::digest(Sha256::digest(bytes)).into();
    let [first, second, third, fourth, ..] = digest;
    [first, second, third, fourth]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(address: &str, version: u8, payload: &str) {
        let payload = hex::decode(payload).unwrap();
        assert_eq!(encode(version, &payload), address);
        assert_eq!(decode(address), Some(Versioned { version, payload }));
    }

    #[test]
    fn known_tron_addresses() {
        // The examples of Dune's `from_tron_address` and of the Perl module CryptoTron::AddrTools.
        known("THHRK1bA7YRPZBcLnTP1SZy9ipUpsRwpo6", TRON, "503aa4ad108bd3a89ba0310e23b49fb654cd6986");
        known("TQHgMpVzWkhSsRB4BzZgmV8uW4cFL8eaBr", TRON, "9d1015e669c2df831003c5c54ceb48da613d9979");
    }

    #[test]
    fn known_bitcoin_addresses() {
        // bitcoinjs-lib, test/fixtures/base58.js: leading zero bytes are the hard case of base58.
        known("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", 0, "751e76e8199196d454941c45d1b3a323f1433bd6");
        known("1An8RkWzqVF9GvpQFVX5AM4jpFe43eoPfe", 0, "6b420cc35afb4d96ea118dbf1fc8ef4b0990798c");
    }

    #[test]
    fn every_version_and_length_comes_back() {
        for version in [0, 1, 5, TRON, 0x6f, 0xc4, 0xff] {
            for length in 0..40 {
                for byte in [0, 1, 0x7f, 0xff] {
                    let payload = vec![byte; length];
                    let decoded = decode(&encode(version, &payload));
                    assert_eq!(decoded, Some(Versioned { version, payload }));
                }
            }
        }
    }

    #[test]
    fn one_changed_character_is_refused() {
        let address = "TQHgMpVzWkhSsRB4BzZgmV8uW4cFL8eaBr";
        for position in 0..address.len() {
            let mut changed = address.as_bytes().to_vec();
            changed[position] = if changed[position] == b'2' { b'3' } else { b'2' };
            assert_eq!(decode(std::str::from_utf8(&changed).unwrap()), None, "character {position}");
        }
    }

    #[test]
    fn what_is_not_base58check_is_refused() {
        let (long, endless) = ("1".repeat(MAX_CHARACTERS), "1".repeat(100_000));
        for text in ["", "1", "1111", "0OIl", "é", " THHRK1bA7YRPZBcLnTP1SZy9ipUpsRwpo6", &long, &endless] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
