//! Cardano: Shelley addresses in bech32 without its longest length, and the older Byron addresses, which are CBOR in
//! base58.
//!
//! Source: CIP-19 for both; for Byron the ledger's CDDL (byron.cddl) as well. Stake addresses are refused, because
//! nobody can pay to them.

use alloc::string::String;
use alloc::vec::Vec;

use super::bech32::{Checksum, bytes, decode_of, encode as encode_bech32, groups_of_bytes};
use super::{Chain, Flaw, Kind, Sort, base58};

/// The prefix of Shelley addresses on the test networks.
pub const TESTNET: &str = "addr_test";

/// The header of a Shelley address of a key without stake rights, on the test networks.
pub const ENTERPRISE_KEY_TESTNET: u8 = 0x60;

const NETWORKS: &[(&str, Chain)] =
    &[("addr", Chain::Main), (TESTNET, Chain::Test), ("stake", Chain::Main), ("stake_test", Chain::Test)];

/// The longest Shelley address that is read, in characters; the longest that there is has 108.
const MAX_CHARACTERS: usize = 128;

/// The length of the hash of a key or script, in bytes.
pub const HASH_LENGTH: usize = 28;

/// Writes a Shelley address: its header and what follows it.
///
/// ```
/// use alphapo_wasm::address::cardano::{ENTERPRISE_KEY_TESTNET, TESTNET, encode};
///
/// assert!(encode(TESTNET, ENTERPRISE_KEY_TESTNET, &[0; 28]).starts_with("addr_test1vqqqqq"));
/// ```
#[must_use]
pub fn encode(prefix: &str, header: u8, rest: &[u8]) -> String {
    encode_bech32(Checksum::Bech32, prefix, &groups_of_bytes(&[&[header], rest].concat()))
}

pub(super) fn recognise(text: &[u8]) -> Result<Sort, Flaw> {
    let mut room = [0; base58::MAX_CHARACTERS];
    let (chain, data) = match decode_of(NETWORKS, text, MAX_CHARACTERS) {
        Err(Flaw::Form) => return byron(base58::decode(base58::BITCOIN, text, &mut room)?),
        other => other?,
    };
    if let Some(b's' | b'S') = text.first() {
        return Err(Flaw::Stake);
    }
    let bytes = bytes(data, &mut room)?;
    let (header, rest) = bytes.split_first().ok_or(Flaw::Length)?;
    if header & 15 != u8::from(chain == Chain::Main) {
        return Err(Flaw::Form);
    }
    let (_, rest) = rest.split_first_chunk::<HASH_LENGTH>().ok_or(Flaw::Length)?;
    let kind = match header >> 4 {
        0..=3 if rest.len() == HASH_LENGTH => Kind::Base,
        4 | 5 if is_pointer(rest) => Kind::Pointer,
        6 | 7 if rest.is_empty() => Kind::Enterprise,
        0..=7 => return Err(Flaw::Length),
        _ => return Err(Flaw::Form),
    };
    Ok((kind, chain))
}

/// Whether these are a slot, a transaction's and a certificate's index: three numbers of at most 32 bits, in groups
/// of 7 bits, of which every one but the last has its highest bit set, and none in front is 0.
fn is_pointer(mut bytes: &[u8]) -> bool {
    for _ in 0..3 {
        let length = bytes.iter().position(|byte| *byte < 0x80).map_or(usize::MAX, |last| last.saturating_add(1));
        let Some((number, rest)) = bytes.split_at_checked(length) else {
            return false;
        };
        let too_large = match number {
            [0x80, ..] => true,
            [first, _, _, _, _] => *first > 0x8f,
            number => number.len() > 5,
        };
        if too_large {
            return false;
        }
        bytes = rest;
    }
    bytes.is_empty()
}

/// CBOR (RFC 8949) in its shortest form: `[24(bytes), crc32]`, where the bytes are `[root, attributes, type]`.
fn byron(bytes: &[u8]) -> Result<Sort, Flaw> {
    // A root alone makes the bytes more than 23, and the text's longest length makes them fewer than 256.
    let [0x82, 0xd8, 24, 0x58, length, rest @ ..] = bytes else {
        return Err(Flaw::Form);
    };
    let (payload, claimed) = rest.split_at_checked(usize::from(*length)).ok_or(Flaw::Length)?;
    let chain = byron_chain(payload).ok_or(Flaw::Form)?;
    if number(claimed) != Some(crc_32(payload)) {
        return Err(Flaw::Checksum);
    }
    Ok((Kind::Byron, chain))
}

/// Of which chain an address is: one with the number of a network is of a test network.
fn byron_chain(payload: &[u8]) -> Option<Chain> {
    let [0x83, 0x58, 28, rest @ ..] = payload else {
        return None;
    };
    let (_, rest) = rest.split_first_chunk::<HASH_LENGTH>()?;
    let (attributes, mut rest) = rest.split_first()?;
    let mut chain = Chain::Main;
    // A map's head has the number of its entries. The first is the way to the key, encrypted; the second a network.
    let mut read = 0xa0;
    for key in [1, 2] {
        if let Some((value, after)) = entry(rest, key).filter(|_| read < *attributes) {
            rest = after;
            read |= key;
            if key == 2 {
                number(value)?;
                chain = Chain::Test;
            }
        }
    }
    // Of a key, or of a certificate to redeem.
    (matches!((attributes, read), (0xa0, 0xa0) | (0xa1, 0xa1 | 0xa2) | (0xa2, 0xa3)) && matches!(rest, [0 | 2]))
        .then_some(chain)
}

/// The byte string under this key, if that comes next, and what follows it.
fn entry(cbor: &[u8], key: u8) -> Option<(&[u8], &[u8])> {
    byte_string(cbor.split_first().filter(|(first, _)| **first == key)?.1)
}

/// A byte string of fewer than 256 bytes, and what follows it.
fn byte_string(cbor: &[u8]) -> Option<(&[u8], &[u8])> {
    match cbor {
        [0x58, length @ 24..=u8::MAX, rest @ ..] => rest.split_at_checked(usize::from(*length)),
        [head @ 0x40..0x58, rest @ ..] => rest.split_at_checked(usize::from(head & 31)),
        _ => None,
    }
}

/// The number of at most 32 bits that this is, all of it.
fn number(cbor: &[u8]) -> Option<u32> {
    let (head, rest) = cbor.split_first()?;
    let number = rest.iter().fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
    match (head, rest.len(), number) {
        (0..24, 0, _) => Some(u32::from(*head)),
        (24, 1, 24..) | (25, 2, 0x100..) | (26, 4, 0x1_0000..) => Some(number),
        _ => None,
    }
}

/// CRC-32 (RFC 1952 §8).
fn crc_32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

/// CBOR's major types (RFC 8949 §3.1).
const UNSIGNED: u8 = 0;
const BYTES: u8 = 2;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;

/// The tag of bytes that are CBOR themselves.
const EMBEDDED: u64 = 24;

/// Writes a Byron address: its root, the encrypted way to its key, and on a test network the network's number.
///
/// ```
/// use alphapo_wasm::address::cardano::encode_byron;
///
/// assert!(encode_byron(&[0; 28], None, None).starts_with("Ae2"));
/// ```
#[must_use]
pub fn encode_byron(root: &[u8; HASH_LENGTH], way: Option<&[u8]>, network: Option<u32>) -> String {
    let mut payload = Vec::new();
    push_head(&mut payload, ARRAY, 3);
    push_bytes(&mut payload, root);
    push_head(&mut payload, MAP, usize::from(way.is_some()).saturating_add(network.is_some().into()));
    if let Some(way) = way {
        push_head(&mut payload, UNSIGNED, 1);
        push_bytes(&mut payload, way);
    }
    if let Some(network) = network {
        let mut number = Vec::new();
        push_head(&mut number, UNSIGNED, network as usize);
        push_head(&mut payload, UNSIGNED, 2);
        push_bytes(&mut payload, &number);
    }
    push_head(&mut payload, UNSIGNED, 0);
    let mut bytes = Vec::new();
    push_head(&mut bytes, ARRAY, 2);
    push_head(&mut bytes, TAG, EMBEDDED as usize);
    push_bytes(&mut bytes, &payload);
    push_head(&mut bytes, UNSIGNED, crc_32(&payload) as usize);
    base58::encode(base58::BITCOIN, &bytes)
}

fn push_bytes(cbor: &mut Vec<u8>, bytes: &[u8]) {
    push_head(cbor, BYTES, bytes.len());
    cbor.extend_from_slice(bytes);
}

/// An item's type and number, which has at most 32 bits, in the shortest form.
fn push_head(cbor: &mut Vec<u8>, major: u8, number: usize) {
    let (head, length) = match number {
        0..24 => (number as u8, 0),
        24..=0xff => (24, 1),
        0x100..=0xffff => (25, 2),
        _ => (26, 4),
    };
    cbor.push(major.wrapping_shl(5) | head);
    cbor.extend((number as u32).to_be_bytes().iter().skip(4_usize.saturating_sub(length)));
}
