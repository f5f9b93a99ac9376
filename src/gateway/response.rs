//! The answer to `POST /addresses/take`: read, and held against the request it must belong to.
//!
//! Source: the gateway's documentation of addresses/take and recorded answers. They conflict on the type of `tag`
//! and on which fields are echoed, so those are read tolerantly; what an address cannot do without is not.

use alloc::string::String;
use alloc::vec::Vec;

use super::json::{Json, ObjectWriter, is_safe_integer};
use super::request::TakeAddressRequest;
use crate::error::{Code, Error};
use crate::text::{join, push_integer};

/// A deposit address as the gateway gave it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DepositAddress {
    /// The gateway's id of the address, at most 2^53 − 1.
    pub id: u64,
    /// The currency the address is for.
    pub currency: String,
    /// What deposits are converted into, when a conversion was asked for.
    pub convert_to: Option<String>,
    /// The address; for BTCLN the invoice.
    pub address: String,
    /// The destination tag that a customer must give beside the address, for networks that have one.
    pub tag: Option<String>,
    /// Your own reference.
    pub foreign_id: String,
    /// Your reference of the end user.
    pub end_user_reference: Option<String>,
    /// The fields of the answer that are none of the above, in their order.
    pub other: Vec<(String, Json)>,
}

impl DepositAddress {
    /// Reads the body of a 2xx answer to `request`.
    ///
    /// # Errors
    /// [`Code::InvalidResponse`] when it is not the documented shape, [`Code::MismatchedResponse`] when it answers
    /// another request than `request`. The caller adds the raw answer.
    pub fn parse(body: &[u8], request: &TakeAddressRequest) -> Result<Self, Error> {
        let data = data_of(Json::parse(body).ok_or_else(|| invalid("is not JSON"))?)?;
        let answer = Answer(&data);
        let deposit = Self {
            id: answer.id()?,
            currency: answer.required("currency")?,
            convert_to: answer.optional("convert_to")?,
            address: answer.required("address")?,
            tag: answer.tag()?,
            foreign_id: answer.required("foreign_id")?,
            end_user_reference: answer.optional("end_user_reference")?,
            other: other_fields(data),
        };
        deposit.check_echo(request)?;
        Ok(deposit)
    }

    /// The address as JSON for `JSON.parse`: the known fields, then every other field under its own name.
    #[must_use]
    pub fn to_javascript_json(&self) -> String {
        let mut out = String::new();
        let mut writer = ObjectWriter::new(&mut out);
        writer.key("id");
        push_integer(writer.out, self.id);
        writer.text("currency", &self.currency);
        if let Some(convert_to) = &self.convert_to {
            writer.text("convert_to", convert_to);
        }
        writer.text("address", &self.address);
        match &self.tag {
            Some(tag) => writer.text("tag", tag),
            None => {
                writer.key("tag");
                writer.out.push_str("null");
            }
        }
        writer.text("foreign_id", &self.foreign_id);
        if let Some(end_user_reference) = &self.end_user_reference {
            writer.text("end_user_reference", end_user_reference);
        }
        for (name, value) in &self.other {
            writer.key(name);
            value.write_for_javascript(writer.out);
        }
        writer.end();
        out
    }

    /// An answer to another request would show one customer another's address. `convert_to` and
    /// `end_user_reference` are not echoed by every version of the gateway, so their absence is no mismatch.
    fn check_echo(&self, request: &TakeAddressRequest) -> Result<(), Error> {
        let optional = |echo: &Option<String>, sent: &Option<String>| echo.is_some() && echo != sent;
        let mismatched = if self.currency != request.currency {
            "currency"
        } else if self.foreign_id != request.foreign_id {
            "foreign_id"
        } else if optional(&self.end_user_reference, &request.end_user_reference) {
            "end_user_reference"
        } else if optional(&self.convert_to, &request.convert_to) {
            "convert_to"
        } else {
            return Ok(());
        };
        Err(Error::new(
            Code::MismatchedResponse,
            join(&[
                "the answer's `",
                mismatched,
                "` is not the one sent: the address may belong to another request, do not show it. See `body`",
            ]),
        ))
    }
}

/// The members of `data`.
struct Answer<'a>(&'a [(String, Json)]);

const KNOWN_FIELDS: [&str; 7] = ["id", "currency", "convert_to", "address", "tag", "foreign_id", "end_user_reference"];

impl Answer<'_> {
    fn id(&self) -> Result<u64, Error> {
        let text = match unique(self.0, "id")? {
            Some(Json::Number(text) | Json::Text(text)) => text,
            _ => return Err(invalid("has no `id`")),
        };
        // The documentation's ids have 9 digits; JavaScript holds 15 without loss.
        // A minus sign is no part of an unsigned integer, so the parser refuses it.
        text.parse()
            .ok()
            .filter(|_| is_safe_integer(text))
            .ok_or_else(|| invalid("has an `id` that is not an integer below 2^53"))
    }

    fn required(&self, field: &str) -> Result<String, Error> {
        self.optional(field)?
            .filter(|text| !text.trim_ascii().is_empty())
            .ok_or_else(|| invalid(&join(&["has no `", field, "`"])))
    }

    fn optional(&self, field: &str) -> Result<Option<String>, Error> {
        match unique(self.0, field)? {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Text(text)) => Ok(Some(text.clone())),
            Some(_) => Err(invalid(&join(&["has a `", field, "` that is not a string"]))),
        }
    }

    /// Sources conflict: the documentation has a string, integrations in production have read an integer. A number
    /// that is no plain integer could only be shown to a customer wrongly.
    fn tag(&self) -> Result<Option<String>, Error> {
        match unique(self.0, "tag")? {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Text(text)) => Ok((!text.is_empty()).then(|| text.clone())),
            Some(Json::Number(text)) if text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Some(text.clone())),
            Some(_) => Err(invalid("has a `tag` that is neither text nor an integer")),
        }
    }
}

/// The members of the envelope's `data`.
fn data_of(envelope: Json) -> Result<Vec<(String, Json)>, Error> {
    let Json::Object(mut members) = envelope else {
        return Err(invalid("is no JSON object"));
    };
    unique(&members, "data")?;
    members.retain(|(name, _)| name == "data");
    match members.pop() {
        Some((_, Json::Object(data))) => Ok(data),
        _ => Err(invalid("has no object `data`")),
    }
}

fn other_fields(mut data: Vec<(String, Json)>) -> Vec<(String, Json)> {
    data.retain(|(name, _)| !KNOWN_FIELDS.contains(&name.as_str()));
    data
}

/// The member of this name. Two of them are refused: which one the gateway meant is nobody's to guess.
fn unique<'a>(members: &'a [(String, Json)], name: &str) -> Result<Option<&'a Json>, Error> {
    let mut found = members.iter().filter(|(member, _)| member == name);
    match (found.next(), found.next()) {
        (_, Some(_)) => Err(invalid(&join(&["has two members `", name, "`"]))),
        (found, None) => Ok(found.map(|(_, value)| value)),
    }
}

fn invalid(problem: &str) -> Error {
    Error::new(
        Code::InvalidResponse,
        join(&[
            "the gateway accepted the request, but its answer ",
            problem,
            ": an address may have been allocated. See `body`",
        ]),
    )
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
        assert_eq!(deposit.id, 240_407_213);
        assert_eq!(deposit.address, "tb1qfdxh6gkfr0qgyatnlkd8khcnxph9tw06n6qwjc");
        assert_eq!(deposit.tag, None);
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
            (r#","tag":null"#, None),
            ("", None),
        ] {
            assert_eq!(parse(&answer(given)).unwrap().tag.as_deref(), tag, "{given}");
        }
        for given in [r#","tag":1.5"#, r#","tag":-1"#, r#","tag":1e3"#, r#","tag":true"#, r#","tag":{}"#] {
            assert_eq!(parse(&answer(given)).unwrap_err().code, Code::InvalidResponse, "{given}");
        }
    }

    #[test]
    fn other_fields_stay_readable() {
        let deposit = parse(&answer(r#","expires":1700000000,"rate":0.10,"__proto__":{"a":[null]}"#)).unwrap();
        assert!(
            deposit.to_javascript_json().ends_with(r#","expires":1700000000,"rate":"0.10","__proto__":{"a":[null]}}"#)
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
            good.replace(r#""address":"tb1q","#, ""),
            good.replace("tb1q", ""),
            good.replace(r#""tb1q""#, "null"),
            good.replace(r#""tb1q""#, r#""a","address":"b""#),
            good.replace(r#""BTC""#, "1"),
            good[..good.len() - 1].into(),
        ] {
            assert_eq!(parse(&body).unwrap_err().code, Code::InvalidResponse, "{body}");
        }
        assert_eq!(parse(&good.replace(":1,", r#":"12","#)).unwrap().id, 12);
    }
}
