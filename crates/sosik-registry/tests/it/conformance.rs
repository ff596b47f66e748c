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
    use sosik_registry::{Audited, MemoryJournal, MemorySubscriberStore};

    async fn make() -> Audited<MemorySubscriberStore> {
        let clock = Arc::new(ManualClock::at(sosik_testkit::noon()));
        Audited::new(MemorySubscriberStore::new(7), Arc::new(MemoryJournal::new()), clock, "clerk 1", "192.0.2.1")
    }
    sosik_testkit::subscriber_store_conformance!(make);
}

async fn journal<E>() -> sosik_registry::MemoryJournal<E> {
    sosik_registry::MemoryJournal::new()
}

mod accesses {
    use super::journal;
    sosik_testkit::journal_conformance!(journal, sosik_registry::access::Access);
}

mod rights {
    use super::journal;
    sosik_testkit::journal_conformance!(journal, sosik_registry::rights::RightsChange);
}

#[tokio::test]
async fn a_breach_affects_those_whose_data_an_account_accessed() {
    use chrono::TimeDelta;
    use sosik_registry::access::{Access, breach};
    use sosik_registry::{Journal, MemoryJournal};
    use sosik_testkit::{journal::Sample, noon};

    let log = MemoryJournal::<Access>::new();
    for hours in 0..9 {
        log.add_entry(&Access::sample(noon() + TimeDelta::hours(hours.into()), hours)).await.unwrap();
    }
    let all_day = (noon(), noon() + TimeDelta::days(1));
    let found = breach(&log, Some("clerk '1'"), all_day, noon()).await.unwrap();
    let people: Vec<u128> = found.people.iter().map(|id| id.as_uuid().as_u128()).collect();
    assert_eq!((people, &found.together[..]), (vec![1, 2, 4, 5], &[(1, 0), (4, 1_200)][..]));
    assert_eq!((found.report, found.tell_by), (true, noon() + TimeDelta::hours(72)));
    let later = breach(&log, None, (noon() + TimeDelta::hours(7), all_day.1), noon()).await.unwrap();
    assert_eq!((later.people.len(), later.together.len(), later.report), (2, 0, false));
}

#[tokio::test]
async fn nothing_is_shown_or_done_that_was_not_noted() {
    use std::sync::Arc;

    use sosik_core::ManualClock;
    use sosik_registry::access::{Access, Did, Whose};
    use sosik_registry::{
        Audited, Erasure, Journal, MemoryJournal, MemorySubscriberStore, Need, Page, Purpose, Put, Segment,
        SubscriberStore,
    };
    use sosik_testkit::{consented, noon, phone};

    let log = Arc::new(MemoryJournal::<Access>::new());
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
    let noted = log.entries(0, 99).await.unwrap();
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
