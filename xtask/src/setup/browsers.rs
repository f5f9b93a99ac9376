//! A Chromium and its driver: the ones already there, or else Debian's.

use std::path::PathBuf;

use crate::checkout::Checkout;
use crate::process::{self, Step};

pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
    /// Tells the driver to start that Chromium and not another one it may come across.
    pub(crate) capabilities: PathBuf,
}

const CHROMIUMS: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

pub(super) fn ensure(checkout: &Checkout) -> Result<Browser, String> {
    if let Some((chromium, driver)) = find() {
        return describe(checkout, chromium, driver);
    }
    install(checkout)?;
    let (chromium, driver) = find().ok_or("Debian's chromium was installed, but is not on the PATH")?;
    describe(checkout, chromium, driver)
}

/// `CHROMIUM` and `CHROMEDRIVER` name ones that are not on the PATH.
fn find() -> Option<(PathBuf, PathBuf)> {
    let named = |variable| std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file());
    let chromium = named("CHROMIUM").or_else(|| CHROMIUMS.iter().find_map(|name| process::on_path(name)))?;
    let driver = named("CHROMEDRIVER").or_else(|| process::on_path("chromedriver"))?;
    Some((chromium, driver))
}

fn install(checkout: &Checkout) -> Result<(), String> {
    let root = process::answer(&mut checkout.typed("id -u")).is_some_and(|user| user == "0");
    if !root || process::on_path("apt-get").is_none() {
        return Err("the tests need Chromium and chromedriver on the PATH (or in CHROMIUM and CHROMEDRIVER); \
                    on Debian: sudo apt-get install chromium chromium-driver"
            .to_owned());
    }
    println!("▸ Chromium and its driver (about 1 minute, once)");
    let update = checkout.typed("apt-get update");
    Step::new(checkout, "apt update", update).succeed()?;
    let packages = "-y --no-install-recommends chromium chromium-driver";
    let mut install = checkout.typed(&format!("apt-get install {packages}"));
    install.env("DEBIAN_FRONTEND", "noninteractive");
    Step::new(checkout, "apt install", install).succeed()?;
    Ok(())
}

fn describe(checkout: &Checkout, chromium: PathBuf, driver: PathBuf) -> Result<Browser, String> {
    let capabilities = checkout.notes().join("webdriver.json");
    // Rust's quoting of a path is JSON's, for all characters a path to a browser has.
    let text = format!("{{ \"goog:chromeOptions\": {{ \"binary\": {chromium:?} }} }}\n");
    std::fs::create_dir_all(checkout.notes())
        .and_then(|()| std::fs::write(&capabilities, text))
        .map_err(|e| format!("cannot write {}: {e}", capabilities.display()))?;
    Ok(Browser { chromium, driver, capabilities })
}
