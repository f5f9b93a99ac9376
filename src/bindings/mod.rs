//! Everything wasm-bindgen: exports, conversions and the typings that JavaScript sees.
//!
//! Values are converted here, in both directions, and nothing is decided: the rules are in the modules below.
//! Doc comments in this folder are TSDoc, because they become the package's typings.

#[cfg(feature = "client")]
mod address;
mod bytes;
#[cfg(feature = "client")]
mod callback;
#[cfg(feature = "client")]
mod client;
mod failure;
#[cfg(feature = "client")]
mod options;
mod reader;
#[cfg(feature = "sandbox")]
mod sandbox;

#[cfg(feature = "client")]
pub use address::{check_address, currency_info};
#[cfg(feature = "client")]
pub use callback::verify_callback;
#[cfg(feature = "client")]
pub use client::{AlphaPo, take_address};
#[cfg(feature = "sandbox")]
pub use sandbox::SandboxCore;
