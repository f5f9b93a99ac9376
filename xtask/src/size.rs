//! `cargo xtask size`: what the published modules are made of.
//!
//! It only builds the package and starts `xtask/size.mjs`, which has the work.

use crate::checkout::Checkout;
use crate::{package, setup};

/// Whether all of it could be told.
pub(crate) fn run(checkout: &Checkout) -> Result<bool, String> {
    package::build(checkout)?;
    setup::for_size(checkout)?;
    let ended = checkout.typed("node xtask/size.mjs").status().map_err(|e| format!("cannot run node: {e}"))?;
    Ok(ended.success())
}
