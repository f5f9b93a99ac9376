//! `POST /addresses/take` from the gateway's side: what it asks of a body, and what it answers.
//!
//! Source: the gateway's documentation of addresses/take. Of the validation texts only "The foreign id field is
//! required." is documented for this endpoint; its sisters show the wording of Laravel's validator ("The selected
//! currency from is invalid.", "The amount must be at least 0.001."), so the others here are that validator's, and
//! simulated. Nothing here knows HTTP or the signature.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::deposit_addresses::Deposit;
use super::deposits::write_tag;
use super::market;
use crate::address::bolt11::millisatoshis;
use crate::currency::{self, Currency, LIGHTNING};
use crate::gateway::amount::plain_decimal;
use crate::gateway::json::{Json, ObjectWriter};
use crate::text::{character_count, join, push_integer};

/// The longest text of a reference, in characters.
const MAX_CHARACTERS: usize = 255;

/// The largest invoice, in millisatoshis (the gateway's page on Lightning: 0.045 BTCLN).
const MAX_INVOICE: u64 = 4_500_000_000;

/// An address that was handed out, under the names of the wire.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TakenAddress {
    /// The sandbox's id of the address.
    pub id: u64,
    /// The currency it is for.
    pub currency: String,
    /// What deposits are to be converted into, when that was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub convert_to: Option<String>,
    /// The address; for BTCLN the invoice.
    pub address: String,
    /// The destination tag, for networks that have one.
    pub tag: Option<String>,
    /// The merchant's own reference.
    pub foreign_id: String,
    /// The merchant's reference of the end user, when it was sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub end_user_reference: Option<String>,
}

impl TakenAddress {
    /// The body of the answer, its keys in the documented order. What was not sent is not echoed.
    pub(super) fn to_body(&self, tag_as_integer: bool) -> String {
        let mut body = String::new();
        let mut envelope = ObjectWriter::new(&mut body);
        envelope.key("data");
        let mut data = ObjectWriter::new(envelope.out);
        data.key("id");
        push_integer(data.out, self.id);
        data.text("currency", &self.currency);
        if let Some(convert_to) = &self.convert_to {
            data.text("convert_to", convert_to);
        }
        data.text("address", &self.address);
        write_tag(&mut data, self.tag.as_deref(), tag_as_integer);
        data.text("foreign_id", &self.foreign_id);
        if let Some(end_user_reference) = &self.end_user_reference {
            data.text("end_user_reference", end_user_reference);
        }
        data.end();
        envelope.end();
        body
    }
}

/// A request that passed the validation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Order<'a> {
    pub(super) currency: &'static Currency,
    /// The amount of a Lightning invoice, in millisatoshis.
    pub(super) amount: Option<u64>,
    foreign_id: &'a str,
    end_user_reference: Option<&'a str>,
    convert_to: Option<&'a str>,
}

impl<'a> Order<'a> {
    /// Validates the members of a body. Members of other names are passed over.
    ///
    /// # Errors
    /// One message for each field at fault.
    pub(super) fn read(members: &'a [(String, Json)]) -> Result<Self, Vec<(&'static str, String)>> {
        let mut check = Check { members, errors: Vec::new() };
        let currency = check.currency();
        let foreign_id = check.required("foreign_id", "foreign id");
        // Sources conflict on whether it is required; the sandbox takes both.
        let end_user_reference = check.text("end_user_reference", "end user reference");
        let convert_to = check.convert_to(currency);
        let amount = check.amount(currency);
        match (currency, foreign_id) {
            (Some(currency), Some(foreign_id)) if check.errors.is_empty() => {
                Ok(Self { currency, amount, foreign_id, end_user_reference, convert_to })
            }
            _ => Err(check.errors),
        }
    }

    /// The address that this request is answered with.
    pub(super) fn taken(&self, id: u64, deposit: Deposit) -> TakenAddress {
        TakenAddress {
            id,
            currency: self.currency.code.into(),
            convert_to: self.convert_to.map(Into::into),
            address: deposit.address,
            tag: deposit.tag,
            foreign_id: self.foreign_id.into(),
            end_user_reference: self.end_user_reference.map(Into::into),
        }
    }
}

/// Collects the errors of a body. A field's name stands in its message with spaces, as Laravel writes it.
struct Check<'a> {
    members: &'a [(String, Json)],
    errors: Vec<(&'static str, String)>,
}

impl<'a> Check<'a> {
    fn error(&mut self, field: &'static str, message: &[&str]) {
        self.errors.push((field, join(message)));
    }

    /// The field's value. As in Laravel, nothing is the same as `null` or a string of spaces; as in PHP, of two
    /// members of one name the last counts.
    fn member(&self, field: &str) -> Option<&'a Json> {
        let (_, value) = self.members.iter().rev().find(|(name, _)| name == field)?;
        match value {
            Json::Null => None,
            Json::Text(text) if text.trim().is_empty() => None,
            value => Some(value),
        }
    }

    fn text(&mut self, field: &'static str, name: &str) -> Option<&'a str> {
        match self.member(field)? {
            Json::Text(text) if character_count(text) > MAX_CHARACTERS => {
                self.error(field, &["The ", name, " may not be greater than 255 characters."]);
                None
            }
            Json::Text(text) => Some(text),
            _ => {
                self.error(field, &["The ", name, " must be a string."]);
                None
            }
        }
    }

    fn required(&mut self, field: &'static str, name: &str) -> Option<&'a str> {
        if self.member(field).is_none() {
            self.error(field, &["The ", name, " field is required."]);
        }
        self.text(field, name)
    }

    /// The sandbox has addresses of the known currencies; another code is as invalid as one that does not exist. What the gateway says of a currency that is not enabled for a merchant is not documented.
    fn currency(&mut self) -> Option<&'static Currency> {
        let found = currency::find(self.required("currency", "currency")?);
        if found.is_none() {
            self.error("currency", &["The selected currency is invalid."]);
        }
        found
    }

    fn convert_to(&mut self, currency: Option<&Currency>) -> Option<&'a str> {
        let code = self.text("convert_to", "convert to")?;
        if currency.is_some_and(|currency| currency.code == code) {
            self.error("convert_to", &["The convert to and currency must be different."]);
        } else if !market::is_pair(currency.map_or("", |currency| currency.code), code) {
            self.error("convert_to", &["The selected convert to is invalid."]);
        }
        Some(code)
    }

    /// The documentation has `amount` for BTCLN alone, as a number of at most 8 decimals. That a string is refused,
    /// and an amount beside another currency passed over, is simulated.
    fn amount(&mut self, currency: Option<&Currency>) -> Option<u64> {
        if currency?.code != LIGHTNING {
            return None;
        }
        let Some(value) = self.member("amount") else {
            self.error("amount", &["The amount field is required when currency is BTCLN."]);
            return None;
        };
        let amount = match value {
            Json::Number(text) => amount_of(text),
            _ => Err("The amount must be a number."),
        };
        amount.map_err(|message| self.error("amount", &[message])).ok()
    }
}

fn amount_of(text: &str) -> Result<u64, &'static str> {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    if text.starts_with('-') || mantissa.bytes().all(|byte| matches!(byte, b'0' | b'.')) {
        return Err("The amount must be at least 0.00000001.");
    }
    let plain = plain_decimal(text).map_err(|_| "The amount format is invalid.")?;
    millisatoshis(&plain).filter(|amount| *amount <= MAX_INVOICE).ok_or("The amount may not be greater than 0.045.")
}

#[cfg(test)]
mod tests {
    use alloc::borrow::ToOwned;
    use alloc::format;

    use super::*;

    fn members(body: &str) -> Vec<(String, Json)> {
        match Json::parse(body.as_bytes()) {
            Some(Json::Object(members)) => members,
            other => panic!("{other:?}"),
        }
    }

    fn errors(body: &str) -> Vec<(&'static str, String)> {
        Order::read(&members(body)).unwrap_err()
    }

    #[test]
    fn every_error_names_its_field() {
        let long = format!(r#"{{"currency":"BTC","foreign_id":"{}"}}"#, "é".repeat(256));
        for (body, field, message) in [
            (r#"{"foreign_id":"1"}"#, "currency", "The currency field is required."),
            (r#"{"currency":null,"foreign_id":"1"}"#, "currency", "The currency field is required."),
            (r#"{"currency":1,"foreign_id":"1"}"#, "currency", "The currency must be a string."),
            (r#"{"currency":"btc","foreign_id":"1"}"#, "currency", "The selected currency is invalid."),
            (r#"{"currency":"BTC"}"#, "foreign_id", "The foreign id field is required."),
            (r#"{"currency":"BTC","foreign_id":" "}"#, "foreign_id", "The foreign id field is required."),
            (r#"{"currency":"BTC","foreign_id":17}"#, "foreign_id", "The foreign id must be a string."),
            (&long, "foreign_id", "The foreign id may not be greater than 255 characters."),
            (
                r#"{"currency":"BTC","foreign_id":"1","end_user_reference":{}}"#,
                "end_user_reference",
                "The end user reference must be a string.",
            ),
            (
                r#"{"currency":"ETH","foreign_id":"1","convert_to":"ETH"}"#,
                "convert_to",
                "The convert to and currency must be different.",
            ),
            (
                r#"{"currency":"ETH","foreign_id":"1","convert_to":"EUX"}"#,
                "convert_to",
                "The selected convert to is invalid.",
            ),
            (
                r#"{"currency":"BTCLN","foreign_id":"1"}"#,
                "amount",
                "The amount field is required when currency is BTCLN.",
            ),
        ] {
            assert_eq!(errors(body), [(field, message.to_owned())], "{body}");
        }
    }

    #[test]
    fn all_errors_are_told_at_once() {
        let errors = errors(r#"{"convert_to":1,"amount":0}"#);
        let fields: Vec<&str> = errors.into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["currency", "foreign_id", "convert_to"]);
    }

    #[test]
    fn amounts() {
        let order = |amount: &str| format!(r#"{{"currency":"BTCLN","foreign_id":"1","amount":{amount}}}"#);
        for (amount, millisatoshis) in [
            ("0.00000001", 1_000),
            ("1e-8", 1_000),
            ("0.0001", 10_000_000),
            ("0.00010000", 10_000_000),
            ("0.045", MAX_INVOICE),
        ] {
            let members = members(&order(amount));
            assert_eq!(Order::read(&members).unwrap().amount, Some(millisatoshis), "{amount}");
        }
        for (amount, message) in [
            (r#""0.0001""#, "The amount must be a number."),
            ("true", "The amount must be a number."),
            ("null", "The amount field is required when currency is BTCLN."),
            ("0", "The amount must be at least 0.00000001."),
            ("0.0e5", "The amount must be at least 0.00000001."),
            ("-1", "The amount must be at least 0.00000001."),
            ("0.000000001", "The amount format is invalid."),
            ("1e99999", "The amount format is invalid."),
            ("0.04500001", "The amount may not be greater than 0.045."),
            ("999999999999999", "The amount may not be greater than 0.045."),
        ] {
            assert_eq!(errors(&order(amount)), [("amount", message.to_owned())], "{amount}");
        }
    }

    #[test]
    fn what_is_not_asked_for_is_passed_over() {
        let members = members(
            r#"{"currency":"ETH","currency":"BTC","foreign_id":"1","amount":"x","convert_to":null,"sender_type":1}"#,
        );
        let order = Order::read(&members).unwrap();
        assert_eq!((order.currency.code, order.amount, order.convert_to), ("BTC", None, None));
    }
}
