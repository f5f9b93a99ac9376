//! `cargo xtask setup`: installs what is missing, says what it waits for, and does nothing the second time.
//!
//! Nothing is installed outside `target/` and the `node_modules/` of `tests/` and of the folders in it, except the Rust
//! components and the browsers, which can only be had from their own installers. It may not build the package.

mod browsers;
mod cargo_tools;
mod cpp_compiler;
mod node_modules;
mod rust_components;
mod wasm_std;

use crate::checkout::Checkout;
use crate::rows::{self, Need, Row};

pub(crate) use browsers::Browsers;
pub(crate) use cargo_tools::WASM_PACK;

pub(crate) fn everything(checkout: &Checkout) -> Result<(), String> {
    let rows: Vec<&Row> = rows::ROWS.iter().collect();
    for_rows(checkout, &rows)?;
    println!("▸ ready: cargo xtask demo, cargo xtask test");
    Ok(())
}

pub(crate) fn for_lint(checkout: &Checkout) -> Result<(), String> {
    rust_components::ensure(checkout)?;
    wasm_std::ensure(checkout)
}

/// Only once it is known that this machine can fuzz at all.
pub(crate) fn for_fuzz(checkout: &Checkout) -> Result<(), String> {
    cpp_compiler::ensure(checkout)
}

pub(crate) fn for_size(checkout: &Checkout) -> Result<(), String> {
    cargo_tools::ensure_twiggy(checkout)
}

pub(crate) fn for_miri(checkout: &Checkout) -> Result<(), String> {
    rust_components::ensure_miri(checkout)
}

pub(crate) fn for_mutants(checkout: &Checkout) -> Result<(), String> {
    cargo_tools::ensure_mutants(checkout)
}

pub(crate) fn for_build(checkout: &Checkout) -> Result<(), String> {
    // Node first: it is what a bare machine may lack, and should not come to light after minutes of waiting.
    node_modules::check_node(checkout)?;
    wasm_std::ensure(checkout)?;
    cargo_tools::ensure(checkout)?;
    node_modules::ensure(checkout)
}

pub(crate) fn for_rows(checkout: &Checkout, rows: &[&Row]) -> Result<Browsers, String> {
    for_build(checkout)?;
    for_lint(checkout)?;
    let needs = rows::needs_of(rows);
    if needs.contains(&Need::Runtimes) {
        node_modules::ensure_runtimes(checkout)?;
    }
    if needs.contains(&Need::Bundlers) {
        node_modules::ensure_bundlers(checkout)?;
    }
    if needs.contains(&Need::Frameworks) {
        node_modules::ensure_frameworks(checkout)?;
    }
    if needs.contains(&Need::Examples) {
        node_modules::ensure_examples(checkout)?;
    }
    if needs.contains(&Need::Peers) {
        node_modules::ensure_peers(checkout)?;
    }
    if needs.contains(&Need::Wrangler) {
        node_modules::ensure_wrangler(checkout)?;
    }
    browsers::ensure(checkout, &needs)
}
