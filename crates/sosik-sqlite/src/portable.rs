use async_trait::async_trait;
use rusqlite::{Row, Transaction, params};
use sosik_registry::portable::{Kind, NOTED, Portable, Record};
use sosik_registry::{KeyId, Link, Purpose, StoreError, SubscriberId};

use crate::error::{database, unreadable};
use crate::query::{all, run};
use crate::rows::{day, instant, micros, relation, topics_of, uuid};
use crate::sets::{Changes, Of};
use crate::store::SqliteStore;

#[async_trait]
impl Portable for SqliteStore {
    async fn dump(&self, kind: Kind, after: Option<&Record>, limit: usize) -> Result<Vec<Record>, StoreError> {
        let (after, limit) = (after.cloned(), i64::try_from(limit).unwrap_or(i64::MAX));
        self.reader().call(move |transaction| dump(transaction, kind, after.as_ref(), limit)).await
    }

    async fn load(&self, records: &[Record]) -> Result<(), StoreError> {
        let records = records.to_vec();
        self.worker
            .call(move |transaction| {
                let mut changes = Changes::default();
                records.iter().try_for_each(|record| load(transaction, &mut changes, record))?;
                changes.flush(transaction)
            })
            .await
    }
}

fn get<T: rusqlite::types::FromSql>(row: &Row<'_>, at: usize) -> Result<T, StoreError> {
    row.get(at).map_err(database)
}

fn dump(
    transaction: &Transaction<'_>,
    kind: Kind,
    after: Option<&Record>,
    limit: i64,
) -> Result<Vec<Record>, StoreError> {
    match kind {
        Kind::Person => {
            let after = match after {
                Some(Record::Person { number, .. }) => *number,
                _ => i64::MIN,
            };
            let query = "SELECT number, id, phone, mobile, area, topics, allows_text, language, quiet, child_until, gone_at, \
                         by_events, created_at FROM subscribers WHERE number > ?1 ORDER BY number LIMIT ?2";
            all(transaction, query, params![after, limit], person)
        }
        Kind::Identity => {
            let after = match after {
                Some(Record::Identity { lookup, .. }) => lookup.to_vec(),
                _ => Vec::new(),
            };
            let query =
                "SELECT lookup, subscriber, put_at, sealed FROM identities WHERE lookup > ?1 ORDER BY lookup LIMIT ?2";
            all(transaction, query, params![after, limit], |row| {
                let put_at = get::<Option<i64>>(row, 2)?.map(instant).transpose()?;
                Ok(Record::Identity { lookup: get(row, 0)?, number: get(row, 1)?, put_at, sealed: get(row, 3)? })
            })
        }
        Kind::Relation => {
            let after = match after {
                Some(Record::Relation { number, lookup, relation }) => {
                    (*number, relation.channel.as_str().to_owned(), lookup.to_vec())
                }
                _ => (i64::MIN, String::new(), Vec::new()),
            };
            let query = "SELECT channel, state, at, source, subscriber, lookup FROM relations \
                         WHERE (subscriber, channel, lookup) > (?1, ?2, ?3) ORDER BY subscriber, channel, lookup LIMIT ?4";
            all(transaction, query, params![after.0, after.1, after.2, limit], |row| {
                Ok(Record::Relation { number: get(row, 4)?, lookup: get(row, 5)?, relation: relation(row)? })
            })
        }
        Kind::Unlinked => {
            let after = match after {
                Some(Record::Unlinked { lookup, .. }) => lookup.to_vec(),
                _ => Vec::new(),
            };
            let query = "SELECT lookup, at FROM unlinked WHERE lookup > ?1 ORDER BY lookup LIMIT ?2";
            all(transaction, query, params![after, limit], |row| {
                Ok(Record::Unlinked { lookup: get(row, 0)?, at: instant(get(row, 1)?)? })
            })
        }
        Kind::Entry => {
            let after = match after {
                Some(Record::Entry { number, seq, .. }) => (*number, *seq),
                _ => (i64::MIN, i64::MIN),
            };
            let query = "SELECT subscriber, seq, purpose, granted, at, evidence, details, digest, key, link FROM consents \
                         WHERE (subscriber, seq) > (?1, ?2) ORDER BY subscriber, seq LIMIT ?3";
            all(transaction, query, params![after.0, after.1, limit], entry)
        }
        Kind::Erased => {
            let after = match after {
                Some(Record::Erased { number, .. }) => *number,
                _ => i64::MIN,
            };
            let query = "SELECT number, id FROM erased WHERE number > ?1 ORDER BY number LIMIT ?2";
            all(transaction, query, params![after, limit], |row| {
                Ok(Record::Erased { number: get(row, 0)?, id: SubscriberId::new(uuid(&get::<Vec<u8>>(row, 1)?)?) })
            })
        }
        Kind::Meta => {
            let after = match after {
                Some(Record::Meta { name, .. }) => name.clone(),
                _ => String::new(),
            };
            let query = "SELECT name, value FROM meta WHERE name > ?1 ORDER BY name LIMIT ?2";
            let noted = all(transaction, query, params![after, i64::MAX], |row| {
                Ok(Record::Meta { name: get(row, 0)?, value: get(row, 1)? })
            })?;
            Ok(noted.into_iter().filter(is_of_the_data).collect())
        }
        _ => Err(unreadable("record", "this store does not know of such records")),
    }
}

fn is_of_the_data(record: &Record) -> bool {
    matches!(record, Record::Meta { name, .. } if NOTED.contains(&name.as_str()))
}

fn person(row: &Row<'_>) -> Result<Record, StoreError> {
    Ok(Record::Person {
        number: get(row, 0)?,
        id: SubscriberId::new(uuid(&get::<Vec<u8>>(row, 1)?)?),
        phone: get(row, 2)?,
        mobile: get(row, 3)?,
        area: get(row, 4)?,
        topics: topics_of(&get::<String>(row, 5)?)?.into_iter().collect(),
        allows_text: get(row, 6)?,
        language: get(row, 7)?,
        quiet: get(row, 8)?,
        child_until: get::<Option<String>>(row, 9)?.as_deref().map(day).transpose()?,
        gone: get::<Option<i64>>(row, 10)?.map(instant).transpose()?,
        by_events: get(row, 11)?,
        since: instant(get(row, 12)?)?,
    })
}

fn entry(row: &Row<'_>) -> Result<Record, StoreError> {
    Ok(Record::Entry {
        number: get(row, 0)?,
        seq: get(row, 1)?,
        purpose: get(row, 2)?,
        granted: get(row, 3)?,
        at: instant(get(row, 4)?)?,
        evidence: get(row, 5)?,
        details: get(row, 6)?,
        digest: get(row, 7)?,
        key: KeyId::from_bytes(get(row, 8)?),
        link: Link::from_bytes(&get::<Vec<u8>>(row, 9)?).ok_or_else(|| unreadable("link", "it has not 32 bytes"))?,
    })
}

fn load(transaction: &Transaction<'_>, changes: &mut Changes, record: &Record) -> Result<(), StoreError> {
    match record {
        Record::Person { .. } => load_person(transaction, changes, record),
        Record::Identity { lookup, number, put_at, sealed } => {
            let values = params![lookup.as_slice(), number, put_at.map(micros), sealed];
            run(transaction, include_str!("../queries/identity_insert.sql"), values).map(drop)
        }
        Record::Relation { number, lookup, relation } => {
            let (channel, at) = (relation.channel.as_str(), micros(relation.at));
            let state = relation.state.rank();
            let values = params![number, channel, lookup.as_slice(), state, at, relation.source];
            run(transaction, include_str!("../queries/relation_put.sql"), values).map(drop)
        }
        Record::Unlinked { lookup, at } => {
            let values = params![lookup.as_slice(), micros(*at)];
            run(transaction, include_str!("../queries/unlinked_put.sql"), values).map(drop)
        }
        Record::Entry { number, seq, purpose, granted, at, evidence, details, digest, key, link } => {
            let insert = "INSERT INTO consents (subscriber, seq, purpose, granted, at, evidence, details, digest, key, link) \
                          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
            let (key, link) = (key.as_bytes().as_slice(), link.as_bytes().as_slice());
            let digest = digest.as_ref().map(<[u8; 16]>::as_slice);
            let values = params![number, seq, purpose, granted, micros(*at), evidence, details, digest, key, link];
            run(transaction, insert, values)?;
            // Of who was erased nothing stands any more.
            match Purpose::from_code(purpose).filter(|_| digest.is_none()) {
                Some(purpose) => changes.said(transaction, *number, purpose, *at),
                None => Ok(()),
            }
        }
        Record::Erased { number, id } => {
            let id = id.as_uuid().into_bytes();
            run(transaction, include_str!("../queries/erased_insert.sql"), params![number, id.as_slice()]).map(drop)
        }
        Record::Meta { name, value } => {
            run(transaction, include_str!("../queries/meta_put.sql"), params![name, value]).map(drop)
        }
    }
}

fn load_person(transaction: &Transaction<'_>, changes: &mut Changes, record: &Record) -> Result<(), StoreError> {
    let Record::Person {
        number,
        id,
        phone,
        mobile,
        area,
        topics,
        allows_text,
        language,
        quiet,
        child_until,
        gone,
        by_events,
        since,
    } = record
    else {
        return Ok(());
    };
    let topics = topics.iter().cloned().collect();
    let json = serde_json::to_string(&topics).map_err(|error| unreadable("topics", error))?;
    let (id, child_until) = (id.as_uuid().into_bytes(), child_until.map(|day| day.to_string()));
    #[rustfmt::skip]
    let values = params![
        number, id.as_slice(), phone, mobile, area, json, allows_text, language, quiet, child_until, by_events,
        micros(*since)
    ];
    run(transaction, include_str!("../queries/subscriber_insert.sql"), values)?;
    if let Some(gone) = gone {
        let values = params![id.as_slice(), micros(*gone)];
        run(transaction, include_str!("../queries/subscriber_gone.sql"), values)?;
    }
    changes.set(transaction, Of::All, *number, true)?;
    changes.set(transaction, Of::Text, *number, *allows_text)?;
    if let Some(area) = area {
        changes.set(transaction, Of::Area(area), *number, true)?;
    }
    changes.wants(transaction, *number, &topics, true)
}
