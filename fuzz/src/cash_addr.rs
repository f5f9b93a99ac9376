//! CashAddr as its specification has it, from the bits of its reference `PolyMod`.

use alphapo_wasm::address::{Chain, Kind};

use crate::{Sort, coins};

const CHARSET: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

fn poly_mod(values: &[u8]) -> u64 {
    let mut c: u64 = 1;
    for d in values {
        let c0 = (c >> 35) as u8;
        c = ((c & 0x07_ffff_ffff) << 5) ^ u64::from(*d);
        if c0 & 0x01 != 0 {
            c ^= 0x98_f2bc_8e61;
        }
        if c0 & 0x02 != 0 {
            c ^= 0x79_b76d_99e2;
        }
        if c0 & 0x04 != 0 {
            c ^= 0xf3_3e5f_b3c4;
        }
        if c0 & 0x08 != 0 {
            c ^= 0xae_2eab_e2a8;
        }
        if c0 & 0x10 != 0 {
            c ^= 0x1e_4f43_e470;
        }
    }
    c ^ 1
}

fn with_prefix(prefix: &str, payload: &[u8]) -> Vec<u8> {
    prefix.bytes().map(|letter| letter & 31).chain([0]).chain(payload.iter().copied()).collect()
}

/// Any groups behind a prefix, with a right checksum.
#[must_use]
pub fn encode(prefix: &str, groups: &[u8]) -> String {
    let mut groups: Vec<u8> = groups.iter().map(|group| group & 31).collect();
    let checksum = poly_mod(&[with_prefix(prefix, &groups), vec![0; 8]].concat());
    groups.extend((0..8).map(|i| (checksum >> (5 * (7 - i))) as u8 & 31));
    let data: String = groups.iter().map(|group| char::from(CHARSET.as_bytes()[usize::from(*group)])).collect();
    format!("{prefix}:{data}")
}

/// A CashAddr of a size that nodes pay to, or Bitcoin's old form.
#[must_use]
pub fn bitcoin_cash(text: &str) -> Option<Sort> {
    coins::base58check(text, coins::BITCOIN).or_else(|| cash_addr(text))
}

fn cash_addr(text: &str) -> Option<Sort> {
    let lower = text.to_ascii_lowercase();
    // Longer than any hash that there is; the crate stops there as well.
    if (text != lower && text != text.to_ascii_uppercase()) || text.len() > 128 {
        return None;
    }
    let (prefix, data) = match lower.split_once(':') {
        Some((prefix, data)) => (Some(prefix), data),
        None => (None, lower.as_str()),
    };
    let place = |letter: char| CHARSET.find(letter).map(|at| at as u8);
    let groups: Vec<u8> = data.chars().map(place).collect::<Option<_>>()?;
    let networks = [("bitcoincash", Chain::Main), ("bchtest", Chain::Test), ("bchreg", Chain::Test)];
    let (_, chain) = networks.into_iter().find(|(network, _)| {
        prefix.is_none_or(|prefix| prefix == *network) && poly_mod(&with_prefix(network, &groups)) == 0
    })?;
    let payload = crate::bech32::bytes(&to_u5(&groups[..groups.len().checked_sub(8)?]))?;
    let (version, hash) = payload.split_first()?;
    let size = [160, 192, 224, 256, 320, 384, 448, 512][usize::from(version & 7)] / 8;
    // Types 2 and 3 are 0 and 1 for wallets that know tokens.
    let kind = match (version >> 3, hash.len()) {
        (0 | 2, 20) => Kind::P2pkh,
        (1 | 3, 20 | 32) => Kind::P2sh,
        _ => return None,
    };
    (hash.len() == size).then_some((kind, chain))
}

fn to_u5(groups: &[u8]) -> Vec<bech32::u5> {
    groups.iter().filter_map(|group| bech32::u5::try_from_u8(*group).ok()).collect()
}
