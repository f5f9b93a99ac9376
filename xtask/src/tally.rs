//! Counts tests from what their runners print, and never mistakes silence for success.
//!
//! It may not run anything.

use crate::process::Report;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
    pub(crate) skipped: u32,
}

/// A row's tally, and what is wrong with it if the runner itself did not say so.
pub(crate) struct Verdict {
    pub(crate) tally: Tally,
    pub(crate) remark: Option<&'static str>,
}

impl Tally {
    pub(crate) const ONE_FAILED: Self = Self { passed: 0, failed: 1, skipped: 0 };

    /// For what is one test by itself.
    pub(crate) fn one(passed: bool) -> Self {
        if passed { Self { passed: 1, ..Self::default() } } else { Self::ONE_FAILED }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// Adds up every summary that libtest or wasm-bindgen-test printed, and the one a runner of ours ended with.
    fn read(output: &str) -> Self {
        let mut tally = Self::default();
        output.lines().filter_map(libtest_summary).for_each(|summary| tally.add(summary));
        let last = output.lines().rev().find(|line| !line.trim().is_empty());
        tally.add(last.and_then(own_summary).unwrap_or_default());
        tally
    }
}

/// Judges one row. `on_ci` nothing may be skipped: a test that is never run guards nothing.
pub(crate) fn judge(report: &Report, on_ci: bool) -> Verdict {
    verdict(Tally::read(&report.output), report.success, on_ci)
}

/// The same of what was counted elsewhere.
pub(crate) fn verdict(mut tally: Tally, success: bool, on_ci: bool) -> Verdict {
    let remark = if tally == Tally::default() {
        tally.failed = 1;
        Some("it ran no test")
    } else if !success && tally.failed == 0 {
        tally.failed = 1;
        Some("it failed without naming a test")
    } else if on_ci && tally.skipped > 0 {
        tally.failed += tally.skipped;
        Some("a skipped test counts as failed on CI")
    } else {
        None
    };
    Verdict { tally, remark }
}

/// `test result: ok. 12 passed; 0 failed; 1 ignored; 0 filtered out; finished in 0.01s`
fn libtest_summary(line: &str) -> Option<Tally> {
    let (_, counts) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
    counted(counts.split("; "))
}

/// `12 passed, 0 failed`, or with `, 1 skipped` after it.
pub(crate) fn own_summary(line: &str) -> Option<Tally> {
    let parts: Vec<&str> = line.trim().split(", ").collect();
    if !parts.iter().all(|part| part.split(' ').count() == 2) {
        return None;
    }
    counted(parts.into_iter())
}

/// Needs both counts that matter: half a summary is none.
fn counted<'a>(parts: impl Iterator<Item = &'a str>) -> Option<Tally> {
    let (mut passed, mut failed, mut skipped) = (None, None, 0);
    for (number, what) in parts.filter_map(|part| part.split_once(' ')) {
        match (number.parse::<u32>(), what) {
            (Ok(number), "passed") => passed = Some(number),
            (Ok(number), "failed") => failed = Some(number),
            (Ok(number), "ignored" | "skipped") => skipped = number,
            _ => {}
        }
    }
    Some(Tally { passed: passed?, failed: failed?, skipped })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u32, failed: u32, skipped: u32) -> Tally {
        Tally { passed, failed, skipped }
    }

    #[test]
    fn adds_up_every_libtest_summary() {
        let output = "running 2 tests\ntest a ... ok\n\
            test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n\
            test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 4 filtered out; finished in 1.20s\n";
        assert_eq!(Tally::read(output), tally(15, 2, 1));
    }

    #[test]
    fn reads_wasm_bindgen_test() {
        let output = "test result: ok. 7 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.03s\n\n";
        assert_eq!(Tally::read(output), tally(7, 0, 0));
    }

    #[test]
    fn reads_a_runner_of_ours_only_from_its_last_line() {
        assert_eq!(Tally::read("ok a\n5 passed, 1 failed\n\n"), tally(5, 1, 0));
        assert_eq!(Tally::read("5 passed, 0 failed, 2 skipped"), tally(5, 0, 2));
        assert_eq!(Tally::read("5 passed, 0 failed\nand then it crashed"), Tally::default());
    }

    #[test]
    fn prose_is_no_summary() {
        assert_eq!(own_summary("12 passed"), None);
        assert_eq!(own_summary("all 12 passed, none failed"), None);
        assert_eq!(own_summary("test result: ok. 12 passed, 0 failed"), None);
        assert_eq!(libtest_summary("test result: ok. done"), None);
    }

    #[test]
    fn silence_is_a_failure() {
        let verdict = verdict(Tally::read("all fine"), true, false);
        assert_eq!((verdict.tally, verdict.remark), (tally(0, 1, 0), Some("it ran no test")));
    }

    #[test]
    fn a_crash_after_passing_tests_is_a_failure() {
        assert_eq!(verdict(tally(4, 0, 0), false, false).tally, tally(4, 1, 0));
        assert_eq!(verdict(tally(4, 2, 0), false, false).tally, tally(4, 2, 0));
        assert_eq!(verdict(tally(4, 0, 0), true, true).tally, tally(4, 0, 0));
    }

    #[test]
    fn a_skipped_test_fails_only_on_ci() {
        assert_eq!(verdict(tally(4, 0, 1), true, false).tally.failed, 0);
        assert_eq!(verdict(tally(4, 0, 1), true, true).tally.failed, 1);
    }
}
