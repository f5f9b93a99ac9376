//! EVM addresses: 20 bytes in hex, whose letters' case is the checksum of EIP-55.
//!
//! Source: EIP-55. Every EVM network and its test networks use this one form, so the text does not tell them apart.

use alloc::string::String;

use sha3::{Digest, Keccak256};

use super::HASH_LENGTH;

/// Writes an address with its checksum.
///
/// ```
/// use alphapo_wasm::address::evm::{decode, encode};
///
/// let address = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
/// let bytes = decode(address).ok_or("malformed")?;
/// assert_eq!(encode(&bytes), address);
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn encode(address: &[u8; HASH_LENGTH]) -> String {
    let digits = hex::encode(address);
    let hash = hex::encode(Keccak256::digest(&digits));
    // A letter is upper-case where the hash's digit at the same place is 8 or higher.
    let cased = digits.chars().zip(hash.chars()).map(|(digit, hash)| match hash {
        '0'..='7' => digit,
        _ => digit.to_ascii_uppercase(),
    });
    "0x".chars().chain(cased).collect()
}

/// The bytes of an address; none when it is malformed or its checksum is wrong. Text in one case alone has no
/// checksum and is taken as it is.
#[must_use]
pub fn decode(text: &str) -> Option<[u8; HASH_LENGTH]> {
    let digits = text.strip_prefix("0x")?;
    let mut address = [0; HASH_LENGTH];
    hex::decode_to_slice(digits, &mut address).ok()?;
    let upper = digits.bytes().any(|digit| digit.is_ascii_uppercase());
    let lower = digits.bytes().any(|digit| digit.is_ascii_lowercase());
    (!(upper && lower) || encode(&address) == text).then_some(address)
}

/// Whether the text is an address with its checksum, exactly as [`encode`] writes it.
#[must_use]
pub fn is_checksummed(text: &str) -> bool {
    decode(text).is_some_and(|address| encode(&address) == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The list of EIP-55, "Test Cases".
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
        for address in EIP_55 {
            let digits = address.strip_prefix("0x").unwrap();
            let bytes: [u8; HASH_LENGTH] = hex::decode(digits).unwrap().try_into().unwrap();
            assert_eq!(encode(&bytes), address);
            assert_eq!(decode(address), Some(bytes));
            assert!(is_checksummed(address));
        }
        // The address of the gateway's own USDC sample.
        assert!(is_checksummed("0x35f6005cfA94a1c030B8c4dfcc29D4eB8a6865bF"));
    }

    #[test]
    fn one_letter_in_the_wrong_case_is_refused() {
        let address = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
        for position in 2..address.len() {
            let mut changed = address.as_bytes().to_vec();
            if changed[position].is_ascii_digit() {
                continue;
            }
            changed[position] ^= 0x20;
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(decode(&changed), None, "{changed}");
        }
    }

    #[test]
    fn one_case_alone_has_no_checksum() {
        let address = EIP_55[4];
        let bytes = decode(address);
        for text in [address.to_lowercase(), address.to_uppercase().replace("0X", "0x")] {
            assert_eq!(decode(&text), bytes);
            assert!(!is_checksummed(&text));
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let address = EIP_55[4];
        for (part, other) in [("0x", ""), ("0x", "0X"), ("0x", " 0x"), ("5a", "5"), ("5a", "5a0"), ("5a", "5g")] {
            let text = address.replacen(part, other, 1);
            assert_eq!(decode(&text), None, "{text}");
        }
        for text in ["", "0x"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
