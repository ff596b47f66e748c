//! A city's window and pages: the desk for staff, the archive, the chatbot and what Kakao posts, on SQLite.

mod args;
mod demo;
mod doors;
mod load;
mod newsroom;
mod parts;
mod server;
mod settings;
mod staff;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;

/// Whatever goes wrong is told to whoever started the program.
type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let mut args = args::Args::parse();
    let done = match args.command.take() {
        Some(args::Command::Load(load)) => load::run(load).await,
        None => server::run(args).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut text = error.to_string();
            let mut source = error.source();
            while let Some(cause) = source {
                text = format!("{text}: {cause}");
                source = cause.source();
            }
            say(&format!("error: {text}"));
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "a program speaks to whoever started it")]
fn say(text: &str) {
    println!("{text}");
}
