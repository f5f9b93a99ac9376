//! A gateway of our own: the same wire, valid test-network addresses, and no money behind any of them.
//!
//! It answers one request at a time, from bytes to bytes: whoever holds the socket hands the request in and the
//! answer out. It reads no clock and no randomness, so the same seed and the same requests give the same answers.
//! It is for tests and must never stand where customers pay.
//!
//! What the gateway documents is done as documented. What it does not document is simulated, and marked so where it
//! is done: the order of the checks, most validation texts, the size limit.
//!
//! | module | what it does |
//! |---|---|
//! | `deliveries` | callbacks on their way, and the schedule by which they are tried again |
//! | `deposit_addresses` | makes addresses out of a seed and a counter |
//! | `deposits` | what becomes of a deposit, and the body of its callbacks |
//! | `faults` | what goes wrong on demand |
//! | `journal` | all that changes, as events from which the same state is made again |
//! | `market` | currencies, minimum deposits, fees and prices |
//! | `money` | exact amounts |
//! | `refusals` | the documented error answers |
//! | `take_address` | `POST /addresses/take`: the gateway's side of its validation |

mod deliveries;
mod deposit_addresses;
mod deposits;
mod faults;
mod journal;
mod market;
mod money;
mod refusals;
mod take_address;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use crate::error::{Code, Error};
use crate::gateway::json::{Json, find};
use crate::signature::{Secret, Signer};
pub use deliveries::{Attempt, Callback, State};
use deposit_addresses::Generator;
use deposits::Place;
pub use deposits::{Deposit, DepositOrder, Plan, Status};
use faults::Faults;
pub use faults::{Echo, Effect, Fault, FaultFields, Rule};
pub use journal::Event;
pub use money::Amount;
use take_address::Order;
pub use take_address::TakenAddress;

/// What every path of the gateway's API begins with.
const BASE: &str = "/api/v2";

/// The longest body that is read, in bytes. Simulated: no limit is documented; a request has a few hundred.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// What a sandbox is made of.
#[derive(Clone, Debug)]
pub struct Options {
    /// The public key that requests must name.
    pub key: String,
    /// The secret that they must be signed with.
    pub secret: Secret,
    /// Where its addresses come from: the same seed gives the same ones.
    pub seed: u64,
    /// Whether a tag is a number on the wire instead of a string: the sources conflict.
    pub tag_as_integer: bool,
    /// Whether callbacks are written as PHP writes JSON, with `\/` and `\uXXXX`.
    pub php_escapes: bool,
    /// How many times faster than the clock deposits live and callbacks are tried again. Greater than zero.
    pub time_scale: f64,
}

impl Options {
    /// The options for a key pair, all others as they are by default.
    #[must_use]
    pub fn new(key: impl Into<String>, secret: Secret) -> Self {
        Self { key: key.into(), secret, seed: 0, tag_as_integer: false, php_escapes: true, time_scale: 1.0 }
    }
}

/// A request, as far as the gateway looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method, in upper case.
    pub method: &'a str,
    /// The path without its query, such as `/api/v2/addresses/take`.
    pub path: &'a str,
    /// The header `X-Processing-Key`.
    pub key: Option<&'a str>,
    /// The header `X-Processing-Signature`.
    pub signature: Option<&'a str>,
    /// The header `Content-Type`.
    pub content_type: Option<&'a str>,
    /// The raw body.
    pub body: &'a [u8],
    /// The time, in milliseconds since 1970.
    pub now: u64,
}

/// An answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// An answer, and what became of it by a fault.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Reply {
    /// The answer.
    pub answer: Answer,
    /// What is to be done to it on its way.
    pub effect: Option<Effect>,
    /// The name of the fault that was met.
    pub fault: Option<&'static str>,
}

/// What the merchant has of a currency.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Balance {
    /// The code of the currency.
    pub currency: String,
    /// `crypto` or `fiat`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// How much.
    pub balance: Amount,
}

/// A callback to be sent now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Delivery {
    /// The id of the callback.
    pub callback: u64,
    /// The bytes to send, which are text.
    pub body: String,
    /// The header `X-Processing-Signature`.
    pub signature: String,
    /// How often to send it.
    pub copies: u32,
    /// Whether somebody asked for it, beside the schedule.
    pub repeated: bool,
}

/// What falls due at some time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Task {
    /// A deposit, by its id, is confirmed or cancelled.
    End(u64),
    /// A callback, by its id, is sent.
    Send(u64),
}

/// A gateway of our own.
///
/// ```
/// use alphapo_wasm::sandbox::{Options, Request, Sandbox};
/// use alphapo_wasm::signature::{Secret, Signer};
///
/// let secret = Secret::new("AbCdEfG123456");
/// let body = br#"{"currency":"BTC","foreign_id":"user-17"}"#;
/// let signature = Signer::new(&secret)?.sign(body);
///
/// let mut sandbox = Sandbox::new(Options { seed: 1, ..Options::new("my-key", secret) })?;
/// let answer = sandbox.answer(&Request {
///     method: "POST",
///     path: "/api/v2/addresses/take",
///     key: Some("my-key"),
///     signature: Some(&signature),
///     content_type: Some("application/json"),
///     body,
///     now: 1_700_000_000_000,
/// });
/// assert_eq!(answer.status, 201);
/// assert!(answer.body.contains(r#""address":"tb1q"#));
/// assert_eq!(sandbox.addresses()[0].foreign_id, "user-17");
/// # Ok::<(), alphapo_wasm::error::Error>(())
/// ```
#[derive(Debug)]
pub struct Sandbox {
    key: String,
    signer: Signer,
    generator: Generator,
    tag_as_integer: bool,
    php_escapes: bool,
    time_scale: f64,
    addresses: Vec<TakenAddress>,
    /// Where in `addresses` an address is.
    places: BTreeMap<String, usize>,
    deposits: Vec<Deposit>,
    callbacks: Vec<Callback>,
    /// What was credited, by currency.
    balances: BTreeMap<String, Amount>,
    /// What falls due when, in milliseconds since 1970.
    agenda: BTreeSet<(u64, Task)>,
    faults: Faults,
    /// When something happened last, in milliseconds since 1970.
    latest: u64,
    /// What has changed and was not taken by `take_events`.
    events: Vec<Event>,
}

impl Sandbox {
    /// Opens a sandbox for one key pair.
    ///
    /// # Errors
    /// [`Code::InvalidOption`] for an empty secret, a key that cannot stand in a header, or an unusable scale.
    pub fn new(options: Options) -> Result<Self, Error> {
        let seed = options.seed;
        let mut sandbox = Self::closed(options)?;
        let key = sandbox.key.clone();
        sandbox.events.push(Event::Opened { key, seed: seed.to_string() });
        Ok(sandbox)
    }

    /// Opens a sandbox as it was left: with the events of its earlier life, in their order. Its seed is that of then,
    /// and callbacks that were under way are sent again.
    ///
    /// # Errors
    /// Those of [`Self::new`], and [`Code::InvalidOption`] of `journal` when the events are not a sandbox's of this key.
    pub fn restore(options: Options, events: impl IntoIterator<Item = Event>) -> Result<Self, Error> {
        let mut events = events.into_iter();
        let Some(opened) = events.next() else {
            return Self::new(options);
        };
        let seed = match opened {
            Event::Opened { key, seed } if key == options.key => seed.parse().ok(),
            Event::Opened { .. } => {
                let problem = "is of another key: give it the key that it was made with, or another journal";
                return Err(Error::of_field(Code::InvalidOption, "journal", problem));
            }
            _ => None,
        };
        let broken = || Error::of_field(Code::InvalidOption, "journal", "is not one of this version, or not whole");
        let mut sandbox = Self::closed(Options { seed: seed.ok_or_else(broken)?, ..options })?;
        for event in events {
            sandbox.apply(&event).ok_or_else(broken)?;
        }
        Ok(sandbox)
    }

    fn closed(options: Options) -> Result<Self, Error> {
        if options.key.is_empty() || !options.key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::of_field(
                Code::InvalidOption,
                "key",
                "must be one or more visible ASCII characters, because it stands in a header",
            ));
        }
        if !(options.time_scale > 0.0 && options.time_scale.is_finite()) {
            return Err(Error::of_field(Code::InvalidOption, "timeScale", "must be a number greater than zero"));
        }
        Ok(Self {
            signer: Signer::new(&options.secret)?,
            key: options.key,
            generator: Generator::new(options.seed),
            tag_as_integer: options.tag_as_integer,
            php_escapes: options.php_escapes,
            time_scale: options.time_scale,
            addresses: Vec::new(),
            places: BTreeMap::new(),
            deposits: Vec::new(),
            callbacks: Vec::new(),
            balances: BTreeMap::new(),
            agenda: BTreeSet::new(),
            faults: Faults::new(options.seed),
            latest: 0,
            events: Vec::new(),
        })
    }

    /// Answers a request as the gateway does. Whatever is in it, there is an answer.
    pub fn answer(&mut self, request: &Request<'_>) -> Answer {
        self.answer_with(request, None)
    }

    /// Answers a request that may meet a fault: the given one, or else that of a rule.
    pub fn reply(&mut self, request: &Request<'_>, fault: Option<Fault>) -> Reply {
        let fault = fault.or_else(|| self.faults.of(request.path, request.body));
        let instead = fault.as_ref().and_then(Fault::answer);
        let answer = instead.unwrap_or_else(|| self.answer_with(request, fault.as_ref()));
        let effect = fault.as_ref().and_then(|fault| fault.effect(&answer));
        Reply { answer, effect, fault: fault.map(|fault| fault.name()) }
    }

    /// Adds a rule of faults behind all others, and returns its number.
    ///
    /// # Errors
    /// [`Code::InvalidOption`] with the field at fault.
    pub fn add_fault(&mut self, rule: Rule) -> Result<u32, Error> {
        self.faults.add(rule).map_err(|(field, problem)| Error::of_field(Code::InvalidOption, field, problem))
    }

    /// Takes back one rule of faults, or all.
    pub fn remove_faults(&mut self, rule: Option<u32>) {
        self.faults.remove(rule);
    }

    /// Makes a deposit, at a time in milliseconds since 1970, and returns its id.
    ///
    /// # Errors
    /// [`Code::InvalidOption`] with every field at fault.
    pub fn deposit(&mut self, order: &DepositOrder, now: u64) -> Result<u64, Error> {
        let index = self.places.get(&order.address).ok_or_else(deposits::unknown_address)?;
        let taken = self.addresses.get(*index).ok_or_else(deposits::unknown_address)?;
        let used = self.deposits.iter().any(|deposit| deposit.address_id == taken.id);
        let id = next_id(self.deposits.len());
        let place = Place { taken, used, now, time_scale: self.time_scale };
        let deposit = order.deposit(place, id, self.generator.txid(id))?;
        self.record(Event::Deposit(deposit));
        Ok(id)
    }

    /// Does what has fallen due, at a time in milliseconds since 1970, and says which callbacks to send now, in their
    /// order. Each is to be answered by [`Self::attempted`].
    pub fn due(&mut self, now: u64) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        while let Some(entry) = self.agenda.first().copied().filter(|(at, _)| *at <= now) {
            self.agenda.remove(&entry);
            match entry.1 {
                Task::End(deposit) => self.record(Event::Ended { deposit, at: entry.0 }),
                Task::Send(callback) => deliveries.extend(self.send(callback, false)),
            }
        }
        deliveries
    }

    /// When something falls due next, in milliseconds since 1970.
    #[must_use]
    pub fn next_due(&self) -> Option<u64> {
        self.agenda.first().map(|(at, _)| *at)
    }

    /// When a deposit was made or came to its end, or a callback was sent, last: in milliseconds since 1970, or 0.
    #[must_use]
    pub fn latest(&self) -> u64 {
        self.latest
    }

    /// A callback to be sent again beside its schedule, as in the dashboard.
    ///
    /// # Errors
    /// [`Code::InvalidOption`] when there is none of this id.
    pub fn repeat(&mut self, callback: u64) -> Result<Delivery, Error> {
        self.send(callback, true).ok_or_else(|| deposits::unknown_callback(callback))
    }

    /// Notes how an attempt to deliver a callback ended.
    pub fn attempted(&mut self, callback: u64, attempt: Attempt) {
        self.record(Event::Attempt { callback, attempt });
    }

    /// Every address it has handed out, in their order. The list lives and grows as long as the sandbox.
    #[must_use]
    pub fn addresses(&self) -> &[TakenAddress] {
        &self.addresses
    }

    /// Every deposit, in their order.
    #[must_use]
    pub fn deposits(&self) -> &[Deposit] {
        &self.deposits
    }

    /// Every callback, in the order in which they came to be.
    #[must_use]
    pub fn callbacks(&self) -> &[Callback] {
        &self.callbacks
    }

    /// What was credited, in each currency that anything was.
    #[must_use]
    pub fn balances(&self) -> Vec<Balance> {
        let balance = |(currency, balance): (&String, &Amount)| Balance {
            currency: currency.clone(),
            kind: market::kind(currency),
            balance: *balance,
        };
        self.balances.iter().map(balance).collect()
    }

    /// What has changed since this was asked last.
    pub fn take_events(&mut self) -> Vec<Event> {
        core::mem::take(&mut self.events)
    }

    fn answer_with(&mut self, request: &Request<'_>, fault: Option<&Fault>) -> Answer {
        match self.respond(request, fault) {
            Ok(answer) | Err(answer) => answer,
        }
    }

    fn respond(&mut self, request: &Request<'_>, fault: Option<&Fault>) -> Result<Answer, Answer> {
        if request.body.len() > MAX_BODY_BYTES {
            return Err(refusals::too_large());
        }
        // The one endpoint that is not signed.
        if (request.method, request.path.strip_prefix(BASE)) == ("GET", Some("/ping")) {
            return Ok(Answer::text(200, "OK"));
        }
        // The errors page: a wrong URL is answered like a missing key, even if there is one. That the method belongs to
        // the URL is simulated.
        let endpoint = Endpoint::of(request).ok_or_else(refusals::required_header_key)?;
        let members = self.authentic(request, endpoint)?;
        match endpoint {
            Endpoint::TakeAddress => self.take_address(&members, request.now, fault),
            Endpoint::Currencies => currencies(&members),
            Endpoint::Pairs => pairs(&members),
            Endpoint::Accounts => Ok(self.accounts()),
        }
    }

    /// The members of a signed request's body. The order of these checks is simulated; it is the one in which the
    /// errors page lists them, from the key inwards.
    fn authentic(&self, request: &Request<'_>, endpoint: Endpoint) -> Result<Vec<(String, Json)>, Answer> {
        let present = |header: Option<&str>| header.is_some_and(|value| !value.is_empty());
        if !present(request.key) {
            return Err(refusals::required_header_key());
        }
        if request.key != Some(self.key.as_str()) {
            return Err(refusals::bad_header_key());
        }
        if !present(request.signature) {
            return Err(refusals::required_header_signature());
        }
        // Documented is lower-case hex. Whether the gateway takes upper case is unknown; the sandbox does.
        let signature = request.signature.unwrap_or_default();
        if !self.signer.verify(request.body, signature.as_bytes()) {
            return Err(refusals::bad_header_signature());
        }
        // Documented for a missing header; that another type is refused alike is simulated.
        if !request.content_type.is_some_and(is_json) {
            return Err(refusals::bad_content_format());
        }
        match Json::parse(request.body) {
            Some(Json::Object(members)) => Ok(members),
            // PHP has one empty array for both, and clients are reported to send these where there is nothing to say.
            Some(Json::List(items)) if items.is_empty() && endpoint != Endpoint::TakeAddress => Ok(Vec::new()),
            Some(Json::Null) if endpoint != Endpoint::TakeAddress => Ok(Vec::new()),
            _ => Err(refusals::bad_content_format()),
        }
    }

    fn take_address(&mut self, members: &[(String, Json)], now: u64, fault: Option<&Fault>) -> Result<Answer, Answer> {
        let order = Order::read(members).map_err(|errors| refusals::validation(&errors))?;
        // Ids begin at 1 and never repeat: taking twice with one `foreign_id` gives two addresses.
        let id = next_id(self.addresses.len());
        let deposit = self.generator.deposit(&order, id, now / 1000).ok_or_else(refusals::failed)?;
        let taken = order.taken(id, deposit);
        let told = fault.map_or_else(|| taken.clone(), |fault| fault.distorted(&taken));
        let answer = Answer::json(201, told.to_body(self.tag_as_integer));
        self.record(Event::Address(taken));
        Ok(answer)
    }

    /// The balance of every currency. Simulated: whether the gateway lists those that never had one.
    fn accounts(&self) -> Answer {
        let mut data = market::List::new();
        for code in market::codes() {
            let mut account = data.entry();
            account.text("currency", code);
            account.text("type", market::kind(code));
            account.text("balance", &self.balances.get(code).copied().unwrap_or_default().to_string());
            account.end();
        }
        Answer::json(200, data.end())
    }

    /// Changes the state by an event that follows from it, and keeps the event.
    fn record(&mut self, event: Event) {
        if self.apply(&event).is_some() {
            self.events.push(event);
        }
    }

    /// Changes the state. None if the event does not belong to it.
    fn apply(&mut self, event: &Event) -> Option<()> {
        match event {
            Event::Opened { .. } => None,
            Event::Address(taken) => self.add_address(taken),
            Event::Deposit(deposit) => self.add_deposit(deposit),
            Event::Ended { deposit, at } => self.end(*deposit, *at),
            Event::Attempt { callback, attempt } => self.add_attempt(*callback, attempt),
        }
    }

    fn add_address(&mut self, taken: &TakenAddress) -> Option<()> {
        (taken.id == next_id(self.addresses.len())).then_some(())?;
        self.places.insert(taken.address.clone(), self.addresses.len());
        self.addresses.push(taken.clone());
        Some(())
    }

    fn add_deposit(&mut self, deposit: &Deposit) -> Option<()> {
        (deposit.id == next_id(self.deposits.len())).then_some(())?;
        let Plan { begins_at, ends_at, instant, overtaken, .. } = deposit.plan;
        self.latest = self.latest.max(begins_at);
        self.deposits.push(deposit.clone());
        self.agenda.insert((ends_at, Task::End(deposit.id)));
        if !instant {
            let at = overtaken.map_or(begins_at, |late| ends_at.saturating_add(late));
            self.add_callback(deposit.id, at)?;
        }
        Some(())
    }

    fn end(&mut self, id: u64, at: u64) -> Option<()> {
        let deposit = self.deposits.get_mut(index_of(id)?)?;
        (deposit.status == Status::NotConfirmed).then_some(())?;
        deposit.status = deposit.plan.end;
        self.latest = self.latest.max(at);
        self.agenda.remove(&(deposit.plan.ends_at, Task::End(id)));
        if deposit.status == Status::Confirmed {
            let balance = self.balances.entry(deposit.received_currency.clone()).or_default();
            *balance = balance.plus(deposit.net);
        }
        self.add_callback(id, at)
    }

    /// Puts the callback of a deposit's present state on the agenda.
    fn add_callback(&mut self, deposit: u64, at: u64) -> Option<()> {
        let told = self.deposits.get(index_of(deposit)?)?;
        let taken = self.addresses.get(index_of(told.address_id)?)?;
        let body = told.callback(taken, self.tag_as_integer);
        let body = if self.php_escapes { deliveries::escaped_as_php(&body) } else { body };
        let id = next_id(self.callbacks.len());
        self.callbacks.push(Callback {
            id,
            deposit,
            status: told.status.as_str(),
            signature: self.signer.sign(body.as_bytes()),
            body,
            state: State::Scheduled,
            attempts: Vec::new(),
            next_attempt: Some(at),
            copies: told.plan.copies,
            scheduled_attempts: 0,
        });
        self.agenda.insert((at, Task::Send(id)));
        Some(())
    }

    fn add_attempt(&mut self, id: u64, attempt: &Attempt) -> Option<()> {
        let time_scale = self.time_scale;
        let callback = self.callbacks.get_mut(index_of(id)?)?;
        self.latest = self.latest.max(attempt.at);
        let before = callback.next_attempt;
        callback.attempted(attempt.clone(), time_scale);
        // A repeated attempt may end while the scheduled one is under way, which is not to be sent twice.
        if attempt.repeated && callback.next_attempt == before {
            return Some(());
        }
        if let Some(at) = before {
            self.agenda.remove(&(at, Task::Send(id)));
        }
        if let Some(at) = callback.next_attempt {
            self.agenda.insert((at, Task::Send(id)));
        }
        Some(())
    }

    fn send(&mut self, id: u64, repeated: bool) -> Option<Delivery> {
        let callback = self.callbacks.get_mut(index_of(id)?)?;
        callback.state = State::Sending;
        Some(Delivery {
            callback: id,
            body: callback.body.clone(),
            signature: callback.signature.clone(),
            copies: if repeated { 1 } else { callback.copies },
            repeated,
        })
    }
}

/// Ids are counted from 1.
fn next_id(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX).saturating_add(1)
}

fn index_of(id: u64) -> Option<usize> {
    usize::try_from(id.checked_sub(1)?).ok()
}

/// Older documentation has a switch for those that are not supported.
fn currencies(members: &[(String, Json)]) -> Result<Answer, Answer> {
    let visible = match find(members, "visible") {
        None | Some(Json::Null) => true,
        Some(Json::Bool(visible)) => *visible,
        Some(_) => {
            let message = "The visible field must be true or false.".into();
            return Err(refusals::validation(&[("visible", message)]));
        }
    };
    Ok(Answer::json(200, market::list(visible)))
}

/// The texts of its errors are documented.
fn pairs(members: &[(String, Json)]) -> Result<Answer, Answer> {
    let mut errors = Vec::new();
    let mut side = |field: &'static str, message: &str| match find(members, field) {
        None | Some(Json::Null) => None,
        Some(Json::Text(code)) if market::price(code).is_some() => Some(code.as_str()),
        Some(_) => {
            errors.push((field, message.into()));
            None
        }
    };
    let from = side("currency_from", "The selected currency from is invalid.");
    let to = side("currency_to", "The selected currency to is invalid.");
    if errors.is_empty() { Ok(Answer::json(200, market::pairs(from, to))) } else { Err(refusals::validation(&errors)) }
}

/// What the sandbox serves to who signs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Endpoint {
    TakeAddress,
    Currencies,
    Pairs,
    Accounts,
}

impl Endpoint {
    fn of(request: &Request<'_>) -> Option<Self> {
        match (request.method, request.path.strip_prefix(BASE)?) {
            ("POST", "/addresses/take") => Some(Self::TakeAddress),
            ("POST", "/currencies/list") => Some(Self::Currencies),
            ("POST", "/currencies/pairs") => Some(Self::Pairs),
            ("POST", "/accounts/list") => Some(Self::Accounts),
            _ => None,
        }
    }
}

impl Answer {
    fn new(status: u16, content_type: &str, body: String) -> Self {
        Self { status, headers: [("content-type".into(), content_type.into())].into(), body }
    }

    fn json(status: u16, body: String) -> Self {
        Self::new(status, "application/json", body)
    }

    fn text(status: u16, body: &str) -> Self {
        Self::new(status, "text/plain; charset=UTF-8", body.into())
    }
}

/// Whether a content type is `application/json`, with or without parameters (RFC 9110 §8.3.1).
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests;
