use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, ToSql, Transaction, params, params_from_iter};
use sosik_core::{PhoneNumber, uuid_v7};
use sosik_registry::{
    Address, AudienceRequest, ConsentEvent, FrozenAudience, Gathering, LedgerReport, NewSubscriber, Purpose, Put,
    Segment, StoreError, Subscriber, SubscriberId, SubscriberStore, Vault,
};

use crate::error::{database, unreadable};
use crate::ledger::{self, Ledger};
use crate::rows::{consent, micros, subscriber, uuid};
use crate::segments::Condition;
use crate::sets::{self, Changes};
use crate::store::SqliteStore;

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl SubscriberStore for SqliteStore {
    async fn put(&self, people: &[NewSubscriber], now: DateTime<Utc>) -> Result<Vec<Put>, StoreError> {
        let (people, store) = (people.to_vec(), self.clone());
        self.worker
            .call(move |transaction| {
                let ledger = Ledger::open(transaction, &store.vault)?;
                let mut putting = Putting { transaction, store: &store, ledger, changes: Changes::default() };
                let put = people.iter().map(|new| putting.put(new, now)).collect::<Result<_, _>>()?;
                putting.ledger.close()?;
                putting.changes.flush(transaction)?;
                Ok(put)
            })
            .await
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
                let known: Option<i64> = transaction
                    .prepare_cached(include_str!("../queries/subscriber_number.sql"))
                    .and_then(|mut statement| statement.query_row([&id], |row| row.get(0)).optional())
                    .map_err(database)?;
                let Some(number) = known else { return Ok(false) };
                let mut ledger = Ledger::open(transaction, &vault)?;
                if ledger.add((&id, number), &event)? {
                    ledger.close()?;
                    let mut changes = Changes::default();
                    changes.said(transaction, number, event.purpose, event.at)?;
                    changes.flush(transaction)?;
                }
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
        let segment = segment.clone();
        self.worker
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

/// Keeps one person.
struct Putting<'a> {
    transaction: &'a Transaction<'a>,
    store: &'a SqliteStore,
    ledger: Ledger<'a>,
    changes: Changes,
}

impl Putting<'_> {
    fn put(&mut self, new: &NewSubscriber, now: DateTime<Utc>) -> Result<Put, StoreError> {
        let index = self.store.vault.index(&new.phone).to_vec();
        let topics = new.topics.as_ref().map(|topics| serde_json::to_string(topics).unwrap_or_default());
        let known: Option<Known> = self
            .transaction
            .prepare_cached(include_str!("../queries/subscriber_by_phone.sql"))
            .and_then(|mut statement| statement.query_row([&index], Known::read).optional())
            .map_err(database)?;
        let (id, number, put) = if let Some(known) = known {
            let update = include_str!("../queries/subscriber_update.sql");
            self.transaction
                .prepare_cached(update)
                .and_then(|mut statement| {
                    statement.execute(params![known.id, new.area.as_str(), topics, new.allows_text])
                })
                .map_err(database)?;
            let number = known.number;
            if known.area != new.area.as_str() {
                self.set(&sets::of_area(&known.area), number, false)?;
                self.set(&sets::of_area(new.area.as_str()), number, true)?;
            }
            if let Some(topics) = topics.filter(|topics| *topics != known.topics) {
                self.wants(number, &known.topics, false)?;
                self.run(include_str!("../queries/interests_clear.sql"), &[&number])?;
                self.wants(number, &topics, true)?;
            }
            if let Some(text) = new.allows_text {
                self.set(sets::TEXT, number, text)?;
            }
            let id = SubscriberId::new(uuid(&known.id)?);
            (known.id, number, Put::Updated(id))
        } else {
            let id = SubscriberId::new(uuid_v7(now, &self.store.entropy));
            let bytes = id.as_uuid().as_bytes().to_vec();
            let sealed = self.store.vault.seal(&new.phone, &bytes);
            let (topics, text) = (topics.unwrap_or_else(|| "[]".to_owned()), new.allows_text.unwrap_or(false));
            let values = params![bytes, index, sealed, new.area.as_str(), topics, text, micros(now)];
            let insert = include_str!("../queries/subscriber_insert.sql");
            self.transaction
                .prepare_cached(insert)
                .and_then(|mut statement| statement.execute(values))
                .map_err(database)?;
            let number = self.transaction.last_insert_rowid();
            self.set(sets::ALL, number, true)?;
            self.set(&sets::of_area(new.area.as_str()), number, true)?;
            self.set(sets::TEXT, number, text)?;
            self.wants(number, &topics, true)?;
            (bytes, number, Put::Added(id))
        };
        for said in &new.consents {
            if self.ledger.add((&id, number), said)? {
                self.changes.said(self.transaction, number, said.purpose, said.at)?;
            }
        }
        Ok(put)
    }

    fn set(&mut self, name: &str, number: i64, is_in: bool) -> Result<(), StoreError> {
        self.changes.set(self.transaction, name, number, is_in)
    }

    fn run(&self, query: &str, values: &[&dyn ToSql]) -> Result<usize, StoreError> {
        let mut statement = self.transaction.prepare_cached(query).map_err(database)?;
        statement.execute(values).map_err(database)
    }

    /// Keeps that someone wants to hear of a JSON list of topics, where it can be looked up, or takes them out of the sets.
    fn wants(&mut self, number: i64, topics: &str, is_in: bool) -> Result<(), StoreError> {
        let topics: Vec<String> = serde_json::from_str(topics).map_err(|error| unreadable("topics", error))?;
        let topics = if topics.is_empty() {
            vec!["*".to_owned()]
        } else {
            topics.iter().map(|topic| format!("={topic}")).collect()
        };
        for topic in topics {
            self.set(&sets::of_topic(&topic), number, is_in)?;
            if is_in {
                self.run(include_str!("../queries/interests_set.sql"), &[&number, &topic])?;
            }
        }
        Ok(())
    }
}

/// What is known of someone, as far as it can change.
struct Known {
    id: Vec<u8>,
    area: String,
    topics: String,
    number: i64,
}

impl Known {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { id: row.get(0)?, area: row.get(2)?, topics: row.get(3)?, number: row.get(7)? })
    }
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
