//! A callback that is read keeps all that it said, credits only what a confirmed deposit says was received, and reads
//! the same a second time.

#![no_main]

use alphapo_wasm::error::Code;
use alphapo_wasm::gateway::callback::Callback;
use alphapo_wasm::gateway::json::Json;
use alphapo_wasm_fuzz::json;
use libfuzzer_sys::fuzz_target;

/// What the package adds, in the place of a field of that name.
const ADDED: [&str; 6] = ["key", "creditKey", "final", "credit", "secretIndex", "foreign_id"];

fuzz_target!(|data: &[u8]| {
    let callback = match Callback::parse(data) {
        Ok(callback) => callback,
        Err(error) => {
            assert!(matches!(error.code, Code::InvalidJson | Code::InvalidCallback));
            assert!(error.body.is_some(), "the body is lost");
            return;
        }
    };
    let Some(Json::Object(said)) = json::parse(data) else { panic!("no object") };
    let of = |name: &str| said.iter().find(|(field, _)| field == name).map(|(_, value)| value);
    let text = |name| callback.text(name).expect("text");

    let (kind, status) = (text("type"), text("status"));
    let credit_key = text("creditKey");
    assert!(credit_key.starts_with(&format!("{kind}:")) && credit_key.matches(':').count() == 1, "{credit_key}");
    assert_eq!(text("key"), format!("{credit_key}:{status}"));
    assert_eq!((of("type").and_then(Json::text), of("status").and_then(Json::text)), (Some(kind), Some(status)));

    let is_deposit = ["deposit", "deposit_exchange"].contains(&kind) && status == "confirmed";
    match callback.field("credit") {
        Some(Json::Null) => assert!(!is_deposit),
        Some(Json::Object(credit)) => {
            assert!(is_deposit);
            let [(_, Json::Text(amount)), (_, Json::Text(currency))] = &credit[..] else { panic!("{credit:?}") };
            assert!(amount.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'), "{amount}");
            assert!(amount.bytes().any(|byte| matches!(byte, b'1'..=b'9')), "{amount}");
            let Some(Json::Object(received)) = of("currency_received") else { panic!("nothing was received") };
            let named = |name: &str| received.iter().find(|(field, _)| field == name).map(|(_, value)| value);
            assert_eq!(named("currency").and_then(Json::text), Some(currency.as_str()));
            let net = named("amount_minus_fee").filter(|value| **value != Json::Null).or(named("amount"));
            let Some(Json::Text(net) | Json::Number(net)) = net else { panic!("{net:?}") };
            assert!(net == amount || net.contains(['e', 'E']), "{net} became {amount}");
        }
        other => panic!("{other:?}"),
    }

    for (name, _) in said.iter().filter(|(name, _)| !ADDED.contains(&name.as_str())) {
        assert!(callback.field(name).is_some(), "{name} got lost");
    }
    let shown = callback.to_javascript_json();
    let again = Callback::parse(shown.as_bytes()).map(Callback::to_javascript_json);
    assert_eq!(again.as_deref(), Ok(shown.as_str()));
});
