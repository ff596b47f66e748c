//! Rule 11 of [`SubscriberStore`], where keys really change: a database is sealed anew while two programs go on.

use chrono::TimeDelta;
use sosik_chat::{ChatStore, NewTicket, TicketState};
use sosik_core::ChannelId;
use sosik_registry::{
    Erasure, Event, Identity, Page, Relation, RelationState, SecretKey, Segment, StoreError, StoreErrorKind,
    SubscriberStore, Vault,
};

use crate::{consented, noon, phone};

/// Conversations where keys really change: as [`a_key_is_changed_while_everyone_is_found`], by two programs that go on.
#[expect(clippy::future_not_send, reason = "a test waits for it where it stands")]
pub async fn conversations_follow_a_change_of_the_key<S: SubscriberStore + ChatStore>(
    open: impl AsyncFn(Vault) -> Result<S, StoreError>,
) {
    let open = async |keys: &[&str]| open(vault(keys)).await;
    let channel = ChannelId::parse("city").unwrap();
    let who = |n: u32| Identity::ChannelUser { channel: channel.clone(), key: format!("key-{n}") };
    let ask = async |store: &S, n: u32| {
        let new = NewTicket::new(who(n), channel.clone(), "가로등", noon() + TimeDelta::days(7));
        store.open(new, 2026, noon()).await.unwrap();
        let session = store.session(&who(n), &channel, noon()).await.unwrap().unwrap_or_default();
        store.keep(&who(n), &channel, &session, noon() + TimeDelta::minutes(30), noon()).await.unwrap();
    };
    let before = open(&["0f"]).await.unwrap();
    for n in 1..=25 {
        ask(&before, n).await;
    }
    let (old, new) = (open(&["0f", "1e"]).await.unwrap(), open(&["1e", "0f"]).await.unwrap());
    // The new one asks first, and nothing is sealed anew yet: whoever has the old key alone reads it all.
    ask(&new, 26).await;
    assert_eq!(before.queue(&TicketState::ALL, None, 99).await.unwrap().len(), 26);
    let (mut last, mut left) = (26, u64::MAX);
    while left > 0 {
        left = new.reseal(10).await.unwrap();
        for store in [&old, &new] {
            last += 1;
            ask(store, last).await;
            // The same person by both: what the one kept the other knows.
            ask(&old, 1).await;
            ask(&new, 1).await;
        }
        for store in [&old, &new] {
            for n in 1..=last {
                let tickets = store.tickets_of(&who(n), 99).await.unwrap();
                assert!(
                    tickets.iter().all(|ticket| ticket.who == Some(who(n))) && !tickets.is_empty(),
                    "{n}, {left} left"
                );
                assert!(store.session(&who(n), &channel, noon()).await.unwrap().is_some(), "{n}, {left} left");
            }
        }
    }
    // One that began before goes on, and seals under the new key.
    last += 1;
    ask(&old, last).await;
    let told = before.queue(&TicketState::ALL, None, 99).await.unwrap_err();
    assert!(!told.is_retryable(), "one that has the old key alone is told");
    drop((before, old, new));
    let alone = open(&["1e"]).await.unwrap();
    let all = alone.queue(&TicketState::ALL, None, 999).await.unwrap();
    assert!(all.iter().all(|ticket| ticket.who.is_some()));
    for n in 1..=last {
        assert!(!alone.tickets_of(&who(n), 99).await.unwrap().is_empty(), "{n} without the old key");
    }
}

/// A vault with keys, of which the first is its own.
fn vault(keys: &[&str]) -> Vault {
    let key = |byte: &str| SecretKey::from_hex(&byte.repeat(32)).unwrap();
    let vault = Vault::new(&key(keys[0]), std::sync::Arc::new(sosik_core::SystemEntropy::new()));
    keys[1..].iter().fold(vault, |vault, older| vault.also_opening(&key(older)))
}

/// Changes a key of an empty database. `open` opens it with a vault; a program of before has both keys with its own first, one
/// that begins has the new one first, and in the end the old one is destroyed.
#[expect(clippy::future_not_send, reason = "a test waits for it where it stands")]
pub async fn a_key_is_changed_while_everyone_is_found<S: SubscriberStore>(
    open: impl AsyncFn(Vault) -> Result<S, StoreError>,
) {
    let open = async |keys: &[&str]| open(vault(keys)).await;
    let app = |n: u32| Identity::AppUser(n.to_string());
    let before = open(&["0f"]).await.unwrap();
    let people: Vec<_> = (1..=25).map(|n| consented(n).with_identity(app(n))).collect();
    before.put(&people, noon()).await.unwrap();
    let city = Relation::new(ChannelId::parse("city").unwrap(), RelationState::Added, noon(), "webhook");
    before.apply(&[Event::related(app(7), city.clone()), Event::unlinked(app(99), noon())], noon()).await.unwrap();
    assert_eq!(open(&["1e"]).await.unwrap_err().kind(), StoreErrorKind::WrongKey);

    let (old, new) = (open(&["0f", "1e"]).await.unwrap(), open(&["1e", "0f"]).await.unwrap());
    let mut left = Vec::new();
    while left.last() != Some(&0) {
        left.push(new.reseal(10).await.unwrap());
        // Put by either, found by either, and no one twice.
        let n = 30 + u32::try_from(left.len()).unwrap();
        old.put(&[consented(n).with_identity(app(n)), consented(3)], noon()).await.unwrap();
        new.put(&[consented(n), consented(4).with_identity(app(4))], noon()).await.unwrap();
        for store in [&old, &new] {
            for n in (1..=25).chain([n]) {
                for identity in [phone(n).into(), app(n)] {
                    let person = store.find(&identity).await.unwrap().unwrap_or_else(|| panic!("{n} after {left:?}"));
                    assert_eq!((person.identities.len(), person.phone()), (2, Some(&phone(n))));
                    assert_eq!(person.relations.len(), usize::from(n == 7));
                }
            }
        }
        assert_eq!(open(&["0f"]).await.unwrap_err().kind(), StoreErrorKind::WrongKey, "it would find half of them");
    }
    assert!(left.len() >= 3, "{left:?}");
    assert_eq!(new.reseal(10).await.unwrap(), 0);
    let told = before.find(&app(1)).await.unwrap_err();
    assert_eq!(told.kind(), StoreErrorKind::WrongKey, "one that began before is told");
    drop((before, old, new));

    // The old key is destroyed: everyone is found, what was said under it verifies, and goes with whom it is about.
    let alone = open(&["1e"]).await.unwrap();
    let last = 30 + u32::try_from(left.len()).unwrap();
    for n in (1..=25).chain(31..=last) {
        for identity in [phone(n).into(), app(n)] {
            assert_eq!(alone.find(&identity).await.unwrap().unwrap().identities.len(), 2, "{n}");
        }
    }
    let people = alone.page(&Page::first(Segment::All, noon(), 1_000)).await.unwrap();
    assert_eq!(people.len(), 25 + left.len());
    let ledger = alone.verify().await.unwrap();
    assert_eq!(ledger.broken, None, "what was written under the old key is read without it");
    let erased = alone.find(&phone(7).into()).await.unwrap().unwrap();
    assert!(alone.erase(erased.id, &Erasure::new(noon(), "request 7")).await.unwrap());
    // Of ids that were unlinked and erased under either key nothing comes back.
    let told = [app(99), app(7)].map(|who| Event::related(who, city.clone()));
    alone.apply(&told, noon()).await.unwrap();
    assert!(alone.find(&app(99)).await.unwrap().is_none() && alone.find(&app(7)).await.unwrap().is_none());
    // One who turns out to be another, both of before.
    alone.put(&[consented(1).with_identity(app(2))], noon()).await.unwrap();
    let after = alone.verify().await.unwrap();
    assert_eq!((after.broken, after.entries > ledger.entries), (None, true));
}
