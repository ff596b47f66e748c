use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sosik_core::{Entropy, PhoneNumber, SeededEntropy, uuid_v7};

use crate::{
    Address, AudienceRequest, Chain, ConsentEvent, FrozenAudience, LedgerReport, NewSubscriber, Purpose, Put,
    SecretKey, Segment, StoreError, Subscriber, SubscriberId, SubscriberStore, Vault,
};

/// Subscribers kept in memory: for tests and first steps.
#[derive(Debug)]
pub struct MemorySubscriberStore {
    entropy: Box<dyn Entropy>,
    people: Mutex<BTreeMap<SubscriberId, Subscriber>>,
    /// Every consent, in the order in which they were added.
    ledger: Mutex<Vec<(SubscriberId, ConsentEvent)>>,
    vault: Vault,
}

impl MemorySubscriberStore {
    /// An empty store; its ids are drawn from a seed, so that tests repeat.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        // What is in memory ends with it: the key of its ledger may be anyone's.
        let entropy = Arc::new(SeededEntropy::new(0));
        let vault = Vault::new(&SecretKey::generate(entropy.as_ref()), entropy);
        let entropy = Box::new(SeededEntropy::new(seed));
        Self { entropy, people: Mutex::default(), ledger: Mutex::default(), vault }
    }

    /// Notes the consents of a person that are new since there were so many.
    fn note(&self, person: &Subscriber, known: usize) {
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        ledger.extend(person.consents[known..].iter().map(|said| (person.id, said.clone())));
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<SubscriberId, Subscriber>> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl SubscriberStore for MemorySubscriberStore {
    async fn put(&self, people: &[NewSubscriber], now: DateTime<Utc>) -> Result<Vec<Put>, StoreError> {
        let mut kept = self.lock();
        let mut out = Vec::with_capacity(people.len());
        for new in people {
            if let Some(known) = kept.values_mut().find(|known| known.phone == new.phone) {
                let before = known.consents.len();
                known.update(new);
                self.note(known, before);
                out.push(Put::Updated(known.id));
            } else {
                let id = SubscriberId::new(uuid_v7(now, self.entropy.as_ref()));
                let mut person = Subscriber::new(id, NewSubscriber { consents: Vec::new(), ..new.clone() }, now);
                // What was said twice stands once, as of someone known.
                person.update(new);
                self.note(&person, 0);
                kept.insert(id, person);
                out.push(Put::Added(id));
            }
        }
        Ok(out)
    }

    async fn find(&self, phone: &PhoneNumber) -> Result<Option<Subscriber>, StoreError> {
        Ok(self.lock().values().find(|person| person.phone == *phone).cloned())
    }

    async fn count(&self) -> Result<u64, StoreError> {
        Ok(self.lock().len() as u64)
    }

    async fn record(&self, id: SubscriberId, event: &ConsentEvent) -> Result<bool, StoreError> {
        let mut kept = self.lock();
        let Some(person) = kept.get_mut(&id) else { return Ok(false) };
        if !person.consents.contains(event) {
            person.consents.push(event.clone());
            self.note(person, person.consents.len() - 1);
        }
        Ok(true)
    }

    async fn audience(&self, request: &AudienceRequest) -> Result<FrozenAudience, StoreError> {
        Ok(FrozenAudience::gather(request, self.lock().values()))
    }

    async fn count_of(&self, segment: &Segment, at: DateTime<Utc>) -> Result<u64, StoreError> {
        Ok(self.lock().values().filter(|person| segment.contains(person, at)).count() as u64)
    }

    async fn addresses(
        &self,
        ids: &[SubscriberId],
        purpose: Purpose,
        at: DateTime<Utc>,
    ) -> Result<Vec<Address>, StoreError> {
        let kept = self.lock();
        Ok(ids.iter().map(|id| Address::of(*id, kept.get(id), purpose, at)).collect())
    }

    async fn verify(&self) -> Result<LedgerReport, StoreError> {
        let ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let mut chain = Chain::new(&self.vault);
        for (who, said) in ledger.iter() {
            chain.add(*who, said);
        }
        Ok(chain.report())
    }

    async fn mark_gone(&self, ids: &[SubscriberId], at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut kept = self.lock();
        for id in ids {
            if let Some(person) = kept.get_mut(id) {
                person.gone = person.gone.max(Some(at));
            }
        }
        Ok(())
    }
}
