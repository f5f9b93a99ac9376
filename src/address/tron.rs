//! Tron: base58check with one version byte, on the main and on the test networks.
//!
//! Source: Tron's documentation, "Account address format".

use super::{Chain, Flaw, Kind, Sort, base58};

/// The version byte.
pub const VERSION: u8 = 0x41;

pub(super) fn recognise(text: &[u8]) -> Result<Sort, Flaw> {
    base58::recognise(b"T", &[(VERSION, Kind::Account, Chain::Either)], text)
}
