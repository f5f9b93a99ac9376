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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_prefix_length_or_checksum_is_refused() {
        let address = encode("bnb", &[9; HASH_LENGTH]);
        assert_eq!(recognise(address.as_bytes()), Ok((Kind::Account, Chain::Main)));
        for (text, flaw) in [
            (encode("bnbp", &[9; HASH_LENGTH]), Flaw::Form),
            (encode("cosmos", &[9; HASH_LENGTH]), Flaw::Form),
            (encode_bech32(Checksum::Bech32m, "bnb", &groups_of_bytes(&[9; HASH_LENGTH])), Flaw::Checksum),
            (encode_bech32(Checksum::Bech32, "bnb", &groups_of_bytes(&[9; 19])), Flaw::Length),
            (encode_bech32(Checksum::Bech32, "bnb", &groups_of_bytes(&[9; 21])), Flaw::Length),
            (encode_bech32(Checksum::Bech32, "bnb", &[]), Flaw::Length),
        ] {
            assert_eq!(recognise(text.as_bytes()), Err(flaw), "{text}");
        }
    }
}
