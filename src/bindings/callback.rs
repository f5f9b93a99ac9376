//! `verifyCallback` as JavaScript has it, alone and as a method of `AlphaPo`: synchronous.
//!
//! Headers and options are the caller's objects and are read so that nothing they do throws; what a callback must be
//! is in `gateway/callback.rs`. The handlers around it await the caller's code, so they are JavaScript
//! (`pkg-template/entries/callback-handlers.js`); their typings are beside this file.

use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::prelude::*;

use super::client::AlphaPo;
use super::reader::Reader;
use super::{bytes, failure};
use crate::client::Client;
use crate::error::{Code, Error};
use crate::foreign;
use crate::gateway::endpoint::Endpoint;
use crate::signature::{Secret, Signer};

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
/// if (callback.credit) await credit(callback.foreign_id, callback.credit, callback.creditKey);
/// ```
#[wasm_bindgen(js_name = verifyCallback, unchecked_return_type = "Callback")]
pub fn verify_callback(
    #[wasm_bindgen(unchecked_param_type = "string | Uint8Array | ArrayBuffer")] body: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "CallbackHeaders")] headers: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "CallbackOptions")] options: &JsValue,
) -> Result<JsValue, JsValue> {
    merchant(options)
        .and_then(|(client, older)| read(&client, &older, body, headers))
        .map_err(|error| failure::to_js(&error))
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
        older_secrets(options)
            .and_then(|older| read(&self.client, &older, body, headers))
            .map_err(|error| failure::to_js(&error))
    }
}

fn read(client: &Client, older: &[Signer], body: &JsValue, headers: &JsValue) -> Result<JsValue, Error> {
    let body = bytes::callback(body)?;
    let [key, signature] = headers_of(headers)?;
    let callback = client.verify_callback(&body, &key, &signature, older)?;
    JSON::parse(&callback.to_javascript_json())
        .map_err(|_| Error::new(Code::Internal, "a genuine callback could not be handed over".into()))
}

/// The merchant of one call, with its first secret, and the other secrets.
fn merchant(options: &JsValue) -> Result<(Client, Vec<Signer>), Error> {
    let mut reader = Reader::new(options)?;
    reader.refuse_unknown(&[&["key", "secret", "secrets"]]);
    let key = reader.key();
    let mut secrets = secrets(&mut reader);
    if reader.get("secret").is_some() {
        if !secrets.is_empty() {
            reader.problem("secrets", "is given beside `secret`: give one of them");
        }
        secrets.push(reader.secret());
    } else if secrets.is_empty() {
        reader.problem("secrets", "is missing: give one secret, or an array of them");
    }
    reader.finish()?;
    let mut signers = secrets.iter().map(Signer::new).collect::<Result<Vec<_>, _>>()?;
    let older = signers.split_off(1.min(signers.len()));
    match signers.pop() {
        Some(first) => Ok((Client::new(&key, first, Endpoint::default())?, older)),
        None => Err(Error::of_field(Code::InvalidOption, "secrets", "is missing")),
    }
}

fn older_secrets(options: &JsValue) -> Result<Vec<Signer>, Error> {
    if options.is_undefined() || options.is_null() {
        return Ok(Vec::new());
    }
    let mut reader = Reader::new(options)?;
    reader.refuse_unknown(&[&["secrets"]]);
    let secrets = secrets(&mut reader);
    reader.finish()?;
    secrets.iter().map(Signer::new).collect()
}

/// The option `secrets`: one secret, or an array of them.
fn secrets(reader: &mut Reader<'_>) -> Vec<Secret> {
    let Some(value) = reader.get("secrets") else {
        return Vec::new();
    };
    if !Array::is_array(&value) {
        return [reader.checked_secret("secrets", &value)].into();
    }
    let length = foreign::property(&value, "length").as_f64().unwrap_or_default() as u32;
    let mut secrets = Vec::new();
    for index in 0..length {
        let value = Reflect::get_u32(&value, index).unwrap_or_default();
        // A hole ends it: an array may claim any length.
        let missing = value.is_undefined();
        secrets.push(reader.checked_secret("secrets", &value));
        if missing {
            break;
        }
    }
    secrets
}

const HEADERS: [&str; 2] = ["X-Processing-Key", "X-Processing-Signature"];

/// Both headers, each of which must be there once.
fn headers_of(headers: &JsValue) -> Result<[String; 2], Error> {
    if !headers.is_object() {
        let problem = "must be a Headers, Node's req.headers or a plain object";
        return Err(Error::of_field(Code::InvalidOption, "headers", problem));
    }
    let mut problems = Vec::new();
    let found = HEADERS.map(|name| {
        header(headers, name).unwrap_or_else(|problem| {
            problems.push((name.into(), problem.into()));
            String::new()
        })
    });
    if problems.is_empty() { Ok(found) } else { Err(Error::of_fields(Code::MissingHeader, problems)) }
}

fn header(headers: &JsValue, name: &str) -> Result<String, &'static str> {
    let value = match foreign::method(headers, "get") {
        // `Headers`, of whatever realm or polyfill, which finds a name in any case. It joins what is there twice.
        Some(get) => get.call1(headers, &name.into()).unwrap_or_default(),
        None => own_header(headers, name)?,
    };
    // Some servers give every header as an array.
    let value = if Array::is_array(&value) && foreign::property(&value, "length").as_f64() == Some(1.0) {
        Reflect::get_u32(&value, 0).unwrap_or_default()
    } else {
        value
    };
    match value.as_string() {
        Some(text) if !text.is_empty() => Ok(text),
        None if Array::is_array(&value) => Err(TWICE),
        _ => Err("is missing"),
    }
}

const TWICE: &str = "is there more than once, and which one counts is not to be guessed";

/// The member of this name in any letter case; two spellings are two headers.
fn own_header(headers: &JsValue, name: &str) -> Result<JsValue, &'static str> {
    let mut found = JsValue::UNDEFINED;
    for key in foreign::keys(headers).iter().flat_map(Array::iter).filter_map(|key| key.as_string()) {
        if !key.eq_ignore_ascii_case(name) {
            continue;
        }
        let value = foreign::property(headers, &key);
        if value.is_undefined() || value.is_null() {
            continue;
        }
        if !found.is_undefined() {
            return Err(TWICE);
        }
        found = value;
    }
    Ok(found)
}
