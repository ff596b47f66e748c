//! Records of accesses and rights that someone laid hands on.

use chrono::TimeDelta;
use rusqlite::Connection;
use sosik_registry::access::Access;
use sosik_registry::rights::RightsChange;
use sosik_registry::{Journal, StoreErrorKind};
use sosik_testkit::{journal::Sample, noon};

/// The number of the first entry that is not as it was written, after a change of the file by hand.
async fn broken_after<E: Sample>(change: &str) -> Option<u64> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    let store = crate::open(&path).unwrap();
    for number in 0..6 {
        store.add_entry(&E::sample(noon(), number)).await.unwrap();
    }
    let direct = Connection::open(&path).unwrap();
    let refused = direct.execute(&format!("UPDATE {} SET who = 'someone else'", E::NAME), []).unwrap_err();
    assert!(refused.to_string().contains("never changed"), "{refused}");
    let change = change.replace("TABLE", E::NAME);
    direct.execute_batch(&format!("DROP TRIGGER {}_are_never_changed; {change}", E::NAME)).unwrap();
    let report = Journal::<E>::verify_entries(&store).await.unwrap();
    report.broken.map(|entry| entry.number)
}

#[tokio::test]
async fn what_was_changed_dropped_or_added_by_hand_shows() {
    for (change, entry) in [
        ("UPDATE TABLE SET who = who", None),
        ("UPDATE TABLE SET who = 'someone else' WHERE number = 3", Some(3)),
        ("UPDATE TABLE SET what = 'of another form' WHERE number = 1", Some(1)),
        ("UPDATE TABLE SET at = at + 1 WHERE number = 6", Some(6)),
        ("DELETE FROM TABLE WHERE number = 2", Some(2)),
        ("DELETE FROM TABLE WHERE number = 6", Some(6)),
        ("DELETE FROM TABLE WHERE number < 4", Some(1)),
        ("INSERT INTO TABLE SELECT 7, at, who, place, whose, what, key, link FROM TABLE WHERE number = 6", Some(7)),
    ] {
        assert_eq!(broken_after::<Access>(change).await, entry, "accesses: {change}");
        assert_eq!(broken_after::<RightsChange>(change).await, entry, "rights: {change}");
    }
}

/// Whoever drops the last entries and forges the end finds no one who seals it for them.
#[tokio::test]
async fn what_is_missing_is_not_hidden_by_what_comes_after() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    let store = crate::open(&path).unwrap();
    let sample = |number| Access::sample(noon(), number);
    let direct = Connection::open(&path).unwrap();
    for number in 0..6 {
        store.add_entry(&sample(number)).await.unwrap();
    }
    // An end that fits what is left in all but its seal, which no one can make without the key.
    let end = "SELECT value FROM meta WHERE name = 'accesses-end'";
    let mut forged: Vec<u8> = direct.query_row(end, [], |row| row.get(0)).unwrap();
    let link = "SELECT link FROM accesses WHERE number = 3";
    let link: Vec<u8> = direct.query_row(link, [], |row| row.get(0)).unwrap();
    forged[7] = 3;
    forged[44..].copy_from_slice(&link);
    direct.execute_batch("DELETE FROM accesses WHERE number > 3").unwrap();
    direct.execute("UPDATE meta SET value = ?1 WHERE name = 'accesses-end'", [&forged]).unwrap();
    let entries = async || Journal::<Access>::entries(&store, 0, 99).await.unwrap().len();
    let broken = async || Journal::<Access>::verify_entries(&store).await.unwrap().broken.map(|entry| entry.number);
    assert_eq!((entries().await, broken().await), (3, Some(4)));
    store.add_entry(&sample(7)).await.unwrap();
    store.add_entry(&sample(8)).await.unwrap();
    assert_eq!((entries().await, broken().await), (5, Some(5)), "both are kept, and it still shows");
    let error = Journal::<Access>::purge_entries(&store, noon() + TimeDelta::days(1)).await.unwrap_err();
    assert_eq!((error.kind(), entries().await), (StoreErrorKind::Corrupt, 5));
    assert!(error.to_string().starts_with("nothing is dropped of accesses: entry 5 is not"), "{error}");
}
