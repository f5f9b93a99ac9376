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

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;
    use crate::address::{Family, Kind};

    #[test]
    fn the_invalid_addresses_of_bip_173() {
        for (address, flaw) in [
            ("tc1qw508d6qejxtdg4y5r3zarvary0c5xw7kg3g4ty", Flaw::Form),
            ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", Flaw::Checksum),
            ("BC13W508D6QEJXTDG4Y5R3ZARVARY0C5XW7KN40WF2", Flaw::Checksum),
            ("bc1rw5uspcuh", Flaw::Checksum),
            ("bc10w508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kw5rljs90", Flaw::Checksum),
            ("BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", Flaw::Length),
            ("tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sL5k7", Flaw::Case),
            ("bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du", Flaw::Checksum),
            ("tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3pjxtptv", Flaw::Form),
            ("bc1gmk9yu", Flaw::Length),
            // BIP-173 wrote later versions with a checksum that BIP-350 withdraws.
            ("bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7k7grplx", Flaw::Checksum),
            ("BC1SW50QA3JX3S", Flaw::Checksum),
            ("bc1zw508d6qejxtdg4y5r3zarvaryvg6kdaj", Flaw::Checksum),
        ] {
            assert_eq!(Family::Bitcoin.recognise(address), Err(flaw), "{address}");
        }
    }

    #[test]
    fn the_invalid_addresses_of_bip_350() {
        for (address, flaw) in [
            ("tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut", Flaw::Form),
            ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", Flaw::Checksum),
            ("tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf", Flaw::Checksum),
            ("BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL", Flaw::Checksum),
            ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", Flaw::Checksum),
            ("tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47", Flaw::Checksum),
            ("bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", Flaw::Character),
            ("BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R", Flaw::Form),
            ("bc1pw5dgrnzv", Flaw::Length),
            ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav", Flaw::Length),
            ("BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", Flaw::Length),
            ("tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq", Flaw::Case),
            ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf", Flaw::Length),
            ("tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j", Flaw::Form),
            ("bc1gmk9yu", Flaw::Length),
        ] {
            assert_eq!(Family::Bitcoin.recognise(address), Err(flaw), "{address}");
        }
    }

    #[test]
    fn every_version_and_length() {
        for version in 0..32 {
            for length in 0..=45 {
                let address = encode("bcrt", version, &vec![0x5a; length]);
                let expected = match (version, length) {
                    (0, 20) => Ok(Kind::P2wpkh),
                    (0, 32) => Ok(Kind::P2wsh),
                    (1, 32) => Ok(Kind::P2tr),
                    (1..=16, 2..=40) => Ok(Kind::Witness),
                    (0..=16, _) => Err(Flaw::Length),
                    _ => Err(Flaw::Form),
                };
                let recognised = Family::Bitcoin.recognise(&address).map(|recognised| recognised.kind);
                assert_eq!(recognised, expected, "{address}");
            }
        }
    }
}
