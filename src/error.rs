//! The closed list of what can go wrong, in one place.
//!
//! An [`Error`] never holds a secret or a signature. It imports nothing of the project but `named`, so that every
//! module can use it, and it formats nothing: formatting machinery would cost the client's `.wasm` 11 KB.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::named::named;

named! {
    /// What went wrong, as a caller switches on it. The texts are the package's public `code`s.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub enum Code {
        /// A field of the request cannot be sent as it is.
        InvalidRequest = "invalid_request",
        /// An option (key, secret, base URL, time-out …) cannot be used.
        InvalidOption = "invalid_option",
        /// The body to sign or verify is neither raw bytes nor text.
        InvalidBody = "invalid_body",
        /// A callback lacks the header of the key or of the signature, or has one twice.
        MissingHeader = "missing_header",
        /// A callback's key header is not the merchant's key.
        WrongKey = "wrong_key",
        /// A callback's signature is not its body's under any of the secrets.
        InvalidSignature = "invalid_signature",
        /// A callback is genuine, but no JSON.
        InvalidJson = "invalid_json",
        /// A callback is genuine, but cannot be relied on: its shape is not the documented one.
        InvalidCallback = "invalid_callback",
        /// The transport failed: refused, reset, cut off, no such host.
        Network = "network",
        /// The one deadline of the call passed.
        Timeout = "timeout",
        /// The caller's signal was aborted.
        Aborted = "aborted",
        /// 401, 403: the gateway refuses the key or the signature.
        Unauthorized = "unauthorized",
        /// Any other 4xx: the gateway refuses the request.
        Rejected = "rejected",
        /// 429: too many requests.
        RateLimited = "rate_limited",
        /// 5xx: the gateway, or what stands before it, failed.
        Server = "server",
        /// A status the gateway never documents: a redirect, or none at all.
        UnexpectedStatus = "unexpected_status",
        /// A 2xx answer that is not the documented JSON.
        InvalidResponse = "invalid_response",
        /// A 2xx answer to some other request than ours.
        MismatchedResponse = "mismatched_response",
        /// A 2xx answer whose address is none of its currency's network.
        InvalidAddress = "invalid_address",
        /// A 2xx answer without the destination tag that its network needs.
        MissingTag = "missing_tag",
        /// The WebAssembly module is not loaded, or cannot be: only the package's JavaScript says so.
        NotLoaded = "not_loaded",
        /// A defect of this library or of its JavaScript runtime.
        Internal = "internal",
    }

    /// The code as it appears in JavaScript.
    pub fn as_str;
}

/// Where the money side stands after a failed call: may the gateway have allocated an address?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Nothing left this process.
    NotSent,
    /// The gateway answered, and said no to every request that was sent.
    Rejected,
    /// An address may exist. Taking another is harmless: addresses cost nothing and never expire.
    Unknown,
}

impl Outcome {
    /// The outcome as it appears in JavaScript.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not-sent",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
        }
    }
}

/// A failed call. One pointer wide, because every function on the way hands it on: by value it cost the client's
/// `.wasm` several kilobytes of copying.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error(Box<Report>);

/// What went wrong, where the money side stands, and all that the gateway said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// What went wrong.
    pub code: Code,
    /// What went wrong and what to do about it, in one or two sentences.
    pub message: String,
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// The gateway's own `code` or `error_code`, verbatim.
    pub gateway_code: Option<String>,
    /// The fields at fault and what is wrong with each: ours before sending, or the gateway's `errors` map.
    pub fields: Vec<(String, String)>,
    /// Whether the same call may succeed later without being changed.
    pub retryable: bool,
    /// Whether the gateway may have allocated an address.
    pub outcome: Outcome,
    /// How many requests were sent.
    pub attempts: u32,
    /// The gateway's answer as text, up to the size cap, with our own signature blotted out.
    pub body: Option<String>,
}

impl Error {
    /// An error found before anything was sent.
    #[must_use]
    pub fn new(code: Code, message: String) -> Self {
        Self(Box::new(Report {
            code,
            message,
            status: None,
            gateway_code: None,
            fields: Vec::new(),
            retryable: false,
            outcome: Outcome::NotSent,
            attempts: 0,
            body: None,
        }))
    }

    /// An error about one field of the request or of the options, found before anything was sent.
    #[must_use]
    pub fn of_field(code: Code, field: &str, problem: &str) -> Self {
        Self::of_fields(code, vec![(field.into(), problem.into())])
    }

    /// An error about several fields. The message names each of them with its problem.
    #[must_use]
    pub fn of_fields(code: Code, fields: Vec<(String, String)>) -> Self {
        let mut message = String::new();
        for (field, problem) in &fields {
            if !message.is_empty() {
                message.push_str("; ");
            }
            message.push('`');
            message.push_str(field);
            message.push_str("` ");
            message.push_str(problem);
        }
        let mut error = Self::new(code, message);
        error.fields = fields;
        error
    }
}

impl core::ops::Deref for Error {
    type Target = Report;

    fn deref(&self) -> &Report {
        &self.0
    }
}

impl core::ops::DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Report {
        &mut self.0
    }
}

impl Report {
    /// Hands on every text that may repeat what the gateway said.
    pub(crate) fn each_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        visit(&mut self.message);
        self.body.as_mut().map(&mut *visit);
        self.gateway_code.as_mut().map(&mut *visit);
        for (field, problem) in &mut self.fields {
            visit(field);
            visit(problem);
        }
    }
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;

    #[test]
    fn the_message_names_every_field_at_fault() {
        let error = Error::of_fields(
            Code::InvalidRequest,
            vec![("currency".into(), "is missing".into()), ("foreign_id".into(), "is empty".into())],
        );
        assert_eq!(error.to_string(), "`currency` is missing; `foreign_id` is empty");
        assert_eq!(error.outcome, Outcome::NotSent);
        assert_eq!(error.attempts, 0);
    }

    #[test]
    fn the_typings_list_every_code_and_outcome() {
        use Code::*;

        let typings = include_str!("bindings/error.d.ts");
        let codes = [
            InvalidRequest,
            InvalidOption,
            InvalidBody,
            MissingHeader,
            WrongKey,
            InvalidSignature,
            InvalidJson,
            InvalidCallback,
            Network,
            Timeout,
            Aborted,
            Unauthorized,
            Rejected,
            RateLimited,
            Server,
            UnexpectedStatus,
            InvalidResponse,
            MismatchedResponse,
            InvalidAddress,
            MissingTag,
            NotLoaded,
            Internal,
        ];
        for code in codes {
            assert!(typings.contains(&format!("\n  | \"{}\"", code.as_str())), "{}", code.as_str());
        }
        assert_eq!(typings.matches("\n  | \"").count(), codes.len());
        for outcome in [Outcome::NotSent, Outcome::Rejected, Outcome::Unknown] {
            assert!(typings.contains(&format!("\"{}\"", outcome.as_str())));
        }
    }
}
