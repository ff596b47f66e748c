//! People brought in: by the store, sealed and linked, and as bare rows of the same columns by `rusqlite`, in one run.

#![expect(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use rusqlite::Connection;
use sosik_core::{AreaCode, PhoneNumber, SystemEntropy};
use sosik_registry::{ConsentEvent, NewSubscriber, Purpose, SecretKey, SubscriberStore, Vault};
use sosik_sqlite::SqliteStore;

const PEOPLE: u32 = 10_000;

fn people(now: DateTime<Utc>) -> Vec<NewSubscriber> {
    let one = |n: u32| {
        let phone = PhoneNumber::parse(&format!("010{n:08}")).unwrap();
        let area = AreaCode::parse(&format!("41630{:02}000", 51 + n % 12)).unwrap();
        let given = ConsentEvent::granted(Purpose::Advertising, now - TimeDelta::days(200), "주민센터 서면 신청서");
        NewSubscriber::new(phone, area).with_topic("문화").with_consent(given)
    };
    (0..PEOPLE).map(one).collect()
}

fn import(criterion: &mut Criterion) {
    let now = DateTime::from_timestamp(1_795_762_800, 0).unwrap();
    let people = people(now);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut group = criterion.benchmark_group("import of 10,000 people into an empty file");
    group.sample_size(10).throughput(Throughput::Elements(PEOPLE.into()));
    group.bench_function("sosik-sqlite, sealed and linked", |bench| {
        let folder = || {
            let folder = tempfile::tempdir().unwrap();
            let entropy = Arc::new(SystemEntropy::new());
            let vault = Vault::new(&SecretKey::generate(entropy.as_ref()), Arc::clone(&entropy) as _);
            let store = SqliteStore::open(&folder.path().join("sosik.db"), vault, entropy).unwrap();
            (folder, store)
        };
        let put = |(folder, store): (tempfile::TempDir, SqliteStore)| {
            assert_eq!(runtime.block_on(store.put(&people, now)).unwrap().len(), people.len());
            (folder, store)
        };
        bench.iter_batched(folder, put, BatchSize::PerIteration);
    });
    group.bench_function("rusqlite, bare rows of the same tables", |bench| {
        let folder = || {
            let folder = tempfile::tempdir().unwrap();
            let connection = Connection::open(folder.path().join("raw.db")).unwrap();
            connection.pragma_update(None, "journal_mode", "WAL").unwrap();
            connection.pragma_update(None, "synchronous", "FULL").unwrap();
            let tables = "CREATE TABLE people (number INTEGER PRIMARY KEY, phone TEXT NOT NULL UNIQUE, area TEXT NOT NULL, \
                topics TEXT NOT NULL, text INTEGER NOT NULL, at INTEGER NOT NULL) STRICT; \
                CREATE TABLE words (seq INTEGER PRIMARY KEY, person INTEGER NOT NULL, purpose TEXT NOT NULL, \
                granted INTEGER NOT NULL, at INTEGER NOT NULL, evidence TEXT NOT NULL) STRICT";
            connection.execute_batch(tables).unwrap();
            (folder, connection)
        };
        let put = |(folder, mut connection): (tempfile::TempDir, Connection)| {
            let transaction = connection.transaction().unwrap();
            {
                let person = "INSERT INTO people (phone, area, topics, text, at) VALUES (?1, ?2, ?3, ?4, ?5)";
                let mut person = transaction.prepare(person).unwrap();
                let word = "INSERT INTO words (person, purpose, granted, at, evidence) VALUES (?1, ?2, ?3, ?4, ?5)";
                let mut word = transaction.prepare(word).unwrap();
                for new in &people {
                    let at = now.timestamp_micros();
                    person.execute((new.phone().unwrap().expose(), new.area.as_ref().unwrap().as_str(), r#"["문화"]"#, false, at)).unwrap();
                    let number = transaction.last_insert_rowid();
                    for said in &new.consents {
                        let at = said.at.timestamp_micros();
                        word.execute((number, said.purpose.code(), said.granted, at, &said.evidence)).unwrap();
                    }
                }
            }
            transaction.commit().unwrap();
            (folder, connection)
        };
        bench.iter_batched(folder, put, BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(benches, import);
criterion_main!(benches);
