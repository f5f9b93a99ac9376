//! `cargo xtask demo`: what a user of the package does, from `npm install` to the first address.
//!
//! It may not lean on this repository: the package is installed from its tarball, in a folder of its own.

use std::path::{Path, PathBuf};

use crate::checkout::Checkout;
use crate::package;
use crate::process::Step;

/// Whether the demonstration itself succeeded.
pub(crate) fn run(checkout: &Checkout) -> Result<bool, String> {
    let tarball = package::build(checkout)?;
    let folder = Folder::create()?;
    install(checkout, &tarball, folder.path())?;
    for file in ["demo.mjs", "checksums.mjs"] {
        let (source, copy) = (checkout.path("examples/demo").join(file), folder.path().join(file));
        std::fs::copy(&source, &copy)
            .map_err(|e| format!("cannot copy {} to {}: {e}", source.display(), copy.display()))?;
    }
    println!();
    let mut node = checkout.command("node");
    // Unlike elsewhere nobody parses this, so it may be in colour.
    node.arg("demo.mjs").current_dir(folder.path()).env_remove("NO_COLOR");
    let ended = node.status().map_err(|e| format!("cannot run node: {e}"))?;
    Ok(ended.success())
}

/// Offline, because the package has no dependencies: should it ever get one, this says so.
fn install(checkout: &Checkout, tarball: &Path, folder: &Path) -> Result<(), String> {
    let manifest = folder.join("package.json");
    std::fs::write(&manifest, "{ \"private\": true, \"type\": \"module\" }\n")
        .map_err(|e| format!("cannot write {}: {e}", manifest.display()))?;
    let mut npm = checkout.typed("npm install --offline --no-audit --no-fund");
    npm.arg(tarball).current_dir(folder);
    Step::new(checkout, "demo install", npm).titled("the package in a folder of its own").succeed().map(|_| ())
}

/// A new folder outside the repository, removed when it goes out of use.
struct Folder(PathBuf);

impl Folder {
    fn create() -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("alphapo-demo-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).map_err(|e| format!("cannot create {}: {e}", path.display()))?;
        Ok(Self(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
