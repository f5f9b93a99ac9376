//! `plain_decimal` takes exactly the amounts the gateway takes, and never changes their value.

#![no_main]

use alphapo_wasm::gateway::amount::{MAX_DECIMALS, plain_decimal};
use alphapo_wasm_fuzz::{decimal::Decimal, text};
use libfuzzer_sys::fuzz_target;

/// An exponent of more digits, signs aside, is refused whatever it comes to.
const MAX_EXPONENT_DIGITS: usize = 4;

fuzz_target!(|data: &[u8]| {
    let Some(given) = text(data) else { return };
    let plain = plain_decimal(given);
    let Some(value) = fitting(given) else {
        assert!(plain.is_err(), "{plain:?}");
        return;
    };
    let plain = plain.expect("an amount that fits");
    assert_eq!(Decimal::parse(&plain), Some(value), "another value: {plain}");
    assert_eq!(plain_decimal(&plain), Ok(plain.clone()), "not plain yet");
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, "0"));
    assert!([whole, fraction].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())), "{plain}");
    assert!(fraction.len() <= MAX_DECIMALS, "{plain}");
    let is_plain = given.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let decimals = given.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    assert!(!is_plain || decimals > MAX_DECIMALS || plain == given, "{plain}");
});

fn fitting(given: &str) -> Option<Decimal> {
    let value = Decimal::parse(given)?;
    let exponent = given.split_once(['e', 'E']).map_or("", |(_, exponent)| exponent.trim_start_matches(['+', '-']));
    let fits = exponent.len() <= MAX_EXPONENT_DIGITS
        && !value.negative
        && !value.is_zero()
        && value.integer_digits() <= 15
        && value.decimals() <= MAX_DECIMALS as i64;
    fits.then_some(value)
}
