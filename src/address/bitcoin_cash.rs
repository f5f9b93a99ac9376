//! Bitcoin Cash: CashAddr, with its prefix or without, and the old addresses, which are Bitcoin's.
//!
//! Source: the CashAddr specification (spec/cashaddr.md of the Bitcoin Cash specifications), and CHIP-2022-02
//! CashTokens for the types 2 and 3, which say that the wallet knows tokens. Sizes are those that nodes pay to
//! (Bitcoin Cash Node, src/cashaddrenc.cpp): 20 bytes, and 32 for scripts.

use alloc::string::String;
use alloc::vec;

use super::bech32::{Code, bytes, groups_of_bytes, one_case, push_groups};
use super::bitcoin::{INITIALS, VERSIONS};
use super::{Chain, Flaw, Kind, Sort, base58};
use crate::text::split_once;

/// The prefix on the test network.
pub const TESTNET: &str = "bchtest";

const NETWORKS: &[(&str, Chain)] = &[("bitcoincash", Chain::Main), (TESTNET, Chain::Test), ("bchreg", Chain::Test)];

/// The checksum of CashAddr.
const CASH: Code =
    Code { generators: [0x98_f2bc_8e61, 0x79_b76d_99e2, 0xf3_3e5f_b3c4, 0xae_2eab_e2a8, 0x1e_4f43_e470], length: 8 };

/// The longest text that is read: the longest payload has 65 bytes, which are 104 groups, and 8 more of checksum.
const MAX_CHARACTERS: usize = 128;

/// How many bytes a hash has, by the low three bits of the version in front of it.
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

pub(super) fn recognise(text: &str) -> Result<Sort, Flaw> {
    // Old addresses begin with digits of base 58, with which no CashAddr of a version in use begins.
    let initial = text.bytes().next().ok_or(Flaw::Form)?;
    if INITIALS.bytes().any(|one| one == initial) {
        return base58::recognise(INITIALS, VERSIONS, text);
    }
    if text.len() > MAX_CHARACTERS {
        return Err(Flaw::Length);
    }
    let (prefix, data) = match split_once(text, b":") {
        Some((prefix, data)) => (Some(prefix), data),
        None => (None, text),
    };
    let named = |network: &str| prefix.is_none_or(|prefix| prefix.eq_ignore_ascii_case(network));
    if !NETWORKS.iter().any(|(network, _)| named(network)) {
        return Err(Flaw::Form);
    }
    one_case(text)?;
    let data = data.as_bytes();
    let mut chain = None;
    for (network, of_network) in NETWORKS {
        if named(network) && CASH.remainder(expand(network), data)? == 1 {
            chain = Some(*of_network);
        }
    }
    let chain = chain.ok_or(Flaw::Checksum)?;
    let mut room = [0; base58::MAX_CHARACTERS];
    let payload = bytes(CASH.before_checksum(data).ok_or(Flaw::Length)?, &mut room)?;
    // The version is the type, and the size of what follows.
    let kind = match payload.split_first() {
        Some((0x00 | 0x10, hash)) if hash.len() == 20 => Kind::P2pkh,
        Some((0x08 | 0x18, hash)) if hash.len() == 20 => Kind::P2sh,
        Some((0x0b | 0x1b, hash)) if hash.len() == 32 => Kind::P2sh,
        _ => return Err(Flaw::Form),
    };
    Ok((kind, chain))
}

/// The remainder after the prefix: the low five bits of each character, and a zero.
fn expand(prefix: &str) -> u64 {
    let remainder = prefix.bytes().fold(1, |remainder, character| CASH.step(remainder, character & 31));
    CASH.step(remainder, 0)
}
