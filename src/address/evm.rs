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
    let mut digits = [0; DIGITS];
    // It fits by its type.
    hex::encode_to_slice(address, &mut digits).unwrap_or_default();
    set_case(&mut digits);
    "0x".chars().chain(digits.into_iter().map(char::from)).collect()
}

/// Whether the text, which is an address, has a checksum.
pub(super) fn recognise(text: &str) -> Result<bool, Flaw> {
    let digits = text.strip_prefix("0x").ok_or(Flaw::Form)?;
    let checksum = one_case(digits).is_err();
    let digits = digits.as_bytes();
    let mut expected: [u8; DIGITS] = digits.try_into().map_err(|_| Flaw::Length)?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(Flaw::Character);
    }
    set_case(&mut expected);
    if checksum && expected != digits {
        return Err(Flaw::Checksum);
    }
    Ok(checksum)
}

/// Puts the digits into the case that EIP-55 wants: a letter is upper-case where the hash of the lower-case digits
/// has 8 or more at the same place.
fn set_case(digits: &mut [u8; DIGITS]) {
    digits.make_ascii_lowercase();
    let mut lanes = [[0; 8]; DIGITS / 8];
    lanes.iter_mut().zip(digits.as_chunks().0).for_each(|(lane, digits)| *lane = *digits);
    let hash = keccak_256(lanes);
    for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(hash.as_flattened()) {
        let [high, low] = pair;
        if byte & 0x80 != 0 {
            high.make_ascii_uppercase();
        }
        if byte & 0x08 != 0 {
            low.make_ascii_uppercase();
        }
    }
}
