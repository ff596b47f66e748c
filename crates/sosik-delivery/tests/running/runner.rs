//! The loop around an engine.

use sosik_channel::{
    Acceptance, Answer, Audience, Found, Media, MediaRef, Proof, ReceiptPage, Recipient, Submission, Submitted,
    Webhook, WebhookReceipts,
};
use sosik_delivery::Runner;

use super::*;

/// A dealer that takes its time, and says when it is asked.
#[derive(Debug)]
struct Slow {
    capabilities: Capabilities,
    asked: tokio::sync::Notify,
}

#[sosik_channel::async_trait]
impl Transport for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }
    async fn submit(&self, submission: &Submission) -> Result<Submitted, SendError> {
        self.asked.notify_one();
        pass(Duration::from_secs(30)).await;
        let Audience::Named(recipients) = &submission.audience else { panic!("named") };
        let answer = |to: &Recipient| Acceptance::new(to.reference.as_str(), None, Answer::Accepted);
        Ok(Submitted::new(Proof::PerRecipient(recipients.iter().map(answer).collect())))
    }
    async fn receipts(&self) -> Result<ReceiptPage, SendError> {
        Ok(ReceiptPage::default())
    }
    async fn prepare(&self, _: &Submission) -> Result<Option<String>, SendError> {
        Ok(None)
    }
    async fn upload(&self, _: &Media) -> Result<MediaRef, SendError> {
        Err(SendError::new(SendErrorKind::Unsupported, "slow"))
    }
    async fn find(&self, _: &Submission, _: DateTime<Utc>) -> Result<Vec<Found>, SendError> {
        Ok(Vec::new())
    }
    async fn acknowledge(&self, _: &str) -> Result<(), SendError> {
        Ok(())
    }
    async fn cancel(&self, _: &str) -> Result<(), SendError> {
        Err(SendError::new(SendErrorKind::Unsupported, "slow"))
    }
    async fn webhook(&self, _: &Webhook) -> Result<WebhookReceipts, SendError> {
        Err(SendError::new(SendErrorKind::Unsupported, "slow"))
    }
    fn price(&self, _: &Message) -> Option<Won> {
        None
    }
}

/// A service that is told to end in the middle of a submission waits for its answer, and nothing is in doubt.
#[tokio::test(start_paused = true)]
async fn a_service_ends_when_it_is_told_to_and_leaves_nothing_in_doubt() {
    let city = City::of(50).await;
    let campaign = city.friday().await;
    let capabilities = Capabilities::named(10, 1_000, 1_000);
    let slow = Arc::new(Slow { capabilities, asked: tokio::sync::Notify::new() });
    let clock = Arc::new(ManualClock::at(noon()));
    let runner = Runner::new(city.engine_over(Arc::clone(&slow) as _).build(), clock);
    // At the second submission, while its answer is on the way.
    let shutdown = async {
        slow.asked.notified().await;
        slow.asked.notified().await;
    };
    runner.run(shutdown, |_| ()).await.unwrap();
    let tally = city.outbox.tally(campaign.id).await.unwrap();
    assert!(tally.accepted >= 10 && tally.accepted.is_multiple_of(10) && tally.pending > 0, "{tally:?}");
    for number in 0..5 {
        let batch = city.outbox.batch(sosik_delivery::BatchId::new(campaign.id, number)).await.unwrap().unwrap();
        assert_ne!(batch.state, sosik_delivery::BatchState::InDoubt, "{number}");
    }
}

/// An idle service looks once in a while, and a provider that is away is tried again and again.
#[tokio::test(start_paused = true)]
async fn an_idle_service_does_not_spin() {
    let city = City::of(1).await;
    let clock = Arc::new(ManualClock::at(noon()));
    let runner = Runner::new(city.engine().build(), clock);
    let mut rounds = 0;
    runner.run(pass(Duration::from_secs(60)), |_| rounds += 1).await.unwrap();
    assert!((55..=62).contains(&rounds), "{rounds} rounds in a minute");
}

#[expect(clippy::disallowed_methods, reason = "the runner's own test")]
async fn pass(span: Duration) {
    tokio::time::sleep(span).await;
}
