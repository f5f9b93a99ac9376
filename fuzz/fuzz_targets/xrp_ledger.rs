//! Classic and X-addresses are what a second reader says they are, tag included, and come back as they were written.
//! `#` in front makes bytes of the rest, which get a checksum.

#![no_main]

use alphapo_wasm::address::xrp_ledger::{encode, encode_x};
use alphapo_wasm::address::{Chain, Family, Kind};
use alphapo_wasm_fuzz::{base58, coins, text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let [b'#', payload @ ..] = data
        && payload.len() <= 55
    {
        check(&base58::encode_check(base58::RIPPLE, payload));
    } else if let Some(given) = text(data) {
        check(given);
    }
});

fn check(given: &str) {
    let known = Family::XrpLedger.recognise(given).ok();
    let sort = known.map(|known| ((known.kind, known.chain), known.tag));
    // Longer text than any address has is not read.
    assert_eq!(sort, coins::xrp_ledger(given).filter(|_| given.len() <= 128), "{given}");
    let Some(known) = known else { return };
    let bytes = base58::decode_check(base58::RIPPLE, given.as_bytes()).expect("a checksum");
    let account = |at: usize| bytes[at..at + 20].try_into().expect("20 bytes");
    let written = match known.kind {
        Kind::Classic => encode(&account(1)),
        _ => encode_x(known.chain, &account(2), known.tag),
    };
    assert_eq!(written, given);
    assert!(known.chain == Chain::Either || given.starts_with(if known.chain == Chain::Main { 'X' } else { 'T' }));
}
