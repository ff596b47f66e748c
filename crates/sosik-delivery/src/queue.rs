use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sosik_core::ChannelId;

use crate::{Batch, BatchId};

/// How workers tell one another what there is to do, where many of them would ask one database too often.
///
/// The [`Outbox`](crate::Outbox) alone is the ledger: a ticket says that a batch is worth a look, and whoever takes it
/// claims the batch there. A queue may lose, repeat and mix up what it likes: that costs time or a look in vain, never a
/// message. [`EngineBuilder::queue`](crate::EngineBuilder::queue) puts one to use.
///
/// # Contract
///
/// Each rule is a test of `sosik_testkit::queue_conformance!`.
///
/// 1. [`take`](Self::take) gives what was [put](Self::put), at most as many tickets as were asked for and none of them to
///    two who ask; and nothing, within a second, when there is nothing.
/// 2. A ticket of the same [`id`](Ticket::id) that is put again within a minute is given once.
/// 3. Urgent tickets are given before all that are not.
/// 4. A ticket that is [`done`](Self::done) is not given again.
/// 5. A ticket that is put off ([`later`](Self::later)) is given again when its time is over, and not before.
/// 6. A ticket that was taken and not answered is given again when the queue's hold is over, and not before.
/// 7. An answer for a ticket that was given to someone else since may count as theirs, and does no other harm.
#[async_trait]
pub trait Queue: fmt::Debug + Send + Sync {
    /// Says that batches are worth a look.
    ///
    /// # Errors
    ///
    /// [`QueueError`]; some of them may be in the queue.
    async fn put(&self, tickets: &[Ticket], now: DateTime<Utc>) -> Result<(), QueueError>;

    /// Takes at most so many tickets.
    ///
    /// # Errors
    ///
    /// [`QueueError`]; what was given and not received is given again when the hold is over.
    async fn take(&self, limit: usize, now: DateTime<Utc>) -> Result<Vec<TakenTicket>, QueueError>;

    /// Says that nothing more is to be done for a ticket.
    ///
    /// # Errors
    ///
    /// [`QueueError`]; the ticket may be given again.
    async fn done(&self, taken: &TakenTicket) -> Result<(), QueueError>;

    /// Puts a ticket off.
    ///
    /// # Errors
    ///
    /// [`QueueError`]; the ticket is given again when the hold is over.
    async fn later(&self, taken: &TakenTicket, delay: Duration, now: DateTime<Utc>) -> Result<(), QueueError>;
}

macro_rules! forward {
    ($($pointer:ident),+) => {$(
        #[deny(clippy::missing_trait_methods)]
        #[async_trait]
        impl<Q: Queue + ?Sized> Queue for $pointer<Q> {
            async fn put(&self, tickets: &[Ticket], now: DateTime<Utc>) -> Result<(), QueueError> {
                (**self).put(tickets, now).await
            }
            async fn take(&self, limit: usize, now: DateTime<Utc>) -> Result<Vec<TakenTicket>, QueueError> {
                (**self).take(limit, now).await
            }
            async fn done(&self, taken: &TakenTicket) -> Result<(), QueueError> {
                (**self).done(taken).await
            }
            async fn later(&self, taken: &TakenTicket, delay: Duration, now: DateTime<Utc>) -> Result<(), QueueError> {
                (**self).later(taken, delay, now).await
            }
        }
    )+};
}
forward!(Arc, Box);

/// A batch that is worth a look.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Ticket {
    /// The batch.
    pub batch: BatchId,
    /// The channel of its campaign.
    pub channel: ChannelId,
    /// Since when it has been due.
    pub due: DateTime<Utc>,
    /// How often the batch was submitted.
    pub attempts: u32,
    /// Whether it goes before all that is not.
    pub urgent: bool,
    /// How often the same was said before.
    pub again: u32,
}

impl Ticket {
    /// A ticket of a batch that was never submitted.
    #[must_use]
    pub fn new(batch: BatchId, channel: ChannelId, due: DateTime<Utc>) -> Self {
        Self { batch, channel, due, attempts: 0, urgent: false, again: 0 }
    }

    /// The ticket of a batch as it stands.
    #[must_use]
    pub fn of(batch: &Batch, channel: ChannelId) -> Self {
        Self::new(batch.id, channel, batch.due).with_attempts(batch.attempts).with_urgency(batch.urgent)
    }

    /// The ticket of a batch that was submitted so often.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The ticket that goes before all that are not urgent, or does not.
    #[must_use]
    pub fn with_urgency(mut self, urgent: bool) -> Self {
        self.urgent = urgent;
        self
    }

    /// The ticket that says the same again, for the so many-th time.
    #[must_use]
    pub fn said_again(mut self, again: u32) -> Self {
        self.again = again;
        self
    }

    /// By what a queue knows that it has the ticket already.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}.{}.{}.{}", self.batch, self.attempts, self.due.timestamp_micros(), self.again)
    }
}

/// A ticket that was taken, with what the queue needs to know it again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TakenTicket {
    /// The ticket.
    pub ticket: Ticket,
    /// The queue's own name for this giving of it.
    pub by: String,
}

impl TakenTicket {
    /// A ticket under the queue's name for this giving of it.
    #[must_use]
    pub fn new(ticket: Ticket, by: impl Into<String>) -> Self {
        Self { ticket, by: by.into() }
    }
}

/// A queue cannot do what it was asked.
#[derive(Debug)]
pub struct QueueError {
    kind: QueueErrorKind,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What is wrong with a queue, by what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QueueErrorKind {
    /// Its settings are not such as it can work with: mend them.
    Misconfigured,
    /// It cannot be reached, or does not answer: try again. Until then the outbox is asked without it.
    Unavailable,
}

impl QueueError {
    /// An error of this kind. The message holds no credentials.
    #[must_use]
    pub fn new(kind: QueueErrorKind, message: impl Into<String>) -> Self {
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
    pub fn kind(&self) -> QueueErrorKind {
        self.kind
    }

    /// Whether the same call may be made again.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.kind == QueueErrorKind::Unavailable
    }
}

impl fmt::Display for QueueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for QueueError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
