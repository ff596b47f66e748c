use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::TicketNumber;

/// What is remembered of a conversation from one turn to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Session {
    /// What was asked of the citizen last, and waits for their answer.
    pub pending: Option<Pending>,
    /// The language that they chose, by its code.
    pub language: Option<String>,
    /// How often in a row they were not understood.
    pub misses: u32,
    /// How many codes were sent to their number: each is a message to someone's telephone, and a few more guesses.
    #[serde(default)]
    pub codes: u32,
    /// How often it was kept: of two turns at once the second is refused.
    #[serde(skip)]
    pub version: u64,
}

/// What waits for a citizen's answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Pending {
    /// Whether they agree to a term before they get what they asked for.
    Agree {
        /// Districts, by code.
        areas: Vec<String>,
        /// Kinds of news, by code.
        topics: Vec<String>,
        /// The term that was shown.
        shown: ShownTerm,
        /// To what they agreed so far.
        agreed: Vec<ShownTerm>,
        /// What they declined, by purpose.
        declined: Vec<String>,
    },
    /// Whether they want a change of what they get.
    Change {
        /// Districts, by code.
        areas: Vec<String>,
        /// Kinds of news, by code.
        topics: Vec<String>,
        /// Whether it stops.
        stops: bool,
    },
    /// What they want to get, or to get no more.
    Which {
        /// Whether it stops.
        stops: bool,
    },
    /// Whether they withdraw what they agreed to.
    Withdraw {
        /// Which purposes, by code.
        purposes: Vec<String>,
    },
    /// A code, before everything of them is deleted.
    Delete {
        /// The code.
        code: String,
        /// Until when it holds.
        until: DateTime<Utc>,
        /// How many tries are left.
        tries: u32,
    },
    /// What they want to ask or report.
    Question {
        /// A picture that came before the words.
        picture: Option<String>,
        /// The ticket to which it belongs; a new one without.
        #[serde(default)]
        ticket: Option<TicketNumber>,
    },
    /// Whether what they wrote goes to a person as it is.
    Send {
        /// What they wrote, without personal numbers.
        text: String,
        /// A picture.
        picture: Option<String>,
        /// The ticket to which it belongs; a new one without.
        #[serde(default)]
        ticket: Option<TicketNumber>,
    },
}

/// A term as it was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ShownTerm {
    /// Its purpose, by code.
    pub purpose: String,
    /// The city's own name of the version.
    pub version: String,
    /// The text, as it was shown: the consent's hash is of it.
    pub text: String,
    /// Whether a door said that it was shown.
    pub was_shown: bool,
    /// When they agreed, once they did.
    pub agreed: Option<DateTime<Utc>>,
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Agree { .. } => "Agree",
            Self::Change { .. } => "Change",
            Self::Which { .. } => "Which",
            Self::Withdraw { .. } => "Withdraw",
            Self::Delete { .. } => "Delete",
            Self::Question { .. } => "Question",
            Self::Send { .. } => "Send",
        })
    }
}
