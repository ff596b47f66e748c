use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use sosik_content::wording::WordingError;
use sosik_core::{ChannelId, Entropy, Language};
use sosik_registry::{Directory, Identity, Purpose, StoreError, SubscriberStore};

use crate::builder::WindowBuilder;
use crate::emergency::Emergencies;
use crate::reply::MOST_BUBBLES;
use crate::session::Pending;
use crate::talk::Talk;
use crate::words::Words;
use crate::{
    Archive, ArchiveError, ChatStore, ChatStoreError, ChatStoreErrorKind, Intents, Offices, Reply, Ticket,
    TicketChange, TicketNumber, Turn, Understanding,
};

/// How long a conversation is remembered after its last turn.
pub(crate) const REMEMBERED: TimeDelta = TimeDelta::minutes(30);

/// The window at which a city's citizens talk with it: what someone said in, what is answered out.
///
/// It is the same whichever door a turn came by, and does no I/O of its own: what it knows it asks its ports. Words of danger
/// are answered before any of them.
///
/// ```
/// use std::sync::Arc;
/// use chrono::{TimeZone, Utc};
/// use sosik_chat::{City, MemoryArchive, MemoryChatStore, Speaker, Turn, Window};
/// use sosik_core::{ChannelId, SeededEntropy};
/// use sosik_registry::MemorySubscriberStore;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let channel = ChannelId::parse("yangju-city")?;
/// let window = Window::builder(City::new("양주시", "양주", "031-8082-0000"))
///     .archive(Arc::new(MemoryArchive::new(chrono_tz::Asia::Seoul)))
///     .chats(Arc::new(MemoryChatStore::new()))
///     .subscribers(Arc::new(MemorySubscriberStore::new(7)))
///     .entropy(Arc::new(SeededEntropy::new(7)))
///     .build()?;
/// let now = Utc.with_ymd_and_hms(2026, 11, 27, 7, 0, 0).unwrap();
/// let turn = Turn::new(channel.clone(), Speaker::in_channel(&channel, "key-0001"), "옆집에서 연기가 나고 있어요", now);
/// assert!(window.answer(&turn).await?.to_text().contains("119"));
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Window {
    pub(crate) city: City,
    pub(crate) zone: Tz,
    pub(crate) subscribers: Arc<dyn SubscriberStore>,
    pub(crate) chats: Arc<dyn ChatStore>,
    pub(crate) archive: Arc<dyn Archive>,
    pub(crate) understanding: Arc<dyn Understanding>,
    pub(crate) codes: Option<Arc<dyn CodeSender>>,
    pub(crate) intents: Intents,
    pub(crate) words: Words,
    pub(crate) emergencies: Emergencies,
    pub(crate) offices: Arc<Offices>,
    pub(crate) districts: Arc<Directory>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) terms: Vec<Term>,
    pub(crate) promise: Promise,
}

/// By when an answer to what is asked at an instant is promised.
pub(crate) type Promise = Arc<dyn Fn(DateTime<Utc>) -> DateTime<Utc> + Send + Sync>;

/// The city whose window it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct City {
    /// Its name, such as 양주시: who says that a consent was withdrawn.
    pub name: String,
    /// Its bare name, such as 양주: what names it is no district.
    pub bare: String,
    /// Where whoever is not helped turns to: an office's number.
    pub contact: String,
}

impl City {
    /// A city.
    #[must_use]
    pub fn new(name: impl Into<String>, bare: impl Into<String>, contact: impl Into<String>) -> Self {
        Self { name: name.into(), bare: bare.into(), contact: contact.into() }
    }
}

/// Something to which whoever signs up agrees: each purpose needs a consent of its own (개인정보 보호법 제22조).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Term {
    /// What for.
    pub purpose: Purpose,
    /// The city's own name of the version.
    pub version: String,
    /// The text as it is shown: what is collected, what for, how long it is kept, and that one may refuse.
    pub text: String,
    /// Whether there is no news without it.
    pub is_required: bool,
}

impl Term {
    /// Something without which there is no news.
    #[must_use]
    pub fn required(purpose: Purpose, version: impl Into<String>, text: impl Into<String>) -> Self {
        Self { purpose, version: version.into(), text: text.into(), is_required: true }
    }

    /// Something that may be refused.
    #[must_use]
    pub fn optional(purpose: Purpose, version: impl Into<String>, text: impl Into<String>) -> Self {
        Self { is_required: false, ..Self::required(purpose, version, text) }
    }
}

/// Sends someone the code by which they show who they are: to the number that is stored of them, never to one that they say.
#[async_trait::async_trait]
pub trait CodeSender: fmt::Debug + Send + Sync {
    /// Sends a code.
    ///
    /// # Errors
    ///
    /// [`CodeError`]; then nothing is deleted, and the citizen is told to call.
    async fn send(&self, to: &sosik_core::PhoneNumber, code: &str) -> Result<(), CodeError>;
}

/// A code could not be sent.
#[derive(Debug, thiserror::Error)]
#[error("the code was not sent: {message}")]
pub struct CodeError {
    message: String,
}

impl CodeError {
    /// Why; it names no number.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl Window {
    /// A window of a city.
    #[must_use]
    pub fn builder(city: City) -> WindowBuilder {
        WindowBuilder::new(city)
    }

    /// What is answered to what someone said. A door that showed it says so ([`shown`](Self::shown)).
    ///
    /// # Errors
    ///
    /// [`WindowError`] when a port cannot be asked: the door then says that it cannot be answered now, and where else to turn.
    /// Words of danger are answered whatever does not work.
    pub async fn answer(&self, turn: &Turn) -> Result<Reply, WindowError> {
        let danger = self.danger(turn)?;
        match (self.answer_in_turn(turn, danger.is_some()).await, danger) {
            (Ok(reply), None) => Ok(reply),
            (Ok(reply), Some(danger)) if reply.bubbles.is_empty() => Ok(danger),
            (Ok(reply), Some(danger)) => Ok(reply.after(danger.bubbles.into_iter().take(1).collect())),
            // Whom to call is told whatever else does not work.
            (Err(_), Some(danger)) => Ok(danger),
            (Err(error), None) => Err(error),
        }
    }

    /// Whom to call, where what was said tells of danger: without asking anything else, for doors that cannot wait.
    ///
    /// # Errors
    ///
    /// [`WindowError`] when a text of the city's own cannot be filled in.
    pub fn danger(&self, turn: &Turn) -> Result<Option<Reply>, WindowError> {
        let Some(emergency) = self.emergencies.find(&turn.said) else { return Ok(None) };
        Talk::at_once(self, turn).danger(&emergency).map(Some)
    }

    async fn answer_in_turn(&self, turn: &Turn, is_danger: bool) -> Result<Reply, WindowError> {
        let mut talk = Talk::begin(self, turn, is_danger).await?;
        let asked = talk.session.pending.clone();
        // What was asked is taken out before it is acted on: of two turns at once one goes on with it.
        if !talk.take().await? {
            return Ok(Reply::text(talk.say("busy", &())?));
        }
        let mut reply = match talk.reply().await {
            Ok(reply) => reply,
            Err(error) => {
                // What was asked is asked still: nothing that was said is lost. Should that fail too, the first error counts.
                talk.session.pending = asked;
                let _ = talk.keep().await;
                return Err(error);
            }
        };
        talk.keep().await?;
        let asks = matches!(talk.session.pending, Some(Pending::Agree { .. }));
        reply.asks = turn.who.key().filter(|_| asks).map(|key| (key.clone(), turn.channel.clone()));
        // A question is never cut for an answer that can come with the next turn.
        let room = MOST_BUBBLES.saturating_sub(reply.bubbles.len() + usize::from(is_danger));
        if room > 0
            && let Some((arrival, ticket, entry)) = talk.arrived().await?
        {
            reply = arrival.choices.into_iter().fold(reply, |reply, more| reply.choice(more.label, more.says));
            reply = reply.after(arrival.bubbles);
            reply.arrived = Some((ticket, entry));
        }
        Ok(reply)
    }

    /// That a reply reached the citizen: answers of staff that it brought are not brought again. One that is not said to have
    /// been shown comes again with the next turn.
    ///
    /// # Errors
    ///
    /// [`WindowError`] where that cannot be kept.
    pub async fn shown(&self, reply: &Reply, now: DateTime<Utc>) -> Result<(), WindowError> {
        if let Some((who, channel)) = &reply.asks {
            self.term_was_shown(who, channel, now).await?;
        }
        if let Some((ticket, entry)) = reply.arrived.clone() {
            self.note_again(ticket, &TicketChange::Delivered { entry }, now).await?;
        }
        Ok(())
    }

    /// Notes that the term about which someone is asked was shown: before that nobody can agree to it.
    async fn term_was_shown(&self, who: &Identity, channel: &ChannelId, now: DateTime<Utc>) -> Result<(), WindowError> {
        let Some(mut session) = self.chats.session(who, channel, now).await? else { return Ok(()) };
        let Some(Pending::Agree { shown, .. }) = &mut session.pending else { return Ok(()) };
        shown.was_shown = true;
        match self.chats.keep(who, channel, &session, now + REMEMBERED, now).await {
            Ok(()) => Ok(()),
            // Another turn went on: it asks again where it has to.
            Err(error) if error.kind() == ChatStoreErrorKind::Conflict => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Answers a ticket in the name of the city: the citizen reads it with their next turn, or when a door tells them.
    ///
    /// # Errors
    ///
    /// [`ChatStoreError`] as [`ChatStore::change`] says.
    pub async fn answer_ticket(
        &self,
        ticket: &Ticket,
        staff: &str,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<Ticket, ChatStoreError> {
        let change = TicketChange::Answer { staff: staff.to_owned(), text: text.to_owned() };
        self.chats.change(ticket, &change, now).await
    }

    /// The contact for whoever is not helped.
    #[must_use]
    pub fn city(&self) -> &City {
        &self.city
    }

    pub(crate) fn say(&self, language: &Language, key: &str, values: &impl Serialize) -> Result<String, WindowError> {
        Ok(self.words.say(language, key, values)?)
    }

    /// That an answer of staff came, in the language in which whoever asked reads.
    pub(crate) fn arrival(&self, ticket: &Ticket, text: &str) -> Result<Reply, WindowError> {
        let values = serde_json::json!({"number": ticket.number.to_string(), "text": text});
        let reply = Reply::text(self.say(&ticket.language, "ticket-arrived", &values)?);
        self.more(reply, &ticket.language, ticket.number)
    }

    /// A reply with the choice to ask more about a ticket.
    pub(crate) fn more(&self, reply: Reply, language: &Language, number: TicketNumber) -> Result<Reply, WindowError> {
        let label = self.say(language, "more", &())?;
        let says = self.say(language, "more-says", &serde_json::json!({"number": number.to_string()}))?;
        Ok(reply.choice(label, says))
    }

    pub(crate) fn due(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        (self.promise)(now)
    }

    pub(crate) fn year(&self, now: DateTime<Utc>) -> i32 {
        now.with_timezone(&self.zone).year()
    }
}

impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Window({}, {:?})", self.city.name, self.understanding)
    }
}

/// A turn cannot be answered now. It names no one, and repeats nothing of what was said.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WindowError {
    /// The registry cannot be asked.
    #[error("the registry cannot be asked")]
    Subscribers(#[from] StoreError),
    /// Conversations cannot be kept.
    #[error("the store of conversations cannot be asked")]
    Chats(#[from] ChatStoreError),
    /// The archive cannot be asked.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A text of the city's own cannot be filled in.
    #[error("a text of the window's cannot be filled in")]
    Words(#[from] WordingError),
}

impl WindowError {
    /// Whether the same may be answered later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Subscribers(error) => error.is_retryable(),
            Self::Chats(error) => error.is_retryable(),
            Self::Archive(_) => true,
            Self::Words(_) => false,
        }
    }
}
