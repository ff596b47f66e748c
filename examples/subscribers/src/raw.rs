//! The limit that an import is measured against: the same rows put by bare `rusqlite`, nothing sealed, hashed or linked.

use std::path::Path;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use sosik::registry::{Identity, NewSubscriber};

/// The tables of the store, without what is there for sealing, hashing and linking.
const TABLES: &str = "
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

/// A file with those tables, and how many people it holds.
pub(crate) struct Raw {
    connection: Connection,
    people: i64,
    said: i64,
}

impl Raw {
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        // As the store does.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "cache_size", -65_536)?;
        connection.execute_batch(TABLES)?;
        Ok(Self { connection, people: 0, said: 0 })
    }

    pub(crate) fn put(&mut self, people: &[NewSubscriber], now: DateTime<Utc>) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        {
            let person = "INSERT INTO subscribers (number, id, phone, mobile, area, topics, allows_text, by_events, created_at) \
                          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)";
            let mut person = transaction.prepare(person)?;
            let mut identity = transaction.prepare("INSERT INTO identities VALUES (?1, ?2, ?3)")?;
            let mut said = transaction.prepare("INSERT INTO consents VALUES (?1, ?2, ?3, ?4, ?5, ?6, '')")?;
            let at = now.timestamp_micros();
            for new in people {
                self.people += 1;
                let number = self.people;
                let id = u128::from(number.unsigned_abs()).to_be_bytes();
                let Identity::Phone(phone) = &new.identities()[0] else { continue };
                let area = new.area.as_ref().map(ToString::to_string);
                let topics = new.topics.as_ref().map(|topics| serde_json::to_string(topics).unwrap_or_default());
                let text = new.allows_text.unwrap_or(false);
                person.execute(params![
                    number,
                    id.as_slice(),
                    phone.expose(),
                    phone.is_mobile(),
                    area,
                    topics.as_deref().unwrap_or("[]"),
                    text,
                    at
                ])?;
                identity.execute(params![phone.expose(), number, at])?;
                for event in &new.consents {
                    self.said += 1;
                    let when = event.at.timestamp_micros();
                    said.execute(params![
                        number,
                        self.said,
                        event.purpose.code(),
                        event.granted,
                        when,
                        event.evidence
                    ])?;
                }
            }
        }
        transaction.commit()
    }
}
