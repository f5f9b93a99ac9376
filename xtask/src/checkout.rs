//! Where things are in this checkout, and how a program is started in it.
//!
//! It may not create or read anything but the paths it names.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(crate) struct Checkout {
    root: PathBuf,
}

impl Checkout {
    /// Asked at run time, not compiled in: a checkout may have been moved since xtask was built.
    pub(crate) fn find() -> Result<Self, String> {
        let from_cargo = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let start = match from_cargo {
            Some(folder) => folder,
            None => std::env::current_dir().map_err(|e| format!("cannot tell the current folder: {e}"))?,
        };
        start
            .ancestors()
            .find(|folder| folder.join("xtask/Cargo.toml").is_file())
            .map(|root| Self { root: root.to_owned() })
            .ok_or_else(|| format!("{} is not inside the repository; run cargo xtask from there", start.display()))
    }

    /// One that is no place to start from: a copy.
    pub(crate) fn at(root: PathBuf) -> Self {
        Self { root }
    }

    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// Programs installed by `setup` for this checkout alone.
    pub(crate) fn tools(&self) -> PathBuf {
        self.path("target/tools")
    }

    pub(crate) fn tool(&self, program: &str) -> PathBuf {
        self.tools().join("bin").join(program)
    }

    /// Binaryen's own folder, not `node_modules/.bin`: that may hold a `node` which must not become ours.
    pub(crate) fn binaryen(&self) -> PathBuf {
        self.path("tests/node_modules/binaryen/bin")
    }

    /// Logs of the steps, and stamps that say what is already done.
    pub(crate) fn notes(&self) -> PathBuf {
        self.path("target/xtask")
    }

    /// A command written as it would be typed, of words without spaces or quotes.
    pub(crate) fn typed(&self, line: &str) -> Command {
        let mut words = line.split_whitespace();
        let mut command = self.command(words.next().unwrap_or_default());
        command.args(words);
        command
    }

    /// A program started at the root of the checkout: never waiting for input, never colouring what we parse,
    /// and building where and for what we say, whatever the caller's environment asks of other projects.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).stdin(Stdio::null());
        command.env_remove("CARGO_TARGET_DIR").env_remove("CARGO_BUILD_TARGET");
        command.env_remove("FORCE_COLOR").env("NO_COLOR", "1").env("CARGO_TERM_COLOR", "never");
        command
    }
}
