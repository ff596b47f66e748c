//! The contract, rule by rule, and whatever is drawn.

use proptest::prelude::*;
use sosik_postgres::PostgresStore;
use sosik_registry::MemorySubscriberStore;
use sosik_testkit::drawn::{agree, agree_at_once, events, people, segments};

use crate::Database;

async fn make() -> Option<PostgresStore> {
    Some(Database::new().await?.open().await.unwrap())
}

sosik_testkit::subscriber_store_conformance!(live make);

mod outbox {
    use super::make;
    sosik_testkit::outbox_conformance!(live make);
}

mod shared {
    use std::sync::Arc;

    use super::PostgresStore;

    async fn make() -> Option<Arc<PostgresStore>> {
        super::make().await.map(Arc::new)
    }

    mod chats {
        use super::make;
        sosik_testkit::chat_store_conformance!(live make);
    }

    mod staff {
        use super::make;
        sosik_testkit::staff_store_conformance!(live make);
    }

    mod drafts {
        use super::make;
        sosik_testkit::draft_store_conformance!(live make);
    }

    mod clicks {
        use super::make;
        sosik_testkit::click_store_conformance!(live make);
    }
}

mod accesses {
    use super::make;
    sosik_testkit::journal_conformance!(live make, sosik_registry::access::Access);
}

mod rights {
    use super::make;
    sosik_testkit::journal_conformance!(live make, sosik_registry::rights::RightsChange);
}

#[tokio::test]
async fn rule_4_journals_do_not_touch_each_other() {
    let Some(store) = make().await else { return };
    sosik_testkit::journal::rule_4_journals_do_not_touch_each_other(&store).await;
}

#[tokio::test]
async fn a_copy_into_another_schema_is_the_same() {
    let (Some(from), Some(to)) = (Database::named("copied from").await, Database::named("copied to").await) else {
        return;
    };
    let (from, to) = (from.open().await.unwrap(), to.open().await.unwrap());
    sosik_testkit::portable::a_copy_is_the_same(&from, &to).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_database_and_the_memory_hold_the_same_people(
        people in people(),
        events in events(),
        erased in 0..9u32,
        segments in prop::collection::vec(segments(), 1..12),
        at in 0..10i64,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let Some(database) = Database::new().await else { return Ok(()) };
            let (store, memory) = (database.seeded(2).await, MemorySubscriberStore::new(2));
            agree(&store, &memory, (&people, &events, erased), (&segments, at)).await
        })?;
    }

    #[test]
    fn those_who_are_put_at_once_are_the_same_people(
        people in people(),
        segments in prop::collection::vec(segments(), 1..6),
        at in 0..10i64,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let Some(database) = Database::new().await else { return Ok(()) };
            let (store, memory) = (database.seeded(2).await, MemorySubscriberStore::new(2));
            agree_at_once(&store, &memory, &people, (&segments, at)).await
        })?;
    }
}

#[tokio::test]
async fn texts_that_programs_stumble_over_go_through_untouched() {
    let Some(corpus) = std::env::var_os("SOSIK_CORPUS") else {
        assert!(std::env::var_os("SOSIK_REQUIRE_CORPUS").is_none(), "the corpus must be here: set SOSIK_CORPUS");
        return eprintln!("skipped: SOSIK_CORPUS is not set");
    };
    let Some(database) = Database::new().await else { return };
    let store = database.open().await.unwrap();
    sosik_testkit::subscribers::texts_of_others_go_through(&store, corpus.as_ref()).await;
}
