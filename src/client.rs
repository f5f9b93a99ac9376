//! `takeAddress`: sign once, send, check the answer, and try again where that is safe.
//!
//! The order is fixed: the body is written once, those bytes are signed and those bytes are sent. Nothing here
//! knows JavaScript or a socket; the [`Transport`] does.

use alloc::string::String;

use crate::error::{Code, Error, Outcome};
use crate::gateway::callback::{self, Callback};
use crate::gateway::endpoint::Endpoint;
use crate::gateway::refusal;
use crate::gateway::request::TakeAddressRequest;
use crate::gateway::response::DepositAddress;
use crate::signature::Signer;
use crate::text::{from_utf8_lossy, integer, join, remove_signature};
use crate::transport::{Answer, Broken, Interruption, MAX_BODY_BYTES, SignedPost, Transport};

/// Retries when the caller does not say.
pub const DEFAULT_RETRIES: u32 = 2;

/// The most retries a caller may ask for.
pub const MAX_RETRIES: u32 = 100;

/// The deadline of a call when the caller does not say, in milliseconds.
pub const DEFAULT_TIMEOUT: u32 = 15_000;

/// The longest deadline, in milliseconds: `setTimeout` holds a signed 32-bit integer (HTML §8.6).
pub const MAX_TIMEOUT: u32 = 2_147_483_647;

/// The first pause is up to this long, in milliseconds; it doubles with every attempt.
const FIRST_PAUSE: f64 = 250.0;

/// No pause of our own is longer than this, in milliseconds.
const LONGEST_PAUSE: f64 = 8_000.0;

/// How an address is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TakeOptions {
    /// How many times more a failed request is sent.
    pub retries: u32,
    /// Whether the address is held against its currency's network.
    pub check_address: bool,
}

impl Default for TakeOptions {
    fn default() -> Self {
        Self { retries: DEFAULT_RETRIES, check_address: true }
    }
}

/// A merchant at a gateway.
#[derive(Clone, Debug)]
pub struct Client {
    key: String,
    signer: Signer,
    endpoint: Endpoint,
}

impl Client {
    /// Binds a key pair to a gateway.
    ///
    /// # Errors
    /// [`Code::InvalidOption`] when the key cannot stand in a header.
    pub fn new(key: &str, signer: Signer, endpoint: Endpoint) -> Result<Self, Error> {
        let problem = if key.is_empty() {
            "is empty"
        } else if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            "holds white space or a non-ASCII character: copy it again"
        } else {
            return Ok(Self { key: key.into(), signer, endpoint });
        };
        Err(Error::of_field(Code::InvalidOption, "key", problem))
    }

    /// Reads a callback, if it is genuinely this merchant's. `older` are further secrets of the same key.
    ///
    /// # Errors
    /// Those of [`callback::verify`].
    pub fn verify_callback(
        &self,
        body: &[u8],
        key_header: &str,
        signature_header: &str,
        older: &[Signer],
    ) -> Result<Callback, Error> {
        callback::verify(body, key_header, signature_header, &self.key, &self.signer, older)
    }

    /// Takes a deposit address, trying again where that is safe.
    ///
    /// Retried are network failures and the statuses 408, 429 and 5xx. A repeated request may allocate a second
    /// address, which is harmless: addresses cost nothing and never expire.
    ///
    /// # Errors
    /// Any [`Error`] but those of the request; it keeps the whole answer.
    pub async fn take_address(
        &self,
        transport: &impl Transport,
        request: &TakeAddressRequest,
        options: TakeOptions,
    ) -> Result<DepositAddress, Error> {
        let signature = self.signer.sign(request.body().as_bytes());
        let url = self.endpoint.url("addresses/take");
        let post = SignedPost { url: &url, key: &self.key, signature: &signature, body: request.body() };
        let mut call = Call::default();
        loop {
            if let Some(interruption) = transport.interruption() {
                return Err(call.finish(between_attempts(interruption)));
            }
            call.attempts = call.attempts.saturating_add(1);
            let (mut error, retry_after) = match transport.exchange(post).await {
                Ok(answer) => match self.read(&answer, request, options) {
                    Ok(deposit) => return Ok(deposit),
                    Err(error) => (error, answer.retry_after),
                },
                Err(broken) => (in_flight(broken), None),
            };
            // Of each answer by itself: where it broke off in the middle of the signature, another may be put behind it.
            error.each_text(&mut |text| remove_signature(text, &signature));
            let pause = pause_after(call.attempts, retry_after, transport.random());
            if !may_pass(&error) || call.attempts > options.retries || pause >= transport.remaining() {
                return Err(call.finish(error));
            }
            call.remember(&error);
            if let Err(interruption) = transport.pause(pause).await {
                return Err(call.finish(between_attempts(interruption)));
            }
        }
    }

    /// Reads a whole answer.
    fn read(
        &self,
        answer: &Answer,
        request: &TakeAddressRequest,
        options: TakeOptions,
    ) -> Result<DepositAddress, Error> {
        let mut error = if !answer.is_accepted() {
            refusal::error_of(answer.status, &answer.body)
        } else if answer.truncated {
            too_large()
        } else {
            match self.accept(answer, request, options) {
                Ok(deposit) => return Ok(deposit),
                Err(error) => error,
            }
        };
        // A 2xx answer that cannot be used may still have allocated an address.
        if error.outcome == Outcome::NotSent {
            error.outcome = Outcome::Unknown;
        }
        error.status = Some(answer.status);
        error.body = Some(text_of(answer));
        Err(error)
    }

    fn accept(
        &self,
        answer: &Answer,
        request: &TakeAddressRequest,
        options: TakeOptions,
    ) -> Result<DepositAddress, Error> {
        let mut deposit = DepositAddress::parse(&answer.body, request)?;
        if options.check_address {
            deposit.check_address(request, self.endpoint.is_production())?;
        }
        Ok(deposit)
    }
}

/// What a call has done so far.
#[derive(Default)]
struct Call {
    attempts: u32,
    /// Whether an earlier attempt may have allocated an address.
    uncertain: bool,
    /// Whether an earlier attempt was refused.
    refused: bool,
    /// The last earlier answer; before any other those of status 2xx that broke off, since they may hold addresses.
    answer: Option<(u16, String)>,
}

impl Call {
    fn remember(&mut self, error: &Error) {
        self.uncertain |= error.outcome == Outcome::Unknown;
        self.refused |= error.outcome == Outcome::Rejected;
        let (Some(status), Some(body)) = (error.status, &error.body) else {
            return;
        };
        match &mut self.answer {
            // Each that was accepted may hold an address of its own.
            Some((200..=299, earlier)) if matches!(status, 200..=299) => push_earlier(earlier, body),
            Some((200..=299, _)) => {}
            answer => *answer = Some((status, body.clone())),
        }
    }

    /// The error as the caller gets it: over all attempts.
    fn finish(&mut self, mut error: Error) -> Error {
        match (&mut error.body, self.answer.take()) {
            (None, Some((status, earlier))) => {
                error.status = Some(status);
                error.body = Some(earlier);
            }
            (Some(body), Some((200..=299, earlier))) => push_earlier(body, &earlier),
            _ => {}
        }
        if self.uncertain {
            error.outcome = Outcome::Unknown;
        } else if error.outcome == Outcome::NotSent && self.refused {
            error.outcome = Outcome::Rejected;
        }
        error.attempts = self.attempts;
        error
    }
}

/// Whether the same request may succeed now. Nothing is tried again after the deadline or the caller ended the call.
fn may_pass(error: &Error) -> bool {
    error.retryable && error.code != Code::Timeout
}

/// An exchange without a whole answer. Nobody can tell whether the request had arrived, and what did come back is
/// kept, because it may hold the address.
fn in_flight(broken: Broken) -> Error {
    let mut error = between_attempts(broken.interruption);
    error.outcome = Outcome::Unknown;
    if let Some(answer) = broken.partial {
        error.status = Some(answer.status);
        error.body = Some(text_of(&answer));
    }
    error
}

/// The call ended while no request was under way.
fn between_attempts(interruption: Interruption) -> Error {
    let (code, message) = match interruption {
        Interruption::Aborted => (Code::Aborted, "the call was aborted by its `signal`".into()),
        Interruption::TimedOut => (Code::Timeout, "the gateway did not answer within `timeout`".into()),
        Interruption::Failed(said) => (
            Code::Network,
            join(&[
                "the gateway could not be reached, or the connection broke: ",
                &said,
                ". Check `baseUrl` and the network",
            ]),
        ),
    };
    let mut error = Error::new(code, message);
    error.retryable = code != Code::Aborted;
    error
}

/// Adds what an earlier attempt was answered before its connection broke.
fn push_earlier(body: &mut String, earlier: &str) {
    body.push_str("\n\nAnother attempt was accepted, and its answer broke off:\n");
    body.push_str(earlier);
}

fn too_large() -> Error {
    let kibibytes = integer(MAX_BODY_BYTES as u32 / 1024);
    Error::new(
        Code::InvalidResponse,
        join(&[
            "the gateway's answer is larger than ",
            &kibibytes,
            " KiB: check `baseUrl`. See `body` for its beginning",
        ]),
    )
}

fn text_of(answer: &Answer) -> String {
    from_utf8_lossy(&answer.body)
}

/// How long to wait before the next attempt, in milliseconds: what the gateway asks for, else full jitter over an
/// exponential back-off, so that many clients do not come back together.
fn pause_after(attempts: u32, retry_after: Option<f64>, random: f64) -> f64 {
    if let Some(asked) = retry_after {
        return asked;
    }
    // Five doublings reach the longest pause.
    let doublings = attempts.saturating_sub(1).min(5);
    let ceiling = (FIRST_PAUSE * f64::from(1_u32.wrapping_shl(doublings))).min(LONGEST_PAUSE);
    random * ceiling
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use std::prelude::v1::*;

    use super::*;
    use crate::signature::Secret;

    const ADDRESS: &str = r#"{"data":{"id":1,"currency":"BTC","address":"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4","tag":null,"foreign_id":"1"}}"#;

    /// A network in memory: it gives the scripted answers one after the other and never waits.
    struct Script {
        answers: RefCell<Vec<Result<Answer, Broken>>>,
        sent: RefCell<Vec<String>>,
        pauses: RefCell<Vec<f64>>,
        remaining: Cell<f64>,
        aborted: Cell<bool>,
        abort_in_pause: bool,
    }

    impl Script {
        fn new(answers: impl IntoIterator<Item = Result<Answer, Broken>>) -> Self {
            let mut answers: Vec<_> = answers.into_iter().collect();
            answers.reverse();
            Self {
                answers: RefCell::new(answers),
                sent: RefCell::default(),
                pauses: RefCell::default(),
                remaining: Cell::new(15_000.0),
                aborted: Cell::new(false),
                abort_in_pause: false,
            }
        }
    }

    impl Transport for Script {
        async fn exchange(&self, post: SignedPost<'_>) -> Result<Box<Answer>, Broken> {
            self.sent.borrow_mut().push(format!("{} {} {} {}", post.url, post.key, post.signature, post.body));
            self.answers.borrow_mut().pop().expect("an unexpected attempt").map(Box::new)
        }

        async fn pause(&self, milliseconds: f64) -> Result<(), Interruption> {
            self.pauses.borrow_mut().push(milliseconds);
            self.remaining.set(self.remaining.get() - milliseconds);
            if self.abort_in_pause { Err(Interruption::Aborted) } else { Ok(()) }
        }

        fn interruption(&self) -> Option<Interruption> {
            self.aborted.get().then_some(Interruption::Aborted)
        }

        fn remaining(&self) -> f64 {
            self.remaining.get()
        }

        fn random(&self) -> f64 {
            0.5
        }
    }

    fn answer(status: u16, body: &str) -> Result<Answer, Broken> {
        Ok(Answer { status, body: body.into(), ..Answer::default() })
    }

    fn reset() -> Result<Answer, Broken> {
        Err(Broken { interruption: Interruption::Failed("reset".into()), partial: None })
    }

    fn take(script: &Script, retries: u32) -> Result<DepositAddress, Error> {
        let signer = Signer::new(&Secret::new("AbCdEfG123456")).unwrap();
        let client = Client::new("key", signer, Endpoint::default()).unwrap();
        let request = TakeAddressRequest::from_json(r#"{"currency":"BTC","foreign_id":"1"}"#).unwrap();
        let options = TakeOptions { retries, ..TakeOptions::default() };
        let mut future = pin!(client.take_address(script, &request, options));
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => result,
            Poll::Pending => unreachable!("the script never waits"),
        }
    }

    #[test]
    fn the_bytes_signed_are_the_bytes_sent() {
        let script = Script::new([answer(201, ADDRESS)]);
        assert_eq!(take(&script, 2).unwrap().field("address"), Some("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"));
        let body = r#"{"currency":"BTC","foreign_id":"1"}"#;
        let signature = Signer::new(&Secret::new("AbCdEfG123456")).unwrap().sign(body.as_bytes());
        assert_eq!(
            script.sent.take(),
            [format!("https://app.alphapo.net/api/v2/addresses/take key {signature} {body}")]
        );
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        for failing in [answer(408, ""), answer(429, "x"), answer(500, ""), answer(522, "<html>"), reset()] {
            let script = Script::new([failing, answer(200, ADDRESS)]);
            assert!(take(&script, 2).is_ok());
            assert_eq!(script.pauses.take(), [125.0]);
        }
    }

    #[test]
    fn what_cannot_pass_is_not_tried_again() {
        for (status, body) in [(400, ""), (403, ""), (404, ""), (301, ""), (0, ""), (201, "<html>"), (200, "{}")] {
            let error = take(&Script::new([answer(status, body)]), 2).unwrap_err();
            assert_eq!((error.attempts, error.status), (1, Some(status)), "{status}");
            assert_eq!(error.body.as_deref(), Some(body));
            assert!(!error.retryable);
        }
    }

    #[test]
    fn attempts_are_counted_and_pauses_grow() {
        let script = Script::new([reset(), answer(500, ""), answer(503, "")]);
        let error = take(&script, 2).unwrap_err();
        assert_eq!((error.code, error.attempts), (Code::Server, 3));
        assert_eq!(script.pauses.take(), [125.0, 250.0]);
        assert_eq!(take(&Script::new([reset()]), 0).unwrap_err().attempts, 1);
    }

    #[test]
    fn no_pause_is_longer_than_eight_seconds() {
        assert!((pause_after(100, None, 1.0) - LONGEST_PAUSE).abs() < 1e-9);
        assert!((pause_after(1, None, 1.0) - FIRST_PAUSE).abs() < 1e-9);
    }

    #[test]
    fn retry_after_is_obeyed_within_the_deadline() {
        let limited = |milliseconds| Ok(Answer { status: 429, retry_after: Some(milliseconds), ..Answer::default() });
        let script = Script::new([limited(3_000.0), answer(201, ADDRESS)]);
        assert!(take(&script, 2).is_ok());
        assert_eq!(script.pauses.take(), [3_000.0]);

        let script = Script::new([limited(60_000.0)]);
        let error = take(&script, 2).unwrap_err();
        assert_eq!((error.code, error.attempts), (Code::RateLimited, 1));
        assert!(error.retryable);
        assert!(script.pauses.take().is_empty());
    }

    #[test]
    fn the_outcome_is_that_of_all_attempts() {
        for (answers, outcome) in [
            (vec![answer(400, "")], Outcome::Rejected),
            (vec![answer(429, ""), answer(400, "")], Outcome::Rejected),
            (vec![reset(), answer(400, "")], Outcome::Unknown),
            (vec![answer(500, ""), answer(403, "")], Outcome::Unknown),
            (vec![answer(201, "<html>")], Outcome::Unknown),
            (vec![answer(302, "")], Outcome::Unknown),
        ] {
            assert_eq!(take(&Script::new(answers), 2).unwrap_err().outcome, outcome);
        }
    }

    #[test]
    fn an_aborted_call_tells_whether_anything_was_sent() {
        let script = Script::new([]);
        script.aborted.set(true);
        let error = take(&script, 2).unwrap_err();
        assert_eq!((error.code, error.outcome, error.attempts), (Code::Aborted, Outcome::NotSent, 0));

        for (first, outcome) in [(answer(429, ""), Outcome::Rejected), (answer(500, ""), Outcome::Unknown)] {
            let script = Script { abort_in_pause: true, ..Script::new([first]) };
            let error = take(&script, 2).unwrap_err();
            assert_eq!((error.code, error.outcome, error.attempts), (Code::Aborted, outcome, 1));
        }
    }

    #[test]
    fn a_broken_answer_keeps_what_arrived() {
        let script = Script::new([Err(Broken {
            interruption: Interruption::TimedOut,
            partial: answer(201, r#"{"data":{"id":1,"#).ok().map(Box::new),
        })]);
        let error = take(&script, 2).unwrap_err();
        assert_eq!((error.code, error.status), (Code::Timeout, Some(201)));
        assert_eq!(error.body.as_deref(), Some(r#"{"data":{"id":1,"#));
        assert_eq!((error.outcome, error.retryable), (Outcome::Unknown, true));
    }

    #[test]
    fn an_accepted_answer_that_broke_off_is_kept_over_further_attempts() {
        let broken = || {
            Err(Broken {
                interruption: Interruption::Failed("reset".into()),
                partial: answer(201, r#"{"data":{"id":1,"#).ok().map(Box::new),
            })
        };
        let error = take(&Script::new([broken(), reset(), reset()]), 2).unwrap_err();
        assert_eq!((error.code, error.status, error.attempts), (Code::Network, Some(201), 3));
        assert_eq!(error.body.as_deref(), Some(r#"{"data":{"id":1,"#));

        let error = take(&Script::new([broken(), answer(400, "no")]), 2).unwrap_err();
        let both = "no\n\nAnother attempt was accepted, and its answer broke off:\n{\"data\":{\"id\":1,";
        assert_eq!((error.status, error.body.as_deref()), (Some(400), Some(both)));
        assert_eq!(error.outcome, Outcome::Unknown);
    }

    #[test]
    fn the_last_answer_is_kept_where_the_last_attempt_has_none() {
        let error = take(&Script::new([answer(500, "first"), answer(503, "second"), reset()]), 2).unwrap_err();
        assert_eq!((error.code, error.status, error.attempts), (Code::Network, Some(503), 3));
        assert_eq!(error.body.as_deref(), Some("second"));

        let script = Script { abort_in_pause: true, ..Script::new([answer(429, "later")]) };
        let error = take(&script, 2).unwrap_err();
        assert_eq!((error.code, error.status, error.body.as_deref()), (Code::Aborted, Some(429), Some("later")));
    }

    #[test]
    fn an_echoed_signature_is_blotted_out() {
        let body = r#"{"currency":"BTC","foreign_id":"1"}"#;
        let signature = Signer::new(&Secret::new("AbCdEfG123456")).unwrap().sign(body.as_bytes());
        let echo = format!(r#"{{"error":"no {signature}","code":"{signature}","errors":{{"a":"{signature}"}}}}"#);
        for status in [400, 500, 201] {
            let error = take(&Script::new([answer(status, &echo)]), 0).unwrap_err();
            assert!(!format!("{error:?}").contains(&signature), "{status}");
            assert!(error.body.as_ref().unwrap().contains("[signature]"));
        }
        // Several answers that broke off, of which all but the last are followed by another.
        let broken = |digits: usize| {
            Err(Broken {
                interruption: Interruption::Failed("reset".into()),
                partial: answer(201, &format!("echo {}", signature.split_at(digits).0)).ok().map(Box::new),
            })
        };
        let error = take(&Script::new([broken(100), broken(120), broken(40)]), 2).unwrap_err();
        let body = error.body.as_ref().unwrap();
        assert!(!body.contains(signature.split_at(16).0), "{body}");
        assert_eq!(body.matches("[signature]").count(), 3);
    }

    #[test]
    fn an_address_that_cannot_be_right_is_an_error_that_keeps_it() {
        for address in ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "tb1qfdxh6gkfr0qgyatnlkd8khcnxph9tw06n6qwjc"] {
            let body = format!(r#"{{"data":{{"id":1,"currency":"BTC","address":"{address}","foreign_id":"1"}}}}"#);
            let error = take(&Script::new([answer(201, &body)]), 2).unwrap_err();
            assert_eq!((error.code, error.outcome, error.attempts), (Code::InvalidAddress, Outcome::Unknown, 1));
            assert_eq!((error.status, error.body.as_deref()), (Some(201), Some(body.as_str())));
            assert!(!error.retryable);
        }
    }

    #[test]
    fn an_answer_past_the_cap_is_not_read_as_one() {
        let truncated = Ok(Answer { status: 201, body: ADDRESS.into(), truncated: true, ..Answer::default() });
        let error = take(&Script::new([truncated]), 0).unwrap_err();
        assert_eq!(error.code, Code::InvalidResponse);
        assert!(error.message.contains("64 KiB"));
    }

    #[test]
    fn a_key_must_stand_in_a_header() {
        let signer = Signer::new(&Secret::new("s")).unwrap();
        for key in ["", "a b", "a\n", "é"] {
            let error = Client::new(key, signer.clone(), Endpoint::default()).unwrap_err();
            assert_eq!((error.code, error.fields[0].0.as_str()), (Code::InvalidOption, "key"));
        }
    }

    #[test]
    fn the_cap_is_told_as_it_is() {
        assert!(too_large().message.contains(" than 64 KiB"), "{}", too_large());
    }
}
