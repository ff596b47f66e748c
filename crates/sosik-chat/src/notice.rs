//! Speaking first: what staff answered, told by a door that need not be asked.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, SubsecRound, Utc};
use sosik_core::ChannelId;
use sosik_registry::Identity;

use crate::{ChatStoreError, ChatStoreErrorKind, Reply, Ticket, TicketChange, Window, WindowError};

/// What someone is told without having asked just now. `Debug` shows neither who nor what.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notice {
    /// Who.
    pub who: Identity,
    /// In which channel.
    pub channel: ChannelId,
    /// What.
    pub reply: Reply,
}

impl Notice {
    /// What someone is told in a channel.
    #[must_use]
    pub fn new(who: Identity, channel: ChannelId, reply: Reply) -> Self {
        Self { who, channel, reply }
    }
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Notice({}, {:?})", self.channel, self.reply)
    }
}

/// A door that can speak first: a messenger's call by which a bot writes to someone who did not just write to it.
///
/// It is for what someone waits for, such as the answer to their question: never for news or advertising, which go by a campaign
/// to whoever consented.
///
/// # Contract
///
/// Each rule is a test of `sosik_testkit::notifier_conformance!`.
///
/// 1. [`notify`](Self::notify) is `Ok` only where the messenger said that the person got it, and then they got it once.
/// 2. Someone who cannot be written to is [`Unreachable`](NotifyErrorKind::Unreachable), and gets nothing.
/// 3. One call writes once at the most, whatever is answered to it: where that is left open, it is
///    [`Unknown`](NotifyErrorKind::Unknown), and where nothing was written and the same may work later,
///    [`Unavailable`](NotifyErrorKind::Unavailable).
/// 4. No error names anyone, or repeats what was to be told.
#[async_trait]
pub trait Notifier: fmt::Debug + Send + Sync {
    /// Tells someone something.
    ///
    /// # Errors
    ///
    /// [`NotifyError`] by what is known of whether it arrived.
    async fn notify(&self, notice: &Notice) -> Result<(), NotifyError>;
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<N: Notifier + ?Sized> Notifier for Arc<N> {
    async fn notify(&self, notice: &Notice) -> Result<(), NotifyError> {
        (**self).notify(notice).await
    }
}

/// Several doors: each is asked in turn, until one knows the person.
///
/// ```
/// use std::sync::Arc;
/// use sosik_chat::{Notice, Notifier, NotifyError, NotifyErrorKind, OneOfNotifiers, async_trait};
///
/// #[derive(Debug)]
/// struct Nobody;
///
/// #[async_trait]
/// impl Notifier for Nobody {
///     async fn notify(&self, _: &Notice) -> Result<(), NotifyError> {
///         Err(NotifyError::new(NotifyErrorKind::Unreachable, "this door knows no one"))
///     }
/// }
///
/// let doors = OneOfNotifiers::new(vec![Arc::new(Nobody), Arc::new(Nobody)]);
/// # let _ = doors;
/// ```
#[derive(Clone, Debug)]
pub struct OneOfNotifiers(Vec<Arc<dyn Notifier>>);

impl OneOfNotifiers {
    /// These doors, in the order in which they are asked.
    #[must_use]
    pub fn new(doors: Vec<Arc<dyn Notifier>>) -> Self {
        Self(doors)
    }
}

#[async_trait]
impl Notifier for OneOfNotifiers {
    async fn notify(&self, notice: &Notice) -> Result<(), NotifyError> {
        let mut last = NotifyError::new(NotifyErrorKind::Unreachable, "no door can speak first");
        for door in &self.0 {
            match door.notify(notice).await {
                Err(error) if error.kind() == NotifyErrorKind::Unreachable => last = error,
                told => return told,
            }
        }
        Err(last)
    }
}

/// Someone was not told. It names no one, and repeats nothing of what was to be told.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct NotifyError {
    kind: NotifyErrorKind,
    message: String,
    #[source]
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotifyErrorKind {
    /// Nothing was written, and the same would be refused again: the message is wrong.
    Refused,
    /// Nothing was written; the same may work later: the messenger cannot answer, there were too many, or a person has to mend the
    /// account or its key.
    Unavailable,
    /// It may have arrived.
    Unknown,
    /// This person cannot be written to: they left the channel, receive nothing, or are known by no id of this door's.
    Unreachable,
}

impl NotifyError {
    /// An error of a kind.
    #[must_use]
    pub fn new(kind: NotifyErrorKind, message: impl Into<String>) -> Self {
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
    pub fn kind(&self) -> NotifyErrorKind {
        self.kind
    }

    /// Whether the same may work later, without being told twice.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.kind == NotifyErrorKind::Unavailable
    }
}

/// What came of telling answers.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct AnswersTold {
    /// How many reached whoever asked.
    pub reached: u64,
    /// How many wait for the citizen's next turn, since the door could not tell them.
    pub left: u64,
    /// How many wait for the door, which cannot be asked now.
    pub postponed: u64,
    /// What was wrong, each kind of it.
    pub problems: Vec<NotifyError>,
}

impl Window {
    /// Tells citizens what staff answered, by a door that can speak first: at most so many answers. To be called again and again.
    ///
    /// That an answer is about to be told is kept before it is: no door tells one twice, whatever breaks off. What did not arrive, or
    /// may not have, comes with the citizen's next turn, as all answers do without such a door: with one in the two minutes after it
    /// was begun only where it certainly did not.
    ///
    /// # Errors
    ///
    /// [`WindowError`] where the store of conversations cannot be asked.
    pub async fn tell_answers(
        &self,
        notifier: &dyn Notifier,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<AnswersTold, WindowError> {
        let now = now.trunc_subsecs(6);
        let mut told = AnswersTold::default();
        for ticket in self.chats.untold(limit).await? {
            let Some((entry, notice)) = self.notice(&ticket)? else { continue };
            let Some(ticket) = self.note(&ticket, &TicketChange::Telling { entry }, now).await? else { continue };
            let change = match notifier.notify(&notice).await {
                Ok(()) => {
                    told.reached += 1;
                    Some(TicketChange::Delivered { entry })
                }
                Err(error) if error.is_retryable() => {
                    told.problems.push(error);
                    told.postponed += 1;
                    Some(TicketChange::NotTold { entry })
                }
                Err(error) => {
                    let is_open = error.kind() == NotifyErrorKind::Unknown;
                    told.problems.push(error);
                    told.left += 1;
                    (!is_open).then_some(TicketChange::Missed { entry })
                }
            };
            if let Some(change) = change {
                self.note_again(ticket, &change, now).await?;
            }
            // A door that cannot be asked is left alone until the next round.
            if told.postponed > 0 {
                break;
            }
        }
        Ok(told)
    }

    /// The first answer of a ticket that is to be told, and to whom.
    fn notice(&self, ticket: &Ticket) -> Result<Option<(usize, Notice)>, WindowError> {
        let Some((at, entry)) = ticket.untold().next() else { return Ok(None) };
        let Some(who) = ticket.who.clone() else { return Ok(None) };
        let reply = self.arrival(ticket, &entry.text)?;
        Ok(Some((at, Notice::new(who, ticket.channel.clone(), reply))))
    }

    /// Changes a ticket; `None` where it was changed meanwhile, or another door tells it.
    async fn note(
        &self,
        ticket: &Ticket,
        change: &TicketChange,
        now: DateTime<Utc>,
    ) -> Result<Option<Ticket>, ChatStoreError> {
        match self.chats.change(ticket, change, now).await {
            Ok(ticket) => Ok(Some(ticket)),
            Err(error) if error.kind() == ChatStoreErrorKind::Conflict => Ok(None),
            Err(error) if error.kind() == ChatStoreErrorKind::Refused => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Changes a ticket, also where it was changed meanwhile: what has happened is true of whatever it is now.
    pub(crate) async fn note_again(
        &self,
        mut ticket: Ticket,
        change: &TicketChange,
        now: DateTime<Utc>,
    ) -> Result<(), ChatStoreError> {
        loop {
            match self.chats.change(&ticket, change, now).await {
                Ok(_) => return Ok(()),
                Err(error) => match error.kind() {
                    // It was read meanwhile with a turn, or its citizen is forgotten: there is nothing left to note.
                    ChatStoreErrorKind::Refused | ChatStoreErrorKind::Missing => return Ok(()),
                    ChatStoreErrorKind::Conflict => match self.chats.ticket(ticket.number).await? {
                        Some(now_is) => ticket = now_is,
                        None => return Ok(()),
                    },
                    _ => return Err(error),
                },
            }
        }
    }
}
