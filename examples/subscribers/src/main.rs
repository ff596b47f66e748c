//! A city's subscribers at the command line.

mod args;
mod bench;
mod failure;
mod raw;
mod store;
mod told;

use std::process::ExitCode;

use chrono::{DateTime, FixedOffset, Utc};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use sosik::registry::{Directory, Erasure, Page, Put, SecretKey, Subscriber, import};
use sosik::{Clock as _, SystemClock, SystemEntropy};

use crate::args::{Args, Asked, Command, Import, Who};
use crate::failure::Failure;
use crate::store::Store;

/// People of an import that are kept at once: what the store takes in one transaction.
const AT_ONCE: usize = 50_000;

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
        Command::Import(asked) if asked.dry_run => {
            return Ok(format!("{} people could be brought in", read(asked, now)?.len()));
        }
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
        Command::Import(asked) => bring_in(store, asked, now).await,
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

fn read(asked: &Import, now: DateTime<Utc>) -> Result<Vec<sosik::registry::NewSubscriber>, Failure> {
    let areas = Directory::from_csv(&Failure::read(&asked.areas)?).map_err(Failure::at(asked.areas.display()))?;
    let file = Failure::read(&asked.file)?;
    let today =
        FixedOffset::east_opt(9 * 3600).map_or(now.date_naive(), |seoul| now.with_timezone(&seoul).date_naive());
    import::from_csv(&file, &areas, today).map_err(Failure::at(asked.file.display()))
}

async fn bring_in(store: &Store, asked: &Import, now: DateTime<Utc>) -> Result<String, Failure> {
    let people = read(asked, now)?;
    let bar = bar(people.len() as u64);
    let mut added = 0;
    for part in people.chunks(AT_ONCE) {
        let put = store.people().put(part, now).await.map_err(Failure::at("the store"))?;
        added += put.iter().filter(|put| matches!(put, Put::Added(_))).count();
        bar.inc(part.len() as u64);
    }
    bar.finish_and_clear();
    Ok(format!("{} people were brought in, {added} of them new", people.len()))
}

/// A bar for long work, where someone looks on.
fn bar(length: u64) -> ProgressBar {
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
