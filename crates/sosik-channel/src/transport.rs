use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use sosik_core::Clock;

use crate::{
    Breaker, Capabilities, DryRun, FailOver, Fallback, Faults, Found, Media, MediaRef, Message, Place, Receipt,
    ReceiptPage, Recorded, SendError, Submission, Submitted, Webhook, WebhookReceipts, Won,
};

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
///    [`Already`](crate::Answer::Already) there when the submission comes again, and is not sent to again.
/// 4. An audience that is not in [`Capabilities::audiences`] is refused as
///    [`Unsupported`](crate::SendErrorKind::Unsupported); nothing is sent.
/// 5. Receipts come again until their page is acknowledged; acknowledging twice is no error.
/// 6. [`find`](Self::find) never sends. It answers for those recipients of a submission whom the provider knows, and
///    for no one else.
/// 7. An upload answers with a name that messages may carry from then on. The same bytes may be uploaded again.
/// 8. A submission for later is refused as [`Unsupported`](crate::SendErrorKind::Unsupported) where
///    [`Capabilities::schedule`] is `None`; nothing is sent. Elsewhere it is answered with a handle, and
///    [`find`](Self::find) tells it too; cancelled before its instant it is never sent, and cancelling twice is no
///    error.
/// 9. A webhook that is not the provider's, or that cannot be read, is refused and becomes no receipt. What the
///    provider does not sign is confirmed by asking it before it becomes one.
/// 10. With [`Idempotency::Prepared`](crate::Idempotency::Prepared), [`prepare`](Self::prepare) gives a handle and sends
///     nothing. What is submitted under it is sent once. Cancelled before, it is never sent, and cancelling twice is no
///     error; afterwards cancelling is [`Refused`](crate::SendErrorKind::Refused), and [`find`](Self::find) under the
///     handle tells all of it. Elsewhere there is no handle.
///
/// # Implementing one
///
/// ```
/// use chrono::{DateTime, Utc};
/// use sosik_channel::{
///     Capabilities, Found, Media, MediaRef, Message, ReceiptPage, SendError, SendErrorKind, Submission, Submitted,
///     Transport, Webhook, WebhookReceipts, Won, async_trait,
/// };
///
/// #[derive(Debug)]
/// struct Nobody(Capabilities);
///
/// #[async_trait]
/// impl Transport for Nobody {
///     fn name(&self) -> &str { "nobody" }
///     fn capabilities(&self) -> &Capabilities { &self.0 }
///     async fn upload(&self, _: &Media) -> Result<MediaRef, SendError> { Err(SendError::new(SendErrorKind::Unsupported, "nobody")) }
///     async fn prepare(&self, _: &Submission) -> Result<Option<String>, SendError> { Ok(None) }
///     async fn submit(&self, _: &Submission) -> Result<Submitted, SendError> { Err(SendError::new(SendErrorKind::Unsupported, "nobody")) }
///     async fn find(&self, _: &Submission, _: DateTime<Utc>) -> Result<Vec<Found>, SendError> { Ok(Vec::new()) }
///     async fn receipts(&self) -> Result<ReceiptPage, SendError> { Ok(ReceiptPage::default()) }
///     async fn acknowledge(&self, _: &str) -> Result<(), SendError> { Ok(()) }
///     async fn cancel(&self, _: &str) -> Result<(), SendError> { Err(SendError::new(SendErrorKind::Unsupported, "nobody")) }
///     async fn webhook(&self, _: &Webhook) -> Result<WebhookReceipts, SendError> { Err(SendError::new(SendErrorKind::Unsupported, "nobody")) }
///     fn price(&self, _: &Message) -> Option<Won> { None }
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

    /// Opens a submission under the provider's own handle, without sending: write the handle down before you
    /// [submit](Self::submit) [under](Submission::under) it. `None` where the provider knows no such step.
    ///
    /// # Errors
    ///
    /// [`SendError`]; nothing was sent, and it may be opened again.
    async fn prepare(&self, submission: &Submission) -> Result<Option<String>, SendError>;

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

    /// Takes back what was prepared, or submitted for later, by the handle that [`prepare`](Self::prepare), [`Submitted::handle`] or [`Found::handle`] gave.
    ///
    /// # Errors
    ///
    /// [`SendError`]; [`Refused`](crate::SendErrorKind::Refused) when it is too late: it is being sent or was.
    async fn cancel(&self, handle: &str) -> Result<(), SendError>;

    /// Reads what the provider sent by itself, and what to answer it with.
    ///
    /// Keep the receipts safe before you answer with [`WebhookReceipts::reply`]: a provider that was answered does not
    /// come again.
    ///
    /// # Errors
    ///
    /// [`SendError`]: answer with an error status; [`Unauthorized`](crate::SendErrorKind::Unauthorized) when it is not
    /// from the provider.
    async fn webhook(&self, webhook: &Webhook) -> Result<WebhookReceipts, SendError>;

    /// What a message costs for each recipient it reaches, without the fallback's text; `None` where no tariff is
    /// known.
    fn price(&self, message: &Message) -> Option<Won>;
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
            async fn prepare(&self, submission: &Submission) -> Result<Option<String>, SendError> {
                (**self).prepare(submission).await
            }
            async fn cancel(&self, handle: &str) -> Result<(), SendError> {
                (**self).cancel(handle).await
            }
            async fn webhook(&self, webhook: &Webhook) -> Result<WebhookReceipts, SendError> {
                (**self).webhook(webhook).await
            }
            fn price(&self, message: &Message) -> Option<Won> {
                (**self).price(message)
            }
        }
    )+};
}
forward!(Arc, Box);

/// Which pictures an account has by now, and under which names it keeps them: for [`TransportExt::upload_new`].
#[derive(Clone, Debug, Default)]
pub struct Uploads(BTreeMap<(String, Place), MediaRef>);

/// Conveniences for every [`Transport`]: adaptors, put around it from the inside out.
///
/// The order that makes sense, and why:
///
/// 1. `throttled` innermost, so that whatever is tried again is paced too;
/// 2. `retrying`, before anyone counts a call as failed;
/// 3. `breaking`, which counts what failed in spite of that;
/// 4. `failing_over` to another dealer, when this one is left alone;
/// 5. `falling_back` to texts, by whoever took the message;
/// 6. `recorded` and `traced` outermost, to see what the program asked for (or further in, to see each attempt).
///
/// ```
/// use std::sync::Arc;
/// use chrono::TimeDelta;
/// use sosik_channel::{RecordingTransport, Transport, TransportExt};
/// use sosik_core::SystemClock;
///
/// let clock = Arc::new(SystemClock::new());
/// let transport = RecordingTransport::new().breaking(5, TimeDelta::seconds(30), clock).falling_back();
/// assert_eq!(transport.name(), "fallback(breaker(recording))");
/// ```
pub trait TransportExt: Transport {
    /// Left alone for `rest` after `most` failures in a row: [`Breaker`](crate::Breaker).
    fn breaking(self, most: u32, rest: TimeDelta, clock: Arc<dyn Clock>) -> Breaker<Self>
    where
        Self: Sized,
    {
        Breaker::new(self, most, rest, clock)
    }

    /// Asked, but given nothing: [`DryRun`](crate::DryRun).
    fn dry_run(self, check: fn(&Message) -> Result<(), Faults>) -> DryRun<Self>
    where
        Self: Sized,
    {
        DryRun::new(self, check)
    }

    /// With a second one for what this one cannot take: [`FailOver`](crate::FailOver).
    fn failing_over<B: Transport>(self, second: B) -> FailOver<Self, B>
    where
        Self: Sized,
    {
        FailOver::new(self, second)
    }

    /// Sending the fallback text by itself: [`Fallback`](crate::Fallback).
    fn falling_back(self) -> Fallback<Self>
    where
        Self: Sized,
    {
        Fallback::new(self)
    }

    /// With its last `most` calls written down: [`Recorded`](crate::Recorded).
    fn recorded(self, most: usize, clock: Arc<dyn Clock>) -> Recorded<Self>
    where
        Self: Sized,
    {
        Recorded::new(self, most, clock)
    }

    /// Tried again where that is safe: [`Retrying`](crate::Retrying).
    #[cfg(feature = "retrying")]
    #[cfg_attr(docsrs, doc(cfg(feature = "retrying")))]
    fn retrying(self, backoff: crate::Backoff, entropy: Arc<dyn sosik_core::Entropy>) -> crate::Retrying<Self>
    where
        Self: Sized,
    {
        crate::Retrying::new(self, backoff, entropy)
    }

    /// Kept within its rates: [`Throttled`](crate::Throttled).
    #[cfg(feature = "throttled")]
    #[cfg_attr(docsrs, doc(cfg(feature = "throttled")))]
    fn throttled(self, clock: Arc<dyn Clock>) -> crate::Throttled<Self>
    where
        Self: Sized,
    {
        crate::Throttled::new(self, clock)
    }

    /// With a span of `tracing` for each call: [`Traced`](crate::Traced).
    #[cfg(feature = "traced")]
    #[cfg_attr(docsrs, doc(cfg(feature = "traced")))]
    fn traced(self) -> crate::Traced<Self>
    where
        Self: Sized,
    {
        crate::Traced::new(self)
    }

    /// Uploads the pictures that a message shows, and gives the message with their names filled in.
    ///
    /// # Errors
    ///
    /// The first [`SendError`]; what was uploaded before may be uploaded again.
    fn upload_all(&self, message: Message, media: &[Media]) -> impl Future<Output = Result<Message, SendError>> + Send {
        async move { self.upload_new(message, media, &mut Uploads::default()).await }
    }

    /// The same, but for pictures that were uploaded before: for one that several messages show, such as those of a city and of
    /// its districts. Providers keep pictures by account, so that transports of one account may share them.
    ///
    /// # Errors
    ///
    /// As [`upload_all`](Self::upload_all); what was uploaded up to then is remembered.
    fn upload_new(
        &self,
        message: Message,
        media: &[Media],
        uploads: &mut Uploads,
    ) -> impl Future<Output = Result<Message, SendError>> + Send {
        async move {
            for item in media {
                let shown = message.placed_pictures().into_iter();
                let mut places: Vec<Place> = shown
                    .filter(|(picture, _)| picture.digest == item.picture.digest)
                    .map(|(_, place)| place)
                    .collect();
                // Each place once: providers keep the pictures of each apart.
                places.sort_unstable();
                places.dedup();
                for place in places {
                    let key = (item.picture.digest.clone(), place);
                    if let Entry::Vacant(new) = uploads.0.entry(key) {
                        new.insert(self.upload(&item.clone().at(place)).await?);
                    }
                }
            }
            Ok(message.with_media(|picture, place| uploads.0.get(&(picture.digest.clone(), place)).cloned()))
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
