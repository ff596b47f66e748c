//! Citizens change their minds, and files meet the wrong key or the wrong release.

use std::sync::Arc;

use chrono::TimeDelta;
use sosik::channel::{RecordingTransport, TextMessage};
use sosik::delivery::Outbox;
use sosik::registry::{ConsentEvent, Purpose, SecretKey, StoreErrorKind, SubscriberStore, Suppression, Vault};
use sosik::sqlite::SqliteStore;
use sosik::{Clock, PhoneNumber, SeededEntropy};
use sosik_testkit::{consented, noon, phone};

use crate::city::{City, message};

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_consent_stops_queued_messages() {
    let city = City::of(3, |options| options).await;
    let campaign = city.plan(10).await;
    let second = city.store.find(&phone(2).into()).await.unwrap().unwrap().id;
    let withdrawal = ConsentEvent::withdrawn(Purpose::Advertising, noon() + TimeDelta::seconds(1), "080 무료거부");
    city.store.record(second, &withdrawal).await.unwrap();
    city.clock.advance(TimeDelta::seconds(2));
    let engine = city.engine().build();
    city.settle(&engine, &campaign, 100).await;
    let tally = city.store.tally(campaign.id).await.unwrap();
    assert_eq!((tally.delivered, tally.suppressed.get(&Suppression::Withdrawn.into())), (2, Some(&1)));
    assert_eq!((tally.planned(), city.emulator.stats().accepted), (3, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_goes_behind_the_message_to_someone_who_refused_texts_since() {
    let city = City::of(3, |options| options).await;
    let text = TextMessage::new(PhoneNumber::parse("031-8082-0000").unwrap(), "소식").unwrap();
    let campaign = city.plan_of(message().with_fallback(text), 10).await;
    let mut second = consented(2);
    second.allows_text = Some(false);
    city.store.put(&[second], city.clock.now()).await.unwrap();
    let transport = Arc::new(RecordingTransport::new());
    let engine = city.engine_over(Arc::clone(&transport) as _).build();
    engine.run_due(city.clock.now(), 10).await.unwrap();
    assert_eq!(transport.sent().len(), 2);
    let tally = city.store.tally(campaign.id).await.unwrap();
    assert_eq!((tally.planned(), tally.suppressed.get(&Suppression::NoText.into())), (3, Some(&1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_never_reach_the_file_in_the_clear() {
    let city = City::of(50, |options| options).await;
    let campaign = city.plan(10).await;
    let engine = city.engine().build();
    city.settle(&engine, &campaign, 100).await;
    let mut files = 0;
    for entry in std::fs::read_dir(city.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        files += 1;
        for number in 1..=50 {
            let digits = phone(number);
            assert!(
                !bytes.windows(11).any(|window| window == digits.expose().as_bytes()),
                "{digits:?} lies in the file"
            );
        }
    }
    assert!(files >= 2, "the database and its log are looked at");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_and_a_newer_file_are_refused_and_left_alone() {
    let city = City::of(3, |options| options).await;
    let path = city.database();
    let open = |hex: &str| {
        let vault = Vault::new(&SecretKey::from_hex(hex).unwrap(), Arc::new(SeededEntropy::new(1)));
        SqliteStore::open(&path, vault, Arc::new(SeededEntropy::new(2)))
    };
    assert_eq!(open(&"1e".repeat(32)).unwrap_err().kind(), StoreErrorKind::WrongKey);
    assert_eq!(open(&"0f".repeat(32)).unwrap().count().await.unwrap(), 3);

    let other = city.folder.path().join("other.db");
    std::fs::write(&other, "this is no database, but long enough to have a header of one hundred bytes. ".repeat(3))
        .unwrap();
    let vault = Vault::new(&SecretKey::from_hex(&"0f".repeat(32)).unwrap(), Arc::new(SeededEntropy::new(1)));
    let before = std::fs::read(&other).unwrap();
    let error = SqliteStore::open(&other, vault, Arc::new(SeededEntropy::new(2))).unwrap_err();
    assert_eq!((error.kind(), std::fs::read(&other).unwrap()), (StoreErrorKind::Corrupt, before));
    assert!(city.clock.now() == noon());
}
