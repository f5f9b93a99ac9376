//! XRP Ledger: base58check in the ledger's own alphabet, without a tag (classic) or with room for one (X-address).
//!
//! Source: the ledger's documentation, "base58 Encodings" and "Addresses"; XLS-5 for X-addresses. Test networks
//! write classic addresses like the main one. The tag of a classic address stands beside it.

use alloc::string::String;

use super::base58::{MAX_CHARACTERS, RIPPLE, decode_check, encode_check_in};
use super::{Chain, Flaw, HASH_LENGTH, Kind};

/// The version byte of an account's classic address.
const ACCOUNT: u8 = 0;

/// How an X-address begins on the main network: its text with `X`.
const MAIN: [u8; 2] = [0x05, 0x44];

/// How an X-address begins on a test network: its text with `T`.
const TEST: [u8; 2] = [0x04, 0x93];

/// Writes the classic address of an account.
///
/// ```
/// use alphapo_wasm::address::xrp_ledger::encode;
///
/// // The ledger's ACCOUNT_ZERO.
/// assert_eq!(encode(&[0; 20]), "rrrrrrrrrrrrrrrrrrrrrhoLvTp");
/// ```
#[must_use]
pub fn encode(account: &[u8; HASH_LENGTH]) -> String {
    encode_check_in(RIPPLE, &[ACCOUNT], account)
}

/// Writes the X-address of an account and a tag.
#[must_use]
pub fn encode_x(chain: Chain, account: &[u8; HASH_LENGTH], tag: Option<u32>) -> String {
    let version = if chain == Chain::Main { MAIN } else { TEST };
    let number = u64::from(tag.unwrap_or_default()).to_le_bytes();
    encode_check_in(RIPPLE, &version, &[&account[..], &[tag.is_some().into()], &number].concat())
}

/// The kind, the chain, and the tag inside.
pub(super) fn recognise(text: &str) -> Result<(Kind, Chain, Option<u32>), Flaw> {
    let mut room = [0; MAX_CHARACTERS];
    let bytes = decode_check(RIPPLE, "rXT", text, &mut room)?;
    // An X-address has a flag after its account, the tag from its least byte on, and four bytes that wait for tags
    // of 64 bits.
    let (version, account, flag, tag) = match bytes {
        [ACCOUNT, account @ ..] if account.len() == HASH_LENGTH => return Ok((Kind::Classic, Chain::Either, None)),
        [first, second, account @ .., flag, a, b, c, d, 0, 0, 0, 0] => {
            ([*first, *second], account, *flag, u32::from_le_bytes([*a, *b, *c, *d]))
        }
        _ => return Err(Flaw::Form),
    };
    let chain = match version {
        MAIN => Chain::Main,
        TEST => Chain::Test,
        _ => return Err(Flaw::Form),
    };
    match (flag, tag) {
        _ if account.len() != HASH_LENGTH => Err(Flaw::Length),
        (0, 0) => Ok((Kind::XAddress, chain, None)),
        (1, tag) => Ok((Kind::XAddress, chain, Some(tag))),
        _ => Err(Flaw::Form),
    }
}
