//! `takeAddress` on a network that does whatever the input says: it tries no more often than asked, says truly where
//! the money side stands, and gives away nothing of the signature. Each line is one attempt; `@` in an answer stands
//! for the signature of the request, `\x01` for a line break.

#![no_main]

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use alphapo_wasm::client::{Client, TakeOptions};
use alphapo_wasm::error::{Code, Outcome};
use alphapo_wasm::gateway::endpoint::Endpoint;
use alphapo_wasm::gateway::refusal::is_retryable;
use alphapo_wasm::gateway::request::TakeAddressRequest;
use alphapo_wasm::signature::{Secret, Signer};
use alphapo_wasm::transport::{Answer, Broken, Interruption, SignedPost, Transport};
use libfuzzer_sys::fuzz_target;

const RETRIES: u32 = 3;
const REQUEST: &str = r#"{"currency":"BTC","foreign_id":"1"}"#;

struct Script<'a> {
    lines: RefCell<Vec<&'a [u8]>>,
    /// What was handed to the client, in order; none where the connection broke before a status.
    statuses: RefCell<Vec<Option<u16>>>,
    interrupted: Cell<bool>,
    remaining: Cell<f64>,
}

impl Transport for Script<'_> {
    async fn exchange(&self, post: SignedPost<'_>) -> Result<Box<Answer>, Broken> {
        assert_eq!(post.body, REQUEST);
        let line = self.lines.borrow_mut().pop().unwrap_or(b"\x10");
        let [control, rest @ ..] = line else {
            self.statuses.borrow_mut().push(None);
            return Err(Broken { interruption: Interruption::Failed("reset".into()), partial: None });
        };
        let statuses = [200, 201, 204, 0, 301, 400, 401, 403, 404, 408, 422, 429, 500, 502, 503, 999];
        let status = statuses[usize::from(control & 0xf)];
        let mut body = Vec::new();
        for byte in rest {
            match byte {
                b'@' => body.extend(post.signature.bytes()),
                1 => body.push(b'\n'),
                byte => body.push(*byte),
            }
        }
        // An answer may break off within the echoed signature.
        body.truncate(rest.len().max(if control & 0x80 != 0 { rest.len() + 17 } else { usize::MAX }));
        let retry_after = (control & 0x10 != 0).then_some(f64::from(*control) * 10.0);
        let answer = Answer { status, retry_after, body, truncated: control & 0x20 != 0 };
        if control & 0x40 == 0 {
            self.statuses.borrow_mut().push(Some(status));
            return Ok(Box::new(answer));
        }
        let interruption = match control & 3 {
            0 => Interruption::Aborted,
            1 => Interruption::TimedOut,
            _ => Interruption::Failed(format!("while sending {}", post.signature)),
        };
        self.interrupted.set(!matches!(interruption, Interruption::Failed(_)));
        self.statuses.borrow_mut().push(None);
        Err(Broken { interruption, partial: (control & 4 != 0).then(|| Box::new(answer)) })
    }

    async fn pause(&self, milliseconds: f64) -> Result<(), Interruption> {
        assert!(milliseconds.is_finite() && milliseconds >= 0.0 && milliseconds < self.remaining.get());
        self.remaining.set(self.remaining.get() - milliseconds);
        Ok(())
    }

    fn interruption(&self) -> Option<Interruption> {
        None
    }

    fn remaining(&self) -> f64 {
        self.remaining.get()
    }

    fn random(&self) -> f64 {
        0.5
    }
}

fuzz_target!(|data: &[u8]| {
    let mut lines: Vec<&[u8]> = data.split(|byte| *byte == b'\n').collect();
    lines.reverse();
    let script = Script {
        lines: RefCell::new(lines),
        statuses: RefCell::default(),
        interrupted: Cell::new(false),
        remaining: Cell::new(5_000.0),
    };
    let signer = Signer::new(&Secret::new("s")).expect("a secret");
    let signature = signer.sign(REQUEST.as_bytes());
    let client = Client::new("key", signer, Endpoint::default()).expect("a key");
    let request = TakeAddressRequest::from_json(REQUEST).expect("a request");
    let future =
        pin!(client.take_address(&script, &request, TakeOptions { retries: RETRIES, ..TakeOptions::default() }));
    let Poll::Ready(result) = future.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("the script never waits");
    };
    let statuses = script.statuses.take();
    let (last, earlier) = statuses.split_last().expect("an attempt");
    assert!(statuses.len() as u32 <= RETRIES + 1);
    assert!(earlier.iter().all(|status| status.is_none_or(is_retryable)), "{statuses:?}");
    let error = match result {
        Ok(deposit) => {
            assert!(last.is_some_and(|status| (200..300).contains(&status)));
            assert!(deposit.field("address").is_some());
            return;
        }
        Err(error) => error,
    };
    assert_eq!(error.attempts as usize, statuses.len());
    let refused = |status: &Option<u16>| status.is_some_and(|status| (400..500).contains(&status));
    let outcome = if statuses.iter().all(refused) { Outcome::Rejected } else { Outcome::Unknown };
    assert_eq!(error.outcome, outcome, "{statuses:?}");
    let retryable = if last.is_none() { error.code != Code::Aborted } else { last.is_some_and(is_retryable) };
    assert_eq!(error.retryable, retryable, "{statuses:?}");
    assert!(last.is_none() || error.status == *last);
    assert!(last.is_none() || error.body.is_some(), "an answer was thrown away");

    // Any 16 digits of the signature would be telling; here its beginning, which an echo cut short has too.
    let said = format!("{error:?}").to_lowercase();
    assert!(!said.contains(&signature[..16]), "{said}");
});
