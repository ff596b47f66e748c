//! Why a post is in no card.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};

use crate::Topic;

/// A post that is in no card, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// The post.
    pub post_id: String,
    /// Its title.
    pub title: String,
    /// Why.
    pub reason: Reason,
}

/// Why a post is in no card.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// It sells something.
    #[non_exhaustive]
    Commercial {
        /// The words that said so.
        words: String,
    },
    /// An editor dropped it.
    #[non_exhaustive]
    Dropped {
        /// Why, in the editor's words.
        why: String,
    },
    /// An editor holds it back until after the message goes.
    #[non_exhaustive]
    Embargo {
        /// From when on it may go.
        until: DateTime<Utc>,
    },
    /// It announces what a newer post announces.
    #[non_exhaustive]
    Duplicate {
        /// The title of the one that is kept.
        of: String,
    },
    /// It concerns other districts than the channel's.
    #[non_exhaustive]
    Elsewhere {
        /// Those that it concerns, by their names where those are known.
        areas: Vec<String>,
    },
    /// Other posts were more useful, and the edition was full.
    Full,
    /// It is published, or of use, only after the message goes.
    Future,
    /// It was published before the brief's span of news.
    Old,
    /// What it announces is over at the slot.
    #[non_exhaustive]
    Past {
        /// The last day that it names.
        ended: NaiveDate,
    },
    /// Its topic had its share already.
    #[non_exhaustive]
    Quota {
        /// The topic.
        topic: Topic,
        /// The most cards of that topic.
        max: usize,
    },
    /// It only tells of what is over: nobody can come, apply or do anything any more.
    Report,
    /// Its body says too little for a card.
    Thin,
    /// It does not say when it was published.
    Undated,
}

impl Reason {
    /// A stable name for reports: `old`, `quota` and so on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Commercial { .. } => "commercial",
            Self::Dropped { .. } => "dropped",
            Self::Duplicate { .. } => "duplicate",
            Self::Embargo { .. } => "embargo",
            Self::Elsewhere { .. } => "elsewhere",
            Self::Full => "full",
            Self::Future => "future",
            Self::Old => "old",
            Self::Past { .. } => "past",
            Self::Quota { .. } => "quota",
            Self::Report => "report",
            Self::Thin => "thin",
            Self::Undated => "undated",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Commercial { words } => write!(f, "it sells something (`{words}`)"),
            Self::Dropped { why } => write!(f, "an editor dropped it: {why}"),
            Self::Embargo { until } => write!(f, "an editor holds it back until {until}"),
            Self::Duplicate { of } => write!(f, "a newer post says the same: {of}"),
            Self::Elsewhere { areas } => write!(f, "it concerns other districts ({})", areas.join(", ")),
            Self::Full => f.write_str("other posts were more useful and the edition is full"),
            Self::Future => f.write_str("it is published or of use only after the message goes"),
            Self::Old => f.write_str("it is older than the span of news"),
            Self::Past { ended } => write!(f, "what it announces was over on {ended}"),
            Self::Quota { topic, max } => write!(f, "{} has its {max} cards already", topic.korean()),
            Self::Report => f.write_str("it only tells of what is over"),
            Self::Thin => f.write_str("its body says too little for a card"),
            Self::Undated => f.write_str("it does not say when it was published"),
        }
    }
}
