//! The options of `AlphaPo` and `takeAddress`, read from JavaScript and checked before anything is sent.
//!
//! An option that is not known is refused: `base_url` in place of `baseUrl` would otherwise send a sandbox's
//! credentials to the production gateway, without a word.

use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::bytes;
use crate::client::{Client, DEFAULT_RETRIES, DEFAULT_TIMEOUT, MAX_RETRIES, MAX_TIMEOUT};
use crate::error::{Code, Error};
use crate::gateway::endpoint::Endpoint;
use crate::signature::{Secret, Signer};

/// The options that may also be given with a single call.
const CALL_OPTIONS: [&str; 4] = ["timeout", "retries", "signal", "fetch"];
/// The options that belong to a client.
const CLIENT_OPTIONS: [&str; 4] = ["key", "secret", "baseUrl", "dangerouslyAllowBrowser"];

/// How one call is made.
#[derive(Clone)]
pub(crate) struct CallOptions {
    pub(crate) timeout: u32,
    pub(crate) retries: u32,
    pub(crate) signal: Option<JsValue>,
    fetch: Option<Function>,
}

impl Default for CallOptions {
    fn default() -> Self {
        Self { timeout: DEFAULT_TIMEOUT, retries: DEFAULT_RETRIES, signal: None, fetch: None }
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
        let options = reader.call_options(self);
        reader.finish()?;
        Ok(options)
    }

    /// The caller's `fetch`, or the runtime's as it is now: tools that watch or mock it replace it at any time.
    pub(crate) fn fetch(&self) -> Result<Function, Error> {
        let runtimes = || Reflect::get(&js_sys::global(), &"fetch".into()).ok()?.dyn_into().ok();
        self.fetch.clone().or_else(runtimes).ok_or_else(|| {
            Error::of_field(Code::InvalidOption, "fetch", "is missing, and this runtime has none: pass one")
        })
    }
}

/// Reads the options of a client.
pub(crate) fn client_options(options: &JsValue) -> Result<(Client, CallOptions), Error> {
    let mut reader = Reader::new(options)?;
    reader.refuse_unknown(&[&CLIENT_OPTIONS, &CALL_OPTIONS]);
    reader.refuse_browser();
    let key = reader.key();
    let secret = reader.secret();
    let endpoint = reader.endpoint();
    let call = reader.call_options(&CallOptions::default());
    reader.finish()?;
    let client = Client::new(&key, Signer::new(&secret)?, endpoint)?;
    Ok((client, call))
}

/// Reads one options object and collects what is wrong with it.
struct Reader<'a> {
    object: &'a JsValue,
    problems: Vec<(String, String)>,
}

impl<'a> Reader<'a> {
    fn new(object: &'a JsValue) -> Result<Self, Error> {
        if !object.is_object() {
            return Err(Error::of_field(Code::InvalidOption, "options", "must be an object with `key` and `secret`"));
        }
        Ok(Self { object, problems: Vec::new() })
    }

    fn finish(self) -> Result<(), Error> {
        if self.problems.is_empty() { Ok(()) } else { Err(Error::of_fields(Code::InvalidOption, self.problems)) }
    }

    fn problem(&mut self, option: &str, problem: &str) {
        self.problems.push((option.into(), problem.into()));
    }

    /// The option's value; `null` counts as absent. A getter that throws has none.
    fn get(&self, option: &str) -> Option<JsValue> {
        Reflect::get(self.object, &option.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
    }

    fn refuse_unknown(&mut self, known: &[&[&str]]) {
        for name in Object::keys(self.object.unchecked_ref::<Object>()).iter() {
            let name = name.as_string().unwrap_or_default();
            if !known.iter().any(|names| names.contains(&name.as_str())) {
                let mut problem = String::from("is not an option here; the options are");
                for known in known.iter().flat_map(|names| names.iter()) {
                    problem.push(' ');
                    problem.push_str(known);
                }
                self.problem(&name, &problem);
            }
        }
    }

    /// Everybody who opens a page can read what it holds.
    fn refuse_browser(&mut self) {
        let allowed = self.get("dangerouslyAllowBrowser").is_some_and(|value| value.as_bool() == Some(true));
        if !allowed && is_browser() {
            self.problem(
                "dangerouslyAllowBrowser",
                "is not true, and this is a browser, where everybody can read the secret: take addresses on your server",
            );
        }
    }

    fn key(&mut self) -> String {
        match self.get("key").map(|key| key.as_string()) {
            Some(Some(key)) => return key,
            Some(None) => self.problem("key", "must be a string"),
            None => self.problem("key", "is missing"),
        }
        String::new()
    }

    fn secret(&mut self) -> Secret {
        let value = self.get("secret").unwrap_or_default();
        // The vendor names this the usual cause of refused signatures. Bytes are taken as they are.
        if value.as_string().is_some_and(|text| text.trim_ascii() != text) {
            self.problem("secret", "has white space around it: trim() it");
        }
        match bytes::secret(&value) {
            Ok(secret) => return secret,
            Err(mut error) => self.problems.append(&mut error.fields),
        }
        Secret::new(Vec::new())
    }

    fn endpoint(&mut self) -> Endpoint {
        let Some(value) = self.get("baseUrl") else {
            return Endpoint::default();
        };
        match Endpoint::parse(&value.as_string().unwrap_or_default()) {
            Ok(endpoint) => return endpoint,
            Err(problem) => self.problem("baseUrl", problem),
        }
        Endpoint::default()
    }

    fn call_options(&mut self, defaults: &CallOptions) -> CallOptions {
        let timeout = self.integer("timeout", 1..=MAX_TIMEOUT, "must be a whole number of milliseconds from 1");
        let retries = self.integer("retries", 0..=MAX_RETRIES, "must be a whole number from 0 to 100");
        let signal = self.get("signal");
        if signal.as_ref().is_some_and(|signal| !is_abort_signal(signal)) {
            self.problem("signal", "must be an AbortSignal");
        }
        let fetch = self.get("fetch").map(JsValue::dyn_into);
        if matches!(fetch, Some(Err(_))) {
            self.problem("fetch", "must be a function");
        }
        CallOptions {
            timeout: timeout.unwrap_or(defaults.timeout),
            retries: retries.unwrap_or(defaults.retries),
            signal: signal.or_else(|| defaults.signal.clone()),
            fetch: fetch.and_then(Result::ok).or_else(|| defaults.fetch.clone()),
        }
    }

    fn integer(&mut self, option: &str, range: core::ops::RangeInclusive<u32>, problem: &str) -> Option<u32> {
        let value = self.get(option)?;
        // The cast saturates and makes 0 of NaN, so only an integer that fits comes back unchanged.
        let integer = value
            .as_f64()
            .filter(|number| f64::from(*number as u32) == *number)
            .map(|number| number as u32)
            .filter(|number| range.contains(number));
        if integer.is_none() {
            self.problem(option, problem);
        }
        integer
    }
}

/// Whether it has what is used of an `AbortSignal`; its class may be of another realm or a polyfill's.
fn is_abort_signal(value: &JsValue) -> bool {
    let get = |name: &str| Reflect::get(value, &name.into()).unwrap_or_default();
    value.is_object()
        && get("aborted").as_bool().is_some()
        && get("addEventListener").is_function()
        && get("removeEventListener").is_function()
}

/// Browsers, their workers, and what poses as one (jsdom), call themselves `Mozilla/…`; no server runtime does.
fn is_browser() -> bool {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).unwrap_or_default();
    Reflect::get(&navigator, &"userAgent".into())
        .ok()
        .and_then(|agent| agent.as_string())
        .is_some_and(|agent| agent.starts_with("Mozilla/"))
}
