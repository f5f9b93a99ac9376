//! EVM addresses: 20 bytes in hex, whose letters' case is the checksum of EIP-55.
//!
//! Source: EIP-55. Every EVM network and its test networks use this one form, so the text does not tell them apart.
//! Text in one case alone has no checksum and is taken as it is.

use alloc::string::String;

use super::keccak::keccak_256;
use super::{Chain, Flaw, HASH_LENGTH, Kind, Recognised};

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
    let mut digits = [0; DIGITS];
    // It fits by its type.
    hex::encode_to_slice(address, &mut digits).unwrap_or_default();
    "0x".chars().chain(cased(digits).into_iter().map(char::from)).collect()
}

pub(super) fn recognise(text: &str) -> Result<Recognised, Flaw> {
    let digits = text.strip_prefix("0x").ok_or(Flaw::Form)?.as_bytes();
    let digits: [u8; DIGITS] = digits.try_into().map_err(|_| Flaw::Length)?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(Flaw::Character);
    }
    let upper = digits.iter().any(u8::is_ascii_uppercase);
    let checksum = upper && digits.iter().any(u8::is_ascii_lowercase);
    if checksum && cased(digits) != digits {
        return Err(Flaw::Checksum);
    }
    Ok(Recognised { checksum, ..Recognised::checked(Kind::Account, Chain::Either) })
}

/// The digits in the case that EIP-55 wants: a letter is upper-case where the hash of the lower-case digits has 8 or
/// more at the same place.
fn cased(mut digits: [u8; DIGITS]) -> [u8; DIGITS] {
    digits.make_ascii_lowercase();
    let hash = keccak_256(digits);
    let halves = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.iter_mut().zip(halves).filter(|(_, half)| *half >= 8).for_each(|(digit, _)| digit.make_ascii_uppercase());
    digits
}
