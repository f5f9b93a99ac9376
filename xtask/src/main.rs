//! `cargo xtask <command>`: every chore of this repository as one command that works on a bare machine.
//!
//! This file only picks the command. It may not do any work itself: `cargo xtask help` lists which module does what.

mod bench;
mod checkout;
mod command_line;
mod demo;
mod display;
mod fingerprint;
mod fuzz;
mod lint;
mod miri;
mod mutants;
mod package;
mod process;
mod reproducible;
mod rows;
mod setup;
mod size;
mod tally;
mod test;
mod versions;

use std::process::ExitCode;

use checkout::Checkout;
use command_line::Command;
use fuzz::Inputs;

fn main() -> ExitCode {
    match command_line::parse(std::env::args().skip(1)) {
        Ok(command) => run(&command).unwrap_or_else(|problem| {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }),
        Err(misuse) => {
            eprintln!("error: {misuse}");
            ExitCode::from(2)
        }
    }
}

fn run(command: &Command) -> Result<ExitCode, String> {
    if let Command::Help = command {
        print!("{}", command_line::help());
        return Ok(ExitCode::SUCCESS);
    }
    let checkout = Checkout::find()?;
    let all_well = match command {
        Command::Help => true,
        Command::Setup => setup::everything(&checkout).map(|()| true)?,
        Command::Build => package::build(&checkout).map(|_| true)?,
        Command::Size => size::run(&checkout)?,
        Command::Bench { quick } => bench::run(&checkout, *quick)?,
        Command::Demo => demo::run(&checkout)?,
        Command::Test { rows, jobs } => test::run(&checkout, rows, *jobs),
        Command::Fuzz { seconds } => fuzz::run(&checkout, *seconds, Inputs::Fresh)?.failed == 0,
        Command::Miri => miri::run(&checkout)?,
        Command::Mutants => mutants::run(&checkout)?,
        Command::Lint => lint::run(&checkout)?.failed == 0,
    };
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
