//! Whatever is put, told and erased, the database holds what memory does.

use std::sync::Arc;

use proptest::prelude::*;
use sosik_core::SeededEntropy;
use sosik_registry::MemorySubscriberStore;
use sosik_sqlite::SqliteStore;
use sosik_testkit::drawn::{agree, agree_at_once, events, people, segments};

use crate::vault;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_database_and_the_memory_hold_the_same_people(
        people in people(),
        events in events(),
        erased in 0..9u32,
        segments in prop::collection::vec(segments(), 1..12),
        at in 0..10i64,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let database = SqliteStore::in_memory(vault(), Arc::new(SeededEntropy::new(2))).unwrap();
        let memory = MemorySubscriberStore::new(2);
        runtime.block_on(agree(&database, &memory, (&people, &events, erased), (&segments, at)))?;
    }

    #[test]
    fn those_who_are_put_at_once_are_the_same_people(
        people in people(),
        segments in prop::collection::vec(segments(), 1..6),
        at in 0..10i64,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let database = SqliteStore::in_memory(vault(), Arc::new(SeededEntropy::new(2))).unwrap();
        let memory = MemorySubscriberStore::new(2);
        runtime.block_on(agree_at_once(&database, &memory, &people, (&segments, at)))?;
    }
}
