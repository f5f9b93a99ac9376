//! BNB Beacon Chain (BEP-2): 20 bytes in bech32.
//!
//! Source: the chain's documentation, "Accounts": the prefix is `bnb`, on the test network `tbnb`.

use alloc::string::String;

use super::bech32::{Checksum, MAX_CHARACTERS, bytes, decode_of, encode as encode_bech32, groups_of_bytes};
use super::{Chain, Flaw, HASH_LENGTH, Kind, Sort, base58};

/// The prefix on the test network.
pub const TESTNET: &str = "tbnb";

const NETWORKS: &[(&str, Chain)] = &[("bnb", Chain::Main), (TESTNET, Chain::Test)];

/// Writes an address.
///
/// ```
/// use alphapo_wasm::address::beacon::encode;
///
/// assert!(encode("tbnb", &[0; 20]).starts_with("tbnb1qqqqqqqq"));
/// ```
#[must_use]
pub fn encode(prefix: &str, account: &[u8; HASH_LENGTH]) -> String {
    encode_bech32(Checksum::Bech32, prefix, &groups_of_bytes(account))
}

pub(super) fn recognise(text: &[u8]) -> Result<Sort, Flaw> {
    let (chain, account) = decode_of(NETWORKS, text, MAX_CHARACTERS)?;
    if bytes(account, &mut [0; base58::MAX_CHARACTERS])?.len() != HASH_LENGTH {
        return Err(Flaw::Length);
    }
    Ok((Kind::Account, chain))
}
