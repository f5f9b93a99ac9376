//! The runtime's `fetch`, for Window, Worker, Node and edge runtimes alike.
//!
//! Nothing here assumes a `Window`, asks an object for its class (`instanceof` fails across realms) or reads the
//! name of an error (they differ by engine): what ended a call is decided by what came, the signal and the clock. Whatever a
//! caller's own `fetch` answers may throw wherever it is touched, and an exception would leave the promise of the call
//! unsettled, so it is touched by what catches alone: `line.js` and [`crate::foreign`].

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Date, Function, JSON, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, RequestInit};

use super::calls::{Ending, Line, News, Place};
use super::{Answer, Broken, Interruption, MAX_BODY_BYTES, SignedPost, Transport};
use crate::foreign::{call, property};
use crate::text::{join, number, push_json_text, split_once};

#[wasm_bindgen(module = "/src/transport/line.js")]
extern "C" {
    /// The status of an answer, 0 where it tells none.
    #[wasm_bindgen(catch, js_name = statusOf)]
    fn status_of(response: &JsValue) -> Result<u16, JsValue>;
    /// The bytes that were read, up to `limit`; none at the end of a body.
    #[wasm_bindgen(catch, js_name = pieceOf)]
    fn piece_of(content: &JsValue, limit: f64) -> Result<Option<Vec<u8>>, JsValue>;
}

/// The network of one call.
pub(crate) struct Fetch {
    fetch: Function,
    line: Line,
    place: Place,
}

impl Fetch {
    /// Starts the deadline, `timeout` milliseconds from now.
    ///
    /// # Errors
    /// What the signal, or a timer or clock of this environment, threw, in its own words.
    pub(crate) fn start(fetch: Function, signal: Option<&JsValue>, timeout: u32) -> Result<Self, String> {
        let place = Place::enter();
        let line = place.line(timeout, signal.unwrap_or(&JsValue::UNDEFINED)).map_err(|thrown| words_of(&thrown))?;
        Ok(Self { fetch, line, place })
    }

    /// The promise of what the work comes to, which waits by way of this network alone.
    pub(crate) fn run<Work>(self, work: impl FnOnce(Self) -> Work) -> Promise
    where
        Work: Future<Output = Result<JsValue, JsValue>> + 'static,
    {
        let line = self.line.clone();
        self.place.call().run(line, work(self))
    }

    /// Waits for what the line was told to wait for, but no longer than the call may take.
    async fn news(&self) -> Result<JsValue, Interruption> {
        match self.place.news().await {
            News::Fulfilled(value) => Ok(value),
            News::Ended(ending) => Err(ending.into()),
            News::Rejected(thrown) => Err(self.interruption().unwrap_or_else(|| failed(thrown))),
        }
    }

    /// Sends, and waits for the whole answer.
    async fn receive(&self, post: SignedPost<'_>, controller: &AbortController) -> Result<Box<Answer>, Broken> {
        let init = request_init(post, controller).map_err(failed)?;
        self.line.post(&self.fetch, post.url, &init);
        let response = self.news().await?;
        let mut answer = head_of(&response)?;
        match self.read_body(&response, &mut answer).await {
            Ok(()) => Ok(answer),
            Err(interruption) => Err(Broken { interruption, partial: Some(answer) }),
        }
    }

    /// Reads the body into `answer`, up to the cap.
    async fn read_body(&self, response: &JsValue, answer: &mut Answer) -> Result<(), Interruption> {
        loop {
            self.line.read(response);
            let content = self.news().await?;
            // One more than fits, to tell a body that fills the room from one that goes on.
            let room = MAX_BODY_BYTES.saturating_sub(answer.body.len()).saturating_add(1);
            let Some(piece) = piece_of(&content, room as f64).map_err(failed)? else {
                return Ok(());
            };
            answer.body.extend_from_slice(&piece);
            answer.truncated = answer.body.len() > MAX_BODY_BYTES;
            answer.body.truncate(MAX_BODY_BYTES);
            if answer.truncated {
                return Ok(());
            }
            // Pieces that are empty never come to the cap: without a pause, a stream of them that is never idle would keep
            // every timer of the process from firing, the deadline's too.
            if piece.is_empty() {
                self.pause(0.0).await?;
            }
        }
    }
}

impl Transport for Fetch {
    async fn exchange(&self, post: SignedPost<'_>) -> Result<Box<Answer>, Broken> {
        // One for each attempt, so that giving one up leaves the next alone.
        let controller = AbortController::new().map_err(failed)?;
        let result = self.receive(post, &controller).await;
        if result.as_ref().map_or(true, |answer| answer.truncated) {
            self.line.give_up(&controller);
        }
        result
    }

    async fn pause(&self, milliseconds: f64) -> Result<(), Interruption> {
        self.line.pause(milliseconds);
        self.news().await.map(drop)
    }

    fn interruption(&self) -> Option<Interruption> {
        if let Some(ending) = self.place.ended() {
            Some(ending.into())
        } else if self.line.is_aborted() {
            Some(Interruption::Aborted)
        } else {
            (self.remaining() <= 0.0).then_some(Interruption::TimedOut)
        }
    }

    fn remaining(&self) -> f64 {
        self.line.remaining()
    }

    fn random(&self) -> f64 {
        js_sys::Math::random()
    }
}

impl From<Ending> for Interruption {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Aborted => Self::Aborted,
            Ending::TimedOut => Self::TimedOut,
        }
    }
}

/// Room for the texts of `fetch`'s options, in bytes: a signature, a key of the usual length, and what is between them.
const USUAL_INIT_BYTES: usize = 384;

/// Only what every runtime accepts: workerd rejects `redirect: "error"`, `credentials` and `cache`. The texts of it go
/// over as one.
fn request_init(post: SignedPost<'_>, controller: &AbortController) -> Result<RequestInit, JsValue> {
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
    init.set_signal(Some(&controller.signal()));
    Ok(init)
}

/// An answer of which nothing but the head has arrived.
fn head_of(response: &JsValue) -> Result<Box<Answer>, Interruption> {
    let mut answer = Box::<Answer>::default();
    answer.status = status_of(response).map_err(failed)?;
    // Only what was not accepted is tried again.
    if !answer.is_accepted() {
        answer.retry_after = retry_after(response);
    }
    Ok(answer)
}

/// `Retry-After` in milliseconds: seconds, or a date (RFC 9110 §10.2.3). What is neither is not obeyed. Of several, which
/// a proxy and what is behind it may send and a runtime joins by commas, the first counts.
fn retry_after(response: &JsValue) -> Option<f64> {
    let text = call(&property(response, "headers"), "get", "retry-after")?.as_string()?;
    let (first, _) = split_once(&text, b",").unwrap_or((&text, ""));
    if let Some(seconds) = number(first.trim_ascii()) {
        return Some(seconds as f64 * 1000.0);
    }
    // `Date.parse` makes a date of almost anything; the three forms of the RFC begin with the name of a day. One of them
    // tells no zone, which `Date.parse` takes for the machine's own; all three mean GMT (§5.6.7), and have no other G.
    let (date, _) = split_once(&text, b"G").unwrap_or((&text, ""));
    let milliseconds = Date::parse(&join(&[date, " GMT"])) - Date::now();
    (date.trim_ascii().starts_with(|first: char| first.is_ascii_alphabetic()) && milliseconds.is_finite())
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
