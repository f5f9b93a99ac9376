//! Deposit addresses from the AlphaPo crypto-payments gateway, signed in WebAssembly.
//!
//! The crate is compiled to the npm package `alphapo-wasm`; this library is the same code for Rust. A request goes
//! one way through it: it is validated ([`gateway::request`]), written once, signed ([`signature`]), sent
//! ([`client`], [`transport`]), and its answer is checked against it ([`gateway::response`]).
//!
//! | module | what it does |
//! |---|---|
//! | [`error`] | the closed list of what can go wrong |
//! | [`signature`] | HMAC-SHA512 over a body: sign, constant-time verify |
//! | [`currency`] | the known currency codes, their networks and their families of address |
//! | [`address`] | one file per family of address: is this text one, and what is it? |
//! | [`gateway`] | the wire: request body, answer, the two families of gateway errors |
//! | [`transport`] | what a client needs of a network; `fetch` through web-sys on wasm |
//! | [`client`] | `takeAddress`: sign, send, check, retry |
//! | `bindings` | what JavaScript sees (wasm only); nothing below it but `transport` knows JavaScript values |
//! | `sandbox` | feature `sandbox`: a gateway of our own |

#![no_std]

extern crate alloc;
#[cfg(not(all(feature = "package", target_arch = "wasm32")))]
#[cfg_attr(test, macro_use(format, vec))]
extern crate std;

pub mod address;
#[cfg(all(target_arch = "wasm32", any(feature = "client", feature = "sandbox")))]
pub mod bindings;
pub mod client;
pub mod currency;
pub mod error;
#[cfg(all(target_arch = "wasm32", any(feature = "client", feature = "sandbox")))]
mod foreign;
pub mod gateway;
mod named;
#[cfg(all(feature = "package", target_arch = "wasm32"))]
mod runtime;
#[cfg(feature = "sandbox")]
pub mod sandbox;
mod sha2_constants;
pub mod signature;
mod text;
pub mod transport;
