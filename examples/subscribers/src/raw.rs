//! The limit that an import is measured against: the same rows put by the bare driver, nothing sealed, hashed or linked.

use std::path::Path;
use std::pin::pin;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use sosik::AreaCode;
use sosik::registry::NewSubscriber;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, NoTls};

/// The tables of the store on SQLite, without what is there for sealing, hashing and linking.
const SQLITE: &str = "
CREATE TABLE subscribers (
    number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, phone TEXT, mobile INTEGER, area TEXT, topics TEXT NOT NULL,
    allows_text INTEGER NOT NULL, language TEXT, quiet TEXT, child_until TEXT, gone_at INTEGER, by_events INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE identities (lookup TEXT PRIMARY KEY, subscriber INTEGER NOT NULL, put_at INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE consents (
    subscriber INTEGER NOT NULL, seq INTEGER NOT NULL, purpose TEXT NOT NULL, granted INTEGER NOT NULL, at INTEGER NOT NULL,
    evidence TEXT, details TEXT NOT NULL, PRIMARY KEY (subscriber, seq)
) STRICT, WITHOUT ROWID;";

/// The same on PostgreSQL.
const POSTGRES: &str = "
CREATE TABLE subscribers (
    number bigint PRIMARY KEY, id uuid NOT NULL UNIQUE, phone text, mobile boolean, area text, topics text[] NOT NULL,
    allows_text boolean NOT NULL, language text, quiet text, child_until date, gone_at timestamptz,
    by_events boolean NOT NULL, created_at timestamptz NOT NULL
);
CREATE TABLE identities (lookup text PRIMARY KEY, subscriber bigint NOT NULL, put_at timestamptz);
CREATE TABLE consents (
    seq bigint PRIMARY KEY, subscriber bigint NOT NULL, purpose text NOT NULL, granted boolean NOT NULL,
    at timestamptz NOT NULL, evidence text, details text NOT NULL
);
CREATE INDEX consents_of ON consents (subscriber);";

/// Bare tables, and how many rows they hold.
pub(crate) struct Raw {
    driver: Driver,
    people: i64,
    said: i64,
}

enum Driver {
    Postgres(Client),
    Sqlite(Connection),
}

impl Raw {
    pub(crate) fn sqlite(path: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        // As the store does.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "cache_size", -65_536)?;
        connection.execute_batch(SQLITE)?;
        Ok(Self { driver: Driver::Sqlite(connection), people: 0, said: 0 })
    }

    pub(crate) async fn postgres(address: &str, schema: &str) -> Result<Self, tokio_postgres::Error> {
        let client = connect(address).await?;
        let made = format!("CREATE SCHEMA {schema}; SET search_path = {schema}; {POSTGRES}");
        client.batch_execute(&made).await?;
        Ok(Self { driver: Driver::Postgres(client), people: 0, said: 0 })
    }

    pub(crate) async fn put(&mut self, people: &[NewSubscriber], now: DateTime<Utc>) -> Result<(), String> {
        let Self { driver, people: number, said } = self;
        let put = match driver {
            Driver::Sqlite(connection) => insert(connection, (*number, *said), people, now).map_err(|e| e.to_string()),
            Driver::Postgres(client) => copy(client, (*number, *said), people, now).await.map_err(|e| e.to_string()),
        };
        *number += i64::try_from(people.len()).unwrap_or(i64::MAX);
        *said += people.iter().map(|new| i64::try_from(new.consents.len()).unwrap_or(0)).sum::<i64>();
        put
    }
}

/// A connection of the bench's own.
#[expect(clippy::disallowed_methods, reason = "a connection goes on beside what is asked over it")]
pub(crate) async fn connect(address: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await?;
    tokio::spawn(async move { drop(connection.await) });
    Ok(client)
}

fn insert(
    connection: &mut Connection,
    (mut number, mut said_before): (i64, i64),
    people: &[NewSubscriber],
    now: DateTime<Utc>,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    {
        let person = "INSERT INTO subscribers (number, id, phone, mobile, area, topics, allows_text, by_events, created_at) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)";
        let mut person = transaction.prepare(person)?;
        let mut identity = transaction.prepare("INSERT INTO identities VALUES (?1, ?2, ?3)")?;
        let mut said = transaction.prepare("INSERT INTO consents VALUES (?1, ?2, ?3, ?4, ?5, ?6, '')")?;
        let at = now.timestamp_micros();
        for new in people {
            number += 1;
            let id = u128::from(number.unsigned_abs()).to_be_bytes();
            let Some(phone) = new.phone() else { continue };
            let area = new.area.as_ref().map(AreaCode::as_str);
            let topics = new.topics.as_ref().map(|topics| serde_json::to_string(topics).unwrap_or_default());
            let topics = topics.as_deref().unwrap_or("[]");
            let text = new.allows_text.unwrap_or(false);
            person.execute(params![
                number,
                id.as_slice(),
                phone.expose(),
                phone.is_mobile(),
                area,
                topics,
                text,
                at
            ])?;
            identity.execute(params![phone.expose(), number, at])?;
            for event in &new.consents {
                said_before += 1;
                let (purpose, when) = (event.purpose.code(), event.at.timestamp_micros());
                said.execute(params![number, said_before, purpose, event.granted, when, event.evidence])?;
            }
        }
    }
    transaction.commit()
}

async fn copy(
    client: &mut Client,
    (people_before, mut said): (i64, i64),
    people: &[NewSubscriber],
    now: DateTime<Utc>,
) -> Result<(), tokio_postgres::Error> {
    let transaction = client.transaction().await?;
    let columns = "number, id, phone, mobile, area, topics, allows_text, by_events, created_at";
    let types = [
        Type::INT8,
        Type::UUID,
        Type::TEXT,
        Type::BOOL,
        Type::TEXT,
        Type::TEXT_ARRAY,
        Type::BOOL,
        Type::BOOL,
        Type::TIMESTAMPTZ,
    ];
    let sink = transaction.copy_in(&format!("COPY subscribers ({columns}) FROM STDIN (FORMAT binary)")).await?;
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
    for (number, new) in (people_before + 1..).zip(people) {
        let id = uuid::Uuid::from_u128(u128::from(number.unsigned_abs()));
        let (phone, mobile) =
            (new.phone().map(sosik::PhoneNumber::expose), new.phone().map(sosik::PhoneNumber::is_mobile));
        let area = new.area.as_ref().map(AreaCode::as_str);
        let topics: Vec<&str> = new.topics.iter().flatten().map(String::as_str).collect();
        let text = new.allows_text.unwrap_or(false);
        let values: [&(dyn ToSql + Sync); 9] = [&number, &id, &phone, &mobile, &area, &topics, &text, &false, &now];
        writer.as_mut().write(&values).await?;
    }
    writer.finish().await?;
    let sink = transaction.copy_in("COPY identities FROM STDIN (FORMAT binary)").await?;
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &[Type::TEXT, Type::INT8, Type::TIMESTAMPTZ]));
    for (number, new) in (people_before + 1..).zip(people) {
        let phone = new.phone().map(sosik::PhoneNumber::expose);
        writer.as_mut().write(&[&phone, &number, &now]).await?;
    }
    writer.finish().await?;
    let types = [Type::INT8, Type::INT8, Type::TEXT, Type::BOOL, Type::TIMESTAMPTZ, Type::TEXT, Type::TEXT];
    let sink = transaction.copy_in("COPY consents FROM STDIN (FORMAT binary)").await?;
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
    for (number, new) in (people_before + 1..).zip(people) {
        for event in &new.consents {
            said += 1;
            let values: [&(dyn ToSql + Sync); 7] =
                [&said, &number, &event.purpose.code(), &event.granted, &event.at, &event.evidence, &""];
            writer.as_mut().write(&values).await?;
        }
    }
    writer.finish().await?;
    transaction.commit().await
}
