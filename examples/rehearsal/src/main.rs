//! Friday before Friday: a campaign to placeholder citizens, with the dealer, the workers and whoever kills them each in a
//! process of their own.
//!
//! `rehearsal --recipients 1000000 --baseline --json`; `README.md` says what it prints.

mod args;
mod baseline;
mod city;
mod crew;
mod dealer;
mod failure;
mod place;
mod receiver;
mod rehearse;
mod worker;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Part};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = Args::parse();
    let result = match &args.part {
        Some(Part::Dealer(dealer)) => dealer::serve(dealer).await.map(|()| true),
        Some(Part::Worker(worker)) => worker::work(worker).await.map(|()| true),
        None => rehearse::rehearse(&args.rehearse).await.map(|outcome| {
            say(&screen(&outcome.json, args.rehearse.json));
            outcome.is_whole
        }),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(failure) => {
            complain(&failure.to_string());
            ExitCode::FAILURE
        }
    }
}

/// What was counted, as JSON or line by line.
fn screen(json: &serde_json::Value, as_json: bool) -> String {
    if as_json {
        return serde_json::to_string_pretty(json).unwrap_or_default();
    }
    let lines = json.as_object().into_iter().flatten().map(|(name, value)| format!("{name:32} {value}"));
    lines.collect::<Vec<_>>().join("\n")
}

#[expect(clippy::print_stdout, reason = "a program speaks")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "a program speaks")]
fn complain(text: &str) {
    eprintln!("error: {text}");
}
