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
