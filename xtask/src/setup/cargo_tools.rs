//! wasm-pack, the wasm-bindgen command, geckodriver, twiggy and cargo-mutants, into `target/tools`.

use std::path::PathBuf;

use crate::checkout::Checkout;
use crate::process::{self, Report, Step};
use crate::versions;

pub(crate) const WASM_PACK: &str = "0.15.1";
const GECKODRIVER: &str = "0.37.1";

struct Tool {
    package: &'static str,
    version: String,
    programs: &'static [&'static str],
    waiting_time: &'static str,
}

pub(super) fn ensure(checkout: &Checkout) -> Result<(), String> {
    let tools = [
        Tool {
            package: "wasm-bindgen-cli",
            version: versions::wasm_bindgen(checkout)?,
            programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
            waiting_time: "about 1 minute",
        },
        Tool {
            package: "wasm-pack",
            version: WASM_PACK.to_owned(),
            programs: &["wasm-pack"],
            waiting_time: "about 1 minute",
        },
    ];
    install_missing(checkout, &tools)
}

/// Which Debian does not have.
pub(super) fn ensure_geckodriver(checkout: &Checkout) -> Result<PathBuf, String> {
    let geckodriver = Tool {
        package: "geckodriver",
        version: GECKODRIVER.to_owned(),
        programs: &["geckodriver"],
        waiting_time: "about 1 minute",
    };
    install_missing(checkout, &[geckodriver])?;
    Ok(checkout.tool("geckodriver"))
}

/// For `cargo xtask mutants` alone.
pub(super) fn ensure_mutants(checkout: &Checkout) -> Result<(), String> {
    let tool = Tool {
        package: "cargo-mutants",
        version: "27.1.0".to_owned(),
        programs: &["cargo-mutants"],
        waiting_time: "about 3 minutes",
    };
    install_missing(checkout, &[tool])
}

/// For `cargo xtask size` alone.
pub(super) fn ensure_twiggy(checkout: &Checkout) -> Result<(), String> {
    let tool =
        Tool { package: "twiggy", version: "0.8.0".to_owned(), programs: &["twiggy"], waiting_time: "about 1 minute" };
    install_missing(checkout, &[tool])
}

fn install_missing(checkout: &Checkout, tools: &[Tool]) -> Result<(), String> {
    for tool in tools.iter().filter(|tool| !tool.is_present(checkout)) {
        tool.install(checkout)?;
    }
    // Close to a gigabyte, and of no more use.
    let _ = std::fs::remove_dir_all(checkout.tools().join("build"));
    Ok(())
}

impl Tool {
    fn is_present(&self, checkout: &Checkout) -> bool {
        self.programs.iter().all(|program| {
            let answer = process::answer(checkout.command(checkout.tool(program)).arg("--version"));
            let is_expected = |line: &str| {
                // twiggy calls itself twiggy-opt.
                line.starts_with(program) && line.split_whitespace().last() == Some(self.version.as_str())
            };
            answer.is_some_and(|answer| answer.lines().next().is_some_and(is_expected))
        })
    }

    fn install(&self, checkout: &Checkout) -> Result<(), String> {
        let Self { package, version, waiting_time, .. } = self;
        println!("▸ {package} {version} ({waiting_time}, once)");
        let locked = self.try_install(checkout, "--locked")?;
        if locked.success {
            return self.check(checkout);
        }
        // A registry's index may lag behind a lock file; the versions it does have serve as well.
        println!("  its locked dependencies cannot be had; taking the ones that can");
        let unlocked = self.try_install(checkout, "")?;
        if unlocked.success { self.check(checkout) } else { Err(unlocked.account) }
    }

    /// In debug mode: that halves the wait, and they still run for tenths of a second, with the same output.
    fn try_install(&self, checkout: &Checkout, option: &str) -> Result<Report, String> {
        let Self { package, version, .. } = self;
        let line = format!("cargo install {package} --version {version} --debug --force {option}");
        let mut cargo = checkout.typed(&line);
        cargo.arg("--root").arg(checkout.tools());
        cargo.env("CARGO_TARGET_DIR", checkout.tools().join("build"));
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "0");
        Step::new(checkout, self.package, cargo).run()
    }

    fn check(&self, checkout: &Checkout) -> Result<(), String> {
        if self.is_present(checkout) {
            return Ok(());
        }
        Err(format!(
            "{} {} was installed but does not run from {}",
            self.package,
            self.version,
            checkout.tools().display()
        ))
    }
}
