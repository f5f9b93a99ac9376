//! Bech32 by another implementation, and what segwit makes of it.

use alphapo_wasm::address::{Chain, Kind};
use bech32::{FromBase32, ToBase32, Variant, u5};

use crate::Sort;

/// The longest text of BIP-173.
const MAX_CHARACTERS: usize = 90;

/// A human-readable part, groups of 5 bits and whether the checksum is BIP-350's.
#[must_use]
pub fn decode(text: &str) -> Option<(String, Vec<u5>, bool)> {
    let (prefix, groups, variant) = bech32::decode(text).ok()?;
    Some((prefix.to_lowercase(), groups, variant == Variant::Bech32m))
}

/// Whole bytes, filled up with fewer than 5 bits, which are 0.
#[must_use]
pub fn bytes(groups: &[u5]) -> Option<Vec<u8>> {
    Vec::from_base32(groups).ok()
}

/// Writes groups, of which only the low 5 bits count.
#[must_use]
pub fn encode(prefix: &str, groups: &[u8], bech32m: bool) -> String {
    let groups: Vec<u5> = groups.iter().filter_map(|group| u5::try_from_u8(group & 31).ok()).collect();
    let variant = if bech32m { Variant::Bech32m } else { Variant::Bech32 };
    bech32::encode(prefix, groups, variant).expect("a lower-case prefix")
}

#[must_use]
pub fn groups_of(bytes: &[u8]) -> Vec<u8> {
    bytes.to_base32().into_iter().map(u5::to_u8).collect()
}

/// BIP-173, BIP-350 and BIP-341.
#[must_use]
pub fn segwit(text: &str, prefixes: &[(&str, Chain)]) -> Option<Sort> {
    let (prefix, groups, bech32m) = decode(text).filter(|_| text.len() <= MAX_CHARACTERS)?;
    let (_, chain) = prefixes.iter().find(|(known, _)| *known == prefix)?;
    let (version, program) = groups.split_first()?;
    let program = bytes(program)?;
    let kind = match (version.to_u8(), bech32m, program.len()) {
        (0, false, 20) => Kind::P2wpkh,
        (0, false, 32) => Kind::P2wsh,
        (1, true, 32) => Kind::P2tr,
        (1..=16, true, 2..=40) => Kind::Witness,
        _ => return None,
    };
    Some((kind, *chain))
}
