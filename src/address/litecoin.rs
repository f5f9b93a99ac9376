//! Litecoin: base58check for keys and scripts, bech32 for witness programs.
//!
//! Source: Litecoin Core, src/chainparams.cpp. Its old script addresses on the main network, `3…`, are refused: the
//! gateway does not document them, and the same text is an address of Bitcoin, where a payment would be lost.

use super::{Chain, Flaw, Kind, Sort, Versions, base58, segwit};

/// The prefix of segwit addresses on the test network.
pub const TESTNET: &str = "tltc";

const NETWORKS: &[(&str, Chain)] = &[("ltc", Chain::Main), (TESTNET, Chain::Test), ("rltc", Chain::Test)];

const INITIALS: &[u8] = b"LMmn2Q";

const VERSIONS: &Versions = &[
    (0x30, Kind::P2pkh, Chain::Main),
    (0x32, Kind::P2sh, Chain::Main),
    (0x6f, Kind::P2pkh, Chain::Test),
    (0x3a, Kind::P2sh, Chain::Test),
    (0xc4, Kind::P2sh, Chain::Test),
];

pub(super) fn recognise(text: &[u8]) -> Result<Sort, Flaw> {
    match segwit::recognise(NETWORKS, text) {
        Err(Flaw::Form) => base58::recognise(INITIALS, VERSIONS, text),
        other => other,
    }
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

    #[test]
    fn what_bitcoin_shares_is_its_own_alone() {
        // A script's address on the main network, in the old way and in the new.
        assert_eq!(recognise(base58::encode_check(0x05, &[9; 20]).as_bytes()), Err(Flaw::Form));
        assert_eq!(recognise(base58::encode_check(0x32, &[9; 20]).as_bytes()), Ok((Kind::P2sh, Chain::Main)));
        // A key's address of Bitcoin, and an address of Litecoin's extension blocks.
        assert_eq!(recognise(base58::encode_check(0x00, &[9; 20]).as_bytes()), Err(Flaw::Form));
        assert_eq!(recognise(segwit::encode("ltcmweb", 0, &[9; 32]).as_bytes()), Err(Flaw::Form));
    }
}
