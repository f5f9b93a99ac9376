//! Runs a program so that whoever waits for it sees what it is, that it is alive, and why it failed.
//!
//! Everything a program prints goes to `target/xtask/<step>.log`, and the log is followed from there: a grandchild
//! that outlives its parent can then never make us wait for a pipe. It may not know what the programs are for.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use crate::checkout::Checkout;

/// Long enough for a cold build on a slow machine, short enough that a hung program still ends in a report.
const LIMIT: Duration = Duration::from_secs(30 * 60);
const HEARTBEAT: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(20);
/// How much of a log is shown: npm says what is wrong at the start, a compiler at the end.
const HEAD: usize = 8;
const TAIL: usize = 32;

pub(crate) struct Step {
    name: String,
    log: PathBuf,
    command: Command,
    limit: Duration,
    worth_showing: Option<fn(&str) -> bool>,
}

/// How a step ended. A step that could not even start has no report, only an error.
pub(crate) struct Report {
    pub(crate) success: bool,
    pub(crate) output: String,
    pub(crate) took: Duration,
    /// The step's name, how it ended and what its log says: what to show when it should have succeeded.
    pub(crate) account: String,
}

impl Report {
    /// The lines that a step which shows them would have shown as they came.
    pub(crate) fn lines(&self, worth_showing: fn(&str) -> bool) -> impl Iterator<Item = &str> {
        self.output.lines().filter(move |line| !is_noise(line) && worth_showing(line))
    }
}

impl Step {
    pub(crate) fn new(checkout: &Checkout, name: &str, command: Command) -> Self {
        let log = checkout.notes().join(name.replace(|c: char| !c.is_ascii_alphanumeric(), "-") + ".log");
        Self { name: name.to_owned(), log, command, limit: LIMIT, worth_showing: None }
    }

    /// Announces the step now, for the ones that take long or that a person should know of.
    pub(crate) fn titled(self, title: &str) -> Self {
        println!("▸ {title}");
        self
    }

    pub(crate) fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Shows these lines as they come, instead of only now and then the latest.
    pub(crate) fn showing(mut self, worth_showing: fn(&str) -> bool) -> Self {
        self.worth_showing = Some(worth_showing);
        self
    }

    /// Runs the step; an error unless it succeeds.
    pub(crate) fn succeed(self) -> Result<Report, String> {
        let report = self.run()?;
        if report.success { Ok(report) } else { Err(report.account) }
    }

    pub(crate) fn run(mut self) -> Result<Report, String> {
        let started = Instant::now();
        let mut follower = self.redirect_to_log()?;
        let program = self.command.get_program().to_string_lossy().into_owned();
        let mut child = self.command.spawn().map_err(|e| format!("cannot run {program} for {}: {e}", self.name))?;
        let ended = self.watch(&mut child, &mut follower, started)?;
        let output = follower.finish();
        let account = self.account(ended, &output);
        Ok(Report { success: ended.is_some_and(|status| status.success()), output, took: started.elapsed(), account })
    }

    fn redirect_to_log(&mut self) -> Result<Follower, String> {
        let explain = |e| format!("cannot write the log {}: {e}", self.log.display());
        if let Some(folder) = self.log.parent() {
            std::fs::create_dir_all(folder).map_err(explain)?;
        }
        let log = File::create(&self.log).map_err(explain)?;
        self.command.stdout(log.try_clone().map_err(explain)?).stderr(log);
        Ok(Follower { log: File::open(&self.log).map_err(explain)?, seen: Vec::new(), shown: 0 })
    }

    /// How the program ended, or nothing when it had to be stopped.
    fn watch(&self, child: &mut Child, log: &mut Follower, started: Instant) -> Result<Option<ExitStatus>, String> {
        let mut last_sign = started;
        loop {
            let ended = child.try_wait().map_err(|e| format!("lost sight of {}: {e}", self.name))?;
            if self.show(log.new_lines(ended.is_some())) {
                last_sign = Instant::now();
            }
            if ended.is_some() {
                return Ok(ended);
            }
            if started.elapsed() > self.limit {
                let _ = child.kill();
                let _ = child.wait();
                return Ok(None);
            }
            if last_sign.elapsed() > HEARTBEAT {
                println!("  … {}, {} s: {}", self.name, started.elapsed().as_secs(), log.last_line());
                last_sign = Instant::now();
            }
            std::thread::sleep(POLL);
        }
    }

    fn show(&self, lines: Vec<String>) -> bool {
        let Some(worth_showing) = self.worth_showing else {
            return false;
        };
        let mut shown = false;
        for line in lines.iter().filter(|line| !is_noise(line) && worth_showing(line)) {
            println!("  {line}");
            shown = true;
        }
        shown
    }

    fn account(&self, ended: Option<ExitStatus>, output: &str) -> String {
        let how = match ended {
            Some(status) => format!("ended with {status}"),
            None => format!("was stopped after {} s", self.limit.as_secs()),
        };
        format!("{} {how}; {} says:\n  {}", self.name, self.log.display(), excerpt(output))
    }
}

fn excerpt(output: &str) -> String {
    let mut lines: Vec<&str> = output.lines().filter(|line| !is_noise(line)).collect();
    if lines.len() > HEAD + 1 + TAIL {
        lines.splice(HEAD..lines.len() - TAIL, ["…"]);
    }
    lines.join("\n  ")
}

/// Nothing to see: blank, or npm remarking on settings of the machine which no one asked about.
fn is_noise(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with("npm warn Unknown ")
}

/// Reads a log while it grows.
struct Follower {
    log: File,
    seen: Vec<u8>,
    shown: usize,
}

impl Follower {
    /// The lines completed since the last call; at the end also one that lacks its line break.
    fn new_lines(&mut self, at_end: bool) -> Vec<String> {
        let _ = self.log.read_to_end(&mut self.seen);
        let fresh = &self.seen[self.shown..];
        let complete = match fresh.iter().rposition(|byte| *byte == b'\n') {
            _ if at_end => fresh.len(),
            Some(line_break) => line_break + 1,
            None => 0,
        };
        let lines = String::from_utf8_lossy(&fresh[..complete]).lines().map(str::to_owned).collect();
        self.shown += complete;
        lines
    }

    fn last_line(&self) -> String {
        let text = String::from_utf8_lossy(&self.seen);
        let line = text.lines().rev().find(|line| !is_noise(line)).unwrap_or("nothing printed yet");
        line.trim().chars().take(100).collect()
    }

    fn finish(mut self) -> String {
        let _ = self.log.read_to_end(&mut self.seen);
        String::from_utf8_lossy(&self.seen).into_owned()
    }
}

/// What a program prints when asked something quick, if it exists and succeeds.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Where a program is on the PATH.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// A PATH on which these folders come first.
pub(crate) fn path_with(first: &[&Path]) -> Result<std::ffi::OsString, String> {
    let present = std::env::var_os("PATH").unwrap_or_default();
    let folders = first.iter().map(|folder| folder.to_path_buf()).chain(std::env::split_paths(&present));
    std::env::join_paths(folders).map_err(|e| format!("this checkout's folder cannot be put on the PATH: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &str, script: &str) -> Step {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let log = std::env::temp_dir().join(format!("xtask-{}-{name}.log", std::process::id()));
        Step { name: name.to_owned(), log, command, limit: LIMIT, worth_showing: None }
    }

    fn report(name: &str, script: &str) -> Report {
        let step = step(name, script);
        let log = step.log.clone();
        let report = step.run().unwrap();
        std::fs::remove_file(log).unwrap();
        report
    }

    #[test]
    fn both_streams_are_kept_in_order() {
        let report = report("streams", "echo one; echo two >&2; printf three");
        assert!(report.success);
        assert_eq!(report.output, "one\ntwo\nthree");
    }

    #[test]
    fn a_failure_shows_both_ends_of_the_log() {
        let report = report("failing", "echo npm warn Unknown user config x; seq 100; exit 3");
        assert!(!report.success);
        assert!(report.account.starts_with("failing ended with exit status: 3; "));
        assert!(report.account.contains(" says:\n  1\n  2\n"));
        assert!(report.account.contains("\n  8\n  …\n  69\n"));
        assert!(report.account.ends_with("\n  99\n  100"));
    }

    #[test]
    fn a_program_that_hangs_is_stopped() {
        let step = step("hanging", "exec sleep 60").within(Duration::from_millis(100));
        let log = step.log.clone();
        let report = step.run().unwrap();
        std::fs::remove_file(log).unwrap();
        assert!(!report.success && report.took < Duration::from_secs(30));
        assert!(report.account.starts_with("hanging was stopped after 0 s"));
    }
}
