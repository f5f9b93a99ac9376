//! The runtime's `fetch`, through web-sys, for Window, Worker, Node and edge runtimes alike.
//!
//! Nothing here assumes a `Window`, asks an object for its class (`instanceof` fails across realms) or reads the
//! name of an error (they differ by engine): what ended a call is decided by the signal and the clock. Whatever a
//! caller's own `fetch` answers is read by way of [`crate::foreign`], because an exception would leave the promise of
//! the call unsettled.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;

use js_sys::{Array, Date, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use super::task::{Deferred, Waiting};
use super::{Answer, Broken, Interruption, MAX_BODY_BYTES, SignedPost, Transport};
use crate::foreign::{bytes, method, property};
use crate::text::{join, number};

#[wasm_bindgen]
extern "C" {
    // The global functions: web-sys has them only on `Window` and `WorkerGlobalScope`, which Node has not.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, milliseconds: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
}

/// The network of one call.
///
/// `interrupted` resolves when the deadline passes or the caller's signal is aborted; every wait of the call races
/// against it, so that the deadline holds even with a `fetch` that does not obey its signal.
pub(crate) struct Fetch {
    fetch: Function,
    interrupted: Promise,
    /// What `interrupted` resolves to, and nothing else does.
    marker: JsValue,
    interrupt: Function,
    deadline: f64,
    timer: JsValue,
    signal: Option<JsValue>,
    pub(crate) waiting: Rc<Waiting>,
}

impl Fetch {
    /// Starts the deadline, `timeout` milliseconds from now.
    pub(crate) fn start(fetch: Function, signal: Option<JsValue>, timeout: u32) -> Result<Self, JsValue> {
        let marker = JsValue::from(Object::new());
        let interrupted = Deferred::new();
        let interrupt = interrupted.resolve.bind1(&JsValue::UNDEFINED, &marker).unchecked_into::<Function>();
        let timer = set_timeout(&interrupt, f64::from(timeout));
        let call = Self {
            fetch,
            interrupted: interrupted.promise,
            marker,
            interrupt,
            deadline: Date::now() + f64::from(timeout),
            timer,
            signal,
            waiting: Rc::default(),
        };
        call.listen("addEventListener")?;
        Ok(call)
    }

    /// Adds or removes `interrupt` as a listener of the caller's signal.
    fn listen(&self, verb: &str) -> Result<(), JsValue> {
        if let Some(signal) = &self.signal {
            method(signal, verb).ok_or(JsValue::UNDEFINED)?.call2(signal, &"abort".into(), &self.interrupt)?;
        }
        Ok(())
    }

    fn is_aborted(&self) -> bool {
        self.signal.as_ref().is_some_and(|signal| property(signal, "aborted").as_bool() == Some(true))
    }

    /// Waits for `work`, but no longer than the call may take.
    async fn race(&self, work: &JsValue) -> Result<JsValue, Interruption> {
        let racers = Array::of2(work, &self.interrupted);
        let settled = self.waiting.until(Promise::race(&racers)).await;
        self.result_of(settled)
    }

    fn result_of(&self, settled: Result<JsValue, JsValue>) -> Result<JsValue, Interruption> {
        match settled {
            Ok(value) if value != self.marker => Ok(value),
            Ok(_) => Err(self.interruption().unwrap_or(Interruption::TimedOut)),
            Err(thrown) => Err(self.interruption().unwrap_or_else(|| failed(thrown))),
        }
    }

    /// Sends the request; what comes back is a promise of the answer.
    fn send(&self, post: SignedPost<'_>, controller: &AbortController) -> Result<JsValue, Interruption> {
        let init = request_init(post, controller).map_err(failed)?;
        self.fetch.call2(&JsValue::UNDEFINED, &post.url.into(), &init).map_err(failed)
    }

    /// Sends, and waits for the whole answer.
    async fn receive(&self, post: SignedPost<'_>, controller: &AbortController) -> Result<Box<Answer>, Broken> {
        let response = self.race(&self.send(post, controller)?).await?;
        let mut answer = head_of(&response)?;
        match self.read_body(&response, &mut answer).await {
            Ok(()) => Ok(answer),
            Err(interruption) => Err(Broken { interruption, partial: Some(answer) }),
        }
    }

    /// Reads the body into `answer`, up to the cap.
    async fn read_body(&self, response: &JsValue, answer: &mut Answer) -> Result<(), Interruption> {
        let body = Body::of(response)?;
        loop {
            let chunk = self.race(&body.read.call0(&body.reader).map_err(failed)?).await?;
            if body.append(&chunk, answer)? {
                return Ok(());
            }
            // A stream that is never idle would keep the timer from firing.
            if let Some(interruption) = self.interruption() {
                return Err(interruption);
            }
        }
    }
}

/// Where the body of an answer is read from.
struct Body {
    reader: JsValue,
    read: Function,
    is_stream: bool,
}

impl Body {
    fn of(response: &JsValue) -> Result<Self, Interruption> {
        let stream = property(response, "body");
        let (reader, read, is_stream) = match method(&stream, "getReader") {
            Some(get_reader) => {
                let reader = get_reader.call0(&stream).map_err(failed)?;
                let read = method(&reader, "read");
                (reader, read.ok_or(UNREADABLE), true)
            }
            // An empty body in some runtimes, or the answer of a caller's own `fetch`.
            None => {
                let read = method(response, "arrayBuffer").or_else(|| method(response, "text"));
                (response.clone(), read.ok_or(NO_RESPONSE), false)
            }
        };
        let read = read.map_err(|words| Interruption::Failed(words.into()))?;
        Ok(Self { reader, read, is_stream })
    }

    /// Appends what one reading gave, and tells whether it was the last.
    fn append(&self, chunk: &JsValue, answer: &mut Answer) -> Result<bool, Interruption> {
        if !self.is_stream {
            return append(chunk, answer).map(|()| true);
        }
        if property(chunk, "done").as_bool() == Some(true) {
            return Ok(true);
        }
        append(&property(chunk, "value"), answer)?;
        Ok(answer.truncated)
    }
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
        let elapsed = Deferred::new();
        let timer = set_timeout(&elapsed.resolve, milliseconds);
        let result = self.race(&elapsed.promise).await;
        clear_timeout(&timer);
        result.map(drop)
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
        // A signal whose `removeEventListener` throws has nothing left to clean up.
        let _ = self.listen("removeEventListener");
    }
}

/// Only what every runtime accepts: workerd rejects `redirect: "error"`, `credentials` and `cache`.
fn request_init(post: SignedPost<'_>, controller: &AbortController) -> Result<JsValue, JsValue> {
    let headers = object(&[
        ("Content-Type", "application/json".into()),
        ("X-Processing-Key", post.key.into()),
        ("X-Processing-Signature", post.signature.into()),
    ])?;
    object(&[
        ("method", "POST".into()),
        ("headers", headers),
        // A copy of the very bytes that were signed: text would be encoded once more by the runtime.
        ("body", Uint8Array::from(post.body.as_bytes()).into()),
        ("redirect", "manual".into()),
        ("signal", controller.signal().into()),
    ])
}

fn object(members: &[(&str, JsValue)]) -> Result<JsValue, JsValue> {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &(*name).into(), value)?;
    }
    Ok(object.into())
}

/// Adds bytes to the answer's body, up to the cap.
fn append(content: &JsValue, answer: &mut Answer) -> Result<(), Interruption> {
    // One more than fits, to tell a body that fills the room from one that goes on.
    let room = MAX_BODY_BYTES.saturating_sub(answer.body.len()).saturating_add(1);
    let bytes = match content.as_string() {
        Some(text) => text.into_bytes(),
        None => bytes(content, room).ok_or_else(|| Interruption::Failed(UNREADABLE.into()))?.to_vec(),
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
    let status = property(response, "status").as_f64().filter(|status| (0.0..=999.0).contains(status));
    let mut answer = Box::<Answer>::default();
    answer.status = status.map_or(0, |status| status as u16);
    answer.retry_after = retry_after(response);
    Ok(answer)
}

/// `Retry-After` in milliseconds: seconds, or a date (RFC 9110 §10.2.3). What is neither is not obeyed.
fn retry_after(response: &JsValue) -> Option<f64> {
    let headers = property(response, "headers");
    let text = method(&headers, "get")?.call1(&headers, &"retry-after".into()).ok()?.as_string()?;
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
