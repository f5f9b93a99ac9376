//! Deposits: what a test orders, what becomes of it, and the body of its callbacks.
//!
//! Source: the gateway's documentation of deposit callbacks, whose samples give the order of the keys. What it leaves
//! open is marked as simulated. Time comes in, in milliseconds since 1970; nothing here waits, sends or signs.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::market;
use super::money::Amount;
use super::take_address::TakenAddress;
use crate::address::{Recognised, bolt11};
use crate::currency::{self, Currency, LIGHTNING};
use crate::error::{Code, Error};
use crate::gateway::json::ObjectWriter;
use crate::text::{integer, join, push_integer};

/// From seen to settled, in seconds, where the order does not say. Simulated: a block of Bitcoin takes ten minutes.
const SECONDS_TO_THE_END: u32 = 10;

/// How late the first of two callbacks comes where they are to be out of order, in milliseconds.
pub(super) const OVERTAKEN_BY: u64 = 1_000;

/// However fast its time runs: over a network, a callback that is sent in the same moment may arrive first.
const OVERTAKEN_BY_AT_LEAST: u64 = 50;

/// The documented text for a deposit that is not credited because it is too small.
const BELOW_MINIMUM: &str = "Transaction amount less than minimum deposit";

/// Simulated: no text for any other cancelled deposit is documented.
const CANCELLED: &str = "Transaction cancelled";

/// How far a deposit is, by the gateway's names.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Seen, not yet to be credited.
    NotConfirmed,
    /// To be credited.
    Confirmed,
    /// Never to be credited.
    Cancelled,
}

impl Status {
    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotConfirmed => "not_confirmed",
            Self::Confirmed => "confirmed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A deposit to make.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DepositOrder {
    /// One of the addresses that were handed out.
    pub address: String,
    /// Its destination tag, where it has one.
    pub tag: Option<String>,
    /// How much is sent, as decimal text.
    pub amount: String,
    /// What is sent, where that is another currency of the same network than the address is for.
    pub currency: Option<String>,
    /// Whether it is cancelled in the end instead of confirmed.
    pub cancelled: bool,
    /// Whether its end comes at once, without `not_confirmed` before.
    pub instant: bool,
    /// Seconds from `not_confirmed` to the end, on the sandbox's clock.
    pub seconds: Option<u32>,
    /// How often each of its callbacks is delivered.
    pub copies: u32,
    /// Whether its final callback comes before the one that says `not_confirmed`.
    pub reordered: bool,
}

impl DepositOrder {
    /// A deposit that is confirmed in its time, of the address's own currency, with each callback delivered once.
    #[must_use]
    pub fn new(address: String, tag: Option<String>, amount: String) -> Self {
        Self {
            address,
            tag,
            amount,
            currency: None,
            cancelled: false,
            instant: false,
            seconds: None,
            copies: 1,
            reordered: false,
        }
    }
}

/// A deposit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Deposit {
    /// The gateway's id of it.
    pub id: u64,
    /// `deposit`, or `deposit_exchange` where it was converted.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it stands.
    pub status: Status,
    /// The id of the address it was made to.
    pub address_id: u64,
    /// That address.
    pub address: String,
    /// Its destination tag.
    pub tag: Option<String>,
    /// The merchant's reference.
    pub foreign_id: String,
    /// What was sent.
    pub currency: String,
    /// How much was sent.
    pub amount: Amount,
    /// What the merchant gets: another currency after a conversion.
    pub received_currency: String,
    /// How much that is, fees included.
    pub received: Amount,
    /// The fee, in the currency that the merchant gets.
    pub fee: Amount,
    /// What is credited once it is confirmed.
    pub net: Amount,
    /// When it was seen, in seconds since 1970.
    pub created_at: u64,
    /// The transaction on the network. Simulated.
    pub txid: String,
    /// The sandbox's plan for it.
    pub plan: Plan,
}

/// How a deposit's life goes on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// When it was seen, in milliseconds since 1970.
    pub begins_at: u64,
    /// When it ends, in milliseconds since 1970.
    pub ends_at: u64,
    /// How it ends.
    pub end: Status,
    /// The text of its `error` then.
    pub error: String,
    /// Whether its only callback is the final one.
    pub instant: bool,
    /// How often each callback is delivered.
    pub copies: u32,
    /// When a callback that was overtaken is sent, in milliseconds after the one that overtook it.
    pub overtaken: Option<u64>,
}

impl DepositOrder {
    /// The deposit that this order makes at an address, as the id-th one.
    ///
    /// # Errors
    /// [`Code::InvalidOption`] with every field at fault.
    pub(super) fn deposit(&self, place: Place<'_>, id: u64, txid: String) -> Result<Deposit, Error> {
        let mut problems = Vec::new();
        self.check_tag(place.taken, &mut problems);
        let sent = self.sent(place.taken, &mut problems);
        let amount = Amount::parse(&self.amount).map_err(|problem| problems.push(field("amount", problem))).ok();
        if let (Some(amount), LIGHTNING) = (amount, place.taken.currency.as_str()) {
            check_invoice(&place, amount, &mut problems);
        }
        if self.copies == 0 || self.copies > MAX_COPIES {
            problems.push(field("copies", "must be a whole number from 1 to 100"));
        }
        let (Some(sent), Some(amount), true) = (sent, amount, problems.is_empty()) else {
            return Err(Error::of_fields(Code::InvalidOption, problems));
        };
        self.planned(&place, sent, amount, id, txid)
    }

    fn check_tag(&self, taken: &TakenAddress, problems: &mut Vec<(String, String)>) {
        if self.tag == taken.tag {
            return;
        }
        let problem = match (&self.tag, &taken.tag) {
            (None, _) => "is missing: without its tag a deposit to this address is nobody's",
            (_, None) => "must be absent: this address has none",
            _ => "is not the tag of this address",
        };
        problems.push(field("tag", problem));
    }

    /// What is sent: the address's currency, or another one of its network.
    fn sent(&self, taken: &TakenAddress, problems: &mut Vec<(String, String)>) -> Option<&'static Currency> {
        let expected = currency::find(&taken.currency)?;
        let Some(code) = &self.currency else {
            return Some(expected);
        };
        let Some(sent) = currency::find(code) else {
            problems.push(field("currency", "is not one that the sandbox has"));
            return None;
        };
        let same_network =
            sent.networks.iter().any(|network| expected.networks.iter().any(|other| other.chain() == network.chain()));
        if sent.code != expected.code && !same_network {
            problems.push(field("currency", "is of another network than the address: such a deposit would be lost"));
            return None;
        }
        Some(sent)
    }

    fn planned(
        &self,
        place: &Place<'_>,
        sent: &Currency,
        amount: Amount,
        id: u64,
        txid: String,
    ) -> Result<Deposit, Error> {
        let taken = place.taken;
        let crossed = sent.code != taken.currency;
        // Simulated: whether a deposit in another currency than expected is converted is not documented.
        let target = taken.convert_to.as_deref().filter(|_| !crossed);
        let received_currency = target.unwrap_or(sent.code);
        let received = match target {
            Some(target) => market::price(sent.code)
                .zip(market::price(target))
                .and_then(|(from, to)| amount.exchanged(from, to))
                .ok_or_else(|| Error::of_field(Code::InvalidOption, "amount", "is too large to be converted"))?,
            None => amount,
        };
        let fee = received.share(market::fee(sent.code, target));
        let too_small = amount < market::minimum(sent);
        let end = if too_small || self.cancelled { Status::Cancelled } else { Status::Confirmed };
        if end == Status::Confirmed && received == Amount::ZERO {
            return Err(Error::of_field(Code::InvalidOption, "amount", "is too small: converted it is nothing"));
        }
        let error = match end {
            Status::Cancelled if too_small => BELOW_MINIMUM,
            Status::Cancelled => CANCELLED,
            _ => "",
        };
        let seconds = if self.instant { 0 } else { self.seconds.unwrap_or(SECONDS_TO_THE_END) };
        Ok(Deposit {
            id,
            kind: if target.is_some() { "deposit_exchange" } else { "deposit" }.into(),
            status: Status::NotConfirmed,
            address_id: taken.id,
            address: taken.address.clone(),
            tag: taken.tag.clone(),
            foreign_id: taken.foreign_id.clone(),
            currency: sent.code.into(),
            amount,
            received_currency: received_currency.into(),
            received,
            fee,
            net: received.minus(fee),
            created_at: place.now / 1000,
            txid,
            plan: Plan {
                begins_at: place.now,
                ends_at: place.now.saturating_add(place.scaled(u64::from(seconds).saturating_mul(1000))),
                end,
                error: error.into(),
                instant: self.instant,
                copies: self.copies,
                overtaken: self.reordered.then(|| place.scaled(OVERTAKEN_BY).max(OVERTAKEN_BY_AT_LEAST)),
            },
        })
    }
}

/// More would be a load test, of the merchant.
const MAX_COPIES: u32 = 100;

/// Where and when a deposit is made.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) taken: &'a TakenAddress,
    /// Whether an invoice has been paid before.
    pub(super) used: bool,
    /// Milliseconds since 1970.
    pub(super) now: u64,
    pub(super) time_scale: f64,
}

impl Place<'_> {
    fn scaled(&self, milliseconds: u64) -> u64 {
        scaled(milliseconds, self.time_scale)
    }
}

/// How long something takes on a clock that runs so many times faster, in milliseconds. A scale of infinity would make it
/// 0, and is refused before.
pub(super) fn scaled(milliseconds: u64, time_scale: f64) -> u64 {
    ((milliseconds as f64 / time_scale) as u64).min(LONGEST)
}

/// 300 years in milliseconds: the moment after it is still a number of JavaScript's.
const LONGEST: u64 = 10_000_000_000_000;

/// An invoice is paid once, in full and in time (the gateway's page on Lightning).
fn check_invoice(place: &Place<'_>, amount: Amount, problems: &mut Vec<(String, String)>) {
    let family = crate::address::Family::Lightning;
    let Ok(Recognised { invoice: Some(terms), .. }) = family.recognise(&place.taken.address) else {
        return;
    };
    let asked = terms.amount.map(bolt11::bitcoin).and_then(|text| Amount::parse(&text).ok());
    if asked != Some(amount) {
        let asked = asked.unwrap_or_default().to_string();
        problems.push(field("amount", &join(&["must be exactly ", &asked, ", the amount of the invoice"])));
    }
    if place.used {
        problems.push(field("address", "is an invoice that has been paid: take another one"));
    }
    if place.now / 1000 >= terms.expires_at {
        problems.push(field("address", "is an invoice that has expired: take another one"));
    }
}

fn field(name: &str, problem: &str) -> (String, String) {
    (name.to_owned(), problem.to_owned())
}

impl Deposit {
    /// The body of the callback that tells of it in its present state.
    pub(super) fn callback(&self, taken: &TakenAddress, tag_as_integer: bool) -> String {
        let mut body = String::new();
        let mut root = ObjectWriter::new(&mut body);
        root.key("id");
        push_integer(root.out, self.id);
        root.text("type", &self.kind);
        root.key("crypto_address");
        self.write_address(root.out, taken, tag_as_integer);
        // Documented since end users are named; where it stands among the keys is simulated.
        if let Some(reference) = &taken.end_user_reference {
            root.text("end_user_reference", reference);
        }
        root.key("currency_sent");
        let mut sent = ObjectWriter::new(root.out);
        sent.text("currency", &self.currency);
        sent.text("amount", &self.amount.to_string());
        sent.end();
        root.key("currency_received");
        let mut received = ObjectWriter::new(root.out);
        received.text("currency", &self.received_currency);
        received.text("amount", &self.received.to_string());
        received.text("amount_minus_fee", &self.net.to_string());
        received.end();
        root.key("transactions");
        self.write_transactions(root.out, tag_as_integer);
        root.key("fees");
        self.write_fees(root.out);
        root.text("error", if self.status == Status::NotConfirmed { "" } else { &self.plan.error });
        root.text("status", self.status.as_str());
        root.end();
        body
    }

    fn write_address(&self, out: &mut String, taken: &TakenAddress, tag_as_integer: bool) {
        let mut address = ObjectWriter::new(out);
        address.key("id");
        push_integer(address.out, taken.id);
        address.text("currency", &taken.currency);
        if let Some(convert_to) = &taken.convert_to {
            address.text("convert_to", convert_to);
        }
        address.text("address", &taken.address);
        write_tag(&mut address, taken.tag.as_deref(), tag_as_integer);
        address.text("foreign_id", &taken.foreign_id);
        if self.currency != taken.currency {
            address.key("cross_currency");
            address.out.push_str("true");
            // Its parent is not certain in the sources.
            address.text("expected_currency", &taken.currency);
        }
        address.end();
    }

    /// Ids of transactions are counted apart from those of deposits, two for each.
    fn write_transactions(&self, out: &mut String, tag_as_integer: bool) {
        let last = self.id.saturating_mul(2);
        out.push('[');
        let mut paid = ObjectWriter::new(out);
        paid.key("id");
        push_integer(paid.out, last.saturating_sub(1));
        paid.text("currency", &self.currency);
        paid.text("transaction_type", "blockchain");
        paid.text("type", "deposit");
        paid.text("address", &self.address);
        write_tag(&mut paid, self.tag.as_deref(), tag_as_integer);
        paid.text("amount", &self.amount.to_string());
        paid.text("txid", &self.txid);
        paid.text("riskscore", "0.00");
        paid.text("confirmations", if self.status == Status::Confirmed { "3" } else { "0" });
        paid.end();
        if self.kind == "deposit_exchange" && self.status == Status::Confirmed {
            out.push(',');
            let mut exchanged = ObjectWriter::new(out);
            exchanged.key("id");
            push_integer(exchanged.out, last);
            exchanged.text("currency", &self.currency);
            exchanged.text("currency_to", &self.received_currency);
            exchanged.text("transaction_type", "exchange");
            exchanged.text("type", "exchange");
            exchanged.text("amount", &self.amount.to_string());
            exchanged.text("amount_to", &self.received.to_string());
            exchanged.end();
        }
        out.push(']');
    }

    /// A fee is taken of what is credited alone. A network's own fee (`transfer`) is not simulated: it is charged to
    /// another balance.
    fn write_fees(&self, out: &mut String) {
        out.push('[');
        if self.status == Status::Confirmed {
            let mut fee = ObjectWriter::new(out);
            fee.text("type", if self.kind == "deposit_exchange" { "exchange" } else { "deposit" });
            fee.text("currency", &self.received_currency);
            fee.text("amount", &self.fee.to_string());
            fee.end();
        }
        out.push(']');
    }
}

/// Sources conflict between a string and an integer.
pub(super) fn write_tag(writer: &mut ObjectWriter<'_>, tag: Option<&str>, as_integer: bool) {
    match tag {
        Some(tag) if !as_integer => writer.text("tag", tag),
        tag => {
            writer.key("tag");
            writer.out.push_str(tag.unwrap_or("null"));
        }
    }
}

pub(super) fn unknown_address() -> Error {
    let problem = "is none that this sandbox handed out: take one first";
    Error::of_field(Code::InvalidOption, "address", problem)
}

pub(super) fn unknown_callback(id: u64) -> Error {
    let problem = join(&["there is no callback ", &integer(id), " here: see `callbacks()`"]);
    Error::of_field(Code::InvalidOption, "id", &problem)
}
