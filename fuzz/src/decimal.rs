//! A decimal number by its significant digits, for comparing values whatever way they are written.

/// `digits` × 10^`exponent`; no digits are zero.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decimal {
    pub negative: bool,
    /// Neither the first nor the last is 0.
    pub digits: String,
    pub exponent: i64,
}

impl Decimal {
    /// Reads a JSON number; none when it is none, or its exponent has more than 15 digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if !crate::json::is_number(text) {
            return None;
        }
        let lower = text.to_lowercase();
        let (mantissa, exponent) = lower.split_once('e').unwrap_or((&lower, "0"));
        if exponent.len() > 16 {
            return None;
        }
        let mut exponent: i64 = exponent.parse().ok()?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        exponent -= i64::try_from(fraction.len()).ok()?;
        let all = format!("{whole}{fraction}").replace('-', "");
        let significant = all.trim_end_matches('0');
        exponent += i64::try_from(all.len() - significant.len()).ok()?;
        let digits = significant.trim_start_matches('0').to_owned();
        let exponent = if digits.is_empty() { 0 } else { exponent };
        Some(Self { negative: text.starts_with('-'), digits, exponent })
    }

    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// How many digits stand before the point.
    #[must_use]
    pub fn integer_digits(&self) -> i64 {
        (self.digits.len() as i64 + self.exponent).max(0)
    }

    /// How many digits stand after the point when it is written as short as can be.
    #[must_use]
    pub fn decimals(&self) -> i64 {
        (-self.exponent).max(0)
    }
}
