use std::pin::pin;

use async_trait::async_trait;
use deadpool_postgres::Transaction;
use sosik_registry::portable::{Kind, NOTED, Portable, Record};
use sosik_registry::{Digest, KeyId, Link, StoreError, SubscriberId};
use tokio_postgres::Row;

use crate::copy;
use crate::error::{database, unreadable};
use crate::people::lookup;
use crate::query::{Values, all, get, note, run};
use crate::rows::relation;
use crate::store::{PostgresStore, reading, writing};

#[async_trait]
impl Portable for PostgresStore {
    async fn dump(&self, kind: Kind, after: Option<&Record>, limit: usize) -> Result<Vec<Record>, StoreError> {
        let mut client = self.client().await?;
        let transaction = reading(&mut client).await?;
        dump(&transaction, kind, after, i64::try_from(limit).unwrap_or(i64::MAX)).await
    }

    async fn load(&self, records: &[Record]) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let transaction = writing(&mut client).await?;
        // Of the two kinds that are many, all at once.
        for run in records.chunk_by(|a, b| std::mem::discriminant(a) == std::mem::discriminant(b)) {
            match run {
                [Record::Person { .. }, ..] => people(&transaction, run).await?,
                [Record::Entry { .. }, ..] => entries(&transaction, run).await?,
                [Record::Identity { .. }, ..] => identities(&transaction, run).await?,
                others => {
                    for record in others {
                        load(&transaction, record).await?;
                    }
                }
            }
        }
        transaction.commit().await.map_err(database)
    }
}

async fn dump(
    transaction: &Transaction<'_>,
    kind: Kind,
    after: Option<&Record>,
    limit: i64,
) -> Result<Vec<Record>, StoreError> {
    let rows = match (kind, after) {
        (Kind::Person, after) => {
            let after = match after {
                Some(Record::Person { number, .. }) => *number,
                _ => i64::MIN,
            };
            let query = "SELECT number, id, phone, mobile, area, topics, allows_text, language, quiet, child_until, gone_at, \
                         by_events, created_at FROM subscribers WHERE number > $1 ORDER BY number LIMIT $2";
            all(transaction, query, &[&after, &limit]).await?
        }
        (Kind::Identity | Kind::Unlinked, after) => {
            let after = match after {
                Some(Record::Identity { lookup, .. } | Record::Unlinked { lookup, .. }) => lookup.to_vec(),
                _ => Vec::new(),
            };
            let query = match kind {
                Kind::Identity => {
                    "SELECT lookup, subscriber, put_at, sealed FROM identities WHERE lookup > $1 ORDER BY lookup LIMIT $2"
                }
                _ => "SELECT lookup, at FROM unlinked WHERE lookup > $1 ORDER BY lookup LIMIT $2",
            };
            all(transaction, query, &[&after, &limit]).await?
        }
        (Kind::Relation, after) => {
            let (channel, number, lookup) = match after {
                Some(Record::Relation { number, lookup, relation }) => {
                    (relation.channel.as_str(), *number, lookup.to_vec())
                }
                _ => ("", i64::MIN, Vec::new()),
            };
            let query = "SELECT channel, state, at, source, subscriber, lookup FROM relations \
                         WHERE (channel, subscriber, lookup) > ($1, $2, $3) ORDER BY channel, subscriber, lookup LIMIT $4";
            all(transaction, query, &[&channel, &number, &lookup, &limit]).await?
        }
        (Kind::Entry, after) => {
            let after = match after {
                Some(Record::Entry { seq, .. }) => *seq,
                _ => i64::MIN,
            };
            let query = "SELECT subscriber, seq, purpose, granted, at, evidence, details, digest, key, link FROM consents \
                         WHERE seq > $1 ORDER BY seq LIMIT $2";
            all(transaction, query, &[&after, &limit]).await?
        }
        (Kind::Erased, after) => {
            let after = match after {
                Some(Record::Erased { number, .. }) => *number,
                _ => i64::MIN,
            };
            let query = "SELECT number, id FROM erased WHERE number > $1 ORDER BY number LIMIT $2";
            all(transaction, query, &[&after, &limit]).await?
        }
        (Kind::Meta, after) => {
            let after = match after {
                Some(Record::Meta { name, .. }) => name.as_str(),
                _ => "",
            };
            let query = "SELECT name, value FROM meta WHERE name > $1 AND name = ANY($2) ORDER BY name LIMIT $3";
            all(transaction, query, &[&after, &NOTED.as_slice(), &limit]).await?
        }
        _ => return Err(unreadable("record", "this store does not know of such records")),
    };
    rows.iter().map(|row| record(kind, row)).collect()
}

fn record(kind: Kind, row: &Row) -> Result<Record, StoreError> {
    Ok(match kind {
        Kind::Person => Record::Person {
            number: get(row, 0)?,
            id: SubscriberId::new(get(row, 1)?),
            phone: get(row, 2)?,
            mobile: get(row, 3)?,
            area: get(row, 4)?,
            topics: get(row, 5)?,
            allows_text: get(row, 6)?,
            language: get(row, 7)?,
            quiet: get(row, 8)?,
            child_until: get(row, 9)?,
            gone: get(row, 10)?,
            by_events: get(row, 11)?,
            since: get(row, 12)?,
        },
        Kind::Identity => Record::Identity {
            lookup: lookup(get(row, 0)?)?,
            number: get(row, 1)?,
            put_at: get(row, 2)?,
            sealed: get(row, 3)?,
        },
        Kind::Relation => {
            Record::Relation { number: get(row, 4)?, lookup: lookup(get(row, 5)?)?, relation: relation(row)? }
        }
        Kind::Unlinked => Record::Unlinked { lookup: lookup(get(row, 0)?)?, at: get(row, 1)? },
        Kind::Entry => Record::Entry {
            number: get(row, 0)?,
            seq: get(row, 1)?,
            purpose: get(row, 2)?,
            granted: get(row, 3)?,
            at: get(row, 4)?,
            evidence: get(row, 5)?,
            details: get(row, 6)?,
            digest: get::<Option<&[u8]>>(row, 7)?
                .map(Digest::try_from)
                .transpose()
                .map_err(|error| unreadable("digest", error))?,
            key: KeyId::from_bytes(
                get::<&[u8]>(row, 8)?.try_into().map_err(|error| unreadable("name of a key", error))?,
            ),
            link: Link::from_bytes(get(row, 9)?).ok_or_else(|| unreadable("link", "it has not 32 bytes"))?,
        },
        Kind::Erased => Record::Erased { number: get(row, 0)?, id: SubscriberId::new(get(row, 1)?) },
        _ => Record::Meta { name: get(row, 0)?, value: get(row, 1)? },
    })
}

async fn people(transaction: &Transaction<'_>, records: &[Record]) -> Result<(), StoreError> {
    let mut writer = pin!(copy::people(transaction).await?);
    for record in records {
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
            continue;
        };
        #[rustfmt::skip]
        let values: Values<'_> = &[
            number, &id.as_uuid(), phone, mobile, area, topics, allows_text, language, quiet, child_until, gone, by_events,
            since,
        ];
        writer.as_mut().write(values).await.map_err(database)?;
    }
    writer.finish().await.map(drop).map_err(database)
}

async fn identities(transaction: &Transaction<'_>, records: &[Record]) -> Result<(), StoreError> {
    let mut writer = pin!(copy::identities(transaction).await?);
    for record in records {
        let Record::Identity { lookup, number, put_at, sealed } = record else { continue };
        let values: Values<'_> = &[&lookup.as_slice(), number, put_at, sealed];
        writer.as_mut().write(values).await.map_err(database)?;
    }
    writer.finish().await.map(drop).map_err(database)
}

async fn entries(transaction: &Transaction<'_>, records: &[Record]) -> Result<(), StoreError> {
    let mut writer = pin!(copy::entries(transaction).await?);
    for record in records {
        let Record::Entry { number, seq, purpose, granted, at, evidence, details, digest, key, link } = record else {
            continue;
        };
        let (key, link) = (key.as_bytes().as_slice(), link.as_bytes().as_slice());
        let digest = digest.as_ref().map(<[u8; 16]>::as_slice);
        let values: Values<'_> = &[seq, number, purpose, granted, at, evidence, details, &digest, &key, &link];
        writer.as_mut().write(values).await.map_err(database)?;
    }
    writer.finish().await.map(drop).map_err(database)
}

/// One of those that are few.
async fn load(transaction: &Transaction<'_>, record: &Record) -> Result<(), StoreError> {
    match record {
        Record::Relation { number, lookup, relation } => {
            let (channel, state) = (relation.channel.as_str(), i16::from(relation.state.rank()));
            let insert = "INSERT INTO relations (channel, subscriber, lookup, state, at, source) \
                          VALUES ($1, $2, $3, $4, $5, $6)";
            let values: Values<'_> = &[&channel, number, &lookup.as_slice(), &state, &relation.at, &relation.source];
            run(transaction, insert, values).await.map(drop)
        }
        Record::Unlinked { lookup, at } => {
            let insert = "INSERT INTO unlinked (lookup, at) VALUES ($1, $2)";
            run(transaction, insert, &[&lookup.as_slice(), at]).await.map(drop)
        }
        Record::Erased { number, id } => {
            let insert = "INSERT INTO erased (number, id) VALUES ($1, $2)";
            run(transaction, insert, &[number, &id.as_uuid()]).await.map(drop)
        }
        Record::Meta { name, value } => note(transaction, name, value).await,
        Record::Person { .. } | Record::Identity { .. } | Record::Entry { .. } => Ok(()),
    }
}
