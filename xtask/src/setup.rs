//! `cargo xtask setup`: installs what is missing, says what it waits for, and does nothing the second time.
//!
//! Nothing is installed outside `target/` and the `node_modules/` of `tests/`, `tests/runtimes/` and `tests/bundlers/`,
//! except the Rust components and the browser, which can only be had from their own installers. It may not build the
//! package.

mod cargo_tools;
mod chromium;
mod node_modules;
mod rust_components;
mod wasm_std;

use crate::checkout::Checkout;
use crate::rows::{self, Need, Row};

pub(crate) use cargo_tools::WASM_PACK;
pub(crate) use chromium::Browser;

/// Browsers that some rows drive, those of them that the rows at hand need.
#[derive(Default)]
pub(crate) struct Browsers {
    pub(crate) chromium: Option<Browser>,
}

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
    let mut browsers = Browsers::default();
    for need in rows::needs_of(rows) {
        match need {
            Need::Bundlers => node_modules::ensure_bundlers(checkout)?,
            Need::Chromium => browsers.chromium = Some(chromium::ensure(checkout)?),
            Need::Runtimes => node_modules::ensure_runtimes(checkout)?,
        }
    }
    Ok(browsers)
}
