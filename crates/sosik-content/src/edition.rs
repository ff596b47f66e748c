use std::fmt;

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;
use sosik_core::{AreaCode, ChannelId};

use crate::Card;

/// The name of an edition: channel and ISO week of its slot, such as `yangju-city-2026-W48`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EditionId(pub(crate) String);

impl EditionId {
    /// The name for a channel's weekly edition at `slot`, the week being that of `zone`.
    #[must_use]
    pub fn weekly(channel: &ChannelId, slot: DateTime<Utc>, zone: Tz) -> Self {
        let week = slot.with_timezone(&zone).date_naive().iso_week();
        Self(format!("{channel}-{}-W{:02}", week.year(), week.week()))
    }

    /// A name read from a store. It is not checked.
    #[must_use]
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EditionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The cards that one channel sends at one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    pub(crate) id: EditionId,
    pub(crate) channel: ChannelId,
    pub(crate) slot: DateTime<Utc>,
    pub(crate) title: String,
    pub(crate) cards: Vec<Card>,
    pub(crate) area: Option<AreaCode>,
}

impl Edition {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> &EditionId {
        &self.id
    }

    /// The channel that sends it.
    #[must_use]
    pub fn channel(&self) -> &ChannelId {
        &self.channel
    }

    /// The nominal slot, which stays its identity wherever a holiday moves the sending.
    #[must_use]
    pub fn slot(&self) -> DateTime<Utc> {
        self.slot
    }

    /// What it is called, such as `양주시 소식 11월 4주`.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The area of its channel: a city or a district; nothing where the brief named none.
    #[must_use]
    pub fn area(&self) -> Option<&AreaCode> {
        self.area.as_ref()
    }

    /// Its cards, in the order in which they are shown.
    #[must_use]
    pub fn cards(&self) -> &[Card] {
        &self.cards
    }
}
