//! Bitcoin Cash: CashAddr, with its prefix or without, and the old addresses, which are Bitcoin's.
//!
//! Source: the CashAddr specification (spec/cashaddr.md of the Bitcoin Cash specifications), and CHIP-2022-02
//! CashTokens for the types 2 and 3, which say that the wallet knows tokens. Sizes are those that nodes pay to
//! (Bitcoin Cash Node, src/cashaddrenc.cpp): 20 bytes, and 32 for scripts.

use alloc::string::String;
use alloc::vec;

use super::bech32::{Code, bytes, groups_of_bytes, one_case, push_groups};
use super::bitcoin::{INITIALS, VERSIONS};
use super::{Chain, Flaw, Kind, Sort, base58};
use crate::text::is_among;

/// The prefix on the test network.
pub const TESTNET: &str = "bchtest";

const NETWORKS: &[(&str, Chain)] = &[("bitcoincash", Chain::Main), (TESTNET, Chain::Test), ("bchreg", Chain::Test)];

/// The checksum of CashAddr.
const CASH: Code =
    Code { generators: [0x98_f2bc_8e61, 0x79_b76d_99e2, 0xf3_3e5f_b3c4, 0xae_2eab_e2a8, 0x1e_4f43_e470], length: 8 };

/// The longest text that is read: the longest payload has 65 bytes, which are 104 groups, and 8 more of checksum.
const MAX_CHARACTERS: usize = 128;

/// How many bytes a hash has, by the low three bits of the version in front of it.
const SIZES: [u8; 8] = [20, 24, 28, 32, 40, 48, 56, 64];

/// Writes a payload of a type, 0 to 15; none when it has no length of the specification's.
///
/// ```
/// use alphapo_wasm::address::bitcoin_cash::encode;
///
/// let address = encode("bitcoincash", 0, &[0; 20]);
/// assert!(address.is_some_and(|address| address.starts_with("bitcoincash:qqqqqqqqq")));
/// ```
#[must_use]
pub fn encode(prefix: &str, kind: u8, hash: &[u8]) -> Option<String> {
    let size = (0_u8..).zip(SIZES).find(|(_, bytes)| usize::from(*bytes) == hash.len())?.0;
    let mut payload = vec![kind.checked_mul(8)? | size];
    payload.extend_from_slice(hash);
    let mut groups = groups_of_bytes(&payload);
    CASH.append(expand(prefix), &mut groups, 1);
    let mut text = String::from(prefix);
    text.push(':');
    push_groups(&mut text, &groups);
    Some(text)
}

pub(super) fn recognise(text: &[u8]) -> Result<Sort, Flaw> {
    // Old addresses begin with digits of base 58, with which no CashAddr of a version in use begins.
    if text.first().is_some_and(|initial| is_among(*initial, INITIALS)) {
        return base58::recognise(INITIALS, VERSIONS, text);
    }
    if text.len() > MAX_CHARACTERS {
        return Err(Flaw::Length);
    }
    let colon = text.iter().position(|character| *character == b':');
    let (prefix, data) = text.split_at_checked(colon.map_or(0, |at| at.saturating_add(1))).ok_or(Flaw::Form)?;
    let prefix = prefix.strip_suffix(b":").unwrap_or_default();
    let mut flaw = Flaw::Form;
    for (network, chain) in NETWORKS {
        if colon.is_none() || network.as_bytes().eq_ignore_ascii_case(prefix) {
            one_case(text)?;
            if CASH.remainder(expand(network), data)? == 1 {
                return Ok((kind(data)?, *chain));
            }
            flaw = Flaw::Checksum;
        }
    }
    Err(flaw)
}

/// What a payload with a right checksum is. Its first byte has the type and the size of the rest.
fn kind(data: &[u8]) -> Result<Kind, Flaw> {
    let mut room = [0; base58::MAX_CHARACTERS];
    let payload = bytes(CASH.before_checksum(data).ok_or(Flaw::Length)?, &mut room)?;
    let (version, hash) = payload.split_first().ok_or(Flaw::Length)?;
    match (*version, hash.len()) {
        (0x00 | 0x10, 20) => Ok(Kind::P2pkh),
        (0x08 | 0x18, 20) | (0x0b | 0x1b, 32) => Ok(Kind::P2sh),
        _ => Err(Flaw::Form),
    }
}

/// The remainder after the prefix: the low five bits of each character, and a zero.
fn expand(prefix: &str) -> u64 {
    let remainder = prefix.bytes().fold(1, |remainder, character| CASH.step(remainder, character & 31));
    CASH.step(remainder, 0)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::address::Family;

    #[test]
    fn the_addresses_of_the_specification() {
        let lines = include_str!("cashaddr.tsv").lines();
        assert_eq!(lines.clone().count(), 32);
        for line in lines {
            let [kind, address, hash] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
            let (kind, hash) = (kind.parse().unwrap(), hex::decode(hash).unwrap());
            let (prefix, data) = address.split_once(':').unwrap();
            assert_eq!(encode(prefix, kind, &hash).as_deref(), Some(address));
            assert_eq!(CASH.remainder(expand(prefix), data.as_bytes()), Ok(1));
            let mut room = [0; base58::MAX_CHARACTERS];
            let payload = bytes(CASH.before_checksum(data.as_bytes()).unwrap(), &mut room).unwrap();
            assert_eq!((payload[0] >> 3, &payload[1..]), (kind, &hash[..]));

            let known = ["bitcoincash", "bchtest", "bchreg"].contains(&prefix);
            let expected = match (known, kind, hash.len()) {
                (true, 0, 20) => Ok(Kind::P2pkh),
                (true, 1, 20 | 32) => Ok(Kind::P2sh),
                _ => Err(Flaw::Form),
            };
            assert_eq!(Family::BitcoinCash.recognise(address).map(|recognised| recognised.kind), expected, "{address}");
        }
    }

    #[test]
    fn every_type_and_size() {
        for (kind, length) in (0..16).flat_map(|kind| SIZES.map(|length| (kind, usize::from(length)))) {
            let address = encode("bchreg", kind, &vec![0xa5; length]).unwrap();
            let expected = match (kind, length) {
                (0 | 2, 20) => Ok((Kind::P2pkh, Chain::Test)),
                (1 | 3, 20 | 32) => Ok((Kind::P2sh, Chain::Test)),
                _ => Err(Flaw::Form),
            };
            let (_, data) = address.split_once(':').unwrap();
            for text in [&address, &address.to_uppercase()] {
                assert_eq!(recognise(text.as_bytes()), expected, "{text}");
            }
            for text in [data, &data.to_uppercase()] {
                assert_eq!(recognise(text.as_bytes()).ok(), expected.ok(), "{text}");
            }
        }
        assert_eq!(encode("bchreg", 0, &[0; 21]), None);
        assert_eq!(encode("bchreg", 32, &[0; 20]), None);
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let (prefix, data) = ("bitcoincash", "qr6m7j9njldwwzlg9v7v53unlr4jkmx6eylep8ekg2");
        for (text, flaw) in [
            (format!(":{data}"), Flaw::Form),
            (format!("{prefix}::{data}"), Flaw::Character),
            (format!("{prefix}:"), Flaw::Checksum),
            (format!("{prefix}:{prefix}:{data}"), Flaw::Character),
            (format!("bchtest:{data}"), Flaw::Checksum),
            (format!("ecash:{data}"), Flaw::Form),
            (format!("Bitcoincash:{data}"), Flaw::Case),
            (format!("{}:{data}", prefix.to_uppercase()), Flaw::Case),
            (format!(" {data}"), Flaw::Character),
            (format!("{data} "), Flaw::Character),
            ("q".repeat(100_000), Flaw::Length),
            (String::new(), Flaw::Checksum),
            ("simpleledger:qr6m7j9njldwwzlg9v7v53unlr4jkmx6eylep8ekg2".into(), Flaw::Form),
        ] {
            assert_eq!(Family::BitcoinCash.recognise(&text), Err(flaw), "{text}");
        }
        // A version whose sizes do not match what follows.
        let mut groups = groups_of_bytes(&[&[0x01], &[0; 20][..]].concat());
        CASH.append(expand(prefix), &mut groups, 1);
        let mut text = String::from("bitcoincash:");
        push_groups(&mut text, &groups);
        assert_eq!(Family::BitcoinCash.recognise(&text), Err(Flaw::Form));
    }
}
