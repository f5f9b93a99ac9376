//! Bitcoin Cash: CashAddr, with its prefix or without, and the old addresses, which are Bitcoin's.
//!
//! Source: the CashAddr specification (spec/cashaddr.md of the Bitcoin Cash specifications), and CHIP-2022-02
//! CashTokens for the types 2 and 3, which say that the wallet knows tokens. Sizes are those that nodes pay to
//! (Bitcoin Cash Node, src/cashaddrenc.cpp): 20 bytes, and 32 for scripts.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::bech32::{Code, bytes_of_groups, groups_of_bytes, one_case, push_groups, read_groups};
use super::bitcoin::{INITIALS, VERSIONS};
use super::{Chain, Flaw, Kind, Recognised, base58};

/// The prefix on the test network.
pub const TESTNET: &str = "bchtest";

const NETWORKS: &[(&str, Chain)] = &[("bitcoincash", Chain::Main), (TESTNET, Chain::Test), ("bchreg", Chain::Test)];

/// The checksum of CashAddr.
const CASH: Code =
    Code { generators: [0x98_f2bc_8e61, 0x79_b76d_99e2, 0xf3_3e5f_b3c4, 0xae_2eab_e2a8, 0x1e_4f43_e470], length: 8 };

/// The longest text that is read: the longest payload has 65 bytes, which are 104 groups, and 8 more of checksum.
const MAX_CHARACTERS: usize = 128;

/// How many bytes a payload has, by the low three bits of its version.
const SIZES: [u8; 8] = [20, 24, 28, 32, 40, 48, 56, 64];

/// Writes a payload of a type, 0 to 15; none when it has no length of the specification's.
///
/// ```
/// use alphapo_wasm::address::bitcoin_cash::encode;
///
/// let address = encode("bitcoincash", 0, &[0; 20]);
/// assert!(address.is_some_and(|address| address.starts_with("bitcoincash:qqqqqqqqq")));
/// ```
#[must_use]
pub fn encode(prefix: &str, kind: u8, hash: &[u8]) -> Option<String> {
    let size = (0_u8..).zip(SIZES).find(|(_, bytes)| usize::from(*bytes) == hash.len())?.0;
    let mut payload = vec![kind.checked_mul(8)? | size];
    payload.extend_from_slice(hash);
    let mut groups = groups_of_bytes(&payload);
    CASH.append(expand(prefix), &mut groups, 1);
    let mut text = String::from(prefix);
    text.push(':');
    push_groups(&mut text, &groups);
    Some(text)
}

pub(super) fn recognise(text: &str) -> Result<Recognised, Flaw> {
    // Legacy addresses have digits of base58 in front, which the first group of CashAddr cannot be.
    if text.bytes().next().is_some_and(|first| INITIALS.bytes().any(|initial| initial == first)) {
        return base58::recognise(INITIALS, VERSIONS, text);
    }
    if text.len() > MAX_CHARACTERS {
        return Err(Flaw::Length);
    }
    let (prefix, data) = match text.bytes().position(|character| character == b':') {
        Some(at) => (text.get(..at), text.get(at.saturating_add(1)..).unwrap_or_default()),
        None => (None, text),
    };
    let mut flaw = Flaw::Form;
    for (network, chain) in NETWORKS {
        if prefix.is_none_or(|prefix| prefix.eq_ignore_ascii_case(network)) {
            one_case(text)?;
            match decode(network, data) {
                Ok((kind, hash)) => return Ok(Recognised::checked(kind_of(kind, hash.len())?, *chain)),
                Err(error) => flaw = error,
            }
        }
    }
    Err(flaw)
}

/// The type and the bytes of a payload.
fn decode(prefix: &str, data: &str) -> Result<(u8, Vec<u8>), Flaw> {
    let mut groups = read_groups(data)?;
    if groups.iter().fold(expand(prefix), |remainder, group| CASH.step(remainder, *group)) != 1 {
        return Err(Flaw::Checksum);
    }
    let length = groups.len().checked_sub(CASH.length as usize).ok_or(Flaw::Length)?;
    groups.truncate(length);
    let payload = bytes_of_groups(&groups)?;
    let (version, hash) = payload.split_first().ok_or(Flaw::Length)?;
    if SIZES.get(usize::from(version & 7)).is_none_or(|size| usize::from(*size) != hash.len()) {
        return Err(Flaw::Length);
    }
    Ok((version >> 3, hash.to_vec()))
}

fn kind_of(kind: u8, length: usize) -> Result<Kind, Flaw> {
    match (kind, length) {
        (0 | 2, 20) => Ok(Kind::P2pkh),
        (1 | 3, 20 | 32) => Ok(Kind::P2sh),
        (0..=3, _) => Err(Flaw::Length),
        _ => Err(Flaw::Form),
    }
}

/// The remainder after the prefix: the low five bits of each character, and a zero.
fn expand(prefix: &str) -> u64 {
    let remainder = prefix.bytes().fold(1, |remainder, character| CASH.step(remainder, character & 31));
    CASH.step(remainder, 0)
}
