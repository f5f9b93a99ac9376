//! The rows of `cargo xtask test`, in the order they run: a new one is one more line here.
//!
//! It may not run them; how each kind runs is in `test.rs`.

pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Unit tests and documentation examples, on this machine.
    Native,
    /// `tests/boundary.rs` as WebAssembly, where this variable of wasm-bindgen's test runner puts it.
    Boundary(&'static str),
    /// The row of this name in `tests/package/run.mjs`, on the packed package.
    Package,
    /// `cargo xtask demo`, which fails with the first of its own checks.
    Demo,
    /// Every linter is one test.
    Lint,
}

const IN_NODE: &str = "WASM_BINDGEN_USE_NODE_EXPERIMENTAL";
const IN_A_BROWSER: &str = "WASM_BINDGEN_USE_BROWSER";

pub(crate) const ROWS: &[Row] = &[
    row("native", Kind::Native),
    row("wasm-node", Kind::Boundary(IN_NODE)),
    row("wasm-chromium", Kind::Boundary(IN_A_BROWSER)),
    row("package-files", Kind::Package),
    row("types", Kind::Package),
    row("node-esm", Kind::Package),
    row("node-cjs", Kind::Package),
    row("node-22", Kind::Package),
    row("node-24", Kind::Package),
    row("node-26", Kind::Package),
    row("node-worker-threads", Kind::Package),
    row("node-permission", Kind::Package),
    row("deno", Kind::Package),
    row("bun", Kind::Package),
    row("edge-runtime", Kind::Package),
    row("workerd", Kind::Package),
    row("miniflare", Kind::Package),
    row("chromium", Kind::Package),
    row("readme", Kind::Package),
    row("demo", Kind::Demo),
    row("lint", Kind::Lint),
];

const fn row(name: &'static str, kind: Kind) -> Row {
    Row { name, kind }
}

pub(crate) fn named(name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.name == name)
}

pub(crate) fn names() -> Vec<&'static str> {
    ROWS.iter().map(|row| row.name).collect()
}
