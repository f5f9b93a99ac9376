//! Base58check reads what a second reader reads, and writes it as it was. The first byte says whether the rest is
//! text or a payload.

#![no_main]

use alphapo_wasm::address::base58check::{Versioned, decode, encode};
use alphapo_wasm_fuzz::{base58, text};
use libfuzzer_sys::fuzz_target;

/// Longer text is refused unread.
const MAX_CHARACTERS: usize = 128;

fuzz_target!(|data: &[u8]| {
    match data {
        [b'#', version, payload @ ..] if payload.len() <= 64 => {
            let address = encode(*version, payload);
            assert_eq!(address, base58::encode_check(base58::BITCOIN, *version, payload));
            assert_eq!(decode(&address), Some(Versioned { version: *version, payload: payload.to_vec() }));
        }
        _ => {
            let Some(given) = text(data) else { return };
            let expected = base58::decode_check(base58::BITCOIN, data).filter(|_| data.len() <= MAX_CHARACTERS);
            let decoded = decode(given);
            assert_eq!(decoded.clone().map(|decoded| (decoded.version, decoded.payload)), expected);
            if let Some(decoded) = decoded {
                assert_eq!(encode(decoded.version, &decoded.payload), given);
            }
        }
    }
});
