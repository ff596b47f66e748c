use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sosik_core::Clock;

use crate::{
    Audience, Capabilities, Found, Media, MediaRef, Message, ReceiptPage, SendError, SendErrorKind, Submission,
    Submitted, Transport, Webhook, WebhookReceipts, Won,
};

/// A transport whose calls are written down: what was asked, when, and how it ended. No number, no text, no key.
///
/// The last so many are kept, to be shown beside a failure or in a test.
///
/// ```
/// use std::sync::Arc;
/// use sosik_channel::{Call, Recorded, RecordingTransport, Transport};
/// use sosik_core::SystemClock;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let transport = Recorded::new(RecordingTransport::new(), 100, Arc::new(SystemClock::new()));
/// transport.receipts().await?;
/// assert_eq!(transport.exchanges()[0].call, Call::Receipts);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Recorded<T> {
    inner: T,
    name: String,
    clock: Arc<dyn Clock>,
    most: usize,
    exchanges: Mutex<VecDeque<Exchange>>,
}

/// A call to a transport, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exchange {
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Which.
    pub call: Call,
    /// The submission's key, for those calls that have one.
    pub key: Option<String>,
    /// For how many recipients it asked.
    pub recipients: usize,
    /// How many were accepted, found or given a receipt; or what went wrong.
    pub end: Result<usize, SendErrorKind>,
}

/// The calls of a [`Transport`] that leave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Call {
    /// [`acknowledge`](Transport::acknowledge).
    Acknowledge,
    /// [`cancel`](Transport::cancel).
    Cancel,
    /// [`find`](Transport::find).
    Find,
    /// [`receipts`](Transport::receipts).
    Receipts,
    /// [`submit`](Transport::submit).
    Submit,
    /// [`upload`](Transport::upload).
    Upload,
    /// [`webhook`](Transport::webhook).
    Webhook,
}

impl Call {
    /// What it is called: `submit`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Cancel => "cancel",
            Self::Find => "find",
            Self::Receipts => "receipts",
            Self::Submit => "submit",
            Self::Upload => "upload",
            Self::Webhook => "webhook",
        }
    }
}

/// How many recipients a submission names.
pub(crate) fn named(submission: &Submission) -> usize {
    match &submission.audience {
        Audience::Named(recipients) => recipients.len(),
        Audience::Friends { .. } | Audience::Hands => 0,
    }
}

impl<T: Transport> Recorded<T> {
    /// Writes down the last `most` calls to `inner`, by this clock.
    #[must_use]
    pub fn new(inner: T, most: usize, clock: Arc<dyn Clock>) -> Self {
        let name = format!("recorded({})", inner.name());
        Self { inner, name, clock, most, exchanges: Mutex::default() }
    }

    /// The last calls, the oldest first.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    async fn kept<R>(
        &self,
        call: Call,
        submission: Option<&Submission>,
        made: impl Future<Output = Result<R, SendError>> + Send,
        count: impl FnOnce(&R) -> usize + Send,
    ) -> Result<R, SendError> {
        let at = self.clock.now();
        let result = made.await;
        let end = result.as_ref().map(count).map_err(SendError::kind);
        let (key, recipients) = (submission.map(|it| it.key.clone()), submission.map_or(0, named));
        let mut exchanges = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        exchanges.push_back(Exchange { at, call, key, recipients, end });
        while exchanges.len() > self.most {
            exchanges.pop_front();
        }
        result
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<T: Transport> Transport for Recorded<T> {
    fn name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn upload(&self, media: &Media) -> Result<MediaRef, SendError> {
        self.kept(Call::Upload, None, self.inner.upload(media), |_| 0).await
    }

    async fn submit(&self, submission: &Submission) -> Result<Submitted, SendError> {
        self.kept(Call::Submit, Some(submission), self.inner.submit(submission), Submitted::accepted).await
    }

    async fn find(&self, submission: &Submission, since: DateTime<Utc>) -> Result<Vec<Found>, SendError> {
        self.kept(Call::Find, Some(submission), self.inner.find(submission, since), Vec::len).await
    }

    async fn receipts(&self) -> Result<ReceiptPage, SendError> {
        self.kept(Call::Receipts, None, self.inner.receipts(), |page| page.receipts.len()).await
    }

    async fn acknowledge(&self, page: &str) -> Result<(), SendError> {
        self.kept(Call::Acknowledge, None, self.inner.acknowledge(page), |()| 0).await
    }

    async fn cancel(&self, handle: &str) -> Result<(), SendError> {
        self.kept(Call::Cancel, None, self.inner.cancel(handle), |()| 0).await
    }

    async fn webhook(&self, webhook: &Webhook) -> Result<WebhookReceipts, SendError> {
        self.kept(Call::Webhook, None, self.inner.webhook(webhook), |given| given.receipts.len()).await
    }

    fn price(&self, message: &Message) -> Option<Won> {
        self.inner.price(message)
    }
}
