//! All that a store keeps of people, row by row and sealed as it is, so that another store under the same key can keep it.
//!
//! [Journals](crate::Journal) are not taken along: the store that they are in is kept as long as they have to be.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use crate::{Digest, KeyId, Link, Lookup, Relation, StoreError, StoreErrorKind, SubscriberId, SubscriberStore};

/// A store whose rows can be taken elsewhere: sealed as they are, with the ledger's links as they were written.
///
/// # Contract
///
/// Each rule is checked by `sosik_testkit::portable::a_copy_is_the_same`.
///
/// 1. [`dump`](Self::dump) gives every record of a kind once, after one in the store's own order, as long as nothing is
///    written meanwhile.
/// 2. [`load`](Self::load) keeps records as they are, all of a call or none. Loaded kind by kind in the order of
///    [`Kind::ALL`] into an empty store, they answer everything as the store that they came from does.
#[async_trait]
pub trait Portable: SubscriberStore {
    /// At most so many records of a kind, after one.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn dump(&self, kind: Kind, after: Option<&Record>, limit: usize) -> Result<Vec<Record>, StoreError>;

    /// Keeps records.
    ///
    /// # Errors
    ///
    /// [`StoreError`], when one of them is there already too; nothing was kept.
    async fn load(&self, records: &[Record]) -> Result<(), StoreError>;
}

/// The kinds of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// People.
    Person,
    /// By what they are known.
    Identity,
    /// How they stand to channels.
    Relation,
    /// Until when nothing counts that was told of an id.
    Unlinked,
    /// The ledger.
    Entry,
    /// Whom entries are about who were erased since.
    Erased,
    /// What is noted under a name.
    Meta,
}

impl Kind {
    /// Every kind, in the order in which they are loaded.
    pub const ALL: [Self; 7] =
        [Self::Person, Self::Identity, Self::Relation, Self::Unlinked, Self::Entry, Self::Erased, Self::Meta];
}

/// One row. Without the key nothing in it can be read but what is known of districts, topics and consents; `Debug` shows
/// its kind alone.
#[derive(Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    clippy::exhaustive_enums,
    reason = "the columns of the two databases, which are described there"
)]
pub enum Record {
    Person {
        number: i64,
        id: SubscriberId,
        phone: Option<Vec<u8>>,
        mobile: Option<bool>,
        area: Option<String>,
        topics: Vec<String>,
        allows_text: bool,
        language: Option<String>,
        quiet: Option<String>,
        child_until: Option<NaiveDate>,
        gone: Option<DateTime<Utc>>,
        by_events: bool,
        since: DateTime<Utc>,
    },
    Identity {
        lookup: Lookup,
        number: i64,
        put_at: Option<DateTime<Utc>>,
        sealed: Option<Vec<u8>>,
    },
    Relation {
        number: i64,
        lookup: Lookup,
        relation: Relation,
    },
    Unlinked {
        lookup: Lookup,
        at: DateTime<Utc>,
    },
    Entry {
        number: i64,
        seq: i64,
        purpose: String,
        granted: bool,
        at: DateTime<Utc>,
        evidence: Option<String>,
        details: String,
        digest: Option<Digest>,
        key: KeyId,
        link: Link,
    },
    Erased {
        number: i64,
        id: SubscriberId,
    },
    Meta {
        name: String,
        value: Vec<u8>,
    },
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Person { .. } => "Person",
            Self::Identity { .. } => "Identity",
            Self::Relation { .. } => "Relation",
            Self::Unlinked { .. } => "Unlinked",
            Self::Entry { .. } => "Entry",
            Self::Erased { .. } => "Erased",
            Self::Meta { .. } => "Meta",
        })
    }
}

/// The names of what is noted that belongs to the data, and not to one kind of store.
pub const NOTED: [&str; 5] = ["key-fingerprint", "key-next", "ledger-end", "resealed-to", "retired-keys"];

/// What was copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Copied {
    /// How many people.
    pub people: u64,
    /// How many entries of the ledger.
    pub entries: u64,
}

/// Records that are copied together.
const STEP: usize = 10_000;

/// Copies all that a store keeps into an empty one under the same key, and looks whether it is the same there: as many
/// people, and a ledger whose every entry is as it was written, with the same head. Nothing may be written to either
/// meanwhile. `each` is told how many records were copied since it was told before.
///
/// # Errors
///
/// [`StoreError`]: of the kind [`Invalid`](StoreErrorKind::Invalid) when the other store holds something, of the kind
/// [`Corrupt`](StoreErrorKind::Corrupt) when the ledger that is copied is not whole, or the copy is not the same.
pub async fn copy(
    from: &dyn Portable,
    to: &dyn Portable,
    mut each: impl FnMut(u64) + Send,
) -> Result<Copied, StoreError> {
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Meta) {
        if !to.dump(kind, None, 1).await?.is_empty() {
            let message = "the store to copy to holds something: copy into an empty one";
            return Err(StoreError::new(StoreErrorKind::Invalid, message));
        }
    }
    let before = from.verify().await?;
    if before.broken.is_some() {
        let message = format!("nothing is copied: {before}");
        return Err(StoreError::new(StoreErrorKind::Corrupt, message));
    }
    for kind in Kind::ALL {
        let mut last: Option<Record> = None;
        loop {
            let records = from.dump(kind, last.as_ref(), STEP).await?;
            to.load(&records).await?;
            each(records.len() as u64);
            let is_last = records.len() < STEP;
            last = records.into_iter().next_back();
            if is_last {
                break;
            }
        }
    }
    let (people, after) = (to.count().await?, to.verify().await?);
    if after != before || people != from.count().await? {
        let message = "the copy is not the same: was something written meanwhile? Copy into an empty store once more";
        return Err(StoreError::new(StoreErrorKind::Corrupt, message));
    }
    Ok(Copied { people, entries: after.entries })
}
