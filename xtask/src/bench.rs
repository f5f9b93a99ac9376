//! `cargo xtask bench`: the package measured beside its peers, into BENCHMARKS.md and benchmarks.svg.
//!
//! It only starts the harness in benches/; it may not measure or judge anything itself.

use crate::checkout::Checkout;
use crate::{package, rows, setup};

/// Whether the harness finished. It ends with the first signature of ours that is wrong.
pub(crate) fn run(checkout: &Checkout, quick: bool) -> Result<bool, String> {
    let row = rows::named("bench").ok_or("there is no row `bench`, which says what it needs")?;
    let browsers = setup::for_rows(checkout, &[row])?;
    let tarball = package::build(checkout)?;
    let mut node = checkout.typed("node benches/run.mjs");
    node.arg(tarball).arg(if quick { "quick" } else { "full" }).envs(browsers.variables());
    let ended = node.status().map_err(|e| format!("cannot run node: {e}"))?;
    Ok(ended.success())
}
