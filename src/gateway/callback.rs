//! A callback: what the gateway posts to the merchant when money moves. Verified over its raw bytes, then read.
//!
//! Source: the gateway's documentation of callbacks, its older versions, and recorded callbacks. They conflict on the
//! types of numbers and on which fields are there, so those are read tolerantly; what money depends on is not: two
//! readings of one callback, or a confirmed deposit without an amount, are errors, which the gateway answers by
//! sending again. No float is made of anything, and nothing of a body is repeated before its signature matched.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::hint::black_box;
use core::mem::take;

use super::amount::without_exponent;
use super::json::{Json, find};
use crate::error::{Code, Error};
use crate::signature::Signer;
use crate::text::{from_utf8_lossy, integer, is_digits, is_one_of, join, split_once};

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

/// What of those objects tells how much of what it is, and whose.
const MONEY: [&str; 8] =
    ["currency", "amount", "amount_minus_fee", "remaining_amount", "currency_to", "amount_to", "tag", "foreign_id"];

/// The members that are added to those of the gateway. Should it send one of these names some day, ours stands; the
/// last it does send, in more than one place.
const REPLACED: [&str; 6] = ["key", "creditKey", "final", "credit", "secretIndex", "foreign_id"];

/// Verifies a callback and reads it.
///
/// Every signer is asked, also after one has matched, so that the time tells nothing of how many there are to try;
/// `secretIndex` of the callback says which one matched: 0 is `signer`, the first of `older` is 1.
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
/// assert_eq!(callback.text("key"), Some("deposit:7:not_confirmed"));
/// assert_eq!(callback.text("foreign_id"), Some("user-17"));
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
    // The gateway writes lower case. The other spelling proves as much, but is none that it sent.
    let claimed = if signature_header.bytes().any(|digit| digit.is_ascii_uppercase()) { "" } else { signature_header };
    let mut index = 0_u32;
    let mut matched = signer.verify(body, claimed.as_bytes()).then_some(index);
    for signer in older {
        index = index.saturating_add(1);
        let genuine = signer.verify(body, claimed.as_bytes());
        matched = matched.or(genuine.then_some(index));
    }
    let matched = matched.ok_or_else(|| Error::new(Code::InvalidSignature, INVALID_SIGNATURE.into()))?;
    let mut callback = Callback::parse(body)?;
    callback.add("secretIndex", Json::Number(integer(matched)));
    Ok(callback)
}

const WRONG_KEY: &str =
    "`X-Processing-Key` is not your key: the callback is forged, or another environment's (sandbox, production)";
const INVALID_SIGNATURE: &str = "`X-Processing-Signature` is not this body's: the callback is forged, signed with \
                                 another secret, or its body was parsed and written anew (JSON.stringify), which \
                                 changes it: pass the bytes that arrived";

/// Compared in a time that depends on the lengths alone.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    let difference = a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b));
    a.len() == b.len() && black_box(difference) == 0
}

/// A genuine callback: every field of the gateway's, in its order, and after them what follows from them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Callback {
    fields: Vec<(String, Json)>,
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
        let mut json = Json::parse(body).ok_or_else(|| failure(Code::InvalidJson, "callback", "is no JSON"))?;
        normalise(&mut json)?;
        let Json::Object(mut fields) = json else {
            return Err(invalid("callback", "is no JSON object"));
        };
        let foreign_id = foreign_id(&fields);
        fields.retain(|(name, _)| !is_one_of(name, &REPLACED));
        if is_one_of(token(&fields, "type")?, &TYPES) {
            complete(&mut fields)?;
        }
        fields.push(("foreign_id".into(), foreign_id?));
        let (kind, status) = (token(&fields, "type")?, token(&fields, "status")?);
        let credit_key = join(&[kind, ":", id(&fields)?]);
        let key = join(&[&credit_key, ":", status]);
        let is_final = is_final(kind, status);
        let credit = if is_creditable(kind, status) { credit(&fields)? } else { Json::Null };
        let mut callback = Self { fields };
        callback.add("key", Json::Text(key));
        callback.add("creditKey", Json::Text(credit_key));
        callback.add("final", Json::Bool(is_final));
        callback.add("credit", credit);
        Ok(callback)
    }

    /// A field of the gateway's, or one of `key`, `creditKey`, `final`, `credit` and `secretIndex`.
    ///
    /// - `key` is what duplicates of this callback share and nothing else does: type, id and status.
    /// - `creditKey` is what all callbacks of one transaction share: type and id.
    /// - `final` is whether the status is the transaction's last.
    /// - `credit` is an object of `amount` and `currency`, or null unless this is a confirmed deposit.
    /// - `secretIndex` is there if the callback was verified: which secret signed it, 0 the first.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Json> {
        find(&self.fields, name)
    }

    /// The text of a field, if it is one.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.field(name).and_then(Json::text)
    }

    /// The callback as JSON for `JSON.parse`.
    #[must_use]
    pub fn to_javascript_json(self) -> String {
        let mut json = String::new();
        Json::Object(self.fields).write_for_javascript(&mut json);
        json
    }

    fn add(&mut self, name: &str, value: Json) {
        self.fields.push((name.into(), value));
    }
}

/// At every depth: one field of a name, text where the gateway sends now text, now a number, and no amount with an
/// exponent.
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
                if is_amount(name)
                    && let Json::Text(amount) = value
                    && let Some(plain) = without_exponent(amount, MAX_TOKEN_BYTES)
                {
                    *amount = plain;
                }
                rest = after;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// What sources have as a number here and as text there. A number keeps its own digits.
fn is_text(name: &str) -> bool {
    is_amount(name)
        || is_one_of(name, &["confirmations", "riskscore", "tag", "foreign_id", "end_user_reference", "txid"])
}

/// Amounts of every kind.
fn is_amount(name: &str) -> bool {
    name.starts_with("amount") || name.ends_with("amount")
}

/// A field that is one word. It becomes part of a key, so it may not hold the colon that separates the parts.
fn token<'a>(fields: &'a [(String, Json)], name: &str) -> Result<&'a str, Error> {
    let text = find(fields, name).and_then(Json::text).filter(|text| is_token(text));
    text.ok_or_else(|| invalid(name, UNUSABLE))
}

fn is_token(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b':';
    (1..=MAX_TOKEN_BYTES).contains(&text.len()) && text.bytes().all(is_plain)
}

/// The id as text. Whether the gateway sends it as a number or as text does not change what it says.
fn id(fields: &[(String, Json)]) -> Result<&str, Error> {
    let id = match find(fields, "id") {
        Some(Json::Number(digits)) => Some(digits.as_str()).filter(|digits| is_digits(digits)),
        // A payment request, the invoices' successor, has no `id` but this one, a UUID.
        Some(Json::Null) | None => find(fields, "payment_request_id").and_then(Json::text),
        Some(other) => other.text(),
    };
    id.filter(|id| is_token(id)).ok_or_else(|| invalid("id", UNUSABLE))
}

const UNUSABLE: &str = "is missing or unusable";

/// Brings the fields of a documented type into one form: each is there.
fn complete(fields: &mut Vec<(String, Json)>) -> Result<(), Error> {
    for name in OBJECTS.iter().chain(&LISTS) {
        if find(fields, name).is_none() {
            fields.push(((*name).into(), Json::Null));
        }
    }
    for (name, value) in fields {
        // PHP, which the gateway is written in, has one kind of empty array for both.
        let empty = match value {
            Json::Null => true,
            Json::List(items) => items.is_empty(),
            Json::Object(members) => members.is_empty(),
            _ => false,
        };
        let usable = if is_one_of(name, &LISTS) {
            if empty {
                *value = Json::List(Vec::new());
            }
            matches!(value, Json::List(items) if items.iter().all(is_usable))
        } else if is_one_of(name, &OBJECTS) {
            if empty {
                *value = Json::Null;
            }
            empty || is_usable(value)
        } else {
            true
        };
        if !usable {
            return Err(invalid(name, UNUSABLE));
        }
    }
    Ok(())
}

/// Whether this is an object in which all that tells of money is text, or not there. What else it may have, today or some
/// day, is handed on: to refuse it would be to refuse a deposit.
fn is_usable(object: &Json) -> bool {
    match object {
        Json::Object(members) => {
            members.iter().all(|(name, value)| !is_one_of(name, &MONEY) || matches!(value, Json::Text(_) | Json::Null))
        }
        _ => false,
    }
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
            _ => return Err(invalid("foreign_id", "is not one text")),
        }
    }
    Ok(found.map_or(Json::Null, |text| Json::Text(text.clone())))
}

/// Documented as final: `confirmed` and `cancelled`, and for invoices `confirmed` and `failed`. Any other status, and
/// any status of a type that is not known, may be followed by another.
fn is_final(kind: &str, status: &str) -> bool {
    let other = if kind == "invoice" { "failed" } else { "cancelled" };
    is_one_of(kind, &TYPES) && is_one_of(status, &[CONFIRMED, other])
}

/// Deposits alone: an invoice is an order to fulfil, whose partial and surplus payments the documentation leaves open.
fn is_creditable(kind: &str, status: &str) -> bool {
    is_one_of(kind, &["deposit", "deposit_exchange"]) && status == CONFIRMED
}

/// What was added to the merchant's balance: `amount_minus_fee`, in the currency received (documentation of deposit
/// callbacks: "the amount credited to your merchant balance after fees"; public integrations credit it too). To credit
/// more would be the merchant's own money; the documentation leaves that choice to the merchant, and `amount` stays
/// readable. Where there is no `amount_minus_fee`, as for all types but deposits, `amount` is what there is.
fn credit(fields: &[(String, Json)]) -> Result<Json, Error> {
    let received = match find(fields, "currency_received") {
        Some(Json::Object(members)) => members.as_slice(),
        _ => &[],
    };
    let named = |name| find(received, name).and_then(Json::text);
    let amount = named("amount_minus_fee").or(named("amount")).and_then(usable_amount);
    match (amount, named("currency").filter(|currency| is_token(currency))) {
        (Some(amount), Some(currency)) => Ok(Json::Object(vec![
            ("amount".into(), Json::Text(amount)),
            ("currency".into(), Json::Text(currency.into())),
        ])),
        _ => Err(invalid("currency_received", "has no usable amount, though the deposit is confirmed")),
    }
}

/// The amount, if it is a plain decimal number above zero.
fn usable_amount(text: &str) -> Option<String> {
    let (integer, fraction) = split_once(text, b".").unwrap_or((text, "0"));
    let is_plain = is_digits(integer) && is_digits(fraction) && (integer == "0" || !integer.starts_with('0'));
    let above_zero = text.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    (is_plain && is_token(text) && above_zero).then(|| text.into())
}

fn invalid(field: &str, problem: &str) -> Error {
    failure(Code::InvalidCallback, field, problem)
}

fn failure(code: Code, field: &str, problem: &str) -> Error {
    let mut error = Error::of_field(code, field, problem);
    error.message.push_str(", though the callback is genuine: see `body`");
    error
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;
    use crate::signature::Secret;

    const KEY: &str = "public-key";

    fn signer(secret: &str) -> Signer {
        Signer::new(&Secret::new(secret)).unwrap()
    }

    /// The documentation's deposit with conversion, shortened, with this in place of what it says.
    fn deposit(from: &str, to: &str) -> String {
        let body = concat!(
            r#"{"id":2686510,"type":"deposit_exchange","crypto_address":{"id":382270,"currency":"BTC","#,
            r#""convert_to":"EUR","address":"31vnLqxVJ1iShJ5Ly586q8XKucECx12bZS","tag":null,"foreign_id":"13a"},"#,
            r#""currency_sent":{"currency":"BTC","amount":"0.01000000"},"#,
            r#""currency_received":{"currency":"EUR","amount":"84.17070222","amount_minus_fee":"79.96216711"},"#,
            r#""transactions":[{"id":714577,"amount":"0.01000000","confirmations":3}],"#,
            r#""fees":[{"type":"exchange","currency":"EUR","amount":"4.20853511"}],"error":"","status":"confirmed"}"#
        );
        assert!(body.contains(from), "{from}");
        body.replacen(from, to, 1)
    }

    fn parse(body: &str) -> Result<Callback, Error> {
        Callback::parse(body.as_bytes())
    }

    fn json(body: &str) -> String {
        parse(body).unwrap().to_javascript_json()
    }

    fn credit_of(body: &str) -> String {
        let mut out = String::new();
        parse(body).unwrap().field("credit").unwrap().write(&mut out);
        out
    }

    #[test]
    fn a_genuine_callback_is_read_and_any_changed_bit_is_not() {
        let body = deposit("", "");
        let signer = signer("secret");
        let signature = signer.sign(body.as_bytes());
        let verify = |body: &[u8], key: &str, signature: &str| verify(body, key, signature, KEY, &signer, &[]);

        let callback = verify(body.as_bytes(), KEY, &signature).unwrap();
        assert_eq!(callback.text("key"), Some("deposit_exchange:2686510:confirmed"));
        assert_eq!(callback.text("creditKey"), Some("deposit_exchange:2686510"));
        assert_eq!(callback.text("foreign_id"), Some("13a"));
        assert_eq!(callback.field("secretIndex"), Some(&Json::Number("0".into())));

        for at in 0..body.len() * 8 {
            let mut forged = body.clone().into_bytes();
            forged[at / 8] ^= 1 << (at % 8);
            assert_eq!(verify(&forged, KEY, &signature).unwrap_err().code, Code::InvalidSignature, "bit {at}");
        }
        for (given, code) in [(KEY, Code::WrongKey), (&*signature, Code::InvalidSignature)] {
            for at in 0..given.len() * 8 {
                let mut forged = String::from(given).into_bytes();
                forged[at / 8] ^= 1 << (at % 8);
                // The other letter case of a hex digit is the same digit.
                let Ok(forged) = String::from_utf8(forged) else { continue };
                if code == Code::InvalidSignature && forged.eq_ignore_ascii_case(&signature) {
                    continue;
                }
                let (key, signature) = if code == Code::WrongKey { (&*forged, &*signature) } else { (KEY, &*forged) };
                assert_eq!(verify(body.as_bytes(), key, signature).unwrap_err().code, code, "bit {at}");
            }
        }
        for key in ["", "public-ke", "public-key ", "Public-key"] {
            assert_eq!(verify(body.as_bytes(), key, &signature).unwrap_err().code, Code::WrongKey);
        }
    }

    #[test]
    fn every_secret_counts_and_the_first_that_matches_is_named() {
        let body = deposit("", "");
        let older = [signer("two"), signer("three"), signer("two")];
        for (secret, index) in [("one", "0"), ("two", "1"), ("three", "2")] {
            let signature = signer(secret).sign(body.as_bytes());
            let callback = verify(body.as_bytes(), KEY, &signature, KEY, &signer("one"), &older).unwrap();
            assert_eq!(callback.field("secretIndex"), Some(&Json::Number(index.into())));
        }
        let signature = signer("four").sign(body.as_bytes());
        let error = verify(body.as_bytes(), KEY, &signature, KEY, &signer("one"), &older).unwrap_err();
        assert_eq!(error.code, Code::InvalidSignature);
    }

    /// Nine secrets take nine times as long as one, so a loop that ends early shows whatever else the machine does.
    #[test]
    fn every_secret_is_tried_also_after_one_matched() {
        use std::time::Instant;

        let body = deposit("}]", &format!("}}],\"pad\":\"{}\"", "x".repeat(64 * 1024)));
        let older: Vec<Signer> = (0..8).map(|number| signer(&format!("older {number}"))).collect();
        let fastest = |secret: &str| {
            let signature = signer(secret).sign(body.as_bytes());
            let time = || {
                let started = Instant::now();
                let callback = verify(body.as_bytes(), KEY, &signature, KEY, &signer("one"), &older);
                (started.elapsed(), callback.is_ok())
            };
            (0..5).map(|_| time()).min().unwrap()
        };
        let ((first, _), (last, _)) = (fastest("one"), fastest("older 7"));
        assert!(first * 2 > last && last * 2 > first, "{first:?} and {last:?}");
    }

    #[test]
    fn nothing_of_a_body_is_repeated_before_its_signature_matched() {
        let signer = signer("secret");
        let signature = signer.sign(b"not JSON");
        for (key, body) in [("forged-key", &b"not JSON"[..]), (KEY, b"not JSON!")] {
            let error = verify(body, key, &signature, KEY, &signer, &[]).unwrap_err();
            assert_eq!(error.body, None);
            assert!(!error.message.contains(&signature) && !error.message.contains("forged-key"));
        }
        let error = verify(b"not JSON", KEY, &signature, KEY, &signer, &[]).unwrap_err();
        assert_eq!((error.code, error.body.as_deref()), (Code::InvalidJson, Some("not JSON")));
    }

    #[test]
    fn the_amount_to_credit_is_what_arrived() {
        let net = r#"{"amount":"79.96216711","currency":"EUR"}"#;
        assert_eq!(credit_of(&deposit("", "")), net);
        // An error says nothing: a real confirmed deposit had one.
        assert_eq!(credit_of(&deposit(r#""error":"""#, r#""error":"Transaction locked with code: 500""#)), net);
        assert_eq!(credit_of(&deposit(r#""deposit_exchange""#, r#""deposit""#)), net);
        for (sent, amount) in [
            (r#""0.10882300""#, "0.10882300"),
            ("0.10882300", "0.10882300"),
            ("381", "381"),
            ("1.0e-5", "0.000010"),
            (r#""1.0E-5""#, "0.000010"),
            ("2.7000000000000002e-5", "0.000027000000000000002"),
            ("1e16", "10000000000000000"),
            (
                r#""123456789012345678901234567890.000000000000000001""#,
                "123456789012345678901234567890.000000000000000001",
            ),
        ] {
            let expected = format!(r#"{{"amount":"{amount}","currency":"EUR"}}"#);
            assert_eq!(credit_of(&deposit(r#""79.96216711""#, sent)), expected, "{sent}");
        }
        // Without the one there is only the other.
        let gross = r#"{"amount":"84.17070222","currency":"EUR"}"#;
        assert_eq!(credit_of(&deposit(r#","amount_minus_fee":"79.96216711""#, "")), gross);
        assert_eq!(credit_of(&deposit(r#""79.96216711""#, "null")), gross);
    }

    #[test]
    fn nothing_but_a_confirmed_deposit_is_credited() {
        for status in ["not_confirmed", "cancelled", "pending", "declined", "CONFIRMED", "confirmed_", "paid"] {
            assert_eq!(credit_of(&deposit(r#""confirmed""#, &format!("\"{status}\""))), "null", "{status}");
        }
        for kind in
            ["withdrawal", "withdrawal_exchange", "exchange", "invoice", "payment_request", "Deposit", "deposits"]
        {
            assert_eq!(credit_of(&deposit(r#""deposit_exchange""#, &format!("\"{kind}\""))), "null", "{kind}");
        }
    }

    #[test]
    fn a_confirmed_deposit_without_a_usable_amount_is_an_error() {
        for amount in [
            "0",
            "0.0",
            r#""0.00000000""#,
            "-1",
            r#""-1""#,
            r#""""#,
            r#"" 1""#,
            r#""1,5""#,
            r#""+1""#,
            r#""0x1""#,
            r#""1_0""#,
            r#""01""#,
            r#"".5""#,
            r#""5.""#,
            r#""1.2.3""#,
            r#""NaN""#,
            r#""Infinity""#,
            r#""½""#,
            "1e99",
            "1e-99",
            "true",
            "[]",
            "{}",
            r#""1e""#,
        ] {
            let error = parse(&deposit(r#""79.96216711""#, amount)).unwrap_err();
            assert_eq!(error.code, Code::InvalidCallback, "{amount}");
            assert_eq!(error.fields[0].0, "currency_received", "{amount}");
        }
        for received in ["null", "[]", "{}", r#"{"amount":"1"}"#, r#"{"amount":"1","currency":""}"#, "17"] {
            let whole = r#"{"currency":"EUR","amount":"84.17070222","amount_minus_fee":"79.96216711"}"#;
            assert_eq!(parse(&deposit(whole, received)).unwrap_err().code, Code::InvalidCallback, "{received}");
        }
    }

    #[test]
    fn what_is_final() {
        let is_final = |kind: &str, status: &str| {
            let body = format!(r#"{{"id":1,"type":"{kind}","status":"{status}"}}"#);
            json(&body).contains(r#""final":true"#)
        };
        for kind in ["withdrawal", "withdrawal_exchange", "exchange"] {
            assert!(is_final(kind, "confirmed") && is_final(kind, "cancelled"));
            assert!(!is_final(kind, "not_confirmed") && !is_final(kind, "failed") && !is_final(kind, "declined"));
        }
        assert!(is_final("deposit", "cancelled") && !is_final("deposit", "pending"));
        assert!(
            is_final("invoice", "confirmed") && is_final("invoice", "failed") && !is_final("invoice", "processing")
        );
        assert!(!is_final("payment_request", "confirmed") && !is_final("payment_request", "paid"));
    }

    #[test]
    fn numbers_that_sources_have_as_text_become_text_and_the_rest_keeps_its_type() {
        let body = concat!(
            r#"{"id":1,"type":"withdrawal_exchange","status":"confirmed","foreign_id":20,"fixed_at":1592307241,"#,
            r#""transactions":[{"id":1,"amount":381,"amount_to":0.10882300,"confirmations":3,"tag":246861,"#,
            r#""riskscore":0.50}],"fees":[{"amount":1.5E-7},{"amount":"-2e-1"}],"rate":1.50,"#,
            r#""payment_request_amount":7}"#
        );
        let expected = concat!(
            r#"{"id":1,"type":"withdrawal_exchange","status":"confirmed","fixed_at":1592307241,"#,
            r#""transactions":[{"id":1,"amount":"381","amount_to":"0.10882300","confirmations":"3","tag":"246861","#,
            r#""riskscore":"0.50"}],"fees":[{"amount":"0.00000015"},{"amount":"-0.2"}],"rate":"1.50","#,
            r#""payment_request_amount":"7","crypto_address":null,"currency_sent":null,"#,
            r#""currency_received":null,"foreign_id":"20","#,
            r#""key":"withdrawal_exchange:1:confirmed","creditKey":"withdrawal_exchange:1","final":true,"credit":null}"#
        );
        assert_eq!(json(body), expected);
    }

    #[test]
    fn ids_keep_every_digit_and_never_the_separator() {
        for (id, key, field) in [
            ("9007199254740993", "9007199254740993", r#""id":"9007199254740993""#),
            (r#""2686510""#, "2686510", r#""id":"2686510""#),
            ("0", "0", r#""id":0"#),
            (r#"null,"payment_request_id":"4d3a-9f""#, "4d3a-9f", r#""id":null"#),
        ] {
            let json = json(&deposit("2686510", id));
            assert!(json.contains(&format!(r#""key":"deposit_exchange:{key}:confirmed""#)), "{json}");
            assert!(json.contains(field), "{json}");
        }
        for id in ["-1", "1.0", "1e3", "true", "{}", "null", r#""""#, r#""1:2""#, r#""1 2""#, r#""é""#] {
            assert_eq!(parse(&deposit("2686510", id)).unwrap_err().fields[0].0, "id", "{id}");
        }
        for (field, value) in [("type", "deposit_exchange"), ("status", "confirmed")] {
            for wrong in ["", "a:b", "a b", "a\\n", &"a".repeat(65)] {
                let error = parse(&deposit(&format!("\"{value}\""), &format!("\"{wrong}\""))).unwrap_err();
                assert_eq!(error.fields[0].0, field, "{wrong}");
            }
        }
    }

    #[test]
    fn the_customer_is_found_and_two_customers_are_an_error() {
        let foreign_id = |fields: &str| {
            let body = format!(r#"{{"id":1,"type":"deposit","status":"pending",{fields}}}"#);
            parse(&body).map(|callback| callback.text("foreign_id").map(String::from)).map_err(|error| error.code)
        };
        assert_eq!(foreign_id(r#""crypto_address":{"foreign_id":"a"}"#), Ok(Some("a".into())));
        assert_eq!(foreign_id(r#""crypto_address":{"foreign_id":7}"#), Ok(Some("7".into())));
        assert_eq!(foreign_id(r#""foreign_id":"a""#), Ok(Some("a".into())));
        assert_eq!(foreign_id(r#""foreign_id":"a","crypto_address":{"foreign_id":"a"}"#), Ok(Some("a".into())));
        assert_eq!(foreign_id(r#""foreign_id":"","crypto_address":{"foreign_id":"a"}"#), Ok(Some("a".into())));
        assert_eq!(foreign_id(r#""foreign_id":null,"crypto_address":{"foreign_id":null}"#), Ok(None));
        for wrong in [
            r#""foreign_id":"a","crypto_address":{"foreign_id":"b"}"#,
            r#""foreign_id":["a"]"#,
            r#""crypto_address":{"foreign_id":true}"#,
        ] {
            assert_eq!(foreign_id(wrong), Err(Code::InvalidCallback), "{wrong}");
        }
    }

    #[test]
    fn a_field_that_is_there_twice_is_an_error_at_every_depth() {
        for (from, to, field) in [
            (r#""status":"confirmed""#, r#""status":"not_confirmed","status":"confirmed""#, "status"),
            (r#""amount":"84.17070222""#, r#""amount":"84.17070222","amount":"1""#, "amount"),
            (r#""confirmations":3"#, r#""confirmations":3,"confirmations":3"#, "confirmations"),
            (r#""error":"""#, r#""error":"","x":[{"y":[{"z":1,"z":1}]}]"#, "z"),
            (r#""id":2686510"#, r#""id":2686510,"\u0069d":1"#, "id"),
        ] {
            let error = parse(&deposit(from, to)).unwrap_err();
            assert_eq!((error.code, &*error.fields[0].0), (Code::InvalidCallback, field));
        }
    }

    #[test]
    fn shapes() {
        for (field, kept) in [
            (r#""transactions":{}"#, r#""transactions":[]"#),
            (r#""transactions":null"#, r#""transactions":[]"#),
            (r#""currency_sent":[]"#, r#""currency_sent":null"#),
        ] {
            let body = format!(r#"{{"id":1,"type":"withdrawal","status":"cancelled",{field}}}"#);
            assert!(json(&body).contains(kept), "{field}");
        }
        for field in [
            r#""transactions":"no""#,
            r#""transactions":[1]"#,
            r#""fees":{"a":1}"#,
            r#""fees":[{"amount":true}]"#,
            r#""crypto_address":"no""#,
            r#""crypto_address":[1]"#,
            r#""currency_sent":{"amount":[]}"#,
            r#""currency_sent":{"currency":{}}"#,
        ] {
            let body = format!(r#"{{"id":1,"type":"withdrawal","status":"cancelled",{field}}}"#);
            assert_eq!(parse(&body).unwrap_err().code, Code::InvalidCallback, "{field}");
            // Nothing is known of how another type is built.
            assert!(parse(&body.replace("withdrawal", "payment_request")).is_ok(), "{field}");
        }
        for body in ["null", "[]", "17", r#""text""#, "{}", r#"{"id":1,"type":"deposit"}"#, r#"{"id":1,"status":"x"}"#]
        {
            assert_eq!(parse(body).unwrap_err().code, Code::InvalidCallback, "{body}");
        }
        for body in ["", "{", "{}{}", "<html>", "\u{feff}", "{\"id\":01}"] {
            assert_eq!(parse(body).unwrap_err().code, Code::InvalidJson, "{body}");
        }
    }

    #[test]
    fn what_tells_of_no_money_may_be_anything() {
        for (from, to) in [
            (r#""id":714577"#, r#""id":714577,"currency_id":1"#),
            (r#""id":382270"#, r#""id":382270,"currency_id":1,"currency_network":{"name":"x"}"#),
            (r#"{"currency":"BTC","amount""#, r#"{"currency":"BTC","is_full_amount":true,"amount""#),
            (r#""confirmations":3"#, r#""confirmations":{"of":3},"riskscore":{"score":"0.4"},"txid":["a"]"#),
            (r#""type":"exchange""#, r#""type":"exchange","amount_usd":[1]"#),
        ] {
            let body = deposit(from, to);
            assert!(json(&body).contains(to.split_once(',').unwrap().1), "{to}");
            assert_eq!(credit_of(&body), credit_of(&deposit("", "")), "{to}");
        }
    }

    #[test]
    fn what_is_added_is_ours() {
        let json = json(&deposit(
            r#""error":"""#,
            r#""key":"x","creditKey":"x","final":false,"credit":{"amount":"9"},"secretIndex":9,"__proto__":{"a":1}"#,
        ));
        assert!(json.ends_with(
            r#""foreign_id":"13a","key":"deposit_exchange:2686510:confirmed","creditKey":"deposit_exchange:2686510","final":true,"credit":{"amount":"79.96216711","currency":"EUR"}}"#
        ));
        assert_eq!(json.matches(r#""credit""#).count(), 1);
        assert!(json.contains(r#""__proto__":{"a":1}"#));
    }

    /// Whatever the bytes are, they are answered: every cut and every byte of a good one, changed.
    #[test]
    fn any_bytes_are_answered() {
        let body = deposit("", "").into_bytes();
        for at in 0..body.len() {
            let _ = Callback::parse(&body[..at]).is_ok();
            for byte in [0, b'"', b'{', b'[', b'9', b'\\', 0xff] {
                let mut changed = body.clone();
                changed[at] = byte;
                if let Ok(callback) = Callback::parse(&changed) {
                    let json = callback.to_javascript_json();
                    assert!(Json::parse(json.as_bytes()).is_some(), "{json}");
                }
            }
        }
    }
}
