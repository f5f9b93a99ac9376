//! EVM addresses are read when they are 40 digits whose case is either one or EIP-55's, and written in EIP-55's.

#![no_main]

use alphapo_wasm::address::{Family, evm::encode};
use alphapo_wasm_fuzz::text;
use libfuzzer_sys::fuzz_target;
use tiny_keccak::{Hasher, Keccak};

fuzz_target!(|data: &[u8]| {
    let Some(given) = text(data) else { return };
    let known = Family::Evm.recognise(given);
    let digits = given.strip_prefix("0x").filter(|digits| digits.len() == 40);
    let Some(digits) = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit())) else {
        assert!(known.is_err());
        return;
    };
    // Any 40 digits lead to an address, whatever their case, so that the rest is tried for every one.
    let lower = digits.to_lowercase();
    let checksummed = eip_55(&lower);
    let bytes: Vec<u8> =
        (0..40).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hex")).collect();
    assert_eq!(encode(&bytes.try_into().expect("20 bytes")), checksummed);
    assert!(Family::Evm.recognise(&checksummed).is_ok());
    let has_one_case = digits == lower || digits == digits.to_uppercase();
    assert_eq!(known.is_ok(), has_one_case || given == checksummed);
    assert_eq!(known.is_ok_and(|known| known.checksum), given == checksummed && !has_one_case);
});

/// EIP-55, from its own description.
fn eip_55(digits: &str) -> String {
    let mut hash = [0; 32];
    let mut keccak = Keccak::v256();
    keccak.update(digits.as_bytes());
    keccak.finalize(&mut hash);
    let cased = digits.char_indices().map(|(at, digit)| {
        let nibble = hash[at / 2] >> (4 - 4 * (at % 2)) & 0xf;
        if nibble >= 8 { digit.to_ascii_uppercase() } else { digit }
    });
    format!("0x{}", cased.collect::<String>())
}
