//! The XRP Ledger's classic address: base58check in the ledger's own alphabet, version 0, 20 bytes.
//!
//! Source: the ledger's documentation, "base58 Encodings" and "Addresses". Test networks use the same form. The
//! destination tag stands beside a classic address and is no part of it.

use alloc::string::String;

use bs58::Alphabet;

use super::HASH_LENGTH;
use super::base58check::{decode_in, encode_in};

/// The version byte of an account's address.
const ACCOUNT: u8 = 0;

/// Writes the classic address of an account.
///
/// ```
/// use alphapo_wasm::address::xrpl::{decode, encode};
///
/// // The ledger's ACCOUNT_ZERO.
/// assert_eq!(encode(&[0; 20]), "rrrrrrrrrrrrrrrrrrrrrhoLvTp");
/// assert_eq!(decode("rrrrrrrrrrrrrrrrrrrrrhoLvTp"), Some([0; 20]));
/// ```
#[must_use]
pub fn encode(account: &[u8; HASH_LENGTH]) -> String {
    encode_in(Alphabet::RIPPLE, ACCOUNT, account)
}

/// The account of a classic address; none when a character, the checksum, the version or the length is wrong.
#[must_use]
pub fn decode(text: &str) -> Option<[u8; HASH_LENGTH]> {
    let decoded = decode_in(Alphabet::RIPPLE, text)?;
    (decoded.version == ACCOUNT).then_some(())?;
    decoded.payload.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_addresses() {
        for (address, account) in [
            // xrpl.js, packages/ripple-address-codec, src/xrp-codec.test.ts.
            ("rJrRMgiRgrU6hDF4pgu5DXQdWyPbY35ErN", "ba8e78626ee42c41b46d46c3048df3a1c3c87072"),
            // The ledger's documentation, "Special Addresses": ACCOUNT_ZERO and ACCOUNT_ONE.
            ("rrrrrrrrrrrrrrrrrrrrrhoLvTp", "0000000000000000000000000000000000000000"),
            ("rrrrrrrrrrrrrrrrrrrrBZbvji", "0000000000000000000000000000000000000001"),
        ] {
            let account: [u8; HASH_LENGTH] = hex::decode(account).unwrap().try_into().unwrap();
            assert_eq!(encode(&account), address);
            assert_eq!(decode(address), Some(account));
        }
        // The address of the gateway's own XRP sample.
        let sample = "r3S9W2pYZj7vBueA8scxdJBSEVU2wjMedB";
        assert_eq!(decode(sample).map(|account| encode(&account)).as_deref(), Some(sample));
    }

    #[test]
    fn every_account_comes_back() {
        for byte in 0..=u8::MAX {
            let account = [byte; HASH_LENGTH];
            assert_eq!(decode(&encode(&account)), Some(account));
        }
    }

    #[test]
    fn what_is_no_classic_address_is_refused() {
        for text in [
            "",
            "r",
            // One character changed, one dropped.
            "rJrRMgiRgrU6hDF4pgu5DXQdWyPbY35Erp",
            "rJrRMgiRgrU6hDF4pgu5DXQdWyPbY35Er",
            // A seed (another version), nine bytes of version 0 (another length), an X-address.
            "sn259rEFXrQrWyx3Q7XneWcwV6dfL",
            "rnaC7gW34M77Kneb78s",
            "XVLhHMPHU98es4dbozjVtdWzVrDjtV18pX8yuPT7y4xaEHi",
            // Bitcoin's alphabet.
            "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
