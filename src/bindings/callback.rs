//! `verifyCallback` as JavaScript has it, alone and as a method of `AlphaPo`: synchronous.
//!
//! Headers and options are the caller's objects and are read so that nothing they do throws; what a callback must be
//! is in `gateway/callback.rs`. The handlers around it await the caller's code, so they are JavaScript
//! (`pkg-template/entries/callback-handlers.js`); their typings are beside this file.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use js_sys::{Array, JSON};
use wasm_bindgen::prelude::*;

use super::client::AlphaPo;
use super::reader::Reader;
use super::{bytes, failure};
use crate::client::Client;
use crate::error::{Code, Error};
use crate::foreign;
use crate::gateway::endpoint::Endpoint;
use crate::signature::{Secret, Signer};
use crate::text::integer;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &'static str = include_str!("callback.d.ts");

/// Verifies a callback and reads it: synchronous, and without a network.
///
/// The `X-Processing-Key` header is held against your key, and the signature against the bytes of the body, both in
/// constant time. What it returns is genuine, but may be the second copy of itself, or late: de-duplicate by
/// `callback.key` and credit once per `callback.creditKey`, or let `callbackHandler` do it.
///
/// @param body the body as it arrived. A parsed body is refused: written again it is another one.
/// @param headers a `Headers`, Node's `req.headers`, or a plain object, in any letter case
/// @param options your key and its secrets
/// @throws `AlphaPoError`: `missing_header`, `wrong_key`, `invalid_signature` (not genuine); `invalid_json`,
/// `invalid_callback` (genuine, but not to be relied on); `invalid_body`, `invalid_option` (a mistake in the call).
///
/// @example
/// ```js
/// const callback = verifyCallback(rawBody, request.headers, { key, secrets: [newSecret, oldSecret] });
/// const { credit, creditKey, foreign_id } = callback;
/// if (credit && foreign_id) await creditOnce(creditKey, foreign_id, credit);
/// ```
#[wasm_bindgen(js_name = verifyCallback, unchecked_return_type = "Callback")]
pub fn verify_callback(
    #[wasm_bindgen(unchecked_param_type = "string | Uint8Array | ArrayBuffer")] body: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "CallbackHeaders")] headers: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "CallbackOptions")] options: &JsValue,
) -> Result<JsValue, JsValue> {
    read(None, body, headers, options).map_err(|error| failure::to_js(&error))
}

#[wasm_bindgen]
impl AlphaPo {
    /// Verifies a callback and reads it, as the function `verifyCallback` does, with this merchant's key and secret.
    ///
    /// @param body the body as it arrived; not a parsed one
    /// @param headers a `Headers`, Node's `req.headers`, or a plain object, in any letter case
    /// @param options older secrets that still count; `secretIndex` 0 is this merchant's own, 1 the first of these
    /// @throws `AlphaPoError`, as `verifyCallback` does.
    ///
    /// @example
    /// ```js
    /// const callback = alphapo.verifyCallback(rawBody, request.headers);
    /// ```
    #[wasm_bindgen(js_name = verifyCallback, unchecked_return_type = "Callback")]
    pub fn verify_callback(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string | Uint8Array | ArrayBuffer")] body: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "CallbackHeaders")] headers: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "OlderSecrets")] options: &JsValue,
    ) -> Result<JsValue, JsValue> {
        read(Some(&self.client), body, headers, options).map_err(|error| failure::to_js(&error))
    }
}

/// Reads a callback of this merchant's, or of the one that the options name.
fn read(own: Option<&Client>, body: &JsValue, headers: &JsValue, options: &JsValue) -> Result<JsValue, Error> {
    let named;
    let (merchant, older) = match own {
        Some(own) if options.is_undefined() || options.is_null() => (own, Vec::new()),
        Some(own) => (own, signers(&["secrets"], options)?.1),
        None => {
            let (key, mut signers) = signers(&["key", "secrets", "secret"], options)?;
            let older = signers.split_off(signers.len().min(1));
            let first = signers.pop().ok_or_else(|| Error::of_field(Code::InvalidOption, "secret", "is missing"))?;
            named = Client::new(&key, first, Endpoint::default())?;
            (&named, older)
        }
    };
    let body = bytes::callback(body)?;
    if !headers.is_object() {
        return Err(Error::of_field(Code::InvalidOption, "headers", "must be a Headers or Node's req.headers"));
    }
    let (key, signature) = (header(headers, "X-Processing-Key")?, header(headers, "X-Processing-Signature")?);
    let callback = merchant.verify_callback(&body, &key, &signature, &older)?;
    JSON::parse(&callback.to_javascript_json())
        .map_err(|_| Error::new(Code::Internal, "a valid answer could not be handed over".into()))
}

/// The options: the key, if it is one of them, and the secrets.
fn signers(known: &[&str], options: &JsValue) -> Result<(String, Vec<Signer>), Error> {
    let mut reader = Reader::new(options)?;
    reader.refuse_unknown(&[known]);
    let key = if known.contains(&"key") { reader.key() } else { String::new() };
    let mut secrets = secrets(&mut reader);
    if known.contains(&"secret") && secrets.is_empty() {
        secrets.push(reader.secret());
    } else if known.contains(&"secret") && reader.get("secret").is_some() {
        reader.problem("secret", "is given beside `secrets`: give one of them");
    }
    reader.finish()?;
    Ok((key, secrets.iter().map(Signer::new).collect::<Result<_, _>>()?))
}

/// The option `secrets`: one secret, or an array of them.
fn secrets(reader: &mut Reader<'_>) -> Vec<Secret> {
    let Some(value) = reader.get("secrets") else {
        return Vec::new();
    };
    if !foreign::is_array(&value) {
        return vec![reader.checked_secret("secrets", &value)];
    }
    let length = foreign::property(&value, "length").as_f64().unwrap_or_default() as u64;
    let mut secrets = Vec::new();
    for index in 0..length {
        let value = foreign::property(&value, &integer(index));
        secrets.push(reader.checked_secret("secrets", &value));
        // An array may claim any length.
        if value.is_undefined() {
            break;
        }
    }
    secrets
}

/// A header, which must be there once.
fn header(headers: &JsValue, name: &str) -> Result<String, Error> {
    // `Headers`, of whatever realm or polyfill, which finds a name in any case. It joins what is there twice.
    let mut value = foreign::call(headers, "get", name).unwrap_or_else(|| own_header(headers, name));
    // Some servers give every header as an array.
    if foreign::property(&value, "length").as_f64() == Some(1.0) && value.is_object() {
        value = foreign::property(&value, "0");
    }
    value
        .as_string()
        .filter(|text| !text.is_empty())
        .ok_or_else(|| Error::of_field(Code::MissingHeader, name, "is missing, or there more than once"))
}

/// The member of this name in any letter case. Two spellings are two headers, which are no text.
fn own_header(headers: &JsValue, name: &str) -> JsValue {
    let mut found = JsValue::UNDEFINED;
    for key in foreign::keys(headers).iter().flat_map(Array::iter) {
        let Some(key) = key.as_string().filter(|key| key.eq_ignore_ascii_case(name)) else {
            continue;
        };
        let value = foreign::property(headers, &key);
        if !value.is_undefined() {
            found = if found.is_undefined() { value } else { JsValue::NULL };
        }
    }
    found
}
