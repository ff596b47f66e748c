//! What stands in the ledger, and what is left of whom: rules 8 and 10 to 13.

use chrono::TimeDelta;
use sosik_registry::{
    AudienceRequest, ConsentEvent, Erasure, Event, Identity, Note, Page, Purpose, Put, Relation, RelationState,
    Request, Segment, SubscriberId, SubscriberStore, Suppression, destroy_due, duties,
};

use super::{channel, everyone, id, known, known_of, need};
use crate::{citizen, consented, noon};

/// Rule 8.
pub async fn rule_8_the_ledger_is_as_it_was_written(store: &dyn SubscriberStore) {
    let empty = store.verify().await.unwrap();
    assert_eq!((empty.entries, empty.broken), (0, None));
    let twice = consented(1);
    let twice = twice.clone().with_consent(twice.consents[0].clone());
    let put = store.put(&[twice, consented(2)], noon()).await.unwrap();
    let first = store.verify().await.unwrap();
    assert_eq!((first.entries, &first.broken), (2, &None), "what was said twice stands once");
    store.put(&[consented(1)], noon()).await.unwrap();
    assert_eq!(store.verify().await.unwrap(), first, "nothing new was said");
    let withdrawn = ConsentEvent::withdrawn(Purpose::Advertising, noon(), "080");
    assert!(store.record(id(&put[0]), &withdrawn).await.unwrap());
    let second = store.verify().await.unwrap();
    assert_eq!((second.entries, &second.broken), (3, &None));
    assert_ne!(second.head, first.head);
    assert!(store.record(id(&put[0]), &withdrawn).await.unwrap());
    assert_eq!(store.verify().await.unwrap(), second);
}

/// Rule 10.
pub async fn rule_10_who_was_erased_is_in_no_answer(store: &dyn SubscriberStore) {
    let app = Identity::AppUser("1".into());
    let all = [consented(1).with_identity(app.clone()), consented(2), citizen(3)];
    let put = store.put(&all, noon()).await.unwrap();
    let told = Event::related(app.clone(), Relation::new(channel("city"), RelationState::Added, noon(), "webhook"));
    store.apply(std::slice::from_ref(&told), noon()).await.unwrap();
    let later = noon() + TimeDelta::days(1);
    let erasure = Erasure::new(later, "request 1");
    assert!(store.erase(id(&put[0]), &erasure).await.unwrap());
    assert!(!store.erase(id(&put[0]), &erasure).await.unwrap(), "they are not known any more");
    assert!(store.erase(id(&put[2]), &erasure).await.unwrap());
    // What is told of before does not bring them back.
    store.apply(&[told], later).await.unwrap();
    assert_eq!(known_of(store, &[known(1), app.clone(), known(3)]).await, [None, None, None]);
    assert_eq!((store.count().await.unwrap(), store.count_of(&Segment::All, later).await.unwrap()), (1, 1));
    let gone = store.addresses(&[id(&put[0])], &need(later)).await.unwrap().remove(0);
    assert_eq!(gone.phone, Err(Suppression::Erased));
    assert!(!store.record(id(&put[0]), &ConsentEvent::withdrawn(Purpose::Advertising, later, "080")).await.unwrap());
    let request = AudienceRequest::new("topic:문화".parse().unwrap(), Purpose::Advertising, later);
    assert_eq!(store.audience(&request).await.unwrap().members.len(), 1);
    assert_eq!(store.page(&Page::first(Segment::All, later, 9)).await.unwrap().len(), 1);
    let ledger = store.verify().await.unwrap();
    assert_eq!((ledger.entries, &ledger.broken), (3, &None), "two consents, and that one of them is erased");
    // When they come again they are new.
    let again = store.put(&all[..1], later).await.unwrap();
    assert!(matches!(again[..], [Put::Added(new)] if new != id(&put[0])));
    assert_eq!(store.find(&app).await.unwrap().unwrap().since, later);
    assert_eq!(store.verify().await.unwrap().entries, 4);
}

/// Rule 11, where everything is sealed under the current key.
pub async fn rule_11_sealing_anew_leaves_everyone_found(store: &dyn SubscriberStore) {
    store.put(&[consented(1), consented(2)], noon()).await.unwrap();
    assert_eq!(store.reseal(1).await.unwrap(), 0);
    assert_eq!(known_of(store, &[known(1), known(2)]).await.iter().flatten().count(), 2);
}

/// Rule 12.
pub async fn rule_12_what_is_noted_stands_once(store: &dyn SubscriberStore) {
    let put = store.put(&[consented(1), citizen(2)], noon()).await.unwrap();
    let kept = store.find(&known(1)).await.unwrap().unwrap();
    let owed = duties(&kept, noon());
    assert!(!owed.is_empty());
    let notes =
        [Note::asked(Request::Access, noon(), "창구 '1'"), Note::done(&owed[0], noon() + TimeDelta::days(1), "알림톡")];
    for note in [&notes[0], &notes[1], &notes[0]] {
        assert!(store.note(id(&put[0]), note).await.unwrap());
    }
    assert!(!store.note(SubscriberId::new(uuid::Uuid::from_u128(7)), &notes[0]).await.unwrap());
    assert!(store.note(id(&put[1]), &notes[0]).await.unwrap());
    let after = store.find(&known(1)).await.unwrap().unwrap();
    assert_eq!((&after.notes[..], &after.consents), (&notes[..], &kept.consents));
    assert_eq!(store.audience(&everyone()).await.unwrap().members.len(), 1);
    let addresses = store.addresses(&[id(&put[0]), id(&put[1])], &need(noon())).await.unwrap();
    assert_eq!(addresses[1].phone, Err(Suppression::NoConsent));
    let ledger = store.verify().await.unwrap();
    assert_eq!((ledger.entries, &ledger.broken), (4, &None));
    // Who said nothing and asked for something stands in the ledger too.
    assert!(store.erase(id(&put[1]), &Erasure::new(noon(), "request 2")).await.unwrap());
    let ledger = store.verify().await.unwrap();
    assert_eq!((ledger.entries, &ledger.broken), (5, &None));
}

/// Rule 13.
pub async fn rule_13_what_is_due_is_destroyed_and_no_more(store: &dyn SubscriberStore) {
    let (withdrawn, now) = (noon() + TimeDelta::days(30), noon() + TimeDelta::days(31));
    let off = |number| consented(number).with_consent(ConsentEvent::withdrawn(Purpose::Advertising, withdrawn, "080"));
    let again = off(2).with_consent(ConsentEvent::granted(Purpose::Advertising, now, "서면"));
    let friend = off(3).with_identity(Identity::AppUser("3".into()));
    let put = store.put(&[off(1), again, friend, off(4), consented(5)], noon()).await.unwrap();
    let added = Relation::new(channel("city"), RelationState::Added, withdrawn, "webhook");
    store.apply(&[Event::related(Identity::AppUser("3".into()), added)], withdrawn).await.unwrap();
    let ids: Vec<SubscriberId> = put.iter().map(id).collect();
    // Five days are left for it, the day of the withdrawal aside.
    let last = (withdrawn + TimeDelta::days(5)).date_naive();
    let erasure = Erasure::new(now, "retention ended");
    let unknown = SubscriberId::new(uuid::Uuid::from_u128(7));
    assert_eq!(store.destroy(&ids, last - TimeDelta::days(1), &erasure).await.unwrap(), 0);
    assert_eq!(store.destroy(&[unknown, ids[1], ids[2], ids[3]], last, &erasure).await.unwrap(), 1);
    assert_eq!(known_of(store, &[known(1), known(4)]).await.iter().flatten().count(), 1, "who was not asked stays");
    assert_eq!(destroy_due(store, last, &erasure, |_| {}).await.unwrap(), 1);
    assert_eq!(destroy_due(store, last, &erasure, |_| {}).await.unwrap(), 0);
    let left = known_of(store, &[known(1), known(2), known(3), known(4), known(5)]).await;
    assert_eq!(left.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, true, false, true]);
    let ledger = store.verify().await.unwrap();
    assert_eq!((ledger.entries, &ledger.broken), (12, &None), "ten words, and two erasures");
}
