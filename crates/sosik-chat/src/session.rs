use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

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
}

/// What waits for a citizen's answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Pending {
    /// Whether they agree to the terms before they get what they asked for.
    Agree {
        /// Districts, by code.
        areas: Vec<String>,
        /// Kinds of news, by code.
        topics: Vec<String>,
        /// Which of the city's terms was shown, from 0 on.
        term: usize,
        /// Which they agreed to, so far.
        agreed: Vec<usize>,
    },
    /// Whether they withdraw what they agreed to.
    Withdraw,
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
    },
    /// Whether what they wrote goes to a person as it is.
    Send {
        /// What they wrote, without personal numbers.
        text: String,
        /// A picture.
        picture: Option<String>,
    },
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Agree { .. } => "Agree",
            Self::Withdraw => "Withdraw",
            Self::Delete { .. } => "Delete",
            Self::Question { .. } => "Question",
            Self::Send { .. } => "Send",
        })
    }
}
