//! `cargo xtask setup`: installs what is missing, says what it waits for, and does nothing the second time.
//!
//! Nothing is installed outside `target/` and the `node_modules/` of `tests/` and `tests/runtimes/`, except the Rust
//! components and the browser, which can only be had from their own installers. It may not build the package.

mod cargo_tools;
mod chromium;
mod node_modules;
mod rust_components;
mod wasm_std;

use crate::checkout::Checkout;

pub(crate) use cargo_tools::WASM_PACK;
pub(crate) use chromium::Browser;

pub(crate) fn everything(checkout: &Checkout) -> Result<(), String> {
    for_tests(checkout)?;
    println!("▸ ready: cargo xtask demo, cargo xtask test");
    Ok(())
}

pub(crate) fn for_lint(checkout: &Checkout) -> Result<(), String> {
    rust_components::ensure(checkout)?;
    wasm_std::ensure(checkout)
}

pub(crate) fn for_build(checkout: &Checkout) -> Result<(), String> {
    // Node first: it is what a bare machine may lack, and should not come to light after minutes of waiting.
    node_modules::check_node(checkout)?;
    wasm_std::ensure(checkout)?;
    cargo_tools::ensure(checkout)?;
    node_modules::ensure(checkout)
}

pub(crate) fn for_tests(checkout: &Checkout) -> Result<Browser, String> {
    for_build(checkout)?;
    for_lint(checkout)?;
    node_modules::ensure_runtimes(checkout)?;
    chromium::ensure(checkout)
}
