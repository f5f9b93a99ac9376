//! One call's future, run to a promise.
//!
//! A call waits for one promise after the other, so it needs neither a queue of tasks nor wakers: when the future is
//! pending, [`Waiting`] holds what it waits for, and that promise's settling polls it again. The executor of `js-sys`,
//! which runs any future, is 3 KB larger. Nothing here throws, and nothing is polled inside the caller's own call.

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::Cell;
use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

/// How a promise was settled.
type Settled = Result<JsValue, JsValue>;

/// What a call waits for, and what came of it.
#[derive(Default)]
pub(crate) struct Waiting {
    promise: Cell<Option<Promise>>,
    settled: Cell<Option<Settled>>,
}

impl Waiting {
    /// Waits until the promise is settled. A call may wait for one at a time.
    pub(crate) async fn until(&self, promise: Promise) -> Settled {
        self.settled.set(None);
        self.promise.set(Some(promise));
        poll_fn(|_| self.settled.take().map_or(Poll::Pending, Poll::Ready)).await
    }
}

/// A promise, and what resolves and rejects it.
pub(crate) struct Deferred {
    pub(crate) promise: Promise,
    pub(crate) resolve: Function,
    reject: Function,
}

impl Deferred {
    pub(crate) fn new() -> Self {
        let (mut resolves, mut rejects) = (JsValue::UNDEFINED, JsValue::UNDEFINED);
        let promise = Promise::new(&mut |resolve, reject| (resolves, rejects) = (resolve.into(), reject.into()));
        Self { promise, resolve: resolves.unchecked_into(), reject: rejects.unchecked_into() }
    }
}

/// Begins the work in a microtask of its own. It may wait by way of `waiting` alone.
pub(crate) fn run(waiting: Rc<Waiting>, work: impl Future<Output = Settled> + 'static) -> Promise {
    let result = Deferred::new();
    let promise = result.promise.clone();
    let task = Rc::new(Task { waiting, result, running: Cell::new(None) });
    let running = Running { work: Box::pin(work), fulfilled: callback(&task, Ok), rejected: callback(&task, Err) };
    running.wait_for(&Promise::resolve(&JsValue::UNDEFINED));
    task.running.set(Some(running));
    promise
}

struct Task {
    waiting: Rc<Waiting>,
    result: Deferred,
    /// None as soon as the work is done, so that the callbacks, which hold the task, are dropped.
    running: Cell<Option<Running>>,
}

struct Running {
    work: Pin<Box<dyn Future<Output = Settled>>>,
    fulfilled: Closure<dyn FnMut(JsValue)>,
    rejected: Closure<dyn FnMut(JsValue)>,
}

impl Running {
    fn wait_for(&self, promise: &Promise) {
        let _ = promise.then2(&self.fulfilled, &self.rejected);
    }
}

fn callback(task: &Rc<Task>, how: fn(JsValue) -> Settled) -> Closure<dyn FnMut(JsValue)> {
    let task = Rc::clone(task);
    Closure::new(move |value| {
        task.waiting.settled.set(Some(how(value)));
        task.go_on();
    })
}

impl Task {
    fn go_on(&self) {
        let Some(mut running) = self.running.take() else {
            return;
        };
        let (settle, value) = match running.work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(value)) => (&self.result.resolve, value),
            Poll::Ready(Err(error)) => (&self.result.reject, error),
            Poll::Pending => {
                if let Some(promise) = self.waiting.promise.take() {
                    running.wait_for(&promise);
                }
                return self.running.set(Some(running));
            }
        };
        // The functions of a promise do not throw.
        let _ = settle.call1(&JsValue::UNDEFINED, &value);
    }
}
