//! The SQLite store keeps both ports' contracts, in a file and in memory, which lock differently.

use std::sync::Arc;

use sosik_core::SeededEntropy;
use sosik_sqlite::SqliteStore;

use crate::vault;

mod memory {
    use super::*;

    async fn make() -> SqliteStore {
        SqliteStore::in_memory(vault(), Arc::new(SeededEntropy::new(2))).unwrap()
    }

    mod subscribers {
        use super::make;
        sosik_testkit::subscriber_store_conformance!(make);
    }

    mod outbox {
        use super::make;
        sosik_testkit::outbox_conformance!(make);
    }
}

mod file {
    use super::*;

    async fn make() -> SqliteStore {
        let folder = tempfile::tempdir().unwrap().keep();
        SqliteStore::open(&folder.join("sosik.db"), vault(), Arc::new(SeededEntropy::new(2))).unwrap()
    }

    mod subscribers {
        use super::make;
        sosik_testkit::subscriber_store_conformance!(make);
    }

    mod outbox {
        use super::make;
        sosik_testkit::outbox_conformance!(make);
    }
}
