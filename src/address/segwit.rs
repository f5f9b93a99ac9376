//! Segwit addresses: a witness version and program in bech32.
//!
//! Source: BIP-173 for version 0, BIP-350 for the checksum of later versions, BIP-341 for version 1.

use alloc::string::String;
use alloc::vec;

use super::base58::MAX_CHARACTERS as ROOM;
use super::bech32::{
    Checksum, MAX_CHARACTERS, Networks, bytes, decode, encode as encode_bech32, group, groups_of_bytes, network,
};
use super::{Flaw, HASH_LENGTH, Kind, Sort};

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

/// What an address of one of these networks is.
///
/// # Errors
/// As [`decode`]; [`Flaw::Form`] when it is of none of the networks.
pub(super) fn recognise(networks: &Networks, text: &[u8]) -> Result<Sort, Flaw> {
    let chain = network(text, networks).ok_or(Flaw::Form)?;
    let decoded = decode(text, MAX_CHARACTERS)?;
    let (version, program) = decoded.data.split_first().ok_or(Flaw::Length)?;
    let version = group(*version)?;
    if decoded.checksum != checksum_of(version) {
        return Err(Flaw::Checksum);
    }
    let kind = match (version, bytes(program, &mut [0; ROOM])?.len()) {
        (0, HASH_LENGTH) => Kind::P2wpkh,
        (0, 32) => Kind::P2wsh,
        (1, 32) => Kind::P2tr,
        (1..=16, 2..=MAX_PROGRAM) => Kind::Witness,
        (0..=16, _) => return Err(Flaw::Length),
        _ => return Err(Flaw::Form),
    };
    Ok((kind, chain))
}

fn checksum_of(version: u8) -> Checksum {
    if version == 0 { Checksum::Bech32 } else { Checksum::Bech32m }
}
