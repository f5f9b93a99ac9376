//! Faults on demand: what becomes of a request instead of, or after, the gateway's own answer.
//!
//! Which request meets which fault follows from the rules, the requests so far and the seed, so that a failing test can be
//! replayed. What can be done to bytes is done here; what takes time or a broken connection is an [`Effect`], for who
//! holds the connection. All of it is simulated: it is what networks, proxies and wrong software do, not what the gateway
//! documents, but for the body of a rate limit.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use super::{Answer, TakenAddress};
use crate::address::Flaw;
use crate::currency;
use crate::gateway::json::{Json, find};
use crate::text::join;

/// The documented body of a rate limit, which is no JSON (the gateway's errors page; 1015 is Cloudflare's number of it).
const RATE_LIMITED: &str = r#"{"errors":{"error code: 1015"}}"#;

/// What a proxy says of the server behind it.
const PAGE: &str = "<html><head><title>Sandbox</title></head><body><h1>Not the gateway's answer</h1></body></html>";

/// The longest that a timer waits, in milliseconds.
const LONGEST: u32 = 2_147_483_647;

/// How long a byte takes where a rule does not say, in milliseconds.
const DRIP: u32 = 20;

/// A rule: which requests meet which fault.
#[derive(Clone, PartialEq, Debug)]
pub struct Rule {
    /// The path that a request must have, such as `/addresses/take`.
    pub path: Option<String>,
    /// The currency that it must ask for.
    pub currency: Option<String>,
    /// The reference that it must have.
    pub foreign_id: Option<String>,
    /// How many of the requests that fit are left alone first.
    pub skip: u32,
    /// How many then meet the fault; all, where it is not given.
    pub times: Option<u32>,
    /// How likely each of them meets it, from 0 to 1.
    pub probability: f64,
    /// What they meet.
    pub fault: Fault,
}

/// What goes wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The answer comes late.
    Latency {
        /// By so much.
        milliseconds: u32,
    },
    /// The connection breaks before the gateway has done anything.
    Reset,
    /// The address is taken, and the connection breaks before a byte of the answer.
    LostAnswer,
    /// The answer breaks off.
    Truncate {
        /// After so many bytes of its body; half of it, where this is not given.
        bytes: Option<u32>,
    },
    /// The answer's body comes byte by byte.
    SlowDrip {
        /// The pause before each, 20 where it is not given.
        milliseconds: Option<u32>,
    },
    /// Another status, before the gateway has done anything.
    Status {
        /// From 200 to 599.
        status: u16,
        /// The body; a page of HTML, where it is not given.
        body: Option<String>,
        /// More headers.
        headers: BTreeMap<String, String>,
    },
    /// A page of HTML with status 200.
    Html,
    /// Too many requests, with the documented body that is no JSON.
    RateLimit {
        /// The header `Retry-After`, in seconds.
        retry_after: Option<u32>,
    },
    /// The answer is to somebody else's request.
    WrongEcho {
        /// Which of its echoes is wrong.
        field: Echo,
    },
    /// The answer's address has a character that is wrong.
    WrongChecksum,
    /// The answer lacks its destination tag.
    MissingTag,
}

/// A fault as rules write it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FaultFields {
    /// The name of the fault.
    pub name: String,
    /// See [`Fault::Latency`] and [`Fault::SlowDrip`].
    pub milliseconds: Option<u32>,
    /// See [`Fault::Truncate`].
    pub bytes: Option<u32>,
    /// See [`Fault::Status`].
    pub status: Option<u32>,
    /// See [`Fault::Status`].
    pub body: Option<String>,
    /// See [`Fault::Status`].
    pub headers: Option<BTreeMap<String, String>>,
    /// See [`Fault::RateLimit`].
    pub retry_after: Option<u32>,
    /// See [`Fault::WrongEcho`].
    pub field: Option<Echo>,
}

impl TryFrom<FaultFields> for Fault {
    type Error = String;

    fn try_from(fields: FaultFields) -> Result<Self, String> {
        let FaultFields { name, milliseconds, bytes, status, body, headers, retry_after, field } = fields;
        let given = [
            ("milliseconds", milliseconds.is_some()),
            ("bytes", bytes.is_some()),
            ("status", status.is_some()),
            ("body", body.is_some()),
            ("headers", headers.is_some()),
            ("retryAfter", retry_after.is_some()),
            ("field", field.is_some()),
        ];
        let missing = |needed: &str| join(&["of type `", &name, "` needs `", needed, "`"]);
        let (fault, takes): (_, &[&str]) = match name.as_str() {
            "latency" => {
                let milliseconds = milliseconds.ok_or_else(|| missing("milliseconds"))?;
                (Self::Latency { milliseconds }, &["milliseconds"])
            }
            "reset" => (Self::Reset, &[]),
            "lost-answer" => (Self::LostAnswer, &[]),
            "truncate" => (Self::Truncate { bytes }, &["bytes"]),
            "slow-drip" => (Self::SlowDrip { milliseconds }, &["milliseconds"]),
            "status" => {
                let status = u16::try_from(status.ok_or_else(|| missing("status"))?).unwrap_or_default();
                let headers = headers.unwrap_or_default();
                (Self::Status { status, body, headers }, &["status", "body", "headers"])
            }
            "html" => (Self::Html, &[]),
            "rate-limit" => (Self::RateLimit { retry_after }, &["retryAfter"]),
            "wrong-echo" => (Self::WrongEcho { field: field.unwrap_or_default() }, &["field"]),
            "wrong-checksum" => (Self::WrongChecksum, &[]),
            "missing-tag" => (Self::MissingTag, &[]),
            _ => return Err(join(&["has no type `", &name, "`: there are ", NAMES])),
        };
        match given.iter().find(|(given, is_given)| *is_given && !takes.contains(given)) {
            Some((stray, _)) => Err(join(&["of type `", &name, "` has no `", stray, "`"])),
            None => Ok(fault),
        }
    }
}

const NAMES: &str = "latency, reset, lost-answer, truncate, slow-drip, status, html, rate-limit, wrong-echo, \
                     wrong-checksum and missing-tag";

/// What an answer repeats of its request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Echo {
    /// The merchant's reference.
    #[default]
    ForeignId,
    /// The currency.
    Currency,
    /// The currency of conversion, which then is not there.
    ConvertTo,
}

/// What is done to an answer on its way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Effect {
    /// It waits.
    Latency {
        /// So long.
        milliseconds: u32,
    },
    /// It never comes, and the connection breaks.
    Reset,
    /// It breaks off.
    Truncate {
        /// After so many bytes of its body.
        bytes: usize,
    },
    /// Its body comes byte by byte.
    SlowDrip {
        /// After so long, each.
        milliseconds: u32,
    },
}

impl Fault {
    /// What is wrong with it, if anything, as the rest of a sentence.
    fn problem(&self) -> Option<&'static str> {
        match self {
            // What a `Response` can have (Fetch standard, §5.5).
            Self::Status { status, .. } if !(200..=599).contains(status) => Some("has a status that is not 200 to 599"),
            Self::Status { headers, .. } if !headers.iter().all(|(name, value)| is_header(name, value)) => {
                Some("has a header whose name or value cannot stand in one (RFC 9110 §5)")
            }
            // What a timer can wait (HTML standard: a 32-bit integer with a sign).
            Self::Latency { milliseconds } | Self::SlowDrip { milliseconds: Some(milliseconds) }
                if *milliseconds > LONGEST =>
            {
                Some("waits longer than a timer can: at most 2147483647 milliseconds")
            }
            _ => None,
        }
    }

    /// Its name, as rules have it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Latency { .. } => "latency",
            Self::Reset => "reset",
            Self::LostAnswer => "lost-answer",
            Self::Truncate { .. } => "truncate",
            Self::SlowDrip { .. } => "slow-drip",
            Self::Status { .. } => "status",
            Self::Html => "html",
            Self::RateLimit { .. } => "rate-limit",
            Self::WrongEcho { .. } => "wrong-echo",
            Self::WrongChecksum => "wrong-checksum",
            Self::MissingTag => "missing-tag",
        }
    }

    /// The answer that comes in the place of the gateway's, for faults that come before it.
    pub(super) fn answer(&self) -> Option<Answer> {
        let page = |status| Answer::new(status, "text/html; charset=UTF-8", PAGE.into());
        match self {
            Self::Status { status, body, headers } => {
                let mut answer = match body {
                    // Nothing may stand in these (RFC 9110 §15.3.5, §15.4.5).
                    _ if matches!(status, 204 | 205 | 304) => Answer::new(*status, "text/plain", String::new()),
                    Some(body) => Answer::new(*status, "application/json", body.clone()),
                    None => page(*status),
                };
                let is_given = |name: &str| headers.keys().any(|given| given.eq_ignore_ascii_case(name));
                answer.headers.retain(|(name, _)| !is_given(name));
                answer.headers.extend(headers.iter().map(|(name, value)| (name.clone(), value.clone())));
                Some(answer)
            }
            Self::Html => Some(page(200)),
            Self::RateLimit { retry_after } => {
                let mut answer = Answer::new(429, "text/plain; charset=UTF-8", RATE_LIMITED.into());
                let header = |seconds: u32| (String::from("retry-after"), seconds.to_string());
                answer.headers.extend(retry_after.map(header));
                Some(answer)
            }
            Self::Reset => Some(Answer::new(502, "text/plain", String::new())),
            _ => None,
        }
    }

    /// What is done to the answer on its way.
    pub(super) fn effect(&self, answer: &Answer) -> Option<Effect> {
        match self {
            Self::Latency { milliseconds } => Some(Effect::Latency { milliseconds: *milliseconds }),
            Self::Reset | Self::LostAnswer => Some(Effect::Reset),
            Self::Truncate { bytes } => {
                let asked = bytes.and_then(|bytes| usize::try_from(bytes).ok());
                // All of it would be no fault.
                let most = answer.body.len().saturating_sub(1);
                Some(Effect::Truncate { bytes: asked.unwrap_or(answer.body.len() / 2).min(most) })
            }
            Self::SlowDrip { milliseconds } => Some(Effect::SlowDrip { milliseconds: milliseconds.unwrap_or(DRIP) }),
            _ => None,
        }
    }

    /// What is said of an address that was taken.
    pub(super) fn distorted(&self, taken: &TakenAddress) -> TakenAddress {
        let mut told = taken.clone();
        match self {
            Self::WrongEcho { field: Echo::ForeignId } => told.foreign_id.push_str("-of-somebody-else"),
            Self::WrongEcho { field: Echo::Currency } => {
                told.currency = if taken.currency == "LTC" { "DOGE" } else { "LTC" }.into();
            }
            Self::WrongEcho { field: Echo::ConvertTo } => told.convert_to = None,
            Self::WrongChecksum => told.address = mistyped(taken),
            Self::MissingTag => told.tag = None,
            _ => {}
        }
        told
    }
}

/// The address with one character changed so that its checksum is wrong. Where there is none (Solana), it ends in a
/// character that no address has.
fn mistyped(taken: &TakenAddress) -> String {
    let wrong = (0..taken.address.len()).rev().flat_map(|at| {
        // Some of them are in each alphabet, in either case.
        ['2', '3', 'q', 'p', 'a', 'A', 'F', 'f'].into_iter().map(move |character| (at, character))
    });
    let check = currency::find(&taken.currency);
    let replaced = |(at, character): (usize, char)| -> String {
        taken.address.char_indices().map(|(index, old)| if index == at { character } else { old }).collect()
    };
    wrong
        .map(replaced)
        .find(|text| check.is_some_and(|currency| currency.check(text) == Err(Flaw::Checksum)))
        .unwrap_or_else(|| {
            let mut wrong = taken.address.clone();
            wrong.pop();
            wrong.push('0');
            wrong
        })
}

/// A token, and visible characters with single spaces or tabs between (RFC 9110 §5.1, §5.5).
fn is_header(name: &str, value: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty()
        && name.bytes().all(is_token)
        && value.bytes().all(|byte| byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t'))
        && value.trim() == value
}

/// The rules of a sandbox, and how far each of them is.
#[derive(Clone, Debug)]
pub(super) struct Faults {
    rules: Vec<Counted>,
    added: u32,
    /// The state of the dice (SplitMix64).
    dice: u64,
}

#[derive(Clone, Debug)]
struct Counted {
    id: u32,
    rule: Rule,
    fitting: u32,
    met: u32,
}

impl Faults {
    pub(super) fn new(seed: u64) -> Self {
        Self { rules: Vec::new(), added: 0, dice: seed }
    }

    /// Adds a rule behind all others, and returns its number.
    ///
    /// # Errors
    /// What is wrong with it, as the rest of a sentence that begins with its field.
    pub(super) fn add(&mut self, rule: Rule) -> Result<u32, (&'static str, &'static str)> {
        if !(0.0..=1.0).contains(&rule.probability) {
            return Err(("probability", "must be a number from 0 to 1"));
        }
        if let Some(problem) = rule.fault.problem() {
            return Err(("fault", problem));
        }
        self.added = self.added.saturating_add(1);
        self.rules.push(Counted { id: self.added, rule, fitting: 0, met: 0 });
        Ok(self.added)
    }

    /// Takes back one rule, or all.
    pub(super) fn remove(&mut self, id: Option<u32>) {
        self.rules.retain(|rule| id.is_some_and(|id| rule.id != id));
    }

    /// The fault that a request meets: that of the first rule which fits and is not used up.
    pub(super) fn of(&mut self, path: &str, body: &[u8]) -> Option<Fault> {
        if self.rules.is_empty() {
            return None;
        }
        let members = Json::parse(body).map(Json::into_members).unwrap_or_default();
        let mut dice = self.dice;
        let met = self.rules.iter_mut().find_map(|rule| rule.meets(path, &members, &mut dice));
        self.dice = dice;
        met
    }
}

impl Counted {
    fn meets(&mut self, path: &str, members: &[(String, Json)], dice: &mut u64) -> Option<Fault> {
        let Rule { path: asked, currency, foreign_id, skip, times, probability, fault } = &self.rule;
        let says = |name: &str, asked: &Option<String>| {
            asked.as_deref().is_none_or(|asked| find(members, name).and_then(Json::text) == Some(asked))
        };
        let fits = asked.as_deref().is_none_or(|asked| asked == path || path.strip_prefix(super::BASE) == Some(asked));
        if !(fits && says("currency", currency) && says("foreign_id", foreign_id)) {
            return None;
        }
        self.fitting = self.fitting.saturating_add(1);
        if self.fitting <= *skip || times.is_some_and(|times| self.met >= times) || roll(dice) >= *probability {
            return None;
        }
        self.met = self.met.saturating_add(1);
        Some(fault.clone())
    }
}

/// A number from 0 to 1, 1 excluded: the upper 53 bits of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom
/// Number Generators, 2014).
fn roll(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::vec;

    use super::*;
    use crate::currency::KNOWN;

    fn rule(fault: Fault) -> Rule {
        Rule { path: None, currency: None, foreign_id: None, skip: 0, times: None, probability: 1.0, fault }
    }

    fn faults(rules: Vec<Rule>) -> Faults {
        let mut faults = Faults::new(7);
        for rule in rules {
            faults.add(rule).unwrap();
        }
        faults
    }

    const TAKE: &str = "/api/v2/addresses/take";

    #[test]
    fn a_rule_meets_what_fits() {
        let mut faults = faults(vec![
            Rule { currency: Some("BTC".into()), foreign_id: Some("1".into()), ..rule(Fault::Html) },
            Rule { path: Some("/ping".into()), ..rule(Fault::Reset) },
        ]);
        for (path, body, fault) in [
            (TAKE, r#"{"currency":"BTC","foreign_id":"1"}"#, Some(Fault::Html)),
            (TAKE, r#"{"currency":"BTC","foreign_id":"2"}"#, None),
            (TAKE, "no JSON", None),
            ("/api/v2/ping", "", Some(Fault::Reset)),
        ] {
            assert_eq!(faults.of(path, body.as_bytes()), fault, "{path} {body}");
        }
        faults.remove(Some(2));
        assert_eq!(faults.of("/api/v2/ping", b""), None);
        faults.remove(None);
        assert_eq!(faults.of(TAKE, br#"{"currency":"BTC","foreign_id":"1"}"#), None);
    }

    #[test]
    fn rules_skip_and_are_used_up() {
        let mut faults = faults(vec![
            Rule { skip: 1, times: Some(2), ..rule(Fault::Html) },
            Rule { times: Some(1), ..rule(Fault::Reset) },
        ]);
        let met: Vec<_> = (0..5).map(|_| faults.of(TAKE, b"{}").map(|fault| fault.name())).collect();
        assert_eq!(met, [Some("reset"), Some("html"), Some("html"), None, None]);
    }

    #[test]
    fn chance_is_the_seeds() {
        let draw = |seed| {
            let mut faults = Faults::new(seed);
            faults.add(Rule { probability: 0.25, ..rule(Fault::Reset) }).unwrap();
            (0..1000).map(|_| faults.of(TAKE, b"{}").is_some()).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        let met = draw(1).into_iter().filter(|met| *met).count();
        assert!((200..300).contains(&met), "{met} of 1000");
    }

    #[test]
    fn rules_that_cannot_be_are_refused() {
        let mut faults = Faults::new(0);
        for probability in [-0.1, 1.1, f64::NAN] {
            assert_eq!(faults.add(Rule { probability, ..rule(Fault::Html) }).unwrap_err().0, "probability");
        }
        let status = |status| rule(Fault::Status { status, body: None, headers: BTreeMap::new() });
        assert_eq!(faults.add(status(101)).unwrap_err().0, "fault");
        assert_eq!(faults.add(status(600)).unwrap_err().0, "fault");
        assert_eq!(faults.add(status(503)), Ok(1));
        for (name, value) in [("a b", "1"), ("", "1"), ("a", "é"), ("a", "1\r\nb: 2"), ("a", " 1")] {
            let headers = [(name.into(), value.into())].into();
            let fault = Fault::Status { status: 503, body: None, headers };
            assert_eq!(faults.add(rule(fault)).unwrap_err().0, "fault", "{name:?}: {value:?}");
        }
        assert_eq!(faults.add(rule(Fault::Latency { milliseconds: LONGEST + 1 })).unwrap_err().0, "fault");
    }

    #[test]
    fn a_header_of_a_rule_takes_the_place_of_ours() {
        let headers = [("Content-Type".into(), "text/plain".into())].into();
        let answer = Fault::Status { status: 503, body: None, headers }.answer().unwrap();
        assert_eq!(answer.headers, [("Content-Type".into(), "text/plain".into())]);
    }

    /// For every currency, and many addresses of each: refused for its checksum, or for its form where it has none.
    #[test]
    fn a_mistyped_address_is_none() {
        use super::super::{Options, Request, Sandbox};
        use crate::signature::{Secret, Signer};

        let mut sandbox = Sandbox::new(Options::new("k", Secret::new("s"))).unwrap();
        for currency in KNOWN {
            let body = format!(r#"{{"currency":"{}","foreign_id":"1","amount":0.0001}}"#, currency.code);
            let signature = Signer::new(&Secret::new("s")).unwrap().sign(body.as_bytes());
            for _ in 0..20 {
                sandbox.answer(&Request {
                    method: "POST",
                    path: TAKE,
                    key: Some("k"),
                    signature: Some(&signature),
                    content_type: Some("application/json"),
                    body: body.as_bytes(),
                    now: 1_700_000_000_000,
                });
                let taken = sandbox.addresses().last().unwrap();
                let told = Fault::WrongChecksum.distorted(taken);
                let flaw = currency.check(&told.address).unwrap_err();
                let expected = if currency.networks[0].name == "Solana" { Flaw::Character } else { Flaw::Checksum };
                assert_eq!(flaw, expected, "{} {}", currency.code, told.address);
            }
        }
    }
}
