//! The standard library for wasm32-unknown-unknown: from rustup, or else built from Debian's source package.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::checkout::Checkout;
use crate::process::{self, Step};

const TARGET: &str = "wasm32-unknown-unknown";

pub(super) fn ensure(checkout: &Checkout) -> Result<(), String> {
    let libraries = libraries(checkout)?;
    if complete(&libraries) {
        return Ok(());
    }
    // Compiled against another standard library, yet cargo would take it for fresh: it looks at rustc's version only.
    let _ = std::fs::remove_dir_all(checkout.path("target").join(TARGET));
    ask_rustup(checkout)?;
    if complete(&libraries) {
        return Ok(());
    }
    let mut script = checkout.command("bash");
    script.arg(checkout.path("xtask/wasm32-std.sh"));
    Step::new(checkout, "wasm32 std", script)
        .titled("standard library for wasm32, built from source (about 1 minute, once)")
        .succeed()
        .map_err(|problem| {
            format!("{problem}\nThis Rust toolchain needs its {TARGET} target: rustup target add {TARGET}")
        })?;
    if complete(&libraries) { Ok(()) } else { Err(format!("{} is still incomplete", libraries.display())) }
}

fn libraries(checkout: &Checkout) -> Result<PathBuf, String> {
    let sysroot = process::answer(&mut checkout.typed("rustc --print sysroot"))
        .ok_or("rustc does not run; install Rust 1.88 or later")?;
    Ok(Path::new(&sysroot).join("lib/rustlib").join(TARGET).join("lib"))
}

/// `test` counts too: wasm-bindgen's tests link it, and a library built by hand may lack it.
fn complete(libraries: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(libraries) else {
        return false;
    };
    let names: Vec<_> = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    ["libstd-", "libtest-"]
        .iter()
        .all(|start| names.iter().any(|name| name.starts_with(start) && name.ends_with(".rlib")))
}

/// Its failure is no error: it may be unable to download, and then there is the other way.
fn ask_rustup(checkout: &Checkout) -> Result<(), String> {
    if process::on_path("rustup").is_none() {
        return Ok(());
    }
    let rustup = checkout.typed(&format!("rustup target add {TARGET}"));
    let step =
        Step::new(checkout, "rustup target", rustup).titled("standard library for wasm32, from rustup (seconds, once)");
    step.within(Duration::from_secs(90)).run().map(|_| ())
}
