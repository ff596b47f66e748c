use std::error::Error;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use sosik_core::ChannelId;
use sosik_registry::{Identity, StoreError, StoreErrorKind};

use crate::{NewTicket, Session, Ticket, TicketChange, TicketError, TicketNumber, TicketState};

/// Where conversations, tickets, and what was not understood are kept.
///
/// # Contract
///
/// Each rule is a test of `sosik_testkit::chat_store_conformance!`.
///
/// 1. [`session`](Self::session) gives what was last [kept](Self::keep) of someone in a channel, up to the instant until which
///    it was, and nothing of anyone else or of another channel. Of two that keep what they read at once the second is refused
///    as a [`Conflict`](ChatStoreErrorKind::Conflict), and what the first kept stays.
/// 2. [`open`](Self::open) gives each ticket the next number of the year that it is given, from 1 on: none twice, none left
///    out, however many are opened at once.
/// 3. [`change`](Self::change) changes a ticket as [`Ticket::after`] says, once: of two changes of one version the second is
///    refused as a [`Conflict`](ChatStoreErrorKind::Conflict), and nothing of it is kept.
/// 4. [`queue`](Self::queue) gives the tickets of the states and the office asked for, those that are due first first, at most
///    so many.
/// 5. [`tickets_of`](Self::tickets_of) gives someone's tickets, the newest first, and nobody else's.
/// 6. [`miss`](Self::miss) counts what was not understood by its text; [`misses`](Self::misses) gives them since a day, the
///    most frequent first and of equally frequent ones by their text.
/// 7. [`forget`](Self::forget) leaves nothing by which someone could be known, and nothing that they wrote: their session is
///    gone, and their tickets are [as forgotten ones are](Ticket::forgotten).
/// 8. [`untold`](Self::untold) gives the tickets with an answer that [no door has tried to tell](Ticket::untold), whatever their
///    state, those that were changed first first, at most so many.
/// 9. [`purge`](Self::purge) drops what was closed and not changed since an instant, sessions that ended before it, and counts
///    of days before it; what is open stays, however old.
#[async_trait]
pub trait ChatStore: fmt::Debug + Send + Sync {
    /// What is remembered of someone's conversation in a channel.
    ///
    /// # Errors
    ///
    /// [`ChatStoreError`].
    async fn session(
        &self,
        who: &Identity,
        channel: &ChannelId,
        now: DateTime<Utc>,
    ) -> Result<Option<Session>, ChatStoreError>;

    /// Remembers something of a conversation until an instant, in the place of what was read: by its
    /// [`version`](Session::version), which is 0 where there was nothing.
    ///
    /// # Errors
    ///
    /// [`ChatStoreError`] of the kind [`Conflict`](ChatStoreErrorKind::Conflict) where another turn kept something meanwhile.
    async fn keep(
        &self,
        who: &Identity,
        channel: &ChannelId,
        session: &Session,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), ChatStoreError>;

    /// Opens a ticket of a year.
    ///
    /// # Errors
    ///
    /// [`ChatStoreError`]; none was opened.
    async fn open(&self, new: NewTicket, year: i32, now: DateTime<Utc>) -> Result<Ticket, ChatStoreError>;

    /// A ticket; `None` where there is none of that number.
    ///
    /// # Errors
    ///
    /// [`ChatStoreError`].
    async fn ticket(&self, number: TicketNumber) -> Result<Option<Ticket>, ChatStoreError>;

    /// Changes a ticket as it was read, and gives it as it is then.
    ///
    /// # Errors
    ///
    /// [`ChatStoreError`] of the kind [`Conflict`](ChatStoreErrorKind::Conflict) where it was changed meanwhile (read it
    /// again), [`Refused`](ChatStoreErrorKind::Refused) where its state does not allow it, or
    /// [`Missing`](ChatStoreErrorKind::Missing).
    async fn change(
        &self,
        ticket: &Ticket,
        change: &TicketChange,
        now: DateTime<Utc>,
    ) -> Result<Ticket, ChatStoreError>;

    /// Tickets to work on: in one of these states, of an office where one is named.
    ///
    /// # Errors
    ///
    /// [`ChatStoreError`].
    async fn queue(
        &self,
        states: &[TicketState],
        office: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Ticket>, ChatStoreError>;

    /// Tickets with an answer that no door has tried to tell yet.
    ///
    /// # Errors
    ///
    /// [`ChatStoreError`].
    async fn untold(&self, limit: usize) -> Result<Vec<Ticket>, ChatStoreError>;

    /// Someone's tickets.
    ///
    /// # Errors
    ///
    /// [`ChatStoreError`].
    async fn tickets_of(&self, who: &Identity, limit: usize) -> Result<Vec<Ticket>, ChatStoreError>;

    /// Counts a text that was not understood, which names no one.
    ///
    /// # Errors
    ///
    /// [`ChatStoreError`].
    async fn miss(&self, said: &str, day: NaiveDate) -> Result<(), ChatStoreError>;

    /// What was not understood since a day, and how often.
    ///
    /// # Errors
    ///
    /// [`ChatStoreError`].
    async fn misses(&self, since: NaiveDate, limit: usize) -> Result<Vec<(String, u64)>, ChatStoreError>;

    /// Forgets someone.
    ///
    /// # Errors
    ///
    /// [`ChatStoreError`].
    async fn forget(&self, who: &Identity) -> Result<(), ChatStoreError>;

    /// Drops what is kept long enough, and says how many tickets that were.
    ///
    /// # Errors
    ///
    /// [`ChatStoreError`].
    async fn purge(&self, before: DateTime<Utc>) -> Result<u64, ChatStoreError>;
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<S: ChatStore + ?Sized> ChatStore for Arc<S> {
    async fn session(
        &self,
        who: &Identity,
        channel: &ChannelId,
        now: DateTime<Utc>,
    ) -> Result<Option<Session>, ChatStoreError> {
        (**self).session(who, channel, now).await
    }
    async fn keep(
        &self,
        who: &Identity,
        channel: &ChannelId,
        session: &Session,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), ChatStoreError> {
        (**self).keep(who, channel, session, until, now).await
    }
    async fn open(&self, new: NewTicket, year: i32, now: DateTime<Utc>) -> Result<Ticket, ChatStoreError> {
        (**self).open(new, year, now).await
    }
    async fn ticket(&self, number: TicketNumber) -> Result<Option<Ticket>, ChatStoreError> {
        (**self).ticket(number).await
    }
    async fn change(
        &self,
        ticket: &Ticket,
        change: &TicketChange,
        now: DateTime<Utc>,
    ) -> Result<Ticket, ChatStoreError> {
        (**self).change(ticket, change, now).await
    }
    async fn queue(
        &self,
        states: &[TicketState],
        office: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Ticket>, ChatStoreError> {
        (**self).queue(states, office, limit).await
    }
    async fn untold(&self, limit: usize) -> Result<Vec<Ticket>, ChatStoreError> {
        (**self).untold(limit).await
    }
    async fn tickets_of(&self, who: &Identity, limit: usize) -> Result<Vec<Ticket>, ChatStoreError> {
        (**self).tickets_of(who, limit).await
    }
    async fn miss(&self, said: &str, day: NaiveDate) -> Result<(), ChatStoreError> {
        (**self).miss(said, day).await
    }
    async fn misses(&self, since: NaiveDate, limit: usize) -> Result<Vec<(String, u64)>, ChatStoreError> {
        (**self).misses(since, limit).await
    }
    async fn forget(&self, who: &Identity) -> Result<(), ChatStoreError> {
        (**self).forget(who).await
    }
    async fn purge(&self, before: DateTime<Utc>) -> Result<u64, ChatStoreError> {
        (**self).purge(before).await
    }
}

/// A store of conversations could not do something. It names no one, and repeats nothing of what was said.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ChatStoreError {
    kind: ChatStoreErrorKind,
    message: String,
    #[source]
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChatStoreErrorKind {
    /// The ticket, or the session, was changed since it was read.
    Conflict,
    /// What is stored is not as it was written.
    Corrupt,
    /// There is no such ticket.
    Missing,
    /// The ticket's state does not allow it.
    Refused,
    /// The store cannot be reached, or is busy: the same may work later.
    Unavailable,
}

impl ChatStoreError {
    /// An error of a kind.
    #[must_use]
    pub fn new(kind: ChatStoreErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// With what was behind it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> ChatStoreErrorKind {
        self.kind
    }

    /// Whether the same may work later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.kind == ChatStoreErrorKind::Unavailable
    }
}

impl From<StoreError> for ChatStoreError {
    /// The error of a database that keeps more than conversations.
    fn from(error: StoreError) -> Self {
        let kind = match error.kind() {
            StoreErrorKind::Unavailable => ChatStoreErrorKind::Unavailable,
            _ => ChatStoreErrorKind::Corrupt,
        };
        Self::new(kind, error.to_string()).with_source(error)
    }
}

impl From<TicketError> for ChatStoreError {
    fn from(error: TicketError) -> Self {
        Self::new(ChatStoreErrorKind::Refused, error.to_string())
    }
}
