//! People brought in from a file.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use sosik::registry::import::{self, Read};
use sosik::registry::{Directory, Put};

use crate::args::Import;
use crate::bar;
use crate::failure::Failure;
use crate::store::Store;

/// People that are kept at once: what the store takes in one transaction.
const AT_ONCE: usize = 50_000;

/// Bad rows that are told of; the report has all of them.
const TOLD: usize = 10;

/// What would be brought in; and, where there is a store, how many of them it knows.
pub(crate) async fn look(asked: &Import, store: Option<&Store>, now: DateTime<Utc>) -> Result<String, Failure> {
    let read = read(asked, now)?;
    let mut said = summary(&read);
    said.push(format!("{} people could be brought in", read.people.len()));
    if let Some(store) = store {
        let (mut known, bar) = (0_usize, bar(read.people.len() as u64));
        for (_, new) in &read.people {
            let found = store.people().find(&new.identities()[0]).await.map_err(Failure::at("the store"))?;
            known += usize::from(found.is_some());
            bar.inc(1);
        }
        bar.finish_and_clear();
        said.push(format!("{known} of them are known"));
    }
    Ok(said.join("\n"))
}

pub(crate) async fn bring_in(store: &Store, asked: &Import, now: DateTime<Utc>) -> Result<String, Failure> {
    let read = read(asked, now)?;
    let mut said = summary(&read);
    if asked.all_or_nothing && read.problems.is_some() {
        said.push("no one was brought in".to_owned());
        return Err(Failure::new(said.join("\n")));
    }
    let people: Vec<_> = read.people.into_iter().map(|(_, person)| person).collect();
    // All of it in one transaction where that is asked; in parts otherwise, which are there if it is broken off.
    let part = if asked.all_or_nothing { people.len().max(1) } else { AT_ONCE };
    let (mut added, bar) = (0, bar(people.len() as u64));
    for part in people.chunks(part) {
        let put = store.people().put(part, now).await.map_err(Failure::at("the store"))?;
        added += put.iter().filter(|put| matches!(put, Put::Added(_))).count();
        bar.inc(part.len() as u64);
    }
    bar.finish_and_clear();
    said.push(format!("{} people were brought in, {added} of them new", people.len()));
    Ok(said.join("\n"))
}

fn read(asked: &Import, now: DateTime<Utc>) -> Result<Read, Failure> {
    let areas = Directory::from_csv(&Failure::read(&asked.areas)?).map_err(Failure::at(asked.areas.display()))?;
    let file = Failure::read(&asked.file)?;
    let read = import::read(&file, &asked.columns, &areas, seoul(now)).map_err(Failure::at(asked.file.display()))?;
    if let Some((report, problems)) = asked.report.as_ref().zip(read.problems.as_ref()) {
        // With a mark, by which spreadsheet programs know the encoding.
        let csv = format!("\u{feff}{}", problems.to_csv());
        std::fs::write(report, csv).map_err(Failure::at(report.display()))?;
    }
    Ok(read)
}

/// The day in Seoul.
pub(crate) fn seoul(now: DateTime<Utc>) -> NaiveDate {
    FixedOffset::east_opt(9 * 3600).map_or(now.date_naive(), |seoul| now.with_timezone(&seoul).date_naive())
}

/// What was found in the file, line by line.
fn summary(read: &Read) -> Vec<String> {
    let mut said = vec![format!("columns: {}", read.columns)];
    if read.zeros_restored > 0 {
        said.push(format!("numbers that were given their leading zero again: {}", read.zeros_restored));
    }
    if let Some(problems) = &read.problems {
        let rows = problems.rows();
        said.push(format!("what is wrong with rows: {}", rows.len()));
        said.extend(rows.iter().take(TOLD).map(|row| format!("  {row}")));
        if rows.len() > TOLD {
            said.push(format!("  and {} more; --report has all of them", rows.len() - TOLD));
        }
    }
    said
}
