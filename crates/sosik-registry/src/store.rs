use std::error::Error;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sosik_core::PhoneNumber;

use crate::{
    Address, AudienceRequest, ConsentEvent, FrozenAudience, LedgerReport, NewSubscriber, Purpose, Segment, Subscriber,
    SubscriberId,
};

/// Where subscribers are kept.
///
/// # Contract
///
/// Each rule is a test of `sosik_testkit::subscriber_store_conformance!`.
///
/// 1. A number is one person: [`put`](Self::put) with a known number updates the district, and topics and text allowance
///    where something is said of them, adds only those consents that are not there yet, and keeps the id.
/// 2. `put` takes all or nothing.
/// 3. An audience holds everyone of the segment whose consent stands at the request's instant, each once, by ascending
///    id; everyone else of the segment is counted under one reason.
/// 4. [`addresses`](Self::addresses) answers for every id asked, in the order asked, by what stands at the instant
///    given, and as [`Erased`](crate::Suppression::Erased) for whom it does not know.
/// 5. Consents are added, never changed or dropped.
/// 6. A person marked [`gone`](Self::mark_gone) is in no audience from that instant on, until they give a consent
///    later than that. The latest mark counts. Unknown ids are passed over.
/// 7. [`count_of`](Self::count_of) counts, and an audience is made of, exactly those whom
///    [`Segment::contains`](crate::Segment::contains) holds at the instant given.
/// 8. [`verify`](Self::verify) finds every consent that was added, once each, in their order, as it was written; its
///    [head](crate::LedgerReport::head) changes with each and is the same for the same.
///
/// # Implementing one
///
/// Write plain `async fn`s under `#[async_trait]`, as [`MemorySubscriberStore`](crate::MemorySubscriberStore) does;
/// the rules of who is in an audience are in [`Gathering`](crate::Gathering) and [`Address::of`].
#[async_trait]
pub trait SubscriberStore: fmt::Debug + Send + Sync {
    /// Keeps people, and says what became of each, in their order.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was kept.
    async fn put(&self, people: &[NewSubscriber], now: DateTime<Utc>) -> Result<Vec<Put>, StoreError>;

    /// The person of a number.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn find(&self, phone: &PhoneNumber) -> Result<Option<Subscriber>, StoreError>;

    /// How many people are kept.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn count(&self) -> Result<u64, StoreError>;

    /// Adds a consent or a withdrawal. `false` when the person is not known.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was added.
    async fn record(&self, id: SubscriberId, event: &ConsentEvent) -> Result<bool, StoreError>;

    /// Who may be sent to.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn audience(&self, request: &AudienceRequest) -> Result<FrozenAudience, StoreError>;

    /// How many people a segment holds, by what stands at an instant: whether they may be sent to or not.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn count_of(&self, segment: &Segment, at: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Where to send to these people, if they may still be sent to at `at`.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn addresses(
        &self,
        ids: &[SubscriberId],
        purpose: Purpose,
        at: DateTime<Utc>,
    ) -> Result<Vec<Address>, StoreError>;

    /// Reads the whole ledger of consents again, and names the first entry that is not as it was written.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where it cannot be read at all.
    async fn verify(&self) -> Result<LedgerReport, StoreError>;

    /// Marks people whom receipts say the channel no longer reaches.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; no one was marked.
    async fn mark_gone(&self, ids: &[SubscriberId], at: DateTime<Utc>) -> Result<(), StoreError>;
}

macro_rules! forward {
    ($($pointer:ident),+) => {$(
        #[deny(clippy::missing_trait_methods)]
        #[async_trait]
        impl<S: SubscriberStore + ?Sized> SubscriberStore for $pointer<S> {
            async fn put(&self, people: &[NewSubscriber], now: DateTime<Utc>) -> Result<Vec<Put>, StoreError> {
                (**self).put(people, now).await
            }
            async fn find(&self, phone: &PhoneNumber) -> Result<Option<Subscriber>, StoreError> {
                (**self).find(phone).await
            }
            async fn count(&self) -> Result<u64, StoreError> {
                (**self).count().await
            }
            async fn record(&self, id: SubscriberId, event: &ConsentEvent) -> Result<bool, StoreError> {
                (**self).record(id, event).await
            }
            async fn audience(&self, request: &AudienceRequest) -> Result<FrozenAudience, StoreError> {
                (**self).audience(request).await
            }
            async fn count_of(&self, segment: &Segment, at: DateTime<Utc>) -> Result<u64, StoreError> {
                (**self).count_of(segment, at).await
            }

            async fn addresses(
                &self,
                ids: &[SubscriberId],
                purpose: Purpose,
                at: DateTime<Utc>,
            ) -> Result<Vec<Address>, StoreError> {
                (**self).addresses(ids, purpose, at).await
            }
            async fn verify(&self) -> Result<LedgerReport, StoreError> {
                (**self).verify().await
            }

            async fn mark_gone(&self, ids: &[SubscriberId], at: DateTime<Utc>) -> Result<(), StoreError> {
                (**self).mark_gone(ids, at).await
            }
        }
    )+};
}
forward!(Arc, Box);

/// What became of a person that was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Put {
    /// The number is new.
    Added(SubscriberId),
    /// The number was known.
    Updated(SubscriberId),
}

/// A store cannot do what it was asked.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What is wrong with a store, by what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// What it holds cannot be read: a fault in the data.
    Corrupt,
    /// Its data are of a newer release: use that.
    Newer,
    /// It cannot be reached, or is busy: try again.
    Unavailable,
    /// The key is not the one with which its data were sealed.
    WrongKey,
}

impl StoreError {
    /// An error of this kind. The message holds no personal data.
    #[must_use]
    pub fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// The error with what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What is wrong, by what to do next.
    #[must_use]
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// Whether the same call may be made again.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.kind == StoreErrorKind::Unavailable
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
