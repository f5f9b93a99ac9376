//! What the sandbox says of its currencies: `/currencies/list` and `/currencies/pairs`.
//!
//! The shapes are documented. Of the figures only minimum deposits are (the gateway's page on confirmations and limits);
//! ids and fees are those of the documented samples where there are any, and prices, ids and everything else here are
//! simulated: they stand still, so that a test can pin what a deposit comes to.

use alloc::string::{String, ToString};

use super::money::Amount;
use crate::currency::{self, Currency, KNOWN, LIGHTNING};
use crate::gateway::json::ObjectWriter;
use crate::text::push_integer;

/// What deposits may be converted into besides the known currencies: the documented fiat codes, and what a unit costs, in
/// hundredths of a US cent.
const FIAT: [(&str, u64); 41] = [
    ("ARS", 7),
    ("AUD", 6_500),
    ("AZN", 5_900),
    ("BDT", 82),
    ("BRL", 1_800),
    ("BYN", 3_000),
    ("CAD", 7_200),
    ("CHF", 12_400),
    ("CLP", 10),
    ("CNY", 1_400),
    ("CZK", 470),
    ("EUR", 11_500),
    ("GBP", 13_200),
    ("GEL", 3_700),
    ("HUF", 30),
    ("IDR", 1),
    ("ILS", 3_000),
    ("INR", 113),
    ("JPY", 65),
    ("KGS", 114),
    ("KRW", 7),
    ("KZT", 19),
    ("LKR", 33),
    ("MDL", 590),
    ("MXN", 540),
    ("MYR", 2_400),
    ("NGN", 7),
    ("NOK", 990),
    ("NPR", 70),
    ("NZD", 5_700),
    ("PEN", 2_900),
    ("PLN", 2_700),
    ("RUB", 125),
    ("SEK", 1_050),
    ("THB", 310),
    ("TJS", 1_080),
    ("TRY", 240),
    ("UAH", 240),
    ("USD", 10_000),
    ("VND", 1),
    ("ZAR", 580),
];

/// Hundredths of a US cent are 10^-4 US dollars, amounts count 10^-8.
const PRICE_STEP: u64 = 10_000;

/// A deposit's fee without a conversion, in parts of a million: 0.3 %, which the documented deposit callback comes to.
const DEPOSIT_FEE: u32 = 3_000;

/// With a conversion: 5 %, as in the documented callback of a `deposit_exchange`.
const EXCHANGE_FEE: u32 = 50_000;

/// The fee of a deposit, in parts of a million. Between Lightning and Bitcoin a conversion is free (the gateway's page on
/// Lightning).
pub(super) fn fee(sent: &str, target: Option<&str>) -> u32 {
    match (sent, target) {
        (LIGHTNING, Some("BTC")) | ("BTC", Some(LIGHTNING)) => 0,
        (_, Some(_)) => EXCHANGE_FEE,
        (_, None) => DEPOSIT_FEE,
    }
}

/// The fiat currencies' ids begin after those of the known ones. Ids differ between environments: never rely on one.
const FIRST_FIAT_ID: usize = 101;

/// The smallest amount that is credited, in 10^-8, and what a unit costs, in hundredths of a US cent.
struct Quote {
    minimum: u64,
    price: u64,
}

/// Minimum deposits are the documented ones where there is one; `1e-8` for an invoice, which fixes its amount. Prices
/// are round figures of the right size.
fn quote(code: &str) -> Quote {
    let (minimum, price) = match code {
        "BTC" | "WBTC" => (10_000, 600_000_000),
        LIGHTNING => (1, 600_000_000),
        "BCH" => (100_000, 4_000_000),
        "LTC" => (1_000_000, 800_000),
        "DOGE" => (100_000_000, 2_000),
        "ETH" | "ETHA" | "ETHBASE" => (1_000_000, 30_000_000),
        "USDTT" => (200_000_000, 10_000),
        "TRX" => (1_000_000_000, 2_500),
        "XRP" => (100_000, 20_000),
        "ADA" => (200_000_000, 5_000),
        "SOL" => (1_000_000, 1_500_000),
        "BNB" | "BNB-BSC" => (1_000_000, 6_000_000),
        "EURS" => (1_000_000, 11_500),
        "BRZ" => (1_000_000, 1_800),
        "CPD" => (1_000_000, 100),
        "XED" => (1_000_000, 10),
        "VERSE" => (1_000_000_000_000, 1),
        "SNACK" => (1_000_000_000, 10),
        "CSC" => (100_000_000, 1),
        // The others are worth a US dollar or a euro.
        _ => (500_000_000, if code.starts_with("EURC") { 11_500 } else { 10_000 }),
    };
    Quote { minimum, price }
}

/// The smallest deposit that is credited.
pub(super) fn minimum(currency: &Currency) -> Amount {
    Amount::of_smallest(quote(currency.code).minimum.into())
}

/// What one unit costs, in US dollars; none for a code that the sandbox does not have.
pub(super) fn price(code: &str) -> Option<Amount> {
    let known = currency::find(code).map(|currency| quote(currency.code).price);
    let price = known.or_else(|| FIAT.iter().find(|(fiat, _)| *fiat == code).map(|(_, price)| *price))?;
    Some(Amount::of_smallest(price.saturating_mul(PRICE_STEP).into()))
}

/// Whether deposits of one currency can be converted into another. Simulated: every code into every other.
pub(super) fn is_pair(from: &str, to: &str) -> bool {
    from != to && price(to).is_some()
}

fn is_fiat(code: &str) -> bool {
    FIAT.iter().any(|(fiat, _)| *fiat == code)
}

/// How the wire calls the two kinds of currency.
pub(super) fn kind(code: &str) -> &'static str {
    if is_fiat(code) { "fiat" } else { "crypto" }
}

/// The entries of `/currencies/list`. Older documentation has a switch `visible`: false asks for those that are not
/// supported, of which the sandbox has none.
pub(super) fn list(visible: bool) -> String {
    let mut data = List::new();
    for (index, (code, minimum)) in codes().map(|code| (code, listed_minimum(code))).enumerate().filter(|_| visible) {
        let mut entry = data.entry();
        entry.key("id");
        let id = if is_fiat(code) {
            index.saturating_sub(KNOWN.len()).saturating_add(FIRST_FIAT_ID)
        } else {
            index.saturating_add(1)
        };
        push_integer(entry.out, u64::try_from(id).unwrap_or(u64::MAX));
        entry.text("type", kind(code));
        entry.text("currency", code);
        entry.text("minimum_amount", &minimum.to_string());
        entry.text("deposit_fee_percent", "0.003000");
        entry.text("withdrawal_fee_percent", "0.000000");
        entry.key("precision");
        entry.out.push('8');
        entry.end();
    }
    data.end()
}

/// The entries of `/currencies/pairs`, all of them or those from or to one currency. Rates are indicative.
pub(super) fn pairs(from: Option<&str>, to: Option<&str>) -> String {
    let mut data = List::new();
    let wanted = |code: &str, asked: Option<&str>| asked.is_none_or(|asked| asked == code);
    for source in KNOWN.iter().filter(|source| wanted(source.code, from)) {
        for target in codes().filter(|target| wanted(target, to) && is_pair(source.code, target)) {
            pair(&mut data, source, target);
        }
    }
    data.end()
}

fn pair(data: &mut List, source: &Currency, target: &str) {
    let one = Amount::of_smallest(100_000_000);
    let rate = price(source.code).zip(price(target)).and_then(|(from, to)| one.exchanged(from, to));
    let least = minimum(source).to_string();
    let mut entry = data.entry();
    entry.key("currency_from");
    let mut side = ObjectWriter::new(entry.out);
    side.text("currency", source.code);
    side.text("type", "crypto");
    side.text("min_amount", &least);
    side.text("min_amount_deposit_with_exchange", &least);
    side.end();
    entry.key("currency_to");
    let mut side = ObjectWriter::new(entry.out);
    side.text("currency", target);
    side.text("type", kind(target));
    side.end();
    entry.text("rate_from", "1");
    entry.text("rate_to", &rate.unwrap_or_default().to_string());
    entry.end();
}

/// Every code that the sandbox has.
pub(super) fn codes() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|currency| currency.code).chain(FIAT.iter().map(|(code, _)| *code))
}

/// Nobody pays fiat into an address, so its minimum is simulated as one cent.
fn listed_minimum(code: &str) -> Amount {
    currency::find(code).map_or(Amount::of_smallest(1_000_000), minimum)
}

/// `{"data":[…]}`, written entry by entry.
pub(super) struct List {
    body: String,
    empty: bool,
}

impl List {
    pub(super) fn new() -> Self {
        Self { body: r#"{"data":["#.into(), empty: true }
    }

    pub(super) fn entry(&mut self) -> ObjectWriter<'_> {
        if !self.empty {
            self.body.push(',');
        }
        self.empty = false;
        ObjectWriter::new(&mut self.body)
    }

    pub(super) fn end(mut self) -> String {
        self.body.push_str("]}");
        self.body
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::json::Json;

    fn entries(body: &str) -> usize {
        let members = Json::parse(body.as_bytes()).unwrap().into_members();
        let [(name, Json::List(entries))] = members.as_slice() else { panic!("{body}") };
        assert_eq!(name, "data");
        entries.len()
    }

    #[test]
    fn lists_are_of_the_documented_shape() {
        assert_eq!(entries(&list(true)), KNOWN.len() + FIAT.len());
        assert_eq!(entries(&list(false)), 0);
        let first = r#"{"data":[{"id":1,"type":"crypto","currency":"BTC","minimum_amount":"0.00010000","deposit_fee_percent":"0.003000","withdrawal_fee_percent":"0.000000","precision":8},"#;
        assert!(list(true).starts_with(first), "{}", list(true));
    }

    #[test]
    fn pairs_are_filtered() {
        let all = KNOWN.len() * (KNOWN.len() + FIAT.len() - 1);
        assert_eq!(entries(&pairs(None, None)), all);
        let expected = r#"{"data":[{"currency_from":{"currency":"BTC","type":"crypto","min_amount":"0.00010000","min_amount_deposit_with_exchange":"0.00010000"},"currency_to":{"currency":"USD","type":"fiat"},"rate_from":"1","rate_to":"60000.00000000"}]}"#;
        assert_eq!(pairs(Some("BTC"), Some("USD")), expected);
        assert_eq!(entries(&pairs(Some("BTC"), Some("BTC"))), 0);
    }

    #[test]
    fn fiat_codes_are_no_currencies() {
        assert!(FIAT.iter().all(|(code, _)| currency::find(code).is_none()));
    }

    /// Lightning and Bitcoin are one to one (the gateway's page on Lightning).
    #[test]
    fn every_code_has_a_price() {
        assert!(codes().all(|code| price(code).is_some_and(|price| price > Amount::ZERO)));
        assert_eq!(price("BTC"), price("BTCLN"));
        assert_eq!(price("NEW"), None);
    }
}
