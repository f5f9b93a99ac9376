//! Addresses of Bitcoin Cash are what the specification's own arithmetic says they are. `#` in front: a byte that
//! chooses the prefix, and bytes; `%`: the same with groups of 5 bits.

#![no_main]

use alphapo_wasm::address::{Family, bitcoin_cash::encode};
use alphapo_wasm_fuzz::{bech32, cash_addr, text};
use libfuzzer_sys::fuzz_target;

const PREFIXES: [&str; 4] = ["bitcoincash", "bchtest", "bchreg", "simpleledger"];

fuzz_target!(|data: &[u8]| {
    match data {
        [b'#', choice, version, hash @ ..] => {
            let prefix = PREFIXES[usize::from(choice % 4)];
            let written = cash_addr::encode(prefix, &bech32::groups_of(&[&[*version], hash].concat()));
            check_all(&written);
            let is_size = [20, 24, 28, 32, 40, 48, 56, 64].get(usize::from(version & 7)) == Some(&hash.len());
            // The highest bit is reserved.
            if is_size && *version < 128 {
                assert_eq!(encode(prefix, version >> 3, hash), Some(written));
            }
        }
        [b'%', choice, groups @ ..] => check_all(&cash_addr::encode(PREFIXES[usize::from(choice % 4)], groups)),
        _ => {
            if let Some(given) = text(data) {
                check(given);
            }
        }
    }
});

fn check_all(written: &str) {
    check(written);
    check(&written.to_uppercase());
    check(written.split_once(':').expect("a colon").1);
}

fn check(given: &str) {
    let known = Family::BitcoinCash.recognise(given).ok().map(|known| (known.kind, known.chain));
    assert_eq!(known, cash_addr::bitcoin_cash(given), "{given}");
}
