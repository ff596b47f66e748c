//! A city's subscribers at the command line.

mod args;
mod bench;
mod bring;
mod failure;
mod raw;
mod store;
mod told;

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use sosik::registry::{Erasure, Page, SecretKey, Subscriber};
use sosik::{Clock as _, SystemClock, SystemEntropy};

use crate::args::{Args, Asked, Command, Who};
use crate::failure::Failure;
use crate::store::Store;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(said) => {
            print(&said);
            ExitCode::SUCCESS
        }
        Err(failure) => {
            complain(&failure);
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<String, Failure> {
    let now = SystemClock::new().now();
    match &args.command {
        Command::Bench(asked) => return bench::run(&args.store, asked, now).await,
        Command::NewKey => return Ok(SecretKey::generate(&SystemEntropy::new()).expose_hex().to_string()),
        // Without a key only the file is looked at.
        Command::Import(asked) if asked.dry_run && args.key.is_none() => return bring::look(asked, None, now).await,
        _ => {}
    }
    let store = Store::open(&args).await?;
    let said = done(&store, &args.command, now).await;
    store.close()?;
    said
}

async fn done(store: &Store, command: &Command, now: DateTime<Utc>) -> Result<String, Failure> {
    let (people, wrong) = (store.people(), |error| Failure::at("the store")(error));
    match command {
        Command::Backup { to } => store.backup(to).await.map(|()| format!("all of it is in {}", to.display())),
        Command::Count(Asked { segment, at }) => {
            Ok(people.count_of(segment, at.unwrap_or(now)).await.map_err(wrong)?.to_string())
        }
        Command::Erase { who, ground } => {
            let person = person(store, who).await?;
            people.erase(person.id, &Erasure::new(now, ground)).await.map_err(wrong)?;
            Ok(format!("{} is erased", person.id))
        }
        Command::Export { who } => {
            let full = told::in_full(&person(store, who).await?);
            serde_json::to_string_pretty(&full).map_err(Failure::at("the person"))
        }
        Command::Import(asked) if asked.dry_run => bring::look(asked, Some(store), now).await,
        Command::Import(asked) => bring::bring_in(store, asked, now).await,
        Command::List { asked, limit } => {
            let page = Page::first(asked.segment.clone(), asked.at.unwrap_or(now), *limit);
            let page = people.page(&page).await.map_err(wrong)?;
            Ok(page.iter().map(told::line).collect::<Vec<_>>().join("\n"))
        }
        Command::Reseal { step } => {
            let left = people.reseal(*step).await.map_err(wrong)?;
            let bar = bar(left);
            let mut before = left;
            while before > 0 {
                let left = people.reseal(*step).await.map_err(wrong)?;
                bar.inc(before.saturating_sub(left));
                before = left;
            }
            bar.finish_and_clear();
            Ok("everything is sealed under the key".to_owned())
        }
        Command::Show { who, segment } => {
            let person = person(store, who).await?;
            let why =
                segment.as_ref().map(|segment| format!("\n{}", segment.explain(&person, now).to_string().trim_end()));
            Ok(told::masked(&person) + &why.unwrap_or_default())
        }
        Command::Verify => {
            let report = people.verify().await.map_err(wrong)?;
            match &report.broken {
                None => Ok(report.to_string()),
                Some(_) => Err(Failure::new(report.to_string())),
            }
        }
        Command::Bench(_) | Command::NewKey => Ok(String::new()),
    }
}

async fn person(store: &Store, who: &Who) -> Result<Subscriber, Failure> {
    let identity = who.identity().map_err(Failure::new)?;
    let found = store.people().find(&identity).await.map_err(Failure::at("the store"))?;
    found.ok_or_else(|| Failure::new("no one is known by that"))
}

/// A bar for long work, where someone looks on.
pub(crate) fn bar(length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar} {human_pos} of {human_len}, {eta} left");
    ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

#[expect(clippy::print_stdout, reason = "a program answers whoever asked it")]
fn print(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "a program says what went wrong")]
fn complain(failure: &Failure) {
    eprintln!("error: {failure}");
}
