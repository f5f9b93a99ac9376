//! The bytes of a body or a secret given from JavaScript: text as UTF-8, or a `Uint8Array`.
//!
//! A lone surrogate in a text becomes U+FFFD on its way in, as `TextEncoder`, `fetch` and `node:crypto` do it, so
//! that what is signed is what is sent.

use alloc::vec::Vec;

use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::error::{Code, Error};
use crate::signature::Secret;

/// The bytes of a body to sign or verify.
#[cfg(feature = "client")]
pub(crate) fn body(value: &JsValue) -> Result<Vec<u8>, Error> {
    bytes(value).ok_or_else(|| {
        Error::of_field(
            Code::InvalidBody,
            "body",
            "must be a string or a Uint8Array: pass the raw bytes you received, not the parsed object",
        )
    })
}

/// A secret, which is wiped when dropped.
pub(crate) fn secret(value: &JsValue) -> Result<Secret, Error> {
    bytes(value).map(Secret::new).ok_or_else(|| {
        let problem =
            if value.is_undefined() || value.is_null() { "is missing" } else { "must be a string or a Uint8Array" };
        Error::of_field(Code::InvalidOption, "secret", problem)
    })
}

fn bytes(value: &JsValue) -> Option<Vec<u8>> {
    match value.as_string() {
        Some(text) => Some(text.into_bytes()),
        None => is_byte_array(value).then(|| value.unchecked_ref::<Uint8Array>().to_vec()),
    }
}

/// Whether this is a view of single bytes, a `Uint8Array` or a `Buffer` above all, of any realm, which `instanceof`
/// could not tell.
fn is_byte_array(value: &JsValue) -> bool {
    let bytes_per_element = || Reflect::get(value, &"BYTES_PER_ELEMENT".into()).unwrap_or_default();
    ArrayBuffer::is_view(value) && bytes_per_element().as_f64() == Some(1.0)
}
