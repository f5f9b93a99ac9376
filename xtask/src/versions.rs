//! Which versions this checkout asks for, read from the files that pin them.
//!
//! It may not look at what is installed.

use crate::checkout::Checkout;

/// The wasm-bindgen command must be of exactly the version of the library: the two share a private format.
pub(crate) fn wasm_bindgen(checkout: &Checkout) -> Result<String, String> {
    let lock = read(checkout, "Cargo.lock")?;
    locked(&lock, "wasm-bindgen").ok_or_else(|| "Cargo.lock does not pin wasm-bindgen; restore it from git".to_owned())
}

/// Other releases of Binaryen print other code, and Debian's corrupts it.
pub(crate) fn binaryen(checkout: &Checkout) -> Result<String, String> {
    let manifest = read(checkout, "tests/package.json")?;
    entry(&manifest, "binaryen")
        .ok_or_else(|| "tests/package.json does not pin binaryen; restore it from git".to_owned())
}

fn read(checkout: &Checkout, file: &str) -> Result<String, String> {
    std::fs::read_to_string(checkout.path(file)).map_err(|e| format!("cannot read {file}: {e}; restore it from git"))
}

/// The version of a package in a Cargo.lock.
fn locked(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.next()?;
    let version = lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')?;
    Some(version.to_owned())
}

/// The version of a dependency in a package.json that has one entry a line.
fn entry(manifest: &str, package: &str) -> Option<String> {
    let key = format!("\"{package}\":");
    let value = manifest.lines().find_map(|line| line.trim().strip_prefix(&key))?;
    Some(value.trim().trim_end_matches(',').trim_matches('"').to_owned())
}

/// Whether a version such as `v20.19.0` is at least this one.
pub(crate) fn at_least(version: &str, major: u32, minor: u32) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|number| number.parse::<u32>().ok());
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    found >= (major, minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\n\
                        [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"registry\"\n";

    #[test]
    fn finds_the_package_and_not_its_namesakes() {
        assert_eq!(locked(LOCK, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked(LOCK, "wasm"), None);
    }

    #[test]
    fn finds_an_entry_first_in_the_middle_and_last() {
        let manifest =
            "{\n  \"devDependencies\": {\n    \"a\": \"1\",\n    \"binaryen\": \"132.0.0\",\n    \"z\": \"^2\"\n  }\n}";
        assert_eq!(entry(manifest, "a").as_deref(), Some("1"));
        assert_eq!(entry(manifest, "binaryen").as_deref(), Some("132.0.0"));
        assert_eq!(entry(manifest, "z").as_deref(), Some("^2"));
        assert_eq!(entry(manifest, "esbuild"), None);
    }

    #[test]
    fn compares_numbers_and_not_text() {
        assert!(at_least("v20.19.0", 20, 19));
        assert!(at_least("v100.0.0", 20, 19));
        assert!(!at_least("v20.9.0", 20, 19));
        assert!(!at_least("v18.20.8", 20, 19));
        assert!(!at_least("unknown", 20, 19));
    }
}
