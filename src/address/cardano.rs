//! Cardano: Shelley addresses in bech32 without its longest length, and the older Byron addresses, which are CBOR in
//! base58.
//!
//! Source: CIP-19 for both; for Byron the ledger's CDDL (byron.cddl) as well. Stake addresses are refused, because
//! nobody can pay to them.

use alloc::string::String;
use alloc::vec::Vec;

use super::bech32::{Checksum, bytes_of_groups, decode, encode as encode_bech32, groups_of_bytes, network};
use super::{Chain, Flaw, Kind, Recognised, base58};

/// The prefix of Shelley addresses on the test networks.
pub const TESTNET: &str = "addr_test";

/// The header of a Shelley address of a key without stake rights, on the test networks.
pub const ENTERPRISE_KEY_TESTNET: u8 = 0x60;

const NETWORKS: &[(&str, Chain)] = &[("addr", Chain::Main), (TESTNET, Chain::Test)];

const STAKE_NETWORKS: &[(&str, Chain)] = &[("stake", Chain::Main), ("stake_test", Chain::Test)];

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

pub(super) fn recognise(text: &str) -> Result<Recognised, Flaw> {
    if network(text, STAKE_NETWORKS).is_some() {
        return Err(Flaw::Stake);
    }
    match network(text, NETWORKS) {
        Some(chain) => shelley(text, chain),
        None => byron(&base58::decode(base58::BITCOIN, text)?),
    }
}

fn shelley(text: &str, chain: Chain) -> Result<Recognised, Flaw> {
    let decoded = decode(text, MAX_CHARACTERS)?;
    if decoded.checksum != Checksum::Bech32 {
        return Err(Flaw::Checksum);
    }
    let bytes = bytes_of_groups(&decoded.groups)?;
    let (header, rest) = bytes.split_first().ok_or(Flaw::Length)?;
    if header & 15 != u8::from(chain == Chain::Main) {
        return Err(Flaw::Form);
    }
    let (_, rest) = rest.split_first_chunk::<HASH_LENGTH>().ok_or(Flaw::Length)?;
    let kind = match (header >> 4, rest) {
        (0..=3, rest) if rest.len() == HASH_LENGTH => Kind::Base,
        (4 | 5, rest) if is_pointer(rest) => Kind::Pointer,
        (6 | 7, []) => Kind::Enterprise,
        (0..=7, _) => return Err(Flaw::Length),
        _ => return Err(Flaw::Form),
    };
    Ok(Recognised::checked(kind, chain))
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

/// `[24(bytes), crc32]`, where the bytes are `[root, attributes, type]`.
fn byron(bytes: &[u8]) -> Result<Recognised, Flaw> {
    let mut outer = Cbor(bytes);
    let payload = outer.envelope().ok_or(Flaw::Form)?;
    let claimed = outer.number(UNSIGNED).ok_or(Flaw::Form)?;
    if !outer.0.is_empty() {
        return Err(Flaw::Form);
    }
    if u64::from(crc_32(payload)) != claimed {
        return Err(Flaw::Checksum);
    }
    let chain = Cbor(payload).address().ok_or(Flaw::Form)?;
    Ok(Recognised::checked(Kind::Byron, chain))
}

/// CBOR's major types (RFC 8949 §3.1).
const UNSIGNED: u8 = 0;
const BYTES: u8 = 2;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;

/// The tag of bytes that are CBOR themselves.
const EMBEDDED: u64 = 24;

/// What is left to read of some CBOR, of which every number has its shortest form.
struct Cbor<'a>(&'a [u8]);

impl<'a> Cbor<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    /// The number of an item of this type, at most 32 bits: for bytes, arrays and maps their length.
    fn number(&mut self, major: u8) -> Option<u64> {
        let head = self.byte()?.checked_sub(major.wrapping_shl(5)).filter(|rest| *rest < 32)?;
        let length = match head {
            0..24 => return Some(head.into()),
            24..=26 => 1_u32.wrapping_shl(u32::from(head).wrapping_sub(24)),
            _ => return None,
        };
        let mut number = 0_u64;
        for _ in 0..length {
            number = (number << 8) | u64::from(self.byte()?);
        }
        // What fewer bytes hold.
        let shorter = match length {
            1 => 23,
            2 => 0xff,
            _ => 0xffff,
        };
        (number > shorter).then_some(number)
    }

    fn expect(&mut self, major: u8, number: u64) -> Option<()> {
        (self.number(major)? == number).then_some(())
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.number(BYTES)?;
        let (bytes, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(bytes)
    }

    fn envelope(&mut self) -> Option<&'a [u8]> {
        self.expect(ARRAY, 2)?;
        self.expect(TAG, EMBEDDED)?;
        self.bytes()
    }

    /// Of which chain an address is: one with the attribute of a network's number is of a test network.
    fn address(&mut self) -> Option<Chain> {
        self.expect(ARRAY, 3)?;
        (self.bytes()?.len() == HASH_LENGTH).then_some(())?;
        let mut chain = Chain::Main;
        let mut previous = 0;
        for _ in 0..self.number(MAP)? {
            let key = self.number(UNSIGNED)?;
            let value = self.bytes()?;
            match key {
                // The way to the key, encrypted.
                1 => {}
                2 => {
                    let mut value = Cbor(value);
                    value.number(UNSIGNED)?;
                    value.0.is_empty().then_some(())?;
                    chain = Chain::Test;
                }
                _ => return None,
            }
            // Each once, ascending.
            (key > previous).then_some(())?;
            previous = key;
        }
        // Of a key, or of a certificate for redemption.
        matches!(self.number(UNSIGNED)?, 0 | 2).then_some(())?;
        self.0.is_empty().then_some(chain)
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
