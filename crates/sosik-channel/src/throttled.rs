use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sosik_core::Clock;

use crate::{
    Audience, Capabilities, Found, GroupRules, GroupSend, GroupSendState, GroupSender, Media, MediaRef, Message,
    Outlook, ReceiptPage, SendError, SendErrorKind, Started, Submission, Submitted, TemplateRef, Transport, Webhook,
    WebhookReceipts, Won,
};

/// A transport kept within its own [`Capabilities`]' rates: each call waits until there is room for it.
///
/// Two token buckets, as dealers keep them: one of recipients, one of other calls, each holding one second's worth and
/// starting full. A call that costs more than a bucket holds waits for a full one and leaves a debt.
/// The rates hold for this adaptor alone: several processes with one key have to share them out. A transport that sends to
/// friends, too, is kept within them with both.
#[derive(Debug)]
pub struct Throttled<T> {
    inner: T,
    name: String,
    clock: Arc<dyn Clock>,
    recipients: Arc<Mutex<Bucket>>,
    calls: Arc<Mutex<Bucket>>,
}

/// A call under way.
type Called<'a, R> = Pin<Box<dyn Future<Output = Result<R, SendError>> + Send + 'a>>;

#[derive(Debug)]
struct Bucket {
    rate: f64,
    tokens: f64,
    updated: DateTime<Utc>,
}

impl Bucket {
    fn full(rate: u32, now: DateTime<Utc>) -> Arc<Mutex<Self>> {
        let rate = f64::from(rate.max(1));
        Arc::new(Mutex::new(Self { rate, tokens: rate, updated: now }))
    }

    /// Takes `cost` tokens, and tells how long to wait before acting.
    fn reserve(&mut self, cost: f64, now: DateTime<Utc>) -> Duration {
        let passed = now.signed_duration_since(self.updated).to_std().unwrap_or_default().as_secs_f64();
        self.tokens = (self.tokens + passed * self.rate).min(self.rate);
        self.updated = now;
        let missing = cost.min(self.rate) - self.tokens;
        self.tokens -= cost;
        Duration::try_from_secs_f64(missing.max(0.0) / self.rate).unwrap_or_default()
    }
}

impl<T: Transport> Throttled<T> {
    /// Keeps `inner` within its rates, by this clock.
    #[must_use]
    pub fn new(inner: T, clock: Arc<dyn Clock>) -> Self {
        let now = clock.now();
        let capabilities = inner.capabilities();
        Self {
            name: format!("throttled({})", Transport::name(&inner)),
            recipients: Bucket::full(capabilities.recipients_per_second, now),
            calls: Bucket::full(capabilities.calls_per_second, now),
            clock,
            inner,
        }
    }

    /// Keeps another transport within the same rates: one of the same account, such as that of a district's channel.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use sosik_channel::{RecordingTransport, Throttled};
    /// # use sosik_core::SystemClock;
    /// let city = Throttled::new(RecordingTransport::new(), Arc::new(SystemClock::new()));
    /// let district = city.beside(RecordingTransport::new());
    /// ```
    #[must_use]
    pub fn beside<U: Transport>(&self, other: U) -> Throttled<U> {
        Throttled {
            name: format!("throttled({})", Transport::name(&other)),
            recipients: Arc::clone(&self.recipients),
            calls: Arc::clone(&self.calls),
            clock: Arc::clone(&self.clock),
            inner: other,
        }
    }

    async fn wait(&self, bucket: &Mutex<Bucket>, cost: f64) {
        let wait = bucket.lock().unwrap_or_else(PoisonError::into_inner).reserve(cost, self.clock.now());
        if !wait.is_zero() {
            sleep(wait).await;
        }
    }

    /// For all but submissions: waits for room, and again as long as the provider asks when it finds the call too fast after all: several
    /// processes may share its rate. After three times the error is the caller's.
    async fn paced<'a, R>(
        &self,
        bucket: &Mutex<Bucket>,
        cost: f64,
        call: impl Fn() -> Called<'a, R> + Send,
    ) -> Result<R, SendError> {
        for _ in 0..3 {
            self.wait(bucket, cost).await;
            match call().await {
                Err(error) if error.kind() == SendErrorKind::RateLimited => {
                    let wait = error.retry_after().unwrap_or(Duration::from_secs(1));
                    sleep(wait.min(Duration::from_secs(60))).await;
                }
                other => return other,
            }
        }
        self.wait(bucket, cost).await;
        call().await
    }
}

#[expect(clippy::disallowed_methods, reason = "waiting is what this adaptor is for")]
async fn sleep(wait: Duration) {
    tokio::time::sleep(wait).await;
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<T: Transport> Transport for Throttled<T> {
    fn name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn upload(&self, media: &Media) -> Result<MediaRef, SendError> {
        self.paced(&self.calls, 1.0, || Box::pin(self.inner.upload(media))).await
    }

    async fn submit(&self, submission: &Submission) -> Result<Submitted, SendError> {
        let cost = match &submission.audience {
            Audience::Named(recipients) => recipients.len().max(1),
            Audience::Friends { .. } | Audience::Hands => 1,
        };
        let cost = f64::from(u32::try_from(cost).unwrap_or(u32::MAX));
        // Not repeated here: whoever submits has to ask again whether it may still go after a long wait.
        self.wait(&self.recipients, cost).await;
        self.inner.submit(submission).await
    }

    async fn find(&self, submission: &Submission, since: DateTime<Utc>) -> Result<Vec<Found>, SendError> {
        self.paced(&self.calls, 1.0, || Box::pin(self.inner.find(submission, since))).await
    }

    async fn receipts(&self) -> Result<ReceiptPage, SendError> {
        self.paced(&self.calls, 1.0, || Box::pin(self.inner.receipts())).await
    }

    async fn acknowledge(&self, page: &str) -> Result<(), SendError> {
        self.paced(&self.calls, 1.0, || Box::pin(self.inner.acknowledge(page))).await
    }

    async fn prepare(&self, submission: &Submission) -> Result<Option<String>, SendError> {
        self.paced(&self.calls, 1.0, || Box::pin(self.inner.prepare(submission))).await
    }

    async fn cancel(&self, handle: &str) -> Result<(), SendError> {
        self.paced(&self.calls, 1.0, || Box::pin(self.inner.cancel(handle))).await
    }

    async fn webhook(&self, webhook: &Webhook) -> Result<WebhookReceipts, SendError> {
        self.paced(&self.calls, 1.0, || Box::pin(self.inner.webhook(webhook))).await
    }

    fn price(&self, message: &Message) -> Option<Won> {
        self.inner.price(message)
    }
}

/// How many calls a provider's outlook may take: the friends, those that can be reached, and the end.
const OUTLOOK: f64 = 3.0;

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<T: Transport + GroupSender> GroupSender for Throttled<T> {
    fn name(&self) -> &str {
        &self.name
    }

    fn rules(&self) -> &GroupRules {
        self.inner.rules()
    }

    async fn outlook(&self, plan: &GroupSend) -> Result<Outlook, SendError> {
        self.paced(&self.calls, OUTLOOK, || Box::pin(self.inner.outlook(plan))).await
    }

    async fn register(&self, name: &str, message: &Message) -> Result<TemplateRef, SendError> {
        self.paced(&self.calls, 1.0, || Box::pin(self.inner.register(name, message))).await
    }

    async fn start(&self, plan: &GroupSend, template: &TemplateRef) -> Result<Started, SendError> {
        // Not repeated here: whoever starts it has to ask again whether it may still go after a long wait.
        self.wait(&self.calls, 1.0).await;
        self.inner.start(plan, template).await
    }

    async fn state(&self, handle: &str) -> Result<GroupSendState, SendError> {
        self.paced(&self.calls, 1.0, || Box::pin(self.inner.state(handle))).await
    }

    async fn pause(&self, handle: &str) -> Result<GroupSendState, SendError> {
        self.paced(&self.calls, 1.0, || Box::pin(self.inner.pause(handle))).await
    }

    async fn resume(&self, handle: &str) -> Result<GroupSendState, SendError> {
        self.paced(&self.calls, 1.0, || Box::pin(self.inner.resume(handle))).await
    }

    async fn terminate(&self, handle: &str) -> Result<GroupSendState, SendError> {
        self.paced(&self.calls, 1.0, || Box::pin(self.inner.terminate(handle))).await
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone};

    use super::*;

    #[test]
    fn transports_of_one_account_share_its_rates() {
        let city = Throttled::new(crate::RecordingTransport::new(), Arc::new(sosik_core::SystemClock::new()));
        let district = city.beside(crate::RecordingTransport::new());
        assert!(Arc::ptr_eq(&city.recipients, &district.recipients) && Arc::ptr_eq(&city.calls, &district.calls));
        assert_eq!(Transport::name(&district), "throttled(recording)");
    }

    #[test]
    fn a_bucket_starts_full_and_pays_its_debts() {
        let start = Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap();
        let bucket = Bucket::full(200, start);
        let mut bucket = bucket.lock().unwrap();
        assert_eq!(bucket.reserve(200.0, start), Duration::ZERO);
        assert_eq!(bucket.reserve(200.0, start), Duration::from_secs(1));
        assert_eq!(bucket.reserve(100.0, start + TimeDelta::seconds(1)), Duration::from_millis(500));
        // More than it holds: a full bucket is waited for, and the rest is owed.
        assert_eq!(bucket.reserve(400.0, start + TimeDelta::seconds(60)), Duration::ZERO);
        assert_eq!(bucket.reserve(200.0, start + TimeDelta::seconds(60)), Duration::from_secs(2));
    }
}
