//! Many people at once: what a bulk import does.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};
use sosik_core::{Entropy, uuid_v7, uuids_v7};
use sosik_registry::rows::{self, is_same};
use sosik_registry::{
    ConsentEvent, Identity, Lookup, NewSubscriber, Purpose, Put, StoreError, SubscriberId, Vault, standing,
};

use crate::people::{People, at_once, by_lookup};
use crate::query::{one, run};
use crate::rows::micros;

/// People whose identities are hashed and sealed by two threads: fewer are not worth starting one.
const MANY: usize = 256;

/// Keeps people. Who is new and known by one identity, as nearly everyone of an import is, takes a short way: all of them
/// are sealed at once, by two threads, and kept in an order in which the database has what it needs at hand. Everyone else
/// is looked at one by one.
pub(crate) fn put(
    transaction: &Transaction<'_>,
    (vault, entropy): (&Vault, &dyn Entropy),
    people: &[NewSubscriber],
    now: DateTime<Utc>,
) -> Result<(Vec<Put>, bool), StoreError> {
    let mut kept = People::open(transaction, vault)?;
    let mut out: Vec<Option<Put>> = vec![None; people.len()];
    let lookups = in_two(people, |new| vault.index(&new.identities()[0]));
    let short = short_way(transaction, vault, people, &lookups)?;
    let ids = uuids_v7(now, entropy, short.len());
    let sealed =
        in_two(&short.iter().zip(ids).zip(vault.nonces(short.len())).collect::<Vec<_>>(), |((at, id), nonce)| {
            let identity = &people[**at].identities()[0];
            (**at, SubscriberId::new(*id), vault.seal_with(*nonce, identity, id.as_bytes()))
        });
    let first = kept.next_number()?;
    let mut identities: Vec<(Lookup, i64, Option<&[u8]>)> = Vec::with_capacity(sealed.len());
    for (number, (at, id, sealed)) in (first..).zip(&sealed) {
        let new = &people[*at];
        let phone = match &new.identities()[0] {
            Identity::Phone(phone) => Some((sealed.as_slice(), phone.is_mobile())),
            _ => None,
        };
        kept.insert_row(number, *id, new, phone, (false, now))?;
        identities.push((lookups[*at], number, Some(sealed.as_slice()).filter(|_| phone.is_none())));
        kept.say_first(number, *id, &new.consents)?;
        out[*at] = Some(Put::Added(*id));
    }
    // In the order of their hashes, so that each page of the index is looked for once.
    identities.sort_unstable_by_key(|(lookup, ..)| *lookup);
    for (lookup, number, sealed) in identities {
        let values = params![lookup.as_slice(), number, micros(now), sealed];
        run(transaction, include_str!("../queries/identity_insert.sql"), values)?;
    }
    for (new, put) in people.iter().zip(&mut out) {
        if put.is_none() {
            *put = Some(at_once(rows::put(&mut kept, new, now, || SubscriberId::new(uuid_v7(now, entropy))))?);
        }
    }
    let erased = kept.close()?;
    Ok((out.into_iter().flatten().collect(), erased))
}

/// The places of those who are new, known by one identity, and stand there for the first time.
fn short_way(
    transaction: &Transaction<'_>,
    vault: &Vault,
    people: &[NewSubscriber],
    lookups: &[Lookup],
) -> Result<Vec<usize>, StoreError> {
    let several = people.iter().filter(|new| new.identities().len() > 1);
    let named: HashSet<&Identity> = several.flat_map(NewSubscriber::identities).collect();
    let is_empty = one(transaction, "SELECT 1 FROM subscribers LIMIT 1", [], |_| Ok(()))?.is_none();
    let mut places: Vec<usize> = (0..people.len()).filter(|at| people[*at].identities().len() == 1).collect();
    places.sort_unstable_by_key(|at| (lookups[*at], *at));
    places.dedup_by_key(|at| lookups[*at]);
    let mut short = Vec::with_capacity(places.len());
    for at in places {
        let identity = &people[at].identities()[0];
        if named.contains(identity) {
            continue;
        }
        let is_known = !is_empty
            && (by_lookup(transaction, lookups[at])?.is_some() || {
                let mut older = vault.older_indexes(identity);
                older.try_fold(false, |known, lookup| Ok(known || by_lookup(transaction, lookup)?.is_some()))?
            });
        if !is_known {
            short.push(at);
        }
    }
    short.sort_unstable();
    Ok(short)
}

/// Does something for each, by two threads where they are many.
fn in_two<T: Sync, R: Send>(all: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    if all.len() < MANY {
        return all.iter().map(each).collect();
    }
    let (front, back) = all.split_at(all.len() / 2);
    std::thread::scope(|scope| {
        let back = scope.spawn(|| back.iter().map(&each).collect::<Vec<_>>());
        let mut out: Vec<R> = front.iter().map(&each).collect();
        match back.join() {
            Ok(back) => out.extend(back),
            Err(panic) => std::panic::resume_unwind(panic),
        }
        out
    })
}

impl People<'_> {
    /// Adds what someone new says, of whom nothing is there yet.
    fn say_first(&mut self, number: i64, id: SubscriberId, said: &[ConsentEvent]) -> Result<(), StoreError> {
        for (at, event) in said.iter().enumerate() {
            if !said[..at].iter().any(|before| is_same(before, event)) {
                self.ledger.add(id, number, event)?;
            }
        }
        let mut latest: BTreeMap<Purpose, DateTime<Utc>> = BTreeMap::new();
        for event in said {
            let known = latest.entry(event.purpose).or_insert(event.at);
            *known = event.at.max(*known);
        }
        for (purpose, at) in latest {
            let granted = standing(said, purpose, at).is_some_and(|event| event.granted);
            self.changes.stands(self.transaction, number, purpose, granted, at)?;
        }
        Ok(())
    }
}
