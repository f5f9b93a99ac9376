//! The calls under way, each a future that is run to a promise.
//!
//! A call waits for one promise after the other, or for the one deadline that ends it, so it needs neither a queue of
//! tasks nor wakers: whatever comes of what it waits for polls it again. One function of JavaScript's, bound to the
//! number of a call, serves them all: a closure for each would have to be registered with the garbage collector, in case
//! that nobody calls it. ARCHITECTURE.md has what that took. The executor of `js-sys`, which runs any future, is 3 KB larger.
//! Nothing here throws, and nothing is polled inside the caller's own call.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, OnceCell, RefCell};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Hands news to a call: what kind of news it is, the call's slot, its number, and a value.
    #[wasm_bindgen(js_name = Function)]
    type Tell;
    #[wasm_bindgen(method)]
    fn bind(this: &Tell, context: &JsValue, how: u8, slot: u32, number: f64) -> Function;
    // The global function: web-sys has it only on `Window` and `WorkerGlobalScope`, which Node has not.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Tell, milliseconds: f64, how: u8, slot: u32, number: f64) -> JsValue;

    #[wasm_bindgen(js_name = Promise)]
    type Work;
    // Those of js-sys do not catch what a promise of the caller's may throw, whose `constructor` and `then` can be anything.
    #[wasm_bindgen(catch, static_method_of = Work, js_class = Promise)]
    fn resolve(value: &JsValue) -> Result<Work, JsValue>;
    #[wasm_bindgen(catch, method, final, js_class = Promise, js_name = then)]
    fn then(this: &Work, fulfilled: &Function, rejected: &Function) -> Result<JsValue, JsValue>;
}

/// What a call is told.
pub(crate) enum News {
    /// What it waited for came to this.
    Fulfilled(JsValue),
    /// What it waited for failed.
    Rejected(JsValue),
    /// Its deadline passed, or its signal was aborted. It is told nothing else from then on.
    Interrupted,
}

// The kinds of news, as JavaScript has them.
const FULFILLED: u8 = 0;
const REJECTED: u8 = 1;
const INTERRUPTED: u8 = 2;

/// One thread runs a module that was compiled without atomics.
struct OneThread<T>(T);

#[cfg(target_feature = "atomics")]
compile_error!("the calls under way are kept for one thread");

#[expect(unsafe_code, reason = "a static must be `Sync`, and there is no second thread to share it with")]
// SAFETY: see `OneThread`.
unsafe impl<T> Sync for OneThread<T> {}

static UNDER_WAY: OneThread<UnderWay> = OneThread(UnderWay {
    slots: RefCell::new(Slots { taken: Vec::new(), free: Vec::new(), last: 0.0 }),
    tell: OnceCell::new(),
    settled: OnceCell::new(),
});

/// Every call that has not ended.
struct UnderWay {
    slots: RefCell<Slots>,
    tell: OnceCell<Tell>,
    /// A promise that is fulfilled already.
    settled: OnceCell<JsValue>,
}

struct Slots {
    taken: Vec<Option<(f64, Rc<Call>)>>,
    free: Vec<u32>,
    /// The number of the call that began last. A slot is used again, a number is not, so that what comes too late for one
    /// call is not taken for another's: 2^53 of them do not run out.
    last: f64,
}

impl Slots {
    fn enter(&mut self, call: Rc<Call>) -> (u32, f64) {
        self.last += 1.0;
        let entry = Some((self.last, call));
        let slot = self.free.pop().unwrap_or(self.taken.len() as u32);
        match self.taken.get_mut(slot as usize) {
            Some(place) => *place = entry,
            None => self.taken.push(entry),
        }
        (slot, self.last)
    }

    fn leave(&mut self, slot: u32) {
        if let Some(place) = self.taken.get_mut(slot as usize) {
            *place = None;
            self.free.push(slot);
        }
    }

    fn call(&self, slot: u32, number: f64) -> Option<Rc<Call>> {
        match self.taken.get(slot as usize) {
            Some(Some((taken_by, call))) if *taken_by == number => Some(Rc::clone(call)),
            _ => None,
        }
    }
}

impl UnderWay {
    fn tell(&self) -> &Tell {
        self.tell.get_or_init(|| {
            // Not `FnMut`: a caller's `fetch` may abort the caller's signal.
            let tell = Closure::<dyn Fn(u8, u32, f64, JsValue)>::new(|how, slot, number, value| {
                let call = UNDER_WAY.0.slots.borrow().call(slot, number);
                if let Some(call) = call {
                    call.tell(match how {
                        FULFILLED => News::Fulfilled(value),
                        REJECTED => News::Rejected(value),
                        _ => News::Interrupted,
                    });
                }
            });
            tell.into_js_value().unchecked_into()
        })
    }

    fn settled(&self) -> &JsValue {
        self.settled.get_or_init(|| Promise::resolve(&JsValue::UNDEFINED).into())
    }
}

/// One call.
#[derive(Default)]
pub(crate) struct Call {
    news: Cell<Option<News>>,
    interrupted: Cell<bool>,
    begun: Cell<bool>,
    /// None while it is polled, and as soon as it has ended.
    running: Cell<Option<Running>>,
}

struct Running {
    work: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>,
    result: Deferred,
}

impl Call {
    /// Runs the work, which waits by the call's [`Line`] alone, as soon as the call is told something.
    pub(crate) fn run(&self, work: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
        let result = Deferred::new();
        let promise = result.promise.clone();
        self.running.set(Some(Running { work: Box::pin(work), result }));
        promise
    }

    fn tell(&self, news: News) {
        if self.interrupted.get() {
            return;
        }
        self.interrupted.set(matches!(news, News::Interrupted));
        if self.begun.replace(true) {
            self.news.set(Some(news));
        }
        self.go_on();
    }

    fn go_on(&self) {
        let Some(mut running) = self.running.take() else {
            return;
        };
        let (settle, value) = match running.work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => return self.running.set(Some(running)),
            Poll::Ready(Ok(value)) => (&running.result.resolve, value),
            Poll::Ready(Err(error)) => (&running.result.reject, error),
        };
        // The functions of a promise do not throw.
        let _ = settle.call1(&JsValue::UNDEFINED, &value);
    }
}

/// A call's own end of the line: what it waits by, and is interrupted by.
pub(crate) struct Line {
    call: Rc<Call>,
    slot: u32,
    number: f64,
    fulfilled: Function,
    rejected: Function,
}

impl Line {
    pub(crate) fn open() -> Self {
        let call = Rc::<Call>::default();
        let (slot, number) = UNDER_WAY.0.slots.borrow_mut().enter(Rc::clone(&call));
        let (fulfilled, rejected) = (bound(FULFILLED, slot, number), bound(REJECTED, slot, number));
        Self { call, slot, number, fulfilled, rejected }
    }

    pub(crate) fn call(&self) -> Rc<Call> {
        Rc::clone(&self.call)
    }

    /// Has the call begin in a microtask of its own.
    pub(crate) fn begin(&self) {
        self.listen_to(UNDER_WAY.0.settled());
    }

    /// Interrupts the call when it is called.
    pub(crate) fn interrupt(&self) -> Function {
        bound(INTERRUPTED, self.slot, self.number)
    }

    /// Interrupts the call in so many milliseconds, if the timer is not cleared before.
    pub(crate) fn interrupt_after(&self, milliseconds: f64) -> JsValue {
        set_timeout(UNDER_WAY.0.tell(), milliseconds, INTERRUPTED, self.slot, self.number)
    }

    /// Waits for so many milliseconds. Who is interrupted meanwhile clears the timer.
    pub(crate) fn timer(&self, milliseconds: f64) -> JsValue {
        set_timeout(UNDER_WAY.0.tell(), milliseconds, FULFILLED, self.slot, self.number)
    }

    /// Waits until the promise is settled, or the call is interrupted. What is no promise counts as one that is fulfilled.
    pub(crate) fn until(&self, work: &JsValue) -> Coming<'_> {
        // Also who is interrupted: a rejection that nobody hears ends a Node process.
        self.listen_to(work);
        self.news()
    }

    fn listen_to(&self, work: &JsValue) {
        if let Err(thrown) = Work::resolve(work).and_then(|work| work.then(&self.fulfilled, &self.rejected)) {
            self.call.news.set(Some(News::Rejected(thrown)));
        }
    }

    /// Waits for what comes next.
    pub(crate) fn news(&self) -> Coming<'_> {
        Coming(&self.call)
    }
}

/// News that are on their way.
pub(crate) struct Coming<'a>(&'a Call);

impl Future for Coming<'_> {
    type Output = News;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<News> {
        let Self(call) = *self;
        match call.news.take() {
            _ if call.interrupted.get() => Poll::Ready(News::Interrupted),
            Some(news) => Poll::Ready(news),
            None => Poll::Pending,
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        UNDER_WAY.0.slots.borrow_mut().leave(self.slot);
    }
}

fn bound(how: u8, slot: u32, number: f64) -> Function {
    UNDER_WAY.0.tell().bind(&JsValue::UNDEFINED, how, slot, number)
}

/// A promise, and what resolves and rejects it.
struct Deferred {
    promise: Promise,
    resolve: Function,
    reject: Function,
}

impl Deferred {
    fn new() -> Self {
        let (mut resolves, mut rejects) = (JsValue::UNDEFINED, JsValue::UNDEFINED);
        let promise = Promise::new(&mut |resolve, reject| (resolves, rejects) = (resolve.into(), reject.into()));
        Self { promise, resolve: resolves.unchecked_into(), reject: rejects.unchecked_into() }
    }
}
