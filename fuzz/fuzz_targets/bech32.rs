//! Bech32 and bech32m are read as another implementation reads them, and written as they were, in lower case. `#` and a
//! byte that chooses the prefix in front make groups of the rest, which get a checksum.

#![no_main]

use alphapo_wasm::address::base58::MAX_CHARACTERS as ROOM;
use alphapo_wasm::address::bech32::{Checksum, bytes, decode, encode, group, groups_of_bytes};
use alphapo_wasm_fuzz::{bech32, text};
use libfuzzer_sys::fuzz_target;

const PREFIXES: [&str; 6] = ["bc", "tltc", "a", "1", "addr_test", "~!"];

/// The longest text that is tried with and without.
const MAX_CHARACTERS: usize = 90;

fuzz_target!(|data: &[u8]| {
    let [b'#', choice, rest @ ..] = data else {
        if let Some(given) = text(data) {
            check(given);
        }
        return;
    };
    let prefix = PREFIXES[usize::from(choice >> 2) % PREFIXES.len()];
    let groups: Vec<u8> = if choice & 2 == 0 { bech32::groups_of(rest) } else { rest.iter().map(|b| b & 31).collect() };
    let checksum = if choice & 1 == 0 { Checksum::Bech32 } else { Checksum::Bech32m };
    let written = encode(checksum, prefix, &groups);
    assert_eq!(written, bech32::encode(prefix, &groups, checksum == Checksum::Bech32m));
    assert_eq!(groups_of_bytes(rest), bech32::groups_of(rest));
    check(&written);
    check(&written.to_uppercase());
});

fn check(given: &str) {
    let expected = bech32::decode(given);
    assert_eq!(decode(given.as_bytes(), MAX_CHARACTERS).is_ok(), expected.is_some() && given.len() <= MAX_CHARACTERS);
    // BIP-173's limit of the prefix follows from that of the text; without the one here is not the other.
    if given.rfind('1') > Some(83) {
        return;
    }
    let decoded = decode(given.as_bytes(), usize::MAX).ok();
    assert_eq!(decoded.is_some(), expected.is_some(), "{given:?}");
    let (Some(decoded), Some((prefix, groups, bech32m))) = (decoded, expected) else { return };
    assert_eq!(decoded.checksum == Checksum::Bech32m, bech32m);
    let read: Vec<u8> = decoded.data.iter().map(|character| group(*character).expect("a group")).collect();
    assert_eq!(read, groups.iter().map(|group| group.to_u8()).collect::<Vec<u8>>());
    assert_eq!(encode(decoded.checksum, &prefix, &read), given.to_lowercase());

    let payload = bech32::bytes(&groups);
    let mut room = [0xff; ROOM];
    let expected = payload.as_deref().filter(|bytes| bytes.len() <= ROOM);
    assert_eq!(bytes(decoded.data, &mut room).ok(), expected);
}
