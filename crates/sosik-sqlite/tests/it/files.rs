//! Files of newer releases and of other programs, and what a crash leaves behind.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use rusqlite::Connection;
use sosik_core::{SeededEntropy, SystemEntropy};
use sosik_delivery::{
    Batch, BatchId, BatchState, BatchUpdate, CampaignState, Claim, Deed, Outbox, RecipientState, Sealed, Transition,
};
use sosik_registry::{
    ConsentEvent, Erasure, Purpose, Put, Segment, StoreErrorKind, SubscriberId, SubscriberStore, Vault,
};
use sosik_sqlite::SqliteStore;
use sosik_testkit::{campaign, consented, noon, phone};

use crate::old::old_file;
use crate::{key, open, vault};

#[test]
fn a_file_of_a_newer_release_is_refused_by_its_number_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    drop(open(&path).unwrap());
    let direct = Connection::open(&path).unwrap();
    direct.pragma_update(None, "user_version", 99).unwrap();
    let error = open(&path).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Newer);
    assert_eq!(error.to_string(), "the database has version 99, this release knows up to 12");
    let version: i64 = direct.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 99);
}

/// What a release of before had in its file is found by what this one asks.
#[tokio::test]
async fn an_older_file_is_brought_up_to_date_with_all_that_it_holds() {
    for is_linked in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sosik.db");
        drop(old_file(&path, is_linked, 3));
        let store = open(&path).unwrap();
        let count = async |text: &str| store.count_of(&text.parse().unwrap(), noon()).await.unwrap();
        assert_eq!((count("topic:문화").await, count("topic:복지").await, count("topic:축제").await), (3, 2, 1));
        assert_eq!((count("consent:advertising").await, count("text").await, count("not area:41630").await), (3, 1, 0));
        let kept = store.find(&phone(1).into()).await.unwrap().unwrap();
        assert_eq!((kept.since, kept.consents.len(), kept.phone()), (noon(), 1, Some(&phone(1))));
        let ledger = store.verify().await.unwrap();
        assert_eq!((ledger.entries, ledger.broken), (3, None), "entries of before are linked");
        store.put(&[consented(4), consented(1)], noon()).await.unwrap();
        assert_eq!((store.count().await.unwrap(), store.verify().await.unwrap().entries), (4, 5));
    }
}

/// A file of before that is opened with a new key and its own stays under its own, until it is sealed anew.
#[tokio::test]
async fn an_older_file_may_be_opened_with_a_new_key_at_once() {
    for is_linked in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sosik.db");
        drop(old_file(&path, is_linked, 9));
        let open = |vault: Vault| SqliteStore::open(&path, vault, Arc::new(SystemEntropy::new()));
        let new = Vault::new(&key("1e"), Arc::new(SeededEntropy::new(9)));
        let both = open(new.clone().also_opening(&key("0f"))).unwrap();
        assert!(both.find(&phone(9).into()).await.unwrap().is_some());
        while both.reseal(4).await.unwrap() > 0 {}
        assert!(both.close());
        let alone = open(new).unwrap();
        for n in 1..=9 {
            assert_eq!(alone.find(&phone(n).into()).await.unwrap().unwrap().consents.len(), 1, "{n}");
        }
        let put = alone.put(&[consented(9)], noon()).await.unwrap();
        assert!(matches!(put[..], [Put::Updated(_)]));
        assert_eq!(alone.verify().await.unwrap().broken, None);
    }
}

/// What was changed in a file of before is not made good by the new form.
#[test]
fn an_older_file_whose_ledger_was_changed_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    let direct = old_file(&path, true, 3);
    direct
        .execute_batch("DROP TRIGGER consents_are_never_changed; UPDATE consents SET granted = 0 WHERE seq = 2")
        .unwrap();
    let error = open(&path).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Corrupt);
    assert!(error.to_string().contains("entry 2 is not as it was written"), "{error}");
    let version: i64 = direct.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 2);
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

/// Rule 12 of the outbox's contract: what was answered is kept, here through a copy of the files as they lie on disk at
/// that moment, which is what a killed process leaves.
#[tokio::test]
async fn what_was_answered_is_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    let store = open(&path).unwrap();
    store.put(&[consented(1)], noon()).await.unwrap();
    let draft = campaign("w48");
    let person = SubscriberId::new(uuid::Uuid::from_u128(7));
    let send_by = noon() + TimeDelta::hours(6);
    let batch = Batch::new(BatchId::new(draft.id, 0), true, vec![person], noon(), send_by);
    store.draft(&draft).await.unwrap();
    let token = store.begin(draft.id).await.unwrap();
    store.add(draft.id, token, &[batch]).await.unwrap();
    let sealed = Sealed::new(1, BTreeMap::new(), Transition::new(Deed::Plan, "planner", noon()));
    let planned = store.seal(draft.id, token, &sealed).await.unwrap();

    let copy = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    let after = open(&copy.path().join("sosik.db")).unwrap();
    assert!(after.find(&phone(1).into()).await.unwrap().is_some());
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
            "INSERT INTO consents SELECT subscriber, 10, purpose, granted, at + 1, evidence, details, digest, key, link \
             FROM consents WHERE seq = 1",
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
    assert!(store.find(&phone(10).into()).await.unwrap().is_some());
    let report = store.verify().await.unwrap();
    assert_eq!(report.broken.map(|entry| entry.number), Some(9), "what stands there now is not what was");
    direct.execute_batch("DELETE FROM consents WHERE seq > 8; INSERT INTO consents SELECT * FROM aside").unwrap();
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

/// What stands in the files of a folder, one after the other.
fn bytes(folder: &Path) -> Vec<u8> {
    std::fs::read_dir(folder).unwrap().flat_map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn nothing_of_who_was_erased_is_left_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    let store = open(&path).unwrap();
    let evidence = "접수 제1호, 창구에서 말로 한 동의";
    let people: Vec<_> = (1..=50)
        .map(|n| {
            consented(n).with_consent(ConsentEvent::granted(Purpose::Collection, noon(), format!("{evidence} {n:04}")))
        })
        .collect();
    let put = store.put(&people, noon()).await.unwrap();
    let direct = Connection::open(&path).unwrap();
    let sealed: Vec<u8> =
        direct.query_row("SELECT phone FROM subscribers WHERE number = 7", [], |row| row.get(0)).unwrap();
    let lookup = vault().index(&phone(7).into());
    let said = format!("{evidence} 0007");
    drop(direct);
    let before = bytes(folder.path());
    for part in [&sealed[..], &lookup, said.as_bytes()] {
        assert!(contains(&before, part), "it is there before");
    }
    let Put::Added(id) = put[6] else { panic!() };
    assert!(store.erase(id, &Erasure::new(noon(), "request 7")).await.unwrap());
    let after = bytes(folder.path());
    for part in [&sealed[..], &lookup, said.as_bytes()] {
        assert!(!contains(&after, part), "while it is open");
    }
    assert!(contains(&after, format!("{evidence} 0008").as_bytes()));
    let ledger = store.verify().await.unwrap();
    assert_eq!((ledger.entries, ledger.broken), (101, None));
    assert!(store.close());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "one file, without a log");
}

/// While others read what was there it stays in the log; the next that writes empties it.
#[tokio::test]
async fn what_was_erased_while_others_read_goes_with_the_next_that_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    let store = open(&path).unwrap();
    let evidence = "접수 제1호, 창구에서 말로 한 동의";
    let said = ConsentEvent::granted(Purpose::Collection, noon(), evidence);
    let put = store.put(&[consented(1).with_consent(said), consented(2)], noon()).await.unwrap();
    let Put::Added(id) = put[0] else { panic!() };
    let mut reader = Connection::open(&path).unwrap();
    let reading = reader.transaction().unwrap();
    let _: i64 = reading.query_row("SELECT count(*) FROM subscribers", [], |row| row.get(0)).unwrap();
    assert!(store.erase(id, &Erasure::new(noon(), "request 1")).await.unwrap(), "they are erased, for all who ask now");
    assert!(store.find(&phone(1).into()).await.unwrap().is_none());
    assert!(contains(&bytes(folder.path()), evidence.as_bytes()), "the other still reads it");
    drop(reading);
    store.put(&[consented(3)], noon()).await.unwrap();
    assert!(!contains(&bytes(folder.path()), evidence.as_bytes()));
}

#[tokio::test]
async fn a_key_is_changed_while_everyone_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    let open = async |vault| SqliteStore::open(&path, vault, Arc::new(SystemEntropy::new()));
    sosik_testkit::keys::a_key_is_changed_while_everyone_is_found(open).await;
}

#[tokio::test]
async fn conversations_follow_a_change_of_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    let open = async |vault| SqliteStore::open(&path, vault, Arc::new(SystemEntropy::new()));
    sosik_testkit::keys::conversations_follow_a_change_of_the_key(open).await;
}

#[tokio::test]
async fn a_backup_is_whole_while_the_file_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("sosik.db")).unwrap();
    let people: Vec<_> = (1..=200).map(consented).collect();
    store.put(&people, noon()).await.unwrap();
    let backup = folder.path().join("backup.db");
    let another = [consented(201)];
    let (copied, put) = tokio::join!(store.backup(&backup), store.put(&another, noon()));
    copied.unwrap();
    put.unwrap();
    assert_eq!(store.backup(&backup).await.unwrap_err().to_string(), "the file for the backup is there already");
    assert_eq!(store.integrity().await.unwrap(), None);
    let copy = open(&backup).unwrap();
    assert_eq!(copy.integrity().await.unwrap(), None);
    assert!((200..=201).contains(&copy.count().await.unwrap()));
    assert_eq!(copy.verify().await.unwrap().broken, None);
    assert_eq!(copy.count_of(&Segment::All, noon()).await.unwrap(), copy.count().await.unwrap());
}

#[tokio::test]
async fn a_damaged_page_and_a_file_that_cannot_be_written_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    let store = open(&path).unwrap();
    let people: Vec<_> = (1..=2_000).map(consented).collect();
    store.put(&people, noon()).await.unwrap();
    assert!(store.close());
    let whole = std::fs::read(&path).unwrap();
    let mut damaged = whole.clone();
    // Pages in the middle, as of a disk that lost them.
    let middle = whole.len() / 2 / 4096 * 4096;
    damaged[middle..middle + 8 * 4096].fill(0xaa);
    std::fs::write(&path, damaged).unwrap();
    let store = open(&path).unwrap();
    let told = match store.integrity().await {
        Ok(said) => said.unwrap_or_default(),
        Err(error) => error.to_string(),
    };
    assert!(!told.is_empty());
    let error = store.verify().await.map(|report| report.broken.is_some());
    assert!(matches!(error, Err(_) | Ok(true)), "{error:?}");
    assert!(store.close());
    std::fs::write(&path, &whole).unwrap();

    // A disk that is full: of pages, since no test may fill a disk.
    let store = open(&path).unwrap();
    let direct = Connection::open(&path).unwrap();
    let pages: i64 = direct.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    drop(direct);
    store.limit_pages(pages + 4).await.unwrap();
    let more: Vec<_> = (2_001..=4_000).map(consented).collect();
    let error = store.put(&more, noon()).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    assert_eq!(error.to_string(), "the database cannot be written: the disk is full or failing");
    assert_eq!((store.count().await.unwrap(), store.verify().await.unwrap().broken), (2_000, None));
    store.limit_pages(1_000_000).await.unwrap();
    store.put(&more, noon()).await.unwrap();
    assert_eq!(store.count().await.unwrap(), 4_000);
}

/// Campaigns of a file of before are on their way or at their end, as their batches say.
#[tokio::test]
async fn campaigns_of_an_earlier_release_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    let direct = old_file(&path, false, 3);
    let (half, whole) = (campaign("w47"), campaign("w46"));
    let at = noon().timestamp_micros();
    for known in [&half, &whole] {
        let message = sosik_channel::stored::to_json(&known.message);
        let (id, edition) = (known.id.as_uuid().into_bytes(), known.key.edition.as_str());
        let values = rusqlite::params![&id[..], known.key.channel.as_str(), at, edition, message];
        let insert = "INSERT INTO campaigns VALUES (?1, ?2, ?3, ?4, 'advertising', ?5, ?3, ?3, 2, '{\"withdrawn\":1}')";
        direct.execute(insert, values).unwrap();
        for (number, state) in [(0, "settled"), (1, if known.id == half.id { "taken" } else { "settled" })] {
            let person = uuid::Uuid::from_u128(number + 1).into_bytes();
            let outcome: &[u8] = if state == "taken" { b"a" } else { b"d" };
            let number = i64::try_from(number).unwrap();
            let values = rusqlite::params![&id[..], number, &person[..], outcome, state, at];
            let insert = "INSERT INTO batches (campaign, number, fallback, recipients, outcomes, codes, state, due, send_by, attempts, first_sent) \
                          VALUES (?1, ?2, 1, ?3, ?4, '{}', ?5, ?6, ?6 + 1, 1, ?6)";
            direct.execute(insert, values).unwrap();
        }
    }
    drop(direct);
    let store = open(&path).unwrap();
    let state = async |id| store.campaign(id).await.unwrap().unwrap().state();
    assert_eq!(state(half.id).await, CampaignState::Sending);
    assert_eq!(state(whole.id).await, CampaignState::Settled);
    assert_eq!(store.open_campaigns().await.unwrap(), [half.id]);
    let batch = store.batch(BatchId::new(half.id, 1)).await.unwrap().unwrap();
    assert_eq!((batch.state, batch.fallback, batch.attempts), (BatchState::Taken, true, 1));
    assert_eq!(batch.recipients, [SubscriberId::new(uuid::Uuid::from_u128(2))]);
    assert_eq!(batch.outcomes.state(0), Some(RecipientState::Accepted));
    let tally = store.tally(half.id).await.unwrap();
    assert_eq!((tally.delivered, tally.accepted, tally.batches), (1, 1, 2));
}

/// What a worker asks most often is read off an index in its order, however many batches wait.
#[tokio::test]
async fn the_next_batch_is_found_without_sorting_those_that_wait() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    drop(open(&path).unwrap());
    let direct = Connection::open(&path).unwrap();
    for (query, values) in [
        (include_str!("../../queries/batch_next.sql"), 3),
        (include_str!("../../queries/batch_waiting.sql"), 3),
        (include_str!("../../queries/batch_next_due.sql"), 2),
    ] {
        let mut plan = direct.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
        let values = rusqlite::params_from_iter(std::iter::repeat_n(1, values));
        let steps: Vec<String> = plan.query_map(values, |row| row.get(3)).unwrap().map(Result::unwrap).collect();
        let steps = steps.join("\n");
        assert!(steps.contains("SEARCH b USING INDEX batches_by_due (urgent=?"), "{steps}");
        assert!(!steps.contains("TEMP B-TREE") && !steps.contains("SCAN b"), "{steps}");
    }
}

/// Of a campaign whose people were forgotten no id is left in the file.
#[tokio::test]
async fn who_was_forgotten_is_nowhere_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("sosik.db")).unwrap();
    let campaign = campaign("w48");
    store.draft(&campaign).await.unwrap();
    let token = store.begin(campaign.id).await.unwrap();
    let ids = [0x5eed_0001_u128 << 64 | 7, 0x5eed_0002 << 64 | 8];
    let people = ids.map(|id| SubscriberId::new(uuid::Uuid::from_u128(id)));
    let id = BatchId::new(campaign.id, 0);
    store.add(campaign.id, token, &[Batch::new(id, false, people.to_vec(), noon(), noon())]).await.unwrap();
    let did = |deed| Transition::new(deed, "someone", noon());
    store.seal(campaign.id, token, &Sealed::new(2, BTreeMap::new(), did(Deed::Plan))).await.unwrap();
    let claimed = store.claim(&Claim::new("a", noon(), TimeDelta::minutes(1))).await.unwrap().unwrap();
    let mut update = BatchUpdate::of(&claimed);
    (update.state, update.release) = (BatchState::Settled, true);
    store.update(&update).await.unwrap();
    store.transition(campaign.id, &did(Deed::Cancel)).await.unwrap();
    assert!(ids.iter().all(|id| contains(&bytes(folder.path()), &id.to_be_bytes())), "they are there before");
    assert_eq!(store.forget(noon() + TimeDelta::days(1)).await.unwrap(), 1);
    // The log goes into the file with the last that closes it.
    assert!(store.close());
    assert!(ids.iter().all(|id| !contains(&bytes(folder.path()), &id.to_be_bytes())));
}
