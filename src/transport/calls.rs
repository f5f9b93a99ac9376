//! The calls under way, each a future that is run to a promise.
//!
//! A call waits for one promise after the other, or for the one deadline that ends it, so it needs neither a queue of
//! tasks nor wakers: whatever comes of what it waits for polls it again. One function of JavaScript's, given the number of
//! a call, serves them all: a closure for each would have to be registered with the garbage collector, in case that nobody
//! calls it. ARCHITECTURE.md has what that took. The executor of `js-sys`, which runs any future, is 3 KB larger.
//! Nothing here throws, and nothing is polled inside the caller's own call.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, OnceCell, RefCell};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, RequestInit};

#[wasm_bindgen(module = "/src/transport/line.js")]
extern "C" {
    /// A call's own end of the line: what it waits by, and is ended by.
    #[derive(Clone)]
    pub(super) type Line;
    // It is always there, but see `crate::foreign` on what throws.
    #[wasm_bindgen(catch, js_name = lineOf)]
    fn line_of(
        tell: &Function,
        slot: u32,
        number: f64,
        timeout: f64,
        signal: &JsValue,
    ) -> Result<Option<Line>, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn promise(this: &Line) -> Promise;
    #[wasm_bindgen(method)]
    pub(super) fn post(this: &Line, fetch: &Function, url: &str, init: &RequestInit);
    #[wasm_bindgen(method)]
    pub(super) fn read(this: &Line, response: &JsValue);
    #[wasm_bindgen(method, js_name = giveUp)]
    pub(super) fn give_up(this: &Line, controller: &AbortController);
    #[wasm_bindgen(method)]
    pub(super) fn pause(this: &Line, milliseconds: f64);
    #[wasm_bindgen(method, js_name = isAborted)]
    pub(super) fn is_aborted(this: &Line) -> bool;
    #[wasm_bindgen(method)]
    pub(super) fn remaining(this: &Line) -> f64;
    #[wasm_bindgen(method)]
    fn end(this: &Line, is_fulfilled: bool, value: &JsValue);
}

/// What a call is told.
pub(super) enum News {
    /// What it waited for came to this.
    Fulfilled(JsValue),
    /// What it waited for failed.
    Rejected(JsValue),
    /// It must not go on. It is told nothing else from then on.
    Ended(Ending),
}

/// What ends a call whatever it waits for.
#[derive(Clone, Copy)]
pub(super) enum Ending {
    /// Its caller's signal was aborted.
    Aborted,
    /// Its deadline passed.
    TimedOut,
}

// The kinds of news, as line.js has them; any other is that the deadline passed.
const FULFILLED: u8 = 0;
const REJECTED: u8 = 1;
const ABORTED: u8 = 2;

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
});

/// Every call that has not ended.
struct UnderWay {
    slots: RefCell<Slots>,
    /// Hands news to a call: what kind of news it is, the call's slot, its number, and a value.
    tell: OnceCell<Function>,
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
    fn tell(&self) -> &Function {
        self.tell.get_or_init(|| {
            // Not `FnMut`: a caller's `fetch` may abort the caller's signal.
            let tell = Closure::<dyn Fn(u8, u32, f64, JsValue)>::new(|how, slot, number, value| {
                let call = UNDER_WAY.0.slots.borrow().call(slot, number);
                if let Some(call) = call {
                    call.tell(match how {
                        FULFILLED => News::Fulfilled(value),
                        REJECTED => News::Rejected(value),
                        ABORTED => News::Ended(Ending::Aborted),
                        _ => News::Ended(Ending::TimedOut),
                    });
                }
            });
            tell.into_js_value().unchecked_into()
        })
    }
}

/// One call.
#[derive(Default)]
pub(super) struct Call {
    news: Cell<Option<News>>,
    ended: Cell<Option<Ending>>,
    /// Whether it was polled.
    begun: Cell<bool>,
    /// None while it is polled, and as soon as it has ended.
    running: Cell<Option<Running>>,
}

struct Running {
    work: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>,
    line: Line,
}

impl Call {
    /// Runs the work, which waits by the call's own line alone, as soon as the call is told something.
    pub(super) fn run(&self, line: Line, work: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
        let promise = line.promise();
        self.running.set(Some(Running { work: Box::pin(work), line }));
        promise
    }

    fn tell(&self, news: News) {
        match news {
            News::Ended(ending) => self.ended.set(self.ended.get().or(Some(ending))),
            news if self.begun.get() => self.news.set(Some(news)),
            // The first is that it may begin.
            _ => {}
        }
        self.go_on();
    }

    fn go_on(&self) {
        // A signal may be aborted, or a timer run out, before there is anything to run: it ends when it begins then.
        let Some(mut running) = self.running.take() else {
            return;
        };
        self.begun.set(true);
        match running.work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => self.running.set(Some(running)),
            Poll::Ready(Ok(value)) => running.line.end(true, &value),
            Poll::Ready(Err(error)) => running.line.end(false, &error),
        }
    }
}

/// A call that is under way until this is dropped.
pub(super) struct Place {
    call: Rc<Call>,
    slot: u32,
    number: f64,
}

impl Place {
    pub(super) fn enter() -> Self {
        let call = Rc::<Call>::default();
        let (slot, number) = UNDER_WAY.0.slots.borrow_mut().enter(Rc::clone(&call));
        Self { call, slot, number }
    }

    pub(super) fn call(&self) -> Rc<Call> {
        Rc::clone(&self.call)
    }

    /// The line that tells the call. It ends in `timeout` milliseconds, or by its caller's signal, if not before.
    ///
    /// # Errors
    /// What a signal throws that is none.
    pub(super) fn line(&self, timeout: u32, signal: &JsValue) -> Result<Line, JsValue> {
        let line = line_of(UNDER_WAY.0.tell(), self.slot, self.number, timeout.into(), signal)?;
        line.ok_or(JsValue::UNDEFINED)
    }

    /// What ended the call, if anything has.
    pub(super) fn ended(&self) -> Option<Ending> {
        self.call.ended.get()
    }

    /// What comes next.
    pub(super) fn news(&self) -> Coming<'_> {
        Coming(&self.call)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        UNDER_WAY.0.slots.borrow_mut().leave(self.slot);
    }
}

/// News that are on their way.
pub(super) struct Coming<'a>(&'a Call);

impl Future for Coming<'_> {
    type Output = News;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<News> {
        let Self(call) = *self;
        let news = call.news.take();
        call.ended.get().map(News::Ended).or(news).map_or(Poll::Pending, Poll::Ready)
    }
}
