//! XRP Ledger: base58check in the ledger's own alphabet, without a tag (classic) or with room for one (X-address).
//!
//! Source: the ledger's documentation, "base58 Encodings" and "Addresses"; XLS-5 for X-addresses. Test networks
//! write classic addresses like the main one. The tag of a classic address stands beside it.

use alloc::string::String;

use super::base58::{RIPPLE, decode_check, encode_check_in};
use super::{Chain, Flaw, HASH_LENGTH, Kind, Recognised};

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

pub(super) fn recognise(text: &str) -> Result<Recognised, Flaw> {
    let bytes = decode_check(RIPPLE, "rXT", text)?;
    let Some((version, rest)) = bytes.split_first_chunk::<2>().filter(|(version, _)| [MAIN, TEST].contains(version))
    else {
        return match bytes.split_first() {
            Some((&ACCOUNT, account)) if account.len() == HASH_LENGTH => {
                Ok(Recognised::checked(Kind::Classic, Chain::Either))
            }
            Some((&ACCOUNT, _)) => Err(Flaw::Length),
            _ => Err(Flaw::Form),
        };
    };
    let chain = if *version == MAIN { Chain::Main } else { Chain::Test };
    let (_, rest) = rest.split_first_chunk::<HASH_LENGTH>().ok_or(Flaw::Length)?;
    // A flag, the tag from its least byte on, and four bytes that wait for tags of 64 bits.
    let [flag, first, second, third, fourth, 0, 0, 0, 0] = *rest else {
        return Err(Flaw::Form);
    };
    let tag = match (flag, u32::from_le_bytes([first, second, third, fourth])) {
        (0, 0) => None,
        (1, tag) => Some(tag),
        _ => return Err(Flaw::Form),
    };
    Ok(Recognised { tag, ..Recognised::checked(Kind::XAddress, chain) })
}
