//! Tron: base58check with one version byte, on the main and on the test networks.
//!
//! Source: Tron's documentation, "Account address format".

use super::{Chain, Flaw, Kind, Sort, base58};

/// The version byte.
pub const VERSION: u8 = 0x41;

pub(super) fn recognise(text: &[u8]) -> Result<Sort, Flaw> {
    base58::recognise(b"T", &[(VERSION, Kind::Account, Chain::Either)], text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_addresses() {
        for (address, account) in [
            // The examples of Dune's `from_tron_address` and of the Perl module CryptoTron::AddrTools.
            ("THHRK1bA7YRPZBcLnTP1SZy9ipUpsRwpo6", "503aa4ad108bd3a89ba0310e23b49fb654cd6986"),
            ("TQHgMpVzWkhSsRB4BzZgmV8uW4cFL8eaBr", "9d1015e669c2df831003c5c54ceb48da613d9979"),
        ] {
            assert_eq!(base58::encode_check(VERSION, &hex::decode(account).unwrap()), address);
            assert_eq!(recognise(address.as_bytes()), Ok((Kind::Account, Chain::Either)));
        }
    }
}
