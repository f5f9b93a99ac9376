//! `cargo xtask lint`: every linter, one line each, and the log of those that complain.
//!
//! It may not change a file: `cargo fmt --all` does, by hand.

use crate::checkout::Checkout;
use crate::process::Step;
use crate::setup;
use crate::tally::Tally;

/// Each sees one set of features and one target at a time, and the code differs in both.
const LINTERS: &[(&str, &str)] = &[
    ("rustfmt", "cargo fmt --all --check -- --color never"),
    ("rustfmt, fuzz targets", "cargo fmt --manifest-path fuzz/Cargo.toml --check -- --color never"),
    ("clippy, native", "cargo clippy --workspace --all-targets --features sandbox -- -D warnings"),
    (
        "clippy, wasm32, client and sandbox",
        "cargo clippy --target wasm32-unknown-unknown --all-targets --features sandbox -- -D warnings",
    ),
    ("clippy, wasm32, client", "cargo clippy --target wasm32-unknown-unknown -- -D warnings"),
    (
        "clippy, wasm32, sandbox",
        "cargo clippy --target wasm32-unknown-unknown --no-default-features --features sandbox -- -D warnings",
    ),
    (
        "clippy, wasm32, published client",
        "cargo clippy --target wasm32-unknown-unknown --features package -- -D warnings",
    ),
    (
        "clippy, wasm32, published signing",
        "cargo clippy --target wasm32-unknown-unknown --no-default-features --features package,signature -- -D warnings",
    ),
    ("rustdoc, native", "cargo doc --no-deps --workspace --features sandbox"),
    ("rustdoc, wasm32", "cargo doc --no-deps --target wasm32-unknown-unknown --features sandbox"),
];

pub(crate) fn run(checkout: &Checkout) -> Result<Tally, String> {
    setup::for_lint(checkout)?;
    let mut tally = Tally::default();
    for (name, line) in LINTERS {
        let mut command = checkout.typed(line);
        command.env("RUSTDOCFLAGS", "-D warnings");
        let report = Step::new(checkout, name, command).run()?;
        if report.success {
            println!("  ok      {name} ({:.1} s)", report.took.as_secs_f32());
            tally.passed += 1;
        } else {
            println!("  FAILED  {name}\n{}", report.account);
            tally.failed += 1;
        }
    }
    Ok(tally)
}
