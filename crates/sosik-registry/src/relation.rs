use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{DateTime, Utc};
use sosik_core::ChannelId;

/// How someone stands to a channel, as it was last told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Relation {
    /// The channel.
    pub channel: ChannelId,
    /// How they stand to it.
    pub state: RelationState,
    /// Since when, by whoever told.
    pub at: DateTime<Utc>,
    /// By what it was told, such as `webhook` or `receipt`.
    pub source: String,
}

impl Relation {
    /// A relation to a channel since an instant.
    #[must_use]
    pub fn new(channel: ChannelId, state: RelationState, at: DateTime<Utc>, source: impl Into<String>) -> Self {
        Self { channel, state, at, source: source.into() }
    }

    /// Which of two tellings about one channel holds: the later, of the same instant the more careful. So whatever the
    /// order in which they come, and however often, the same one holds in the end.
    #[must_use]
    pub fn is_later_than(&self, other: &Self) -> bool {
        (self.at, self.state, &self.source) > (other.at, other.state, &other.source)
    }
}

impl Relation {
    /// Of each channel the telling that holds, in order of the channels.
    #[must_use]
    pub fn latest(told: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut latest: BTreeMap<ChannelId, Self> = BTreeMap::new();
        for relation in told {
            match latest.entry(relation.channel.clone()) {
                Entry::Vacant(place) => drop(place.insert(relation)),
                Entry::Occupied(mut known) => {
                    if relation.is_later_than(known.get()) {
                        known.insert(relation);
                    }
                }
            }
        }
        latest.into_values().collect()
    }
}

/// How someone stands to a channel; of two told for the same instant the one further down holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RelationState {
    /// They added it: they are its friend.
    Added,
    /// They left it.
    Left,
    /// They blocked it.
    Blocked,
}

impl RelationState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Added, Self::Left, Self::Blocked];

    /// The state's stable name, in stores.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Left => "left",
            Self::Blocked => "blocked",
        }
    }

    /// Its place among those told for one instant, in stores: the greatest holds.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::Added => 0,
            Self::Left => 1,
            Self::Blocked => 2,
        }
    }

    /// Reads a [`rank`](Self::rank).
    #[must_use]
    pub fn from_rank(rank: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| i64::from(state.rank()) == rank)
    }
}
