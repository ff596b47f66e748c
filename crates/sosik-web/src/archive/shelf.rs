use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use sosik_content::search::Index;
use sosik_content::{CardPicture, Edition, EditionId};

/// Editions as they are published, in memory: read from wherever they are stored when a server starts, and added to when one is
/// approved.
#[derive(Default)]
pub struct Shelf {
    kept: RwLock<Kept>,
    /// Held by whoever puts something on it, so that of two at once neither loses what is the other's.
    writing: Mutex<()>,
}

#[derive(Default)]
struct Kept {
    /// The newest last.
    editions: Vec<Arc<Published>>,
    index: Index,
    /// Of each document of the index its edition and its card.
    of: Vec<(Arc<Published>, usize)>,
}

/// An edition with the pictures of its cards.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Published {
    /// The edition.
    pub edition: Edition,
    /// The pictures of its cards, in their order; fewer where some have none.
    pub pictures: Vec<CardPicture>,
    /// When it was last changed: when it was published, or corrected.
    pub changed: DateTime<Utc>,
}

impl Published {
    /// An edition without pictures, as it was at its slot.
    #[must_use]
    pub fn new(edition: Edition) -> Self {
        let changed = edition.slot();
        Self { edition, pictures: Vec::new(), changed }
    }

    /// With the pictures of its cards.
    #[must_use]
    pub fn with_pictures(mut self, pictures: Vec<CardPicture>) -> Self {
        self.pictures = pictures;
        self
    }

    /// Corrected at an instant.
    #[must_use]
    pub fn corrected(mut self, at: DateTime<Utc>) -> Self {
        self.changed = at;
        self
    }
}

impl Shelf {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts an edition on it; one of the same name is replaced.
    pub fn put(&self, published: Published) {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut editions = self.kept.read().unwrap_or_else(PoisonError::into_inner).editions.clone();
        editions.retain(|one| one.edition.id() != published.edition.id());
        editions.push(Arc::new(published));
        editions.sort_by_key(|one| one.edition.slot());
        // Made anew beside what is read meanwhile.
        let (mut index, mut of) = (Index::new(), Vec::new());
        for one in &editions {
            for (at, card) in one.edition.cards().iter().enumerate() {
                index.add_card(card);
                of.push((Arc::clone(one), at));
            }
        }
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Kept { editions, index, of };
    }

    /// What is published at an instant, the newest first.
    pub(super) fn published(&self, now: DateTime<Utc>) -> Vec<Arc<Published>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.editions.iter().rev().filter(|one| one.edition.slot() <= now).cloned().collect()
    }

    /// An edition that is published at an instant.
    pub(super) fn get(&self, id: &EditionId, now: DateTime<Utc>) -> Option<Arc<Published>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.editions.iter().find(|one| one.edition.id() == id && one.edition.slot() <= now).cloned()
    }

    /// The cards that answer a question, the best first: each with its edition and its place in it.
    pub(super) fn search(&self, question: &str, now: DateTime<Utc>) -> Vec<(Arc<Published>, usize)> {
        /// Answers that are shown.
        const MOST: usize = 30;

        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let hits = kept.index.search(question, kept.index.len());
        let of = hits.into_iter().filter_map(|hit| kept.of.get(hit.document));
        let mut found: Vec<(Arc<Published>, usize)> = Vec::new();
        for (one, at) in of.filter(|(one, _)| one.edition.slot() <= now) {
            if found.len() == MOST {
                break;
            }
            // A post that went out twice is shown once.
            let post = one.edition.cards()[*at].post_id();
            if !found.iter().any(|(known, at)| known.edition.cards()[*at].post_id() == post) {
                found.push((Arc::clone(one), *at));
            }
        }
        found
    }
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        write!(f, "Shelf({} editions)", kept.editions.len())
    }
}
