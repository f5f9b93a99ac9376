//! `cargo xtask mutants`: changes the code one place at a time and asks the tests whether they notice.
//!
//! Not one of the tests: it takes most of an hour. `.cargo/mutants.toml` says what is changed and what is left out.

use crate::checkout::Checkout;
use crate::setup;

/// Whether every change was noticed. It tells what was not, and leaves the rest in `target/mutants.out`.
pub(crate) fn run(checkout: &Checkout) -> Result<bool, String> {
    setup::for_mutants(checkout)?;
    // A change may make a loop that fills the memory until it is stopped: no process gets more than 4 GB.
    let mut command = checkout.command("sh");
    command.args(["-c", r#"ulimit -v 4194304; exec "$0" "$@""#]).arg(checkout.tool("cargo-mutants"));
    command.args(["mutants", "--jobs", "2", "--output", "target"]);
    // Nobody debugs what is compiled a hundred times over.
    command.env("CARGO_PROFILE_DEV_DEBUG", "0");
    let ended = command.status().map_err(|e| format!("cannot run cargo-mutants: {e}"))?;
    Ok(ended.success())
}
