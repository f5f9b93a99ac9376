//! The answer to `POST /addresses/take`: read, and held against the request it must belong to.
//!
//! Source: the gateway's documentation of addresses/take and recorded answers. They conflict on the type of `tag`
//! and on which fields are echoed, so those are read tolerantly; what an address cannot do without is not.

use alloc::string::String;
use alloc::vec::Vec;
use core::mem::take;

use super::json::{Json, find, is_safe_integer};
use super::request::{TEXT_FIELDS, TakeAddressRequest};
use crate::error::{Code, Error};
use crate::text::{is_digits, join};

/// Room for an answer of the usual size, in bytes, so that it need not be moved while it grows.
const USUAL_BYTES: usize = 256;

/// A deposit address as the gateway gave it: every field of its answer, in its order.
///
/// ```
/// use alphapo_wasm::gateway::request::TakeAddressRequest;
/// use alphapo_wasm::gateway::response::DepositAddress;
///
/// let request = TakeAddressRequest::from_json(r#"{"currency":"XRP","foreign_id":"user-17"}"#)?;
/// let body = br#"{"data":{"id":1,"currency":"XRP","address":"rPEPPER7kfTD9w2To4CQk6UCfuHM9c6GDY","tag":246861,"foreign_id":"user-17"}}"#;
/// let deposit = DepositAddress::parse(body, &request)?;
/// assert_eq!(deposit.field("tag"), Some("246861"));
/// # Ok::<(), alphapo_wasm::error::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DepositAddress {
    pub(super) fields: Vec<(String, Json)>,
}

/// What the gateway's own fields must hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Id,
    /// A text that an address cannot do without.
    Reference,
    Address,
    Tag,
    /// A text that may be left out; `null` says nothing.
    Optional,
}

const FIELDS: [(&str, Field); 7] = [
    ("id", Field::Id),
    ("currency", Field::Reference),
    ("foreign_id", Field::Reference),
    ("address", Field::Address),
    ("tag", Field::Tag),
    ("convert_to", Field::Optional),
    ("end_user_reference", Field::Optional),
];

impl DepositAddress {
    /// Reads the body of a 2xx answer to `request`.
    ///
    /// # Errors
    /// [`Code::InvalidResponse`] when it is not the documented shape, [`Code::MismatchedResponse`] when it answers
    /// another request than `request`. The caller adds the raw answer.
    pub fn parse(body: &[u8], request: &TakeAddressRequest) -> Result<Self, Error> {
        let envelope = Json::parse(body).ok_or_else(|| invalid("is not JSON", ""))?.into_members();
        let mut fields = member(envelope, "data")?.into_members();
        for &(name, field) in &FIELDS {
            let is_needed = !matches!(field, Field::Tag | Field::Optional);
            let mut found = fields.iter_mut().filter(|(of_field, _)| of_field == name);
            let problem = match (found.next(), found.next()) {
                (Some(_), Some(_)) => Some("has more than one field "),
                (Some((_, value)), None) => (!field.normalise(value)).then_some("has no usable "),
                (None, _) => is_needed.then_some("has no field "),
            };
            if let Some(problem) = problem {
                return Err(invalid(problem, name));
            }
        }
        fields.retain(|(name, value)| *value != Json::Null || !FIELDS.contains(&(name.as_str(), Field::Optional)));
        if find(&fields, "tag").is_none() {
            fields.push(("tag".into(), Json::Null));
        }
        let deposit = Self { fields };
        deposit.check_echo(request)?;
        Ok(deposit)
    }

    /// The text of a field: `address`, `tag`, or any other of the answer that is a string.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        find(&self.fields, name).and_then(Json::text)
    }

    /// The address as JSON for `JSON.parse`.
    #[must_use]
    pub fn to_javascript_json(self) -> String {
        let mut json = String::with_capacity(USUAL_BYTES);
        Json::Object(self.fields).write_for_javascript(&mut json);
        json
    }

    /// An answer to another request would show one customer another's address. Not every version of the gateway
    /// echoes `end_user_reference`, so its absence is no mismatch. `convert_to` is in every documented answer to a request
    /// that has it, and in no other: without it, deposits would stay in a currency that the merchant does not want.
    fn check_echo(&self, request: &TakeAddressRequest) -> Result<(), Error> {
        for &name in &TEXT_FIELDS {
            let echo = self.field(name);
            if echo == request.field(name) {
                continue;
            }
            let problem = match (echo, name) {
                (Some(_), _) => "is not the one sent, so that the address may belong to another request",
                (None, "convert_to") => "is not there, so that deposits may not be converted",
                (None, _) => continue,
            };
            return Err(untrusted(Code::MismatchedResponse, name, problem));
        }
        Ok(())
    }
}

/// The only member of this name. Two of them are refused: which one the gateway meant is nobody's to guess.
fn member(mut members: Vec<(String, Json)>, name: &str) -> Result<Json, Error> {
    members.retain(|(member, _)| member == name);
    match (members.pop(), members.pop()) {
        (Some((_, value)), None) => Ok(value),
        (Some(_), Some(_)) => Err(invalid("has more than one field ", name)),
        (None, _) => Err(invalid("has no field ", name)),
    }
}

impl Field {
    /// Brings a value into the one form in which it is handed on; false for what an address cannot be trusted with.
    fn normalise(self, value: &mut Json) -> bool {
        match (self, &mut *value) {
            // Sources conflict: the documentation has a string, integrations in production have read an integer.
            (Self::Tag, Json::Number(digits)) if is_digits(digits) => *value = Json::Text(take(digits)),
            (Self::Tag | Self::Optional, Json::Text(text)) if text.trim_ascii().is_empty() => *value = Json::Null,
            (Self::Id, Json::Number(digits) | Json::Text(digits)) if is_id(digits) => {
                *value = Json::Number(take(digits));
            }
            (Self::Tag, Json::Text(text)) => return is_printable(text),
            (Self::Address, Json::Text(text)) => {
                return !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
            }
            (Self::Reference, Json::Text(text)) => return !text.trim_ascii().is_empty(),
            (Self::Optional, Json::Text(_)) | (Self::Tag | Self::Optional, Json::Null) => {}
            _ => return false,
        }
        true
    }
}

/// Every known form of an address or a tag is printable ASCII. Anything else would show a customer something else than
/// what is there: a line break, or marks that turn the direction of writing.
fn is_printable(text: &str) -> bool {
    text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

/// The documentation's ids have 9 digits; JavaScript holds 15 without loss.
fn is_id(text: &str) -> bool {
    is_safe_integer(text) && is_digits(text) && (text == "0" || !text.starts_with('0'))
}

/// An answer that parses and must not be used all the same.
pub(super) fn untrusted(code: Code, field: &str, problem: &str) -> Error {
    let mut error = Error::of_field(code, field, problem);
    error.message.insert_str(0, "the gateway's answer is not to be trusted: ");
    error.message.push_str(". Do not show its address; see `body`");
    error
}

fn invalid(problem: &str, field: &str) -> Error {
    let parts = ["the gateway accepted the request, but its answer ", problem, field];
    let message = join(&[&join(&parts), ": an address may have been allocated. See `body`"]);
    Error::new(Code::InvalidResponse, message)
}

#[cfg(test)]
#[allow(clippy::string_slice, reason = "a failing test panics")]
mod tests {
    use super::*;

    fn request() -> TakeAddressRequest {
        TakeAddressRequest::from_json(
            r#"{"currency":"BTC","foreign_id":"test_foreign_id","end_user_reference":"test_end_user_reference"}"#,
        )
        .unwrap()
    }

    fn answer(fields: &str) -> String {
        format!(r#"{{"data":{{"id":1,"currency":"BTC","address":"tb1q","foreign_id":"test_foreign_id"{fields}}}}}"#)
    }

    fn parse(body: &str) -> Result<DepositAddress, Error> {
        DepositAddress::parse(body.as_bytes(), &request())
    }

    #[test]
    fn the_documented_answer() {
        let body = concat!(
            r#"{"data":{"id":240407213,"currency":"BTC","address":"tb1qfdxh6gkfr0qgyatnlkd8khcnxph9tw06n6qwjc","#,
            r#""tag":null,"foreign_id":"test_foreign_id","end_user_reference":"test_end_user_reference"}}"#
        );
        let deposit = parse(body).unwrap();
        assert_eq!(deposit.field("address"), Some("tb1qfdxh6gkfr0qgyatnlkd8khcnxph9tw06n6qwjc"));
        assert_eq!(deposit.field("tag"), None);
        let data = body.strip_prefix(r#"{"data":"#).and_then(|rest| rest.strip_suffix('}'));
        assert_eq!(Some(deposit.to_javascript_json().as_str()), data);
    }

    #[test]
    fn a_tag_is_text_whatever_it_came_as() {
        for (given, tag) in [
            (r#","tag":"tag-123""#, Some("tag-123")),
            (r#","tag":246861"#, Some("246861")),
            (r#","tag":0"#, Some("0")),
            (r#","tag":4294967295"#, Some("4294967295")),
            (r#","tag":12345678901234567890"#, Some("12345678901234567890")),
            (r#","tag":"""#, None),
            (r#","tag":"  ""#, None),
            (r#","tag":"user 17""#, Some("user 17")),
            (r#","tag":null"#, None),
            ("", None),
        ] {
            assert_eq!(parse(&answer(given)).unwrap().field("tag"), tag, "{given}");
        }
        for given in [
            r#","tag":1.5"#,
            r#","tag":-1"#,
            r#","tag":1e3"#,
            r#","tag":true"#,
            r#","tag":{}"#,
            r#","tag":"1\n""#,
            r#","tag":"é""#,
        ] {
            assert_eq!(parse(&answer(given)).unwrap_err().code, Code::InvalidResponse, "{given}");
        }
    }

    #[test]
    fn what_says_nothing_is_absent() {
        let deposit = parse(&answer(r#","convert_to":"","end_user_reference":null"#)).unwrap();
        assert!(!deposit.to_javascript_json().contains("convert_to"));
    }

    #[test]
    fn other_fields_stay_readable() {
        let deposit = parse(&answer(r#","expires":1700000000,"rate":0.10,"__proto__":{"a":[null]}"#)).unwrap();
        assert!(
            deposit
                .to_javascript_json()
                .ends_with(r#","expires":1700000000,"rate":"0.10","__proto__":{"a":[null]},"tag":null}"#)
        );
    }

    #[test]
    fn an_answer_to_another_request_is_refused() {
        for (from, to) in [
            ("BTC", "btc"),
            ("test_foreign_id", "test_foreign_id "),
            (r#""tb1q""#, r#""tb1q","end_user_reference":"other""#),
            (r#""tb1q""#, r#""tb1q","convert_to":"EUR""#),
        ] {
            let error = parse(&answer("").replace(from, to)).unwrap_err();
            assert_eq!(error.code, Code::MismatchedResponse, "{to}");
        }
    }

    #[test]
    fn a_conversion_that_was_asked_for_is_confirmed() {
        let request =
            TakeAddressRequest::from_json(r#"{"currency":"BTC","foreign_id":"test_foreign_id","convert_to":"EUR"}"#);
        let parse = |body: &str| DepositAddress::parse(body.as_bytes(), request.as_ref().unwrap());
        assert_eq!(parse(&answer(r#","convert_to":"EUR""#)).unwrap().field("convert_to"), Some("EUR"));
        for unconfirmed in ["", r#","convert_to":null"#, r#","convert_to":"""#, r#","convert_to":"USD""#] {
            let error = parse(&answer(unconfirmed)).unwrap_err();
            assert_eq!((error.code, &*error.fields[0].0), (Code::MismatchedResponse, "convert_to"), "{unconfirmed}");
        }
    }

    #[test]
    fn what_is_not_the_documented_shape_is_refused() {
        let good = answer("");
        for body in [
            String::new(),
            "<html>".into(),
            "null".into(),
            "[]".into(),
            "{}".into(),
            r#"{"data":null}"#.into(),
            r#"{"data":[]}"#.into(),
            good.replace(r#""id":1,"#, ""),
            good.replace(":1,", ":-1,"),
            good.replace(":1,", ":1.5,"),
            good.replace(":1,", ":9007199254740992,"),
            good.replace(":1,", ":null,"),
            good.replace(":1,", r#":"012","#),
            good.replace(":1,", r#":"","#),
            good.replace(":1,", ":1,\"id\":2,"),
            format!("{{\"data\":{{}},{}", &good[1..]),
            good.replace(r#""address":"tb1q","#, ""),
            good.replace("tb1q", ""),
            good.replace("tb1q", "tb1q "),
            good.replace("tb1q", "tb1q\\n"),
            good.replace("tb1q", "tb1q\u{202e}"),
            good.replace(r#""tb1q""#, "null"),
            good.replace(r#""tb1q""#, r#""a","address":"b""#),
            good.replace(r#""BTC""#, "1"),
            good[..good.len() - 1].into(),
        ] {
            assert_eq!(parse(&body).unwrap_err().code, Code::InvalidResponse, "{body}");
        }
        let quoted = parse(&good.replace(":1,", r#":"12","#)).unwrap();
        assert!(quoted.to_javascript_json().starts_with(r#"{"id":12,"#));
    }
}
