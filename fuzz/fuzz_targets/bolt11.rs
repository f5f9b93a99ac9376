//! Invoices that LDK reads are read here with the same fields, and what is read is written so that it reads the same.

#![no_main]

use std::time::Duration;

use alphapo_wasm::address::Family;
use alphapo_wasm::address::bolt11::{Invoice, millisatoshis};
use alphapo_wasm_fuzz::text;
use bech32::{Variant, u5};
use libfuzzer_sys::fuzz_target;
use lightning_invoice::{Currency, SignedRawBolt11Invoice};

/// A hundred million bitcoins, in millisatoshis: from there on no reader follows.
const MAX_AMOUNT: u64 = 10_000_000_000_000_000_000;

fuzz_target!(|data: &[u8]| {
    // Groups of five bits behind a prefix get a checksum, which chance would not find.
    if let [b'#', prefix, groups @ ..] = data {
        let prefixes = ["lnbc", "lntb", "lnbc2500u", "lntb10p", "lntb1", "lnbcrt20m", "lntb9n", "lntb05m"];
        let groups: Vec<u5> = groups.iter().filter_map(|group| u5::try_from_u8(group & 31).ok()).collect();
        let prefix = prefixes[usize::from(*prefix) % prefixes.len()];
        check(&bech32::encode(prefix, groups, Variant::Bech32).expect("a prefix"));
    } else if let [b'%', fields @ ..] = data {
        check_written(fields);
    } else if let Some(given) = text(data) {
        check(given);
        if let Some(amount) = millisatoshis(given) {
            check_amount(given, amount);
        }
    }
});

fn check(given: &str) {
    let decoded = Invoice::decode(given);
    let terms = Family::Lightning.recognise(given);
    if let Ok(theirs) = given.parse::<SignedRawBolt11Invoice>() {
        compare(given, decoded.as_ref(), &theirs);
    }
    let Some(decoded) = decoded else { return };
    // Who reads all of it and who reads its terms alone must agree.
    let terms = terms.unwrap_or_else(|flaw| panic!("{given}: {flaw:?}")).invoice.expect("terms");
    assert_eq!((terms.amount, terms.timestamp), (decoded.amount, decoded.timestamp), "{given}");
    assert_eq!(terms.expires_at, decoded.expires_at(), "{given}");
    let written = decoded.encode().expect("what was read can be written");
    assert_eq!(Invoice::decode(&written), Some(decoded), "{given} was written as {written}");
}

/// Deliberate differences: LDK takes an invoice without a payment hash and leaves it to a later check, takes other
/// chains, amounts of 0 and with zeros in front, and reads on past what a QR code holds.
fn compare(given: &str, ours: Option<&Invoice>, theirs: &SignedRawBolt11Invoice) {
    let raw = theirs.raw_invoice();
    let amount = given[4..].trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    let Some(hash) = raw.payment_hash() else { return };
    let amount_begins_with_zero = raw.amount_pico_btc().is_some() && amount.starts_with('0');
    if amount_begins_with_zero || raw.hrp.currency == Currency::Simnet || given.len() > 7089 {
        return;
    }
    let ours = ours.unwrap_or_else(|| panic!("only LDK reads {given}"));
    let hash: &[u8; 32] = hash.0.as_ref();
    assert_eq!(&ours.payment_hash, hash);
    // LDK keeps pico-bitcoins; a tenth of them are millisatoshis.
    assert_eq!(ours.amount, raw.amount_pico_btc().map(|amount| amount / 10), "{given}");
    assert_eq!(ours.timestamp, raw.data.timestamp.as_unix_timestamp());
    assert_eq!(ours.payment_secret, raw.payment_secret().map(|secret| secret.0));
    assert_eq!(ours.description, raw.description().map(|text| text.as_inner().0.clone()));
    assert_eq!(ours.expiry.map(Duration::from_secs), raw.expiry_time().map(|expiry| *expiry.as_duration()));
    assert_eq!(ours.min_final_cltv_expiry, raw.min_final_cltv_expiry_delta().map(|delta| delta.0));
}

/// An invoice made of the input comes back as it was.
fn check_written(fields: &[u8]) {
    let mut bytes = fields.iter().copied();
    let mut byte = || bytes.next().unwrap_or_default();
    let number = |bytes: [u8; 8]| u64::from_be_bytes(bytes) >> (bytes[7] % 64);
    let mut invoice = Invoice {
        network: ["lnbc", "lntb", "lnbcrt", "lntbs"][usize::from(byte() % 4)].into(),
        amount: Some(number(core::array::from_fn(|_| byte()))).filter(|amount| (1..MAX_AMOUNT).contains(amount)),
        timestamp: number(core::array::from_fn(|_| byte())) >> 29,
        payment_hash: core::array::from_fn(|_| byte()),
        payment_secret: None,
        description: None,
        expiry: Some(number(core::array::from_fn(|_| byte()))),
        min_final_cltv_expiry: Some(number(core::array::from_fn(|_| byte()))),
        features: Vec::new(),
        signature: core::array::from_fn(|_| byte()),
    };
    let choices = byte();
    if choices & 1 != 0 {
        invoice.payment_secret = Some(core::array::from_fn(|_| byte()));
    }
    if choices & 2 != 0 {
        invoice.expiry = None;
    }
    let mut features: Vec<u16> = (0..byte() % 8).map(|_| u16::from(byte()) * 16).collect();
    features.sort_unstable();
    features.dedup();
    invoice.features = features;
    if choices & 4 != 0 {
        invoice.description = Some(String::from_utf8_lossy(&bytes.collect::<Vec<u8>>()).into_owned());
    }
    match invoice.encode() {
        Some(text) => assert_eq!(Invoice::decode(&text), Some(invoice), "{text}"),
        None => assert!(invoice.description.is_some_and(|text| text.len() > 639), "it could be written"),
    }
}

/// In whole numbers of 10^-11 bitcoin.
fn check_amount(given: &str, amount: u64) {
    let (whole, fraction) = given.split_once('.').unwrap_or((given, ""));
    let fraction: String = fraction.chars().chain(std::iter::repeat('0')).take(11).collect();
    let all = format!("{whole}{fraction}");
    assert_eq!(all.trim_start_matches('0'), amount.to_string().trim_start_matches('0'));
}
