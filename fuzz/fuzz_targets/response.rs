//! An answer that is taken belongs to its request, holds what may be shown, and reads the same a second time. The
//! first line is the request; without a line break it is a fixed one.

#![no_main]

use alphapo_wasm::error::{Code, Outcome};
use alphapo_wasm::gateway::json::Json;
use alphapo_wasm::gateway::request::TakeAddressRequest;
use alphapo_wasm::gateway::response::DepositAddress;
use alphapo_wasm_fuzz::{json, lines, text};
use libfuzzer_sys::fuzz_target;

const FIXED: &str = r#"{"currency":"BTC","foreign_id":"1","end_user_reference":"u","convert_to":"EUR"}"#;

fuzz_target!(|data: &[u8]| {
    let (request, body) = match lines(data) {
        (request, Some(body)) => (text(request), body),
        (body, None) => (Some(FIXED), body),
    };
    let Some(Ok(request)) = request.map(TakeAddressRequest::from_json) else { return };
    let deposit = match DepositAddress::parse(body, &request) {
        Ok(deposit) => deposit,
        Err(error) => {
            assert!(matches!(error.code, Code::InvalidResponse | Code::MismatchedResponse));
            assert_eq!(error.outcome, Outcome::NotSent);
            return;
        }
    };

    let address = deposit.field("address").expect("an address");
    assert!(!address.is_empty() && address.bytes().all(|byte| byte.is_ascii_graphic()), "{address:?}");
    for name in ["currency", "foreign_id"] {
        assert_eq!(deposit.field(name), request.field(name));
    }
    for name in ["end_user_reference", "convert_to"] {
        assert!(deposit.field(name).is_none() || deposit.field(name) == request.field(name));
    }

    let given = data_of(body);
    let shown = deposit.clone().to_javascript_json();
    let Some(Json::Object(fields)) = json::parse(shown.as_bytes()) else { panic!("no object: {shown}") };
    for name in ["id", "currency", "address", "tag", "foreign_id", "end_user_reference", "convert_to"] {
        let of_name = |fields: &[(String, Json)]| -> Vec<Json> {
            fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.clone()).collect()
        };
        let (given, shown) = (of_name(&given), of_name(&fields));
        match (name, &given[..], &shown[..]) {
            ("id", [Json::Number(given) | Json::Text(given)], [Json::Number(id)]) => {
                assert_eq!(given, id);
                assert!(id.parse::<u64>().is_ok_and(|id| id < 1 << 53), "{id}");
            }
            ("tag", [Json::Number(given) | Json::Text(given)], [Json::Text(tag)]) => {
                assert_eq!(given, tag);
                assert!(tag.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !tag.trim().is_empty(), "{tag:?}");
            }
            ("tag", [] | [Json::Null], [Json::Null]) => {}
            ("tag", [Json::Text(blank)], [Json::Null]) => assert!(blank.trim().is_empty(), "{blank:?}"),
            ("end_user_reference" | "convert_to", [] | [Json::Null], []) => {}
            ("end_user_reference" | "convert_to", [Json::Text(blank)], []) => assert!(blank.trim().is_empty()),
            (_, [given @ Json::Text(_)], [shown]) => assert_eq!(given, shown),
            other => panic!("{other:?}"),
        }
    }
    let unknown = given.iter().filter(|(name, value)| *value != Json::Null || name != "tag").count();
    assert!(unknown <= fields.len() + 2, "fields got lost: {shown}");

    let again = DepositAddress::parse(format!(r#"{{"data":{shown}}}"#).as_bytes(), &request);
    assert_eq!(again.map(DepositAddress::to_javascript_json), Ok(shown));
});

/// The members of `data`, of which there is one.
fn data_of(body: &[u8]) -> Vec<(String, Json)> {
    let Some(Json::Object(members)) = json::parse(body) else { panic!("no object") };
    let mut data = members.into_iter().filter(|(name, _)| name == "data");
    match (data.next(), data.next()) {
        (Some((_, Json::Object(members))), None) => members,
        other => panic!("{other:?}"),
    }
}
