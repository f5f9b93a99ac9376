//! Segwit addresses: a witness version and program in bech32.
//!
//! Source: BIP-173 for version 0, BIP-350 for the checksum of later versions, BIP-341 for version 1.

use alloc::string::String;
use alloc::vec;

use super::base58::MAX_CHARACTERS as ROOM;
use super::bech32::{
    Checksum, MAX_CHARACTERS, bytes, decode, encode as encode_bech32, group, groups_of_bytes, network,
};
use super::{Chain, Flaw, HASH_LENGTH, Kind, Sort};

/// The longest witness program, in bytes (BIP-141).
const MAX_PROGRAM: usize = 40;

/// Writes the address of a version, 0 to 16, and a program.
///
/// ```
/// use alphapo_wasm::address::segwit::encode;
///
/// assert_eq!(encode("tb", 0, &[0; 20]), "tb1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq0l98cr");
/// ```
#[must_use]
pub fn encode(prefix: &str, version: u8, program: &[u8]) -> String {
    let mut groups = vec![version];
    groups.extend(groups_of_bytes(program));
    encode_bech32(checksum_of(version), prefix, &groups)
}

/// What an address is whose prefix is one of these networks'; none when it is no other's concern.
pub(super) fn recognise(networks: &[(&str, Chain)], text: &str) -> Option<Result<Sort, Flaw>> {
    let chain = network(text, networks)?;
    Some(kind(text).map(|kind| (kind, chain)))
}

fn kind(text: &str) -> Result<Kind, Flaw> {
    let decoded = decode(text, MAX_CHARACTERS)?;
    let (version, program) = decoded.data.split_first().ok_or(Flaw::Length)?;
    let version = group(*version)?;
    if version > 16 {
        return Err(Flaw::Form);
    }
    if decoded.checksum != checksum_of(version) {
        return Err(Flaw::Checksum);
    }
    match (version, bytes(program, &mut [0; ROOM])?.len()) {
        (0, HASH_LENGTH) => Ok(Kind::P2wpkh),
        (0, 32) => Ok(Kind::P2wsh),
        (1, 32) => Ok(Kind::P2tr),
        (1.., 2..=MAX_PROGRAM) => Ok(Kind::Witness),
        _ => Err(Flaw::Length),
    }
}

fn checksum_of(version: u8) -> Checksum {
    if version == 0 { Checksum::Bech32 } else { Checksum::Bech32m }
}
