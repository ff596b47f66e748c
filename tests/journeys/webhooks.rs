//! Receipts that the dealers send by themselves: late, twice, in the wrong order, and again when they were not answered.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use chrono::TimeDelta;
use sosik::Clock;
use sosik::bizgo::Bizgo;
use sosik::channel::{Audience, Outcome, Receipt, Recipient, Submission, Transport, Webhook};
use sosik_emulator::{Emulator, EmulatorError, Options};
use sosik_testkit::phone;
use sosik_tests::{Called, answering};

use crate::city::{City, Dealer, message};

/// A city's address for webhooks: what it makes of them, and what it answers.
struct Desk {
    transport: OnceLock<Arc<dyn Transport>>,
    clock: OnceLock<Arc<dyn Clock>>,
    receipts: Mutex<Vec<Receipt>>,
    /// How many of the next calls it does not answer as it should.
    deaf: AtomicUsize,
    refused: AtomicUsize,
}

impl Desk {
    fn new(deaf: usize) -> Arc<Self> {
        Arc::new(Self {
            transport: OnceLock::new(),
            clock: OnceLock::new(),
            receipts: Mutex::new(Vec::new()),
            deaf: AtomicUsize::new(deaf),
            refused: AtomicUsize::new(0),
        })
    }

    async fn take(self: Arc<Self>, called: Called) -> (u16, String) {
        if self.deaf.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            return (500, "{}".to_owned());
        }
        let webhook = Webhook::new(called.body, self.clock.get().unwrap().now());
        let webhook = called.headers.into_iter().fold(webhook, |it, (name, value)| it.with_header(name, value));
        match self.transport.get().unwrap().webhook(&webhook).await {
            Ok(told) => {
                self.receipts.lock().unwrap().extend(told.receipts);
                (200, told.reply)
            }
            Err(error) => {
                self.refused.fetch_add(1, Ordering::SeqCst);
                (401, error.to_string())
            }
        }
    }

    fn receipts(&self) -> Vec<Receipt> {
        self.receipts.lock().unwrap().clone()
    }
}

/// A city whose dealer sends its receipts to a desk, shaped by what goes wrong.
async fn city(dealer: Dealer, desk: &Arc<Desk>, shape: impl FnOnce(Options) -> Options) -> City {
    let their = Arc::clone(desk);
    let address = answering(move |called| Arc::clone(&their).take(called)).await;
    let url = format!("http://{address}/webhook");
    let city =
        City::of(0, |options| shape(options.with_bizgo_webhook(&url, "webhook-secret").with_solapi_webhook(&url)))
            .await
            .by(dealer);
    let transport: Arc<dyn Transport> = match dealer {
        Dealer::Bizgo => {
            let builder = Bizgo::builder("KEY", "SENDER").base_url(city.emulator.url());
            Arc::new(builder.webhook_secret("webhook-secret").build().unwrap())
        }
        Dealer::Solapi => city.transport(),
    };
    let _ = desk.transport.set(transport);
    let _ = desk.clock.set(Arc::clone(&city.clock) as _);
    city
}

async fn send(desk: &Desk, people: u32) {
    let to = (1..=people).map(|n| Recipient::new(format!("r{n}"), phone(n))).collect();
    let submission = Submission::new("k", message(), Audience::Named(to));
    let submitted = desk.transport.get().unwrap().submit(&submission).await.unwrap();
    assert_eq!(submitted.accepted(), people as usize);
}

/// Waits until the emulator has sent or given up so many webhooks.
async fn sent(emulator: &Emulator, many: u64) {
    for _ in 0..500 {
        let stats = emulator.stats();
        if stats.webhooks + stats.webhooks_unanswered >= many {
            return;
        }
        pause().await;
    }
    panic!("they never came: {:?}", emulator.stats());
}

#[expect(clippy::disallowed_methods, reason = "webhooks come in their own time")]
async fn pause() {
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_dealer_s_receipts_come_by_themselves_when_they_are_due() {
    for (dealer, webhooks) in [(Dealer::Bizgo, 30), (Dealer::Solapi, 1)] {
        let desk = Desk::new(0);
        let city = city(dealer, &desk, |options| options.with_failures(0.0, 0.2)).await;
        send(&desk, 30).await;
        pause().await;
        assert_eq!(desk.receipts().len(), 0, "they are late");
        city.clock.advance(TimeDelta::seconds(2));
        sent(&city.emulator, webhooks).await;
        let told: BTreeMap<String, Outcome> =
            desk.receipts().into_iter().map(|it| (it.reference.unwrap(), it.outcome)).collect();
        let failed = told.values().filter(|outcome| **outcome != Outcome::Delivered).count();
        assert_eq!((told.len(), failed as u64), (30, city.emulator.stats().failed), "{dealer:?}");
        assert!(failed > 0 && desk.refused.load(Ordering::SeqCst) == 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_answered_comes_again_and_some_of_it_twice_and_in_the_wrong_order() {
    let desk = Desk::new(3);
    let shape = |options: Options| options.with_repeated_receipts(0.5).with_shuffled_webhooks();
    let city = city(Dealer::Bizgo, &desk, shape).await;
    send(&desk, 20).await;
    city.clock.advance(TimeDelta::seconds(2));
    sent(&city.emulator, 21).await;
    pause().await;
    let order: Vec<String> = desk.receipts().into_iter().filter_map(|receipt| receipt.reference).collect();
    let mut once = order.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!((order.first().map(String::as_str), once.len()), (Some("r20"), 20));
    assert!(order.len() > 20, "some came twice: {order:?}");
    assert_eq!(city.emulator.stats().webhooks_unanswered, 0, "the fourth time it was answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_never_answers_is_given_up_and_polls_and_strangers_are_refused() {
    let desk = Desk::new(usize::MAX);
    let deaf = city(Dealer::Bizgo, &desk, |options| options).await;
    send(&desk, 1).await;
    deaf.clock.advance(TimeDelta::seconds(2));
    sent(&deaf.emulator, 1).await;
    assert_eq!((deaf.emulator.stats().webhooks_unanswered, desk.receipts().len()), (1, 0));
    let transport = desk.transport.get().unwrap();
    assert_eq!(transport.receipts().await.unwrap().receipts.len(), 1, "it is polled for instead");

    // Signed by another secret.
    let desk = Desk::new(0);
    let strange = city(Dealer::Bizgo, &desk, |mut options| {
        if let Some((_, secret)) = &mut options.bizgo_webhook {
            "another".clone_into(secret);
        }
        options
    })
    .await;
    send(&desk, 1).await;
    strange.clock.advance(TimeDelta::seconds(2));
    sent(&strange.emulator, 1).await;
    assert_eq!((desk.refused.load(Ordering::SeqCst), desk.receipts().len()), (4, 0));

    for url in ["https://127.0.0.1/x", "http://www.example.go.kr/x", "nowhere"] {
        let options = Options::new("KEY").with_solapi_webhook(url);
        let error = Emulator::start(([127, 0, 0, 1], 0).into(), options).await.unwrap_err();
        assert!(matches!(error, EmulatorError::Webhook { .. }), "{error}");
    }
}
