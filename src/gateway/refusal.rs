//! An answer that is not 2xx: what the gateway says is wrong, out of its two families of error bodies.
//!
//! Source: the gateway's errors page. `{"error", "code"}` is about authentication and format,
//! `{"errors": {field: message}}` about fields, with an optional `error_code`. Everything else (a proxy's HTML, the
//! 429 that is not JSON) is opaque: the status alone speaks, and the body is kept for people.

use alloc::string::String;
use alloc::vec::Vec;

use super::json::Json;
use crate::error::{Code, Error, Outcome};
use crate::text::push_integer;

/// Whether the same request may succeed later.
#[must_use]
pub const fn is_retryable(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..=599)
}

/// The error that an answer with this status and body stands for. The caller adds attempts and the raw answer.
#[must_use]
pub fn error_of(status: u16, body: &[u8]) -> Error {
    let said = Said::read(body);
    let code = match status {
        401 | 403 => Code::Unauthorized,
        429 => Code::RateLimited,
        400..=499 => Code::Rejected,
        500..=599 => Code::Server,
        _ => Code::UnexpectedStatus,
    };
    let outcome = match code {
        Code::Unauthorized | Code::RateLimited | Code::Rejected => Outcome::Rejected,
        _ => Outcome::Unknown,
    };
    let mut error = Error::new(code, said.message(code, status));
    error.status = Some(status);
    error.retryable = is_retryable(status);
    error.outcome = outcome;
    error.gateway_code = said.code;
    error.fields = said.fields;
    error
}

/// What an error body says.
#[derive(Default)]
struct Said {
    code: Option<String>,
    text: Option<String>,
    fields: Vec<(String, String)>,
}

impl Said {
    fn read(body: &[u8]) -> Self {
        let Some(Json::Object(members)) = Json::parse(body) else {
            return Self::default();
        };
        let mut said = Self::default();
        for (name, value) in &members {
            match (name.as_str(), value) {
                ("error" | "message", Json::Text(text)) => said.text = Some(text.clone()),
                ("code" | "error_code", Json::Text(text) | Json::Number(text)) => said.code = Some(text.clone()),
                ("errors", Json::Object(errors)) => said.fields = errors.iter().map(field_problem).collect(),
                // No source shows these two, but the map's meaning would be lost if they came.
                ("errors", Json::Text(text)) => said.text = Some(text.clone()),
                ("errors", Json::List(texts)) => said.text = Some(joined(texts)),
                _ => {}
            }
        }
        said
    }

    fn message(&self, code: Code, status: u16) -> String {
        let mut message = String::from(match code {
            Code::Unauthorized => "the gateway refused the credentials (",
            Code::RateLimited => "the gateway has had too many requests (",
            Code::Rejected => "the gateway refused the request (",
            Code::Server => "the gateway failed (",
            _ => "the gateway answered an undocumented status (",
        });
        push_integer(&mut message, status.into());
        message.push(')');
        if let Some(text) = &self.text {
            message.push_str(": ");
            message.push_str(text);
        }
        for (field, problem) in &self.fields {
            message.push_str("; `");
            message.push_str(field);
            message.push_str("`: ");
            message.push_str(problem);
        }
        if let Some(hint) = hint(code, self.code.as_deref()) {
            message.push_str(". ");
            message.push_str(hint);
        }
        message
    }
}

/// What the caller probably did, by the errors page's own list of causes.
fn hint(code: Code, gateway_code: Option<&str>) -> Option<&'static str> {
    Some(match (code, gateway_code) {
        (_, Some("bad_header_signature")) => "Check that `secret` belongs to `key` and to this environment",
        (_, Some("bad_header_key")) => "Check that `key` is activated and belongs to this environment",
        (_, Some("required_header_key")) => "Said also of a wrong URL: check `baseUrl`, which ends in /api/v2",
        (Code::Unauthorized, _) => "Check `key`, `secret`, `baseUrl`, and the key's allowed IP addresses",
        (Code::RateLimited, _) => "Wait a minute before the next call",
        (Code::Server, _) => "An address may exist; taking another is harmless",
        (Code::UnexpectedStatus, _) => "Signed requests follow no redirect: check `baseUrl`",
        _ => return None,
    })
}

fn field_problem((field, value): &(String, Json)) -> (String, String) {
    let problem = match value {
        Json::Text(text) => text.clone(),
        Json::List(texts) => joined(texts),
        other => {
            let mut text = String::new();
            other.write(&mut text);
            text
        }
    };
    (field.clone(), problem)
}

fn joined(texts: &[Json]) -> String {
    let mut all = String::new();
    for text in texts {
        if !all.is_empty() {
            all.push_str("; ");
        }
        match text {
            Json::Text(text) => all.push_str(text),
            other => other.write(&mut all),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;

    #[test]
    fn authentication_and_format_errors() {
        for (status, body, code, gateway_code, hint) in [
            (
                403,
                r#"{"error":"Bad signature header","code":"bad_header_signature"}"#,
                Code::Unauthorized,
                "bad_header_signature",
                "`secret` belongs",
            ),
            (
                403,
                r#"{"error":"Bad key header","code":"bad_header_key"}"#,
                Code::Unauthorized,
                "bad_header_key",
                "activated",
            ),
            (
                403,
                r#"{"error":"No key header","code":"required_header_key"}"#,
                Code::Unauthorized,
                "required_header_key",
                "/api/v2",
            ),
            (
                400,
                r#"{"error":"Bad content format","code":"bad_content_format"}"#,
                Code::Rejected,
                "bad_content_format",
                "Bad content format",
            ),
        ] {
            let error = error_of(status, body.as_bytes());
            assert_eq!(error.code, code);
            assert_eq!(error.status, Some(status));
            assert_eq!(error.gateway_code.as_deref(), Some(gateway_code));
            assert_eq!(error.outcome, Outcome::Rejected);
            assert!(!error.retryable);
            assert!(error.message.contains(hint), "{}", error.message);
        }
    }

    #[test]
    fn field_errors() {
        let error = error_of(400, br#"{"errors":{"foreign_id":"The foreign id field is required."}}"#);
        assert_eq!(error.fields, [("foreign_id".into(), "The foreign id field is required.".into())]);
        assert!(error.message.contains("The foreign id field is required."));

        let listed = error_of(422, br#"{"errors":{"a":["x","y"],"b":{"c":1}},"error_code":"forbidden_currency"}"#);
        assert_eq!(listed.fields, [("a".into(), "x; y".into()), ("b".into(), r#"{"c":1}"#.into())]);
        assert_eq!(listed.gateway_code.as_deref(), Some("forbidden_currency"));
    }

    #[test]
    fn the_message_says_what_happened_what_was_said_and_what_to_do() {
        for (status, body, message) in [
            (
                401,
                "",
                "the gateway refused the credentials (401). \
                 Check `key`, `secret`, `baseUrl`, and the key's allowed IP addresses",
            ),
            (429, "", "the gateway has had too many requests (429). Wait a minute before the next call"),
            (404, "", "the gateway refused the request (404)"),
            (500, "", "the gateway failed (500). An address may exist; taking another is harmless"),
            (
                302,
                "",
                "the gateway answered an undocumented status (302). Signed requests follow no redirect: check `baseUrl`",
            ),
            (400, r#"{"message":"no"}"#, "the gateway refused the request (400): no"),
            (400, r#"{"errors":"no","code":7}"#, "the gateway refused the request (400): no"),
            (400, r#"{"errors":["no",1,"never"]}"#, "the gateway refused the request (400): no; 1; never"),
            (
                400,
                r#"{"error":"no","errors":{"a":"b","c":["d"]}}"#,
                "the gateway refused the request (400): no; `a`: b; `c`: d",
            ),
        ] {
            assert_eq!(error_of(status, body.as_bytes()).message, message);
        }
    }

    #[test]
    fn opaque_bodies_leave_the_status_to_speak() {
        for (status, code, outcome, retryable) in [
            (0, Code::UnexpectedStatus, Outcome::Unknown, false),
            (301, Code::UnexpectedStatus, Outcome::Unknown, false),
            (401, Code::Unauthorized, Outcome::Rejected, false),
            (403, Code::Unauthorized, Outcome::Rejected, false),
            (404, Code::Rejected, Outcome::Rejected, false),
            (408, Code::Rejected, Outcome::Rejected, true),
            (429, Code::RateLimited, Outcome::Rejected, true),
            (500, Code::Server, Outcome::Unknown, true),
            (502, Code::Server, Outcome::Unknown, true),
            (522, Code::Server, Outcome::Unknown, true),
            (600, Code::UnexpectedStatus, Outcome::Unknown, false),
        ] {
            for body in [&b""[..], b"<html>", b"[]", b"\xff", br#"{"errors":{"error code: 1015"}}"#] {
                let error = error_of(status, body);
                assert_eq!((error.code, error.outcome, error.retryable), (code, outcome, retryable), "{status}");
                assert!(error.message.contains(&status.to_string()));
            }
        }
    }
}
