use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    Ahead, Capabilities, Found, Idempotency, Media, MediaRef, Message, Picture, ReceiptPage, SendError, SendErrorKind,
    Submission, Submitted, Transport, Webhook, WebhookReceipts, Won,
};

/// Two transports as one: a submission that the first certainly did not take goes to the second.
///
/// That is when the first is not available, does not accept its key, or its account may not send. A submission that
/// [may have arrived](SendError::may_have_arrived), that is too fast or whose content is refused stays with the first.
///
/// - Neither dealer knows what the other took under a key, so the two together guard against sending twice by looking up
///   alone ([`Idempotency::None`]): [`find`](Transport::find) asks both, and fails when either cannot be asked.
/// - Pictures are uploaded to both, or to the second alone where the first is not there. Their names at the second are kept in memory: a program that was started anew since
///   uploads them again, or stays with the first.
/// - Receipts come from both. Two webhooks at one address are told apart by asking the first whether it is its own.
///
/// ```
/// use sosik_channel::{FailOver, RecordingTransport, Transport};
///
/// let transport = FailOver::new(RecordingTransport::new(), RecordingTransport::new());
/// assert_eq!(transport.name(), "recording or recording");
/// ```
#[derive(Debug)]
pub struct FailOver<A, B> {
    first: A,
    second: B,
    name: String,
    capabilities: Capabilities,
    /// Names of pictures at the first, and at the second.
    media: Mutex<HashMap<MediaRef, MediaRef>>,
}

impl<A: Transport, B: Transport> FailOver<A, B> {
    /// The first, and the second where the first cannot.
    #[must_use]
    pub fn new(first: A, second: B) -> Self {
        let (a, b) = (first.capabilities(), second.capabilities());
        let mut capabilities = a.clone().with_idempotency(Idempotency::None);
        capabilities.audiences.retain(|kind| b.audiences.contains(kind));
        capabilities.batch = a.batch.min(b.batch);
        capabilities.recipients_per_second = a.recipients_per_second.min(b.recipients_per_second);
        capabilities.calls_per_second = a.calls_per_second.min(b.calls_per_second);
        capabilities.falls_back = a.falls_back && b.falls_back;
        capabilities.schedule =
            a.schedule.zip(b.schedule).map(|(a, b)| Ahead::new(a.least.max(b.least), a.most.min(b.most)));
        let name = format!("{} or {}", first.name(), second.name());
        Self { first, second, name, capabilities, media: Mutex::default() }
    }

    /// The message with the names that its pictures have at the second; `None` when one is not there.
    fn translated(&self, message: &Message) -> Option<Message> {
        let media = self.media.lock().unwrap_or_else(PoisonError::into_inner);
        let name = |picture: &Picture| media.get(picture.media.as_ref()?).cloned();
        let known = message.pictures().all(|picture| picture.media.is_none() || name(picture).is_some());
        known.then(|| message.clone().with_media(|picture, _| name(picture)))
    }
}

/// How names of pictures begin that are at the second alone.
const ONLY_SECOND: &str = "second:";

/// Whether a submission that failed so was certainly not taken, and another dealer may take it.
fn moves_on(kind: SendErrorKind) -> bool {
    matches!(kind, SendErrorKind::NotPermitted | SendErrorKind::Unauthorized | SendErrorKind::Unavailable)
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<A: Transport, B: Transport> Transport for FailOver<A, B> {
    fn name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn upload(&self, media: &Media) -> Result<MediaRef, SendError> {
        let first = match self.first.upload(media).await {
            Err(error) if moves_on(error.kind()) => {
                // The second alone has it: messages that show it go there.
                let second = self.second.upload(media).await?;
                let own = MediaRef::new(format!("{ONLY_SECOND}{}", second.as_str()));
                self.media.lock().unwrap_or_else(PoisonError::into_inner).insert(own.clone(), second);
                return Ok(own);
            }
            other => other?,
        };
        // Without the second's name the message stays with the first, which has it.
        if let Ok(second) = self.second.upload(media).await {
            self.media.lock().unwrap_or_else(PoisonError::into_inner).insert(first.clone(), second);
        }
        Ok(first)
    }

    async fn submit(&self, submission: &Submission) -> Result<Submitted, SendError> {
        // The first may take larger batches than the second.
        let too_many = match &submission.audience {
            crate::Audience::Named(recipients) => recipients.len() > self.capabilities.batch,
            _ => false,
        };
        if too_many {
            let problem = format!("{} recipients at the most", self.capabilities.batch);
            return Err(SendError::new(SendErrorKind::InvalidContent, &self.name).with_detail(problem));
        }
        let refused = |why: &str| SendError::new(SendErrorKind::Unsupported, &self.name).with_detail(why);
        if !self.capabilities.audiences.contains(&submission.audience.kind()) {
            return Err(refused("not both of them serve this audience"));
        }
        if submission.send_at.is_some() && self.capabilities.schedule.is_none() {
            return Err(refused("not both of them send later"));
        }
        let is_second =
            |picture: &Picture| picture.media.as_ref().is_some_and(|name| name.as_str().starts_with(ONLY_SECOND));
        let first = if submission.message.pictures().any(is_second) {
            Err(SendError::new(SendErrorKind::Unavailable, &self.name)
                .with_detail("its pictures are at the second alone"))
        } else {
            self.first.submit(submission).await
        };
        match first {
            Err(error) if moves_on(error.kind()) => match self.translated(&submission.message) {
                Some(message) => {
                    let again = Submission { message: message.into(), ..submission.clone() };
                    self.second.submit(&again).await.map(|submitted| handled("2", submitted))
                }
                None => Err(error),
            },
            other => other.map(|submitted| handled("1", submitted)),
        }
    }

    async fn find(&self, submission: &Submission, since: DateTime<Utc>) -> Result<Vec<Found>, SendError> {
        let mut found = self.first.find(submission, since).await?;
        let split = found.len();
        found.extend(self.second.find(submission, since).await?);
        for (number, one) in found.iter_mut().enumerate() {
            let which = if number < split { "1" } else { "2" };
            one.handle = one.handle.take().map(|handle| format!("{which}:{handle}"));
        }
        Ok(found)
    }

    async fn receipts(&self) -> Result<ReceiptPage, SendError> {
        let first = match self.first.receipts().await {
            Ok(page) if page.id.is_some() => return Ok(marked("1", page)),
            other => other,
        };
        let second = self.second.receipts().await?;
        match (second.id.is_some(), first) {
            (true, _) => Ok(marked("2", second)),
            // Nothing from the second, and the first could not be asked.
            (false, first) => first,
        }
    }

    async fn acknowledge(&self, page: &str) -> Result<(), SendError> {
        match page.split_once(':') {
            Some(("1", page)) => self.first.acknowledge(page).await,
            Some(("2", page)) => self.second.acknowledge(page).await,
            _ => Err(SendError::new(SendErrorKind::InvalidContent, &self.name).with_detail("no such page of receipts")),
        }
    }

    /// Nothing: which of the two takes it is not known before.
    async fn prepare(&self, _submission: &Submission) -> Result<Option<String>, SendError> {
        Ok(None)
    }

    async fn cancel(&self, handle: &str) -> Result<(), SendError> {
        match handle.split_once(':') {
            Some(("1", handle)) => self.first.cancel(handle).await,
            Some(("2", handle)) => self.second.cancel(handle).await,
            _ => Err(SendError::new(SendErrorKind::InvalidContent, &self.name).with_detail("no such submission")),
        }
    }

    async fn webhook(&self, webhook: &Webhook) -> Result<WebhookReceipts, SendError> {
        match self.first.webhook(webhook).await {
            Ok(receipts) => Ok(receipts),
            // Not the first's: it is the second's, or no one's.
            Err(error) if !error.is_retryable() => self.second.webhook(webhook).await,
            Err(error) => Err(error),
        }
    }

    /// Of the dearer one.
    fn price(&self, message: &Message) -> Option<Won> {
        Some(self.first.price(message)?.max(self.second.price(message)?))
    }
}

/// An answer whose handle tells from which of the two it is.
fn handled(which: &str, mut submitted: Submitted) -> Submitted {
    submitted.handle = submitted.handle.map(|handle| format!("{which}:{handle}"));
    submitted
}

/// A page whose name tells from which of the two it is.
fn marked(which: &str, page: ReceiptPage) -> ReceiptPage {
    match page.id {
        Some(id) => ReceiptPage::new(format!("{which}:{id}"), page.receipts),
        None => page,
    }
}
