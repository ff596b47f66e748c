use std::error::Error;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    Address, AudienceRequest, ConsentEvent, Erasure, Event, FrozenAudience, Identity, LedgerReport, Need,
    NewSubscriber, Note, Segment, Subscriber, SubscriberId,
};

/// Where subscribers are kept.
///
/// # Contract
///
/// Each rule is a test of `sosik_testkit::subscriber_store_conformance!`.
///
/// 1. An identity is one person's: [`put`](Self::put) with a known one updates what is said of them, adds only those
///    consents that are not there yet, and keeps the id. With several, the first that is known says who is meant, and the
///    others become theirs: whoever had one loses it, and where no identity is left of them, what they agreed to is said of
///    the one person too and they are erased.
/// 2. `put` takes all or nothing.
/// 3. An audience holds everyone of the segment of whom the request's need holds, each once, by ascending id; everyone
///    else of the segment is counted under one reason. [`members`](Self::members) gives the same people and the same counts
///    page by page.
/// 4. [`addresses`](Self::addresses) answers for every id asked, in the order asked, by what stands at the instant
///    given, and as [`Erased`](crate::Suppression::Erased) for whom it does not know.
/// 5. Consents are added, never changed or dropped.
/// 6. A person marked [`gone`](Self::mark_gone) is in no audience from that instant on, until they give a consent or add
///    the channel later than that. The latest mark counts. Unknown ids are passed over.
/// 7. [`count_of`](Self::count_of) counts, an audience is made of, and [`page`](Self::page) gives, exactly those whom
///    [`Segment::contains`](crate::Segment::contains) holds at the instant given.
/// 8. [`verify`](Self::verify) finds every consent that was added, once each, in their order, as it was written; its
///    [head](crate::LedgerReport::head) changes with each and is the same for the same.
/// 9. The same [events](Self::apply) leave the same behind, in whatever order they come, in how many calls, and however
///    often: of what was told of a channel the latest, and of an id that was unlinked only what was told later. Who is known
///    by nothing else is dropped with it.
/// 10. Who was [erased](Self::erase) is in no answer, and nothing that identified them is kept, the evidence of what they
///     said included, but of Kakao's ids a keyed hash, so that what was told of before does not bring them back; the ledger
///     says that they were, and still [verifies](Self::verify). When they come again they are new.
/// 11. [`reseal`](Self::reseal) moves what was sealed under older keys to the current one, in steps of the size asked, and
///     everyone is found before, between and after. From the first step on everyone who has both keys seals with the new one;
///     when nothing is left the old one is needed no more: what was said under it still verifies, and can be erased.
/// 12. What is [noted](Self::note) of someone stands once, in its order, in the ledger and with them, and what they agreed to
///     is not changed by it.
/// 13. [`destroy`](Self::destroy) erases, of those asked, whose destruction is due by what stands when it is called, and no
///     one else: who agreed to something again meanwhile stays.
///
/// # Implementing one
///
/// Write plain `async fn`s under `#[async_trait]`, as [`MemorySubscriberStore`](crate::MemorySubscriberStore) does;
/// the rules of who is in an audience are in [`Gathering`](crate::Gathering) and [`Address::of`], and those of who is who
/// in [`rows`](crate::rows).
#[async_trait]
pub trait SubscriberStore: fmt::Debug + Send + Sync {
    /// Keeps people, and says what became of each, in their order.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was kept.
    async fn put(&self, people: &[NewSubscriber], now: DateTime<Utc>) -> Result<Vec<Put>, StoreError>;

    /// Takes in what was told of people, all of it or nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was taken in.
    async fn apply(&self, events: &[Event], now: DateTime<Utc>) -> Result<(), StoreError>;

    /// The person of an identity.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn find(&self, identity: &Identity) -> Result<Option<Subscriber>, StoreError>;

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

    /// Notes that someone asked for something, or that a duty to them was done. `false` when the person is not known.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was noted.
    async fn note(&self, id: SubscriberId, note: &Note) -> Result<bool, StoreError>;

    /// Who may be sent to.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn audience(&self, request: &AudienceRequest) -> Result<FrozenAudience, StoreError>;

    /// At most so many of those who may be sent to, by ascending id, after one, and how many were passed over on the way to
    /// the last of them: an audience page by page. Where there are fewer than the limit it was the last page, and everyone
    /// else is counted.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn members(
        &self,
        request: &AudienceRequest,
        after: Option<SubscriberId>,
        limit: usize,
    ) -> Result<FrozenAudience, StoreError>;

    /// How many people a segment holds, by what stands at an instant: whether they may be sent to or not.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn count_of(&self, segment: &Segment, at: DateTime<Utc>) -> Result<u64, StoreError>;

    /// At most so many people of a segment, by ascending id, with all that is known of them.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn page(&self, page: &Page) -> Result<Vec<Subscriber>, StoreError>;

    /// Where to send to these people, if the need holds of them.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn addresses(&self, ids: &[SubscriberId], need: &Need) -> Result<Vec<Address>, StoreError>;

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

    /// Erases someone for good. `false` when they are not known.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was erased.
    async fn erase(&self, id: SubscriberId, erasure: &Erasure) -> Result<bool, StoreError>;

    /// Erases those of these people whose [destruction](crate::DutyKind::Destruction) is due up to a day by what stands at
    /// the erasure's instant, in one step, and says how many.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; no one was erased.
    async fn destroy(&self, ids: &[SubscriberId], until: NaiveDate, erasure: &Erasure) -> Result<u64, StoreError>;

    /// Seals anew at most so many of those that are sealed under older keys, and says how many are left.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was changed.
    async fn reseal(&self, limit: usize) -> Result<u64, StoreError>;
}

/// Which people of a segment are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// Who is meant.
    pub segment: Segment,
    /// By what stands at this instant.
    pub at: DateTime<Utc>,
    /// After whom; from the first on without one.
    pub after: Option<SubscriberId>,
    /// How many at the most.
    pub limit: usize,
}

impl Page {
    /// The first so many of a segment.
    #[must_use]
    pub fn first(segment: Segment, at: DateTime<Utc>, limit: usize) -> Self {
        Self { segment, at, after: None, limit }
    }

    /// The page after this one, where these are its people; `None` where it was the last.
    #[must_use]
    pub fn next(self, people: &[Subscriber]) -> Option<Self> {
        let last = people.last().filter(|_| people.len() >= self.limit)?;
        Some(self.after(last.id))
    }

    /// Those after someone.
    #[must_use]
    pub fn after(mut self, last: SubscriberId) -> Self {
        self.after = Some(last);
        self
    }
}

macro_rules! forward {
    ($($pointer:ident),+) => {$(
        #[deny(clippy::missing_trait_methods)]
        #[async_trait]
        impl<S: SubscriberStore + ?Sized> SubscriberStore for $pointer<S> {
            async fn put(&self, people: &[NewSubscriber], now: DateTime<Utc>) -> Result<Vec<Put>, StoreError> {
                (**self).put(people, now).await
            }
            async fn apply(&self, events: &[Event], now: DateTime<Utc>) -> Result<(), StoreError> {
                (**self).apply(events, now).await
            }
            async fn find(&self, identity: &Identity) -> Result<Option<Subscriber>, StoreError> {
                (**self).find(identity).await
            }
            async fn count(&self) -> Result<u64, StoreError> {
                (**self).count().await
            }
            async fn record(&self, id: SubscriberId, event: &ConsentEvent) -> Result<bool, StoreError> {
                (**self).record(id, event).await
            }
            async fn note(&self, id: SubscriberId, note: &Note) -> Result<bool, StoreError> {
                (**self).note(id, note).await
            }
            async fn audience(&self, request: &AudienceRequest) -> Result<FrozenAudience, StoreError> {
                (**self).audience(request).await
            }
            async fn members(
                &self,
                request: &AudienceRequest,
                after: Option<SubscriberId>,
                limit: usize,
            ) -> Result<FrozenAudience, StoreError> {
                (**self).members(request, after, limit).await
            }
            async fn count_of(&self, segment: &Segment, at: DateTime<Utc>) -> Result<u64, StoreError> {
                (**self).count_of(segment, at).await
            }
            async fn page(&self, page: &Page) -> Result<Vec<Subscriber>, StoreError> {
                (**self).page(page).await
            }
            async fn addresses(&self, ids: &[SubscriberId], need: &Need) -> Result<Vec<Address>, StoreError> {
                (**self).addresses(ids, need).await
            }
            async fn verify(&self) -> Result<LedgerReport, StoreError> {
                (**self).verify().await
            }
            async fn mark_gone(&self, ids: &[SubscriberId], at: DateTime<Utc>) -> Result<(), StoreError> {
                (**self).mark_gone(ids, at).await
            }
            async fn erase(&self, id: SubscriberId, erasure: &Erasure) -> Result<bool, StoreError> {
                (**self).erase(id, erasure).await
            }
            async fn destroy(
                &self,
                ids: &[SubscriberId],
                until: NaiveDate,
                erasure: &Erasure,
            ) -> Result<u64, StoreError> {
                (**self).destroy(ids, until, erasure).await
            }
            async fn reseal(&self, limit: usize) -> Result<u64, StoreError> {
                (**self).reseal(limit).await
            }
        }
    )+};
}
forward!(Arc, Box);

/// What became of a person that was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Put {
    /// Who it is was not known.
    Added(SubscriberId),
    /// It was.
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
    /// What it was asked to keep it cannot keep: mend that.
    Invalid,
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
