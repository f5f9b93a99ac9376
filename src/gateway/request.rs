//! The request of `POST /addresses/take`: checked field by field, then written once as the bytes that are signed
//! and sent.
//!
//! Source: the gateway's documentation of addresses/take. Its rules are checked here, before anything is sent;
//! fields that are not known here pass through as they are, but for known ones in another spelling.

use alloc::string::String;
use alloc::vec::Vec;

use super::amount::{NOT_A_NUMBER, plain_decimal};
use super::json::{Json, find};
use crate::currency::{KNOWN, LIGHTNING};
use crate::error::{Code, Error};
use crate::text::{character_count, is_among, is_one_of, join};

/// The longest text the gateway takes, in characters.
const MAX_CHARACTERS: usize = 255;

/// Room for a body of the usual size, in bytes, so that it need not be moved while it grows.
const USUAL_BYTES: usize = 128;

/// A request for a deposit address that may be sent.
///
/// ```
/// use alphapo_wasm::gateway::request::TakeAddressRequest;
///
/// let request = TakeAddressRequest::from_json(r#"{ "currency": "BTC", "foreign_id": "user-17" }"#)?;
/// assert_eq!(request.body(), r#"{"currency":"BTC","foreign_id":"user-17"}"#);
///
/// let error = TakeAddressRequest::from_json(r#"{"currency":"BTC"}"#).unwrap_err();
/// assert_eq!(error.fields[0].0, "foreign_id");
/// # Ok::<(), alphapo_wasm::error::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TakeAddressRequest {
    fields: Vec<(String, Json)>,
    body: String,
}

impl TakeAddressRequest {
    /// Checks a request given as JSON. Its fields keep their order in the body; absent optional fields, and those
    /// that are `null`, are left out.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`], with every field at fault and its remedy in `fields`.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        Self::new(Json::parse(text.as_bytes()).unwrap_or(Json::Null))
    }

    /// Checks a request.
    ///
    /// # Errors
    /// As [`Self::from_json`].
    pub fn new(request: Json) -> Result<Self, Error> {
        let Json::Object(mut fields) = request else {
            return Err(Error::of_field(
                Code::InvalidRequest,
                "request",
                "must be an object with `currency` and `foreign_id`",
            ));
        };
        // Of the gateway's own fields `null` says "absent"; what others say with it is not known here.
        fields.retain(|(name, value)| *value != Json::Null || !is_one_of(name, &KNOWN_FIELDS));
        let mut check = Check { fields: &mut fields, problems: Vec::new() };
        check.repetitions();
        check.misspellings();
        check.texts();
        check.conversion();
        check.amount();
        if !check.problems.is_empty() {
            return Err(Error::of_fields(Code::InvalidRequest, check.problems));
        }
        let request = Json::Object(fields);
        let mut body = String::with_capacity(USUAL_BYTES);
        request.write(&mut body);
        Ok(Self { fields: request.into_members(), body })
    }

    /// The body: the exact bytes to sign and to send.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The amount in plain decimal digits, which a Lightning request has.
    #[must_use]
    pub fn amount(&self) -> Option<&str> {
        match find(&self.fields, "amount") {
            Some(Json::Number(amount)) => Some(amount),
            _ => None,
        }
    }

    /// What an answer must echo of this field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        find(&self.fields, name).and_then(Json::text)
    }
}

/// The gateway's own fields, whose meaning is known here.
pub(super) const TEXT_FIELDS: [&str; 4] = ["currency", "foreign_id", "end_user_reference", "convert_to"];
const KNOWN_FIELDS: [&str; 5] = ["currency", "foreign_id", "end_user_reference", "convert_to", "amount"];

/// Whether the names differ in nothing but case and what separates words.
fn is_same_name(name: &str, other: &str) -> bool {
    letters_of(name).eq(letters_of(other))
}

fn letters_of(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|byte| !matches!(byte, b'_' | b'-')).map(|byte| byte.to_ascii_lowercase())
}

/// The known code that differs from this one in nothing but case and white space.
fn known_code(text: &str) -> Option<&'static str> {
    let meant = KNOWN.iter().find(|currency| currency.code.eq_ignore_ascii_case(text.trim_ascii()))?;
    (meant.code != text).then_some(meant.code)
}

/// Collects every problem of a request, so that a caller mends them in one go.
struct Check<'a> {
    fields: &'a mut Vec<(String, Json)>,
    problems: Vec<(String, String)>,
}

impl Check<'_> {
    fn problem(&mut self, field: &str, problem: &str) {
        self.problems.push((field.into(), problem.into()));
    }

    fn text(&self, field: &str) -> Option<&str> {
        find(self.fields, field).and_then(Json::text)
    }

    /// JSON can say a name twice, and which of the two a reader takes is its own affair: it may not be the one checked.
    fn repetitions(&mut self) {
        for field in &KNOWN_FIELDS {
            if self.fields.iter().filter(|(name, _)| name == field).count() > 1 {
                self.problem(field, "stands more than once");
            }
        }
    }

    /// A field that the gateway does not know it passes over: deposits would not be converted, say, and nobody would hear.
    fn misspellings(&mut self) {
        for (name, _) in self.fields.iter() {
            let meant = KNOWN_FIELDS.iter().find(|known| name != *known && is_same_name(name, known));
            if let Some(meant) = meant {
                let problem = join(&["is no field of the gateway's: call it `", meant, "`"]);
                self.problems.push((name.clone(), problem));
            }
        }
    }

    fn texts(&mut self) {
        for &field in &TEXT_FIELDS {
            let problem = match find(self.fields, field) {
                Some(Json::Text(text)) => text_problem(field, text),
                Some(Json::Number(_)) => Some("must be a string, not a number: pass String(value)"),
                Some(_) => Some("must be a string"),
                None if field == "currency" || field == "foreign_id" => Some("is missing"),
                None => None,
            };
            if let Some(problem) = problem {
                self.problem(field, problem);
            }
        }
        // Nothing is known of it under another spelling: its address would be handed on without a look at it or its tag.
        if let Some(code) = self.text("currency").and_then(known_code) {
            self.problem("currency", &join(&["is no code of the gateway's: call it `", code, "`"]));
        }
    }

    fn conversion(&mut self) {
        let target = self.text("convert_to");
        if target.is_some() && target == self.text("currency") {
            self.problem("convert_to", "must differ from `currency`: leave it out");
        }
    }

    /// Rewrites `amount` as plain digits, which a Lightning invoice needs and no other currency takes.
    fn amount(&mut self) {
        let other = self.text("currency").is_some_and(|currency| currency != LIGHTNING);
        let lightning = self.text("currency") == Some(LIGHTNING);
        let problem = match self.fields.iter_mut().find(|(name, _)| name == "amount") {
            None if lightning => "is missing: a BTCLN invoice is over a fixed amount",
            None => return,
            Some(_) if other => "is for BTCLN only: leave it out",
            Some((_, value)) => match plain_amount(value) {
                Ok(amount) => {
                    *value = Json::Number(amount);
                    return;
                }
                Err(problem) => problem,
            },
        };
        self.problem("amount", problem);
    }
}

fn plain_amount(value: &Json) -> Result<String, &'static str> {
    match value {
        Json::Number(text) | Json::Text(text) => plain_decimal(text),
        _ => Err(NOT_A_NUMBER),
    }
}

fn text_problem(field: &str, text: &str) -> Option<&'static str> {
    // The gateway forbids personal data in what stands for a person.
    let pseudonym = field == "foreign_id" || field == "end_user_reference";
    if text.trim_ascii().is_empty() {
        Some("is empty")
    } else if holds_control_character(text.as_bytes()) {
        Some("holds a control character: remove it")
    } else if character_count(text) > MAX_CHARACTERS {
        Some("is longer than 255 characters, the gateway's limit")
    } else if pseudonym && holds_email_address(text) {
        Some("holds an e-mail address, and the gateway forbids personal data: pass an id of your own")
    } else if pseudonym && holds_phone_number(text) {
        Some("holds a telephone number, and the gateway forbids personal data: pass an id of your own")
    } else {
        None
    }
}

/// U+0000 to U+001F, U+007F, and U+0080 to U+009F, which in UTF-8 are C2 80 to C2 9F.
fn holds_control_character(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_control) || text.windows(2).any(|pair| matches!(pair, [0xc2, 0x80..=0x9f]))
}

/// Whether a part of the text reads `name@host.tld`.
fn holds_email_address(text: &str) -> bool {
    let is_name = |byte: &u8| is_word(*byte) || is_among(*byte, b"._%+-");
    holds(text, b'@', &|before, after| before.last().is_some_and(is_name) && begins_with_host(after))
}

/// Whether a character stands between two parts of the text that fit.
fn holds(text: &str, character: u8, fit: &dyn Fn(&[u8], &[u8]) -> bool) -> bool {
    text.bytes().enumerate().any(|(at, byte)| {
        let (before, after) = text.as_bytes().split_at_checked(at).unwrap_or_default();
        byte == character && fit(before, after.get(1..).unwrap_or_default())
    })
}

/// Whether the text begins with a host name that ends in a top-level domain of two letters or more.
fn begins_with_host(text: &[u8]) -> bool {
    let is_host = |byte: &u8| is_word(*byte) || is_among(*byte, b".-");
    let length = text.iter().position(|byte| !is_host(byte)).unwrap_or(text.len());
    let mut host = text.get(..length).unwrap_or_default();
    while let [rest @ .., b'.'] = host {
        host = rest;
    }
    let Some(point) = host.iter().rposition(|byte| *byte == b'.') else {
        return false;
    };
    // The point is one of them.
    let top_level = host.get(point..).unwrap_or_default();
    top_level.len() > 2 && top_level.iter().skip(1).all(|byte| is_letter(*byte))
}

/// Whether a part of the text is an international telephone number (ITU-T E.164: `+`, a country code that does
/// not begin with 0, 7 to 15 digits in all), with the usual separators.
fn holds_phone_number(text: &str) -> bool {
    let is_last_of_word = |before: &[u8]| before.last().is_some_and(|byte| is_word(*byte));
    holds(text, b'+', &|before, after| !is_last_of_word(before) && begins_with_phone_number(after))
}

fn begins_with_phone_number(text: &[u8]) -> bool {
    let mut digits = 0_usize;
    let mut previous = b'+';
    for byte in text {
        match byte {
            b'0' if digits == 0 => return false,
            b'0'..=b'9' => digits = digits.saturating_add(1),
            b' ' | b'-' | b'(' | b')' | b'.' | b'/' => {}
            // A number goes on in no word, but a word may come after it.
            other if is_word(*other) && previous.is_ascii_digit() => return false,
            _ => break,
        }
        previous = *byte;
    }
    (7..=15).contains(&digits)
}

/// Letters and digits; a byte of a character outside ASCII counts as a letter, which spares Unicode's tables.
fn is_word(byte: u8) -> bool {
    is_letter(byte) || byte.is_ascii_digit()
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::super::arbitrary::Arbitrary;
    use super::*;

    fn body(text: &str) -> String {
        TakeAddressRequest::from_json(text).unwrap().body
    }

    fn problem(text: &str) -> (String, String) {
        let error = TakeAddressRequest::from_json(text).unwrap_err();
        assert_eq!(error.code, Code::InvalidRequest);
        error.fields.first().unwrap().clone()
    }

    #[test]
    fn the_documented_request_keeps_its_bytes() {
        let documented = concat!(
            r#"{"currency":"BTC","foreign_id":"test_foreign_id","#,
            r#""end_user_reference":"test_end_user_reference"}"#
        );
        assert_eq!(body(documented), documented);
    }

    #[test]
    fn absent_optionals_are_left_out_and_other_fields_pass() {
        let given = r#"{"foreign_id":"1/2 é","convert_to":null,"currency":"NEW","sender_data":{"n":1e5,"x":null}}"#;
        assert_eq!(body(given), r#"{"foreign_id":"1/2 é","currency":"NEW","sender_data":{"n":1e5,"x":null}}"#);
    }

    #[test]
    fn amounts_are_plain_digits() {
        for amount in ["1e-8", "\"1e-8\"", "\"0.00000001\"", "0.00000001"] {
            let text = format!(r#"{{"currency":"BTCLN","foreign_id":"1","amount":{amount}}}"#);
            assert_eq!(body(&text), r#"{"currency":"BTCLN","foreign_id":"1","amount":0.00000001}"#);
        }
    }

    #[test]
    fn every_problem_names_its_field() {
        for (text, field, word) in [
            (r#"{"foreign_id":"1"}"#, "currency", "missing"),
            (r#"{"currency":null,"foreign_id":"1"}"#, "currency", "missing"),
            (r#"{"currency":"BTC","foreign_id":"1","currency":"ETH"}"#, "currency", "more than once"),
            (r#"{"currency":"BTC","foreign_id":"1","foreign_id":2}"#, "foreign_id", "more than once"),
            (r#"{"currency":"BTC"}"#, "foreign_id", "missing"),
            (r#"{"currency":"BTC","foreign_id":""}"#, "foreign_id", "empty"),
            (r#"{"currency":"BTC","foreign_id":"  "}"#, "foreign_id", "empty"),
            (r#"{"currency":"BTC","foreign_id":17}"#, "foreign_id", "String(value)"),
            (r#"{"currency":"BTC","foreign_id":["1"]}"#, "foreign_id", "string"),
            (r#"{"currency":"BTC","foreign_id":"a\nb"}"#, "foreign_id", "control"),
            (r#"{"currency":"BTC","foreign_id":"a\u0085b"}"#, "foreign_id", "control"),
            (r#"{"currency":"BTC","foreign_id":"1","end_user_reference":""}"#, "end_user_reference", "empty"),
            (r#"{"currency":"BTC","foreign_id":"1","convert_to":"BTC"}"#, "convert_to", "differ"),
            (r#"{"currency":"BTC","foreign_id":"1","convert_to":false}"#, "convert_to", "string"),
            (r#"{"currency":"BTC","foreign_id":"1","amount":1}"#, "amount", "BTCLN only"),
            (r#"{"currency":"BTCLN","foreign_id":"1"}"#, "amount", "missing"),
            (r#"{"currency":"BTCLN","foreign_id":"1","amount":true}"#, "amount", "digits"),
            (r#"{"currency":"BTCLN","foreign_id":"1","amount":0}"#, "amount", "greater"),
            (r#"{"currency":"BTCLN","foreign_id":"1","amount":"0.000000001"}"#, "amount", "8 decimals"),
            (r#"{"currency":"xrp","foreign_id":"1"}"#, "currency", "`XRP`"),
            (r#"{"currency":" bnb-BSC ","foreign_id":"1"}"#, "currency", "`BNB-BSC`"),
            (r#"{"currency":"BTC","foreign_id":"1","convertTo":"EUR"}"#, "convertTo", "`convert_to`"),
            (r#"{"currency":"BTC","foreign_id":"1","END-USER-REFERENCE":"1"}"#, "END-USER-REFERENCE", "`end_user_ref"),
            (r#"{"currency":"BTC","foreign_id":"1","Amount":null}"#, "Amount", "`amount`"),
            ("[]", "request", "object"),
            ("null", "request", "object"),
        ] {
            let (named, problem) = problem(text);
            assert_eq!(named, field, "{text}");
            assert!(problem.contains(word), "{text}: {problem}");
        }
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let error = TakeAddressRequest::from_json(r#"{"foreign_id":"","amount":"x"}"#).unwrap_err();
        let fields: Vec<&str> = error.fields.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["currency", "foreign_id", "amount"]);
        let error = TakeAddressRequest::from_json(r#"{"currency":"BTC","foreignId":"1"}"#).unwrap_err();
        let fields: Vec<&str> = error.fields.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["foreignId", "foreign_id"]);
    }

    #[test]
    fn the_length_limit_is_in_characters() {
        let fits = format!(r#"{{"currency":"BTC","foreign_id":"{}"}}"#, "é".repeat(255));
        assert_eq!(body(&fits), fits);
        let (field, word) = problem(&fits.replace("éé", "ééé"));
        assert_eq!((field.as_str(), word.contains("255")), ("foreign_id", true));
    }

    #[test]
    fn personal_data_is_refused() {
        for text in [
            "ann@example.com",
            "user:ann.b+c@mail.example.co.uk",
            "<ann@example.com>",
            "+4930123456",
            "+1 (202) 555-0123",
            "tel:+44.20.7946.0000",
            "id +861012345678",
        ] {
            for field in ["foreign_id", "end_user_reference"] {
                let mut request = String::from(r#"{"currency":"BTC""#);
                if field != "foreign_id" {
                    request.push_str(r#","foreign_id":"1""#);
                }
                request.push_str(&format!(r#","{field}":"{text}"}}"#));
                let (named, problem) = problem(&request);
                assert_eq!(named, field, "{text}");
                assert!(problem.contains("personal data"), "{text}");
            }
        }
    }

    #[test]
    fn ids_that_resemble_personal_data_pass() {
        for text in [
            "user-17",
            "user@tenant",
            "user@10.0.0.1",
            "@handle",
            "a @ b.com",
            "17",
            "004930123456",
            "4930123456",
            "+123456",
            "+0123456789",
            "+1234567890123456",
            "a+4930123456",
            "+49abc",
            "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
            "客户-17",
        ] {
            let text = format!(r#"{{"currency":"BTC","foreign_id":"{text}","end_user_reference":"{text}"}}"#);
            assert_eq!(body(&text), text);
        }
    }

    /// Fields of every kind in any order: what is taken is taken again, byte for byte.
    #[test]
    fn what_is_taken_is_taken_again() {
        let mut arbitrary = Arbitrary(1);
        let mut taken = 0;
        for _ in 0..20_000 {
            let mut fields = vec![("foreign_id".into(), Json::Text(format!("x{}", arbitrary.text())))];
            let currency = arbitrary.one_of(&["BTC", "BTCLN", "NEW"]);
            fields.push(("currency".into(), Json::Text(currency.into())));
            for _ in 0..arbitrary.below(4) {
                let name = arbitrary.one_of(&["amount", "convert_to", "end_user_reference", "currency", "other"]);
                let value = match arbitrary.below(3) {
                    0 => Json::Text(arbitrary.one_of(&["1e-8", "0.10", "EUR", " "]).into()),
                    _ => arbitrary.json(2),
                };
                fields.push((name.into(), value));
            }
            let Ok(request) = TakeAddressRequest::new(Json::Object(fields)) else { continue };
            taken += 1;
            assert_eq!(TakeAddressRequest::from_json(request.body()), Ok(request.clone()), "{}", request.body());
        }
        assert!(taken > 1_000, "{taken}");
    }
}
