//! Browsers, their drivers and a display: the ones already there, or else Debian's. It may not start any of them.

use std::path::{Path, PathBuf};

use crate::checkout::Checkout;
use crate::process::{self, Step};
use crate::rows::Need;

use super::cargo_tools;

struct Program {
    need: Need,
    /// Names one that is not on the PATH, and hands the one found to the rows.
    variable: &'static str,
    names: &'static [&'static str],
    /// The package that Debian has it in, if any.
    debian: Option<&'static str>,
}

const PROGRAMS: &[Program] = &[
    Program {
        need: Need::Chromium,
        variable: "CHROMIUM",
        names: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
        debian: Some("chromium"),
    },
    Program {
        need: Need::Chromedriver,
        variable: "CHROMEDRIVER",
        names: &["chromedriver"],
        debian: Some("chromium-driver"),
    },
    Program {
        need: Need::Firefox,
        variable: "FIREFOX",
        names: &["firefox-esr", "firefox"],
        debian: Some("firefox-esr"),
    },
    Program { need: Need::Geckodriver, variable: "GECKODRIVER", names: &["geckodriver"], debian: None },
    Program {
        need: Need::MiniBrowser,
        variable: "MINIBROWSER",
        // On no PATH.
        names: &[
            "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
            "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
        ],
        debian: Some("libwebkit2gtk-4.1-0"),
    },
    Program {
        need: Need::WebKitWebDriver,
        // As wasm-bindgen's runner knows it: the two speak alike.
        variable: "SAFARIDRIVER",
        names: &["WebKitWebDriver"],
        debian: Some("webkit2gtk-driver"),
    },
    Program { need: Need::Xvfb, variable: "XVFB", names: &["Xvfb"], debian: Some("xvfb") },
];

/// The programs that the rows at hand need, and where they are.
pub(crate) struct Browsers(Vec<(&'static Program, PathBuf)>);

pub(super) fn ensure(checkout: &Checkout, needs: &[Need]) -> Result<Browsers, String> {
    let needed: Vec<&Program> = PROGRAMS.iter().filter(|program| needs.contains(&program.need)).collect();
    let missing: Vec<&Program> =
        needed.iter().copied().filter(|program| program.debian.is_some() && program.find().is_none()).collect();
    if !missing.is_empty() {
        install(checkout, &missing)?;
    }
    let found = needed.into_iter().map(|program| Ok((program, program.path(checkout)?)));
    found.collect::<Result<_, String>>().map(Browsers)
}

impl Program {
    fn find(&self) -> Option<PathBuf> {
        let named = std::env::var_os(self.variable).map(PathBuf::from).filter(|path| path.is_file());
        named.or_else(|| self.names.iter().find_map(|name| process::on_path(name)))
    }

    fn path(&self, checkout: &Checkout) -> Result<PathBuf, String> {
        match (self.find(), self.need) {
            (Some(path), _) => Ok(path),
            (None, Need::Geckodriver) => cargo_tools::ensure_geckodriver(checkout),
            (None, _) => Err(format!("{:?} was installed, but is not where it should be", self.need)),
        }
    }
}

fn install(checkout: &Checkout, missing: &[&Program]) -> Result<(), String> {
    let packages = missing.iter().filter_map(|program| program.debian).collect::<Vec<_>>().join(" ");
    let root = process::answer(&mut checkout.typed("id -u")).is_some_and(|user| user == "0");
    if !root || process::on_path("apt-get").is_none() {
        let variables: Vec<_> = missing.iter().map(|program| program.variable).collect();
        return Err(format!(
            "the tests need programs that are not on the PATH, nor in {}; on Debian: sudo apt-get install {packages}",
            variables.join(", ")
        ));
    }
    println!("▸ {packages} (about 1 minute, once)");
    let update = checkout.typed("apt-get update");
    Step::new(checkout, "apt update", update).succeed()?;
    let mut install = checkout.typed(&format!("apt-get install -y --no-install-recommends {packages}"));
    install.env("DEBIAN_FRONTEND", "noninteractive");
    Step::new(checkout, "apt install", install).succeed()?;
    Ok(())
}

impl Browsers {
    pub(crate) fn path(&self, need: Need) -> Option<&Path> {
        self.0.iter().find(|(program, _)| program.need == need).map(|(_, path)| path.as_path())
    }

    /// Where each is, by the variable that rows know it by.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        self.0.iter().map(|(program, path)| (program.variable, path.as_path()))
    }

    /// What makes wasm-bindgen's runner use this driver and no other, and the driver that very browser.
    pub(crate) fn driven(&self, checkout: &Checkout, driver: Need) -> Result<Vec<(&'static str, PathBuf)>, String> {
        let variables = self.0.iter().filter(|(program, _)| program.need == driver);
        let mut variables: Vec<_> = variables.map(|(program, path)| (program.variable, path.clone())).collect();
        let options = match driver {
            Need::Chromedriver => Some(("goog:chromeOptions", self.path(Need::Chromium))),
            Need::Geckodriver => Some(("moz:firefoxOptions", self.path(Need::Firefox))),
            _ => None,
        };
        if let Some((options, Some(browser))) = options {
            // Rust's quoting of a path is JSON's, for all characters a path to a browser has.
            let text = format!("{{ \"{options}\": {{ \"binary\": {browser:?} }} }}\n");
            let capabilities = checkout.notes().join(format!("{driver:?}.json"));
            std::fs::create_dir_all(checkout.notes())
                .and_then(|()| std::fs::write(&capabilities, text))
                .map_err(|e| format!("cannot write {}: {e}", capabilities.display()))?;
            variables.push(("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities));
        }
        Ok(variables)
    }
}
