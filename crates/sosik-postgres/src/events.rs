//! What is told of people, many at once: of those who added, left or blocked a channel in a few statements for all.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::{DateTime, Utc};
use sosik_registry::rows;
use sosik_registry::{Event, Identity, Lookup, Relation, StoreError, SubscriberId};
use uuid::Uuid;

use crate::people::{People, lookup};
use crate::query::{all, get, run};

/// Takes in events: each run of those about channels at once, and what is unlinked between them one by one. In whatever
/// order they are taken in they leave the same behind.
pub(crate) async fn apply(
    people: &mut People<'_>,
    events: &[Event],
    new_id: impl Fn() -> SubscriberId + Sync,
) -> Result<(), StoreError> {
    for run in events.chunk_by(|a, b| is_of_channels(a) && is_of_channels(b)) {
        match run {
            [one] => rows::apply(people, one, &new_id).await?,
            several => related(people, several, &new_id).await?,
        }
    }
    Ok(())
}

fn is_of_channels(event: &Event) -> bool {
    matches!(event, Event::Related { .. })
}

/// What is told of one identity.
struct Told<'a> {
    who: &'a Identity,
    lookup: Lookup,
    /// Everything under which it may be kept.
    lookups: Vec<Lookup>,
    relations: Vec<&'a Relation>,
}

/// Whom it is told of.
#[derive(Clone, Copy)]
struct Known {
    number: i64,
    lookup: Lookup,
}

async fn related(
    people: &mut People<'_>,
    events: &[Event],
    new_id: impl Fn() -> SubscriberId + Sync,
) -> Result<(), StoreError> {
    let mut told = by_identity(people, events);
    let lookups: Vec<Vec<u8>> = told.iter().flat_map(|told| &told.lookups).map(|lookup| lookup.to_vec()).collect();
    let unlinked = "SELECT lookup, at FROM unlinked WHERE lookup = ANY($1)";
    let mut until: HashMap<Lookup, DateTime<Utc>> = HashMap::new();
    for row in all(people.transaction, unlinked, &[&lookups]).await? {
        until.insert(lookup(get(&row, 0)?)?, get(&row, 1)?);
    }
    for told in &mut told {
        let until = told.lookups.iter().filter_map(|lookup| until.get(lookup)).max();
        told.relations.retain(|relation| until.is_none_or(|until| relation.at > *until));
    }
    told.retain(|told| !told.relations.is_empty());

    let holders = "SELECT i.lookup, i.subscriber FROM identities AS i WHERE i.lookup = ANY($1)";
    let mut known: HashMap<Lookup, Known> = HashMap::new();
    for row in all(people.transaction, holders, &[&lookups]).await? {
        let lookup = lookup(get(&row, 0)?)?;
        known.insert(lookup, Known { number: get(&row, 1)?, lookup });
    }
    let mut of = Vec::with_capacity(told.len());
    let mut new = Vec::new();
    let first = people.next_number().await?;
    for told in &told {
        let there = told.lookups.iter().find_map(|lookup| known.get(lookup)).copied();
        of.push(there.unwrap_or_else(|| {
            new.push((told, new_id()));
            let number = first.saturating_add(i64::try_from(new.len() - 1).unwrap_or(i64::MAX));
            Known { number, lookup: told.lookup }
        }));
    }
    begin(people, &new, first).await?;
    since(people, &told, &of).await?;
    relate(people, &told, &of).await
}

fn by_identity<'a>(people: &People<'_>, events: &'a [Event]) -> Vec<Told<'a>> {
    let mut places: HashMap<&Identity, usize> = HashMap::new();
    let mut out: Vec<Told<'a>> = Vec::new();
    for event in events {
        let Event::Related { who, relation, .. } = event else { continue };
        if !who.is_of_kakao() {
            continue;
        }
        let place = match places.entry(who) {
            Entry::Occupied(place) => *place.get(),
            Entry::Vacant(place) => {
                let lookup = people.vault.index(who);
                let lookups = std::iter::once(lookup).chain(people.vault.older_indexes(who)).collect();
                out.push(Told { who, lookup, lookups, relations: Vec::new() });
                *place.insert(out.len() - 1)
            }
        };
        out[place].relations.push(relation);
    }
    out
}

/// Since when someone is told of.
fn first(told: &Told<'_>) -> DateTime<Utc> {
    told.relations.iter().map(|relation| relation.at).min().unwrap_or_default()
}

/// Keeps those of whom no more than an id is known.
async fn begin(people: &People<'_>, new: &[(&Told<'_>, SubscriberId)], number: i64) -> Result<(), StoreError> {
    if new.is_empty() {
        return Ok(());
    }
    let numbers: Vec<i64> = (number..).take(new.len()).collect();
    let ids: Vec<Uuid> = new.iter().map(|(_, id)| id.as_uuid()).collect();
    // None of them is a number: of those nothing is told.
    let sealed: Vec<Vec<u8>> =
        new.iter().map(|(told, id)| people.vault.seal(told.who, id.as_uuid().as_bytes())).collect();
    let since: Vec<DateTime<Utc>> = new.iter().map(|(told, _)| first(told)).collect();
    let insert = "INSERT INTO subscribers (number, id, created_at, topics, allows_text, by_events) \
                  SELECT *, '{}', FALSE, TRUE FROM unnest($1::bigint[], $2::uuid[], $3::timestamptz[])";
    run(people.transaction, insert, &[&numbers, &ids, &since]).await?;
    let lookups: Vec<&[u8]> = new.iter().map(|(told, _)| told.lookup.as_slice()).collect();
    let insert = "INSERT INTO identities (lookup, subscriber, sealed) \
                  SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bytea[])";
    run(people.transaction, insert, &[&lookups, &numbers, &sealed]).await.map(drop)
}

/// Those who are known by events alone are kept since the first.
async fn since(people: &People<'_>, told: &[Told<'_>], of: &[Known]) -> Result<(), StoreError> {
    let numbers: Vec<i64> = of.iter().map(|known| known.number).collect();
    let first: Vec<DateTime<Utc>> = told.iter().map(first).collect();
    let update = "UPDATE subscribers AS s SET created_at = told.at \
                  FROM (SELECT number, min(at) AS at FROM unnest($1::bigint[], $2::timestamptz[]) AS u (number, at) \
                        GROUP BY number) AS told \
                  WHERE s.number = told.number AND s.by_events AND told.at < s.created_at";
    run(people.transaction, update, &[&numbers, &first]).await.map(drop)
}

async fn relate(people: &People<'_>, told: &[Told<'_>], of: &[Known]) -> Result<(), StoreError> {
    let (mut channels, mut numbers, mut lookups) = (Vec::new(), Vec::new(), Vec::new());
    let (mut states, mut times, mut sources) = (Vec::new(), Vec::new(), Vec::new());
    for (told, known) in told.iter().zip(of) {
        // Of each channel one, as a statement may not change a row twice.
        for relation in Relation::latest(told.relations.iter().map(|relation| (*relation).clone())) {
            channels.push(relation.channel.as_str().to_owned());
            numbers.push(known.number);
            lookups.push(known.lookup.to_vec());
            states.push(i16::from(relation.state.rank()));
            times.push(relation.at);
            sources.push(relation.source);
        }
    }
    let put = "INSERT INTO relations AS r (channel, subscriber, lookup, state, at, source) \
               SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::smallint[], $5::timestamptz[], $6::text[]) \
               ON CONFLICT (channel, subscriber, lookup) DO UPDATE \
               SET state = excluded.state, at = excluded.at, source = excluded.source \
               WHERE (excluded.at, excluded.state, excluded.source) > (r.at, r.state, r.source)";
    run(people.transaction, put, &[&channels, &numbers, &lookups, &states, &times, &sources]).await.map(drop)
}
