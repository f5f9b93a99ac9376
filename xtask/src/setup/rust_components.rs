//! rustfmt and clippy, which a minimal toolchain comes without, and Miri, which only nightly ones have.

use std::time::Duration;

use crate::checkout::Checkout;
use crate::process::{self, Step};

pub(super) fn ensure(checkout: &Checkout) -> Result<(), String> {
    if present(checkout) {
        return Ok(());
    }
    if process::on_path("rustup").is_some() {
        let rustup = checkout.typed("rustup component add rustfmt clippy");
        Step::new(checkout, "rustup component", rustup)
            .titled("rustfmt and clippy (seconds, once)")
            .within(Duration::from_secs(120))
            .succeed()?;
    }
    if present(checkout) {
        return Ok(());
    }
    Err("this Rust toolchain has no rustfmt or no clippy; install both, from wherever the toolchain came".to_owned())
}

/// For `cargo xtask miri` alone. A nightly compiler that has it already is not replaced.
pub(super) fn ensure_miri(checkout: &Checkout) -> Result<(), String> {
    if process::answer(&mut checkout.typed("cargo +nightly miri --version")).is_none() {
        let rustup = checkout.typed("rustup toolchain install nightly --profile minimal --component miri,rust-src");
        Step::new(checkout, "rustup nightly", rustup)
            .titled("a nightly compiler with Miri (1 minute, once)")
            .within(Duration::from_secs(600))
            .succeed()?;
    }
    Ok(())
}

fn present(checkout: &Checkout) -> bool {
    ["fmt", "clippy"]
        .iter()
        .all(|name| process::answer(&mut checkout.typed(&format!("cargo {name} --version"))).is_some())
}
