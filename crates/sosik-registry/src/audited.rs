use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use sosik_core::Clock;

use crate::access::{Access, Did, Whose};
use crate::{
    Address, AudienceRequest, ConsentEvent, Erasure, Event, FrozenAudience, Identity, Journal, LedgerReport, Need,
    NewSubscriber, Note, Page, Put, Segment, StoreError, Subscriber, SubscriberId, SubscriberStore,
};

/// A store whose every access to people's data is noted first, under the account and the place of whoever asks: a program
/// makes one for each that it serves. What cannot be noted is not done, and not shown.
///
/// Counts, the ledger's check and sealing anew show no one's data, and are not noted.
#[derive(Debug)]
pub struct Audited<S> {
    store: S,
    log: Arc<dyn Journal<Access>>,
    clock: Arc<dyn Clock>,
    who: String,
    place: String,
}

impl<S: SubscriberStore> Audited<S> {
    /// The store as an account uses it from a place.
    #[must_use]
    pub fn new(
        store: S,
        log: Arc<dyn Journal<Access>>,
        clock: Arc<dyn Clock>,
        who: impl Into<String>,
        place: impl Into<String>,
    ) -> Self {
        Self { store, log, clock, who: who.into(), place: place.into() }
    }

    async fn note_one(&self, id: SubscriberId, what: Did) -> Result<(), StoreError> {
        self.note_access(Whose::One(id), what).await
    }

    async fn note_many(&self, count: usize, what: Did) -> Result<(), StoreError> {
        if count == 0 {
            return Ok(());
        }
        self.note_access(Whose::Many(count as u64), what).await
    }

    async fn note_access(&self, whose: Whose, what: Did) -> Result<(), StoreError> {
        let access = Access::new(self.clock.now(), self.who.as_str(), self.place.as_str(), whose, what);
        self.log.add_entry(&access).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<S: SubscriberStore> SubscriberStore for Audited<S> {
    async fn put(&self, people: &[NewSubscriber], now: DateTime<Utc>) -> Result<Vec<Put>, StoreError> {
        self.note_many(people.len(), Did::Changed).await?;
        self.store.put(people, now).await
    }

    async fn apply(&self, events: &[Event], now: DateTime<Utc>) -> Result<(), StoreError> {
        self.note_many(events.len(), Did::Changed).await?;
        self.store.apply(events, now).await
    }

    async fn find(&self, identity: &Identity) -> Result<Option<Subscriber>, StoreError> {
        let found = self.store.find(identity).await?;
        if let Some(person) = &found {
            self.note_one(person.id, Did::Looked).await?;
        }
        Ok(found)
    }

    async fn count(&self) -> Result<u64, StoreError> {
        self.store.count().await
    }

    async fn record(&self, id: SubscriberId, event: &ConsentEvent) -> Result<bool, StoreError> {
        self.note_one(id, Did::Changed).await?;
        self.store.record(id, event).await
    }

    async fn note(&self, id: SubscriberId, note: &Note) -> Result<bool, StoreError> {
        self.note_one(id, Did::Changed).await?;
        self.store.note(id, note).await
    }

    async fn audience(&self, request: &AudienceRequest) -> Result<FrozenAudience, StoreError> {
        self.store.audience(request).await
    }

    async fn members(
        &self,
        request: &AudienceRequest,
        after: Option<SubscriberId>,
        limit: usize,
    ) -> Result<FrozenAudience, StoreError> {
        self.store.members(request, after, limit).await
    }

    async fn count_of(&self, segment: &Segment, at: DateTime<Utc>) -> Result<u64, StoreError> {
        self.store.count_of(segment, at).await
    }

    async fn page(&self, page: &Page) -> Result<Vec<Subscriber>, StoreError> {
        let people = self.store.page(page).await?;
        match &people[..] {
            [one] => self.note_one(one.id, Did::Looked).await?,
            many => self.note_many(many.len(), Did::Looked).await?,
        }
        Ok(people)
    }

    async fn addresses(&self, ids: &[SubscriberId], need: &Need) -> Result<Vec<Address>, StoreError> {
        self.note_many(ids.len(), Did::Sent).await?;
        self.store.addresses(ids, need).await
    }

    async fn verify(&self) -> Result<LedgerReport, StoreError> {
        self.store.verify().await
    }

    async fn mark_gone(&self, ids: &[SubscriberId], at: DateTime<Utc>) -> Result<(), StoreError> {
        self.note_many(ids.len(), Did::Changed).await?;
        self.store.mark_gone(ids, at).await
    }

    async fn erase(&self, id: SubscriberId, erasure: &Erasure) -> Result<bool, StoreError> {
        self.note_one(id, Did::Erased).await?;
        self.store.erase(id, erasure).await
    }

    async fn destroy(&self, ids: &[SubscriberId], until: NaiveDate, erasure: &Erasure) -> Result<u64, StoreError> {
        self.note_many(ids.len(), Did::Erased).await?;
        self.store.destroy(ids, until, erasure).await
    }

    async fn reseal(&self, limit: usize) -> Result<u64, StoreError> {
        self.store.reseal(limit).await
    }
}
