//! Whatever is put, told and erased, the database holds what memory does.

use std::sync::Arc;

use proptest::prelude::*;
use sosik_core::SeededEntropy;
use sosik_registry::MemorySubscriberStore;
use sosik_sqlite::SqliteStore;
use sosik_testkit::drawn::{agree, events, people, segments};

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
}
