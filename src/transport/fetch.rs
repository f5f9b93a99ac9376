//! The runtime's `fetch`, through web-sys, for Window, Worker, Node and edge runtimes alike.
//!
//! Nothing here assumes a `Window`, asks an object for its class (`instanceof` fails across realms) or reads the
//! name of an error (they differ by engine): what ended a call is decided by the signal and the clock. Whatever a
//! caller's own `fetch` answers may throw wherever it is touched, and an exception would leave the promise of the call
//! unsettled, so it is touched by what catches alone: [`Given`], [`crate::foreign`] and [`Line`].

use alloc::boxed::Box;
use alloc::string::String;

use js_sys::{Date, Function, JSON, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, AbortSignal, RequestInit};

use super::calls::{Line, News};
use super::{Answer, Broken, Interruption, MAX_BODY_BYTES, SignedPost, Transport};
use crate::foreign::{bytes, method, property};
use crate::text::{join, number, push_json_text};

#[wasm_bindgen]
extern "C" {
    // The global function: web-sys has it only on `Window` and `WorkerGlobalScope`, which Node has not.
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);

    #[wasm_bindgen(js_name = Function)]
    type FetchFunction;
    #[wasm_bindgen(catch, method)]
    fn call(this: &FetchFunction, context: &JsValue, url: &str, init: &RequestInit) -> Result<JsValue, JsValue>;

    /// A caller's signal. Its class may be another realm's, or a polyfill's.
    type Signal;
    #[wasm_bindgen(catch, method, getter)]
    fn aborted(this: &Signal) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, method, js_name = addEventListener)]
    fn add_listener(this: &Signal, event: &str, listener: &Function) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, method, js_name = removeEventListener)]
    fn remove_listener(this: &Signal, event: &str, listener: &Function) -> Result<(), JsValue>;

    /// What a `fetch` gave, and what that gave: anything.
    type Given;
    #[wasm_bindgen(catch, method, getter)]
    fn status(this: &Given) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, method, getter)]
    fn headers(this: &Given) -> Result<Given, JsValue>;
    #[wasm_bindgen(catch, method)]
    fn get(this: &Given, name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, method, getter)]
    fn body(this: &Given) -> Result<Given, JsValue>;
    #[wasm_bindgen(catch, method, js_name = getReader)]
    fn reader(this: &Given) -> Result<Given, JsValue>;
    #[wasm_bindgen(catch, method)]
    fn read(this: &Given) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, method, getter)]
    fn done(this: &Given) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, method, getter)]
    fn value(this: &Given) -> Result<JsValue, JsValue>;
}

/// The network of one call.
pub(crate) struct Fetch {
    fetch: FetchFunction,
    line: Line,
    deadline: f64,
    timer: JsValue,
    /// The caller's signal, and what listens to it.
    signal: Option<(Signal, Function)>,
}

const ABORT: &str = "abort";

impl Fetch {
    /// Starts the deadline, `timeout` milliseconds from now.
    pub(crate) fn start(fetch: Function, signal: Option<JsValue>, timeout: u32) -> Result<Self, JsValue> {
        let line = Line::open();
        let signal = signal.map(|signal| (signal.unchecked_into::<Signal>(), line.interrupt()));
        let (deadline, timer) = (Date::now() + f64::from(timeout), line.interrupt_after(f64::from(timeout)));
        let call = Self { fetch: fetch.unchecked_into(), line, deadline, timer, signal };
        if let Some((signal, interrupt)) = &call.signal {
            signal.add_listener(ABORT, interrupt)?;
        }
        Ok(call)
    }

    /// The promise of what the work comes to, which waits by way of this network alone.
    pub(crate) fn run<Work>(self, work: impl FnOnce(Self) -> Work) -> Promise
    where
        Work: Future<Output = Result<JsValue, JsValue>> + 'static,
    {
        self.line.begin();
        self.line.call().run(work(self))
    }

    fn is_aborted(&self) -> bool {
        let aborted = |(signal, _): &(Signal, Function)| signal.aborted().is_ok_and(|aborted| aborted.is_truthy());
        self.signal.as_ref().is_some_and(aborted)
    }

    /// Waits for `work`, but no longer than the call may take.
    async fn until(&self, work: &JsValue) -> Result<JsValue, Interruption> {
        self.result_of(self.line.until(work).await)
    }

    fn result_of(&self, news: News) -> Result<JsValue, Interruption> {
        match news {
            News::Fulfilled(value) => Ok(value),
            News::Interrupted => Err(self.interruption().unwrap_or(Interruption::TimedOut)),
            News::Rejected(thrown) => Err(self.interruption().unwrap_or_else(|| failed(thrown))),
        }
    }

    /// Sends the request; what comes back is a promise of the answer.
    fn send(&self, post: SignedPost<'_>, controller: &AbortController) -> Result<JsValue, Interruption> {
        let init = request_init(post, &controller.signal()).map_err(failed)?;
        self.fetch.call(&JsValue::UNDEFINED, post.url, &init).map_err(failed)
    }

    /// Sends, and waits for the whole answer.
    async fn receive(&self, post: SignedPost<'_>, controller: &AbortController) -> Result<Box<Answer>, Broken> {
        let response = self.until(&self.send(post, controller)?).await?;
        let mut answer = head_of(&response)?;
        match self.read_body(response.unchecked_ref(), &mut answer).await {
            Ok(()) => Ok(answer),
            Err(interruption) => Err(Broken { interruption, partial: Some(answer) }),
        }
    }

    /// Reads the body into `answer`, up to the cap.
    async fn read_body(&self, response: &Given, answer: &mut Answer) -> Result<(), Interruption> {
        let reader = response.body().and_then(|stream| stream.reader()).ok();
        let mut reading = reader.as_ref().map_or_else(|| read_whole(response), Given::read);
        loop {
            let content = self.until(&reading.map_err(failed)?).await?;
            let Some(reader) = &reader else {
                return append(&content, answer);
            };
            let chunk: &Given = content.unchecked_ref();
            if chunk.done().is_ok_and(|done| done.is_truthy()) {
                return Ok(());
            }
            let before = answer.body.len();
            append(&chunk.value().unwrap_or_default(), answer)?;
            if answer.truncated {
                return Ok(());
            }
            // Pieces that are empty never come to the cap: without a pause, a stream of them that is never idle would keep
            // every timer of the process from firing, the deadline's too.
            if answer.body.len() == before {
                self.pause(0.0).await?;
            }
            reading = reader.read();
        }
    }
}

/// What has no stream: an empty body in some runtimes, or the answer of a caller's own `fetch`.
fn read_whole(response: &Given) -> Result<JsValue, JsValue> {
    let read = method(response, "arrayBuffer").or_else(|| method(response, "text"));
    read.ok_or_else(|| JsValue::from(NO_RESPONSE))?.call0(response)
}

const UNREADABLE: &str = "the answer's body cannot be read";
const NO_RESPONSE: &str = "`fetch` gave no Response";

impl Transport for Fetch {
    async fn exchange(&self, post: SignedPost<'_>) -> Result<Box<Answer>, Broken> {
        // One for each attempt, so that giving one up leaves the next alone.
        let controller = AbortController::new().map_err(failed)?;
        let result = self.receive(post, &controller).await;
        if result.as_ref().map_or(true, |answer| answer.truncated) {
            controller.abort();
        }
        result
    }

    async fn pause(&self, milliseconds: f64) -> Result<(), Interruption> {
        let timer = self.line.timer(milliseconds);
        let news = self.line.news().await;
        clear_timeout(&timer);
        self.result_of(news).map(drop)
    }

    fn interruption(&self) -> Option<Interruption> {
        if self.is_aborted() {
            Some(Interruption::Aborted)
        } else {
            (self.remaining() <= 0.0).then_some(Interruption::TimedOut)
        }
    }

    /// By the wall clock, since not every runtime has another. A clock that is set in the middle of a call can
    /// only change how a failure is told and whether it is tried again: the deadline itself is a timer's.
    fn remaining(&self) -> f64 {
        self.deadline - Date::now()
    }

    fn random(&self) -> f64 {
        js_sys::Math::random()
    }
}

impl Drop for Fetch {
    /// A timer left behind would keep a process alive, a listener would pile up on a signal that is reused.
    fn drop(&mut self) {
        clear_timeout(&self.timer);
        if let Some((signal, interrupt)) = &self.signal {
            // A signal whose `removeEventListener` throws has nothing left to clean up.
            let _ = signal.remove_listener(ABORT, interrupt);
        }
    }
}

/// Room for the texts of `fetch`'s options, in bytes: a signature, a key of the usual length, and what is between them.
const USUAL_INIT_BYTES: usize = 384;

/// Only what every runtime accepts: workerd rejects `redirect: "error"`, `credentials` and `cache`. The texts of it go
/// over as one.
fn request_init(post: SignedPost<'_>, signal: &AbortSignal) -> Result<RequestInit, JsValue> {
    let mut json = String::with_capacity(USUAL_INIT_BYTES);
    json.push_str(
        r#"{"method":"POST","redirect":"manual","headers":{"Content-Type":"application/json","X-Processing-Key":"#,
    );
    push_json_text(&mut json, post.key);
    json.push_str(r#","X-Processing-Signature":""#);
    json.push_str(post.signature);
    json.push_str(r#""}}"#);
    let init = JSON::parse(&json)?.unchecked_into::<RequestInit>();
    // A copy of the very bytes that were signed: text would be encoded once more by the runtime.
    init.set_body(&Uint8Array::from(post.body.as_bytes()));
    init.set_signal(Some(signal));
    Ok(init)
}

/// Adds bytes to the answer's body, up to the cap.
fn append(content: &JsValue, answer: &mut Answer) -> Result<(), Interruption> {
    // One more than fits, to tell a body that fills the room from one that goes on.
    let room = MAX_BODY_BYTES.saturating_sub(answer.body.len()).saturating_add(1);
    let bytes = match content.as_string() {
        Some(text) => text.into_bytes(),
        None => bytes(content, room).ok_or_else(|| Interruption::Failed(UNREADABLE.into()))?,
    };
    answer.body.extend_from_slice(&bytes);
    answer.truncated = answer.body.len() > MAX_BODY_BYTES;
    answer.body.truncate(MAX_BODY_BYTES);
    Ok(())
}

/// An answer of which nothing but the head has arrived.
fn head_of(response: &JsValue) -> Result<Box<Answer>, Interruption> {
    if !response.is_object() {
        return Err(Interruption::Failed(NO_RESPONSE.into()));
    }
    let given: &Given = response.unchecked_ref();
    let status = given.status().ok().and_then(|status| status.as_f64()).filter(|status| (0.0..=999.0).contains(status));
    let mut answer = Box::<Answer>::default();
    answer.status = status.map_or(0, |status| status as u16);
    answer.retry_after = retry_after(given);
    Ok(answer)
}

/// `Retry-After` in milliseconds: seconds, or a date (RFC 9110 §10.2.3). What is neither is not obeyed.
fn retry_after(response: &Given) -> Option<f64> {
    let text = response.headers().and_then(|headers| headers.get("retry-after")).ok()?.as_string()?;
    let text = text.trim_ascii();
    if let Some(seconds) = number(text) {
        return Some(seconds as f64 * 1000.0);
    }
    // `Date.parse` makes a date of almost anything; the three forms of the RFC begin with the name of a day.
    let milliseconds = Date::parse(text) - Date::now();
    (text.starts_with(|first: char| first.is_ascii_alphabetic()) && milliseconds.is_finite())
        .then_some(milliseconds.max(0.0))
}

fn failed(thrown: JsValue) -> Interruption {
    Interruption::Failed(words_of(&thrown))
}

/// What was thrown, in its own words and those of its cause: Node says no more than "fetch failed" itself.
fn words_of(thrown: &JsValue) -> String {
    let message = |value: &JsValue| property(value, "message").as_string().filter(|text| !text.is_empty());
    let Some(words) = thrown.as_string().or_else(|| message(thrown)) else {
        return "no reason was given".into();
    };
    let cause = property(thrown, "cause");
    // Node has no message where several addresses were tried, but a code.
    match message(&cause).or_else(|| property(&cause, "code").as_string()) {
        Some(cause) => join(&[&words, ": ", &cause]),
        None => words,
    }
}
