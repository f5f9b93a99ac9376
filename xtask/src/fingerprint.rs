//! Tells whether files are still what they were when something was last made of them.
//!
//! It may not decide what is made of them. The fingerprint is for noticing edits, not for trust: it is no
//! cryptographic hash, and another Rust release may compute another one, which only repeats the work.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

/// Of the contents of these files, and of every file below these folders; a missing one counts as such.
pub(crate) fn of(paths: &[PathBuf], also: &[&str]) -> String {
    let mut hasher = DefaultHasher::new();
    also.hash(&mut hasher);
    for file in paths.iter().flat_map(|path| files_below(path)) {
        file.hash(&mut hasher);
        std::fs::read(&file).ok().hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

fn files_below(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else {
        return vec![path.to_owned()];
    };
    let mut children: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    children.sort();
    children.iter().flat_map(|child| files_below(child)).collect()
}

/// A note of the fingerprint something was made of.
pub(crate) struct Stamp(pub(crate) PathBuf);

impl Stamp {
    pub(crate) fn is(&self, fingerprint: &str) -> bool {
        std::fs::read_to_string(&self.0).is_ok_and(|noted| noted == fingerprint)
    }

    /// Before the work, so that work cut short is never taken for done.
    pub(crate) fn clear(&self) {
        let _ = std::fs::remove_file(&self.0);
    }

    pub(crate) fn set(&self, fingerprint: &str) -> Result<(), String> {
        std::fs::write(&self.0, fingerprint).map_err(|e| format!("cannot write {}: {e}", self.0.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_change_below_a_folder_changes_it() {
        let folder = std::env::temp_dir().join(format!("xtask-fingerprint-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("inner")).unwrap();
        let now = || of(std::slice::from_ref(&folder), &[]);
        let empty = now();
        std::fs::write(folder.join("inner/a"), "1").unwrap();
        let one = now();
        std::fs::write(folder.join("inner/a"), "2").unwrap();
        let two = now();
        std::fs::rename(folder.join("inner/a"), folder.join("inner/b")).unwrap();
        let moved = now();
        let distinct = std::collections::BTreeSet::from([&empty, &one, &two, &moved]);
        assert_eq!(distinct.len(), 4);
        assert_eq!(moved, now());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
