//! Counts what one whole call allocates in the core, step by step: in WebAssembly it is the same code. Prints a line for
//! each step: its name, how many allocations, how many bytes. `cargo xtask bench` puts them into BENCHMARKS.md.

#![allow(unsafe_code, reason = "an allocator is unsafe by nature; this one counts and hands on")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};

use alphapo_wasm::client::{Client, TakeOptions};
use alphapo_wasm::error::{Code, Error};
use alphapo_wasm::gateway::endpoint::Endpoint;
use alphapo_wasm::gateway::request::TakeAddressRequest;
use alphapo_wasm::signature::{Secret, Signer};
use alphapo_wasm::transport::{Answer, Broken, Interruption, SignedPost, Transport};

struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: whatever is asked for is the system's allocator's to give and to take back.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        BYTES.fetch_add(layout.size(), Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        BYTES.fetch_add(size.saturating_sub(layout.size()), Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.realloc(place, layout, size) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(place, layout) }
    }
}

const REQUEST: &str = r#"{"currency":"BTC","foreign_id":"user-17","end_user_reference":"user-17"}"#;
const ANSWER: &[u8] = br#"{"data":{"id":240407213,"currency":"BTC","address":"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4","tag":null,"foreign_id":"user-17","end_user_reference":"user-17"}}"#;

/// A network that answers at once.
struct InMemory;

impl Transport for InMemory {
    async fn exchange(&self, post: SignedPost<'_>) -> Result<Box<Answer>, Broken> {
        black_box(post);
        Ok(Box::new(Answer { status: 201, body: ANSWER.to_vec(), ..Answer::default() }))
    }

    async fn pause(&self, _: f64) -> Result<(), Interruption> {
        Ok(())
    }

    fn interruption(&self) -> Option<Interruption> {
        None
    }

    fn remaining(&self) -> f64 {
        1.0
    }

    fn random(&self) -> f64 {
        0.0
    }
}

fn counted<T>(step: &str, work: impl FnOnce() -> T) -> T {
    ALLOCATIONS.store(0, Relaxed);
    BYTES.store(0, Relaxed);
    let result = work();
    let (allocations, bytes) = (ALLOCATIONS.load(Relaxed), BYTES.load(Relaxed));
    println!("{step}: {allocations} allocations, {bytes} bytes");
    result
}

fn main() -> Result<(), Error> {
    let signer = Signer::new(&Secret::new("8jm613ha8ymuitm5a2hfi29gwbyy6qp1"))?;
    let client = Client::new("key", signer, Endpoint::default())?;
    // Standard output takes its buffer with the first line.
    println!("what a call allocates in the core:");
    let request = counted("the request, checked and written", || TakeAddressRequest::from_json(REQUEST))?;
    let deposit = counted("signed, sent, its answer read and checked", || {
        let mut call = pin!(client.take_address(&InMemory, &request, TakeOptions::default()));
        match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => result,
            Poll::Pending => Err(Error::new(Code::Internal, "nothing here waits".into())),
        }
    })?;
    black_box(counted("handed on as JSON", || deposit.to_javascript_json()));
    Ok(())
}
