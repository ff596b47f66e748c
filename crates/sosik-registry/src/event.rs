use chrono::{DateTime, Utc};

use crate::{Identity, Relation};

/// What Kakao, a dealer or a citizen tells of someone, whether they are known yet or not.
///
/// Kakao tells of people by the ids that it gave: what is said of a number is passed over. Events come late, twice and in any order, and leave the same behind: see rule 9 of
/// [`SubscriberStore`](crate::SubscriberStore).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Someone added, left or blocked a channel. Who is not known is kept from then on.
    #[non_exhaustive]
    Related {
        /// Who.
        who: Identity,
        /// What they did.
        relation: Relation,
    },
    /// Someone left the city's app, or Kakao (연결 해제): their id and what came with it up to then are dropped. A person of
    /// whom nothing else is known is dropped with it.
    #[non_exhaustive]
    Unlinked {
        /// Under which id.
        who: Identity,
        /// When.
        at: DateTime<Utc>,
    },
}

impl Event {
    /// Someone added, left or blocked a channel.
    #[must_use]
    pub fn related(who: Identity, relation: Relation) -> Self {
        Self::Related { who, relation }
    }

    /// Someone left.
    #[must_use]
    pub fn unlinked(who: Identity, at: DateTime<Utc>) -> Self {
        Self::Unlinked { who, at }
    }

    /// Whom it is about.
    #[must_use]
    pub fn who(&self) -> &Identity {
        match self {
            Self::Related { who, .. } | Self::Unlinked { who, .. } => who,
        }
    }

    /// When it happened.
    #[must_use]
    pub fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Related { relation, .. } => relation.at,
            Self::Unlinked { at, .. } => *at,
        }
    }
}
