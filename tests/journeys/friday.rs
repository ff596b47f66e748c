//! A plain Friday.

use chrono::TimeDelta;
use sosik::Clock;
use sosik::delivery::{Outbox, RecipientRef};
use sosik::registry::{AudienceRequest, Purpose, Segment, SubscriberStore, Suppression};
use sosik::schedule::SendWindow;
use sosik_emulator::Options;
use sosik_testkit::{citizen, consented, noon};

use crate::city::{City, Dealer};

#[tokio::test(flavor = "multi_thread")]
async fn everyone_who_agreed_gets_it_once_and_is_accounted_for() {
    let mut people: Vec<_> = (1..=450).map(consented).collect();
    people.extend((451..=500).map(citizen));
    for dealer in [Dealer::Bizgo, Dealer::Solapi] {
        let shape = |options: Options| options.with_failures(0.0, 0.1).with_repeated_receipts(0.2);
        everyone_by(City::with(&people, shape).await.by(dealer)).await;
    }
}

async fn everyone_by(city: City) {
    let campaign = city.plan(200).await;
    assert_eq!((campaign.audience, campaign.suppressed.get(&Suppression::NoConsent)), (450, Some(&50)));
    let engine = city.engine().build();
    city.settle(&engine, &campaign, 200).await;

    let tally = city.store.tally(campaign.id).await.unwrap();
    assert_eq!((tally.batches, tally.planned(), tally.unknown), (3, 450, 0));
    let stats = city.emulator.stats();
    assert_eq!((stats.accepted, stats.distinct, stats.duplicates), (450, 450, 0));
    assert_eq!((tally.delivered, tally.failed), (stats.delivered, stats.failed));
    assert!(tally.failed > 10, "the emulator failed a tenth: {tally:?}");

    // Planned again, and run again: nothing more goes.
    let again = city.plan(200).await;
    assert_eq!(again.id, campaign.id);
    let step = engine.run_due(city.clock.now(), 10).await.unwrap();
    assert_eq!((step.batches, step.accepted, city.emulator.stats().accepted), (0, 0, 450));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_window_parks_what_is_left_until_the_morning() {
    let city = City::of(30, |options| options).await;
    let campaign = city.plan(10).await;
    let engine = city.engine().window(SendWindow::kakao_brand_message()).build();
    engine.run_due(city.clock.now(), 1).await.unwrap();
    assert_eq!(city.emulator.stats().accepted, 10);
    city.clock.set(noon() + TimeDelta::hours(6)); // 21:00 in Seoul
    engine.run_due(city.clock.now(), 10).await.unwrap();
    assert_eq!(city.emulator.stats().accepted, 10, "nothing goes at night");
    city.clock.set(noon() + TimeDelta::hours(17)); // 08:00 the next day
    city.settle(&engine, &campaign, 100).await;
    assert_eq!(city.emulator.stats().accepted, 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_receipts_call_gone_is_not_chosen_again() {
    use sosik::channel::{Outcome, Receipt, Route};

    let city = City::of(3, |options| options.with_receipt_delay(TimeDelta::days(2))).await;
    let campaign = city.plan(10).await;
    let engine = city.engine().build();
    engine.run_due(city.clock.now(), 1).await.unwrap();
    let reference = sosik::delivery::BatchId::new(campaign.id, 0).reference(1);
    assert!(reference.parse::<RecipientRef>().is_ok());
    let receipt = Receipt::new("m", Route::Kakao, Outcome::failed("3102", true)).with_reference(reference);
    assert_eq!(engine.record(&[receipt.clone(), receipt], city.clock.now()).await.unwrap(), 1);
    let request = AudienceRequest::new(Segment::All, Purpose::Advertising, noon() + TimeDelta::days(7));
    let next = city.store.audience(&request).await.unwrap();
    assert_eq!((next.members.len(), next.suppressed.get(&Suppression::Gone)), (2, Some(&1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_settles_what_polling_has_not_brought_yet() {
    use sosik::bizgo::webhook;

    let city = City::of(2, |options| options.with_receipt_delay(TimeDelta::days(2))).await;
    let campaign = city.plan(10).await;
    let engine = city.engine().build();
    engine.run_due(city.clock.now(), 1).await.unwrap();
    let reference = sosik::delivery::BatchId::new(campaign.id, 0).reference(0);
    let body = format!(
        r#"{{"msgKey":"K1","serviceType":"SMS","msgType":"SM","sendTime":"2026-11-27T15:00:00.000+09:00",
            "reportTime":"2026-11-27T15:00:02.000+09:00","reportType":"SM","reportCode":"10000","ref":"{reference}"}}"#
    );
    let receipt = webhook::parse(body.as_bytes()).unwrap();
    assert_eq!(webhook::acknowledgement(&receipt), r#"{"msgKey":"K1"}"#);
    assert_eq!(engine.record(&[receipt.clone(), receipt], city.clock.now()).await.unwrap(), 1);
    let tally = city.store.tally(campaign.id).await.unwrap();
    assert_eq!((tally.delivered, tally.outstanding()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_that_never_come_are_asked_for_and_then_given_up() {
    let city = City::of(5, |options| options.with_receipt_delay(TimeDelta::days(30))).await;
    let campaign = city.plan(10).await;
    let engine = city.engine().give_up_after(TimeDelta::hours(6)).build();
    city.settle(&engine, &campaign, 2_000).await;
    let tally = city.store.tally(campaign.id).await.unwrap();
    assert_eq!((tally.unknown, tally.planned()), (5, 5));
    // Late, but they do come after all.
    city.clock.advance(TimeDelta::days(40));
    engine.run_due(city.clock.now(), 1).await.unwrap();
    assert_eq!(city.store.tally(campaign.id).await.unwrap().delivered, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_for_what_was_never_submitted_settles_no_one() {
    use sosik::channel::{Outcome, Receipt, Route};

    let city = City::of(2, |options| options).await;
    let campaign = city.plan(10).await;
    let engine = city.engine().build();
    let reference = sosik::delivery::BatchId::new(campaign.id, 0).reference(0);
    let forged = Receipt::new("m", Route::Kakao, Outcome::Delivered).with_reference(reference);
    assert_eq!(engine.record(&[forged], city.clock.now()).await.unwrap(), 0);
    city.settle(&engine, &campaign, 100).await;
    assert_eq!(city.emulator.stats().accepted, 2);
}
