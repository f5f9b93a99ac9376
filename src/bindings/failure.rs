//! An [`Error`] as the JavaScript `AlphaPoError`.

use alloc::string::String;

use wasm_bindgen::prelude::*;

use crate::error::Error;
use crate::gateway::json::ObjectWriter;
use crate::text::push_integer;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &'static str = include_str!("error.d.ts");

#[wasm_bindgen(module = "/src/bindings/error.js")]
extern "C" {
    #[wasm_bindgen(js_name = newAlphaPoError)]
    fn new_alphapo_error(message: &str, details: &str, cause: &JsValue) -> JsValue;
}

/// The error to throw or to reject with.
pub(crate) fn to_js(error: &Error) -> JsValue {
    to_js_with_cause(error, &JsValue::UNDEFINED)
}

/// The error with what caused it, which must hold neither secret nor signature: the caller's own abort reason.
pub(crate) fn to_js_with_cause(error: &Error, cause: &JsValue) -> JsValue {
    new_alphapo_error(&error.message, &details(error), cause)
}

/// The fields of the JavaScript error as JSON; absent ones are left out.
fn details(error: &Error) -> String {
    let mut json = String::new();
    let mut writer = ObjectWriter::new(&mut json);
    writer.text("code", error.code.as_str());
    if let Some(status) = error.status {
        writer.key("status");
        push_integer(writer.out, status.into());
    }
    if let Some(gateway_code) = &error.gateway_code {
        writer.text("gatewayCode", gateway_code);
    }
    if !error.fields.is_empty() {
        writer.key("fields");
        let mut fields = ObjectWriter::new(writer.out);
        for (field, problem) in &error.fields {
            fields.text(field, problem);
        }
        fields.end();
    }
    writer.boolean("retryable", error.retryable);
    writer.text("outcome", error.outcome.as_str());
    writer.key("attempts");
    push_integer(writer.out, error.attempts.into());
    if let Some(body) = &error.body {
        writer.text("body", body);
    }
    writer.end();
    json
}
