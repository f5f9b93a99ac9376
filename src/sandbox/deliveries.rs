//! Callbacks on their way: what was sent, how it was answered, and when it is tried again.
//!
//! Source: the gateway's page on callbacks. Only HTTP 200 counts; whatever else comes is tried again twelve times, each
//! pause counted from the attempt before it. Nothing here sends: who holds the network asks what is due.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::deposits::scaled;

/// The pauses before the second to the thirteenth attempt, in minutes (the gateway's page on callbacks, April 2026).
const PAUSES: [u64; 12] = [1, 5, 15, 30, 60, 90, 120, 180, 240, 240, 240, 240];

const MILLISECONDS_A_MINUTE: u64 = 60_000;

/// A callback.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Callback {
    /// Counted from 1.
    pub id: u64,
    /// The id of the deposit it tells of.
    pub deposit: u64,
    /// The deposit's status that it tells.
    pub status: &'static str,
    /// The exact bytes, which are text.
    pub body: String,
    /// What signs them.
    pub signature: String,
    /// Where it stands.
    pub state: State,
    /// Every attempt so far.
    pub attempts: Vec<Attempt>,
    /// When it is tried next, in milliseconds since 1970.
    pub next_attempt: Option<u64>,
    /// How often an attempt sends it.
    pub copies: u32,
    /// How many attempts of the schedule were made: repeating by hand does not count.
    #[serde(skip)]
    pub(super) scheduled_attempts: usize,
}

/// Where a callback stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Not tried yet.
    Scheduled,
    /// On its way.
    Sending,
    /// Answered with 200.
    Delivered,
    /// Not answered with 200, and to be tried again.
    Waiting,
    /// Not answered with 200 by the last attempt of all.
    GivenUp,
}

/// One attempt to deliver.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Attempt {
    /// When its answer came, in milliseconds since 1970.
    pub at: u64,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// Why there was none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
    /// Whether somebody asked for it.
    #[serde(default)]
    pub repeated: bool,
}

impl Attempt {
    fn is_delivered(&self) -> bool {
        self.status == Some(200)
    }
}

impl Callback {
    /// Notes how an attempt ended, and when the next one is due.
    pub(super) fn attempted(&mut self, attempt: Attempt, time_scale: f64) {
        // A repeated one leaves the schedule as it was.
        if !attempt.repeated {
            let pause = PAUSES.get(self.scheduled_attempts);
            let milliseconds = pause.map(|minutes| scaled(minutes.saturating_mul(MILLISECONDS_A_MINUTE), time_scale));
            self.next_attempt = milliseconds.map(|milliseconds| attempt.at.saturating_add(milliseconds));
            self.scheduled_attempts = self.scheduled_attempts.saturating_add(1);
        }
        self.attempts.push(attempt);
        // What arrived once is never tried again, even if an attempt that was under way beside it fails later.
        if self.is_delivered() {
            self.next_attempt = None;
        }
        self.state = self.rest();
    }

    fn is_delivered(&self) -> bool {
        self.attempts.iter().any(Attempt::is_delivered)
    }

    /// Where it stands while nothing is on its way.
    fn rest(&self) -> State {
        match self.next_attempt {
            _ if self.is_delivered() => State::Delivered,
            Some(_) if self.scheduled_attempts == 0 => State::Scheduled,
            Some(_) => State::Waiting,
            None => State::GivenUp,
        }
    }
}

/// Writes JSON as PHP's `json_encode` does by itself: `/` as `\/`, and all that is not ASCII as `\uXXXX`, in halves of
/// UTF-16. The sender recorded in 2019 was written in PHP; that it uses no flags is inferred.
pub(super) fn escaped_as_php(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '/' => out.push_str("\\/"),
            ' '..='\u{7f}' => out.push(character),
            _ => {
                let mut halves = [0; 2];
                for half in character.encode_utf16(&mut halves) {
                    out.push_str("\\u");
                    out.push_str(&hex::encode(half.to_be_bytes()));
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn callback() -> Callback {
        Callback {
            id: 1,
            deposit: 1,
            status: "confirmed",
            body: "{}".into(),
            signature: String::new(),
            state: State::Sending,
            attempts: vec![],
            next_attempt: Some(0),
            copies: 1,
            scheduled_attempts: 0,
        }
    }

    fn attempt(at: u64, status: Option<u16>) -> Attempt {
        Attempt { at, status, error: None, repeated: false }
    }

    #[test]
    fn the_documented_schedule() {
        let mut callback = callback();
        let mut now = 0;
        let mut minutes = vec![];
        for status in [None, Some(500), Some(201), Some(204), Some(302), Some(404)].into_iter().cycle().take(13) {
            callback.attempted(attempt(now, status), 1.0);
            if let Some(next) = callback.next_attempt {
                assert_eq!(callback.state, State::Waiting);
                minutes.push((next - now) / 60_000);
                now = next;
            }
        }
        assert_eq!(minutes, [1, 5, 15, 30, 60, 90, 120, 180, 240, 240, 240, 240]);
        assert_eq!((callback.state, callback.attempts.len()), (State::GivenUp, 13));
    }

    #[test]
    fn a_200_ends_it() {
        let mut callback = callback();
        callback.attempted(attempt(5, Some(500)), 60.0);
        assert_eq!(callback.next_attempt, Some(1_005));
        callback.attempted(attempt(1_005, Some(200)), 60.0);
        assert_eq!((callback.state, callback.next_attempt), (State::Delivered, None));
    }

    #[test]
    fn what_is_repeated_by_hand_leaves_the_schedule_alone() {
        let mut callback = callback();
        callback.attempted(attempt(0, None), 1.0);
        callback.attempted(Attempt { repeated: true, ..attempt(10, Some(500)) }, 1.0);
        assert_eq!((callback.state, callback.next_attempt), (State::Waiting, Some(60_000)));
        callback.attempted(Attempt { repeated: true, ..attempt(20, Some(200)) }, 1.0);
        assert_eq!((callback.state, callback.next_attempt), (State::Delivered, None));
        callback.attempted(Attempt { repeated: true, ..attempt(30, Some(500)) }, 1.0);
        assert_eq!((callback.state, callback.next_attempt), (State::Delivered, None));
    }

    #[test]
    fn a_late_failure_beside_a_repeated_one_that_arrived_changes_nothing() {
        let mut callback = callback();
        callback.attempted(Attempt { repeated: true, ..attempt(10, Some(200)) }, 1.0);
        callback.attempted(attempt(20, Some(500)), 1.0);
        assert_eq!((callback.state, callback.next_attempt), (State::Delivered, None));
    }

    #[test]
    fn escapes_are_those_of_php() {
        assert_eq!(escaped_as_php("{\"a\":\"é/€😀~ \"}"), r#"{"a":"\u00e9\/\u20ac\ud83d\ude00~ "}"#);
        assert_eq!(escaped_as_php("\u{7f}\u{80}"), "\u{7f}\\u0080", "DEL is ASCII, and PHP leaves it");
    }
}
