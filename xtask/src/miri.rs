//! `cargo xtask miri`: the tests of signing in Miri, which watches every access to memory for undefined behaviour.
//!
//! Signing is where `unsafe` is. Not one of the tests: Miri comes with nightly compilers alone, which change by the day. What
//! exists for WebAssembly alone, the loads and stores of a `v128`, is out of its reach.

use crate::checkout::Checkout;
use crate::setup;

/// Whether Miri has found nothing, on the newest nightly compiler that is installed.
pub(crate) fn run(checkout: &Checkout) -> Result<bool, String> {
    setup::for_miri(checkout)?;
    let mut cargo = checkout.typed("cargo +nightly miri test --locked --lib --target-dir target/miri signature::");
    let ended = cargo.status().map_err(|e| format!("cannot run cargo: {e}"))?;
    Ok(ended.success())
}
