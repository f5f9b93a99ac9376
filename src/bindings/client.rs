//! `takeAddress` and `AlphaPo` as JavaScript has them.
//!
//! Whatever is wrong with a call rejects its promise; only the constructor throws. (What is called on no client, or on
//! a freed one, does not come here: `pkg-template/entries/guard.js`.) The exported functions return a
//! promise instead of being `async`, so that a client can be freed, or used again, while a call is under way.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Array, JSON, Promise};
use wasm_bindgen::prelude::*;

use super::failure;
use super::options::{CALL_OPTIONS, CLIENT_OPTIONS, CallOptions, client_options};
use crate::client::Client;
use crate::error::{Code, Error};
use crate::foreign;
use crate::gateway::json::{Json, find};
use crate::gateway::request::TakeAddressRequest;
use crate::text::{is_one_of, join};
use crate::transport::fetch::Fetch;

#[wasm_bindgen]
extern "C" {
    // js-sys gives an object; text is taken over in the same crossing, and what is left out is `undefined`.
    #[wasm_bindgen(catch, js_namespace = JSON)]
    fn stringify(value: &JsValue) -> Result<Option<String>, JsValue>;
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &'static str = include_str!("types.d.ts");

/// A merchant at the gateway: credentials and options, bound once.
///
/// It keeps no secret, but what is as sensitive: `free()` it, or declare it with `using`, to wipe it early.
///
/// @example
/// ```js
/// const alphapo = new AlphaPo({ key: process.env.ALPHAPO_KEY, secret: process.env.ALPHAPO_SECRET });
/// const { address, tag } = await alphapo.takeAddress({ currency: "XRP", foreign_id: "user-17" });
/// ```
#[wasm_bindgen]
pub struct AlphaPo {
    pub(super) client: Rc<Client>,
    options: CallOptions,
}

#[wasm_bindgen]
impl AlphaPo {
    /// Checks the options and computes the key schedule.
    ///
    /// @throws `AlphaPoError` `invalid_option`, with every option at fault in `fields`.
    #[wasm_bindgen(constructor)]
    pub fn new(#[wasm_bindgen(unchecked_param_type = "AlphaPoOptions")] options: &JsValue) -> Result<AlphaPo, JsValue> {
        Self::of(options).map_err(|error| failure::to_js(&error))
    }

    fn of(options: &JsValue) -> Result<Self, Error> {
        let (client, options) = client_options(options)?;
        Ok(Self { client: Rc::new(client), options })
    }

    /// Takes a deposit address for one of your users.
    ///
    /// The address never expires and takes any number of deposits (but for BTCLN, where it is an invoice): store it,
    /// and take one per user and currency. If `tag` is not `null`, show it beside the address: a deposit without
    /// it may be lost.
    ///
    /// @param request the currency and your own reference
    /// @param overrides options of this call alone
    /// @returns the address, after the answer was held against the request
    /// @throws `AlphaPoError` (the promise rejects): `code` says what went wrong, `outcome` whether an address may
    /// have been allocated.
    ///
    /// @example
    /// ```js
    /// const { address, tag } = await alphapo.takeAddress({ currency: "XRP", foreign_id: "user-17" });
    /// ```
    #[wasm_bindgen(js_name = takeAddress, unchecked_return_type = "Promise<DepositAddress>")]
    pub fn take_address(
        &self,
        #[wasm_bindgen(unchecked_param_type = "TakeAddressRequest")] request: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] overrides: &JsValue,
    ) -> Promise {
        self.call(request, overrides).unwrap_or_else(|error| Promise::reject(&failure::to_js(&error)))
    }

    /// Reads everything of the caller's objects now: they may change before the promise settles.
    fn call(&self, request: &JsValue, overrides: &JsValue) -> Result<Promise, Error> {
        let options = self.options.overridden(overrides)?;
        let request = read_request(request)?;
        let fetch = options.fetch()?;
        let transport = Fetch::start(fetch, options.signal.as_ref(), options.timeout)
            .map_err(|thrown| Error::new(Code::Internal, join(&["the call could not begin: ", &thrown])))?;
        let client = Rc::clone(&self.client);
        Ok(transport.run(move |transport| async move {
            match client.take_address(&transport, &request, options.take).await {
                Ok(deposit) => JSON::parse(&deposit.to_javascript_json()).map_err(|_| internal()),
                Err(error) => Err(failure::to_js_with_cause(&error, &abort_reason(&error, &options))),
            }
        }))
    }
}

/// Takes a deposit address for one of your users, with credentials given on the spot.
///
/// For more than one call, an `AlphaPo` computes the key schedule once. See `AlphaPo.takeAddress` for what it does.
///
/// @throws `AlphaPoError` (the promise rejects).
///
/// @example
/// ```js
/// const { address, tag } = await takeAddress(
///   { currency: "BTC", foreign_id: "user-17", end_user_reference: "user-17" },
///   { key: process.env.ALPHAPO_KEY, secret: process.env.ALPHAPO_SECRET },
/// );
/// ```
#[wasm_bindgen(js_name = takeAddress, unchecked_return_type = "Promise<DepositAddress>")]
pub fn take_address(
    #[wasm_bindgen(unchecked_param_type = "TakeAddressRequest")] request: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "AlphaPoOptions")] options: &JsValue,
) -> Promise {
    AlphaPo::of(options)
        .and_then(|alphapo| alphapo.call(request, &JsValue::UNDEFINED))
        .unwrap_or_else(|error| Promise::reject(&failure::to_js(&error)))
}

fn internal() -> JsValue {
    failure::to_js(&Error::new(Code::Internal, "a valid answer could not be handed over".into()))
}

/// What the caller aborted with, for `cause`.
fn abort_reason(error: &Error, options: &CallOptions) -> JsValue {
    match (&options.signal, error.code) {
        (Some(signal), Code::Aborted) => foreign::property(signal, "reason"),
        _ => JsValue::UNDEFINED,
    }
}

/// Reads a request by way of `JSON.stringify`: in one crossing, and with the meaning callers know from it.
fn read_request(request: &JsValue) -> Result<TakeAddressRequest, Error> {
    let json = json_of(request).ok_or_else(|| unreadable_field(request))?;
    refuse_options(&json)?;
    // It writes NaN and infinities as null, which would read as "no amount".
    if let Json::Object(fields) = &json
        && find(fields, "amount") == Some(&Json::Null)
        && foreign::property(request, "amount").as_f64().is_some_and(|amount| !amount.is_finite())
    {
        return Err(invalid("amount", "must be a finite number"));
    }
    TakeAddressRequest::new(json)
}

/// What a request does not know it sends: a secret that was spread into it, too, or several of a callback's.
fn refuse_options(request: &Json) -> Result<(), Error> {
    let Json::Object(fields) = request else {
        return Ok(());
    };
    let is_option =
        |name: &str| name == "secrets" || is_one_of(name, &CLIENT_OPTIONS) || is_one_of(name, &CALL_OPTIONS);
    let problem = || "is an option, and would be sent: pass it beside the request, not in it".into();
    let problems: Vec<_> =
        fields.iter().filter(|(name, _)| is_option(name)).map(|(name, _)| (name.clone(), problem())).collect();
    if problems.is_empty() { Ok(()) } else { Err(Error::of_fields(Code::InvalidRequest, problems)) }
}

/// The value as JSON, or none if it has no form in it. `undefined` counts as `null`.
fn json_of(value: &JsValue) -> Option<Json> {
    match stringify(value).ok()? {
        // Escaped lone surrogates are no text that could be sent, so they do not parse.
        Some(text) => Json::parse(text.as_bytes()),
        None => Some(Json::Null),
    }
}

/// Finds the field that cannot be written as JSON.
fn unreadable_field(request: &JsValue) -> Error {
    for field in foreign::keys(request).iter().flat_map(Array::iter) {
        let field = field.as_string().unwrap_or_default();
        let value = foreign::get(request, &field).map(Option::unwrap_or_default);
        let unreadable = value.ok().and_then(|value| json_of(&value)).is_none();
        if unreadable {
            return invalid(
                &field,
                "cannot be sent as JSON: pass String(value) for a BigInt; no cycles, no lone surrogates",
            );
        }
    }
    invalid("request", "cannot be sent as JSON")
}

fn invalid(field: &str, problem: &str) -> Error {
    Error::of_field(Code::InvalidRequest, field, problem)
}
