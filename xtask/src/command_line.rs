//! What a person may type: the commands, their help, and which one they meant when it is none of them.
//!
//! It may not run anything.

use crate::rows::{self, Row};

pub(crate) enum Command {
    Help,
    Setup,
    Build,
    Size,
    Demo,
    Bench { quick: bool },
    Test { rows: Vec<&'static Row>, jobs: usize },
    Lint,
    Fuzz { seconds: u64 },
    Miri,
    Mutants,
}

/// How long all targets are fuzzed together, also in the tests.
pub(crate) const FUZZ_SECONDS: u64 = 60;

const COMMANDS: &[(&str, &str)] = &[
    ("setup", "install what building and testing need, and only what is missing"),
    ("build", "compile, optimise and pack the npm package into target/tarball"),
    ("size", "build, and tell what each module is made of: sections, largest functions and data, crates"),
    ("demo", "build, install the package in a fresh folder and run examples/demo there"),
    (
        "bench",
        "measure the package beside its peers (a quarter of an hour) and write BENCHMARKS.md; --quick takes a minute",
    ),
    ("test", "build and run every test; --row NAME runs only that row, --jobs N so many at once"),
    ("lint", "rustfmt, clippy and rustdoc, natively and for WebAssembly"),
    ("fuzz", "run every target of fuzz/ for 60 seconds in all, or --seconds N, on from where the last run stopped"),
    ("miri", "run the tests of signing in Miri, with a nightly compiler (3 minutes)"),
    ("mutants", "change the code one place at a time and see whether the tests notice (most of an hour)"),
    ("help", "show this text"),
];

pub(crate) fn help() -> String {
    let mut text = String::from("Usage: cargo xtask <command>\n\nCommands:\n");
    for (name, purpose) in COMMANDS {
        text += &format!("  {name:<7} {purpose}\n");
    }
    text + &format!("\nRows of test: {}\n", rows::names().join(", "))
}

pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Command, String> {
    let Some(name) = words.next() else {
        return Ok(Command::Help);
    };
    let command = match name.as_str() {
        "help" | "--help" | "-h" => Command::Help,
        "setup" => Command::Setup,
        "build" => Command::Build,
        "size" => Command::Size,
        "bench" => return bench_asked_for(words),
        "demo" => Command::Demo,
        "test" => return tests_asked_for(words),
        "lint" => Command::Lint,
        "fuzz" => return seconds_asked_for(words).map(|seconds| Command::Fuzz { seconds }),
        "miri" => Command::Miri,
        "mutants" => Command::Mutants,
        other => {
            let known: Vec<_> = COMMANDS.iter().map(|(name, _)| *name).collect();
            return Err(unknown("command", other, &known));
        }
    };
    match words.next() {
        Some(extra) => Err(format!("`{name}` takes no argument, but was given `{extra}`")),
        None => Ok(command),
    }
}

/// How many rows share a processor: half of what a row takes, as a rule, it waits for deadlines and for other programs.
const JOBS_PER_PROCESSOR: usize = 2;

/// No `--row` asks for all of them, no `--jobs` for two at once for each processor.
fn tests_asked_for(mut words: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut asked = Vec::new();
    let mut jobs = JOBS_PER_PROCESSOR * std::thread::available_parallelism().map_or(1, usize::from);
    while let Some(word) = words.next() {
        if let Some(name) = value_of("--row", &word, &mut words) {
            let name = name.ok_or("--row needs the name of a row after it")?;
            asked.push(rows::named(&name).ok_or_else(|| unknown("row", &name, &rows::names()))?);
        } else if let Some(number) = value_of("--jobs", &word, &mut words) {
            let number = number.and_then(|number| number.parse().ok()).filter(|number| *number > 0);
            jobs = number.ok_or("--jobs needs a whole number after it, of 1 or more")?;
        } else {
            return Err(format!("`test` does not know `{word}`; it takes --row NAME and --jobs N"));
        }
    }
    let rows = if asked.is_empty() { rows::ROWS.iter().collect() } else { asked };
    Ok(Command::Test { rows, jobs })
}

/// What follows an option in the same word or the next; nothing if the word is another one.
fn value_of(option: &str, word: &str, words: &mut impl Iterator<Item = String>) -> Option<Option<String>> {
    match word.strip_prefix(option)? {
        "" => Some(words.next()),
        rest => rest.strip_prefix('=').map(|value| Some(value.to_owned())),
    }
}

fn seconds_asked_for(mut words: impl Iterator<Item = String>) -> Result<u64, String> {
    let mut seconds = FUZZ_SECONDS;
    while let Some(word) = words.next() {
        let number = match word.strip_prefix("--seconds") {
            Some("") => words.next().unwrap_or_default(),
            Some(rest) if rest.starts_with('=') => rest.trim_start_matches('=').to_owned(),
            _ => return Err(format!("`fuzz` does not know `{word}`; it takes --seconds N")),
        };
        seconds = number.parse().map_err(|_| format!("--seconds needs a whole number after it, not `{number}`"))?;
    }
    Ok(seconds)
}

fn bench_asked_for(mut words: impl Iterator<Item = String>) -> Result<Command, String> {
    let quick = match words.next().as_deref() {
        None => false,
        Some("--quick") => true,
        Some(other) => return Err(format!("`bench` does not know `{other}`; it takes --quick")),
    };
    words.next().map_or(Ok(Command::Bench { quick }), |extra| {
        Err(format!("`bench` takes nothing beside --quick, but was given `{extra}`"))
    })
}

fn unknown(what: &str, typed: &str, known: &[&str]) -> String {
    match closest(typed, known) {
        Some(name) => format!("there is no {what} `{typed}`; did you mean `{name}`?"),
        None => format!("there is no {what} `{typed}`; there are {}", known.join(", ")),
    }
}

/// The known name fewest edits away, unless that would mean retyping most of it.
fn closest<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    let near = known.iter().map(|name| (edits(typed, name), *name)).min()?;
    (near.0 <= near.1.len() / 2).then_some(near.1)
}

/// Levenshtein distance, one row of its table at a time.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let substituted = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    fn misuse(line: &str) -> String {
        parsed(line).err().unwrap()
    }

    #[test]
    fn counts_edits() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "demo"), 4);
        assert_eq!(edits("lint", "lint"), 0);
    }

    #[test]
    fn suggests_the_closest_command_only_when_it_is_close() {
        assert_eq!(misuse("tets"), "there is no command `tets`; did you mean `test`?");
        assert_eq!(misuse("biuld"), "there is no command `biuld`; did you mean `build`?");
        assert!(misuse("benchmark").starts_with("there is no command `benchmark`; there are setup, "));
    }

    #[test]
    fn nothing_typed_asks_for_help() {
        assert!(matches!(parsed(""), Ok(Command::Help)));
    }

    #[test]
    fn rows_are_all_or_those_named() {
        let Ok(Command::Test { rows, .. }) = parsed("test") else { panic!("not a test command") };
        assert_eq!(rows.len(), rows::ROWS.len());
        let Ok(Command::Test { rows, .. }) = parsed("test --row native --row=lint") else {
            panic!("not a test command")
        };
        assert_eq!(rows.iter().map(|row| row.name).collect::<Vec<_>>(), ["native", "lint"]);
    }

    #[test]
    fn jobs_are_counted() {
        let Ok(Command::Test { rows, jobs }) = parsed("test --jobs 3 --row lint") else { panic!("not a test command") };
        assert_eq!((rows.len(), jobs), (1, 3));
        for line in ["test --jobs", "test --jobs=0", "test --jobs many"] {
            assert_eq!(misuse(line), "--jobs needs a whole number after it, of 1 or more");
        }
    }

    #[test]
    fn fuzzing_takes_its_time() {
        for (line, expected) in [("fuzz", 60), ("fuzz --seconds 7", 7), ("fuzz --seconds=3600", 3600)] {
            let Ok(Command::Fuzz { seconds }) = parsed(line) else { panic!("not a fuzz command") };
            assert_eq!(seconds, expected);
        }
        assert_eq!(misuse("fuzz --seconds soon"), "--seconds needs a whole number after it, not `soon`");
        assert_eq!(misuse("fuzz json"), "`fuzz` does not know `json`; it takes --seconds N");
    }

    #[test]
    fn benchmarks_are_quick_only_when_asked() {
        for (line, expected) in [("bench", false), ("bench --quick", true)] {
            let Ok(Command::Bench { quick }) = parsed(line) else { panic!("not a bench command") };
            assert_eq!(quick, expected);
        }
        assert_eq!(misuse("bench --fast"), "`bench` does not know `--fast`; it takes --quick");
    }

    #[test]
    fn misuse_is_named() {
        assert_eq!(misuse("test --row workers"), "there is no row `workers`; did you mean `workerd`?");
        assert_eq!(misuse("test --row"), "--row needs the name of a row after it");
        assert_eq!(misuse("test native"), "`test` does not know `native`; it takes --row NAME and --jobs N");
        assert_eq!(misuse("demo now"), "`demo` takes no argument, but was given `now`");
    }
}
