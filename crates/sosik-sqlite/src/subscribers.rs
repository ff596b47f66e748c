use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction, params, params_from_iter};
use sosik_core::{PhoneNumber, uuid_v7};
use sosik_registry::{
    Address, AudienceRequest, ConsentEvent, FrozenAudience, Gathering, LedgerReport, NewSubscriber, Purpose, Put,
    Segment, StoreError, Subscriber, SubscriberId, SubscriberStore, Vault,
};

use crate::error::database;
use crate::ledger;
use crate::rows::{consent, micros, subscriber, uuid};
use crate::segments::Condition;
use crate::store::SqliteStore;

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl SubscriberStore for SqliteStore {
    async fn put(&self, people: &[NewSubscriber], now: DateTime<Utc>) -> Result<Vec<Put>, StoreError> {
        let (people, store) = (people.to_vec(), self.clone());
        self.worker.call(move |transaction| people.iter().map(|new| put(transaction, &store, new, now)).collect()).await
    }

    async fn find(&self, phone: &PhoneNumber) -> Result<Option<Subscriber>, StoreError> {
        let (index, vault) = (self.vault.index(phone).to_vec(), self.vault.clone());
        self.worker
            .call(move |transaction| {
                one(transaction, &vault, include_str!("../queries/subscriber_by_phone.sql"), &index)
            })
            .await
    }

    async fn count(&self) -> Result<u64, StoreError> {
        let query = include_str!("../queries/subscriber_count.sql");
        let count: i64 = self
            .worker
            .call(move |transaction| transaction.query_row(query, [], |row| row.get(0)).map_err(database))
            .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    async fn record(&self, id: SubscriberId, event: &ConsentEvent) -> Result<bool, StoreError> {
        let (vault, event) = (self.vault.clone(), event.clone());
        self.worker
            .call(move |transaction| {
                let id = id.as_uuid().as_bytes().to_vec();
                if one(transaction, &vault, include_str!("../queries/subscriber_by_id.sql"), &id)?.is_none() {
                    return Ok(false);
                }
                ledger::add(transaction, &vault, &id, &event)?;
                Ok(true)
            })
            .await
    }

    async fn audience(&self, request: &AudienceRequest) -> Result<FrozenAudience, StoreError> {
        let (vault, request) = (self.vault.clone(), request.clone());
        let condition = Condition::of(&request.segment, request.at)?;
        let query = format!("{} {}", include_str!("../queries/subscribers_where.sql").trim_end(), condition.sql);
        self.worker
            .call(move |transaction| {
                let mut statement = transaction.prepare(&query).map_err(database)?;
                let mut rows = statement.query(params_from_iter(&condition.values)).map_err(database)?;
                let mut gathering = Gathering::new(&request);
                while let Some(row) = rows.next().map_err(database)? {
                    gathering.add(&with_consents(transaction, subscriber(row, &vault)?)?);
                }
                Ok(gathering.frozen())
            })
            .await
    }

    async fn count_of(&self, segment: &Segment, at: DateTime<Utc>) -> Result<u64, StoreError> {
        let condition = Condition::of(segment, at)?;
        let query = format!("SELECT count(*) FROM subscribers AS s WHERE {}", condition.sql);
        let count: i64 = self
            .worker
            .call(move |transaction| {
                let values = params_from_iter(&condition.values);
                transaction.query_row(&query, values, |row| row.get(0)).map_err(database)
            })
            .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    async fn addresses(
        &self,
        ids: &[SubscriberId],
        purpose: Purpose,
        at: DateTime<Utc>,
    ) -> Result<Vec<Address>, StoreError> {
        let (ids, vault) = (ids.to_vec(), self.vault.clone());
        self.worker
            .call(move |transaction| {
                ids.iter()
                    .map(|id| {
                        let bytes = id.as_uuid().as_bytes().to_vec();
                        let person = one(transaction, &vault, include_str!("../queries/subscriber_by_id.sql"), &bytes)?;
                        Ok(Address::of(*id, person.as_ref(), purpose, at))
                    })
                    .collect()
            })
            .await
    }

    async fn verify(&self) -> Result<LedgerReport, StoreError> {
        let vault = self.vault.clone();
        self.worker.call(move |transaction| ledger::verify(transaction, &vault)).await
    }

    async fn mark_gone(&self, ids: &[SubscriberId], at: DateTime<Utc>) -> Result<(), StoreError> {
        let ids = ids.to_vec();
        self.worker
            .call(move |transaction| {
                let query = include_str!("../queries/subscriber_gone.sql");
                let mut statement = transaction.prepare_cached(query).map_err(database)?;
                for id in ids {
                    statement.execute(params![id.as_uuid().as_bytes().as_slice(), micros(at)]).map_err(database)?;
                }
                Ok(())
            })
            .await
    }
}

fn put(
    transaction: &Transaction<'_>,
    store: &SqliteStore,
    new: &NewSubscriber,
    now: DateTime<Utc>,
) -> Result<Put, StoreError> {
    let index = store.vault.index(&new.phone).to_vec();
    let topics = new.topics.as_ref().map(|topics| serde_json::to_string(topics).unwrap_or_default());
    let known: Option<Vec<u8>> = transaction
        .prepare_cached(include_str!("../queries/subscriber_by_phone.sql"))
        .and_then(|mut statement| statement.query_row([&index], |row| row.get(0)).optional())
        .map_err(database)?;
    let (id, put) = if let Some(bytes) = known {
        let update = include_str!("../queries/subscriber_update.sql");
        transaction
            .prepare_cached(update)
            .and_then(|mut statement| statement.execute(params![bytes, new.area.as_str(), topics, new.allows_text]))
            .map_err(database)?;
        if let Some(topics) = &topics {
            interests(transaction, &bytes, topics)?;
        }
        let id = SubscriberId::new(uuid(&bytes)?);
        (bytes, Put::Updated(id))
    } else {
        let id = SubscriberId::new(uuid_v7(now, &store.entropy));
        let bytes = id.as_uuid().as_bytes().to_vec();
        let sealed = store.vault.seal(&new.phone, &bytes);
        let topics = topics.unwrap_or_else(|| "[]".to_owned());
        let insert = include_str!("../queries/subscriber_insert.sql");
        transaction
            .prepare_cached(insert)
            .and_then(|mut statement| {
                statement.execute(params![
                    bytes,
                    index,
                    sealed,
                    new.area.as_str(),
                    topics,
                    new.allows_text.unwrap_or(false),
                    micros(now)
                ])
            })
            .map_err(database)?;
        interests(transaction, &bytes, &topics)?;
        (bytes, Put::Added(id))
    };
    for event in &new.consents {
        ledger::add(transaction, &store.vault, &id, event)?;
    }
    Ok(put)
}

/// Keeps what someone wants to hear of, from a JSON list, so that it can be looked up.
fn interests(transaction: &Transaction<'_>, subscriber: &[u8], topics: &str) -> Result<(), StoreError> {
    let run = |query: &str, values: &[&dyn rusqlite::ToSql]| {
        transaction.prepare_cached(query).and_then(|mut statement| statement.execute(values)).map_err(database)
    };
    run(include_str!("../queries/interests_clear.sql"), &[&subscriber])?;
    run(include_str!("../queries/interests_set.sql"), &[&subscriber, &topics]).map(drop)
}

fn one(
    transaction: &Transaction<'_>,
    vault: &Vault,
    query: &str,
    key: &[u8],
) -> Result<Option<Subscriber>, StoreError> {
    let mut statement = transaction.prepare_cached(query).map_err(database)?;
    let mut rows = statement.query([key]).map_err(database)?;
    match rows.next().map_err(database)? {
        Some(row) => Ok(Some(with_consents(transaction, subscriber(row, vault)?)?)),
        None => Ok(None),
    }
}

fn with_consents(transaction: &Transaction<'_>, mut person: Subscriber) -> Result<Subscriber, StoreError> {
    let query = include_str!("../queries/consents_of.sql");
    let mut statement = transaction.prepare_cached(query).map_err(database)?;
    let mut rows = statement.query([person.id.as_uuid().as_bytes().as_slice()]).map_err(database)?;
    while let Some(row) = rows.next().map_err(database)? {
        person.consents.push(consent(row)?);
    }
    Ok(person)
}
