//! The options of `AlphaPo` and `takeAddress`, checked before anything is sent.

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::reader::Reader;
use crate::client::{Client, DEFAULT_TIMEOUT, MAX_RETRIES, MAX_TIMEOUT, TakeOptions};
use crate::error::{Code, Error};
use crate::foreign;
use crate::gateway::endpoint::Endpoint;
use crate::signature::Signer;

/// The options that may also be given with a single call.
pub(super) const CALL_OPTIONS: [&str; 5] = ["timeout", "retries", "checkAddress", "signal", "fetch"];
/// The options that belong to a client.
pub(super) const CLIENT_OPTIONS: [&str; 4] = ["key", "secret", "baseUrl", "dangerouslyAllowBrowser"];

/// How one call is made.
#[derive(Clone)]
pub(crate) struct CallOptions {
    pub(crate) timeout: u32,
    pub(crate) take: TakeOptions,
    pub(crate) signal: Option<JsValue>,
    fetch: Option<Function>,
}

impl Default for CallOptions {
    fn default() -> Self {
        Self { timeout: DEFAULT_TIMEOUT, take: TakeOptions::default(), signal: None, fetch: None }
    }
}

impl CallOptions {
    /// The options of one call over those of its client.
    pub(crate) fn overridden(&self, overrides: &JsValue) -> Result<Self, Error> {
        if overrides.is_undefined() || overrides.is_null() {
            return Ok(self.clone());
        }
        let mut reader = Reader::new(overrides)?;
        reader.refuse_unknown(&[&CALL_OPTIONS]);
        // It has no names of its own that could be unknown, and would abort nothing.
        if is_abort_signal(overrides) {
            reader.problem("signal", "stands in the place of the options: pass `{ signal }`");
        }
        let options = call_options(&mut reader, self);
        reader.finish()?;
        Ok(options)
    }

    /// The caller's `fetch`, or the runtime's as it is now: tools that watch or mock it replace it at any time.
    pub(crate) fn fetch(&self) -> Result<Function, Error> {
        let runtimes = || foreign::global("fetch").dyn_into().ok();
        self.fetch.clone().or_else(runtimes).ok_or_else(|| {
            Error::of_field(Code::InvalidOption, "fetch", "is missing, and this runtime has none: pass one")
        })
    }
}

/// Reads the options of a client.
pub(crate) fn client_options(options: &JsValue) -> Result<(Client, CallOptions), Error> {
    let mut reader = Reader::new(options)?;
    reader.refuse_unknown(&[&CLIENT_OPTIONS, &CALL_OPTIONS]);
    refuse_browser(&mut reader);
    let key = reader.key();
    let secret = reader.secret();
    let endpoint = endpoint(&mut reader);
    let call = call_options(&mut reader, &CallOptions::default());
    reader.finish()?;
    let client = Client::new(&key, Signer::new(&secret)?, endpoint)?;
    Ok((client, call))
}

/// Everybody who opens a page can read what it holds.
fn refuse_browser(reader: &mut Reader<'_>) {
    let allowed = reader.get("dangerouslyAllowBrowser").is_some_and(|value| value.as_bool() == Some(true));
    if !allowed && is_browser() {
        reader.problem(
            "dangerouslyAllowBrowser",
            "is not true, and this is a browser, where everybody can read the secret: take addresses on your server",
        );
    }
}

fn endpoint(reader: &mut Reader<'_>) -> Endpoint {
    let Some(value) = reader.get("baseUrl") else {
        return Endpoint::default();
    };
    match Endpoint::parse(&value.as_string().unwrap_or_default()) {
        Ok(endpoint) => return endpoint,
        Err(problem) => reader.problem("baseUrl", problem),
    }
    Endpoint::default()
}

fn call_options(reader: &mut Reader<'_>, defaults: &CallOptions) -> CallOptions {
    let timeout =
        reader.integer("timeout", 1..=MAX_TIMEOUT, "must be a whole number of milliseconds from 1 to 2147483647");
    let retries = reader.integer("retries", 0..=MAX_RETRIES, "must be a whole number from 0 to 100");
    let check_address = reader.boolean("checkAddress");
    let signal = reader.get("signal");
    if signal.as_ref().is_some_and(|signal| !is_abort_signal(signal)) {
        reader.problem("signal", "must be an AbortSignal");
    }
    let fetch = reader.get("fetch").map(JsValue::dyn_into);
    if matches!(fetch, Some(Err(_))) {
        reader.problem("fetch", "must be a function");
    }
    CallOptions {
        timeout: timeout.unwrap_or(defaults.timeout),
        take: TakeOptions {
            retries: retries.unwrap_or(defaults.take.retries),
            check_address: check_address.unwrap_or(defaults.take.check_address),
        },
        signal: signal.or_else(|| defaults.signal.clone()),
        fetch: fetch.and_then(Result::ok).or_else(|| defaults.fetch.clone()),
    }
}

/// Whether it has what is used of an `AbortSignal`; its class may be of another realm or a polyfill's.
fn is_abort_signal(value: &JsValue) -> bool {
    let get = |name| foreign::property(value, name);
    value.is_object()
        && get("aborted").as_bool().is_some()
        && get("addEventListener").is_function()
        && get("removeEventListener").is_function()
}

/// Browsers, their workers, and what poses as one (jsdom), call themselves `Mozilla/…`; no server runtime does. An app may
/// call its web view otherwise, but that has a document.
fn is_browser() -> bool {
    let agent = foreign::property(&foreign::global("navigator"), "userAgent").as_string();
    agent.is_some_and(|agent| agent.starts_with("Mozilla/"))
        || foreign::property(&foreign::global("document"), "createElement").is_function()
}
