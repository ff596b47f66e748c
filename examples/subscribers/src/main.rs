//! A city's subscribers at the command line.

mod args;
mod bench;
mod failure;
mod raw;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, Utc};
use clap::Parser;
use sosik::registry::{Directory, Put, SecretKey, SubscriberStore, Vault, import};
use sosik::sqlite::SqliteStore;
use sosik::{Clock as _, Entropy, SystemClock, SystemEntropy};

use crate::args::{Args, Command, Count, Import};
use crate::failure::Failure;

#[tokio::main(flavor = "current_thread")]
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
        Command::Bench(bench) => bench::run(bench, now).await,
        Command::Count(count) => {
            let Count { segment, at } = count;
            let store = open(&args)?;
            let count = store.count_of(segment, at.unwrap_or(now)).await.map_err(Failure::at("the store"))?;
            close(store)?;
            Ok(count.to_string())
        }
        Command::Import(import) => bring_in(&args, import, now).await,
        Command::NewKey => Ok(SecretKey::generate(&SystemEntropy::new()).expose_hex().to_string()),
        Command::Verify => {
            let store = open(&args)?;
            let report = store.verify().await.map_err(Failure::at("the store"))?;
            close(store)?;
            match &report.broken {
                None => Ok(report.to_string()),
                Some(_) => Err(Failure::new(report.to_string())),
            }
        }
    }
}

async fn bring_in(args: &Args, asked: &Import, now: DateTime<Utc>) -> Result<String, Failure> {
    let areas = Directory::from_csv(&Failure::read(&asked.areas)?).map_err(Failure::at(asked.areas.display()))?;
    let file = Failure::read(&asked.file)?;
    let today =
        FixedOffset::east_opt(9 * 3600).map_or(now.date_naive(), |seoul| now.with_timezone(&seoul).date_naive());
    let people = import::from_csv(&file, &areas, today).map_err(Failure::at(asked.file.display()))?;
    if asked.dry_run {
        return Ok(format!("{} people could be brought in", people.len()));
    }
    let store = open(args)?;
    let put = store.put(&people, now).await.map_err(Failure::at("the store"))?;
    close(store)?;
    let added = put.iter().filter(|put| matches!(put, Put::Added(_))).count();
    Ok(format!("{} people were brought in, {added} of them new", put.len()))
}

fn open(args: &Args) -> Result<SqliteStore, Failure> {
    let key = args.key.as_deref().ok_or_else(|| Failure::new("SOSIK_KEY: it is not set; new-key makes one"))?;
    let key = SecretKey::from_hex(key).map_err(Failure::at("SOSIK_KEY"))?;
    store(&args.store, &key).map_err(Failure::at(args.store.display()))
}

/// All of it in one file, to be copied as it lies there.
fn close(store: SqliteStore) -> Result<(), Failure> {
    if store.close() { Ok(()) } else { Err(Failure::new("the store: it could not be closed")) }
}

pub(crate) fn store(path: &Path, key: &SecretKey) -> Result<SqliteStore, sosik::registry::StoreError> {
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::new());
    SqliteStore::open(path, Vault::new(key, Arc::clone(&entropy)), entropy)
}

#[expect(clippy::print_stdout, reason = "a program answers whoever asked it")]
fn print(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "a program says what went wrong")]
fn complain(failure: &Failure) {
    eprintln!("error: {failure}");
}
