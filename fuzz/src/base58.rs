//! Base58 by long multiplication and division, and the checksum of base58check.

use sha2::{Digest, Sha256};

pub const BITCOIN: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
pub const RIPPLE: &[u8; 58] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

/// Big-endian digits of one base as those of another, without leading zeros.
fn convert(digits: &[u8], from: u32, to: u32) -> Vec<u8> {
    let mut little: Vec<u8> = Vec::new();
    for digit in digits {
        let mut carry = u32::from(*digit);
        for place in &mut little {
            carry += u32::from(*place) * from;
            *place = (carry % to) as u8;
            carry /= to;
        }
        while carry > 0 {
            little.push((carry % to) as u8);
            carry /= to;
        }
    }
    little.reverse();
    little
}

#[must_use]
pub fn decode(alphabet: &[u8; 58], text: &[u8]) -> Option<Vec<u8>> {
    let place = |byte: &u8| alphabet.iter().position(|letter| letter == byte).map(|at| at as u8);
    let digits: Vec<u8> = text.iter().map(place).collect::<Option<_>>()?;
    let zeros = digits.iter().take_while(|digit| **digit == 0).count();
    Some([vec![0; zeros], convert(&digits, 58, 256)].concat())
}

#[must_use]
pub fn encode(alphabet: &[u8; 58], bytes: &[u8]) -> String {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = [vec![0; zeros], convert(bytes, 256, 58)].concat();
    digits.iter().map(|digit| char::from(alphabet[usize::from(*digit)])).collect()
}

/// The bytes in front of a right checksum.
#[must_use]
pub fn decode_check(alphabet: &[u8; 58], text: &[u8]) -> Option<Vec<u8>> {
    let bytes = decode(alphabet, text)?;
    let (payload, claimed) = bytes.split_at(bytes.len().checked_sub(4)?);
    (checksum(payload) == *claimed).then(|| payload.to_vec())
}

#[must_use]
pub fn encode_check(alphabet: &[u8; 58], payload: &[u8]) -> String {
    encode(alphabet, &[payload, &checksum(payload)].concat())
}

fn checksum(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(Sha256::digest(bytes))[..4].to_vec()
}
