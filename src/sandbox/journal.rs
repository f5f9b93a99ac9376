//! All that changes in a sandbox, as events: the same events give the same state, so keeping them is keeping it. What can
//! be told from them (bodies, signatures, balances, the schedule) is not in them.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::deliveries::Attempt;
use super::deposits::Deposit;
use super::take_address::TakenAddress;

/// One change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The first of all. The secret is not in it.
    Opened {
        /// The key of the sandbox.
        key: String,
        /// Its seed, as text: it has more bits than JavaScript's numbers.
        seed: String,
    },
    /// An address was handed out.
    Address(TakenAddress),
    /// A deposit was made.
    Deposit(Deposit),
    /// A deposit was confirmed or cancelled, as planned.
    Ended {
        /// The deposit's id.
        deposit: u64,
        /// When, in milliseconds since 1970.
        at: u64,
    },
    /// An attempt to deliver a callback came to its end.
    Attempt {
        /// The callback's id.
        callback: u64,
        /// How it ended.
        attempt: Attempt,
    },
}
