//! EVM addresses: 20 bytes in hex, whose letters' case is the checksum of EIP-55.
//!
//! Source: EIP-55. Every EVM network and its test networks use this one form, so the text does not tell them apart.
//! Text in one case alone has no checksum and is taken as it is.

use alloc::string::String;

use super::bech32::one_case;
use super::keccak::keccak_256;
use super::{Flaw, HASH_LENGTH};

/// How many digits an address has.
const DIGITS: usize = 2 * HASH_LENGTH;

/// Writes an address with its checksum.
///
/// ```
/// use alphapo_wasm::address::evm::encode;
///
/// assert_eq!(encode(&[0xaa; 20]), "0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa");
/// ```
#[must_use]
pub fn encode(address: &[u8; HASH_LENGTH]) -> String {
    let digits = hex::encode(address);
    let cased = digits.bytes().zip(upper(digits.as_bytes()));
    let cased = cased.map(|(digit, upper)| if upper { digit.to_ascii_uppercase() } else { digit });
    "0x".bytes().chain(cased).map(char::from).collect()
}

/// Whether the text, which is an address, has a checksum.
pub(super) fn recognise(text: &[u8]) -> Result<bool, Flaw> {
    let digits = text.strip_prefix(b"0x").ok_or(Flaw::Form)?;
    let checksum = one_case(digits).is_err();
    if digits.len() != DIGITS {
        return Err(Flaw::Length);
    }
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(Flaw::Character);
    }
    let mut letters = digits.iter().zip(upper(digits)).filter(|(digit, _)| digit.is_ascii_alphabetic());
    if checksum && !letters.all(|(letter, upper)| letter.is_ascii_uppercase() == upper) {
        return Err(Flaw::Checksum);
    }
    Ok(checksum)
}

/// Whether EIP-55 wants each digit in upper case, if it is a letter: where the hash of the lower-case digits has 8 or
/// more at the same place.
fn upper(digits: &[u8]) -> impl Iterator<Item = bool> {
    let mut message = [0; DIGITS / 8];
    for (lane, digits) in message.iter_mut().zip(digits.as_chunks().0) {
        // The bit that makes a letter of hex lower-case is set in every digit.
        *lane = u64::from_le_bytes(*digits) | 0x2020_2020_2020_2020;
    }
    // Of each byte the high half stands first.
    let hash = keccak_256(message).map(u64::to_le_bytes);
    (0..DIGITS).map(move |at| {
        let byte = hash.as_flattened().get(at / 2).copied().unwrap_or_default();
        byte & if at % 2 == 0 { 0x80 } else { 0x08 } != 0
    })
}
