//! `cargo xtask test`: runs the rows, and ends with `N passed, N failed` alone on the last line.
//!
//! Rows that share the machine run side by side: most of them wait for their own deadlines. What such a row prints is
//! kept together until it has ended. Whatever goes wrong, also before the first row, ends in that line. It may not know
//! a row by its name.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant};

use crate::checkout::Checkout;
use crate::command_line::FUZZ_SECONDS;
use crate::display::Display;
use crate::fuzz::{self, Inputs};
use crate::process::{Report, Step};
use crate::rows::{Host, Kind, Need, Row};
use crate::setup::{self, Browsers};
use crate::tally::{self, Tally, Verdict};
use crate::{demo, lint, package, reproducible};

/// A row that hangs must still end in a report; any that works takes a fraction of this.
const ROW_LIMIT: Duration = Duration::from_secs(15 * 60);

/// How many of the slowest rows are named at the end.
const SLOWEST: usize = 10;

const NATIVE: &str = "cargo test --workspace --features sandbox --no-fail-fast";
/// Optimised as the package is: what a secret leaves in memory depends on it.
const BOUNDARY: &str = "cargo test --release --target wasm32-unknown-unknown --features sandbox --test boundary";

/// What wasm-bindgen's runner may be told of by the surroundings.
const DRIVERS: &[&str] = &["CHROMEDRIVER", "GECKODRIVER", "SAFARIDRIVER", "MSEDGEDRIVER"];

/// The program of `tests/runtimes`.
const DENO: &str = "tests/runtimes/node_modules/@deno/linux-x64-glibc/deno";
/// As in `tests/package/rows/runtimes.mjs`.
const HAS_DENO: bool = cfg!(all(target_os = "linux", target_arch = "x86_64"));

/// What rows are run with.
struct Bench<'a> {
    checkout: &'a Checkout,
    browsers: Browsers,
    display: Option<Display>,
    packed: Option<Packed>,
    on_ci: bool,
    /// How many rows may share the machine.
    jobs: usize,
}

/// The package as its rows have it.
struct Packed {
    tarball: PathBuf,
    /// A project into which npm installed it.
    installed: PathBuf,
}

/// How one row ended.
struct Ended {
    name: &'static str,
    tally: Tally,
    took: Duration,
    /// What there is to print: its last line, and before it what was kept.
    text: String,
}

/// What all rows come to, and the names of those that did not pass.
#[derive(Default)]
struct Outcome {
    tally: Tally,
    failed: Vec<&'static str>,
    not_run: Vec<&'static str>,
    times: Vec<(Duration, &'static str)>,
    /// What the rows on the package took together, by the clock.
    on_package: Duration,
}

impl Outcome {
    fn unprepared() -> Self {
        Self { tally: Tally::ONE_FAILED, failed: vec!["preparation"], ..Self::default() }
    }

    fn add(&mut self, Ended { name, tally, took, text }: Ended) {
        println!("{text}");
        self.tally.add(tally);
        self.times.push((took, name));
        if tally.failed > 0 {
            self.failed.push(name);
        } else if tally.passed == 0 {
            self.not_run.push(name);
        }
    }

    /// Nothing to say of one row alone: its own line says it.
    fn print_times(&mut self) {
        if self.times.len() < 2 {
            return;
        }
        self.times.sort_unstable_by(|a, b| b.cmp(a));
        println!("\nThe slowest rows, in seconds:");
        for (took, name) in self.times.iter().take(SLOWEST) {
            println!("  {:>6.1} {name}", took.as_secs_f32());
        }
        println!("  {:>6.1} all rows on the package, by the clock", self.on_package.as_secs_f32());
    }
}

/// Whether all of it passed, and there was something to pass.
pub(crate) fn run(checkout: &Checkout, rows: &[&Row], jobs: usize) -> bool {
    let mut outcome = match Bench::prepare(checkout, rows, jobs) {
        Ok(bench) => bench.run(rows),
        Err(problem) => {
            eprintln!("error: {problem}");
            Outcome::unprepared()
        }
    };
    outcome.print_times();
    let Outcome { tally, failed, not_run, .. } = outcome;
    println!();
    for (what, rows) in [("NOT RUN", not_run), ("FAILED", failed)] {
        if !rows.is_empty() {
            println!("{what}: {}", rows.join(", "));
        }
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    tally.failed == 0 && tally.passed > 0
}

impl Packed {
    fn make(checkout: &Checkout) -> Result<Self, String> {
        let tarball = package::build(checkout)?;
        let installed = checkout.path("target/installed");
        let mut command = checkout.typed("node tests/package/install.mjs");
        command.arg(&tarball).arg(&installed);
        Step::new(checkout, "npm install of the tarball", command).succeed()?;
        Ok(Self { tarball, installed })
    }
}

impl<'a> Bench<'a> {
    fn prepare(checkout: &'a Checkout, rows: &[&Row], jobs: usize) -> Result<Self, String> {
        let browsers = setup::for_rows(checkout, rows)?;
        let display = browsers.path(Need::Xvfb).map(|xvfb| Display::open(checkout, xvfb)).transpose()?;
        let packed = rows.iter().any(|row| row.kind == Kind::Package);
        let packed = if packed { Some(Packed::make(checkout)?) } else { None };
        let on_ci = std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false");
        Ok(Self { checkout, browsers, display, packed, on_ci, jobs })
    }

    fn run(&self, rows: &[&Row]) -> Outcome {
        let mut outcome = Outcome::default();
        for group in rows.chunk_by(|one, other| !one.alone && !other.alone) {
            let started = Instant::now();
            match group {
                [row] => outcome.add(self.alone(row)),
                _ => self.side_by_side(group, &mut outcome),
            }
            if group.iter().all(|row| row.kind == Kind::Package) {
                outcome.on_package += started.elapsed();
            }
        }
        outcome
    }

    /// Shows what the row prints as it comes.
    fn alone(&self, row: &Row) -> Ended {
        println!("\n▸ {}", row.name);
        let started = Instant::now();
        ended(row, started, self.judge(row).map(|verdict| (verdict, String::new())))
    }

    /// As many at once as there are jobs; each takes the next row when it is done with one.
    fn side_by_side(&self, rows: &[&Row], outcome: &mut Outcome) {
        let next = AtomicUsize::new(0);
        let (sender, ended) = mpsc::channel();
        std::thread::scope(|scope| {
            for sender in vec![sender; self.jobs] {
                scope.spawn(|| self.work_through(rows, &next, sender));
            }
            for row in ended {
                outcome.add(row);
            }
        });
    }

    fn work_through(&self, rows: &[&Row], next: &AtomicUsize, ended_rows: Sender<Ended>) {
        while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
            println!("  … {} begins", row.name);
            let started = Instant::now();
            // Whoever receives them waits for the last.
            let _ = ended_rows.send(ended(row, started, self.kept(row)));
        }
    }

    /// What a row on the package comes to, and what it printed.
    fn kept(&self, row: &Row) -> Result<(Verdict, String), String> {
        let report = Step::new(self.checkout, row.name, self.package(row)?).within(ROW_LIMIT).run()?;
        let lines: String = report.lines(is_worth_showing).map(|line| format!("  {line}\n")).collect();
        Ok((tally::judge(&report, self.on_ci), format!("\n▸ {}\n{lines}", row.name)))
    }

    fn judge(&self, row: &Row) -> Result<Verdict, String> {
        let report = match row.kind {
            Kind::Native => self.cargo_test(row, || self.checkout.typed(NATIVE))?,
            Kind::Boundary(Host::Deno) if !HAS_DENO => return Ok(self.not_here("npm has no Deno for this machine")),
            Kind::Boundary(host) => self.boundary(row, host)?,
            Kind::Package => self.show(row, self.package(row)?)?,
            Kind::Demo => {
                return demo::run(self.checkout).map(|passed| Verdict { tally: Tally::one(passed), remark: None });
            }
            Kind::Fuzz => {
                return fuzz::run(self.checkout, FUZZ_SECONDS, Inputs::Repeatable)
                    .map(|tally| tally::verdict(tally, true, self.on_ci));
            }
            Kind::Reproducible => {
                return reproducible::run(self.checkout).map(|tally| Verdict { tally, remark: None });
            }
            Kind::Lint => {
                return lint::run(self.checkout).map(|tally| Verdict { tally, remark: None });
            }
        };
        Ok(tally::judge(&report, self.on_ci))
    }

    /// Compiles first, quietly, so that what is shown is the tests.
    fn cargo_test(&self, row: &Row, command: impl Fn() -> Command) -> Result<Report, String> {
        let mut compile = command();
        compile.arg("--no-run");
        let name = format!("{}: compiling", row.name);
        Step::new(self.checkout, &name, compile).succeed()?;
        self.show(row, command())
    }

    fn show(&self, row: &Row, command: Command) -> Result<Report, String> {
        Step::new(self.checkout, row.name, command).within(ROW_LIMIT).showing(is_worth_showing).run()
    }

    fn boundary(&self, row: &Row, host: Host) -> Result<Report, String> {
        let runner = self.checkout.tool("wasm-bindgen-test-runner");
        let (mode, surroundings) = match host {
            Host::Node => ("WASM_BINDGEN_USE_NODE_EXPERIMENTAL", Vec::new()),
            Host::Deno => ("WASM_BINDGEN_USE_DENO", self.deno()?),
            Host::Browser(driver) => ("WASM_BINDGEN_USE_BROWSER", self.browsers.driven(self.checkout, driver)?),
        };
        self.cargo_test(row, || {
            let mut command = self.checkout.typed(BOUNDARY);
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &runner).env(mode, "1");
            // It takes the first driver that it is told of.
            for variable in DRIVERS {
                command.env_remove(variable);
            }
            command.envs(surroundings.iter().map(|(variable, path)| (variable, path)));
            command.envs(self.display.iter().map(|display| ("DISPLAY", display.name())));
            // Its own limits, 5 and 20 s, are too tight for a machine that builds something else meanwhile.
            command.env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
            command.env("WASM_BINDGEN_TEST_TIMEOUT", "120");
            command
        })
    }

    /// What makes wasm-bindgen's runner start the Deno of the tests, which it looks for on the PATH.
    fn deno(&self) -> Result<Vec<(&'static str, PathBuf)>, String> {
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let folders =
            std::iter::once(self.checkout.path("tests/runtimes/deno")).chain(std::env::split_paths(&inherited));
        let path = std::env::join_paths(folders).map_err(|e| format!("no PATH to find Deno on: {e}"))?;
        Ok(vec![
            ("PATH", path.into()),
            ("DENO", self.checkout.path(DENO)),
            ("DENO_DIR", self.checkout.path("target/deno")),
            ("DENO_NO_UPDATE_CHECK", "1".into()),
        ])
    }

    /// What cannot run on this machine must not look as if it had.
    fn not_here(&self, reason: &'static str) -> Verdict {
        let skipped = Tally { skipped: 1, ..Tally::default() };
        let Verdict { tally, remark } = tally::verdict(skipped, true, self.on_ci);
        Verdict { tally, remark: remark.or(Some(reason)) }
    }

    fn package(&self, row: &Row) -> Result<Command, String> {
        let packed = self.packed.as_ref().ok_or("the package was not built")?;
        let mut command = self.checkout.typed("node tests/package/run.mjs");
        command.arg(row.name).arg(&packed.tarball).env("INSTALLED_PROJECT", &packed.installed);
        command.envs(self.browsers.variables());
        command.envs(self.display.iter().map(|display| ("DISPLAY", display.name())));
        Ok(command)
    }
}

/// Not the count that `account` tells again.
fn is_worth_showing(line: &str) -> bool {
    tally::own_summary(line).is_none()
}

/// A row that could not be judged is one failure.
fn ended(row: &Row, started: Instant, judged: Result<(Verdict, String), String>) -> Ended {
    let (Verdict { tally, remark }, printed) = judged.unwrap_or_else(|problem| {
        (Verdict { tally: Tally::ONE_FAILED, remark: None }, format!("\n▸ {}\n  {problem}\n", row.name))
    });
    let took = started.elapsed();
    Ended { name: row.name, tally, took, text: printed + &account(row, tally, remark, took) }
}

/// Worded unlike the last line of all, which must stay the only one of its form.
fn account(row: &Row, tally: Tally, remark: Option<&str>, took: Duration) -> String {
    let mark = match tally {
        Tally { failed: 1.., .. } => "✗",
        // What did not run must not look as if it had passed.
        Tally { passed: 0, .. } => "–",
        _ => "✓",
    };
    let skipped = if tally.skipped > 0 { format!(" and {} skipped", tally.skipped) } else { String::new() };
    let remark = remark.map(|remark| format!(": {remark}")).unwrap_or_default();
    let Tally { passed, failed, .. } = tally;
    format!("{mark} {}: {passed} passed and {failed} failed{skipped} in {:.1} s{remark}", row.name, took.as_secs_f32())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows;

    #[test]
    fn a_row_that_cannot_be_judged_fails_and_says_why() {
        let row = rows::named("bun").unwrap();
        let mut outcome = Outcome::default();
        outcome.add(ended(row, Instant::now(), Err("no such program".to_owned())));
        assert_eq!((outcome.tally, outcome.failed), (Tally::ONE_FAILED, vec!["bun"]));
        let Ended { text, .. } = ended(row, Instant::now(), Err("no such program".to_owned()));
        assert!(text.starts_with("\n▸ bun\n  no such program\n✗ bun: "), "{text}");
    }

    #[test]
    fn what_measures_or_builds_has_the_machine_alone() {
        for name in ["native", "wasm-node", "wasm-deno", "faults-node", "endurance", "reproducible", "fuzz", "lint"] {
            assert!(rows::named(name).unwrap().alone, "{name}");
        }
        assert!(!rows::named("node-esm").unwrap().alone);
    }
}
