//! The networks that write base58check, by the version bytes of their own chain parameters.

use alphapo_wasm::address::Chain::{Either, Main, Test};
use alphapo_wasm::address::Kind::{Account, Classic, P2pkh, P2sh, XAddress};
use alphapo_wasm::address::{Chain, Kind};

use crate::{Sort, base58, bech32};

type Versions = [(u8, Kind, Chain)];

pub const BITCOIN: &Versions = &[(0, P2pkh, Main), (5, P2sh, Main), (111, P2pkh, Test), (196, P2sh, Test)];
pub const LITECOIN: &Versions =
    &[(48, P2pkh, Main), (50, P2sh, Main), (111, P2pkh, Test), (58, P2sh, Test), (196, P2sh, Test)];
pub const DOGECOIN: &Versions = &[(30, P2pkh, Main), (22, P2sh, Main), (113, P2pkh, Test), (196, P2sh, Test)];
pub const TRON: &Versions = &[(65, Account, Either)];

pub const BITCOIN_PREFIXES: &[(&str, Chain)] = &[("bc", Main), ("tb", Test), ("bcrt", Test)];
pub const LITECOIN_PREFIXES: &[(&str, Chain)] = &[("ltc", Main), ("tltc", Test), ("rltc", Test)];

#[must_use]
pub fn base58check(text: &str, versions: &Versions) -> Option<Sort> {
    let bytes = base58::decode_check(base58::BITCOIN, text.as_bytes())?;
    let (version, hash) = bytes.split_first()?;
    let (_, kind, chain) = versions.iter().find(|(of_kind, ..)| of_kind == version)?;
    (hash.len() == 20).then_some((*kind, *chain))
}

#[must_use]
pub fn bitcoin(text: &str) -> Option<Sort> {
    bech32::segwit(text, BITCOIN_PREFIXES).or_else(|| base58check(text, BITCOIN))
}

#[must_use]
pub fn litecoin(text: &str) -> Option<Sort> {
    bech32::segwit(text, LITECOIN_PREFIXES).or_else(|| base58check(text, LITECOIN))
}

/// XLS-5 has 35 bytes: two of version, 20, a flag, and a tag in eight bytes of which four are reserved.
#[must_use]
pub fn xrp_ledger(text: &str) -> Option<(Sort, Option<u32>)> {
    let bytes = base58::decode_check(base58::RIPPLE, text.as_bytes())?;
    if bytes.len() == 21 && bytes[0] == 0 {
        return Some(((Classic, Either), None));
    }
    let chain = match bytes.get(..2)? {
        [0x05, 0x44] => Main,
        [0x04, 0x93] => Test,
        _ => return None,
    };
    let rest: [u8; 29] = bytes[2..].try_into().ok()?;
    let tag = match (rest[20], &rest[21..25], &rest[25..]) {
        (0, [0, 0, 0, 0], [0, 0, 0, 0]) => None,
        (1, tag, [0, 0, 0, 0]) => Some(u32::from_le_bytes(tag.try_into().ok()?)),
        _ => return None,
    };
    Some(((XAddress, chain), tag))
}
