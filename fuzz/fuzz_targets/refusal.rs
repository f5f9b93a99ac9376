//! Any status with any body is an error whose code follows from the status and whose texts come from the body. The
//! first two bytes are the status.

#![no_main]

use alphapo_wasm::error::{Code, Outcome};
use alphapo_wasm::gateway::json::Json;
use alphapo_wasm::gateway::refusal::{error_of, is_retryable};
use alphapo_wasm_fuzz::json;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((status, body)) = data.split_first_chunk() else { return };
    // Most statuses look alike: taken from 0 to 1023 they are all met.
    let status = u16::from_be_bytes(*status) % 1024;
    let error = error_of(status, body);
    let (code, outcome) = match status {
        401 | 403 => (Code::Unauthorized, Outcome::Rejected),
        429 => (Code::RateLimited, Outcome::Rejected),
        400..500 => (Code::Rejected, Outcome::Rejected),
        500..600 => (Code::Server, Outcome::Unknown),
        _ => (Code::UnexpectedStatus, Outcome::Unknown),
    };
    assert_eq!((error.code, error.outcome, error.status), (code, outcome, Some(status)));
    assert_eq!(error.retryable, is_retryable(status));
    assert!(error.message.contains(&format!("({status})")), "{}", error.message);
    assert_eq!((error.attempts, &error.body), (0, &None));

    let Some(Json::Object(members)) = json::parse(body) else {
        assert_eq!((&error.gateway_code, error.fields.len()), (&None, 0));
        assert_eq!(error.message, error_of(status, b"").message, "an opaque body speaks");
        return;
    };
    let last = |names: &[&str], is: fn(&Json) -> bool| {
        members.iter().rev().find(|(name, value)| names.contains(&name.as_str()) && is(value)).map(|(_, value)| value)
    };
    match last(&["code", "error_code"], |value| matches!(value, Json::Text(_) | Json::Number(_))) {
        Some(Json::Text(code) | Json::Number(code)) => assert_eq!(error.gateway_code.as_ref(), Some(code)),
        _ => assert_eq!(error.gateway_code, None),
    }
    match last(&["errors"], |value| matches!(value, Json::Object(_))) {
        Some(Json::Object(errors)) => {
            assert_eq!(error.fields.len(), errors.len());
            for ((field, problem), (name, value)) in error.fields.iter().zip(errors) {
                assert_eq!(field, name);
                assert!(value.text().is_none_or(|text| text == problem));
                assert!(error.message.contains(field.as_str()) && error.message.contains(problem.as_str()));
            }
        }
        _ => assert!(error.fields.is_empty()),
    }
});
