//! JavaScript objects that are not ours, read so that nothing they do reaches us as an exception.
//!
//! A getter, a proxy or a detached buffer throws where one would not think of it, and an exception that unwinds
//! through WebAssembly leaves its stack, and the slots of the values it borrowed, behind for good: after some hundred
//! of them the module is dead. So whatever touches a caller's object goes through here or is caught where it stands.
//!
//! What may throw gives no value that must be there: wasm-bindgen takes a slot of its table for each that comes back, and
//! does not free that of the nothing that comes back from what throws. At 2^23 of them V8 gives it no more, and the module
//! is dead. An optional value takes its slot only where there is one.

use alloc::vec::Vec;

use js_sys::Array;
#[cfg(feature = "client")]
use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A property, none where it is `undefined` or `null`; what its getter throws, or that there is no object.
    #[wasm_bindgen(catch, js_namespace = Reflect)]
    pub(crate) fn get(object: &JsValue, name: &str) -> Result<Option<JsValue>, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    fn object_keys(object: &JsValue) -> Result<Option<Array>, JsValue>;
}

#[wasm_bindgen(module = "/src/foreign.js")]
extern "C" {
    /// The bytes of an `ArrayBuffer` or of a view of one, of any realm, up to `limit`; none where they are detached.
    pub(crate) fn bytes(value: &JsValue, limit: f64) -> Option<Vec<u8>>;
}

#[cfg(feature = "client")]
#[wasm_bindgen]
extern "C" {
    // Every supported runtime has it under this name; js-sys looks for it under three older ones too.
    #[wasm_bindgen(thread_local_v2, js_name = globalThis)]
    static GLOBAL: JsValue;

    // Of a proxy that was revoked it throws.
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn array_is(value: &JsValue) -> Result<bool, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Reflect)]
    fn apply(function: &Function, this: &JsValue, arguments: &Array) -> Result<Option<JsValue>, JsValue>;
}

#[cfg(feature = "client")]
#[wasm_bindgen(module = "/src/foreign.js")]
extern "C" {
    /// The bytes of an `ArrayBuffer`, of any realm; none of anything else.
    #[wasm_bindgen(js_name = bytesOfBuffer)]
    pub(crate) fn bytes_of_buffer(value: &JsValue) -> Option<Vec<u8>>;
}

/// A property of the global object, read anew each time.
#[cfg(feature = "client")]
pub(crate) fn global(name: &str) -> JsValue {
    GLOBAL.with(|global| property(global, name))
}

/// A property, or `undefined` where there is none or it is `null`, its getter throws, or there is no object.
pub(crate) fn property(object: &JsValue, name: &str) -> JsValue {
    // Not left to what `get` throws: an error takes a hundred times as long.
    object.is_object().then(|| get(object, name).ok().flatten()).flatten().unwrap_or_default()
}

/// Whether this is an array, of any realm.
#[cfg(feature = "client")]
pub(crate) fn is_array(value: &JsValue) -> bool {
    array_is(value).unwrap_or(false)
}

/// What a method gives for a text, or `undefined` where that is `null` or it throws; none where there is no method of this
/// name.
#[cfg(feature = "client")]
pub(crate) fn call(object: &JsValue, method: &str, text: &str) -> Option<JsValue> {
    let method: Function = property(object, method).dyn_into().ok()?;
    Some(apply(&method, object, &Array::of1(&text.into())).ok().flatten().unwrap_or_default())
}

/// The object's own names, or none where it does not tell them.
pub(crate) fn keys(object: &JsValue) -> Option<Array> {
    object_keys(object).ok().flatten()
}
