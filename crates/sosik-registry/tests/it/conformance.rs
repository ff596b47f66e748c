//! The memory store keeps the port's contract.

mod memory {
    async fn make() -> sosik_registry::MemorySubscriberStore {
        sosik_registry::MemorySubscriberStore::new(7)
    }
    sosik_testkit::subscriber_store_conformance!(make);
}

mod forwarded {
    async fn make() -> std::sync::Arc<dyn sosik_registry::SubscriberStore> {
        std::sync::Arc::new(Box::new(sosik_registry::MemorySubscriberStore::new(7)))
    }
    sosik_testkit::subscriber_store_conformance!(make);
}

mod audited {
    use std::sync::Arc;

    use sosik_core::ManualClock;
    use sosik_registry::{Audited, MemoryAccessLog, MemorySubscriberStore};

    async fn make() -> Audited<MemorySubscriberStore> {
        let clock = Arc::new(ManualClock::at(sosik_testkit::noon()));
        Audited::new(MemorySubscriberStore::new(7), Arc::new(MemoryAccessLog::new()), clock, "clerk 1", "192.0.2.1")
    }
    sosik_testkit::subscriber_store_conformance!(make);
}

mod accesses {
    async fn make() -> sosik_registry::MemoryAccessLog {
        sosik_registry::MemoryAccessLog::new()
    }
    sosik_testkit::access_log_conformance!(make);
}

#[tokio::test]
async fn nothing_is_shown_or_done_that_was_not_noted() {
    use std::sync::Arc;

    use sosik_core::ManualClock;
    use sosik_registry::access::{AccessLog, Did, Whose};
    use sosik_registry::{
        Audited, Erasure, MemoryAccessLog, MemorySubscriberStore, Need, Page, Purpose, Put, Segment, SubscriberStore,
    };
    use sosik_testkit::{consented, noon, phone};

    let log = Arc::new(MemoryAccessLog::new());
    let clock = Arc::new(ManualClock::at(noon()));
    let store = Audited::new(MemorySubscriberStore::new(7), Arc::clone(&log) as _, clock, "clerk 1", "192.0.2.1");
    let put = store.put(&[consented(1), consented(2)], noon()).await.unwrap();
    let Put::Added(id) = put[0] else { panic!() };
    assert!(store.find(&phone(9).into()).await.unwrap().is_none(), "no one's data were shown");
    store.find(&phone(1).into()).await.unwrap().unwrap();
    store.count_of(&Segment::All, noon()).await.unwrap();
    store.page(&Page::first(Segment::All, noon(), 9)).await.unwrap();
    store.addresses(&[id], &Need::new(Purpose::Advertising, noon())).await.unwrap();
    store.erase(id, &Erasure::new(noon(), "request 1")).await.unwrap();
    let noted = log.accesses(0, 99).await.unwrap();
    let noted: Vec<_> = noted.into_iter().map(|(_, access)| (access.what, access.whose)).collect();
    let expected = [
        (Did::Changed, Whose::Many(2)),
        (Did::Looked, Whose::One(id)),
        (Did::Looked, Whose::Many(2)),
        (Did::Sent, Whose::Many(1)),
        (Did::Erased, Whose::One(id)),
    ];
    assert_eq!(noted, expected);
}
