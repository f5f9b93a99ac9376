//! JavaScript objects that are not ours, read so that nothing they do reaches us as an exception.
//!
//! A getter, a proxy or a detached buffer throws where one would not think of it, and an exception that unwinds
//! through WebAssembly leaves its stack, and the slots of the values it borrowed, behind for good: after some hundred
//! of them the module is dead. So whatever touches a caller's object goes through here or is caught where it stands.

use alloc::vec::Vec;

#[cfg(feature = "client")]
use js_sys::Function;
use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    // js-sys has it without `catch`.
    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    fn object_keys(object: &JsValue) -> Result<Array, JsValue>;
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

    type DataView;
    #[wasm_bindgen(catch, constructor)]
    fn over(buffer: &JsValue) -> Result<DataView, JsValue>;
}

/// A property of the global object, read anew each time.
#[cfg(feature = "client")]
pub(crate) fn global(name: &str) -> JsValue {
    GLOBAL.with(|global| property(global, name))
}

/// Whether this is an `ArrayBuffer` that is not detached, of any realm: the constructor takes nothing else.
#[cfg(feature = "client")]
pub(crate) fn is_buffer(value: &JsValue) -> bool {
    DataView::over(value).is_ok()
}

/// A property, or `undefined` where there is none, its getter throws, or there is no object.
pub(crate) fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

/// What a method gives for a text, or `undefined` where it throws; none where there is no method of this name.
#[cfg(feature = "client")]
pub(crate) fn call(object: &JsValue, method: &str, text: &str) -> Option<JsValue> {
    let method: Function = property(object, method).dyn_into().ok()?;
    Some(method.call1(object, &text.into()).unwrap_or_default())
}

/// The object's own names, or none where it does not tell them.
pub(crate) fn keys(object: &JsValue) -> Option<Array> {
    object_keys(object).ok()
}
