//! Base58 and base58check are read as long division reads them, and written as they were, in both alphabets; so are
//! the addresses of Solana, Dogecoin and Tron. `#` in front makes a payload of the rest, which gets a checksum.

#![no_main]

use alphapo_wasm::address::base58::{BITCOIN, MAX_CHARACTERS, RIPPLE, decode, decode_check, encode, encode_check_in};
use alphapo_wasm::address::{Chain, Family, Kind, solana};
use alphapo_wasm_fuzz::{base58, coins, text};
use libfuzzer_sys::fuzz_target;

/// No network has a longer version and payload.
const MAX_PAYLOAD: usize = 55;

fuzz_target!(|data: &[u8]| {
    for alphabet in [BITCOIN, RIPPLE] {
        match data {
            [b'#', payload @ ..] if (1..=MAX_PAYLOAD).contains(&payload.len()) => {
                let address = encode_check_in(alphabet, &payload[..1], &payload[1..]);
                assert_eq!(address, base58::encode_check(alphabet, payload));
                check(alphabet, address.as_bytes());
            }
            _ => check(alphabet, data),
        }
        if data.len() < 64 {
            let written = encode(alphabet, data);
            assert_eq!(written, base58::encode(alphabet, data));
            assert_eq!(decode(alphabet, written.as_bytes(), &mut [0xff; MAX_CHARACTERS]), Ok(data));
        }
    }
});

fn check(alphabet: &[u8; 58], given: &[u8]) {
    let expected = base58::decode(alphabet, given).filter(|_| given.len() <= MAX_CHARACTERS);
    let mut room = [0xff; MAX_CHARACTERS];
    assert_eq!(decode(alphabet, given, &mut room).ok(), expected.as_deref());
    if let Some(bytes) = &expected {
        assert_eq!(encode(alphabet, bytes).as_bytes(), given);
    }
    let expected_payload = base58::decode_check(alphabet, given);
    let expected_payload = expected_payload.filter(|bytes| expected.is_some() && bytes.len() <= MAX_PAYLOAD);
    assert_eq!(decode_check(alphabet, alphabet, given, &mut room).ok(), expected_payload.as_deref());

    let Some(given) = text(given).filter(|_| alphabet == BITCOIN) else { return };
    let sort = |family: Family| family.recognise(given).ok().map(|known| (known.kind, known.chain));
    assert_eq!(sort(Family::Dogecoin), coins::base58check(given, coins::DOGECOIN));
    assert_eq!(sort(Family::Tron), coins::base58check(given, coins::TRON));
    let key = expected.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    assert_eq!(sort(Family::Solana), key.map(|_| (Kind::Account, Chain::Either)));
    if let Some(key) = key {
        assert_eq!(solana::encode(&key), given);
    }
}
