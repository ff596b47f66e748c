//! Records of accesses and rights that someone laid hands on.

use rusqlite::Connection;
use sosik_registry::Journal;
use sosik_registry::access::Access;
use sosik_registry::rights::RightsChange;
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
