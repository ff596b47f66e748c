use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use sosik_core::{ChannelId, Entropy, SeededEntropy, uuid_v7};

use crate::{
    Address, AudienceRequest, Chain, ConsentEvent, Digest, Erasure, Event, FrozenAudience, Gathering, Identity,
    LedgerEntry, LedgerReport, Need, NewSubscriber, Note, Page, Put, Relation, SecretKey, Segment, StoreError,
    Subscriber, SubscriberId, SubscriberStore, Vault, is_to_be_destroyed,
};

/// Subscribers kept in memory: for tests and first steps.
#[derive(Debug)]
pub struct MemorySubscriberStore {
    entropy: Box<dyn Entropy>,
    vault: Vault,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    people: BTreeMap<SubscriberId, Subscriber>,
    /// Whose an identity is, and since when someone put it to them; `None` where it is known by events alone.
    holders: HashMap<Identity, (SubscriberId, Option<DateTime<Utc>>)>,
    relations: BTreeMap<(Identity, ChannelId), Relation>,
    unlinked: HashMap<Identity, DateTime<Utc>>,
    ledger: Vec<(SubscriberId, Entry)>,
}

/// An entry of the ledger.
#[derive(Debug)]
enum Entry {
    Erased(Erasure),
    Noted(Note),
    NotedOnce(Note, Digest),
    Said(ConsentEvent),
    SaidOnce(ConsentEvent, Digest),
}

impl MemorySubscriberStore {
    /// An empty store; its ids are drawn from a seed, so that tests repeat.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        // What is in memory ends with it: the key of its ledger may be anyone's.
        let entropy = Arc::new(SeededEntropy::new(0));
        let vault = Vault::new(&SecretKey::generate(entropy.as_ref()), entropy);
        Self { entropy: Box::new(SeededEntropy::new(seed)), vault, kept: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn new_id(&self, now: DateTime<Utc>) -> SubscriberId {
        SubscriberId::new(uuid_v7(now, self.entropy.as_ref()))
    }
}

impl Kept {
    /// Someone with how they stand to channels, by all of their identities.
    fn seen(&self, person: &Subscriber) -> Subscriber {
        let told = self.relations.iter().filter(|((who, _), _)| person.identities.contains(who));
        let relations = Relation::latest(told.map(|(_, relation)| relation.clone()));
        Subscriber { relations, ..person.clone() }
    }

    fn everyone(&self) -> impl Iterator<Item = Subscriber> {
        self.people.values().map(|person| self.seen(person))
    }

    /// Says something of someone, unless they said it already.
    fn say(&mut self, id: SubscriberId, said: &ConsentEvent) {
        let Some(person) = self.people.get_mut(&id) else { return };
        if !person.consents.contains(said) {
            person.consents.push(said.clone());
            self.ledger.push((id, Entry::Said(said.clone())));
        }
    }

    /// Notes something of someone, unless it was noted already.
    fn note(&mut self, id: SubscriberId, note: &Note) {
        let Some(person) = self.people.get_mut(&id) else { return };
        if !person.notes.contains(note) {
            person.notes.push(note.clone());
            self.ledger.push((id, Entry::Noted(note.clone())));
        }
    }

    fn put(
        &mut self,
        new: &NewSubscriber,
        now: DateTime<Utc>,
        vault: &Vault,
        new_id: impl FnOnce() -> SubscriberId,
    ) -> Put {
        let known = new.identities().iter().find_map(|identity| self.holders.get(identity)).map(|(id, _)| *id);
        let id = known.unwrap_or_else(new_id);
        let mut bare = new.clone();
        bare.consents.clear();
        // Whoever was known by events alone is kept from now on.
        let by_events = self.is_known_by_events(id);
        match self.people.get_mut(&id) {
            Some(person) => {
                for old in &person.identities {
                    if new.identities().iter().any(|identity| identity.replaces(old) && identity != old) {
                        self.holders.remove(old);
                        self.relations.retain(|(of, _), _| of != old);
                    }
                }
                person.update(&bare);
                if by_events {
                    person.since = now;
                }
            }
            None => drop(self.people.insert(id, Subscriber::new(id, bare, now))),
        }
        for said in &new.consents {
            self.say(id, said);
        }
        for identity in new.identities() {
            let before = self.holders.get(identity).copied();
            if before.is_none_or(|(of, since)| of != id || since.is_none()) {
                self.holders.insert(identity.clone(), (id, Some(now)));
            }
            if let Some((other, _)) = before.filter(|(other, _)| *other != id) {
                self.join(other, identity, id, now, vault);
            }
        }
        if known.is_some() { Put::Updated(id) } else { Put::Added(id) }
    }

    fn is_known_by_events(&self, id: SubscriberId) -> bool {
        let mut held = self.holders.values().filter(|(of, _)| *of == id).peekable();
        held.peek().is_some() && held.all(|(_, since)| since.is_none())
    }

    /// Takes an identity from someone to whom it no longer belongs. Where it was their last, they are who has it now.
    fn join(&mut self, other: SubscriberId, identity: &Identity, id: SubscriberId, now: DateTime<Utc>, vault: &Vault) {
        let Some(person) = self.people.get_mut(&other) else { return };
        person.identities.retain(|known| known != identity);
        if person.identities.is_empty() {
            let (said, notes) = (person.consents.clone(), person.notes.clone());
            let (child_until, gone) = (person.child_until, person.gone);
            if let Some(known) = self.people.get_mut(&id) {
                (known.child_until, known.gone) = (known.child_until.max(child_until), known.gone.max(gone));
            }
            for said in said {
                self.say(id, &said);
            }
            for note in notes {
                self.note(id, &note);
            }
            self.erase(other, &Erasure::new(now, "joined to another"), vault);
        }
    }

    fn erase(&mut self, id: SubscriberId, erasure: &Erasure, vault: &Vault) -> bool {
        let Some(person) = self.people.remove(&id) else { return false };
        for identity in &person.identities {
            self.holders.remove(identity);
            self.relations.retain(|(of, _), _| of != identity);
            self.unlink_until(identity, erasure.at);
        }
        if person.consents.is_empty() && person.notes.is_empty() {
            return true;
        }
        let mut chain = Chain::new(vault);
        for (_, noted) in self.ledger.iter_mut().filter(|(who, _)| *who == id) {
            let (Entry::Said(ConsentEvent { evidence, .. }) | Entry::Noted(Note { evidence, .. })) = noted else {
                continue;
            };
            let digest = chain.digest(vault.current(), evidence).unwrap_or_default();
            evidence.clear();
            *noted = match &*noted {
                Entry::Said(said) => Entry::SaidOnce(said.clone(), digest),
                Entry::Noted(note) => Entry::NotedOnce(note.clone(), digest),
                _ => continue,
            };
        }
        self.ledger.push((id, Entry::Erased(erasure.clone())));
        true
    }

    /// Notes that what was told of an id up to an instant no longer counts; whether that was not noted yet.
    fn unlink_until(&mut self, identity: &Identity, at: DateTime<Utc>) -> bool {
        if !identity.is_of_kakao() || self.unlinked.get(identity).is_some_and(|before| *before >= at) {
            return false;
        }
        self.unlinked.insert(identity.clone(), at);
        true
    }

    fn apply(&mut self, event: &Event, vault: &Vault, new_id: &dyn Fn() -> SubscriberId) {
        if !event.who().is_of_kakao() {
            return;
        }
        match event {
            Event::Related { who, relation } => {
                if self.unlinked.get(who).is_some_and(|until| *until >= relation.at) {
                    return;
                }
                if !self.holders.contains_key(who) {
                    self.begin(who, relation.at, new_id());
                }
                let key = (who.clone(), relation.channel.clone());
                if self.relations.get(&key).is_none_or(|known| relation.is_later_than(known)) {
                    self.relations.insert(key, relation.clone());
                }
                let Some((id, _)) = self.holders.get(who).copied() else { return };
                if self.is_known_by_events(id)
                    && let Some(person) = self.people.get_mut(&id)
                {
                    person.since = person.since.min(relation.at);
                }
            }
            Event::Unlinked { who, at } => {
                if self.unlink_until(who, *at) {
                    self.unlink(who, *at, vault, new_id);
                }
            }
        }
    }

    fn unlink(&mut self, who: &Identity, at: DateTime<Utc>, vault: &Vault, new_id: &dyn Fn() -> SubscriberId) {
        self.relations.retain(|(of, _), relation| of != who || relation.at > at);
        let later = self.relations.iter().filter(|((of, _), _)| of == who).map(|(_, relation)| relation.at).min();
        let Some((id, since)) = self.holders.get(who).copied().filter(|(_, since)| since.is_none_or(|put| put <= at))
        else {
            return;
        };
        if let (None, Some(first), Some(person)) = (since, later, self.people.get_mut(&id)) {
            person.since = first;
            return;
        }
        self.holders.remove(who);
        let is_alone = self.people.get_mut(&id).is_some_and(|person| {
            person.identities.retain(|known| known != who);
            person.identities.is_empty()
        });
        if is_alone {
            self.erase(id, &Erasure::new(at, "unlinked"), vault);
        }
        if let Some(first) = later {
            self.begin(who, first, new_id());
        }
    }

    /// Keeps someone of whom no more than an id is known.
    fn begin(&mut self, who: &Identity, since: DateTime<Utc>, id: SubscriberId) {
        self.people.insert(id, Subscriber::new(id, NewSubscriber::known_by(who.clone()), since));
        self.holders.insert(who.clone(), (id, None));
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl SubscriberStore for MemorySubscriberStore {
    async fn put(&self, people: &[NewSubscriber], now: DateTime<Utc>) -> Result<Vec<Put>, StoreError> {
        let mut kept = self.lock();
        Ok(people.iter().map(|new| kept.put(new, now, &self.vault, || self.new_id(now))).collect())
    }

    async fn apply(&self, events: &[Event], now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut kept = self.lock();
        for event in events {
            kept.apply(event, &self.vault, &|| self.new_id(now));
        }
        Ok(())
    }

    async fn find(&self, identity: &Identity) -> Result<Option<Subscriber>, StoreError> {
        let kept = self.lock();
        let held = kept.holders.get(identity).and_then(|(id, _)| kept.people.get(id));
        Ok(held.map(|person| kept.seen(person)))
    }

    async fn count(&self) -> Result<u64, StoreError> {
        Ok(self.lock().people.len() as u64)
    }

    async fn record(&self, id: SubscriberId, event: &ConsentEvent) -> Result<bool, StoreError> {
        let mut kept = self.lock();
        let is_known = kept.people.contains_key(&id);
        kept.say(id, event);
        Ok(is_known)
    }

    async fn note(&self, id: SubscriberId, note: &Note) -> Result<bool, StoreError> {
        let mut kept = self.lock();
        let is_known = kept.people.contains_key(&id);
        kept.note(id, note);
        Ok(is_known)
    }

    async fn audience(&self, request: &AudienceRequest) -> Result<FrozenAudience, StoreError> {
        let people: Vec<Subscriber> = self.lock().everyone().collect();
        Ok(FrozenAudience::gather(request, &people))
    }

    async fn members(
        &self,
        request: &AudienceRequest,
        after: Option<SubscriberId>,
        limit: usize,
    ) -> Result<FrozenAudience, StoreError> {
        let kept = self.lock();
        let mut people: Vec<Subscriber> =
            kept.everyone().filter(|person| after.is_none_or(|after| person.id > after)).collect();
        people.sort_by_key(|person| person.id);
        let mut page = Gathering::new(request);
        for person in &people {
            if page.len() >= limit {
                break;
            }
            page.add(person);
        }
        Ok(page.frozen())
    }

    async fn count_of(&self, segment: &Segment, at: DateTime<Utc>) -> Result<u64, StoreError> {
        Ok(self.lock().everyone().filter(|person| segment.contains(person, at)).count() as u64)
    }

    async fn page(&self, page: &Page) -> Result<Vec<Subscriber>, StoreError> {
        let kept = self.lock();
        let people = kept.everyone().filter(|person| page.after.is_none_or(|after| person.id > after));
        Ok(people.filter(|person| page.segment.contains(person, page.at)).take(page.limit).collect())
    }

    async fn addresses(&self, ids: &[SubscriberId], need: &Need) -> Result<Vec<Address>, StoreError> {
        let kept = self.lock();
        let address = |id: &SubscriberId| {
            let person = kept.people.get(id).map(|person| kept.seen(person));
            Address::of(*id, person.as_ref(), need)
        };
        Ok(ids.iter().map(address).collect())
    }

    async fn verify(&self) -> Result<LedgerReport, StoreError> {
        let kept = self.lock();
        let mut chain = Chain::new(&self.vault);
        for (who, noted) in &kept.ledger {
            chain.add(
                *who,
                match noted {
                    Entry::Erased(erasure) => LedgerEntry::Erased(erasure),
                    Entry::Noted(note) => LedgerEntry::Noted(note),
                    Entry::NotedOnce(note, digest) => LedgerEntry::NotedOnce(note, digest),
                    Entry::Said(said) => LedgerEntry::Said(said),
                    Entry::SaidOnce(said, digest) => LedgerEntry::SaidOnce(said, digest),
                },
            );
        }
        Ok(chain.report())
    }

    async fn mark_gone(&self, ids: &[SubscriberId], at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut kept = self.lock();
        for id in ids {
            if let Some(person) = kept.people.get_mut(id) {
                person.gone = person.gone.max(Some(at));
            }
        }
        Ok(())
    }

    async fn erase(&self, id: SubscriberId, erasure: &Erasure) -> Result<bool, StoreError> {
        Ok(self.lock().erase(id, erasure, &self.vault))
    }

    async fn destroy(&self, ids: &[SubscriberId], until: NaiveDate, erasure: &Erasure) -> Result<u64, StoreError> {
        let mut kept = self.lock();
        let mut erased = 0;
        for id in ids {
            let person = kept.people.get(id).map(|person| kept.seen(person));
            if person.is_some_and(|person| is_to_be_destroyed(&person, until, erasure.at)) {
                erased += u64::from(kept.erase(*id, erasure, &self.vault));
            }
        }
        Ok(erased)
    }

    async fn reseal(&self, _limit: usize) -> Result<u64, StoreError> {
        // Nothing is sealed in memory.
        Ok(0)
    }
}
