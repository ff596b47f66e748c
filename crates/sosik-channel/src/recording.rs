use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    Acceptance, Answer, Audience, AudienceKind, Capabilities, Found, Idempotency, Media, MediaRef, Message, Outcome,
    Proof, Receipt, ReceiptPage, Route, SendError, SendErrorKind, Submission, Submitted, Transport, Webhook,
    WebhookReceipts, Won,
};

/// A transport that keeps what it is given and delivers everything: for tests, dry runs and first steps.
///
/// ```
/// use sosik_channel::{RecordingTransport, Transport};
///
/// let transport = RecordingTransport::new();
/// assert_eq!(transport.name(), "recording");
/// assert!(transport.sent().is_empty());
/// ```
#[derive(Debug)]
pub struct RecordingTransport {
    capabilities: Capabilities,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// What was sent, in order: one entry for each recipient accepted.
    sent: Vec<Sent>,
    /// References accepted, by key.
    keys: BTreeMap<String, Vec<String>>,
    receipts: Vec<Receipt>,
    uploads: usize,
    pages: usize,
}

/// One message that a [`RecordingTransport`] took.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// The submission's key.
    pub key: String,
    /// The recipient's reference.
    pub reference: String,
    /// The message.
    pub message: Arc<Message>,
}

impl RecordingTransport {
    /// A transport that takes batches of 200 and remembers keys for a day.
    #[must_use]
    pub fn new() -> Self {
        let capabilities = Capabilities::named(200, 1_000_000, 1_000_000)
            .with_idempotency(Idempotency::per_recipient(Duration::from_secs(86_400)));
        Self { capabilities, state: Mutex::default() }
    }

    /// A transport that says it can do what another can, but for submissions for later.
    #[must_use]
    pub fn like(capabilities: &Capabilities) -> Self {
        let mut capabilities = capabilities.clone();
        (capabilities.audiences, capabilities.schedule) = (vec![AudienceKind::Named], None);
        // It keeps its keys.
        if !matches!(capabilities.idempotency, Idempotency::PerRecipient { .. }) {
            capabilities.idempotency = Idempotency::per_recipient(Duration::from_secs(86_400));
        }
        Self { capabilities, state: Mutex::default() }
    }

    /// What it took, in order.
    #[must_use]
    pub fn sent(&self) -> Vec<Sent> {
        self.lock().sent.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for RecordingTransport {
    fn default() -> Self {
        Self::new()
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Transport for RecordingTransport {
    fn name(&self) -> &'static str {
        "recording"
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn upload(&self, media: &Media) -> Result<MediaRef, SendError> {
        let mut state = self.lock();
        state.uploads += 1;
        Ok(MediaRef::new(format!("https://media.example.go.kr/{}/{}", state.uploads, media.picture.digest)))
    }

    async fn submit(&self, submission: &Submission) -> Result<Submitted, SendError> {
        let Audience::Named(recipients) = &submission.audience else {
            return Err(SendError::new(SendErrorKind::Unsupported, self.name()).with_detail("only named recipients"));
        };
        if submission.send_at.is_some() {
            return Err(SendError::new(SendErrorKind::Unsupported, self.name()).with_detail("it sends at once only"));
        }
        if recipients.is_empty() || recipients.len() > self.capabilities.batch {
            return Err(SendError::new(SendErrorKind::InvalidContent, self.name()).with_detail(format!(
                "{} recipients, 1 to {} are allowed",
                recipients.len(),
                self.capabilities.batch
            )));
        }
        let mut state = self.lock();
        let mut answers = Vec::with_capacity(recipients.len());
        for recipient in recipients {
            let known = state.keys.entry(submission.key.clone()).or_default();
            if known.contains(&recipient.reference) {
                answers.push(Acceptance::new(recipient.reference.as_str(), None, Answer::Already));
                continue;
            }
            known.push(recipient.reference.clone());
            let message_key = format!("m-{}", state.sent.len());
            state.sent.push(Sent {
                key: submission.key.clone(),
                reference: recipient.reference.clone(),
                message: Arc::clone(&submission.message),
            });
            let receipt = Receipt::new(message_key.as_str(), Route::Kakao, Outcome::Delivered);
            state.receipts.push(receipt.with_reference(recipient.reference.as_str()));
            answers.push(Acceptance::new(recipient.reference.as_str(), Some(message_key), Answer::Accepted));
        }
        Ok(Submitted::new(Proof::PerRecipient(answers)))
    }

    async fn find(&self, submission: &Submission, _since: DateTime<Utc>) -> Result<Vec<Found>, SendError> {
        let state = self.lock();
        let known = state.keys.get(&submission.key).cloned().unwrap_or_default();
        Ok(known.into_iter().map(|reference| Found::new(reference, Some((Route::Kakao, Outcome::Delivered)))).collect())
    }

    async fn receipts(&self) -> Result<ReceiptPage, SendError> {
        let state = self.lock();
        if state.receipts.is_empty() {
            return Ok(ReceiptPage::default());
        }
        Ok(ReceiptPage::new(format!("page-{}-{}", state.pages, state.receipts.len()), state.receipts.clone()))
    }

    async fn acknowledge(&self, page: &str) -> Result<(), SendError> {
        let mut state = self.lock();
        let mut parts = page.split('-').skip(1).filter_map(|part| part.parse::<usize>().ok());
        if let (Some(number), Some(count)) = (parts.next(), parts.next())
            && number == state.pages
        {
            let count = count.min(state.receipts.len());
            state.receipts.drain(..count);
            state.pages += 1;
        }
        Ok(())
    }

    async fn prepare(&self, _submission: &Submission) -> Result<Option<String>, SendError> {
        Ok(None)
    }

    async fn cancel(&self, _handle: &str) -> Result<(), SendError> {
        Err(SendError::new(SendErrorKind::Unsupported, self.name()).with_detail("it sends at once only"))
    }

    async fn webhook(&self, _webhook: &Webhook) -> Result<WebhookReceipts, SendError> {
        Err(SendError::new(SendErrorKind::Unsupported, self.name()).with_detail("it sends nothing by itself"))
    }

    fn price(&self, _message: &Message) -> Option<Won> {
        Some(Won::default())
    }
}
