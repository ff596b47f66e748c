use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sosik_core::{ChannelId, Language};
use sosik_registry::Identity;

/// The longest answer, in characters: what the narrowest door shows whole, with what stands before it.
pub const MOST_ANSWERED: usize = 900;
/// The most entries of a ticket to which a citizen adds: more is another matter, and a store keeps a ticket as a whole.
pub const MOST_ENTRIES: usize = 100;

/// The number of a ticket, as a citizen is told it: the year by the city's clock, and a serial number in it from 1 on.
///
/// ```
/// use sosik_chat::TicketNumber;
///
/// let number = TicketNumber::new(2026, 123);
/// assert_eq!(number.to_string(), "2026-000123");
/// assert_eq!(TicketNumber::find_in("접수번호 2026-123 어떻게 됐나요"), Some(number));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TicketNumber {
    /// The year.
    pub year: i32,
    /// The number in it.
    pub serial: u32,
}

impl TicketNumber {
    /// A number of a year.
    #[must_use]
    pub fn new(year: i32, serial: u32) -> Self {
        Self { year, serial }
    }

    /// The first number of a ticket that stands in a text: with all its digits, or where the text says that it is one
    /// (접수번호): `2026-11` alone is a month.
    #[must_use]
    pub fn find_in(text: &str) -> Option<Self> {
        let says_so = text.contains("접수") || text.contains("문의");
        let is_part = |c: char| c.is_ascii_digit() || c == '-';
        text.split(|c: char| !is_part(c)).find_map(|part| {
            let (year, serial) = part.split_once('-')?;
            let year = year.parse().ok().filter(|year| (2000..3000).contains(year))?;
            let is_whole = says_so || serial.len() >= 4;
            Some(Self { year, serial: serial.parse().ok().filter(|serial| is_whole && *serial > 0)? })
        })
    }
}

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:06}", self.year, self.serial)
    }
}

/// How far a ticket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TicketState {
    /// It waits for someone to take it.
    Waiting,
    /// Someone works on it.
    Taken,
    /// It was answered.
    Answered,
    /// Nothing more is to be done.
    Closed,
}

impl TicketState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Taken, Self::Answered, Self::Closed];

    /// Its stable name, in stores.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Taken => "taken",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    /// Reads a [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What a citizen asked or reported, and what came of it.
///
/// `Debug` shows neither who it was nor what was written.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ticket {
    /// Its number.
    pub number: TicketNumber,
    /// Who asked; `None` where they were forgotten since.
    pub who: Option<Identity>,
    /// The channel in which they did, and in which they are answered.
    pub channel: ChannelId,
    /// The language in which they read.
    pub language: Language,
    /// The office that handles it, as far as it is known.
    pub office: Option<String>,
    /// How far it is.
    pub state: TicketState,
    /// Who of the city works on it, by their account.
    pub assignee: Option<String>,
    /// When it was opened.
    pub opened: DateTime<Utc>,
    /// By when an answer was promised.
    pub due: DateTime<Utc>,
    /// When it was last changed.
    pub changed: DateTime<Utc>,
    /// What was written, in order.
    pub entries: Vec<TicketEntry>,
    /// How often someone changed it: a change is of the version that was read. What a door tells, and that it arrived, changes
    /// nothing of what anyone looked at.
    pub version: u64,
}

/// What someone wrote on a ticket. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TicketEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Author,
    /// What: of a citizen's without personal numbers, see [`mask`](crate::mask).
    pub text: String,
    /// A picture, by its address.
    pub picture: Option<String>,
    /// When it reached the citizen; for what staff wrote.
    pub delivered: Option<DateTime<Utc>>,
    /// When a door that can speak first began to tell it: that is tried once. What did not arrive so comes with the citizen's
    /// next turn.
    #[serde(default)]
    pub told: Option<DateTime<Utc>>,
    /// Whether that door said that it reached nobody.
    #[serde(default)]
    pub missed: bool,
}

/// Who wrote something.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Author {
    /// The citizen.
    Citizen,
    /// Someone of the city, by their account.
    Staff(String),
}

/// A ticket to be opened.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewTicket {
    /// Who asks.
    pub who: Identity,
    /// In which channel.
    pub channel: ChannelId,
    /// In which language they read.
    pub language: Language,
    /// Which office handles it, as far as it is known.
    pub office: Option<String>,
    /// What they wrote.
    pub text: String,
    /// A picture.
    pub picture: Option<String>,
    /// By when an answer is promised.
    pub due: DateTime<Utc>,
}

impl NewTicket {
    /// A ticket of someone who asks in a channel; personal numbers in the text are hidden.
    #[must_use]
    pub fn new(who: Identity, channel: ChannelId, text: &str, due: DateTime<Utc>) -> Self {
        let text = crate::mask(text);
        Self { who, channel, language: Language::korean(), office: None, text, picture: None, due }
    }

    /// With a picture.
    #[must_use]
    pub fn with_picture(mut self, picture: Option<String>) -> Self {
        self.picture = picture;
        self
    }

    /// For an office.
    #[must_use]
    pub fn for_office(mut self, office: Option<String>) -> Self {
        self.office = office;
        self
    }

    /// Of someone who reads this language.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// The ticket that it becomes under a number.
    #[must_use]
    pub fn numbered(self, number: TicketNumber, at: DateTime<Utc>) -> Ticket {
        let mut entry = TicketEntry::new(at, Author::Citizen, self.text);
        entry.picture = self.picture;
        let mut ticket = Ticket::bare(number, self.channel, at);
        (ticket.who, ticket.language, ticket.office) = (Some(self.who), self.language, self.office);
        (ticket.due, ticket.entries) = (self.due, vec![entry]);
        ticket
    }
}

/// What is done to a ticket.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TicketChange {
    /// Someone of the city takes it.
    Take {
        /// Who.
        staff: String,
    },
    /// It goes to another office.
    Move {
        /// Which.
        office: String,
    },
    /// Someone of the city answers.
    Answer {
        /// Who.
        staff: String,
        /// What.
        text: String,
    },
    /// The citizen asks back, or adds something: it waits again.
    Add {
        /// What.
        text: String,
        /// A picture.
        picture: Option<String>,
        /// By when an answer is promised.
        due: DateTime<Utc>,
    },
    /// A door that can speak first is about to tell the citizen what staff wrote: to be kept before it does, so that no second
    /// one tells it too.
    Telling {
        /// Which entry, from 0 on.
        entry: usize,
    },
    /// That door told nothing, and may try again.
    NotTold {
        /// Which entry, from 0 on.
        entry: usize,
    },
    /// That door reached nobody, and does not try again.
    Missed {
        /// Which entry, from 0 on.
        entry: usize,
    },
    /// What staff wrote has reached the citizen.
    Delivered {
        /// Which entry, from 0 on.
        entry: usize,
    },
    /// Nothing more is to be done.
    Close,
}

impl Ticket {
    /// A ticket of which no more is known than this: for stores, which read the rest.
    #[must_use]
    pub fn bare(number: TicketNumber, channel: ChannelId, opened: DateTime<Utc>) -> Self {
        Self {
            number,
            who: None,
            channel,
            language: Language::korean(),
            office: None,
            state: TicketState::Waiting,
            assignee: None,
            opened,
            due: opened,
            changed: opened,
            entries: Vec::new(),
            version: 0,
        }
    }

    /// The ticket after a change.
    ///
    /// # Errors
    ///
    /// [`TicketError`] for a change that its state does not allow: what is closed can only be asked back about.
    pub fn after(&self, change: &TicketChange, at: DateTime<Utc>) -> Result<Self, TicketError> {
        let mut next = self.clone();
        let refused = |what: &str| Err(TicketError { number: self.number, problem: what.to_owned() });
        match change {
            TicketChange::Take { .. } | TicketChange::Move { .. } | TicketChange::Answer { .. }
                if self.state == TicketState::Closed =>
            {
                return refused("is closed");
            }
            TicketChange::Take { staff } => {
                next.state = TicketState::Taken;
                next.assignee = Some(staff.clone());
            }
            TicketChange::Move { office } => {
                next.office = Some(office.clone());
                next.state = TicketState::Waiting;
                // Whoever had it is of the office before.
                next.assignee = None;
            }
            TicketChange::Answer { staff, text } => {
                if text.trim().is_empty() {
                    return refused("cannot be answered with nothing: write a text");
                }
                next.state = TicketState::Answered;
                if text.chars().count() > MOST_ANSWERED {
                    return refused(
                        "cannot be answered at such length: write at most 900 characters, or where to read on",
                    );
                }
                next.entries.push(TicketEntry::new(at, Author::Staff(staff.clone()), text.clone()));
            }
            TicketChange::Add { text, picture, due } => {
                if self.who.is_none() {
                    return refused("is of someone who was forgotten");
                }
                if self.entries.len() >= MOST_ENTRIES {
                    return refused("has as many entries as one may: open another");
                }
                // Who asks again while they wait gives the city no more time.
                let waits = matches!(self.state, TicketState::Waiting | TicketState::Taken);
                next.due = if waits { self.due.min(*due) } else { *due };
                next.state = TicketState::Waiting;
                let mut entry = TicketEntry::new(at, Author::Citizen, crate::mask(text));
                entry.picture.clone_from(picture);
                next.entries.push(entry);
            }
            TicketChange::Telling { entry }
            | TicketChange::NotTold { entry }
            | TicketChange::Missed { entry }
            | TicketChange::Delivered { entry } => {
                let Some(entry) = next.waiting(*entry) else {
                    return refused("has no such answer that waits for the citizen");
                };
                match change {
                    TicketChange::Telling { .. } if entry.told.is_some() => {
                        return refused("has no such answer that is still to be told");
                    }
                    TicketChange::Telling { .. } => entry.told = Some(at),
                    TicketChange::NotTold { .. } => entry.told = None,
                    TicketChange::Missed { .. } => entry.missed = true,
                    _ => entry.delivered = Some(at),
                }
                return Ok(next);
            }
            TicketChange::Close => next.state = TicketState::Closed,
        }
        next.changed = at;
        next.version += 1;
        Ok(next)
    }

    /// What staff wrote and has not reached the citizen, each with its number from 0 on.
    pub fn undelivered(&self) -> impl Iterator<Item = (usize, &TicketEntry)> {
        self.entries.iter().enumerate().filter(|(_, entry)| entry.waits())
    }

    /// What staff wrote and the citizen's next turn brings: what has not reached them, but for what a door began to tell in the two
    /// minutes before and may be telling still.
    pub fn due_with_a_turn(&self, at: DateTime<Utc>) -> impl Iterator<Item = (usize, &TicketEntry)> {
        /// A door knows by then whether what it told arrived.
        const TELLING: TimeDelta = TimeDelta::minutes(2);

        self.undelivered().filter(move |(_, entry)| entry.missed || entry.told.is_none_or(|told| told + TELLING <= at))
    }

    /// What staff wrote, has not reached the citizen, and no door has tried to tell yet. There is nobody to tell where they were
    /// forgotten.
    pub fn untold(&self) -> impl Iterator<Item = (usize, &TicketEntry)> {
        self.undelivered().filter(|(_, entry)| entry.told.is_none() && self.who.is_some())
    }

    fn waiting(&mut self, entry: usize) -> Option<&mut TicketEntry> {
        self.entries.get_mut(entry).filter(|entry| entry.waits())
    }

    /// The ticket of someone who is forgotten: that it was, for which office and how it went; nothing of what they wrote.
    #[must_use]
    pub fn forgotten(mut self) -> Self {
        self.who = None;
        for entry in &mut self.entries {
            "[삭제됨]".clone_into(&mut entry.text);
            entry.picture = None;
        }
        self.state = TicketState::Closed;
        self.version += 1;
        self
    }

    /// Whether an answer is late.
    #[must_use]
    pub fn is_late(&self, now: DateTime<Utc>) -> bool {
        matches!(self.state, TicketState::Waiting | TicketState::Taken) && self.due < now
    }
}

impl TicketEntry {
    fn new(at: DateTime<Utc>, by: Author, text: String) -> Self {
        Self { at, by, text, picture: None, delivered: None, told: None, missed: false }
    }

    fn waits(&self) -> bool {
        self.delivered.is_none() && matches!(self.by, Author::Staff(_))
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Ticket({}, {}, {} entries, version {})",
            self.number,
            self.state.code(),
            self.entries.len(),
            self.version
        )
    }
}

impl fmt::Debug for TicketEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TicketEntry({:?}, {})", self.by, self.at)
    }
}

impl fmt::Debug for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Citizen => "citizen",
            Self::Staff(_) => "staff",
        })
    }
}

impl fmt::Debug for NewTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewTicket({}, {:?})", self.channel, self.office)
    }
}

impl fmt::Debug for TicketChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Take { .. } => "Take",
            Self::Move { .. } => "Move",
            Self::Answer { .. } => "Answer",
            Self::Add { .. } => "Add",
            Self::Telling { .. } => "Telling",
            Self::NotTold { .. } => "NotTold",
            Self::Missed { .. } => "Missed",
            Self::Delivered { .. } => "Delivered",
            Self::Close => "Close",
        })
    }
}

/// A ticket does not allow a change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("ticket {number} {problem}")]
pub struct TicketError {
    number: TicketNumber,
    problem: String,
}
