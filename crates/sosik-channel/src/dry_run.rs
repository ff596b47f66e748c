use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    Capabilities, Faults, Found, Media, MediaRef, Message, ReceiptPage, RecordingTransport, SendError, SendErrorKind,
    Sent, Submission, Submitted, Transport, Webhook, WebhookReceipts, Won,
};

/// A transport that is asked what it can do and what it costs, and is given nothing: for trying a program out.
///
/// Messages are checked by the dealer's own limits, kept as a [`RecordingTransport`] keeps them, and receipts say that
/// all arrived. Nothing leaves.
///
/// ```
/// use sosik_channel::{Audience, Body, Bubble, DryRun, Message, RecordingTransport, Submission, Transport, validate};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let transport = DryRun::new(RecordingTransport::new(), |message| validate(message, &[]));
/// assert_eq!(transport.name(), "dry-run(recording)");
/// let message = Message::new(Body::Bubble(Bubble::new("소식")));
/// assert!(transport.submit(&Submission::new("k", message, Audience::Named(Vec::new()))).await.is_err());
/// # }
/// ```
#[derive(Debug)]
pub struct DryRun<T> {
    inner: T,
    name: String,
    kept: RecordingTransport,
    check: fn(&Message) -> Result<(), Faults>,
}

impl<T: Transport> DryRun<T> {
    /// A stand-in for `inner` that checks messages as its dealer does: `sosik_bizgo::limits::validate`.
    #[must_use]
    pub fn new(inner: T, check: fn(&Message) -> Result<(), Faults>) -> Self {
        let (name, kept) = (format!("dry-run({})", inner.name()), RecordingTransport::like(inner.capabilities()));
        Self { inner, name, kept, check }
    }

    /// What would have been sent, in order.
    #[must_use]
    pub fn sent(&self) -> Vec<Sent> {
        self.kept.sent()
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<T: Transport> Transport for DryRun<T> {
    fn name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self) -> &Capabilities {
        self.kept.capabilities()
    }

    async fn upload(&self, media: &Media) -> Result<MediaRef, SendError> {
        self.kept.upload(media).await
    }

    async fn submit(&self, submission: &Submission) -> Result<Submitted, SendError> {
        (self.check)(&submission.message).map_err(|faults| {
            SendError::new(SendErrorKind::InvalidContent, &self.name).with_detail(faults.to_string())
        })?;
        self.kept.submit(submission).await
    }

    async fn find(&self, submission: &Submission, since: DateTime<Utc>) -> Result<Vec<Found>, SendError> {
        self.kept.find(submission, since).await
    }

    async fn receipts(&self) -> Result<ReceiptPage, SendError> {
        self.kept.receipts().await
    }

    async fn acknowledge(&self, page: &str) -> Result<(), SendError> {
        self.kept.acknowledge(page).await
    }

    async fn prepare(&self, submission: &Submission) -> Result<Option<String>, SendError> {
        self.kept.prepare(submission).await
    }

    async fn cancel(&self, handle: &str) -> Result<(), SendError> {
        self.kept.cancel(handle).await
    }

    async fn webhook(&self, webhook: &Webhook) -> Result<WebhookReceipts, SendError> {
        self.kept.webhook(webhook).await
    }

    /// What it would cost.
    fn price(&self, message: &Message) -> Option<Won> {
        self.inner.price(message)
    }
}
