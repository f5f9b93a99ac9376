//! The sandbox's rules and state as JavaScript has them: `SandboxCore`, synchronous, from values to values.
//!
//! What waits, sends or breaks a connection is around it, in `pkg-template/entries/sandbox-gateway.js`; the typings of both
//! are beside this file. Size does not matter here, so lists cross by serde instead of by hand.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Array, JSON, Math, try_iter};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::failure;
use super::reader::Reader;
use crate::error::{Code, Error};
use crate::foreign::{keys, property};
use crate::gateway::endpoint::{Endpoint, NOT_A_URL};
use crate::sandbox::{Attempt, DepositOrder, Echo, Event, Fault, FaultFields, Options, Request, Rule, Sandbox};
use crate::text::join;

#[wasm_bindgen]
extern "C" {
    // See `crate::foreign` on what throws: js-sys' own costs a slot for each request whose header for a fault is no JSON.
    #[wasm_bindgen(catch, js_namespace = JSON)]
    fn parse(text: &str) -> Result<Option<JsValue>, JsValue>;
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &'static str = include_str!("sandbox.d.ts");

const OPTIONS: [&str; 12] = [
    "key",
    "secret",
    "seed",
    "callbackUrl",
    "onCallback",
    "callbackFetch",
    "tagType",
    "phpEscapes",
    "timeScale",
    "clock",
    "journal",
    "faults",
];

const ORDER: [&str; 9] =
    ["address", "tag", "amount", "currency", "status", "instant", "seconds", "copies", "reordered"];

/// A sandbox without a clock and without a network.
#[wasm_bindgen(skip_typescript)]
pub struct SandboxCore(Sandbox);

#[wasm_bindgen]
impl SandboxCore {
    /// Opens a sandbox with its options, of which it reads all.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue) -> Result<SandboxCore, JsValue> {
        open(options).map(Self).map_err(|error| failure::to_js(&error))
    }

    /// Answers a request. `fault` is what the header for it holds, if it is there.
    #[allow(
        clippy::too_many_arguments,
        reason = "each is one part of a request, and an object would be read part by part"
    )]
    pub fn reply(
        &mut self,
        method: &str,
        path: &str,
        key: Option<String>,
        signature: Option<String>,
        content_type: Option<String>,
        fault: Option<String>,
        body: &[u8],
        now: f64,
    ) -> Result<JsValue, JsValue> {
        let fault = fault.map(|fault| read_fault_header(&fault)).transpose().map_err(|error| failure::to_js(&error))?;
        let request = Request {
            method,
            path,
            key: key.as_deref(),
            signature: signature.as_deref(),
            content_type: content_type.as_deref(),
            body,
            now: now as u64,
        };
        to_js(&self.0.reply(&request, fault))
    }

    /// Makes a deposit and returns its id.
    pub fn deposit(&mut self, order: &JsValue, now: f64) -> Result<f64, JsValue> {
        let mut deposit = || Ok(self.0.deposit(&read_order(order)?, now as u64)? as f64);
        deposit().map_err(|error: Error| failure::to_js(&error))
    }

    /// Does what has fallen due, and returns the callbacks to send.
    pub fn due(&mut self, now: f64) -> Result<Array, JsValue> {
        self.0.due(now as u64).iter().map(to_js).collect()
    }

    /// When something falls due next.
    #[wasm_bindgen(js_name = nextDue)]
    pub fn next_due(&self) -> Option<f64> {
        self.0.next_due().map(|at| at as f64)
    }

    /// When something happened last, or 0.
    pub fn latest(&self) -> f64 {
        self.0.latest() as f64
    }

    /// A callback to be sent beside its schedule.
    pub fn repeat(&mut self, callback: f64) -> Result<JsValue, JsValue> {
        to_js(&self.0.repeat(callback as u64).map_err(|error| failure::to_js(&error))?)
    }

    /// Notes how an attempt ended.
    pub fn attempted(&mut self, callback: f64, at: f64, status: Option<u16>, error: Option<String>, repeated: bool) {
        self.0.attempted(callback as u64, Attempt { at: at as u64, status, error, repeated });
    }

    /// Every address.
    pub fn addresses(&self) -> Result<JsValue, JsValue> {
        to_js(self.0.addresses())
    }

    /// Every deposit.
    pub fn deposits(&self) -> Result<JsValue, JsValue> {
        to_js(self.0.deposits())
    }

    /// Every callback.
    pub fn callbacks(&self) -> Result<JsValue, JsValue> {
        to_js(self.0.callbacks())
    }

    /// What was credited.
    pub fn balances(&self) -> Result<JsValue, JsValue> {
        to_js(&self.0.balances())
    }

    /// The deposit of this id, or `null`.
    #[wasm_bindgen(js_name = depositOf)]
    pub fn deposit_of(&self, id: f64) -> Result<JsValue, JsValue> {
        to_js(&self.0.deposits().iter().find(|deposit| deposit.id as f64 == id))
    }

    /// The callbacks from this id on, to that one if it is given.
    #[wasm_bindgen(js_name = callbacksFrom)]
    pub fn callbacks_from(&self, id: f64, to: Option<f64>) -> Result<JsValue, JsValue> {
        let before = (id as usize).saturating_sub(1);
        let callbacks = self.0.callbacks().get(before..).unwrap_or_default();
        let wanted = to.map_or(usize::MAX, |to| (to as usize).saturating_sub(before));
        to_js(callbacks.get(..wanted).unwrap_or(callbacks))
    }

    /// What has changed since this was asked last, each change as a text for the journal.
    #[wasm_bindgen(js_name = takeEvents)]
    pub fn take_events(&mut self) -> Result<Array, JsValue> {
        self.0.take_events().iter().map(|event| JSON::stringify(&to_js(event)?).map(JsValue::from)).collect()
    }

    /// Adds a rule of faults and returns its number.
    #[wasm_bindgen(js_name = addFault)]
    pub fn add_fault(&mut self, rule: &JsValue) -> Result<u32, JsValue> {
        let mut add = || self.0.add_fault(read_rule(rule)?);
        add().map_err(|error| failure::to_js(&error))
    }

    /// Takes back one rule of faults, or all.
    #[wasm_bindgen(js_name = removeFaults)]
    pub fn remove_faults(&mut self, rule: Option<u32>) {
        self.0.remove_faults(rule);
    }
}

fn open(options: &JsValue) -> Result<Sandbox, Error> {
    let mut reader = Reader::new(options)?;
    reader.refuse_unknown(&[&OPTIONS]);
    let mut chosen = Options::new(reader.key(), reader.secret());
    let seed = reader.integer("seed", 0..=u32::MAX, "must be a whole number from 0 to 2^32 − 1");
    // Without a seed every sandbox has addresses of its own, as the gateway has.
    chosen.seed = seed.map_or_else(|| Math::random().to_bits(), u64::from);
    chosen.tag_as_integer = reader.choice("tagType", &["string", "integer"]) == Some("integer");
    chosen.php_escapes = reader.boolean("phpEscapes").unwrap_or(true);
    if let Some(scale) = reader.get("timeScale") {
        chosen.time_scale = scale.as_f64().unwrap_or(f64::NAN);
    }
    reader.choice("clock", &["real", "manual"]);
    for option in ["onCallback", "callbackFetch"] {
        if reader.get(option).is_some_and(|value| !value.is_function()) {
            reader.problem(option, "must be a function");
        }
    }
    if let Some(url) = reader.get("callbackUrl")
        && let Err(problem) = Endpoint::parse(before_query(&url.as_string().unwrap_or_default()))
    {
        // Another kind of URL, for which the same holds.
        let problem = if problem == NOT_A_URL { NOT_A_CALLBACK_URL } else { problem };
        reader.problem("callbackUrl", problem);
    }
    let rules = reader.get("faults");
    let journal = reader.get("journal");
    if journal.as_ref().is_some_and(|journal| !property(journal, "append").is_function()) {
        reader.problem("journal", "must have a method `append`");
    }
    reader.finish()?;
    let mut sandbox =
        match journal.map(|journal| property(&journal, "entries")).filter(|entries| !entries.is_undefined()) {
            Some(entries) => Sandbox::restore(chosen, read_journal(&entries)?)?,
            None => Sandbox::new(chosen)?,
        };
    for rule in rules.map(|rules| read_list(&rules)).transpose()?.unwrap_or_default() {
        sandbox.add_fault(read_rule(&rule)?)?;
    }
    Ok(sandbox)
}

/// A merchant's URL may have a query, as long as nothing in it must be written otherwise.
fn before_query(url: &str) -> &str {
    match url.split_once('?') {
        Some((before, query)) if query.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') => before,
        _ => url,
    }
}

const NOT_A_CALLBACK_URL: &str =
    "must be the URL that your own server takes callbacks at, such as \"http://127.0.0.1:3000/callbacks\"";

fn read_journal(entries: &JsValue) -> Result<Vec<Event>, Error> {
    let broken = || Error::of_field(Code::InvalidOption, "journal", "is not one of this version, or not whole");
    let entries = try_iter(entries).ok().flatten().ok_or_else(broken)?;
    entries
        .map(|entry| {
            let text = entry.ok()?.as_string()?;
            serde_wasm_bindgen::from_value(parse(&text).ok()??).ok()
        })
        .collect::<Option<_>>()
        .ok_or_else(broken)
}

fn read_list(rules: &JsValue) -> Result<Vec<JsValue>, Error> {
    let wrong = || Error::of_field(Code::InvalidOption, "faults", "must be a list of rules");
    try_iter(rules).ok().flatten().ok_or_else(wrong)?.collect::<Result<_, _>>().map_err(|_| wrong())
}

const RULE: [&str; 7] = ["path", "currency", "foreign_id", "skip", "times", "probability", "fault"];

fn read_rule(rule: &JsValue) -> Result<Rule, Error> {
    let mut reader = Reader::new(rule)?;
    reader.refuse_unknown(&[&RULE]);
    let probability = reader.get("probability").map_or(1.0, |value| value.as_f64().unwrap_or(f64::NAN));
    let (path, currency, foreign_id) = (reader.text("path"), reader.text("currency"), reader.text("foreign_id"));
    let skip = reader.integer("skip", 0..=u32::MAX, COUNTED).unwrap_or_default();
    let times = reader.integer("times", 0..=u32::MAX, COUNTED);
    let fault = reader.get("fault").unwrap_or_default();
    if path.as_deref().is_some_and(|path| !path.starts_with('/')) {
        reader.problem("path", "must begin with a slash, as \"/addresses/take\" does: no request would meet it");
    }
    reader.finish()?;
    Ok(Rule { path, currency, foreign_id, skip, times, probability, fault: read_fault(&fault)? })
}

const COUNTED: &str = "must be a whole number, 0 or more";
const FAULT: [&str; 8] = ["type", "milliseconds", "bytes", "status", "body", "headers", "retryAfter", "field"];

fn read_fault(fault: &JsValue) -> Result<Fault, Error> {
    if !fault.is_object() {
        return Err(Error::of_field(Code::InvalidOption, "fault", r#"must be an object such as { type: "reset" }"#));
    }
    let mut reader = Reader::new(fault)?;
    reader.refuse_unknown(&[&FAULT]);
    let fields = FaultFields {
        name: reader.text("type").unwrap_or_default(),
        milliseconds: reader.integer("milliseconds", 0..=u32::MAX, COUNTED),
        bytes: reader.integer("bytes", 0..=u32::MAX, COUNTED),
        status: reader.integer("status", 200..=599, "must be a whole number from 200 to 599"),
        body: reader.text("body"),
        headers: read_headers(&mut reader),
        retry_after: reader.integer("retryAfter", 0..=u32::MAX, COUNTED),
        field: match reader.choice("field", &["foreign_id", "currency", "convert_to"]) {
            Some("currency") => Some(Echo::Currency),
            Some("convert_to") => Some(Echo::ConvertTo),
            Some(_) => Some(Echo::ForeignId),
            None => None,
        },
    };
    reader.finish()?;
    Fault::try_from(fields).map_err(|problem| Error::of_field(Code::InvalidOption, "fault", &problem))
}

fn read_headers(reader: &mut Reader<'_>) -> Option<BTreeMap<String, String>> {
    let headers = reader.get("headers")?;
    let names = keys(&headers).unwrap_or_default();
    let header = |name: JsValue| {
        let name = name.as_string()?;
        let value = property(&headers, &name).as_string()?;
        Some((name, value))
    };
    let read = if headers.is_object() { names.iter().map(header).collect::<Option<_>>() } else { None };
    if read.is_none() {
        reader.problem("headers", "must be an object whose values are texts");
    }
    read
}

/// The header for one fault: the JSON of one, or its type alone.
fn read_fault_header(text: &str) -> Result<Fault, Error> {
    let json = if text.trim_start().starts_with('{') { text.into() } else { join(&[r#"{"type":""#, text, r#""}"#]) };
    let value = parse(&json).ok().flatten().ok_or_else(|| {
        Error::of_field(Code::InvalidOption, "X-Sandbox-Fault", "is neither JSON nor the type of a fault")
    })?;
    read_fault(&value)
}

fn read_order(order: &JsValue) -> Result<DepositOrder, Error> {
    let mut reader = Reader::new(order)?;
    reader.refuse_unknown(&[&ORDER]);
    let address = reader.text("address");
    if address.is_none() {
        reader.problem("address", "is missing: give it one that this sandbox handed out");
    }
    // A number that JavaScript writes as it was meant: 0.1 is "0.1".
    let amount = reader.get("amount").and_then(|amount| match amount.as_f64() {
        Some(_) => js_sys::Object::from(amount).to_string().as_string(),
        None => amount.as_string(),
    });
    if amount.is_none() {
        reader.problem("amount", "must be decimal text such as \"0.01\", or a number");
    }
    let order = DepositOrder {
        address: address.unwrap_or_default(),
        tag: reader.text("tag"),
        amount: amount.unwrap_or_default(),
        currency: reader.text("currency"),
        cancelled: reader.choice("status", &["confirmed", "cancelled"]) == Some("cancelled"),
        instant: reader.boolean("instant").unwrap_or_default(),
        seconds: reader.integer("seconds", 0..=u32::MAX, "must be a whole number of seconds"),
        copies: reader.integer("copies", 1..=100, "must be a whole number from 1 to 100").unwrap_or(1),
        reordered: reader.boolean("reordered").unwrap_or_default(),
    };
    reader.finish()?;
    Ok(order)
}

fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}
