use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sosik_core::SeededEntropy;

use crate::journal::{Entry, Journal};
use crate::{Chain, LedgerReport, Link, SecretKey, StoreError, Vault};

/// A journal kept in memory: for tests and first steps.
#[derive(Debug)]
pub struct MemoryJournal<E> {
    kept: Mutex<Kept<E>>,
}

#[derive(Debug)]
struct Kept<E> {
    purged: u64,
    entries: Vec<E>,
}

impl<E> MemoryJournal<E> {
    /// An empty journal.
    #[must_use]
    pub fn new() -> Self {
        Self { kept: Mutex::new(Kept { purged: 0, entries: Vec::new() }) }
    }

    fn lock(&self) -> MutexGuard<'_, Kept<E>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E> Default for MemoryJournal<E> {
    fn default() -> Self {
        Self::new()
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<E: Entry> Journal<E> for MemoryJournal<E> {
    async fn add_entry(&self, entry: &E) -> Result<(), StoreError> {
        self.lock().entries.push(entry.clone());
        Ok(())
    }

    async fn entries(&self, after: u64, limit: usize) -> Result<Vec<(u64, E)>, StoreError> {
        let kept = self.lock();
        let numbered = (kept.purged + 1..).zip(kept.entries.iter().cloned());
        Ok(numbered.filter(|(number, _)| *number > after).take(limit).collect())
    }

    async fn verify_entries(&self) -> Result<LedgerReport, StoreError> {
        // What is in memory ends with it: the key of its links may be anyone's.
        let entropy = Arc::new(SeededEntropy::new(0));
        let vault = Vault::new(&SecretKey::generate(entropy.as_ref()), entropy);
        let kept = self.lock();
        let mut chain = Chain::after(&vault, kept.purged, Link::START);
        for entry in &kept.entries {
            chain.add_line(E::TAG, &entry.to_line());
        }
        Ok(chain.report())
    }

    async fn purge_entries(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut kept = self.lock();
        let old = kept.entries.iter().take_while(|entry| entry.to_line().at < before).count();
        kept.entries.drain(..old);
        kept.purged += old as u64;
        Ok(old as u64)
    }
}
