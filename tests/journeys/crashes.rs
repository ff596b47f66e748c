//! Crashes at every step, lost answers, and a dealer that is away.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use sosik::Clock;
use sosik::channel::{
    Capabilities, Found, Media, MediaRef, Message, ReceiptPage, SendError, SendErrorKind, Submission, Submitted,
    Transport, Webhook, WebhookReceipts, Won, async_trait,
};
use sosik::delivery::{BatchId, BatchState, DeliveryError, Outbox};
use sosik::registry::{ConsentEvent, Purpose, SubscriberStore};
use sosik_emulator::{Fault, Options};
use sosik_testkit::MockTransport;

use crate::city::{City, Dealer};

/// A transport whose process is killed at the n-th call: before the call is made, or when its answer is on the way.
#[derive(Debug)]
struct Killed<T> {
    inner: T,
    left: AtomicU32,
    after: bool,
}

/// What a killed process leaves behind: a future that never ends.
async fn dead<R>() -> R {
    std::future::pending().await
}

impl<T: Transport> Killed<T> {
    async fn call<R>(&self, call: impl Future<Output = R> + Send) -> R {
        let left = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        match left {
            Ok(1) if !self.after => dead().await,
            Ok(1) => {
                call.await;
                dead().await
            }
            _ => call.await,
        }
    }
}

#[async_trait]
impl<T: Transport> Transport for Killed<T> {
    fn name(&self) -> &str {
        self.inner.name()
    }
    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }
    async fn upload(&self, media: &Media) -> Result<MediaRef, SendError> {
        self.call(self.inner.upload(media)).await
    }
    async fn submit(&self, submission: &Submission) -> Result<Submitted, SendError> {
        self.call(self.inner.submit(submission)).await
    }
    async fn find(&self, submission: &Submission, since: DateTime<Utc>) -> Result<Vec<Found>, SendError> {
        self.call(self.inner.find(submission, since)).await
    }
    async fn receipts(&self) -> Result<ReceiptPage, SendError> {
        self.call(self.inner.receipts()).await
    }
    async fn acknowledge(&self, page: &str) -> Result<(), SendError> {
        self.call(self.inner.acknowledge(page)).await
    }
    async fn prepare(&self, submission: &Submission) -> Result<Option<String>, SendError> {
        self.call(self.inner.prepare(submission)).await
    }
    async fn cancel(&self, handle: &str) -> Result<(), SendError> {
        self.call(self.inner.cancel(handle)).await
    }
    async fn webhook(&self, webhook: &Webhook) -> Result<WebhookReceipts, SendError> {
        self.call(self.inner.webhook(webhook)).await
    }
    fn price(&self, message: &Message) -> Option<Won> {
        self.inner.price(message)
    }
}

/// Runs an engine over a transport that dies at the n-th call, until it does or all is settled.
async fn run_until_killed(city: &City, campaign: &sosik::delivery::Campaign, n: u32, after: bool) {
    let transport = Killed { inner: city.transport(), left: AtomicU32::new(n), after };
    let engine = city.engine_over(Arc::new(transport)).build();
    let life = city.settle(&engine, campaign, 500);
    // A dead call never answers; nothing real takes this long on the loopback.
    let _ = tokio::time::timeout(std::time::Duration::from_millis(400), life).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_any_call_sends_nothing_twice_and_forgets_no_one() {
    for n in 1..=9 {
        for after in [false, true] {
            let city = City::of(60, |options| options.with_repeated_receipts(0.1)).await;
            let campaign = city.plan(20).await;
            run_until_killed(&city, &campaign, n, after).await;
            // The next process: a new engine under the same name, nothing left of the old one but the database.
            let engine = city.engine().build();
            city.settle(&engine, &campaign, 500).await;
            let (tally, stats) = (city.store.tally(campaign.id).await.unwrap(), city.emulator.stats());
            assert_eq!((tally.delivered, tally.planned()), (60, 60), "call {n}, after {after}: {tally:?}");
            assert_eq!((stats.accepted, stats.duplicates), (60, 0), "call {n}, after {after}: {stats:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_answers_are_looked_up_and_never_guessed() {
    for dealer in [Dealer::Bizgo, Dealer::Solapi] {
        let city = City::of(100, |options| options.with_lost_answers(0.6)).await.by(dealer);
        let campaign = city.plan(10).await;
        let engine = city.engine().build();
        city.settle(&engine, &campaign, 1_000).await;
        let (tally, stats) = (city.store.tally(campaign.id).await.unwrap(), city.emulator.stats());
        assert_eq!((tally.delivered, stats.accepted, stats.duplicates), (100, 100, 0), "{dealer:?}: {stats:?}");
    }
}

/// SOLAPI knows no key, but groups that are sent once: whatever call a crash comes at, nothing goes twice and nothing stays
/// in doubt.
#[tokio::test(flavor = "multi_thread")]
async fn without_keys_a_crash_at_any_call_sends_nothing_twice_and_leaves_no_doubt() {
    for n in 1..=12 {
        for after in [false, true] {
            let city = City::of(60, |options| options).await.by(Dealer::Solapi);
            let campaign = city.plan(20).await;
            run_until_killed(&city, &campaign, n, after).await;
            let engine = city.engine().build();
            city.settle(&engine, &campaign, 2_000).await;
            let (tally, stats) = (city.store.tally(campaign.id).await.unwrap(), city.emulator.stats());
            assert_eq!((tally.delivered, tally.planned()), (60, 60), "call {n}, after {after}: {tally:?}");
            assert_eq!(
                (stats.accepted - stats.cancelled, stats.duplicates),
                (60, 0),
                "call {n}, after {after}: {stats:?}"
            );
        }
    }
}

/// A tenth of all calls goes wrong, in every way that the emulator knows.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_on_the_way_nothing_goes_twice_and_no_one_is_forgotten() {
    let faults = [Fault::NoAnswer, Fault::Truncated, Fault::WrongJson, Fault::status(503), Fault::too_many(1)];
    for dealer in [Dealer::Bizgo, Dealer::Solapi] {
        for seed in 1..=3 {
            let shape = |options: Options| {
                let mut options = faults.iter().fold(options, |options, fault| options.with_fault(*fault, 0.02));
                options.seed = seed;
                options
            };
            let city = City::of(200, shape).await.by(dealer);
            let campaign = city.plan(10).await;
            let engine = city.engine().build();
            city.settle(&engine, &campaign, 5_000).await;
            let (tally, stats) = (city.store.tally(campaign.id).await.unwrap(), city.emulator.stats());
            let all = tally.delivered + tally.unknown;
            assert_eq!(
                (all, tally.planned(), stats.duplicates),
                (200, 200, 0),
                "{dealer:?} {seed}: {tally:?} {stats:?}"
            );
            assert_eq!(stats.accepted, tally.delivered, "{dealer:?} {seed}: {tally:?} {stats:?}");
            assert!(stats.rejected.keys().any(|code| code.starts_with("fault:")), "{stats:?}");
            if dealer == Dealer::Bizgo {
                assert_eq!(tally.unknown, 0, "{seed}: a request under a key may be repeated");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_request_is_repeated_under_its_key_only_while_the_key_lives() {
    // Nobody knows of the request: the answer was lost on the way there.
    for (hours, accepted, unknown) in [(20, 5, 0), (23, 0, 5)] {
        let city = City::of(5, |options| options).await;
        let campaign = city.plan(10).await;
        let mut mock = MockTransport::new();
        let capabilities = city.transport().capabilities().clone();
        mock.expect_capabilities().return_const(capabilities);
        mock.expect_name().return_const("mock".to_owned());
        mock.expect_submit().times(1).returning(|_| Err(SendError::new(SendErrorKind::OutcomeUnknown, "mock")));
        mock.expect_receipts().returning(|| Ok(ReceiptPage::default()));
        let engine = city.engine_over(Arc::new(mock)).build();
        let step = engine.run_due(city.clock.now(), 1).await.unwrap();
        assert!(step.trouble.unwrap().may_have_arrived());

        city.clock.advance(TimeDelta::hours(hours));
        let engine = city.engine().build();
        let step = engine.run_due(city.clock.now(), 1).await.unwrap();
        assert_eq!((step.accepted, step.held.len()), (accepted, usize::from(unknown > 0)), "{hours} hours");
        city.settle(&engine, &campaign, 200).await;
        let tally = city.store.tally(campaign.id).await.unwrap();
        assert_eq!((tally.delivered, tally.unknown), (accepted, unknown), "{hours} hours");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_stops_everything_and_loses_nothing() {
    let city = City::of(5, |options| options).await;
    let campaign = city.plan(10).await;
    let wrong = sosik::bizgo::Bizgo::builder("WRONG", "SENDER").base_url(city.emulator.url()).build().unwrap();
    let error = city.engine_over(Arc::new(wrong)).build().run_due(city.clock.now(), 1).await.unwrap_err();
    assert!(matches!(error, DeliveryError::Transport(_)), "{error}");
    let engine = city.engine().build();
    city.settle(&engine, &campaign, 100).await;
    assert_eq!(city.store.tally(campaign.id).await.unwrap().delivered, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_dealer_refuses_whole_is_held_for_a_person() {
    let city = City::of(5, |options| options).await;
    let campaign = city.plan(10).await;
    let mut mock = MockTransport::new();
    mock.expect_capabilities().return_const(city.transport().capabilities().clone());
    mock.expect_submit().times(1).returning(|_| Err(SendError::new(SendErrorKind::Refused, "mock").with_code("A322")));
    mock.expect_receipts().returning(|| Ok(ReceiptPage::default()));
    let engine = city.engine_over(Arc::new(mock)).build();
    let step = engine.run_due(city.clock.now(), 10).await.unwrap();
    assert_eq!(step.held.len(), 1);
    assert!(step.held[0].1.contains("A322"), "{:?}", step.held);
    // It is not tried again by itself.
    city.clock.advance(TimeDelta::days(1));
    let step = engine.run_due(city.clock.now(), 10).await.unwrap();
    assert_eq!((step.batches, step.next_due), (0, None));
    let id = BatchId::new(campaign.id, 0);
    let batch = city.store.batch(id).await.unwrap().unwrap();
    assert_eq!((batch.state, batch.note.is_some()), (BatchState::Held, true));
    // A person lets it go on, with a dealer who takes it.
    let until = city.clock.now() + TimeDelta::hours(1);
    assert!(city.store.reopen(id, until, city.clock.now()).await.unwrap());
    city.settle(&city.engine().build(), &campaign, 100).await;
    assert_eq!(city.store.tally(campaign.id).await.unwrap().delivered, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_may_not_send_stops_the_round_and_holds_nothing() {
    let city = City::of(30, |options| options).await;
    let campaign = city.plan(10).await;
    let mut mock = MockTransport::new();
    mock.expect_capabilities().return_const(city.transport().capabilities().clone());
    // Once, not once for each batch.
    mock.expect_submit()
        .times(1)
        .returning(|_| Err(SendError::new(SendErrorKind::NotPermitted, "mock").with_code("A320")));
    let engine = city.engine_over(Arc::new(mock)).build();
    let error = engine.run_due(city.clock.now(), 10).await.unwrap_err();
    assert!(matches!(&error, DeliveryError::Transport(inner) if inner.code() == Some("A320")), "{error}");
    let tally = city.store.tally(campaign.id).await.unwrap();
    assert_eq!((tally.held, tally.open, tally.pending), (0, 3, 30));
    city.settle(&city.engine().build(), &campaign, 200).await;
    assert_eq!(city.store.tally(campaign.id).await.unwrap().delivered, 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_when_its_time_is_past_is_held_and_not_sent_a_week_later() {
    let city = City::of(20, |options| options).await;
    let campaign = city.plan(10).await;
    let engine = city.engine().build();
    assert_eq!(engine.run_due(city.clock.now(), 1).await.unwrap().accepted, 10);
    city.clock.advance(TimeDelta::days(7));
    assert_eq!(city.store.open_campaigns().await.unwrap(), [campaign.id]);
    let engine = city.engine().build();
    for _ in 0..20 {
        engine.run_due(city.clock.now(), 10).await.unwrap();
        city.clock.advance(TimeDelta::seconds(1));
    }
    let tally = city.store.tally(campaign.id).await.unwrap();
    assert_eq!((tally.delivered, tally.pending, tally.held, tally.open), (10, 10, 1, 0));
    assert_eq!(city.emulator.stats().accepted, 10);
    let late = city.store.batch(BatchId::new(campaign.id, 1)).await.unwrap().unwrap();
    assert!(late.note.unwrap().contains("past"), "a person is told why");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_mind_after_planning_counts_and_doubt_stays_doubt() {
    let city = City::of(3, |options| options).await;
    let campaign = city.plan(10).await;
    let engine = city.engine().build();
    // The second batch's answer is lost on the way there: no one can say whether it arrived.
    let mut mock = MockTransport::new();
    mock.expect_capabilities().return_const(city.transport().capabilities().clone());
    mock.expect_submit().times(1).returning(|_| Err(SendError::new(SendErrorKind::OutcomeUnknown, "mock")));
    mock.expect_receipts().returning(|| Ok(ReceiptPage::default()));
    city.engine_over(Arc::new(mock)).build().run_due(city.clock.now(), 1).await.unwrap();
    let first = city.store.batch(BatchId::new(campaign.id, 0)).await.unwrap().unwrap();
    let withdrawn = ConsentEvent::withdrawn(Purpose::Advertising, city.clock.now(), "080");
    city.store.record(first.recipients[1], &withdrawn).await.unwrap();
    city.clock.advance(TimeDelta::minutes(1));
    city.settle(&engine, &campaign, 100).await;
    let tally = city.store.tally(campaign.id).await.unwrap();
    assert_eq!((tally.delivered, tally.unknown, tally.suppressed.len()), (2, 1, 0), "{tally:?}");
    assert_eq!(city.emulator.stats().accepted, 2);
}
