//! Addresses as text: one file per family, each decoding, encoding and checking its own form.
//!
//! | module | form | who uses it |
//! |---|---|---|
//! | [`base58check`] | base58 with a version byte and a checksum | Tron |
//! | [`bolt11`] | a Lightning invoice | BTCLN |
//! | [`evm`] | hex with the EIP-55 checksum | ETH, USDTE |
//! | [`segwit`] | bech32 with a witness version | BTC, LTC |
//! | [`xrpl`] | base58 in the XRP Ledger's alphabet | XRP |
//!
//! Nothing here knows a currency code, the gateway or a key: it is text to bytes and back. What is malformed is
//! `None`; whoever asks knows what to say about it.

pub mod base58check;
pub mod bolt11;
pub mod evm;
pub mod segwit;
pub mod xrpl;

/// Length of the hash that an account's address carries, in bytes: Bitcoin's HASH160 as well as the last 20 bytes
/// of Keccak-256.
pub const HASH_LENGTH: usize = 20;
