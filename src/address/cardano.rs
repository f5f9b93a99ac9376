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
    for key in 1..3 {
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

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;
    use crate::address::Family;

    fn kind_of(address: &str) -> Result<Kind, Flaw> {
        Family::Cardano.recognise(address).map(|recognised| recognised.kind)
    }

    #[test]
    fn the_hashes_of_cip_19() {
        let key = hex::decode("9493315cd92eb5d8c4304e67b7e16ae36d61d34502694657811a2c8e").unwrap();
        let stake = hex::decode("337b62cfff6403a06a3acbc34f8c46003c69fe79a3628cefa9c47251").unwrap();
        // Slot 2498243, transaction 27, certificate 3.
        let pointer = [0x81, 0x98, 0xbd, 0x43, 27, 3];
        for (prefix, header, rest, address) in [
            (
                "addr",
                0x01,
                &stake[..],
                "addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgse35a3x",
            ),
            ("addr_test", 0x40, &pointer, "addr_test1gz2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer5pnz75xxcrdw5vky"),
            ("addr_test", 0x60, &[], "addr_test1vz2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzerspjrlsz"),
        ] {
            assert_eq!(encode(prefix, header, &[&key, rest].concat()), address);
        }
    }

    #[test]
    fn stake_addresses_are_refused() {
        for address in [
            "stake1uyehkck0lajq8gr28t9uxnuvgcqrc6070x3k9r8048z8y5gh6ffgw",
            "stake178phkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gtcccycj5",
            "stake_test1uqehkck0lajq8gr28t9uxnuvgcqrc6070x3k9r8048z8y5gssrtvn",
            "stake_test17rphkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gtcljw6kf",
        ] {
            assert_eq!(kind_of(address), Err(Flaw::Stake), "{address}");
            assert_eq!(kind_of(&address.to_uppercase()), Err(Flaw::Stake), "{address}");
        }
        // CIP-19's keys are no addresses at all.
        let key = "addr_vk1w0l2sr2zgfm26ztc6nl9xy8ghsk5sh6ldwemlpmp9xylzy4dtf7st80zhd";
        assert!(matches!(kind_of(key), Err(Flaw::Character)), "{:?}", kind_of(key));
    }

    #[test]
    fn header_prefix_and_length_agree() {
        for header in 0..=u8::MAX {
            for length in [0, 27, 28, 29, 30, 31, 55, 56, 57] {
                for (prefix, network) in [("addr", 1), (TESTNET, 0)] {
                    let expected = match (header >> 4, length) {
                        _ if header & 15 != network => Err(Flaw::Form),
                        (_, 0 | 27) => Err(Flaw::Length),
                        (0..=3, 56) => Ok(Kind::Base),
                        (4 | 5, 31) => Ok(Kind::Pointer),
                        (6 | 7, 28) => Ok(Kind::Enterprise),
                        (0..=7, _) => Err(Flaw::Length),
                        _ => Err(Flaw::Form),
                    };
                    assert_eq!(kind_of(&encode(prefix, header, &vec![1; length])), expected, "{header:x} {length}");
                }
            }
        }
    }

    #[test]
    fn pointers_are_three_numbers_in_their_shortest_form() {
        for (pointer, expected) in [
            (&[0, 0, 0][..], true),
            (&[0x7f, 0x7f, 0x7f], true),
            (&[0x81, 0, 1, 2], true),
            (&[0x8f, 0xff, 0xff, 0xff, 0x7f, 0, 0], true),
            (&[0x90, 0x80, 0x80, 0x80, 0, 0, 0], false),
            (&[0x81, 0x80, 0x80, 0x80, 0x80, 0, 0, 0], false),
            (&[0x80, 1, 0, 0], false),
            (&[0, 0], false),
            (&[0, 0, 0, 0], false),
            (&[0, 0, 0x81], false),
            (&[], false),
        ] {
            assert_eq!(is_pointer(pointer), expected, "{pointer:?}");
        }
    }

    fn byron_of(payload: &[u8], crc: u32) -> Result<Sort, Flaw> {
        let mut cbor = Vec::from([0x82, 0xd8, 24]);
        push_bytes(&mut cbor, payload);
        push_head(&mut cbor, UNSIGNED, crc as usize);
        byron(&cbor)
    }

    #[test]
    fn byron_addresses_come_back() {
        for (way, network, chain) in [
            (None, None, Chain::Main),
            (Some(&[0x58, 3, 1, 2, 3][..]), None, Chain::Main),
            (Some(&[7; 30]), None, Chain::Main),
            (None, Some(1), Chain::Test),
            (None, Some(23), Chain::Test),
            (None, Some(24), Chain::Test),
            (None, Some(0xffff), Chain::Test),
            (Some(&[7; 30]), Some(1_097_911_063), Chain::Test),
        ] {
            let address = encode_byron(&[9; HASH_LENGTH], way, network);
            assert_eq!(recognise(address.as_bytes()), Ok((Kind::Byron, chain)), "{address}");
        }
    }

    #[test]
    fn byron_is_read_in_its_shortest_form_alone() {
        let root = [&[0x83, 0x58, 28], &[9; HASH_LENGTH][..]].concat();
        let main = Ok((Kind::Byron, Chain::Main));
        let test = Ok((Kind::Byron, Chain::Test));
        for (tail, expected) in [
            (&[0xa0, 0][..], main),
            (&[0xa0, 2], main),
            (&[0xa1, 1, 0x41, 7, 0], main),
            (&[0xa1, 2, 0x41, 7, 0], test),
            (&[0xa1, 2, 0x42, 0x18, 24, 0], test),
            (&[0xa1, 2, 0x43, 0x19, 1, 0, 0], test),
            (&[0xa1, 2, 0x45, 0x1a, 0, 1, 0, 0, 0], test),
            (&[0xa2, 1, 0x41, 7, 2, 0x41, 7, 0], test),
            // Another type, none, or something behind it.
            (&[0xa0, 1], Err(Flaw::Form)),
            (&[0xa0, 3], Err(Flaw::Form)),
            (&[0xa0], Err(Flaw::Form)),
            (&[0xa0, 0, 0], Err(Flaw::Form)),
            // Fewer or more entries than there are; out of order; twice; of another key; of another type.
            (&[0xa1, 0], Err(Flaw::Form)),
            (&[0xa0, 1, 0x41, 7, 0], Err(Flaw::Form)),
            (&[0xa2, 2, 0x41, 7, 1, 0x41, 7, 0], Err(Flaw::Form)),
            (&[0xa2, 1, 0x41, 7, 1, 0x41, 7, 0], Err(Flaw::Form)),
            (&[0xa1, 0, 0x41, 7, 0], Err(Flaw::Form)),
            (&[0xa3, 1, 0x41, 7, 2, 0x41, 7, 0], Err(Flaw::Form)),
            (&[0xa1, 1, 7, 0], Err(Flaw::Form)),
            (&[0xbf, 0xff, 0], Err(Flaw::Form)),
            (&[0xb8, 0, 0], Err(Flaw::Form)),
            // A longer form than is needed, of a length and of a number; a network that is no number.
            (&[0xa1, 1, 0x58, 1, 7, 0], Err(Flaw::Form)),
            (&[0xa1, 2, 0x42, 0x18, 7, 0], Err(Flaw::Form)),
            (&[0xa1, 2, 0x43, 0x19, 0, 255, 0], Err(Flaw::Form)),
            (&[0xa1, 2, 0x45, 0x1a, 0, 0, 255, 255, 0], Err(Flaw::Form)),
            (&[0xa1, 2, 0x40, 0], Err(Flaw::Form)),
            (&[0xa1, 2, 0x42, 7, 7, 0], Err(Flaw::Form)),
            (&[0xa1, 2, 0x41, 0x41, 0], Err(Flaw::Form)),
            (&[0xa1, 2, 0x57, 0], Err(Flaw::Form)),
        ] {
            let payload = [&root, tail].concat();
            assert_eq!(byron_of(&payload, crc_32(&payload)), expected, "{tail:x?}");
            let claimed = crc_32(&payload) ^ 1;
            assert_eq!(byron_of(&payload, claimed), expected.and(Err(Flaw::Checksum)), "{tail:x?}");
        }
        for root in [&[0x83, 0x58, 27][..], &[0x82, 0x58, 28], &[0x9f, 0x58, 28], &[0x83, 0x59, 0, 28]] {
            let payload = [root, &[9; HASH_LENGTH], &[0xa0, 0]].concat();
            assert_eq!(byron_of(&payload, crc_32(&payload)), Err(Flaw::Form), "{root:x?}");
        }
    }

    #[test]
    fn small_checksums_are_short() {
        for (cbor, expected) in [
            (&[23][..], Some(23)),
            (&[0x18, 24], Some(24)),
            (&[0x18, 23], None),
            (&[0x19, 1, 0], Some(256)),
            (&[0x19, 0, 255], None),
            (&[0x1a, 0, 1, 0, 0], Some(65_536)),
            (&[0x1a, 0, 0, 255, 255], None),
            (&[0x1b, 0, 0, 0, 0, 0, 1, 0, 0], None),
            (&[0x1a, 0, 1, 0], None),
            (&[0x17, 0], None),
            (&[0x20], None),
            (&[], None),
        ] {
            assert_eq!(number(cbor), expected, "{cbor:x?}");
        }
    }

    #[test]
    fn the_check_value_of_crc_32() {
        // The catalogue of parametrised CRC algorithms, CRC-32/ISO-HDLC.
        assert_eq!(crc_32(b"123456789"), 0xcbf4_3926);
    }
}
