//! The bytes of a body or a secret given from JavaScript: text as UTF-8, or a `Uint8Array`.
//!
//! A lone surrogate in a text becomes U+FFFD on its way in, as `TextEncoder`, `fetch` and `node:crypto` do it, so
//! that what is signed is what is sent.

use alloc::vec::Vec;

use js_sys::ArrayBuffer;
use wasm_bindgen::prelude::*;

use crate::error::{Code, Error};
use crate::foreign;
use crate::signature::Secret;

/// The bytes of a callback, which some frameworks hand over as an `ArrayBuffer`.
#[cfg(feature = "client")]
pub(crate) fn callback(value: &JsValue) -> Result<Vec<u8>, Error> {
    bytes(value).or_else(|| foreign::bytes_of_buffer(value)).ok_or_else(|| {
        Error::of_field(
            Code::InvalidBody,
            "body",
            "must be a string, a Uint8Array or an ArrayBuffer: the raw bytes you received, not what express.json(), \
             Fastify, Nest or Next's bodyParser parsed: turn it off on this route",
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
        None if is_byte_array(value) => foreign::bytes(value, f64::INFINITY),
        None => None,
    }
}

/// Whether this is a view of single bytes, a `Uint8Array` or a `Buffer` above all, of any realm, which `instanceof`
/// could not tell.
fn is_byte_array(value: &JsValue) -> bool {
    ArrayBuffer::is_view(value) && foreign::property(value, "BYTES_PER_ELEMENT").as_f64() == Some(1.0)
}
