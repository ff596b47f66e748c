//! One message by either dealer, and what they take.

mod args;
mod dealer;
mod limits;
mod message;
mod outcome;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let text = match &args.command {
        Some(Command::Limits(limits)) => Ok((limits::table(limits), true)),
        None => outcome::send(&args.send).await,
    };
    let printed = text.and_then(|(text, well)| print(&text).map(|()| well));
    match printed {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            complain(&problem);
            ExitCode::FAILURE
        }
    }
}

/// Prints to whoever listens; one who stops listening, as `head` does, is no failure.
fn print(text: &str) -> Result<(), String> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| format!("the answer cannot be printed: {error}")),
    }
}

#[expect(clippy::print_stderr, reason = "a program says what went wrong")]
fn complain(problem: &str) {
    eprintln!("error: {problem}");
}
