//! Dogecoin: base58check.
//!
//! Source: Dogecoin Core, src/chainparams.cpp.

use super::{Chain, Flaw, Kind, Sort, Versions, base58};

/// The version byte of a key's address on the test network.
pub const TESTNET: u8 = 0x71;

const INITIALS: &[u8] = b"D9An2";

const VERSIONS: &Versions = &[
    (0x1e, Kind::P2pkh, Chain::Main),
    (0x16, Kind::P2sh, Chain::Main),
    (TESTNET, Kind::P2pkh, Chain::Test),
    (0xc4, Kind::P2sh, Chain::Test),
];

pub(super) fn recognise(text: &[u8]) -> Result<Sort, Flaw> {
    base58::recognise(INITIALS, VERSIONS, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hash_begins_as_is_said() {
        for byte in 0..=u8::MAX {
            for (version, kind, chain) in VERSIONS {
                let address = base58::encode_check(*version, &[byte; 20]);
                assert_eq!(recognise(address.as_bytes()), Ok((*kind, *chain)), "{address}");
            }
        }
    }
}
