//! Text in groups of 5 bits with a checksum over GF(32): bech32, bech32m, and what CashAddr shares with them.
//!
//! Source: BIP-173, BIP-350, and the CashAddr specification. The human-readable part names the network and is left
//! to the caller, as is the longest length, which Lightning and Cardano lift.

use alloc::string::String;
use alloc::vec::Vec;

use super::base58::Room;
use super::{Chain, Flaw};

/// The characters of the groups 0 to 31.
pub const CHARACTERS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// The longest bech32 text of BIP-173, in characters.
pub const MAX_CHARACTERS: usize = 90;

/// A checksum: the remainder of a division of polynomials over GF(32).
pub(super) struct Code {
    /// What each bit of the group that is shifted out adds.
    pub(super) generators: [u64; 5],
    /// How many groups the remainder has.
    pub(super) length: u32,
}

/// The checksum of BIP-173 and BIP-350.
pub(super) const BECH32: Code =
    Code { generators: [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3], length: 6 };

impl Code {
    /// The remainder after one group more. It begins with 1.
    pub(super) fn step(&self, remainder: u64, group: u8) -> u64 {
        let low_bits = self.length.wrapping_sub(1).wrapping_mul(5);
        let shifted_out = remainder >> low_bits;
        let kept = remainder ^ (shifted_out << low_bits);
        let mut next = (kept << 5) ^ u64::from(group);
        for (bit, generator) in (0..).zip(&self.generators) {
            if (shifted_out >> bit) & 1 == 1 {
                next ^= generator;
            }
        }
        next
    }

    /// The remainder after some characters.
    pub(super) fn remainder(&self, prefix: u64, data: &[u8]) -> Result<u64, Flaw> {
        let mut remainder = prefix;
        for character in data {
            remainder = self.step(remainder, group(*character)?);
        }
        Ok(remainder)
    }

    /// The characters in front of the checksum.
    pub(super) fn before_checksum<'a>(&self, data: &'a [u8]) -> Option<&'a [u8]> {
        data.get(..data.len().checked_sub(self.length as usize)?)
    }

    /// Appends the groups that make the remainder `target`.
    pub(super) fn append(&self, prefix: u64, groups: &mut Vec<u8>, target: u64) {
        let remainder = groups.iter().fold(prefix, |remainder, group| self.step(remainder, *group));
        let zeros = (0..self.length).fold(remainder, |remainder, _| self.step(remainder, 0)) ^ target;
        groups.extend((0..self.length).rev().map(|place| (zeros >> place.wrapping_mul(5)) as u8 & 31));
    }
}

const BECH32_REMAINDER: u64 = 1;
const BECH32M_REMAINDER: u64 = 0x2bc8_30a3;

/// Which of the two checksums a text has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Checksum {
    /// That of BIP-173.
    Bech32,
    /// That of BIP-350.
    Bech32m,
}

impl Checksum {
    fn remainder(self) -> u64 {
        match self {
            Self::Bech32 => BECH32_REMAINDER,
            Self::Bech32m => BECH32M_REMAINDER,
        }
    }
}

/// What a text with a right checksum holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decoded<'a> {
    /// Which checksum it has.
    pub checksum: Checksum,
    /// The characters between the separator and the checksum, all of which are [`CHARACTERS`] or their upper case.
    pub data: &'a [u8],
}

/// Reads a text.
///
/// # Errors
/// [`Flaw::Length`], [`Flaw::Case`], [`Flaw::Form`] without a human-readable part, [`Flaw::Character`] or
/// [`Flaw::Checksum`].
pub fn decode(text: &[u8], max_characters: usize) -> Result<Decoded<'_>, Flaw> {
    let (prefix, data) = split(text).filter(|(prefix, _)| !prefix.is_empty()).ok_or(Flaw::Form)?;
    if text.len() > max_characters {
        return Err(Flaw::Length);
    }
    one_case(text)?;
    let checksum = match BECH32.remainder(expand(prefix)?, data)? {
        BECH32_REMAINDER => Checksum::Bech32,
        BECH32M_REMAINDER => Checksum::Bech32m,
        _ => return Err(Flaw::Checksum),
    };
    // Fewer groups than the checksum has leave one of the two remainders by chance only.
    let data = BECH32.before_checksum(data).ok_or(Flaw::Length)?;
    Ok(Decoded { checksum, data })
}

/// Reads a text of one of these networks with the checksum of BIP-173.
///
/// # Errors
/// As [`decode`]; [`Flaw::Form`] when it is of none of the networks.
pub(super) fn decode_of<'a>(
    networks: &Networks,
    text: &'a [u8],
    max_characters: usize,
) -> Result<(Chain, &'a [u8]), Flaw> {
    let chain = network(text, networks).ok_or(Flaw::Form)?;
    let Decoded { checksum: Checksum::Bech32, data } = decode(text, max_characters)? else {
        return Err(Flaw::Checksum);
    };
    Ok((chain, data))
}

/// Writes groups with their checksum. The prefix has to be lower-case ASCII without spaces.
///
/// ```
/// use alphapo_wasm::address::bech32::{Checksum, decode, encode};
///
/// let text = encode(Checksum::Bech32m, "a", &[]);
/// assert_eq!(text, "a1lqfn3a");
/// assert_eq!(decode(text.as_bytes(), 90).map(|decoded| decoded.checksum), Ok(Checksum::Bech32m));
/// ```
#[must_use]
pub fn encode(checksum: Checksum, prefix: &str, groups: &[u8]) -> String {
    let mut groups = groups.to_vec();
    BECH32.append(expand(prefix.as_bytes()).unwrap_or_default(), &mut groups, checksum.remainder());
    let mut text = String::from(prefix);
    text.push('1');
    push_groups(&mut text, &groups);
    text
}

/// Human-readable parts in lower case, and whose they are.
pub(super) type Networks = [(&'static str, Chain)];

/// Which of the networks a text says that it is of, by the part before its last `1`.
pub(super) fn network(text: &[u8], networks: &Networks) -> Option<Chain> {
    named(split(text)?.0, networks)
}

/// The network of this name, in either case.
pub(super) fn named(name: &[u8], networks: &Networks) -> Option<Chain> {
    let (_, chain) = networks.iter().find(|(network, _)| network.as_bytes().eq_ignore_ascii_case(name))?;
    Some(*chain)
}

/// The text before and after the last `1`.
pub(super) fn split(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = text.iter().rposition(|character| *character == b'1')?;
    let (before, after) = text.split_at_checked(at)?;
    Some((before, after.get(1..)?))
}

/// # Errors
/// [`Flaw::Case`] when there are letters of both cases.
pub(super) fn one_case(text: &[u8]) -> Result<(), Flaw> {
    let upper = text.iter().any(u8::is_ascii_uppercase);
    let lower = text.iter().any(u8::is_ascii_lowercase);
    if upper && lower { Err(Flaw::Case) } else { Ok(()) }
}

/// The group that a character stands for.
///
/// # Errors
/// [`Flaw::Character`].
pub fn group(character: u8) -> Result<u8, Flaw> {
    match GROUPS.get(usize::from(character.to_ascii_lowercase())) {
        Some(&group) if group != NO_GROUP => Ok(group),
        _ => Err(Flaw::Character),
    }
}

const NO_GROUP: u8 = u8::MAX;

/// The group of each lower-case character of ASCII. To look among [`CHARACTERS`] for every character of an address, twice,
/// took a microsecond, which is a tenth of what `takeAddress` takes by itself.
#[expect(clippy::indexing_slicing, reason = "it is computed by the compiler, which would say so")]
const GROUPS: [u8; 128] = {
    let mut groups = [NO_GROUP; 128];
    let mut group = 0;
    while group < CHARACTERS.len() {
        groups[CHARACTERS[group] as usize] = group as u8;
        group += 1;
    }
    groups
};

pub(super) fn push_groups(text: &mut String, groups: &[u8]) {
    let characters = groups.iter().filter_map(|group| CHARACTERS.get(usize::from(*group)));
    text.extend(characters.copied().map(char::from));
}

/// The remainder after the human-readable part, which counts as its characters' high bits, a zero, and their low
/// bits.
fn expand(prefix: &[u8]) -> Result<u64, Flaw> {
    if !prefix.iter().all(u8::is_ascii_graphic) {
        return Err(Flaw::Character);
    }
    let mut remainder = 1;
    for character in prefix {
        remainder = BECH32.step(remainder, character.to_ascii_lowercase() >> 5);
    }
    remainder = BECH32.step(remainder, 0);
    for character in prefix {
        remainder = BECH32.step(remainder, character.to_ascii_lowercase() & 31);
    }
    Ok(remainder)
}

/// The bytes of characters of 5 bits each.
///
/// # Errors
/// [`Flaw::Length`] when there are more than 128, or a whole character is left over; [`Flaw::Form`] when what fills
/// the last one is not zero.
pub fn bytes<'a>(data: &[u8], room: &'a mut Room) -> Result<&'a [u8], Flaw> {
    let (mut bits, mut count, mut length) = (0_u32, 0_u32, 0_usize);
    for character in data {
        bits = (bits << 5) | u32::from(group(*character)?);
        count = count.wrapping_add(5);
        if count >= 8 {
            count = count.wrapping_sub(8);
            *room.get_mut(length).ok_or(Flaw::Length)? = (bits >> count) as u8;
            length = length.wrapping_add(1);
        }
    }
    if count >= 5 {
        return Err(Flaw::Length);
    }
    if bits & !(u32::MAX << count) != 0 {
        return Err(Flaw::Form);
    }
    room.get(..length).ok_or(Flaw::Length)
}

/// Bytes in groups of 5 bits, filled up with zero bits.
#[must_use]
pub fn groups_of_bytes(bytes: &[u8]) -> Vec<u8> {
    let mut groups = Vec::new();
    let (mut bits, mut count) = (0_u32, 0_u32);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        count = count.wrapping_add(8);
        while count >= 5 {
            count = count.wrapping_sub(5);
            groups.push((bits >> count) as u8 & 31);
        }
    }
    if count > 0 {
        groups.push((bits << 5_u32.wrapping_sub(count)) as u8 & 31);
    }
    groups
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;
    use crate::address::tests::Random;

    fn checksum(text: &str) -> Result<Checksum, Flaw> {
        decode(text.as_bytes(), MAX_CHARACTERS).map(|decoded| decoded.checksum)
    }

    #[test]
    fn the_valid_texts_of_bip_173_and_bip_350() {
        for text in [
            "A12UEL5L",
            "a12uel5l",
            "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
            "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
            "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j",
            "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
            "?1ezyfcl",
        ] {
            assert_eq!(checksum(text), Ok(Checksum::Bech32), "{text}");
        }
        for text in [
            "A1LQFN3A",
            "a1lqfn3a",
            "an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6",
            "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
            "11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr8",
            "split1checkupstagehandshakeupstreamerranterredcaperredlc445v",
            "?1v759aa",
        ] {
            assert_eq!(checksum(text), Ok(Checksum::Bech32m), "{text}");
        }
    }

    #[test]
    fn the_invalid_texts_of_bip_173_and_bip_350() {
        for (text, flaw) in [
            // A character out of range in the human-readable part.
            (" 1nwldj5", Flaw::Character),
            ("\u{7f}1axkwrx", Flaw::Character),
            ("\u{80}1eym55h", Flaw::Character),
            // Too long.
            (
                "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569pvx",
                Flaw::Length,
            ),
            // No separator; nothing in front of it.
            ("pzry9x0s0muk", Flaw::Form),
            ("1pzry9x0s0muk", Flaw::Form),
            ("10a06t8", Flaw::Form),
            ("1qzzfhee", Flaw::Form),
            // A character of the data.
            ("x1b4n0q5v", Flaw::Character),
            // Too short for a checksum; a character of the checksum.
            ("li1dgmt3", Flaw::Length),
            ("de1lg7wt\u{ff}", Flaw::Character),
            // Calculated with the upper case of the human-readable part.
            ("A1G7SGD8", Flaw::Checksum),
            (" 1xj0phk", Flaw::Character),
            ("\u{7f}1g6xzxy", Flaw::Character),
            ("\u{80}1vctc34", Flaw::Character),
            (
                "an84characterslonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11d6pts4",
                Flaw::Length,
            ),
            ("qyrz8wqd2c9m", Flaw::Form),
            ("1qyrz8wqd2c9m", Flaw::Form),
            ("y1b0jsk6g", Flaw::Character),
            ("lt1igcx5c0", Flaw::Character),
            ("in1muywd", Flaw::Checksum),
            ("mm1crxm3i", Flaw::Character),
            ("au1s5cgom", Flaw::Character),
            ("M1VUXWEZ", Flaw::Checksum),
            ("16plkw9", Flaw::Form),
            ("1p2gdwpf", Flaw::Form),
            ("a12uEL5L", Flaw::Case),
        ] {
            assert_eq!(checksum(text), Err(flaw), "{text}");
        }
    }

    #[test]
    fn the_crate_bech32_writes_the_same() {
        let mut random = Random(3);
        for length in 0..47 {
            let data = random.bytes(length);
            let hrp = ::bech32::Hrp::parse("test").unwrap();
            let text = encode(Checksum::Bech32, "test", &groups_of_bytes(&data));
            assert_eq!(text, ::bech32::encode::<::bech32::Bech32>(hrp, &data).unwrap());
            let decoded = decode(text.as_bytes(), MAX_CHARACTERS).unwrap();
            assert_eq!(bytes(decoded.data, &mut [0; 128]), Ok(&data[..]));
            let text = encode(Checksum::Bech32m, "test", &groups_of_bytes(&data));
            assert_eq!(text, ::bech32::encode::<::bech32::Bech32m>(hrp, &data).unwrap());
            assert_eq!(checksum(&text), Ok(Checksum::Bech32m));
        }
    }

    #[test]
    fn what_fills_up_is_zero_and_no_whole_character() {
        for (data, expected) in [
            ("", Ok(&[][..])),
            ("q", Err(Flaw::Length)),
            ("qq", Ok(&[0][..])),
            ("qy", Ok(&[1][..])),
            ("qp", Err(Flaw::Form)),
            ("qqq", Err(Flaw::Length)),
            ("qqqp", Err(Flaw::Form)),
            ("qqqs", Ok(&[0, 1][..])),
        ] {
            assert_eq!(bytes(data.as_bytes(), &mut [0; 128]), expected, "{data}");
        }
        assert_eq!(bytes("q".repeat(1_000).as_bytes(), &mut [0; 128]), Err(Flaw::Length));
    }
}
