//! `cargo xtask build`: from Rust to the tarball that npm would publish.
//!
//! It may not decide what is in the package: that is `package.mjs` and `pkg-template/`.

use std::path::{Path, PathBuf};

use crate::checkout::Checkout;
use crate::fingerprint::{self, Stamp};
use crate::process::{self, Step};
use crate::setup::{self, WASM_PACK};
use crate::versions;

struct Module {
    folder: &'static str,
    name: &'static str,
}

/// What users call, and a second one for their tests, which the first need not carry.
const MODULES: &[Module] =
    &[Module { folder: "client", name: "alphapo" }, Module { folder: "sandbox", name: "sandbox" }];

/// The tarball, made anew only when something it is made of has changed.
pub(crate) fn build(checkout: &Checkout) -> Result<PathBuf, String> {
    setup::for_build(checkout)?;
    let stamp = Stamp(checkout.notes().join("package.stamp"));
    let fingerprint = ingredients(checkout);
    if let (true, Ok(tarball)) = (stamp.is(&fingerprint), tarball(checkout)) {
        println!("▸ package: unchanged, {}", tarball.display());
        return Ok(tarball);
    }
    stamp.clear();
    let tarball = make(checkout)?;
    stamp.set(&fingerprint)?;
    print_sizes(checkout)?;
    println!("▸ package: {}", tarball.display());
    Ok(tarball)
}

/// The tarball, made anew.
pub(crate) fn make(checkout: &Checkout) -> Result<PathBuf, String> {
    check_wasm_opt(checkout)?;
    for module in MODULES {
        module.compile(checkout)?;
    }
    compile_signature(checkout)?;
    assemble(checkout)
}

fn ingredients(checkout: &Checkout) -> String {
    let mut paths = Vec::from(
        [
            ".cargo/config.toml",
            "Cargo.toml",
            "Cargo.lock",
            "src",
            "pkg-template",
            "xtask/package.mjs",
            "xtask/licences.mjs",
            "xtask/wasm.mjs",
            "xtask/src/package.rs",
            "README.md",
            "CHANGELOG.md",
            "tests/package-lock.json",
        ]
        .map(|path| checkout.path(path)),
    );
    paths.extend(licences(checkout));
    let compiler = process::answer(&mut checkout.typed("rustc -vV")).unwrap_or_default();
    let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    fingerprint::of(&paths, &[&compiler, &flags, WASM_PACK])
}

fn licences(checkout: &Checkout) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(checkout.path("")) else {
        return Vec::new();
    };
    let mut found: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("LICENSE")));
    found.sort();
    found
}

/// Debian's wasm-opt corrupts modules and exits with 0, so the one that runs must be the one that is pinned.
fn check_wasm_opt(checkout: &Checkout) -> Result<(), String> {
    let pinned = versions::binaryen(checkout)?;
    let release = pinned.split('.').next().unwrap_or_default();
    let wasm_opt = checkout.binaryen().join("wasm-opt");
    let found = process::answer(checkout.command(&wasm_opt).arg("--version")).unwrap_or_default();
    if found.split_whitespace().any(|word| word == release) {
        return Ok(());
    }
    Err(format!(
        "{} must be Binaryen {pinned} but says `{found}`; remove tests/node_modules and run cargo xtask setup",
        wasm_opt.display()
    ))
}

impl Module {
    fn compile(&self, checkout: &Checkout) -> Result<(), String> {
        let source = Path::new("pkg-template/modules").join(self.folder);
        let out = checkout.path(Path::new("target/wasm").join(self.folder));
        // wasm-pack leaves what it did not write this time, and all that is in the folder may be packed.
        empty(&out)?;
        let path = process::path_with(&[&checkout.tools().join("bin"), &checkout.binaryen()])?;
        let options = "--mode no-install --release --target bundler --no-pack";
        let mut command = checkout.command(checkout.tool("wasm-pack"));
        command.arg("build").arg(checkout.path(source));
        command.args(options.split_whitespace());
        command.arg("--out-dir").arg(&out);
        command.args(["--out-name", self.name]);
        command.env("PATH", path);
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", remapped_paths(checkout));
        let report = Step::new(checkout, &format!("wasm-pack {}", self.folder), command)
            .titled(&format!("{}.wasm: compile, bind, optimise", self.name))
            .succeed()?;
        let wasm_opt = checkout.binaryen().join("wasm-opt");
        let announced = format!("found wasm-opt at {wasm_opt:?}");
        if report.output.contains(&announced) {
            return Ok(());
        }
        Err(format!("wasm-pack did not use the pinned wasm-opt: {}", report.account))
    }
}

/// The module that only signs. wasm-pack has nothing to do there, since it is called by numbers; `package.mjs` optimises it.
fn compile_signature(checkout: &Checkout) -> Result<(), String> {
    let line = "cargo build --release --target wasm32-unknown-unknown --package alphapo-wasm-signature";
    let mut command = checkout.typed(line);
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", remapped_paths(checkout));
    Step::new(checkout, "cargo build signature", command).titled("signature.wasm: compile").succeed().map(|_| ())
}

/// Panic locations would carry the builder's folders into the package. Cargo adds these flags to those of
/// `.cargo/config.toml`.
fn remapped_paths(checkout: &Checkout) -> String {
    let home = std::env::var("HOME").unwrap_or_default();
    let cargo_home = std::env::var("CARGO_HOME").unwrap_or(format!("{home}/.cargo"));
    // One folder for each registry, which has the registry's name.
    let registries = std::fs::read_dir(Path::new(&cargo_home).join("registry/src")).into_iter().flatten();
    // Where the sources of the standard library are installed, the compiler names them by that place.
    let sysroot = process::answer(&mut checkout.typed("rustc --print sysroot")).unwrap_or_default();
    let mut flags = vec![remapped(&checkout.path(""), "/alphapo-wasm"), remapped(Path::new(&sysroot), "/rust")];
    flags.extend(registries.flatten().map(|registry| remapped(&registry.path(), "/crates")));
    flags.join(" ")
}

fn remapped(folder: &Path, name: &str) -> String {
    format!("--remap-path-prefix={}={name}", folder.display())
}

fn assemble(checkout: &Checkout) -> Result<PathBuf, String> {
    let mut node = checkout.command("node");
    node.arg(checkout.path("xtask/package.mjs"));
    Step::new(checkout, "package", node).titled("entries, typings and the modules in target/pkg").succeed()?;
    empty(&checkout.path("target/tarball"))?;
    let mut npm = checkout.typed("npm pack --ignore-scripts --pack-destination");
    npm.arg(checkout.path("target/tarball"));
    npm.current_dir(checkout.path("target/pkg"));
    Step::new(checkout, "npm pack", npm).titled("tarball").succeed()?;
    tarball(checkout)
}

fn empty(folder: &Path) -> Result<(), String> {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).map_err(|e| format!("cannot create {}: {e}", folder.display()))
}

fn tarball(checkout: &Checkout) -> Result<PathBuf, String> {
    let folder = checkout.path("target/tarball");
    let entries = std::fs::read_dir(&folder).map_err(|e| format!("cannot list {}: {e}", folder.display()))?;
    let mut packed =
        entries.flatten().map(|entry| entry.path()).filter(|file| file.extension().is_some_and(|x| x == "tgz"));
    packed.next().ok_or_else(|| format!("npm pack left no tarball in {}", folder.display()))
}

/// Node has gzip at hand, and Rust has not.
fn print_sizes(checkout: &Checkout) -> Result<(), String> {
    const SCRIPT: &str = "
        const { readFileSync } = require('node:fs'), { gzipSync } = require('node:zlib');
        for (const file of process.argv.slice(1)) {
            const bytes = readFileSync(file), gzip = gzipSync(bytes, { level: 9 }).length;
            console.log(`${file.split('/').pop().padEnd(16)} ${bytes.length} bytes, ${gzip} in gzip`);
        }";
    let mut node = checkout.command("node");
    node.args(["-e", SCRIPT]);
    for name in MODULES.iter().map(|module| module.name).chain(["signature"]) {
        node.arg(checkout.path(format!("target/pkg/dist/{name}.wasm")));
    }
    Step::new(checkout, "sizes", node).showing(|_| true).succeed().map(|_| ())
}
