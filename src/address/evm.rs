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

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;
    use crate::address::tests::Random;
    use crate::address::{Chain, Family};

    /// The list of EIP-55, "Test Cases". The first four have letters of one case.
    const EIP_55: [&str; 8] = [
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ];

    #[test]
    fn the_list_of_the_standard() {
        for (at, address) in EIP_55.into_iter().enumerate() {
            let bytes: [u8; HASH_LENGTH] = hex::decode(address.trim_start_matches("0x")).unwrap().try_into().unwrap();
            assert_eq!(encode(&bytes), address);
            let recognised = Family::Evm.recognise(address).unwrap();
            assert_eq!((recognised.checksum, recognised.chain), (at >= 4, Chain::Either), "{address}");
        }
    }

    #[test]
    fn the_hash_is_that_of_the_crate_sha3() {
        use sha3::{Digest, Keccak256};

        let mut random = Random(4);
        for _ in 0..200 {
            let digits = hex::encode(random.bytes(HASH_LENGTH));
            let hash = hex::encode(Keccak256::digest(&digits));
            assert!(upper(digits.as_bytes()).eq(hash.chars().take(DIGITS).map(|digit| digit >= '8')), "{digits}");
        }
    }

    #[test]
    fn one_case_alone_has_no_checksum() {
        for text in [EIP_55[4].to_lowercase(), EIP_55[4].to_uppercase().replace("0X", "0x"), format!("0x{:040}", 1)] {
            assert_eq!(recognise(text.as_bytes()), Ok(false), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let address = EIP_55[4];
        for (part, other, flaw) in [
            ("0x", "", Flaw::Form),
            ("0x", "0X", Flaw::Form),
            ("0x", " 0x", Flaw::Form),
            ("5a", "5", Flaw::Length),
            ("5a", "5a0", Flaw::Length),
            ("5a", "5g", Flaw::Character),
            ("5aAe", "5é0", Flaw::Character),
        ] {
            let text = address.replacen(part, other, 1);
            assert_eq!(Family::Evm.recognise(&text), Err(flaw), "{text}");
        }
        for (text, flaw) in [("", Flaw::Form), ("0x", Flaw::Length)] {
            assert_eq!(Family::Evm.recognise(text), Err(flaw), "{text}");
        }
    }
}
