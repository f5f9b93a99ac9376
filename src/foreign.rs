//! JavaScript objects that are not ours, read so that nothing they do reaches us as an exception.
//!
//! A getter, a proxy or a detached buffer throws where one would not think of it, and an exception that unwinds
//! through WebAssembly leaves its stack, and the slots of the values it borrowed, behind for good: after some hundred
//! of them the module is dead. So whatever touches a caller's object goes through here or is caught where it stands.

use alloc::vec;
use alloc::vec::Vec;

#[cfg(feature = "client")]
use js_sys::Function;
use js_sys::{Array, ArrayBuffer, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    // js-sys has these without `catch`.
    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    fn object_keys(object: &JsValue) -> Result<Array, JsValue>;

    #[wasm_bindgen(js_name = Uint8Array)]
    type View;
    #[wasm_bindgen(catch, constructor, js_class = Uint8Array)]
    fn new(buffer: &JsValue, offset: f64, length: f64) -> Result<View, JsValue>;
    #[wasm_bindgen(catch, method, getter, js_name = byteLength)]
    fn byte_length(this: &View) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, method, getter, js_name = byteOffset)]
    fn byte_offset(this: &View) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, method, getter)]
    fn buffer(this: &View) -> Result<JsValue, JsValue>;
    // Of a view that was made here, and is therefore one.
    #[wasm_bindgen(method, getter)]
    fn length(this: &View) -> f64;
    // js-sys asks three times for the length before.
    #[wasm_bindgen(catch, js_namespace = ["Uint8Array", "prototype", "set"], js_name = call)]
    fn copy(into: &mut [u8], from: &View) -> Result<(), JsValue>;
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

/// A method of this name, if there is one.
#[cfg(feature = "client")]
pub(crate) fn method(object: &JsValue, name: &str) -> Option<Function> {
    property(object, name).dyn_into().ok()
}

/// The object's own names, or none where it does not tell them.
pub(crate) fn keys(object: &JsValue) -> Option<Array> {
    object_keys(object).ok()
}

/// The bytes of an `ArrayBuffer` or of a view of one, of any realm, up to `limit`; none where they are detached.
pub(crate) fn bytes(value: &JsValue, limit: usize) -> Option<Vec<u8>> {
    let given: &View = value.unchecked_ref();
    let length = given.byte_length().ok()?.as_f64()?.min(limit as f64);
    let view = if ArrayBuffer::is_view(value) {
        View::new(&given.buffer().ok()?, given.byte_offset().ok()?.as_f64()?, length)
    } else {
        View::new(value, 0.0, length)
    };
    // The constructor makes something of whatever it gets, so it must have been a buffer.
    let view = view.ok().filter(|view| view.length() == length)?;
    let mut bytes = vec![0; length as usize];
    copy(&mut bytes, &view).ok()?;
    Some(bytes)
}
