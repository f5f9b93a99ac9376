//! The `amount` of a Lightning request as decimal text. No float is ever made of it.

use alloc::string::String;

use crate::text::{is_digits, join, number, split_once};

/// How many decimals the gateway takes (its documentation of addresses/take: "up to 8 decimals").
pub const MAX_DECIMALS: usize = 8;

/// The most digits before the point. No coin has 10^15 units; the bound keeps `1e308` from becoming a long body.
const MAX_INTEGER_DIGITS: usize = 15;

/// Rewrites a decimal number, with or without an exponent, as plain digits: `1e-8` becomes `0.00000001`.
///
/// Plain text is kept as it is, trailing zeros included.
///
/// # Errors
/// What is wrong with the number, as the rest of a sentence that begins with the field's name.
///
/// ```
/// use alphapo_wasm::gateway::amount::plain_decimal;
///
/// assert_eq!(plain_decimal("1e-8"), Ok("0.00000001".into()));
/// assert_eq!(plain_decimal("0.10"), Ok("0.10".into()));
/// assert!(plain_decimal("0.000000001").is_err());
/// ```
pub fn plain_decimal(text: &str) -> Result<String, &'static str> {
    let number = Decimal::parse(text).ok_or(NOT_A_NUMBER)?;
    if number.negative || number.digits.bytes().all(|digit| digit == b'0') {
        return Err("must be greater than zero");
    }
    number.plain(MAX_INTEGER_DIGITS, MAX_DECIMALS)
}

/// A number with an exponent, which is not every reader's idea of a decimal, without it: PHP writes a small one so. None
/// where there is no exponent, or with it more than `digits` digits on one side of the point.
pub(crate) fn without_exponent(text: &str, digits: usize) -> Option<String> {
    split_once(text, b"eE")?;
    let number = Decimal::parse(text)?;
    let plain = number.plain(digits, digits).ok()?;
    let sign = if number.negative { "-" } else { "" };
    Some(join(&[sign, if plain.is_empty() { "0" } else { &plain }]))
}

pub(crate) const NOT_A_NUMBER: &str = "must be plain decimal digits, such as \"0.0001\"";
const TOO_LARGE: &str = "has more than 15 digits before the point";
const TOO_PRECISE: &str = "has more than 8 decimals, the gateway's limit: round it, and pass it as a string";

/// A JSON number (RFC 8259 §6): its digits, and where the point stands in them, which may be outside of them.
struct Decimal {
    negative: bool,
    digits: String,
    point: i32,
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) = match split_once(unsigned, b"eE") {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (integer, fraction) = match split_once(mantissa, b".") {
            Some((integer, fraction)) if is_digits(fraction) => (integer, fraction),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        let leading_zero = integer.len() > 1 && integer.starts_with('0');
        (is_digits(integer) && !leading_zero).then_some(Self {
            negative: unsigned.len() != text.len(),
            digits: join(&[integer, fraction]),
            point: i32::try_from(integer.len()).ok()?.checked_add(exponent)?,
        })
    }

    /// The digits with a point between them, without zeros in front that say nothing. Zeros stand on both sides of
    /// them, and nothing else may after so many decimals.
    fn plain(&self, max_integer_digits: usize, max_decimals: usize) -> Result<String, &'static str> {
        let mut plain = String::new();
        let end = i32::try_from(self.digits.len()).map_err(|_| NOT_A_NUMBER)?;
        for place in self.point.min(0)..self.point.max(end) {
            if place == self.point {
                plain.push_str(if plain.is_empty() { "0." } else { "." });
            }
            let digit =
                usize::try_from(place).ok().and_then(|place| self.digits.as_bytes().get(place)).unwrap_or(&b'0');
            let is_needed = !plain.is_empty() || *digit != b'0';
            if place < self.point && is_needed && plain.len() == max_integer_digits {
                return Err(TOO_LARGE);
            }
            if usize::try_from(place.saturating_sub(self.point)).map_or(true, |decimals| decimals < max_decimals) {
                plain.extend(is_needed.then_some(char::from(*digit)));
            } else if *digit != b'0' {
                return Err(TOO_PRECISE);
            }
        }
        Ok(plain)
    }
}

fn parse_exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix('-').or(text.strip_prefix('+')).unwrap_or(text);
    if digits.len() > 4 {
        return None;
    }
    let exponent = i32::try_from(number(digits)?).ok()?;
    Some(if text.starts_with('-') { exponent.saturating_neg() } else { exponent })
}

#[cfg(test)]
#[allow(clippy::string_slice, reason = "a failing test panics")]
mod tests {
    use std::prelude::v1::*;

    use super::super::arbitrary::Arbitrary;
    use super::*;

    #[test]
    fn plain_digits_come_out() {
        for (given, plain) in [
            ("1", "1"),
            ("0.0001", "0.0001"),
            ("0.00010000", "0.00010000"),
            ("0.000100000000", "0.00010000"),
            ("1e-8", "0.00000001"),
            ("1E-8", "0.00000001"),
            ("1.5e-7", "0.00000015"),
            ("12.5e1", "125"),
            ("1.25e1", "12.5"),
            ("1e+2", "100"),
            ("0.5e1", "5"),
            ("100e-2", "1.00"),
            ("123456789012345.12345678", "123456789012345.12345678"),
        ] {
            assert_eq!(plain_decimal(given), Ok(plain.into()), "{given}");
        }
    }

    #[test]
    fn what_is_not_an_amount_is_refused() {
        for given in [
            "", " ", "1 ", " 1", "+1", ".5", "5.", "1,5", "0x1", "1_0", "1e", "1e+", "e5", "--1", "01", "NaN",
            "Infinity", "1e99999", "½", "1.2.3", "1e1.5",
        ] {
            assert_eq!(plain_decimal(given), Err(NOT_A_NUMBER), "{given}");
        }
        for given in ["0", "0.0", "-0", "-1", "0e5", "-0.1"] {
            assert_eq!(plain_decimal(given), Err("must be greater than zero"), "{given}");
        }
        for given in ["0.000000001", "1e-9", "0.30000000000000004", "1e-9999", "1.000000001"] {
            assert!(plain_decimal(given).unwrap_err().starts_with("has more than 8"), "{given}");
        }
        for given in ["1e15", "1234567890123456", "1e308", "1e9999"] {
            assert_eq!(plain_decimal(given), Err(TOO_LARGE), "{given}");
        }
    }

    #[test]
    fn an_exponent_is_written_out() {
        for (given, plain) in [
            ("1.0e-5", Some("0.000010")),
            ("2.7000000000000002e-5", Some("0.000027000000000000002")),
            ("-1E-5", Some("-0.00001")),
            ("1e16", Some("10000000000000000")),
            ("0e-2", Some("0.00")),
            ("0e0", Some("0")),
            ("0.30000000000000004", None),
            ("1e64", None),
            ("1e-65", None),
            ("e-5", None),
            ("one", None),
        ] {
            assert_eq!(without_exponent(given, 64).as_deref(), plain, "{given}");
        }
    }

    #[test]
    fn any_text_is_answered() {
        // Every string of up to four of these characters; a panic fails the test.
        let alphabet = ['0', '1', '9', '.', 'e', '-', '+', 'é'];
        let mut texts = vec![String::new()];
        for _ in 0..4 {
            let longer: Vec<String> = texts
                .iter()
                .flat_map(|text| alphabet.iter().map(move |character| format!("{text}{character}")))
                .collect();
            for text in &longer {
                if let Ok(plain) = plain_decimal(text) {
                    assert_eq!(plain_decimal(&plain), Ok(plain.clone()), "{text}");
                }
            }
            texts = longer;
        }
    }

    /// A whole number of the smallest unit, written with its point anywhere and an exponent that makes up for it.
    #[test]
    fn a_value_is_kept_however_it_is_written() {
        let mut arbitrary = Arbitrary(1);
        for _ in 0..20_000 {
            let bound = 10_u64.pow(1 + arbitrary.below(18) as u32);
            let units = 1 + arbitrary.below(bound);
            let zeros = "0".repeat(arbitrary.below(12) as usize);
            let digits = format!("{units}{zeros}");
            let point = arbitrary.below(digits.len() as u64) as usize + 1;
            // Moving the point to the end takes as many places as stand after it; the zeros multiply.
            let exponent = (digits.len() - point) as i64 - zeros.len() as i64 - MAX_DECIMALS as i64;
            let fraction = if point == digits.len() { String::new() } else { format!(".{}", &digits[point..]) };
            let text = format!("{}{fraction}e{exponent}", &digits[..point]);
            let plain = plain_decimal(&text);
            assert!(plain.is_ok(), "{text}");
            let plain = plain.unwrap();
            let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
            let read: u64 = format!("{whole}{fraction:0<8}").parse().unwrap();
            assert_eq!(read, units, "{text} became {plain}");
        }
    }
}
