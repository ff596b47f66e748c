use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sha2::Digest as _;

use crate::{
    Acceptance, Answer, Audience, Capabilities, Found, Idempotency, Media, MediaRef, Message, Outcome, Proof, Receipt,
    ReceiptPage, Recipient, Route, SendError, Submission, Submitted, TextMessage, Transport, Webhook, WebhookReceipts,
    Won,
};

/// A transport that sends a message's fallback text by itself, where the dealer does not.
///
/// The message goes without its text. Whoever is refused at once, or is reported as not reached by KakaoTalk, is sent the
/// text, once, under a key of its own (`{key}:text`), before the page of receipts that says so is handed on; the receipt
/// of the text follows. A text whose own answer was lost is sent again only where the dealer guards it by its key.
///
/// Where a dealer gives messages no keys, and after a lost answer, people are known by the sender's references alone: these
/// must differ between submissions that are under way.
///
/// Who waits for what is kept in memory: after a restart nobody is sent a text any more. An engine with an outbox keeps it
/// on disk and does not need this adaptor.
///
/// ```
/// use sosik_channel::{Fallback, RecordingTransport, Transport};
///
/// let transport = Fallback::new(RecordingTransport::new());
/// assert!(transport.capabilities().falls_back);
/// ```
#[derive(Debug)]
pub struct Fallback<T> {
    inner: T,
    name: String,
    capabilities: Capabilities,
    waiting: Mutex<HashMap<Whose, Waiting>>,
}

/// By what a receipt is known: the dealer's key of the message, or the sender's reference.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Whose {
    Key(String),
    Reference(String),
}

/// Someone who would be sent the text.
#[derive(Clone, Debug)]
struct Waiting {
    key: String,
    text: TextMessage,
    recipient: Recipient,
}

impl<T: Transport> Fallback<T> {
    /// Sends the texts by `inner` too.
    #[must_use]
    pub fn new(inner: T) -> Self {
        let (name, capabilities) =
            (format!("fallback({})", inner.name()), inner.capabilities().clone().with_fallback());
        // The texts go beside the handle: it tells nothing of them.
        let capabilities = match capabilities.idempotency {
            Idempotency::Prepared => capabilities.with_idempotency(Idempotency::None),
            _ => capabilities,
        };
        Self { inner, name, capabilities, waiting: Mutex::default() }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<Whose, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a text to those of one submission.
    async fn send_text(&self, key: &str, text: &TextMessage, to: Vec<Recipient>) -> Result<Vec<Acceptance>, SendError> {
        let submission = Submission::new(text_key(key), Message::from(text.clone()), Audience::Named(to));
        match self.inner.submit(&submission).await?.proof {
            Proof::PerRecipient(answers) => Ok(answers),
            Proof::Aggregate { .. } | Proof::Attested { .. } => Ok(Vec::new()),
        }
    }

    /// Sends texts to those whom receipts say KakaoTalk did not reach. A text that cannot be sent now is tried again with
    /// the receipts, which come again.
    async fn make_up(&self, receipts: &[Receipt]) -> Result<(), SendError> {
        let mut due: HashMap<String, Vec<(Whose, Waiting)>> = HashMap::new();
        let mut failed = None;
        for receipt in receipts {
            let whose =
                [Some(Whose::Key(receipt.message_key.clone())), receipt.reference.clone().map(Whose::Reference)];
            let mut waiting = self.waiting();
            let Some(whose) = whose.into_iter().flatten().find(|whose| waiting.contains_key(whose)) else { continue };
            if receipt.outcome != Outcome::Delivered && receipt.route == Route::Text {
                continue;
            }
            // Taken out before the text goes: the same receipt may come twice, and by two ways at once.
            let Some(found) = waiting.remove(&whose) else { continue };
            if receipt.outcome != Outcome::Delivered {
                due.entry(found.key.clone()).or_default().push((whose, found));
            }
        }
        for (key, mut people) in due {
            while !people.is_empty() {
                let rest = people.split_off(people.len().min(self.capabilities.batch.max(1)));
                let to = people.iter().map(|(_, waiting)| waiting.recipient.clone()).collect();
                let sent = match people.first() {
                    Some((_, first)) => self.send_text(&key, &first.text, to).await,
                    None => break,
                };
                let guarded = matches!(self.capabilities.idempotency, Idempotency::PerRecipient { .. });
                match sent {
                    Err(error) if error.is_retryable() || (error.may_have_arrived() && guarded) => {
                        self.waiting().extend(people);
                        failed = Some(error);
                    }
                    // A text that can never go must not hold up the receipts of others, and one in doubt that nothing
                    // guards must not go twice.
                    Err(_) | Ok(_) => {}
                }
                people = rest;
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Keeps in mind who is to be sent the text.
    fn remember(&self, whose: Whose, key: &str, text: &TextMessage, recipient: &Recipient) {
        let waiting = Waiting { key: key.to_owned(), text: text.clone(), recipient: recipient.clone() };
        self.waiting().entry(whose).or_insert(waiting);
    }
}

/// The key of a submission's texts: never longer than keys of dealers may be.
fn text_key(key: &str) -> String {
    if key.chars().count() <= 90 {
        return format!("{key}:text");
    }
    format!("{}:text", crate::text::hex(&sha2::Sha256::digest(key.as_bytes())))
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<T: Transport> Transport for Fallback<T> {
    fn name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn upload(&self, media: &Media) -> Result<MediaRef, SendError> {
        self.inner.upload(media).await
    }

    async fn submit(&self, submission: &Submission) -> Result<Submitted, SendError> {
        let (Some(text), Audience::Named(recipients)) = (&submission.message.fallback, &submission.audience) else {
            return self.inner.submit(submission).await;
        };
        let message = Arc::new(submission.message.as_ref().clone().without_fallback());
        let submitted = self.inner.submit(&Submission { message, ..submission.clone() }).await;
        if let Err(error) = &submitted
            && error.may_have_arrived()
        {
            // Whoever was taken is known by the sender's reference alone.
            for to in recipients {
                self.remember(Whose::Reference(to.reference.clone()), &submission.key, text, to);
            }
        }
        let mut submitted = submitted?;
        let Proof::PerRecipient(answers) = &mut submitted.proof else { return Ok(submitted) };
        let people: HashMap<&str, &Recipient> = recipients.iter().map(|to| (to.reference.as_str(), to)).collect();
        let mut refused = Vec::new();
        for answer in answers.iter() {
            let Some(recipient) = people.get(answer.reference.as_str()) else { continue };
            match answer.answer {
                Answer::Rejected { .. } => refused.push((*recipient).clone()),
                // What was taken before may have been taken by an attempt whose answer was lost.
                Answer::Accepted | Answer::Already => {
                    let whose = answer.message_key.clone().map(Whose::Key);
                    let whose = whose.unwrap_or_else(|| Whose::Reference(answer.reference.clone()));
                    self.remember(whose, &submission.key, text, recipient);
                }
            }
        }
        // A text goes no earlier than what it stands for: of what is for later, the caller is told who was refused.
        if refused.is_empty() || submission.send_at.is_some() {
            return Ok(submitted);
        }
        match self.send_text(&submission.key, text, refused).await {
            Ok(texts) => {
                let mut texts: HashMap<String, Acceptance> =
                    texts.into_iter().map(|answer| (answer.reference.clone(), answer)).collect();
                for answer in answers.iter_mut().filter(|answer| matches!(answer.answer, Answer::Rejected { .. })) {
                    if let Some(text) = texts.remove(&answer.reference) {
                        *answer = text;
                    }
                }
            }
            // Looking up finds the texts too.
            Err(error) if error.may_have_arrived() => return Err(error),
            // They stay refused: the caller sees it.
            Err(_) => {}
        }
        Ok(submitted)
    }

    async fn find(&self, submission: &Submission, since: DateTime<Utc>) -> Result<Vec<Found>, SendError> {
        let mut found = self.inner.find(submission, since).await?;
        if submission.message.fallback.is_some() {
            let texts = Submission { key: text_key(&submission.key), ..submission.clone() };
            found.extend(self.inner.find(&texts, since).await?);
        }
        Ok(found)
    }

    async fn receipts(&self) -> Result<ReceiptPage, SendError> {
        let page = self.inner.receipts().await?;
        self.make_up(&page.receipts).await?;
        Ok(page)
    }

    async fn acknowledge(&self, page: &str) -> Result<(), SendError> {
        self.inner.acknowledge(page).await
    }

    /// Nothing: the texts would go beside the handle.
    async fn prepare(&self, _submission: &Submission) -> Result<Option<String>, SendError> {
        Ok(None)
    }

    async fn cancel(&self, handle: &str) -> Result<(), SendError> {
        self.inner.cancel(handle).await
    }

    async fn webhook(&self, webhook: &Webhook) -> Result<WebhookReceipts, SendError> {
        let given = self.inner.webhook(webhook).await?;
        self.make_up(&given.receipts).await?;
        Ok(given)
    }

    fn price(&self, message: &Message) -> Option<Won> {
        self.inner.price(message)
    }
}
