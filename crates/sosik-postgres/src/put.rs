//! Many people at once: those who are new go in by binary `COPY`.

use std::collections::HashSet;
use std::pin::pin;

use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use sosik_core::{Entropy, uuid_v7, uuids_v7};
use sosik_registry::rows::{self, is_same};
use sosik_registry::{Identity, LedgerEntry, Lookup, NewSubscriber, Put, StoreError, SubscriberId, Vault};

use crate::copy;
use crate::error::database;
use crate::people::{Columns, People, lookup};
use crate::query::{Values, all, get};

/// People whose identities are hashed and sealed apart from those who wait for the network: fewer are not worth it.
const MANY: usize = 256;

/// Keeps people. Who is new and known by one identity, as nearly everyone of an import is, goes in with all of them at
/// once; everyone else is looked at one by one.
pub(crate) async fn put(
    transaction: &Transaction<'_>,
    (vault, entropy): (&Vault, &dyn Entropy),
    people: &[NewSubscriber],
    now: DateTime<Utc>,
) -> Result<Vec<Put>, StoreError> {
    let mut kept = People::open(transaction, vault).await?;
    let mut out: Vec<Option<Put>> = vec![None; people.len()];
    if people.len() > 1 {
        let lookups: Vec<Lookup> = people.iter().map(|new| vault.index(&new.identities()[0])).collect();
        let short = short_way(transaction, vault, people, &lookups).await?;
        let ids = uuids_v7(now, entropy, short.len()).into_iter().map(SubscriberId::new);
        let new: Vec<New<'_>> =
            short.iter().zip(ids).map(|(at, id)| New { at: *at, id, person: &people[*at] }).collect();
        add(&mut kept, &new, &lookups, now).await?;
        for New { at, id, .. } in new {
            out[at] = Some(Put::Added(id));
        }
    }
    for (new, put) in people.iter().zip(&mut out) {
        if put.is_none() {
            *put = Some(rows::put(&mut kept, new, now, || SubscriberId::new(uuid_v7(now, entropy))).await?);
        }
    }
    kept.close().await?;
    Ok(out.into_iter().flatten().collect())
}

/// Someone who goes the short way.
struct New<'a> {
    /// Their place among those who are put.
    at: usize,
    id: SubscriberId,
    person: &'a NewSubscriber,
}

/// The places of those who are new, known by one identity, and stand there for the first time.
async fn short_way(
    transaction: &Transaction<'_>,
    vault: &Vault,
    people: &[NewSubscriber],
    lookups: &[Lookup],
) -> Result<Vec<usize>, StoreError> {
    let several = people.iter().filter(|new| new.identities().len() > 1);
    let mut seen: HashSet<&Identity> = several.flat_map(NewSubscriber::identities).collect();
    let mut asked: Vec<&[u8]> = lookups.iter().map(Lookup::as_slice).collect();
    let older: Vec<(usize, Lookup)> = people
        .iter()
        .enumerate()
        .flat_map(|(at, new)| vault.older_indexes(&new.identities()[0]).map(move |lookup| (at, lookup)))
        .collect();
    asked.extend(older.iter().map(|(_, lookup)| lookup.as_slice()));
    let rows = all(transaction, "SELECT lookup FROM identities WHERE lookup = ANY($1)", &[&asked]).await?;
    let known = rows.iter().map(|row| lookup(get(row, 0)?)).collect::<Result<HashSet<Lookup>, StoreError>>()?;
    let known_before: HashSet<usize> =
        older.iter().filter(|(_, lookup)| known.contains(lookup)).map(|(at, _)| *at).collect();
    let is_short = |at: &usize| {
        let identities = people[*at].identities();
        let is_known = known.contains(&lookups[*at]) || known_before.contains(at);
        identities.len() == 1 && !is_known && seen.insert(&identities[0])
    };
    Ok((0..people.len()).filter(is_short).collect())
}

/// Puts in everyone of whom nothing is there yet.
async fn add(kept: &mut People<'_>, new: &[New<'_>], lookups: &[Lookup], now: DateTime<Utc>) -> Result<(), StoreError> {
    if new.is_empty() {
        return Ok(());
    }
    let first = kept.next_number().await?;
    let sealed = seal(kept.vault, new).await;
    let mut writer = pin!(copy::people(kept.transaction).await?);
    for ((number, New { id, person, .. }), sealed) in (first..).zip(new).zip(&sealed) {
        let mobile = person.phone().map(sosik_core::PhoneNumber::is_mobile);
        let phone = mobile.map(|_| sealed.as_slice());
        let Columns { area, topics, language, quiet } = Columns::of(person);
        let (topics, text) = (topics.unwrap_or_default(), person.allows_text.unwrap_or(false));
        let gone: Option<DateTime<Utc>> = None;
        #[rustfmt::skip]
        let values: Values<'_> = &[
            &number, &id.as_uuid(), &phone, &mobile, &area, &topics, &text, &language, &quiet, &person.child_until, &gone, &false,
            &now,
        ];
        writer.as_mut().write(values).await.map_err(database)?;
    }
    writer.finish().await.map_err(database)?;

    let mut writer = pin!(copy::identities(kept.transaction).await?);
    // In the order of their hashes, so that each page of the index is looked for once.
    let mut order: Vec<usize> = (0..new.len()).collect();
    order.sort_unstable_by_key(|at| lookups[new[*at].at]);
    for (at, number) in order.into_iter().map(|at| (at, first.saturating_add(i64::try_from(at).unwrap_or(i64::MAX)))) {
        let sealed = Some(sealed[at].as_slice()).filter(|_| new[at].person.phone().is_none());
        let values: Values<'_> = &[&lookups[new[at].at].as_slice(), &number, &now, &sealed];
        writer.as_mut().write(values).await.map_err(database)?;
    }
    writer.finish().await.map_err(database)?;
    said(kept, new, first).await
}

/// Adds what those who are new say.
async fn said(kept: &mut People<'_>, new: &[New<'_>], first: i64) -> Result<(), StoreError> {
    let mut writer = pin!(copy::entries(kept.transaction).await?);
    for (number, New { id, person, .. }) in (first..).zip(new) {
        for (at, event) in person.consents.iter().enumerate() {
            if person.consents[..at].iter().any(|before| is_same(before, event)) {
                continue;
            }
            let linked = kept.ledger.link(*id, LedgerEntry::Said(event));
            let (purpose, details) = (event.purpose.code(), event.details());
            let (key, link) = (linked.key.as_slice(), linked.link.as_bytes().as_slice());
            let digest: Option<&[u8]> = None;
            #[rustfmt::skip]
            let values: Values<'_> = &[
                &linked.seq, &number, &purpose, &event.granted, &event.at, &event.evidence, &details, &digest, &key, &link,
            ];
            writer.as_mut().write(values).await.map_err(database)?;
        }
    }
    writer.finish().await.map(drop).map_err(database)
}

/// Each one's identity sealed: of many by two threads of the runtime's, so that no one waits for it.
async fn seal(vault: &Vault, new: &[New<'_>]) -> Vec<Vec<u8>> {
    let each = |vault: &Vault, all: Vec<([u8; 24], Identity, SubscriberId)>| {
        let one = |(nonce, identity, id): &([u8; 24], Identity, SubscriberId)| {
            vault.seal_with(*nonce, identity, id.as_uuid().as_bytes())
        };
        all.iter().map(one).collect::<Vec<_>>()
    };
    let nonces = vault.nonces(new.len());
    let mut front: Vec<_> =
        new.iter().zip(nonces).map(|(new, nonce)| (nonce, new.person.identities()[0].clone(), new.id)).collect();
    if new.len() < MANY {
        return each(vault, front);
    }
    let back = front.split_off(front.len() / 2);
    let halves = [front, back].map(|half| {
        let (vault, again) = (vault.clone(), half.clone());
        (tokio::task::spawn_blocking(move || each(&vault, half)), again)
    });
    let mut out = Vec::with_capacity(new.len());
    for (half, again) in halves {
        // A runtime that is ending does nothing more apart: then it is done here.
        out.extend(half.await.unwrap_or_else(|_| each(vault, again)));
    }
    out
}
