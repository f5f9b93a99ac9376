//! The wire of the gateway: what is sent to it and what comes back, as bytes and text.
//!
//! Every rule here stands in the gateway's documentation or in what its integrations have seen; what neither
//! says is handled tolerantly and marked. Nothing here sends anything.

pub mod amount;
#[cfg(test)]
mod arbitrary;
pub mod callback;
mod deposit_check;
pub mod endpoint;
pub mod json;
pub mod refusal;
pub mod request;
pub mod response;
