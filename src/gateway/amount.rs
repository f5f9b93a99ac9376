//! The `amount` of a Lightning request as decimal text. No float is ever made of it.

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
    if number.negative || number.is_zero() {
        return Err("must be greater than zero");
    }
    let (integer, fraction) = number.shifted().ok_or(TOO_LARGE)?;
    if integer.len() > MAX_INTEGER_DIGITS {
        return Err(TOO_LARGE);
    }
    // Zeros past the eighth decimal say nothing, so they are no loss of precision.
    let kept = fraction.get(..MAX_DECIMALS).unwrap_or(&fraction);
    let excess = fraction.get(MAX_DECIMALS..).unwrap_or("");
    if excess.bytes().any(|digit| digit != b'0') {
        return Err(
            "has more than 8 decimals, which is the gateway's limit: round it, and pass it as a string, \
             since sums of JavaScript numbers carry noise (0.1 + 0.2)",
        );
    }
    Ok(if kept.is_empty() {
        integer
    } else {
        [integer.as_str(), ".", kept].concat()
    })
}

const NOT_A_NUMBER: &str =
    "must be a decimal number such as \"0.0001\", with a point and without sign, spaces or unit";
const TOO_LARGE: &str = "has more than 15 digits before the point";

/// The parts of a JSON number (RFC 8259 §6).
struct Decimal<'a> {
    negative: bool,
    integer: &'a str,
    fraction: &'a str,
    exponent: i32,
}

impl<'a> Decimal<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (text, 0),
        };
        let (integer, fraction) = match mantissa.split_once('.') {
            Some((integer, fraction)) if is_digits(fraction) => (integer, fraction),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        let leading_zero = integer.len() > 1 && integer.starts_with('0');
        (is_digits(integer) && !leading_zero).then_some(Self {
            negative,
            integer,
            fraction,
            exponent,
        })
    }

    fn is_zero(&self) -> bool {
        let digits = self.integer.bytes().chain(self.fraction.bytes());
        digits.into_iter().all(|digit| digit == b'0')
    }

    /// Integer and fraction digits after the exponent has moved the point, or none if the point moved out of reach.
    fn shifted(&self) -> Option<(String, String)> {
        let digits = [self.integer, self.fraction].concat();
        let point = i64::try_from(self.integer.len()).ok()?.checked_add(self.exponent.into())?;
        let (integer, fraction) = match usize::try_from(point) {
            Ok(point) => match digits.split_at_checked(point) {
                Some((integer, fraction)) => (integer.to_owned(), fraction.to_owned()),
                None => {
                    let zeros = point.checked_sub(digits.len()).filter(|zeros| *zeros <= MAX_INTEGER_DIGITS)?;
                    ([digits.as_str(), &"0".repeat(zeros)].concat(), String::new())
                }
            },
            // The point moved to the left of all digits: 400 zeros and more are too precise either way.
            Err(_) => {
                let zeros = usize::try_from(point.unsigned_abs()).ok()?.min(400);
                (String::new(), ["0".repeat(zeros), digits].concat())
            }
        };
        let significant = integer.trim_start_matches('0');
        let integer = if significant.is_empty() { "0" } else { significant };
        Some((integer.into(), fraction))
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn parse_exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !is_digits(digits) || digits.len() > 4 {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
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
}
