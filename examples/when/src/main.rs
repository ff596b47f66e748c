//! When a message may go, and why not now.

mod args;
mod commands;
mod failure;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;
use sosik::{Clock as _, SystemClock};

use crate::args::{Args, Command};
use crate::failure::Failure;

fn main() -> ExitCode {
    let args = Args::parse();
    let now = SystemClock::new().now();
    let text = match &args.command {
        Command::Decide(decide) => commands::decide(decide),
        Command::Holidays(holidays) => commands::holidays(holidays, now),
        Command::Policy(policy) => commands::policy(policy),
        Command::Rules(rules) => Ok(commands::rules(rules)),
        Command::Slots(slots) => commands::slots(slots, now),
    };
    match text.and_then(|text| print(&text)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure);
            ExitCode::FAILURE
        }
    }
}

/// Prints to whoever listens; one who stops listening, as `head` does, is no failure.
fn print(text: &str) -> Result<(), Failure> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| Failure::new(format!("the answer cannot be printed: {error}"))),
    }
}

#[expect(clippy::print_stderr, reason = "a program says what went wrong")]
fn complain(failure: &Failure) {
    eprintln!("error: {failure}");
}
