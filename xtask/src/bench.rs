//! `cargo xtask bench`: the package measured beside its peers, into BENCHMARKS.md.
//!
//! It only starts the harness in benches/; it may not measure or judge anything itself.

use crate::checkout::Checkout;
use crate::{package, setup};

/// Whether the harness finished, with every signature of ours right.
pub(crate) fn run(checkout: &Checkout, rounds: u32) -> Result<bool, String> {
    let tarball = package::build(checkout)?;
    setup::for_bench(checkout)?;
    let mut node = checkout.command("node");
    node.arg(checkout.path("benches/run.mjs")).arg(tarball).arg(rounds.to_string());
    let ended = node.arg(checkout.path("BENCHMARKS.md")).status().map_err(|e| format!("cannot run node: {e}"))?;
    Ok(ended.success())
}
