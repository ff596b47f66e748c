use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Row, Transaction, params, params_from_iter};
use sosik_core::uuid_v7;
use sosik_registry::rows;
use sosik_registry::{
    Address, AudienceRequest, ConsentEvent, Erasure, Event, FrozenAudience, Gathering, Identity, LedgerReport, Need,
    NewSubscriber, Note, Page, Put, Reach, Segment, StoreError, Subscriber, SubscriberId, SubscriberStore,
    is_to_be_destroyed,
};

use crate::error::database;
use crate::ledger;
use crate::people::{People, at_once, find, holder};
use crate::put::put;
use crate::query::{all, one, run};
use crate::reseal::reseal;
use crate::rows::{Person, consent, day, instant, micros, quiet_hours, relation, uuid};
use crate::segments::Condition;
use crate::sets;
use crate::store::SqliteStore;

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl SubscriberStore for SqliteStore {
    async fn put(&self, people: &[NewSubscriber], now: DateTime<Utc>) -> Result<Vec<Put>, StoreError> {
        let (people, entropy) = (people.to_vec(), Arc::clone(&self.entropy));
        self.write(move |transaction, vault| put(transaction, (vault, &entropy), &people, now)).await
    }

    async fn apply(&self, events: &[Event], now: DateTime<Utc>) -> Result<(), StoreError> {
        let (events, entropy) = (events.to_vec(), Arc::clone(&self.entropy));
        self.write(move |transaction, vault| {
            let mut people = People::open(transaction, vault)?;
            let new_id = || SubscriberId::new(uuid_v7(now, &entropy));
            events.iter().try_for_each(|event| at_once(rows::apply(&mut people, event, new_id)))?;
            Ok(((), people.close()?))
        })
        .await
    }

    async fn find(&self, identity: &Identity) -> Result<Option<Subscriber>, StoreError> {
        let identity = identity.clone();
        self.read(move |transaction, vault| match holder(transaction, vault, &identity)? {
            Some(holder) => {
                find(transaction, vault, include_str!("../queries/subscriber_by_number.sql"), [holder.number])
            }
            None => Ok(None),
        })
        .await
    }

    async fn count(&self) -> Result<u64, StoreError> {
        let query = include_str!("../queries/subscriber_count.sql");
        let count =
            self.reader().call(move |transaction| one(transaction, query, [], |row| row.get::<_, i64>(0))).await?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
    }

    async fn record(&self, id: SubscriberId, event: &ConsentEvent) -> Result<bool, StoreError> {
        let event = event.clone();
        self.write(move |transaction, vault| {
            let Some(number) = number(transaction, id)? else { return Ok((false, false)) };
            let mut people = People::open(transaction, vault)?;
            at_once(rows::say(&mut people, number, id, std::slice::from_ref(&event)))?;
            Ok((true, people.close()?))
        })
        .await
    }

    async fn note(&self, id: SubscriberId, note: &Note) -> Result<bool, StoreError> {
        let note = note.clone();
        self.write(move |transaction, vault| {
            let Some(number) = number(transaction, id)? else { return Ok((false, false)) };
            let mut people = People::open(transaction, vault)?;
            at_once(rows::note(&mut people, number, id, &note))?;
            Ok((true, people.close()?))
        })
        .await
    }

    async fn audience(&self, request: &AudienceRequest) -> Result<FrozenAudience, StoreError> {
        let request = request.clone();
        self.reader()
            .call(move |transaction| {
                let mut gathering = Gathering::new(&request);
                each_reach(transaction, &request, None, |reach, relation| {
                    gathering.sort(&reach, relation.as_ref());
                    true
                })?;
                Ok(gathering.frozen())
            })
            .await
    }

    async fn members(
        &self,
        request: &AudienceRequest,
        after: Option<SubscriberId>,
        limit: usize,
    ) -> Result<FrozenAudience, StoreError> {
        let request = request.clone();
        self.reader()
            .call(move |transaction| {
                let mut page = Gathering::new(&request);
                if limit > 0 {
                    each_reach(transaction, &request, after, |reach, relation| {
                        page.sort(&reach, relation.as_ref());
                        page.len() < limit
                    })?;
                }
                Ok(page.frozen())
            })
            .await
    }

    async fn count_of(&self, segment: &Segment, at: DateTime<Utc>) -> Result<u64, StoreError> {
        let segment = segment.clone();
        self.reader()
            .call(move |transaction| {
                if let Some(count) = sets::count(transaction, &segment, at)? {
                    return Ok(count);
                }
                let condition = Condition::of(&segment, at)?;
                let query = format!("SELECT count(*) FROM subscribers AS s WHERE {}", condition.sql);
                let values = params_from_iter(&condition.values);
                let count: i64 = transaction.query_row(&query, values, |row| row.get(0)).map_err(database)?;
                Ok(u64::try_from(count).unwrap_or(0))
            })
            .await
    }

    async fn page(&self, page: &Page) -> Result<Vec<Subscriber>, StoreError> {
        let page = page.clone();
        self.read(move |transaction, vault| {
            let mut people = Vec::new();
            let select = include_str!("../queries/subscribers_where.sql");
            each_after(transaction, select, &page.segment, (page.at, page.after), |row| {
                if people.len() < page.limit {
                    people.push(Person::read(row)?.whole(transaction, vault)?);
                }
                Ok(people.len() < page.limit)
            })?;
            Ok(people)
        })
        .await
    }

    async fn addresses(&self, ids: &[SubscriberId], need: &Need) -> Result<Vec<Address>, StoreError> {
        let (ids, need) = (ids.to_vec(), need.clone());
        self.read(move |transaction, vault| {
            ids.iter()
                .map(|id| {
                    let bytes = id.as_uuid().into_bytes();
                    let query = include_str!("../queries/subscriber_by_id.sql");
                    let person = find(transaction, vault, query, [bytes.as_slice()])?;
                    Ok(Address::of(*id, person.as_ref(), &need))
                })
                .collect()
        })
        .await
    }

    async fn verify(&self) -> Result<LedgerReport, StoreError> {
        self.read(ledger::verify).await
    }

    async fn mark_gone(&self, ids: &[SubscriberId], at: DateTime<Utc>) -> Result<(), StoreError> {
        let ids = ids.to_vec();
        self.worker
            .call(move |transaction| {
                ids.iter().try_for_each(|id| {
                    let id = id.as_uuid().into_bytes();
                    let values = params![id.as_slice(), micros(at)];
                    run(transaction, include_str!("../queries/subscriber_gone.sql"), values).map(drop)
                })
            })
            .await
    }

    async fn erase(&self, id: SubscriberId, erasure: &Erasure) -> Result<bool, StoreError> {
        let erasure = erasure.clone();
        self.write(move |transaction, vault| {
            let Some(number) = number(transaction, id)? else { return Ok((false, false)) };
            let mut people = People::open(transaction, vault)?;
            at_once(rows::erase(&mut people, number, id, &erasure))?;
            Ok((true, people.close()?))
        })
        .await
    }

    async fn destroy(&self, ids: &[SubscriberId], until: NaiveDate, erasure: &Erasure) -> Result<u64, StoreError> {
        let (ids, erasure) = (ids.to_vec(), erasure.clone());
        self.write(move |transaction, vault| {
            let mut due = Vec::new();
            for id in ids {
                let bytes = id.as_uuid().into_bytes();
                let query = include_str!("../queries/subscriber_by_id.sql");
                let person = find(transaction, vault, query, [bytes.as_slice()])?;
                let is_due = person.is_some_and(|person| is_to_be_destroyed(&person, until, erasure.at));
                due.extend(number(transaction, id)?.filter(|_| is_due).map(|number| (number, id)));
            }
            let mut people = People::open(transaction, vault)?;
            for (number, id) in &due {
                at_once(rows::erase(&mut people, *number, *id, &erasure))?;
            }
            Ok((due.len() as u64, people.close()?))
        })
        .await
    }

    async fn reseal(&self, limit: usize) -> Result<u64, StoreError> {
        let vault = self.vault.clone();
        self.worker.call(move |transaction| reseal(transaction, &vault, limit)).await
    }
}

fn number(transaction: &Transaction<'_>, id: SubscriberId) -> Result<Option<i64>, StoreError> {
    let id = id.as_uuid().into_bytes();
    one(transaction, include_str!("../queries/subscriber_number.sql"), [id.as_slice()], |row| row.get(0))
}

/// Goes through the people of a segment by ascending id, until `each` has enough.
fn each_after(
    transaction: &Transaction<'_>,
    select: &str,
    segment: &Segment,
    (at, after): (DateTime<Utc>, Option<SubscriberId>),
    mut each: impl FnMut(&Row<'_>) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let condition = Condition::of(segment, at)?;
    let query = format!("{} {} ORDER BY s.id", select.trim_end(), condition.sql);
    // An empty name comes before every one.
    let after = after.map_or_else(Vec::new, |id| id.as_uuid().as_bytes().to_vec());
    let values = std::iter::once(rusqlite::types::Value::from(after)).chain(condition.values);
    let mut statement = transaction.prepare(&query).map_err(database)?;
    let mut rows = statement.query(params_from_iter(values)).map_err(database)?;
    while let Some(row) = rows.next().map_err(database)? {
        if !each(row)? {
            break;
        }
    }
    Ok(())
}

/// Goes through what decides whether the people of a request may be sent to: nothing of who they are is opened.
fn each_reach(
    transaction: &Transaction<'_>,
    request: &AudienceRequest,
    after: Option<SubscriberId>,
    mut each: impl FnMut(Reach<'_>, Option<sosik_registry::Relation>) -> bool,
) -> Result<(), StoreError> {
    let need = &request.need;
    // Without the evidence, which says nothing about whether.
    let said = "SELECT purpose, granted, at, NULL, details FROM consents WHERE subscriber = ?1 \
                AND purpose <> 'erasure' AND purpose NOT LIKE 'asked-%' AND purpose NOT LIKE 'done-%'";
    let mut said = transaction.prepare_cached(said).map_err(database)?;
    let mut consents = Vec::new();
    let select = include_str!("../queries/reaches_where.sql");
    each_after(transaction, select, &request.segment, (need.at, after), |row| {
        let read = || Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
        let (number, id, mobile, text, child_until): (i64, [u8; 16], _, _, Option<String>) =
            read().map_err(database)?;
        let read = || Ok((row.get(5)?, row.get(6)?));
        let (quiet, gone): (Option<String>, Option<i64>) = read().map_err(database)?;
        consents.clear();
        let mut rows = said.query([number]).map_err(database)?;
        while let Some(row) = rows.next().map_err(database)? {
            consents.push(consent(row)?);
        }
        let mut reach = Reach::new(SubscriberId::new(uuid(&id)?), &consents);
        (reach.mobile, reach.allows_text) = (mobile, text);
        reach.child_until = child_until.as_deref().map(day).transpose()?;
        reach.quiet = quiet_hours(quiet)?;
        reach.gone = gone.map(instant).transpose()?;
        let relation = match &need.channel {
            Some(channel) => {
                let to = include_str!("../queries/relation_to.sql");
                all(transaction, to, params![number, channel.as_str()], relation)?.pop()
            }
            None => None,
        };
        Ok(each(reach, relation))
    })
}
