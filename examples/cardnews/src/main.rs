//! Card news of a city's posts: curated, reviewed and drawn.

mod args;
mod draw;
mod posts;

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use clap::Parser;
use sosik::content::review::{Finding, Reviewer, Severity};

use crate::args::{Args, Command};

/// What goes wrong, in words for whoever started the program.
type Failure = Box<dyn std::error::Error>;

/// The exit status when the review found errors.
const REVIEW_FAILED: u8 = 2;

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(findings) if findings.iter().any(|finding| finding.severity() == Severity::Error) => {
            ExitCode::from(REVIEW_FAILED)
        }
        Ok(_) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "a program says what went wrong")]
fn complain(failure: &Failure) {
    let mut text = format!("error: {failure}");
    let mut source = failure.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    eprintln!("{text}");
}

/// Says a line to whoever listens; one who stops listening, as `head` does, is no failure.
pub(crate) fn say(line: &str) -> Result<(), Failure> {
    match writeln!(std::io::stdout().lock(), "{line}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other.map_err(|error| format!("the answer cannot be printed: {error}"))?),
    }
}

fn run(args: &Args) -> Result<Vec<Finding>, Failure> {
    match &args.command {
        Some(Command::Review { file, review }) => {
            let posts = posts::read(file)?;
            let slot = posts::slot(&posts, review.week.as_deref())?;
            let findings = reviewer(review, slot.date_naive()).review(&posts);
            report(&findings, review.json)?;
            Ok(findings)
        }
        None => draw::run(args),
    }
}

/// A reviewer of what goes out on a day.
fn reviewer(review: &args::Review, today: chrono::NaiveDate) -> Reviewer {
    review.head.iter().fold(Reviewer::new(today, chrono_tz::Asia::Seoul), Reviewer::with_head)
}

/// Says what the review found.
fn report(findings: &[Finding], json: bool) -> Result<(), Failure> {
    if json {
        return say(&posts::findings_json(findings).to_string());
    }
    for finding in findings {
        say(&finding.to_string())?;
    }
    let count = |severity| findings.iter().filter(|finding| finding.severity() == severity).count();
    let (errors, warnings, hints) = (count(Severity::Error), count(Severity::Warning), count(Severity::Hint));
    say(&format!("review   {errors} errors, {warnings} warnings, {hints} hints"))
}
