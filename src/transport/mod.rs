//! What a client needs of a network: one exchange, one pause, and the one deadline both of them obey.
//!
//! On wasm `fetch` does it with the runtime's `fetch`; the client's own tests do it in memory. A transport knows
//! nothing of the gateway: it neither signs, nor retries, nor reads what it carries.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

#[cfg(all(target_arch = "wasm32", feature = "client"))]
mod calls;
#[cfg(all(target_arch = "wasm32", feature = "client"))]
pub(crate) mod fetch;

/// The most bytes of an answer that are read. The gateway's answers are below 1 KB; the cap keeps a broken or
/// hostile peer from filling the memory.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// One signed `POST`, ready to be sent.
#[derive(Clone, Copy)]
pub struct SignedPost<'a> {
    /// Where to.
    pub url: &'a str,
    /// The merchant's public key.
    pub key: &'a str,
    /// The signature of `body`, in lower-case hex.
    pub signature: &'a str,
    /// The bytes that were signed.
    pub body: &'a str,
}

/// An HTTP answer. It is handed on in a box: by value it cost the client's `.wasm` a kilobyte of copying.
#[derive(Clone, Default, Debug)]
pub struct Answer {
    /// The status, or 0 where the runtime hides it.
    pub status: u16,
    /// How long `Retry-After` asks to wait, in milliseconds (RFC 9110 §10.2.3); not asked of an answer that accepts.
    pub retry_after: Option<f64>,
    /// The body, up to [`MAX_BODY_BYTES`].
    pub body: Vec<u8>,
    /// Whether the body went on past [`MAX_BODY_BYTES`].
    pub truncated: bool,
}

impl Answer {
    /// Whether its status says that the request was accepted.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        matches!(self.status, 200..=299)
    }
}

/// Why an exchange or a pause ended without a whole answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Interruption {
    /// The caller's signal was aborted.
    Aborted,
    /// The deadline passed.
    TimedOut,
    /// The network failed, in the runtime's own words.
    Failed(String),
}

/// An exchange that ended without a whole answer, and what had arrived by then.
#[derive(Clone, Debug)]
pub struct Broken {
    /// Why it ended.
    pub interruption: Interruption,
    /// The status and the part of the body that arrived, if the headers did.
    pub partial: Option<Box<Answer>>,
}

impl From<Interruption> for Broken {
    /// An exchange that ended before anything had arrived.
    fn from(interruption: Interruption) -> Self {
        Self { interruption, partial: None }
    }
}

/// A network that carries one call: its attempts and the pauses between them, under one deadline and one signal.
#[expect(async_fn_in_trait, reason = "used generically on one thread, so no future has to be Send")]
pub trait Transport {
    /// Sends and waits for the whole answer. Redirects are not followed.
    ///
    /// # Errors
    /// [`Broken`] when the answer is not whole; what was thrown is then a network failure unless the deadline
    /// passed or the signal was aborted.
    async fn exchange(&self, post: SignedPost<'_>) -> Result<Box<Answer>, Broken>;

    /// Waits.
    ///
    /// # Errors
    /// [`Interruption`] when the deadline passes or the signal is aborted first.
    async fn pause(&self, milliseconds: f64) -> Result<(), Interruption>;

    /// Why the call must not go on, if so: asked before every attempt.
    fn interruption(&self) -> Option<Interruption>;

    /// Milliseconds until the deadline.
    fn remaining(&self) -> f64;

    /// A random number from 0 up to, but not including, 1.
    fn random(&self) -> f64;
}
