//! The JSON reader reads what serde_json reads, as the same value; the writers write what serde_json reads back.

#![no_main]

use alphapo_wasm::gateway::json::Json;
use alphapo_wasm_fuzz::json;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let value = Json::parse(data);
    assert_eq!(value, json::parse(data));
    let Some(value) = value else { return };

    let mut written = String::new();
    value.write(&mut written);
    assert_eq!(json::parse(written.as_bytes()), Some(value.clone()), "written: {written}");
    if let Json::Text(text) = &value {
        assert_eq!(Some(&written), serde_json::to_string(text).ok().as_ref());
    }

    let mut for_javascript = String::new();
    value.write_for_javascript(&mut for_javascript);
    let read = json::parse(for_javascript.as_bytes()).expect("JSON");
    check(&value, &read);
});

/// What JavaScript gets is the value itself, but for numbers it cannot hold, which are their own text.
fn check(given: &Json, read: &Json) {
    match (given, read) {
        (Json::List(given), Json::List(read)) => {
            assert_eq!(given.len(), read.len());
            given.iter().zip(read).for_each(|(given, read)| check(given, read));
        }
        (Json::Object(given), Json::Object(read)) => {
            assert_eq!(given.len(), read.len());
            for ((given_name, given), (name, read)) in given.iter().zip(read) {
                assert_eq!(given_name, name);
                check(given, read);
            }
        }
        (Json::Number(given), read) => {
            let exact = given.parse::<i64>().is_ok_and(|integer| integer.unsigned_abs() < 1 << 53);
            let expected = if exact { Json::Number(given.clone()) } else { Json::Text(given.clone()) };
            assert_eq!(*read, expected);
        }
        _ => assert_eq!(given, read),
    }
}
