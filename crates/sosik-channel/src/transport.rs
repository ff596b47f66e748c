use std::fmt;
use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{Audience, Capabilities, Media, MediaRef, Message, Outcome, Place, Receipt, ReceiptPage, Route, SendError};

/// Whoever carries messages: a dealer, a recording stand-in, or an adaptor around another transport.
///
/// # Contract
///
/// Each rule is a test of `sosik_testkit::transport_conformance!`.
///
/// 1. A submission to named recipients answers for every one of them, by the reference it was given, in any order.
/// 2. A submission above [`Capabilities::batch`] is refused as
///    [`InvalidContent`](crate::SendErrorKind::InvalidContent); nothing of it is sent.
/// 3. With [`Idempotency::PerRecipient`](crate::Idempotency::PerRecipient), a recipient accepted under a key is
///    [`Already`](Answer::Already) there when the submission comes again, and is not sent to again.
/// 4. An audience that is not in [`Capabilities::audiences`] is refused as
///    [`Unsupported`](crate::SendErrorKind::Unsupported); nothing is sent.
/// 5. Receipts come again until their page is acknowledged; acknowledging twice is no error.
/// 6. [`find`](Self::find) never sends. It answers for those recipients of a submission whom the provider knows, and
///    for no one else.
/// 7. An upload answers with a name that messages may carry from then on. The same bytes may be uploaded again.
///
/// # Implementing one
///
/// ```
/// use chrono::{DateTime, Utc};
/// use sosik_channel::{Capabilities, Found, Media, MediaRef, ReceiptPage, SendError, SendErrorKind, Submission, Submitted, Transport, async_trait};
///
/// #[derive(Debug)]
/// struct Nobody(Capabilities);
///
/// #[async_trait]
/// impl Transport for Nobody {
///     fn name(&self) -> &str { "nobody" }
///     fn capabilities(&self) -> &Capabilities { &self.0 }
///     async fn upload(&self, _: &Media) -> Result<MediaRef, SendError> { Err(SendError::new(SendErrorKind::Unsupported, "nobody")) }
///     async fn submit(&self, _: &Submission) -> Result<Submitted, SendError> { Err(SendError::new(SendErrorKind::Unsupported, "nobody")) }
///     async fn find(&self, _: &Submission, _: DateTime<Utc>) -> Result<Vec<Found>, SendError> { Ok(Vec::new()) }
///     async fn receipts(&self) -> Result<ReceiptPage, SendError> { Ok(ReceiptPage::default()) }
///     async fn acknowledge(&self, _: &str) -> Result<(), SendError> { Ok(()) }
/// }
/// ```
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// What it is called in logs and errors; adaptors name what they wrap.
    fn name(&self) -> &str;

    /// What it can do.
    fn capabilities(&self) -> &Capabilities;

    /// Hands over a picture, to be named in messages.
    ///
    /// # Errors
    ///
    /// [`SendError`]; the picture may be uploaded again.
    async fn upload(&self, media: &Media) -> Result<MediaRef, SendError>;

    /// Hands over a message for an audience.
    ///
    /// # Errors
    ///
    /// [`SendError`]; where it [may have arrived](SendError::may_have_arrived), look with [`find`](Self::find) before
    /// anything else.
    async fn submit(&self, submission: &Submission) -> Result<Submitted, SendError>;

    /// Looks for what the provider knows of a submission that was first made at `since`, without sending.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be asked again.
    async fn find(&self, submission: &Submission, since: DateTime<Utc>) -> Result<Vec<Found>, SendError>;

    /// The next page of receipts.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be asked again.
    async fn receipts(&self) -> Result<ReceiptPage, SendError>;

    /// Says that a page of receipts is kept safe and need not come again.
    ///
    /// # Errors
    ///
    /// [`SendError`]; the page comes again, which does no harm.
    async fn acknowledge(&self, page: &str) -> Result<(), SendError>;
}

macro_rules! forward {
    ($($pointer:ident),+) => {$(
        #[deny(clippy::missing_trait_methods)]
        #[async_trait]
        impl<T: Transport + ?Sized> Transport for $pointer<T> {
            fn name(&self) -> &str {
                (**self).name()
            }
            fn capabilities(&self) -> &Capabilities {
                (**self).capabilities()
            }
            async fn upload(&self, media: &Media) -> Result<MediaRef, SendError> {
                (**self).upload(media).await
            }
            async fn submit(&self, submission: &Submission) -> Result<Submitted, SendError> {
                (**self).submit(submission).await
            }
            async fn find(&self, submission: &Submission, since: DateTime<Utc>) -> Result<Vec<Found>, SendError> {
                (**self).find(submission, since).await
            }
            async fn receipts(&self) -> Result<ReceiptPage, SendError> {
                (**self).receipts().await
            }
            async fn acknowledge(&self, page: &str) -> Result<(), SendError> {
                (**self).acknowledge(page).await
            }
        }
    )+};
}
forward!(Arc, Box);

/// Conveniences for every [`Transport`].
pub trait TransportExt: Transport {
    /// Uploads the pictures that a message shows, and gives the message with their names filled in.
    ///
    /// # Errors
    ///
    /// The first [`SendError`]; what was uploaded before may be uploaded again.
    fn upload_all(&self, message: Message, media: &[Media]) -> impl Future<Output = Result<Message, SendError>> + Send {
        async move {
            let mut names: Vec<(String, MediaRef)> = Vec::new();
            for item in media {
                let places: Vec<Place> = message
                    .placed_pictures()
                    .into_iter()
                    .filter_map(|(picture, place)| (picture.digest == item.picture.digest).then_some(place))
                    .collect();
                // A picture that stands in two places of one message is kept for the first.
                if let Some(place) = places.first() {
                    names.push((item.picture.digest.clone(), self.upload(&item.clone().at(*place)).await?));
                }
            }
            Ok(message.with_media(|picture| {
                names.iter().find(|(digest, _)| *digest == picture.digest).map(|(_, name)| name.clone())
            }))
        }
    }

    /// Takes and acknowledges every page of receipts that waits. For tests and small programs: an engine keeps a page
    /// safe before it acknowledges it.
    ///
    /// # Errors
    ///
    /// The first [`SendError`].
    fn drain_receipts(&self) -> impl Future<Output = Result<Vec<Receipt>, SendError>> + Send {
        async move {
            let mut all = Vec::new();
            loop {
                let page = self.receipts().await?;
                all.extend(page.receipts);
                match page.id {
                    Some(id) => self.acknowledge(&id).await?,
                    None => return Ok(all),
                }
            }
        }
    }
}

impl<T: Transport + ?Sized> TransportExt for T {}

/// A message for an audience, under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Submission {
    /// The idempotency key: the same for every attempt at the same submission, never used for another message.
    /// At most 200 characters.
    pub key: String,
    /// What is sent.
    pub message: Arc<Message>,
    /// To whom.
    pub audience: Audience,
}

impl Submission {
    /// A message for an audience under a key.
    #[must_use]
    pub fn new(key: impl Into<String>, message: impl Into<Arc<Message>>, audience: Audience) -> Self {
        Self { key: key.into(), message: message.into(), audience }
    }
}

/// What a transport answers to a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Submitted {
    /// What is known of who gets it.
    pub proof: Proof,
}

impl Submitted {
    /// An answer with this proof.
    #[must_use]
    pub fn new(proof: Proof) -> Self {
        Self { proof }
    }

    /// How many recipients it newly accepted.
    #[must_use]
    pub fn accepted(&self) -> usize {
        match &self.proof {
            Proof::PerRecipient(answers) => {
                answers.iter().filter(|acceptance| acceptance.answer == Answer::Accepted).count()
            }
            Proof::Aggregate { .. } | Proof::Attested { .. } => 0,
        }
    }
}

/// What can be known of who gets a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proof {
    /// Counts only, to be asked for under the provider's handle.
    #[non_exhaustive]
    Aggregate {
        /// The provider's handle of the sending.
        handle: String,
        /// How many it expects to reach.
        expected: Option<u64>,
    },
    /// A person says that they will send it, or have.
    #[non_exhaustive]
    Attested {
        /// The handle under which the attestation is kept.
        handle: String,
    },
    /// An answer for each recipient, and receipts later.
    PerRecipient(Vec<Acceptance>),
}

/// A transport's answer for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Acceptance {
    /// The sender's reference.
    pub reference: String,
    /// The provider's key of the message, where it gives one.
    pub message_key: Option<String>,
    /// The answer.
    pub answer: Answer,
}

impl Acceptance {
    /// An answer for the recipient of this reference.
    #[must_use]
    pub fn new(reference: impl Into<String>, message_key: Option<String>, answer: Answer) -> Self {
        Self { reference: reference.into(), message_key, answer }
    }
}

/// Whether a recipient's message was taken. Taken is not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// It was taken now.
    Accepted,
    /// It was taken before under the same key, and is not sent again.
    Already,
    /// It was not taken.
    #[non_exhaustive]
    Rejected {
        /// The provider's code.
        code: String,
        /// Whether the recipient cannot be reached at all.
        gone: bool,
    },
}

impl Answer {
    /// A rejection by the provider's code.
    #[must_use]
    pub fn rejected(code: impl Into<String>, gone: bool) -> Self {
        Self::Rejected { code: code.into(), gone }
    }
}

/// A recipient of an earlier submission whom the provider knows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// The sender's reference.
    pub reference: String,
    /// What became of the message, where that is known already.
    pub settled: Option<(Route, Outcome)>,
}

impl Found {
    /// A recipient whose message was taken, with what became of it.
    #[must_use]
    pub fn new(reference: impl Into<String>, settled: Option<(Route, Outcome)>) -> Self {
        Self { reference: reference.into(), settled }
    }
}
