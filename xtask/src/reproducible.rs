//! The row `reproducible`: made a second time, in another folder and from nothing, the package is the same to the byte.
//!
//! It may not decide how the package is made: that is `package.rs`, which it only calls twice. The tools are the same
//! both times, since it is the builder's folders and what was built before that must not show.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::checkout::Checkout;
use crate::package;
use crate::tally::Tally;

/// What is made or installed in a checkout, and its history.
const NOT_SOURCES: [&str; 3] = ["target", "node_modules", ".git"];
/// What is installed, and no part of what is made.
const INSTALLED: [&str; 2] = ["target/tools", "tests/node_modules"];

/// Every file of the package is one test.
pub(crate) fn run(checkout: &Checkout) -> Result<Tally, String> {
    package::build(checkout)?;
    let copy = Copy::of(checkout)?;
    package::make(&copy.checkout)?;
    let (first, second) = (checkout.path("target/pkg"), copy.checkout.path("target/pkg"));
    let mut tally = Tally::default();
    let names: BTreeSet<PathBuf> = [&first, &second].into_iter().flat_map(|folder| files_in(folder, folder)).collect();
    for name in names {
        let read = |folder: &Path| fs::read(folder.join(&name)).ok();
        let same = read(&first) == read(&second);
        if !same {
            println!("  {} differs: the folder it was made in shows", name.display());
        }
        tally.add(Tally::one(same));
    }
    Ok(tally)
}

/// A second checkout, whose folder's name differs in length too; removed when it goes out of use.
struct Copy {
    checkout: Checkout,
    root: PathBuf,
}

impl Copy {
    fn of(checkout: &Checkout) -> Result<Self, String> {
        let root = std::env::temp_dir().join(format!("alphapo-made-once-more-{}", std::process::id()));
        let copy = Self { checkout: Checkout::at(root.clone()), root };
        copy_sources(&checkout.path(""), &copy.root)
            .and_then(|()| fs::create_dir_all(copy.checkout.notes()))
            .map_err(|e| format!("cannot copy the sources to {}: {e}", copy.root.display()))?;
        for installed in INSTALLED {
            let mut link = checkout.typed("ln -s");
            link.arg(checkout.path(installed)).arg(copy.checkout.path(installed));
            let linked = link.status().is_ok_and(|status| status.success());
            if !linked {
                return Err(format!("cannot link {installed} into {}", copy.root.display()));
            }
        }
        Ok(copy)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

fn copy_sources(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        if NOT_SOURCES.iter().any(|other| name == *other) {
            continue;
        }
        if path.is_dir() {
            copy_sources(&path, &to.join(name))?;
        } else {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

/// Relative to the first folder.
fn files_in(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries
        .flat_map(|path| match path.strip_prefix(root) {
            _ if path.is_dir() => files_in(root, &path),
            Ok(relative) => vec![relative.to_owned()],
            Err(_) => Vec::new(),
        })
        .collect()
}
