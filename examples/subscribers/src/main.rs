//! A city's subscribers at the command line.

mod areas;
mod args;
mod bench;
mod bring;
mod failure;
mod kakao;
mod raw;
mod records;
mod store;
mod told;

use std::process::ExitCode;

use chrono::{DateTime, NaiveDate, Utc};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use sosik::registry::access::Whose;
use sosik::registry::{ConsentEvent, Erasure, Note, Page, SecretKey, Segment, Subscriber, duties};
use sosik::registry::{access, portable};
use sosik::{Clock as _, SystemClock, SystemEntropy};

use crate::args::{Args, Asked, Command, Place, Said, Who};
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
        Command::Copy { from, to } => return copy(&args, from, to).await,
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
        Command::Accesses { after, limit } => records::accesses(store, *after, *limit).await,
        Command::Breach { from, until, by, found_out } => {
            let found_out = found_out.unwrap_or(now);
            let breach =
                access::breach(store.accesses(), by.as_deref(), (*from, *until), found_out).await.map_err(wrong)?;
            Ok(told::breach(&breach))
        }
        Command::Ask { who, request, evidence } => {
            let person = person(store, who).await?;
            let note = Note::asked((*request).into(), now, evidence);
            people.note(person.id, &note).await.map_err(wrong)?;
            Ok(format!("it is noted that {} asked", person.id))
        }
        Command::Done { who, duty, evidence } => {
            let person = person(store, who).await?;
            let owed = duties(&person, now).into_iter().find(|owed| owed.kind == (*duty).into());
            let owed = owed.ok_or_else(|| Failure::new("that is not owed to them"))?;
            people.note(person.id, &Note::done(&owed, now, evidence)).await.map_err(wrong)?;
            Ok(format!("done: {owed}"))
        }
        Command::Due { until } => due(store, *until, now).await,
        Command::Backup { to } => store.backup(to).await.map(|()| format!("all of it is in {}", to.display())),
        Command::Consent(said) => say(store, said, ConsentEvent::granted(said.purpose, now, &said.evidence)).await,
        Command::Withdraw(said) => say(store, said, ConsentEvent::withdrawn(said.purpose, now, &said.evidence)).await,
        Command::Count(Asked { segment, at }) => {
            Ok(people.count_of(segment, at.unwrap_or(now)).await.map_err(wrong)?.to_string())
        }
        Command::Erase { who, ground } => {
            let person = person(store, who).await?;
            people.erase(person.id, &Erasure::new(now, ground)).await.map_err(wrong)?;
            Ok(format!("{} is erased", person.id))
        }
        Command::Export { who } => {
            let person = person(store, who).await?;
            store.exports(Whose::One(person.id), now).await.map_err(wrong)?;
            let full = told::in_full(&person);
            serde_json::to_string_pretty(&full).map_err(Failure::at("the person"))
        }
        Command::Import(asked) if asked.dry_run => bring::look(asked, Some(store), now).await,
        Command::Import(asked) => bring::bring_in(store, asked, now).await,
        Command::KakaoFile(asked) => kakao::fill(store, asked, now).await,
        Command::List { asked, limit } => {
            let page = Page::first(asked.segment.clone(), asked.at.unwrap_or(now), *limit);
            let page = people.page(&page).await.map_err(wrong)?;
            Ok(page.iter().map(told::line).collect::<Vec<_>>().join("\n"))
        }
        Command::MoveAreas { areas, dry_run } => areas::move_areas(store, areas, *dry_run, now).await,
        Command::Purge { until, ground, dry_run } => {
            records::purge(store, until.unwrap_or(NaiveDate::MAX), &Erasure::new(now, ground), *dry_run).await
        }
        Command::Rights { asked } => records::rights(store, asked.as_ref(), now).await,
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
        Command::Bench(_) | Command::Copy { .. } | Command::NewKey => Ok(String::new()),
    }
}

async fn say(store: &Store, said: &Said, event: ConsentEvent) -> Result<String, Failure> {
    let person = person(store, &said.who).await?;
    store.people().record(person.id, &event).await.map_err(Failure::at("the store"))?;
    Ok(format!("it is noted of {}; tell them what came of it within 14 days", person.id))
}

async fn copy(args: &Args, from: &Place, to: &Place) -> Result<String, Failure> {
    let (from, to) = (Store::open_at(args, from).await?, Store::open_at(args, to).await?);
    let people = from.people().count().await.map_err(Failure::at("the store to copy from"))?;
    // Of each a row, an identity, and what they said.
    let bar = bar(3 * people);
    let copied = portable::copy(from.portable(), to.portable(), |more| bar.inc(more)).await;
    bar.finish_and_clear();
    let copied = copied.map_err(Failure::at("the copy"))?;
    from.close()?;
    to.close()?;
    Ok(format!("{} people and {} entries of the ledger were copied, and are the same", copied.people, copied.entries))
}

/// What is owed up to a day, in its order.
async fn due(store: &Store, until: NaiveDate, now: DateTime<Utc>) -> Result<String, Failure> {
    let mut owed = Vec::new();
    everyone(store, now, async |people| {
        owed.extend(people.iter().flat_map(|person| duties(person, now)).filter(|duty| duty.due <= until));
        Ok(())
    })
    .await?;
    owed.sort();
    let mut lines: Vec<String> = owed.iter().map(ToString::to_string).collect();
    lines.push(format!("owed up to {until}: {}", owed.len()));
    Ok(lines.join("\n"))
}

/// Goes through everyone, some at a time.
pub(crate) async fn everyone(
    store: &Store,
    now: DateTime<Utc>,
    mut each: impl AsyncFnMut(&[Subscriber]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    /// People that are looked at together.
    const PAGE: usize = 2_000;

    let (people, wrong) = (store.people(), |error| Failure::at("the store")(error));
    let bar = bar(people.count().await.map_err(wrong)?);
    let mut page = Page::first(Segment::All, now, PAGE);
    loop {
        let part = people.page(&page).await.map_err(wrong)?;
        each(&part).await?;
        bar.inc(part.len() as u64);
        match page.next(&part) {
            Some(next) => page = next,
            None => break,
        }
    }
    bar.finish_and_clear();
    Ok(())
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
