//! Amounts of the sandbox: whole numbers of 10^-8, the precision that the gateway reports for every currency. Exact, and
//! no float; what does not fit is `None`.

use alloc::string::{String, ToString};

use serde::{Deserialize, Serialize};

use crate::gateway::amount::{MAX_DECIMALS, NOT_A_NUMBER, plain_decimal};
use crate::text::{is_digits, join};

/// 10^-8 units in one unit (`precision` of `/currencies/list` is 8 for every currency).
const UNIT: u128 = 100_000_000;

/// More than any deposit may be (`MAX_INTEGER_DIGITS` of `gateway::amount`), of the smallest unit.
const TOO_MUCH: u128 = 1_000_000_000_000_000 * UNIT;

/// Parts of a million: percentages have six decimals on the wire (`"0.003000"`).
const MILLION: u128 = 1_000_000;

/// An amount of some currency, written with 8 decimals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Amount(u128);

impl Amount {
    pub(super) const ZERO: Self = Self(0);

    pub(super) const fn of_smallest(smallest: u128) -> Self {
        Self(smallest)
    }

    /// Reads decimal text greater than zero, of at most 8 decimals.
    ///
    /// # Errors
    /// What is wrong with it, as the rest of a sentence that begins with the field's name.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let plain = plain_decimal(text)?;
        let (integer, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let digits = integer.bytes().chain(fraction.bytes().chain([b'0'; MAX_DECIMALS]).take(MAX_DECIMALS));
        let smallest = digits
            .fold(0_u128, |sum, digit| sum.saturating_mul(10).saturating_add(u128::from(digit.saturating_sub(b'0'))));
        Ok(Self(smallest))
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// So many parts of a million of it, rounded down: the merchant never pays more than the rate.
    pub(super) fn share(self, parts: u32) -> Self {
        Self(self.0.saturating_mul(u128::from(parts)) / MILLION)
    }

    /// What it comes to in another currency, where one unit of each costs so much, rounded down. None for more than a
    /// deposit may be.
    pub(super) fn exchanged(self, price: Self, other_price: Self) -> Option<Self> {
        self.0.checked_mul(price.0)?.checked_div(other_price.0).filter(|smallest| *smallest < TOO_MUCH).map(Self)
    }
}

impl core::fmt::Display for Amount {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}.{:08}", self.0 / UNIT, self.0 % UNIT)
    }
}

impl From<Amount> for String {
    fn from(amount: Amount) -> Self {
        amount.to_string()
    }
}

/// Reads whatever it writes, since a journal that cannot be read is lost.
impl TryFrom<String> for Amount {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (integer, fraction) = text.split_once('.').ok_or(NOT_A_NUMBER)?;
        if fraction.len() != MAX_DECIMALS || !is_digits(integer) || !is_digits(fraction) {
            return Err(NOT_A_NUMBER);
        }
        join(&[integer, fraction]).parse().map(Self).map_err(|_| NOT_A_NUMBER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn it_reads_what_it_writes() {
        for (text, written) in [
            ("1", "1.00000000"),
            ("0.00000001", "0.00000001"),
            ("1e-8", "0.00000001"),
            ("6.53157512", "6.53157512"),
            ("999999999999999.99999999", "999999999999999.99999999"),
        ] {
            assert_eq!(amount(text).to_string(), written);
            assert_eq!(Amount::try_from(String::from(written)), Ok(amount(text)));
        }
        for written in [Amount::ZERO, Amount(TOO_MUCH), Amount(u128::MAX)] {
            assert_eq!(Amount::try_from(written.to_string()), Ok(written));
        }
        for text in ["", "1", "1.", ".00000001", "1.0000000", "1.000000000", "+1.00000000", "1.0000000a"] {
            assert!(Amount::try_from(String::from(text)).is_err(), "{text}");
        }
        for text in ["0", "-1", "", "1.000000001", "NaN", "1e99"] {
            assert!(Amount::parse(text).is_err(), "{text}");
        }
    }

    /// The fees of the documented callbacks.
    #[test]
    fn the_documented_fees() {
        assert_eq!(amount("6.53157512").share(3_000), amount("0.01959472"));
        assert_eq!(amount("84.17070222").share(50_000), amount("4.20853511"));
    }

    #[test]
    fn an_exchange_is_exact_and_total() {
        assert_eq!(amount("0.5").exchanged(amount("60000"), amount("1")), Some(amount("30000")));
        assert_eq!(amount("1").exchanged(amount("1"), amount("3")), Some(amount("0.33333333")));
        assert_eq!(amount("1").exchanged(amount("1"), Amount::ZERO), None);
        assert_eq!(Amount(u128::MAX).exchanged(amount("2"), amount("1")), None);
        let most = amount("999999999999999.99999999");
        assert_eq!(most.exchanged(amount("1"), amount("1")), Some(most));
        assert_eq!(most.exchanged(amount("2"), amount("1")), None, "no deposit is of so much");
    }
}
