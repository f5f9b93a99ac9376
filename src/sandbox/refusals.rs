//! What the gateway answers when it refuses, in its own words.
//!
//! Source: the gateway's errors page, which lists the five answers of authentication and format in full, and shows
//! the shape of the sixth, the map of fields.

use alloc::string::String;

use super::Answer;
use crate::gateway::json::ObjectWriter;
use crate::text::{integer, join};

/// No key header. The gateway says this also for a wrong URL.
pub(super) fn required_header_key() -> Answer {
    refusal(403, "No key header", "required_header_key")
}

/// A key that is unknown, not activated, or of another environment.
pub(super) fn bad_header_key() -> Answer {
    refusal(403, "Bad key header", "bad_header_key")
}

pub(super) fn required_header_signature() -> Answer {
    refusal(403, "No signature header", "required_header_signature")
}

pub(super) fn bad_header_signature() -> Answer {
    refusal(403, "Bad signature header", "bad_header_signature")
}

/// A body that is not JSON, or has no content type.
pub(super) fn bad_content_format() -> Answer {
    refusal(400, "Bad content format", "bad_content_format")
}

/// One message for each field at fault.
pub(super) fn validation(errors: &[(&str, String)]) -> Answer {
    let mut body = String::new();
    let mut writer = ObjectWriter::new(&mut body);
    writer.key("errors");
    let mut map = ObjectWriter::new(writer.out);
    for (field, message) in errors {
        map.text(field, message);
    }
    map.end();
    writer.end();
    Answer::json(400, body)
}

/// Simulated: the page of a common web server that stands before an application.
pub(super) fn too_large() -> Answer {
    page(413, "Request Entity Too Large")
}

/// Simulated: no answer of 5xx is documented. The sandbox gives it for a defect of its own.
pub(super) fn failed() -> Answer {
    page(500, "Internal Server Error")
}

fn page(status: u16, title: &str) -> Answer {
    let body = join(&["<html><head><title>", &integer(status), " ", title, "</title></head></html>"]);
    Answer::new(status, "text/html", body)
}

fn refusal(status: u16, error: &str, code: &str) -> Answer {
    let mut body = String::new();
    let mut writer = ObjectWriter::new(&mut body);
    writer.text("error", error);
    writer.text("code", code);
    writer.end();
    Answer::json(status, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_bodies() {
        for (answer, status, body) in [
            (required_header_key(), 403, r#"{"error":"No key header","code":"required_header_key"}"#),
            (bad_header_key(), 403, r#"{"error":"Bad key header","code":"bad_header_key"}"#),
            (required_header_signature(), 403, r#"{"error":"No signature header","code":"required_header_signature"}"#),
            (bad_header_signature(), 403, r#"{"error":"Bad signature header","code":"bad_header_signature"}"#),
            (bad_content_format(), 400, r#"{"error":"Bad content format","code":"bad_content_format"}"#),
            (
                validation(&[("foreign_id", "The foreign id field is required.".into())]),
                400,
                r#"{"errors":{"foreign_id":"The foreign id field is required."}}"#,
            ),
        ] {
            assert_eq!(answer, Answer::json(status, body.into()));
        }
    }
}
