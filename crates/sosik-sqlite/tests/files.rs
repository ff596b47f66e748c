//! Files of newer releases and of other programs, and what a crash leaves behind.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use sosik_core::SeededEntropy;
use sosik_delivery::{Batch, BatchId, Outbox};
use sosik_registry::{SecretKey, StoreError, StoreErrorKind, SubscriberId, SubscriberStore, Vault};
use sosik_sqlite::SqliteStore;
use sosik_testkit::{campaign, consented, noon, phone};

fn vault() -> Vault {
    Vault::new(&SecretKey::from_hex(&"0f".repeat(32)).unwrap(), Arc::new(SeededEntropy::new(1)))
}

fn open(path: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(path, vault(), Arc::new(SeededEntropy::new(2)))
}

#[test]
fn a_file_of_a_newer_release_is_refused_by_its_number_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    drop(open(&path).unwrap());
    let direct = Connection::open(&path).unwrap();
    direct.pragma_update(None, "user_version", 99).unwrap();
    let error = open(&path).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Newer);
    assert_eq!(error.to_string(), "the database has version 99, this release knows up to 2");
    let version: i64 = direct.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 99);
}

/// What a release of before had in its file is found by what this one asks.
#[tokio::test]
async fn an_older_file_is_brought_up_to_date_with_all_that_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    let direct = Connection::open(&path).unwrap();
    direct.execute_batch(include_str!("../migrations/0001_initial.sql")).unwrap();
    direct.pragma_update(None, "application_id", 0x736f_736b).unwrap();
    direct.pragma_update(None, "user_version", 1).unwrap();
    let vault = vault();
    let fingerprint = vault.fingerprint();
    direct.execute("INSERT INTO meta VALUES ('key-fingerprint', ?1)", [&fingerprint[..]]).unwrap();
    for (n, topics) in [(1, r#"["문화"]"#), (2, "[]"), (3, r#"["문화","복지"]"#)] {
        let id = uuid::Uuid::from_u128(n.into());
        let id = &id.as_bytes()[..];
        let (index, sealed) = (vault.index(&phone(n)), vault.seal(&phone(n), id));
        let at = noon().timestamp_micros();
        let values = rusqlite::params![id, &index[..], sealed, "4163053000", topics, n == 1, at];
        direct.execute("INSERT INTO subscribers VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL, ?7)", values).unwrap();
        let said = "INSERT INTO consents (subscriber, purpose, granted, at, evidence) VALUES (?1, 'advertising', 1, ?2, '서면')";
        direct.execute(said, rusqlite::params![id, at - i64::from(n)]).unwrap();
    }
    drop(direct);

    let store = open(&path).unwrap();
    let count = async |text: &str| store.count_of(&text.parse().unwrap(), noon()).await.unwrap();
    assert_eq!((count("topic:문화").await, count("topic:복지").await, count("topic:축제").await), (3, 2, 1));
    assert_eq!((count("consent:advertising").await, count("text").await, count("not area:41630").await), (3, 1, 0));
    assert_eq!(store.find(&phone(1)).await.unwrap().unwrap().since, noon());
    let ledger = store.verify().await.unwrap();
    assert_eq!((ledger.entries, ledger.broken), (3, None), "entries of before are linked");
}

#[test]
fn a_database_of_another_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    let error = open(&path).unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (StoreErrorKind::Corrupt, "the file is a database of another program")
    );
    let tables: i64 =
        Connection::open(&path).unwrap().query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1, "nothing was added to it");
}

/// Rule 8 of the outbox's contract: what was answered is kept, here through a copy of the files as they lie on disk at
/// that moment, which is what a killed process leaves.
#[tokio::test]
async fn what_was_answered_is_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    let store = open(&path).unwrap();
    store.put(&[consented(1)], noon()).await.unwrap();
    let planned = campaign("w48");
    let person = SubscriberId::new(uuid::Uuid::from_u128(7));
    store
        .plan(
            &planned,
            &[Batch::new(
                BatchId::new(planned.id, 0),
                true,
                vec![person],
                noon(),
                noon() + chrono::TimeDelta::hours(6),
            )],
        )
        .await
        .unwrap();

    let copy = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    let after = open(&copy.path().join("sosik.db")).unwrap();
    assert!(after.find(&phone(1)).await.unwrap().is_some());
    assert_eq!(after.campaign(planned.id).await.unwrap(), Some(planned.clone()));
    assert_eq!(after.tally(planned.id).await.unwrap().pending, 1);
}

#[tokio::test]
async fn a_consent_cannot_be_changed_even_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    let store = open(&path).unwrap();
    store.put(&[consented(1)], noon()).await.unwrap();
    let direct = Connection::open(&path).unwrap();
    for statement in ["UPDATE consents SET granted = 0", "DELETE FROM consents"] {
        assert!(direct.execute(statement, []).unwrap_err().to_string().contains("a consent is never"), "{statement}");
    }
}

/// Whoever has the file and not the key cannot change what was said unseen: not by SQL, and not by a byte of the file.
#[tokio::test]
async fn what_is_changed_in_the_ledger_is_named_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    let store = open(&path).unwrap();
    let people: Vec<_> = (1..=9).map(consented).collect();
    store.put(&people, noon()).await.unwrap();
    let whole = store.verify().await.unwrap();
    assert_eq!(whole.to_string(), format!("9 entries, each as it was written; the last is {}", whole.head));
    let direct = Connection::open(&path).unwrap();
    direct.execute_batch("DROP TRIGGER consents_are_never_changed; DROP TRIGGER consents_are_never_dropped").unwrap();
    for (change, undo, number) in [
        ("UPDATE consents SET granted = 0 WHERE seq = 4", "UPDATE consents SET granted = 1 WHERE seq = 4", 4),
        ("UPDATE consents SET at = at + 1 WHERE seq = 9", "UPDATE consents SET at = at - 1 WHERE seq = 9", 9),
        (
            "UPDATE consents SET purpose = 'lunch' WHERE seq = 2",
            "UPDATE consents SET purpose = 'advertising' WHERE seq = 2",
            2,
        ),
        (
            "CREATE TABLE aside AS SELECT * FROM consents WHERE seq = 9; DELETE FROM consents WHERE seq = 9",
            "INSERT INTO consents SELECT * FROM aside; DROP TABLE aside",
            9,
        ),
        (
            "INSERT INTO consents SELECT 10, subscriber, purpose, granted, at + 1, evidence, link FROM consents WHERE seq = 1",
            "DELETE FROM consents WHERE seq = 10",
            10,
        ),
    ] {
        direct.execute_batch(change).unwrap();
        let report = store.verify().await.unwrap();
        assert_eq!(report.broken.as_ref().map(|entry| entry.number), Some(number), "{change}: {report}");
        assert_eq!(report.entries, number - 1, "{report}");
        direct.execute_batch(undo).unwrap();
        assert_eq!(store.verify().await.unwrap(), whole, "{undo}");
    }
    // An entry that was dropped, with a count that fits, is not hidden by what is said after it; which is kept all the same.
    direct.execute_batch("CREATE TABLE aside AS SELECT * FROM consents WHERE seq = 9").unwrap();
    let end: Vec<u8> =
        direct.query_row("SELECT value FROM meta WHERE name = 'ledger-end'", [], |row| row.get(0)).unwrap();
    let fits = [&8_u64.to_be_bytes()[..], &end[8..]].concat();
    let forge = |value: &[u8]| direct.execute("UPDATE meta SET value = ?1 WHERE name = 'ledger-end'", [value]).unwrap();
    direct.execute_batch("DELETE FROM consents WHERE seq = 9").unwrap();
    forge(&fits);
    store.put(&[consented(10)], noon()).await.unwrap();
    assert!(store.find(&phone(10)).await.unwrap().is_some());
    let report = store.verify().await.unwrap();
    assert_eq!(report.broken.map(|entry| entry.number), Some(10), "nine stand there, and the end is not theirs");
    direct.execute_batch("DELETE FROM consents WHERE seq > 9; INSERT INTO consents SELECT * FROM aside").unwrap();
    direct.execute_batch("DROP TABLE aside").unwrap();
    forge(&end);
    assert_eq!(store.verify().await.unwrap(), whole);

    direct.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop((store, direct));

    // A byte of the file: of each place where the evidence is kept, the last one.
    let file = std::fs::read(&path).unwrap();
    let evidence = people[0].consents[0].evidence.as_bytes();
    let places: Vec<usize> = (0..file.len() - evidence.len()).filter(|at| file[*at..].starts_with(evidence)).collect();
    let mut seen = 0;
    for at in places {
        let mut changed = file.clone();
        changed[at + evidence.len() - 1] ^= 1;
        std::fs::write(&path, changed).unwrap();
        // One in an index or in a page that is free says nothing of the ledger.
        seen += usize::from(open(&path).unwrap().verify().await.unwrap().broken.is_some());
        std::fs::write(&path, &file).unwrap();
    }
    assert!(seen >= 9, "{seen}");
    assert_eq!(open(&path).unwrap().verify().await.unwrap(), whole);
}
