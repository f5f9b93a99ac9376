//! Solana: the 32 bytes of a public key in base58, without a checksum, alike on every network.
//!
//! Source: Solana's documentation, "Accounts". A wrong character gives another address, which nothing can tell.

use alloc::string::String;

use super::{Chain, Flaw, Kind, Sort, base58};

const KEY_LENGTH: usize = 32;

/// Writes an address.
///
/// ```
/// use alphapo_wasm::address::solana::encode;
///
/// // The System Program.
/// assert_eq!(encode(&[0; 32]), "11111111111111111111111111111111");
/// ```
#[must_use]
pub fn encode(key: &[u8; KEY_LENGTH]) -> String {
    base58::encode(base58::BITCOIN, key)
}

pub(super) fn recognise(text: &[u8]) -> Result<Sort, Flaw> {
    if base58::decode(base58::BITCOIN, text, &mut [0; base58::MAX_CHARACTERS])?.len() != KEY_LENGTH {
        return Err(Flaw::Length);
    }
    Ok((Kind::Account, Chain::Either))
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use alloc::vec;

    use super::*;

    #[test]
    fn it_has_32_bytes() {
        for length in 0..64 {
            for byte in [0, 1, 0xff] {
                let text = base58::encode(base58::BITCOIN, &vec![byte; length]);
                let expected =
                    if length == KEY_LENGTH { Ok((Kind::Account, Chain::Either)) } else { Err(Flaw::Length) };
                assert_eq!(recognise(text.as_bytes()), expected, "{text}");
            }
        }
        // The Token Program; and the same with a character that base58 does not have.
        let token = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";
        assert_eq!(recognise(token.as_bytes()), Ok((Kind::Account, Chain::Either)));
        assert_eq!(recognise(token.replace('T', "0").as_bytes()), Err(Flaw::Character));
    }
}
