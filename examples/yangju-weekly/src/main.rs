//! A city's Friday edition, from its blog to its citizens' phones.

mod args;
mod carrier;
mod config;
mod deliver;
mod edition;
mod failure;
mod people;
mod report;
mod routes;
mod screen;
mod send;
mod week;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Args;
use crate::failure::Failure;

#[tokio::main]
async fn main() -> ExitCode {
    match Box::pin(week::run(&Args::parse())).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "a program says what went wrong")]
fn complain(failure: &Failure) {
    eprintln!("error: {failure}");
}
