//! `cargo xtask fuzz`: the targets of `fuzz/`, built once with libFuzzer and AddressSanitizer, run side by side.
//!
//! They are built by cargo itself. What cargo-fuzz would add are the flags below, and it takes a minute to compile; its
//! layout is kept, so that whoever has it can use it. It may not know what a target tests.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::checkout::Checkout;
use crate::process::{self, Report, Step};
use crate::setup;
use crate::tally::Tally;

/// Those of cargo-fuzz: count what is run, compare what is compared, and watch the memory. The sanitizer is a flag of
/// nightly compilers, for which `RUSTC_BOOTSTRAP` stands in. A warning is one here too.
const FLAGS: &str = "--cfg fuzzing -Dwarnings -Zsanitizer=address -Cpasses=sancov-module -Ccodegen-units=1 \
                     -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                     -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Where everything comes to lie that fuzzing makes.
const FOLDER: &str = "target/fuzz";

/// One input that takes longer, in seconds, is a finding. The slowest so far takes milliseconds; a machine that is out of
/// breath has taken twenty seconds over one.
const INPUT_LIMIT: u32 = 120;

/// How a run chooses its inputs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inputs {
    /// The same ones each time: from `fuzz/corpus` alone, by a fixed seed.
    Repeatable,
    /// New ones, and on from where the last such run stopped.
    Fresh,
}

/// Runs every target, all of them together for about so many seconds.
pub(crate) fn run(checkout: &Checkout, seconds: u64, inputs: Inputs) -> Result<Tally, String> {
    let machine = Machine::of(checkout)?;
    if !machine.has_sanitizer {
        println!("  not run: the Rust toolchain of this machine, {}, comes without AddressSanitizer", machine.host);
        return Ok(Tally { skipped: 1, ..Tally::default() });
    }
    setup::for_fuzz(checkout)?;
    let targets = targets(checkout)?;
    build(checkout, &machine)?;
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let each = (seconds * workers as u64 / targets.len() as u64).max(1);
    let bench = Bench { checkout, machine: &machine, inputs, seconds: each };
    Ok(bench.run(&targets, workers))
}

/// What this machine's toolchain is for, and whether it can watch memory.
struct Machine {
    host: String,
    has_sanitizer: bool,
}

impl Machine {
    fn of(checkout: &Checkout) -> Result<Self, String> {
        let ask = |question: &str| {
            process::answer(&mut checkout.typed(question)).ok_or("rustc does not run; install Rust 1.88 or later")
        };
        let version = ask("rustc -vV")?;
        let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().to_owned();
        let libraries = ask("rustc --print target-libdir")?;
        let names = std::fs::read_dir(libraries).into_iter().flatten().flatten().map(|entry| entry.file_name());
        let has_sanitizer = names.into_iter().any(|name| name.to_string_lossy().contains("_rt.asan."));
        Ok(Self { host, has_sanitizer })
    }
}

fn targets(checkout: &Checkout) -> Result<Vec<String>, String> {
    let folder = checkout.path("fuzz/fuzz_targets");
    let entries = std::fs::read_dir(&folder).map_err(|e| format!("cannot read {}: {e}", folder.display()))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut targets: Vec<String> = names.filter_map(|name| name.strip_suffix(".rs").map(str::to_owned)).collect();
    targets.sort();
    if targets.is_empty() { Err(format!("{} is empty", folder.display())) } else { Ok(targets) }
}

/// With `--target`, which keeps the flags away from build scripts.
fn build(checkout: &Checkout, machine: &Machine) -> Result<(), String> {
    let line = format!("cargo build --locked --release --manifest-path fuzz/Cargo.toml --target-dir {FOLDER}");
    let mut cargo = checkout.typed(&line);
    cargo.args(["--target", &machine.host]).env("RUSTFLAGS", FLAGS).env("RUSTC_BOOTSTRAP", "1");
    let step = Step::new(checkout, "fuzz: compiling", cargo);
    step.titled("fuzz targets (about 2 minutes the first time)").succeed().map(|_| ())
}

struct Bench<'a> {
    checkout: &'a Checkout,
    machine: &'a Machine,
    inputs: Inputs,
    seconds: u64,
}

impl Bench<'_> {
    /// Each worker takes the next target until none is left.
    fn run(&self, targets: &[String], workers: usize) -> Tally {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut tally = Tally::default();
            while let Some(target) = targets.get(next.fetch_add(1, Ordering::Relaxed)) {
                tally.add(Tally::one(self.is_unbroken(target)));
            }
            tally
        };
        let mut all = Tally::default();
        std::thread::scope(|scope| {
            let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            handles.into_iter().for_each(|handle| all.add(handle.join().unwrap_or(Tally::ONE_FAILED)));
        });
        all
    }

    fn is_unbroken(&self, target: &str) -> bool {
        let ended = self.fuzz(target).and_then(|report| match Run::read(&report.output) {
            Some(run) if report.success => Ok(run),
            _ => Err(self.finding(target, &report)),
        });
        match &ended {
            Ok(Run { inputs, coverage }) => {
                println!("  ok      {target}: {inputs} inputs in {} s, coverage {coverage}", self.seconds);
            }
            Err(problem) => println!("  FAILED  {target}: {problem}"),
        }
        ended.is_ok()
    }

    fn fuzz(&self, target: &str) -> Result<Report, String> {
        let mut command = self.checkout.command(self.program(target));
        command.env("RUST_BACKTRACE", "0");
        command.arg(format!("-max_total_time={}", self.seconds)).arg(format!("-timeout={INPUT_LIMIT}"));
        let findings = self.folder("findings", target)?;
        command.arg(format!("-artifact_prefix={}/", findings.display())).arg("-print_final_stats=1");
        let dictionary = self.checkout.path(format!("fuzz/dictionaries/{target}.dict"));
        if dictionary.is_file() {
            command.arg(format!("-dict={}", dictionary.display()));
        }
        let found = match self.inputs {
            Inputs::Repeatable => {
                command.arg("-seed=1");
                let _ = std::fs::remove_dir_all(self.checkout.path(FOLDER).join("repeatable").join(target));
                self.folder("repeatable", target)?
            }
            Inputs::Fresh => self.folder("corpus", target)?,
        };
        // What is new goes to the first folder.
        command.arg(found).arg(self.checkout.path("fuzz/corpus").join(target));
        // Reading the corpus comes on top of the time, and grows with it.
        let limit = Duration::from_secs(self.seconds + 300);
        Step::new(self.checkout, &format!("fuzz {target}"), command).within(limit).run()
    }

    fn program(&self, target: &str) -> PathBuf {
        self.checkout.path(FOLDER).join(&self.machine.host).join("release").join(target)
    }

    fn folder(&self, purpose: &str, target: &str) -> Result<PathBuf, String> {
        let folder = self.checkout.path(FOLDER).join(purpose).join(target);
        std::fs::create_dir_all(&folder).map_err(|e| format!("cannot create {}: {e}", folder.display()))?;
        Ok(folder)
    }

    /// What went wrong, with which input, and how to see it again.
    fn finding(&self, target: &str, report: &Report) -> String {
        let Some(input) = report.output.lines().find_map(|line| line.split_once("Test unit written to ")) else {
            return report.account.clone();
        };
        let input = Path::new(input.1);
        let bytes = std::fs::read(input).unwrap_or_default();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!(
            "{}\n  input, in hex: {hex}\n  input, as text: {}\n  to see it again: {} {}\n  \
             to keep it as a test: cp {} fuzz/corpus/{target}/",
            what_was_said(&report.output),
            String::from_utf8_lossy(&bytes).escape_debug(),
            self.program(target).display(),
            input.display(),
            input.display(),
        )
    }
}

/// The panic's own words, or else libFuzzer's: too slow, out of memory, a sanitizer's report.
fn what_was_said(output: &str) -> String {
    let own = output.lines().skip_while(|line| !line.contains(" panicked at "));
    let own: Vec<&str> =
        own.take_while(|line| !line.starts_with("note: ") && !line.starts_with("==")).take(8).collect();
    let theirs =
        || output.lines().find(|line| line.contains("ERROR: ")).unwrap_or("it ended without a word").to_owned();
    if own.is_empty() { theirs() } else { own.join("\n  ") }
}

/// What libFuzzer says of a run that came to its end.
#[derive(PartialEq, Eq, Debug)]
struct Run {
    inputs: u64,
    coverage: String,
}

impl Run {
    fn read(output: &str) -> Option<Self> {
        let coverage = |word: &str| {
            let line = output.lines().find(|line| line.starts_with('#') && line.contains(word))?;
            line.split_once("cov: ")?.1.split(' ').next()
        };
        let count = |line: &str| line.strip_prefix("stat::number_of_executed_units: ")?.trim().parse().ok();
        let coverage = format!("{} → {}", coverage("INITED")?, coverage("DONE")?);
        Some(Self { inputs: output.lines().find_map(count)?, coverage })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDED: &str = "#11\tINITED cov: 1050 ft: 1895 corp: 11/526b exec/s: 0 rss: 41Mb\n\
                         #291522\tDONE   cov: 1675 ft: 6195 corp: 1112/53Kb lim: 242 exec/s: 32391 rss: 459Mb\n\
                         Done 291522 runs in 9 second(s)\nstat::number_of_executed_units: 291522\n";

    #[test]
    fn a_run_is_read_from_what_it_prints_at_its_end() {
        let run = Run { inputs: 291_522, coverage: "1050 → 1675".to_owned() };
        assert_eq!(Run::read(ENDED), Some(run));
    }

    #[test]
    fn a_run_without_an_end_is_none() {
        for missing in ["INITED", "DONE", "stat::"] {
            assert_eq!(Run::read(&ENDED.replace(missing, "")), None, "{missing}");
        }
        assert_eq!(Run::read(""), None);
    }

    #[test]
    fn a_finding_is_told_in_the_words_of_its_panic() {
        let panic =
            "#1\nthread '<unnamed>' (7) panicked at fuzz_targets/json.rs:12:5:\nleft: 1\nright: 2\nnote: run\n==7== x";
        assert_eq!(what_was_said(panic).lines().count(), 3);
        assert_eq!(what_was_said("==7== ERROR: libFuzzer: timeout\nx"), "==7== ERROR: libFuzzer: timeout");
    }
}
