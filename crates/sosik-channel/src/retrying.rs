use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sosik_core::Entropy;

use crate::{
    Capabilities, Found, Idempotency, Media, MediaRef, Message, ReceiptPage, SendError, Submission, Submitted,
    Transport, Webhook, WebhookReceipts, Won,
};

/// How a failed call is tried again.
///
/// Before attempt *n* it waits between half and all of `first` × 2ⁿ⁻¹, at most `longest`, or as long as the provider asks
/// ([`SendError::retry_after`]) where that is more. It gives up when the waits would pass `patience` in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backoff {
    /// Attempts in all, the first one too.
    pub attempts: u32,
    /// The first wait.
    pub first: Duration,
    /// The longest wait of its own.
    pub longest: Duration,
    /// All waits together, those that the provider asks for too.
    pub patience: Duration,
}

impl Backoff {
    /// Four attempts, from a quarter of a second, in half a minute.
    #[must_use]
    pub fn new() -> Self {
        Self {
            attempts: 4,
            first: Duration::from_millis(250),
            longest: Duration::from_secs(8),
            patience: Duration::from_secs(30),
        }
    }

    /// As often in all, the first attempt too; at least once.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// With this first wait and this longest one.
    #[must_use]
    pub fn between(mut self, first: Duration, longest: Duration) -> Self {
        (self.first, self.longest) = (first, longest);
        self
    }

    /// For so long in all.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The wait before the attempt after `failed` ones; `chance` is between 0 and 1.
    fn wait(&self, failed: u32, asked: Option<Duration>, chance: f64) -> Duration {
        let doubled = 2_u32.saturating_pow(failed.saturating_sub(1));
        let own = self.first.saturating_mul(doubled).min(self.longest);
        own.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0).max(asked.unwrap_or_default())
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}

/// A transport that tries again where that is safe.
///
/// - What was certainly not taken ([`SendError::is_retryable`]) is tried again, whatever the call.
/// - A submission whose answer was lost is tried again only where the transport guards each recipient by its key
///   ([`Idempotency::PerRecipient`]) and it is not for later: elsewhere [`find`](Transport::find) comes first, and that is
///   the caller's. Turn it off for submissions whose key may have run out:
///   [`without_lost_answers`](Self::without_lost_answers).
/// - Everything else is the caller's at once.
///
/// Keep [`patience`](Backoff::patience) short for submissions: while it waits, the hour at which it may be sent can pass.
///
/// ```
/// use std::sync::Arc;
/// use sosik_channel::{Backoff, RecordingTransport, Retrying, Transport};
/// use sosik_core::SeededEntropy;
///
/// let transport = Retrying::new(RecordingTransport::new(), Backoff::new(), Arc::new(SeededEntropy::new(1)));
/// assert_eq!(transport.name(), "retrying(recording)");
/// ```
#[derive(Debug)]
pub struct Retrying<T> {
    inner: T,
    name: String,
    backoff: Backoff,
    entropy: Arc<dyn Entropy>,
    lost_answers: bool,
}

/// A call under way.
type Called<'a, R> = Pin<Box<dyn Future<Output = Result<R, SendError>> + Send + 'a>>;

impl<T: Transport> Retrying<T> {
    /// Tries calls to `inner` again by these rules; the entropy spreads the waits of several programs.
    #[must_use]
    pub fn new(inner: T, backoff: Backoff, entropy: Arc<dyn Entropy>) -> Self {
        let name = format!("retrying({})", inner.name());
        Self { inner, name, backoff, entropy, lost_answers: true }
    }

    /// Leaves every submission whose answer was lost to the caller.
    #[must_use]
    pub fn without_lost_answers(mut self) -> Self {
        self.lost_answers = false;
        self
    }

    async fn tried<'a, R>(
        &self,
        safe: impl Fn(&SendError) -> bool + Send + Sync,
        call: impl Fn() -> Called<'a, R> + Send + Sync,
    ) -> Result<R, SendError> {
        let (mut failed, mut waited) = (0, Duration::ZERO);
        // Once an answer was lost, no later refusal says that nothing was taken.
        let mut doubt: Option<SendError> = None;
        loop {
            let error = match call().await {
                Err(error) if error.is_retryable() || safe(&error) => error,
                Err(error) => return Err(doubt.unwrap_or(error)),
                done => return done,
            };
            failed += 1;
            let mut bytes = [0_u8; 4];
            self.entropy.fill(&mut bytes);
            let chance = f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
            let wait = self.backoff.wait(failed, error.retry_after(), chance);
            if failed >= self.backoff.attempts || waited + wait > self.backoff.patience {
                return Err(doubt.unwrap_or(error));
            }
            if error.may_have_arrived() {
                doubt.get_or_insert(error);
            }
            waited += wait;
            sleep(wait).await;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "waiting is what this adaptor is for")]
async fn sleep(wait: Duration) {
    tokio::time::sleep(wait).await;
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<T: Transport> Transport for Retrying<T> {
    fn name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn upload(&self, media: &Media) -> Result<MediaRef, SendError> {
        self.tried(|_| false, || Box::pin(self.inner.upload(media))).await
    }

    async fn submit(&self, submission: &Submission) -> Result<Submitted, SendError> {
        let guarded = matches!(self.inner.capabilities().idempotency, Idempotency::PerRecipient { .. });
        if submission.handle.is_some() {
            // What is prepared is submitted once: whoever prepared it begins anew with another handle.
            return self.inner.submit(submission).await;
        }
        let repeatable = self.lost_answers && guarded && submission.send_at.is_none();
        self.tried(|error| repeatable && error.may_have_arrived(), || Box::pin(self.inner.submit(submission))).await
    }

    async fn find(&self, submission: &Submission, since: DateTime<Utc>) -> Result<Vec<Found>, SendError> {
        self.tried(|_| false, || Box::pin(self.inner.find(submission, since))).await
    }

    async fn receipts(&self) -> Result<ReceiptPage, SendError> {
        self.tried(|_| false, || Box::pin(self.inner.receipts())).await
    }

    async fn acknowledge(&self, page: &str) -> Result<(), SendError> {
        self.tried(|_| false, || Box::pin(self.inner.acknowledge(page))).await
    }

    async fn prepare(&self, submission: &Submission) -> Result<Option<String>, SendError> {
        // Preparing twice sends nothing.
        self.tried(SendError::may_have_arrived, || Box::pin(self.inner.prepare(submission))).await
    }

    async fn cancel(&self, handle: &str) -> Result<(), SendError> {
        // Cancelling twice is no error.
        self.tried(SendError::may_have_arrived, || Box::pin(self.inner.cancel(handle))).await
    }

    async fn webhook(&self, webhook: &Webhook) -> Result<WebhookReceipts, SendError> {
        self.tried(|_| false, || Box::pin(self.inner.webhook(webhook))).await
    }

    fn price(&self, message: &Message) -> Option<Won> {
        self.inner.price(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_are_spread_over_their_upper_half() {
        let backoff = Backoff::new().between(Duration::from_millis(100), Duration::from_secs(1));
        let waits = |chance| (1..=6).map(move |failed| backoff.wait(failed, None, chance).as_millis());
        assert_eq!(waits(1.0).collect::<Vec<_>>(), [100, 200, 400, 800, 1000, 1000]);
        assert_eq!(waits(0.0).collect::<Vec<_>>(), [50, 100, 200, 400, 500, 500]);
        assert_eq!(backoff.wait(1, Some(Duration::from_secs(3)), 0.5), Duration::from_secs(3));
        assert_eq!(backoff.wait(u32::MAX, None, 1.0), Duration::from_secs(1));
    }
}
