//! A request that is taken is written as JSON which says what was asked for, keeps the gateway's rules, and is taken
//! again as it is.

#![no_main]

use alphapo_wasm::error::{Code, Outcome};
use alphapo_wasm::gateway::json::Json;
use alphapo_wasm::gateway::request::TakeAddressRequest;
use alphapo_wasm_fuzz::{decimal::Decimal, json, text};
use libfuzzer_sys::fuzz_target;

const KNOWN: [&str; 5] = ["currency", "foreign_id", "end_user_reference", "convert_to", "amount"];

fuzz_target!(|data: &[u8]| {
    let Some(given) = text(data) else { return };
    let request = match TakeAddressRequest::from_json(given) {
        Ok(request) => request,
        Err(error) => {
            assert_eq!((error.code, error.outcome), (Code::InvalidRequest, Outcome::NotSent));
            assert!(!error.fields.is_empty() && error.fields.iter().all(|(field, _)| error.message.contains(field)));
            return;
        }
    };
    let given = members(json::parse(given.as_bytes()));
    let sent = members(json::parse(request.body().as_bytes()));
    let again = TakeAddressRequest::from_json(request.body());
    assert_eq!(again.as_ref().ok(), Some(&request), "not taken again");

    // Whatever reader the gateway has, it finds what was checked: no key of ours stands twice.
    for name in KNOWN {
        assert!(sent.iter().filter(|(sent, _)| sent == name).count() <= 1, "two of {name}");
    }
    let asked = given.iter().filter(|(name, value)| !(KNOWN.contains(&name.as_str()) && *value == Json::Null));
    assert_eq!(asked.clone().count(), sent.len());
    for ((name, asked), (sent_name, sent)) in asked.zip(&sent) {
        assert_eq!(name, sent_name);
        match (name.as_str(), asked, sent) {
            ("amount", Json::Number(asked) | Json::Text(asked), Json::Number(sent)) => {
                assert_eq!(Decimal::parse(asked), Decimal::parse(sent));
                assert!(!sent.contains(['e', 'E', '-']), "{sent}");
            }
            _ => assert_eq!(asked, sent),
        }
    }
    for name in KNOWN {
        let value = sent.iter().find(|(sent, _)| sent == name).map(|(_, value)| value);
        assert_eq!(request.field(name), value.and_then(Json::text));
        match (name, value) {
            ("amount", value) => assert_eq!(value.is_some(), request.field("currency") == Some("BTCLN")),
            ("currency" | "foreign_id", None) => panic!("no {name}"),
            (_, None) => {}
            (_, Some(Json::Text(text))) => {
                assert!(!text.trim_matches([' ', '\t', '\n', '\x0c', '\r']).is_empty(), "an empty {name}");
                assert!(text.chars().count() <= 255 && !text.contains(char::is_control), "{text:?}");
            }
            (_, Some(other)) => panic!("{name} is {other:?}"),
        }
    }
    assert!(request.field("convert_to").is_none() || request.field("convert_to") != request.field("currency"));
});

fn members(value: Option<Json>) -> Vec<(String, Json)> {
    match value {
        Some(Json::Object(members)) => members,
        other => panic!("no object: {other:?}"),
    }
}
