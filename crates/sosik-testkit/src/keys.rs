//! Rule 11 of [`SubscriberStore`], where keys really change: a database is sealed anew while two programs go on.

use sosik_core::ChannelId;
use sosik_registry::{
    Erasure, Event, Identity, Page, Relation, RelationState, SecretKey, Segment, StoreError, StoreErrorKind,
    SubscriberStore, Vault,
};

use crate::{consented, noon, phone};

/// Changes a key of an empty database. `open` opens it with a vault; a program of before has both keys with its own first, one
/// that begins has the new one first, and in the end the old one is destroyed.
#[expect(clippy::future_not_send, reason = "a test waits for it where it stands")]
pub async fn a_key_is_changed_while_everyone_is_found<S: SubscriberStore>(
    open: impl AsyncFn(Vault) -> Result<S, StoreError>,
) {
    let key = |byte: &str| SecretKey::from_hex(&byte.repeat(32)).unwrap();
    let open = async |keys: &[&str]| {
        let entropy = std::sync::Arc::new(sosik_core::SystemEntropy::new());
        let vault = Vault::new(&key(keys[0]), entropy);
        open(keys[1..].iter().fold(vault, |vault, older| vault.also_opening(&key(older)))).await
    };
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
