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
pub(super) fn recognise(text: &[u8]) -> Result<(Kind, Chain, Option<u32>), Flaw> {
    let mut room = [0; MAX_CHARACTERS];
    let bytes = decode_check(RIPPLE, b"rXT", text, &mut room)?;
    if let [ACCOUNT, account @ ..] = bytes {
        return if account.len() == HASH_LENGTH { Ok((Kind::Classic, Chain::Either, None)) } else { Err(Flaw::Length) };
    }
    // After the account a flag, and the tag from its least byte on, in twice the room that tags have today.
    let (rest, tag) = bytes.split_last_chunk().ok_or(Flaw::Length)?;
    let (version, rest) = rest.split_first_chunk().ok_or(Flaw::Length)?;
    let chain = match *version {
        MAIN => Chain::Main,
        TEST => Chain::Test,
        _ => return Err(Flaw::Form),
    };
    let (flag, account) = rest.split_last().ok_or(Flaw::Length)?;
    if account.len() != HASH_LENGTH {
        return Err(Flaw::Length);
    }
    let tag = match (*flag, u64::from_le_bytes(*tag)) {
        (0, 0) => None,
        (1, tag) => Some(u32::try_from(tag).map_err(|_| Flaw::Form)?),
        _ => return Err(Flaw::Form),
    };
    Ok((Kind::XAddress, chain, tag))
}
