//! Bitcoin: base58check for keys and scripts, bech32 for witness programs.
//!
//! Source: Bitcoin Core, src/kernel/chainparams.cpp. Its test networks share their version bytes; testnet and signet
//! share the prefix `tb`.

use super::{Chain, Flaw, Kind, Sort, Versions, base58, segwit};

/// The prefix of segwit addresses on the test network.
pub const TESTNET: &str = "tb";

const NETWORKS: &[(&str, Chain)] = &[("bc", Chain::Main), (TESTNET, Chain::Test), ("bcrt", Chain::Test)];

/// What begins an address of one of the [`VERSIONS`].
pub(super) const INITIALS: &[u8] = b"13mn2";

pub(super) const VERSIONS: &Versions = &[
    (0x00, Kind::P2pkh, Chain::Main),
    (0x05, Kind::P2sh, Chain::Main),
    (0x6f, Kind::P2pkh, Chain::Test),
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
}
