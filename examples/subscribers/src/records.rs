//! The records of who accessed people's data and of who may, and what is kept no longer.

use chrono::{DateTime, Utc};
use sosik::registry::access::ACCESS_RULES;
use sosik::registry::journal;
use sosik::registry::rights::{self, Rights, RightsChange};
use sosik::registry::{Entry, Erasure, Journal, RetentionRule, destroy_due, is_to_be_destroyed};

use crate::args::RightsAsked;
use crate::failure::Failure;
use crate::store::Store;
use crate::{bar, everyone, told};

pub(crate) async fn accesses(store: &Store, after: u64, limit: usize) -> Result<String, Failure> {
    let wrong = Failure::at("the record of accesses");
    let report = whole(store.accesses()).await?;
    let page = store.accesses().entries(after, limit).await.map_err(wrong)?;
    let lines = page.iter().map(|(number, access)| told::access(*number, access));
    Ok(lines.chain([report]).collect::<Vec<_>>().join("\n"))
}

pub(crate) async fn rights(store: &Store, asked: Option<&RightsAsked>, now: DateTime<Utc>) -> Result<String, Failure> {
    let wrong = |error| Failure::at("the record of rights")(error);
    let journal = store.rights();
    let standing = rights::standing(journal, now).await.map_err(wrong)?;
    let change = match asked {
        None => {
            let lines: Vec<String> = standing.iter().map(|(account, rights)| format!("{account}: {rights}")).collect();
            return Ok(if lines.is_empty() { "no account has rights".to_owned() } else { lines.join("\n") });
        }
        Some(RightsAsked::Log) => return log(journal).await,
        Some(RightsAsked::Give { whose, rights }) => match standing.get(whose) {
            Some(before) if before == rights => return Err(Failure::new("the account has them already")),
            Some(_) => store.change(whose, Rights::Changed(rights.clone()), now),
            None => store.change(whose, Rights::Granted(rights.clone()), now),
        },
        Some(RightsAsked::Take { whose }) if standing.contains_key(whose) => store.change(whose, Rights::Removed, now),
        Some(RightsAsked::Take { .. }) => return Err(Failure::new("the account has no rights")),
    };
    journal.add_entry(&change).await.map_err(wrong)?;
    Ok("it is recorded; give or take them in the system itself too".to_owned())
}

async fn log(rights: &dyn Journal<RightsChange>) -> Result<String, Failure> {
    let report = whole(rights).await?;
    let mut lines = Vec::new();
    let each = journal::each(rights, |number, change| lines.push(told::rights(number, &change)));
    each.await.map_err(Failure::at("the record of rights"))?;
    lines.push(report);
    Ok(lines.join("\n"))
}

/// What a journal says of itself, where nothing in it was changed.
async fn whole<E: Entry>(journal: &dyn Journal<E>) -> Result<String, Failure> {
    let report = journal.verify_entries().await.map_err(Failure::at(E::NAME))?;
    if report.broken.is_some() { Err(Failure::new(report.to_string())) } else { Ok(report.to_string()) }
}

pub(crate) async fn purge(
    store: &Store,
    until: chrono::NaiveDate,
    erasure: &Erasure,
    dry_run: bool,
) -> Result<String, Failure> {
    let (wrong, now) = (|error| Failure::at("the store")(error), erasure.at);
    let count = store.people().count().await.map_err(wrong)?;
    if dry_run {
        let mut due = 0_usize;
        everyone(store, now, async |people| {
            due += people.iter().filter(|person| is_to_be_destroyed(person, until, now)).count();
            Ok(())
        })
        .await?;
        return Ok(format!("{due} people would be erased"));
    }
    let bar = bar(count);
    let erased = destroy_due(store.people(), until, erasure, |seen| bar.inc(seen)).await.map_err(wrong)?;
    bar.finish_and_clear();
    let accesses = RetentionRule::kept_from(&ACCESS_RULES, count, now);
    let accesses = drop_old(store.accesses(), accesses).await?;
    let rights = rights::kept_from(store.rights(), now).await.map_err(wrong)?;
    let rights = drop_old(store.rights(), rights).await?;
    Ok(format!("{erased} people were erased\n{accesses}\n{rights}"))
}

async fn drop_old<E: Entry>(journal: &dyn Journal<E>, before: DateTime<Utc>) -> Result<String, Failure> {
    let dropped = journal.purge_entries(before).await.map_err(Failure::at(E::NAME))?;
    Ok(format!("{dropped} {} of before {} were dropped", E::NAME, before.to_rfc3339()))
}
