//! The SQLite store keeps both ports' contracts, in a file and in memory, which lock differently.

use std::sync::Arc;

use sosik_core::SeededEntropy;
use sosik_sqlite::SqliteStore;

use crate::vault;

#[tokio::test]
async fn a_copy_into_another_file_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = ("from.db", "to.db");
    let [from, to] = [from, to].map(|name| crate::open(&folder.path().join(name)).unwrap());
    sosik_testkit::portable::a_copy_is_the_same(&from, &to).await;
}

/// The ports whose suites take what several hold at once.
macro_rules! shared {
    () => {
        mod shared {
            async fn make() -> std::sync::Arc<sosik_sqlite::SqliteStore> {
                std::sync::Arc::new(super::make().await)
            }

            sosik_testkit::chat_store_conformance!(make);
            sosik_testkit::staff_store_conformance!(make);
            sosik_testkit::draft_store_conformance!(make);
            sosik_testkit::click_store_conformance!(make);
        }
    };
}

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

    shared!();

    mod accesses {
        use super::make;
        sosik_testkit::journal_conformance!(make, sosik_registry::access::Access);
    }

    mod rights {
        use super::make;
        sosik_testkit::journal_conformance!(make, sosik_registry::rights::RightsChange);
    }

    #[tokio::test]
    async fn rule_4_journals_do_not_touch_each_other() {
        sosik_testkit::journal::rule_4_journals_do_not_touch_each_other(&make().await).await;
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

    shared!();
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "tests read where the files are")]
async fn texts_that_programs_stumble_over_go_through_untouched() {
    let Some(corpus) = std::env::var_os("SOSIK_CORPUS") else {
        assert!(std::env::var_os("SOSIK_REQUIRE_CORPUS").is_none(), "the corpus must be here: set SOSIK_CORPUS");
        return eprintln!("skipped: SOSIK_CORPUS is not set");
    };
    let store = SqliteStore::in_memory(vault(), Arc::new(SeededEntropy::new(2))).unwrap();
    sosik_testkit::subscribers::texts_of_others_go_through(&store, corpus.as_ref()).await;
}
