//! The rows of `cargo xtask test`, in the order they run: a new one is one more line here.
//!
//! Neighbours that share the machine run side by side, so those that take longest come first among them. It may not run
//! them; how each kind runs is in `test.rs`.

use Need::{
    Bundlers, Chromedriver, Chromium, Examples, Firefox, Frameworks, Geckodriver, MiniBrowser, Peers, Runtimes,
    WebKitWebDriver, Wrangler, Xvfb,
};

pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// What it needs besides what building does.
    pub(crate) needs: &'static [Need],
    /// Nothing runs beside it: it measures time or memory, or builds with cargo, which takes all processors.
    pub(crate) alone: bool,
}

/// Something that only some rows need, so that one row alone does not wait for the rest: `setup` installs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Need {
    /// `tests/bundlers`: bundlers, Next.js, test runners.
    Bundlers,
    Chromium,
    Chromedriver,
    /// `tests/examples`: the frameworks of the examples, but Next.js.
    Examples,
    Firefox,
    /// `tests/frameworks`: those that bundle a server's program, but Next.js.
    Frameworks,
    Geckodriver,
    /// WebKit, the engine of Safari, in the smallest browser around it.
    MiniBrowser,
    WebKitWebDriver,
    /// A display that nobody sees: MiniBrowser hangs without one.
    Xvfb,
    /// `benches`: what the package is measured beside.
    Peers,
    /// `tests/runtimes`: Node of other versions, Deno, Bun, the edge runtime.
    Runtimes,
    /// `tests/wrangler`.
    Wrangler,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Unit tests and documentation examples, on this machine.
    Native,
    /// `tests/boundary.rs` as WebAssembly.
    Boundary(Host),
    /// The row of this name in `tests/package/run.mjs`, on the packed package.
    Package,
    /// `cargo xtask demo`, which fails with the first of its own checks.
    Demo,
    /// Every fuzz target is one test.
    Fuzz,
    /// The package made twice. Every file of it is one test.
    Reproducible,
    /// Every linter is one test.
    Lint,
}

/// What wasm-bindgen's runner runs the tests in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Host {
    Node,
    Deno,
    /// The browser of this driver.
    Browser(Need),
}

pub(crate) const ROWS: &[Row] = &[
    row("native", Kind::Native, &[]),
    row("wasm-node", Kind::Boundary(Host::Node), &[]),
    row("wasm-deno", Kind::Boundary(Host::Deno), &[Runtimes]),
    row("wasm-chromium", Kind::Boundary(Host::Browser(Chromedriver)), &[Chromium, Chromedriver]),
    row("wasm-firefox", Kind::Boundary(Host::Browser(Geckodriver)), &[Firefox, Geckodriver]),
    row("wasm-webkit", Kind::Boundary(Host::Browser(WebKitWebDriver)), &[MiniBrowser, WebKitWebDriver, Xvfb]),
    row("reproducible", Kind::Reproducible, &[]),
    row("next", Kind::Package, &[Bundlers, Chromium]),
    row("firefox", Kind::Package, &[Firefox]),
    row("webkit", Kind::Package, &[MiniBrowser, Xvfb]),
    row("chromium", Kind::Package, &[Chromium]),
    row("examples", Kind::Package, &[Chromium, Examples, Runtimes]),
    row("workerd", Kind::Package, &[]),
    row("node-20", Kind::Package, &[Runtimes]),
    row("node-22", Kind::Package, &[Runtimes]),
    row("examples-next", Kind::Package, &[Bundlers]),
    row("deno", Kind::Package, &[Runtimes]),
    row("node-24", Kind::Package, &[Runtimes]),
    row("node-26", Kind::Package, &[Runtimes]),
    row("webpack", Kind::Package, &[Bundlers, Chromium]),
    row("bun", Kind::Package, &[Runtimes]),
    row("types", Kind::Package, &[]),
    row("examples-service-worker", Kind::Package, &[Chromium, Chromedriver, Firefox, Geckodriver]),
    row("jest", Kind::Package, &[Bundlers]),
    row("parcel", Kind::Package, &[Bundlers, Chromium]),
    row("sandbox-page", Kind::Package, &[Chromium, Chromedriver, Firefox, Geckodriver]),
    row("vitest", Kind::Package, &[Bundlers, Runtimes]),
    row("vite", Kind::Package, &[Bundlers, Chromium]),
    row("nitro", Kind::Package, &[Frameworks, Runtimes]),
    row("esbuild", Kind::Package, &[Chromium]),
    row("wrangler", Kind::Package, &[Runtimes, Wrangler]),
    row("rollup", Kind::Package, &[Bundlers, Chromium]),
    row("rspack", Kind::Package, &[Bundlers, Chromium]),
    row("node-vm", Kind::Package, &[]),
    row("node-esm", Kind::Package, &[]),
    row("node-cjs", Kind::Package, &[]),
    row("astro", Kind::Package, &[Frameworks, Runtimes]),
    row("sveltekit", Kind::Package, &[Frameworks, Runtimes]),
    row("tsup", Kind::Package, &[Bundlers, Runtimes]),
    row("edge-runtime", Kind::Package, &[Runtimes]),
    row("command-line", Kind::Package, &[]),
    row("package-files", Kind::Package, &[]),
    row("node-worker-threads", Kind::Package, &[]),
    row("miniflare", Kind::Package, &[]),
    row("node-permission", Kind::Package, &[Runtimes]),
    row("node-slim", Kind::Package, &[]),
    row("tree-shaking", Kind::Package, &[Bundlers]),
    row("readme", Kind::Package, &[]),
    row("loading", Kind::Package, &[]),
    alone("sandbox-server", &[Runtimes]),
    alone("faults-node", &[]),
    alone("faults-workerd", &[]),
    alone("endurance", &[]),
    alone("bench", &[Chromium, Peers, Runtimes]),
    row("demo", Kind::Demo, &[]),
    row("fuzz", Kind::Fuzz, &[]),
    row("lint", Kind::Lint, &[]),
];

const fn row(name: &'static str, kind: Kind, needs: &'static [Need]) -> Row {
    Row { name, kind, needs, alone: !matches!(kind, Kind::Package) }
}

/// A row on the package that measures time or memory.
const fn alone(name: &'static str, needs: &'static [Need]) -> Row {
    Row { name, kind: Kind::Package, needs, alone: true }
}

pub(crate) fn named(name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.name == name)
}

/// What these rows need, each thing once.
pub(crate) fn needs_of(rows: &[&Row]) -> Vec<Need> {
    let mut needs = Vec::new();
    for need in rows.iter().flat_map(|row| row.needs) {
        if !needs.contains(need) {
            needs.push(*need);
        }
    }
    needs
}

pub(crate) fn names() -> Vec<&'static str> {
    ROWS.iter().map(|row| row.name).collect()
}
