//! A callback: what the gateway posts to the merchant when money moves. Verified over its raw bytes, then read.
//!
//! Source: the gateway's documentation of callbacks, its older versions, and recorded callbacks. They conflict on the
//! types of numbers and on which fields are there, so those are read tolerantly; what money depends on is not: two
//! readings of one callback, or a confirmed deposit without an amount, are errors, which the gateway answers by
//! sending again. No float is made of anything, and nothing of a body is repeated before its signature matched.

use alloc::string::String;
use alloc::vec::Vec;
use core::hint::black_box;
use core::mem::{replace, take};

use super::amount::plain_decimal;
use super::json::{Json, ObjectWriter, find, is_safe_integer};
use crate::error::{Code, Error};
use crate::signature::Signer;
use crate::text::{from_utf8_lossy, is_digits, join, push_integer, split_once};

/// How much of a body an error repeats, in bytes.
const MAX_QUOTED_BYTES: usize = 64 * 1024;

/// The longest type, status, id and currency. The documentation's longest is 36: a UUID.
const MAX_TOKEN_BYTES: usize = 64;

/// The only status on which money may be credited (documentation of deposit callbacks).
const CONFIRMED: &str = "confirmed";

/// The documented types; what others hold is handed on as it is.
const TYPES: [&str; 6] = ["deposit", "deposit_exchange", "withdrawal", "withdrawal_exchange", "exchange", "invoice"];

/// The fields of these types that are objects, and those that are lists of objects.
const OBJECTS: [&str; 3] = ["crypto_address", "currency_sent", "currency_received"];
const LISTS: [&str; 2] = ["transactions", "fees"];

/// The members that are added to those of the gateway. Should it send one of these names some day, ours stands.
const ADDED: [&str; 5] = ["key", "creditKey", "final", "credit", "secretIndex"];

/// Verifies a callback and reads it.
///
/// Every signer is asked, also after one has matched, so that the time tells nothing of how many there are to try;
/// [`Callback::secret_index`] says which one matched: 0 is `signer`, the first of `older` is 1.
///
/// # Errors
/// [`Code::WrongKey`], [`Code::InvalidSignature`], and those of [`Callback::parse`].
///
/// ```
/// use alphapo_wasm::gateway::callback::verify;
/// use alphapo_wasm::signature::{Secret, Signer};
///
/// let body = br#"{"id":7,"type":"deposit","status":"not_confirmed","crypto_address":{"foreign_id":"user-17"}}"#;
/// let signer = Signer::new(&Secret::new("secret"))?;
/// let callback = verify(body, "key", &signer.sign(body), "key", &signer, &[])?;
/// assert_eq!(callback.key(), "deposit:7:not_confirmed");
/// assert_eq!(callback.foreign_id(), Some("user-17"));
/// # Ok::<(), alphapo_wasm::error::Error>(())
/// ```
pub fn verify(
    body: &[u8],
    key_header: &str,
    signature_header: &str,
    key: &str,
    signer: &Signer,
    older: &[Signer],
) -> Result<Callback, Error> {
    if !is_same(key_header.as_bytes(), key.as_bytes()) {
        return Err(Error::new(Code::WrongKey, WRONG_KEY.into()));
    }
    let mut matched = None;
    for (index, signer) in core::iter::once(signer).chain(older).enumerate() {
        let genuine = signer.verify(body, signature_header.as_bytes());
        matched = matched.or(genuine.then_some(index));
    }
    let matched = matched.ok_or_else(|| Error::new(Code::InvalidSignature, INVALID_SIGNATURE.into()))?;
    let mut callback = Callback::parse(body)?;
    callback.secret_index = matched;
    Ok(callback)
}

const WRONG_KEY: &str = "the `X-Processing-Key` header is not your key: the callback is another environment's \
                         (sandbox, production) or forged";
const INVALID_SIGNATURE: &str = "the `X-Processing-Signature` header is not this body's signature: the callback is \
                                 forged, signed with another secret, or the body is not the bytes that arrived (one \
                                 that was parsed and written anew, as JSON.stringify does it, is another body)";

/// Compared in a time that depends on the lengths alone.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    let difference = a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b));
    a.len() == b.len() && black_box(difference) == 0
}

/// A genuine callback: every field of the gateway's, in its order, and what follows from them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Callback {
    fields: Vec<(String, Json)>,
    credit_key: String,
    key: String,
    is_final: bool,
    credit: Option<Credit>,
    secret_index: usize,
}

/// The one amount to credit.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Credit {
    amount: String,
    currency: String,
}

impl Callback {
    /// Reads a body whose signature has been verified.
    ///
    /// # Errors
    /// [`Code::InvalidJson`], or [`Code::InvalidCallback`] with the field at fault; both keep the body.
    pub fn parse(body: &[u8]) -> Result<Self, Error> {
        Self::read(body).map_err(|mut error| {
            error.body = Some(from_utf8_lossy(body.get(..MAX_QUOTED_BYTES).unwrap_or(body)));
            error
        })
    }

    fn read(body: &[u8]) -> Result<Self, Error> {
        let mut json = Json::parse(body).ok_or_else(|| Error::new(Code::InvalidJson, INVALID_JSON.into()))?;
        normalise(&mut json)?;
        let Json::Object(mut fields) = json else {
            return Err(invalid("callback", "is no JSON object"));
        };
        let kind = token(&fields, "type")?;
        let status = token(&fields, "status")?;
        let credit_key = join(&[&kind, ":", &id(&mut fields)?]);
        fields.retain(|(name, _)| !ADDED.contains(&name.as_str()));
        if TYPES.contains(&kind.as_str()) {
            for name in OBJECTS {
                complete(&mut fields, name, object)?;
            }
            for name in LISTS {
                complete(&mut fields, name, list)?;
            }
        }
        let foreign_id = foreign_id(&fields)?;
        complete(&mut fields, "foreign_id", |field| {
            *field = foreign_id;
            Some(())
        })?;
        Ok(Self {
            key: join(&[&credit_key, ":", &status]),
            credit_key,
            is_final: is_final(&kind, &status),
            credit: if is_creditable(&kind, &status) { Some(credit(&fields)?) } else { None },
            fields,
            secret_index: 0,
        })
    }

    /// What duplicates of this callback share and nothing else does: type, id and status.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What all callbacks of one transaction share: type and id.
    #[must_use]
    pub fn credit_key(&self) -> &str {
        &self.credit_key
    }

    /// Whether the status is the transaction's last.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.is_final
    }

    /// The one amount to credit and its currency, or none unless this is a confirmed deposit.
    #[must_use]
    pub fn credit(&self) -> Option<(&str, &str)> {
        self.credit.as_ref().map(|credit| (credit.amount.as_str(), credit.currency.as_str()))
    }

    /// The merchant's own reference, wherever the gateway put it.
    #[must_use]
    pub fn foreign_id(&self) -> Option<&str> {
        find(&self.fields, "foreign_id").and_then(Json::text)
    }

    /// Which secret signed it: 0 is the first.
    #[must_use]
    pub fn secret_index(&self) -> usize {
        self.secret_index
    }

    /// The callback as JSON for `JSON.parse`.
    #[must_use]
    pub fn to_javascript_json(&self) -> String {
        let mut json = String::new();
        let mut writer = ObjectWriter::new(&mut json);
        for (name, value) in &self.fields {
            writer.key(name);
            value.write_for_javascript(writer.out);
        }
        writer.text("key", &self.key);
        writer.text("creditKey", &self.credit_key);
        writer.key("final");
        writer.out.push_str(if self.is_final { "true" } else { "false" });
        writer.key("credit");
        match &self.credit {
            Some(credit) => {
                let mut writer = ObjectWriter::new(writer.out);
                writer.text("amount", &credit.amount);
                writer.text("currency", &credit.currency);
                writer.end();
            }
            None => writer.out.push_str("null"),
        }
        writer.key("secretIndex");
        push_integer(writer.out, self.secret_index as u64);
        writer.end();
        json
    }
}

const INVALID_JSON: &str = "the callback is genuine, but no JSON: see `body`";

/// At every depth: one field of a name, and text where the gateway sends now text, now a number.
fn normalise(json: &mut Json) -> Result<(), Error> {
    match json {
        Json::List(items) => items.iter_mut().try_for_each(normalise),
        Json::Object(members) => {
            let mut rest = members.as_mut_slice();
            while let Some(((name, value), after)) = rest.split_first_mut() {
                // Which of the two the gateway meant is nobody's to guess: another parser takes the other one.
                if after.iter().any(|(other, _)| other == name) {
                    return Err(invalid(name, "is there more than once"));
                }
                match value {
                    Json::Number(digits) if is_text(name) => *value = Json::Text(take(digits)),
                    _ => normalise(value)?,
                }
                rest = after;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Amounts of every kind, and what sources have as a number here and as text there. A number keeps its own digits.
fn is_text(name: &str) -> bool {
    name.starts_with("amount")
        || name.ends_with("amount")
        || ["confirmations", "riskscore", "tag", "foreign_id", "end_user_reference", "txid"].contains(&name)
}

/// A field that is one word. It becomes part of a key, so it may not hold the colon that separates the parts.
fn token(fields: &[(String, Json)], name: &str) -> Result<String, Error> {
    match find(fields, name) {
        Some(Json::Text(text)) if is_token(text) => Ok(text.into()),
        _ => Err(invalid(name, "is missing or unusable")),
    }
}

fn is_token(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b':';
    (1..=MAX_TOKEN_BYTES).contains(&text.len()) && text.bytes().all(is_plain)
}

/// The id as text. In the callback an integer that JavaScript holds without loss stays a number, also where it came as
/// text; any other id is text, so that no digit is lost and one id never has two keys.
fn id(fields: &mut [(String, Json)]) -> Result<String, Error> {
    for (name, value) in fields.iter_mut().filter(|(name, _)| name == "id") {
        match value {
            Json::Number(digits) if is_digits(digits) && is_token(digits) => return Ok(digits.clone()),
            Json::Text(text) if is_token(text) => {
                let id = text.clone();
                if is_safe_integer(&id) && is_digits(&id) && (id == "0" || !id.starts_with('0')) {
                    *value = Json::Number(take(text));
                }
                return Ok(id);
            }
            Json::Null => {}
            _ => return Err(invalid(name, "is unusable")),
        }
    }
    // A payment request, the invoices' successor, has no `id` but this one, a UUID.
    token(fields, "payment_request_id").map_err(|_| invalid("id", "is missing"))
}

/// Brings a field into its form, as `null` where it is not there.
fn complete(
    fields: &mut Vec<(String, Json)>,
    name: &str,
    form: impl FnOnce(&mut Json) -> Option<()>,
) -> Result<(), Error> {
    if find(fields, name).is_none() {
        fields.push((name.into(), Json::Null));
    }
    let field = fields.iter_mut().find(|(field, _)| field == name);
    field.and_then(|(_, value)| form(value)).ok_or_else(|| invalid(name, "is unusable"))
}

/// An object or `null`. PHP, which the gateway is written in, writes an empty object as an empty list.
fn object(field: &mut Json) -> Option<()> {
    match field {
        Json::Object(members) if texts(members) => {}
        Json::Null => {}
        Json::List(items) if items.is_empty() => *field = Json::Null,
        _ => return None,
    }
    Some(())
}

/// A list of objects. PHP writes one from which an item was taken as an object whose names are numbers.
fn list(field: &mut Json) -> Option<()> {
    let items = match replace(field, Json::Null) {
        Json::List(items) => items,
        Json::Object(members) => members.into_iter().map(|(_, item)| item).collect(),
        Json::Null => Vec::new(),
        _ => return None,
    };
    if !items.iter().all(|item| matches!(item, Json::Object(members) if texts(members))) {
        return None;
    }
    *field = Json::List(items);
    Some(())
}

/// Whether every amount and currency among these is text, or not there.
fn texts(members: &[(String, Json)]) -> bool {
    let is_ours = |name: &str| is_text(name) || name.starts_with("currency");
    members.iter().all(|(name, value)| !is_ours(name) || matches!(value, Json::Text(_) | Json::Null))
}

/// At the root for withdrawals and invoices, in `crypto_address` for deposits. Both, if they differ, name two customers.
fn foreign_id(fields: &[(String, Json)]) -> Result<Json, Error> {
    let of_address = match find(fields, "crypto_address") {
        Some(Json::Object(members)) => find(members, "foreign_id"),
        _ => None,
    };
    let mut found = None;
    for value in [find(fields, "foreign_id"), of_address].into_iter().flatten() {
        match value {
            Json::Null => {}
            Json::Text(text) if text.is_empty() => {}
            Json::Text(text) if found.is_none_or(|found| found == text) => found = Some(text),
            _ => return Err(invalid("foreign_id", "is unusable, or two different ones are there")),
        }
    }
    Ok(found.map_or(Json::Null, |text| Json::Text(text.clone())))
}

/// Documented as final: `confirmed` and `cancelled`, and for invoices `confirmed` and `failed`. Any other status, and
/// any status of a type that is not known, may be followed by another.
fn is_final(kind: &str, status: &str) -> bool {
    let other = if kind == "invoice" { "failed" } else { "cancelled" };
    TYPES.contains(&kind) && [CONFIRMED, other].contains(&status)
}

/// Deposits alone: an invoice is an order to fulfil, whose partial and surplus payments the documentation leaves open.
fn is_creditable(kind: &str, status: &str) -> bool {
    ["deposit", "deposit_exchange"].contains(&kind) && status == CONFIRMED
}

/// What was added to the merchant's balance: `amount_minus_fee`, in the currency received (documentation of deposit
/// callbacks: "the amount credited to your merchant balance after fees"; public integrations credit it too). To credit
/// more would be the merchant's own money; the documentation leaves that choice to the merchant, and `amount` stays
/// readable. Where there is no `amount_minus_fee`, as for all types but deposits, `amount` is what there is.
fn credit(fields: &[(String, Json)]) -> Result<Credit, Error> {
    let Some(Json::Object(received)) = find(fields, "currency_received") else {
        return Err(invalid("currency_received", "is missing, though the deposit is confirmed"));
    };
    let named = |name| find(received, name).and_then(Json::text);
    let amount = named("amount_minus_fee").or(named("amount")).and_then(usable_amount);
    let currency = named("currency").filter(|currency| is_token(currency));
    match (amount, currency) {
        (Some(amount), Some(currency)) => Ok(Credit { amount, currency: currency.into() }),
        _ => Err(invalid("currency_received", "has no usable amount and currency, though the deposit is confirmed")),
    }
}

/// The amount as it was sent, if it is a plain decimal number above zero. PHP writes a small bare number with an
/// exponent, which is not every reader's idea of a decimal; that alone is rewritten.
fn usable_amount(text: &str) -> Option<String> {
    if split_once(text, b"eE").is_some() {
        return plain_decimal(text).ok();
    }
    let (integer, fraction) = split_once(text, b".").unwrap_or((text, "0"));
    let is_plain = is_digits(integer) && is_digits(fraction) && text.len() <= MAX_TOKEN_BYTES;
    let leading_zero = integer.len() > 1 && integer.starts_with('0');
    let above_zero = text.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    (is_plain && !leading_zero && above_zero).then(|| text.into())
}

fn invalid(field: &str, problem: &str) -> Error {
    let mut error = Error::of_field(Code::InvalidCallback, field, problem);
    error.message = join(&["the callback is genuine, but its ", &error.message, ": see `body`"]);
    error
}
