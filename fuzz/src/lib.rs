//! What the fuzz targets hold the crate against: the same formats read a second time, plainly and without its code.
//!
//! Nothing here may call what it judges; only the crate's words for what an address is are its own.

pub mod base58;
pub mod bech32;
pub mod cardano;
pub mod cash_addr;
pub mod coins;
pub mod decimal;
pub mod json;

use alphapo_wasm::address::{Chain, Kind};

/// What most families tell of an address.
pub type Sort = (Kind, Chain);

/// Text where the bytes are UTF-8: what is no text never reaches the functions that take one.
#[must_use]
pub fn text(data: &[u8]) -> Option<&str> {
    core::str::from_utf8(data).ok()
}

/// The bytes before the first line break and those after it; without one all is before.
#[must_use]
pub fn lines(data: &[u8]) -> (&[u8], Option<&[u8]>) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], Some(&data[at + 1..])),
        None => (data, None),
    }
}
