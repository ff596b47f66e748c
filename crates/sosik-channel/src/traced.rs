use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tracing::{Instrument, Span, debug_span, field, warn};

use crate::recorded::{Call, named};
use crate::{
    Capabilities, Found, Media, MediaRef, Message, ReceiptPage, SendError, Submission, Submitted, Transport, Webhook,
    WebhookReceipts, Won,
};

/// A transport each of whose calls is a span of `tracing`, named `transport`, at the level of debugging.
///
/// Its fields: `transport`, `call`, `key` and `recipients` of a submission, and `end`: how many were accepted, found or
/// given a receipt. A call that fails is a warning with its error, which holds no personal data. Numbers, texts and
/// secrets are in neither.
///
/// ```
/// use sosik_channel::{RecordingTransport, Traced, Transport};
///
/// assert_eq!(Traced::new(RecordingTransport::new()).name(), "traced(recording)");
/// ```
#[derive(Debug)]
pub struct Traced<T> {
    inner: T,
    name: String,
}

impl<T: Transport> Traced<T> {
    /// Traces the calls to `inner`.
    #[must_use]
    pub fn new(inner: T) -> Self {
        let name = format!("traced({})", inner.name());
        Self { inner, name }
    }

    async fn within<R>(
        &self,
        call: Call,
        submission: Option<&Submission>,
        made: impl Future<Output = Result<R, SendError>> + Send,
        count: impl FnOnce(&R) -> usize + Send,
    ) -> Result<R, SendError> {
        let span = debug_span!(
            "transport",
            transport = self.inner.name(),
            call = call.as_str(),
            key = submission.map(|it| it.key.as_str()),
            recipients = submission.map(named),
            end = field::Empty,
        );
        async {
            let result = made.await;
            match &result {
                Ok(done) => drop(Span::current().record("end", count(done))),
                Err(error) => warn!(%error, kind = ?error.kind(), "the call failed"),
            }
            result
        }
        .instrument(span)
        .await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<T: Transport> Transport for Traced<T> {
    fn name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn upload(&self, media: &Media) -> Result<MediaRef, SendError> {
        self.within(Call::Upload, None, self.inner.upload(media), |_| 0).await
    }

    async fn submit(&self, submission: &Submission) -> Result<Submitted, SendError> {
        self.within(Call::Submit, Some(submission), self.inner.submit(submission), Submitted::accepted).await
    }

    async fn find(&self, submission: &Submission, since: DateTime<Utc>) -> Result<Vec<Found>, SendError> {
        self.within(Call::Find, Some(submission), self.inner.find(submission, since), Vec::len).await
    }

    async fn receipts(&self) -> Result<ReceiptPage, SendError> {
        self.within(Call::Receipts, None, self.inner.receipts(), |page| page.receipts.len()).await
    }

    async fn acknowledge(&self, page: &str) -> Result<(), SendError> {
        self.within(Call::Acknowledge, None, self.inner.acknowledge(page), |()| 0).await
    }

    async fn cancel(&self, handle: &str) -> Result<(), SendError> {
        self.within(Call::Cancel, None, self.inner.cancel(handle), |()| 0).await
    }

    async fn webhook(&self, webhook: &Webhook) -> Result<WebhookReceipts, SendError> {
        self.within(Call::Webhook, None, self.inner.webhook(webhook), |given| given.receipts.len()).await
    }

    fn price(&self, message: &Message) -> Option<Won> {
        self.inner.price(message)
    }
}
