use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use sosik_core::ChannelId;
use sosik_registry::Identity;

use crate::{
    ChatStore, ChatStoreError, ChatStoreErrorKind, NewTicket, Session, Ticket, TicketChange, TicketNumber, TicketState,
};

/// Conversations in memory: for tests, and for a first look.
#[derive(Default)]
pub struct MemoryChatStore(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    sessions: BTreeMap<(Identity, ChannelId), (Session, DateTime<Utc>)>,
    tickets: BTreeMap<TicketNumber, Ticket>,
    /// The last serial of each year: a number that was dropped is given to no other ticket.
    serials: BTreeMap<i32, u32>,
    misses: BTreeMap<(NaiveDate, String), u64>,
}

impl MemoryChatStore {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryChatStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.kept();
        write!(f, "MemoryChatStore({} sessions, {} tickets)", kept.sessions.len(), kept.tickets.len())
    }
}

#[async_trait]
impl ChatStore for MemoryChatStore {
    async fn session(
        &self,
        who: &Identity,
        channel: &ChannelId,
        now: DateTime<Utc>,
    ) -> Result<Option<Session>, ChatStoreError> {
        let kept = self.kept();
        let found = kept.sessions.get(&(who.clone(), channel.clone()));
        Ok(found.filter(|(_, until)| now < *until).map(|(session, _)| session.clone()))
    }

    async fn keep(
        &self,
        who: &Identity,
        channel: &ChannelId,
        session: &Session,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), ChatStoreError> {
        let mut kept = self.kept();
        let key = (who.clone(), channel.clone());
        let known = kept.sessions.get(&key).filter(|(_, until)| now < *until).map_or(0, |(known, _)| known.version);
        if known != session.version {
            let message = "the conversation went on meanwhile";
            return Err(ChatStoreError::new(ChatStoreErrorKind::Conflict, message));
        }
        let mut session = session.clone();
        session.version += 1;
        kept.sessions.insert(key, (session, until));
        Ok(())
    }

    async fn open(&self, new: NewTicket, year: i32, now: DateTime<Utc>) -> Result<Ticket, ChatStoreError> {
        let mut kept = self.kept();
        let serial = kept.serials.entry(year).or_default();
        *serial += 1;
        let number = TicketNumber::new(year, *serial);
        let ticket = new.numbered(number, now);
        kept.tickets.insert(ticket.number, ticket.clone());
        Ok(ticket)
    }

    async fn ticket(&self, number: TicketNumber) -> Result<Option<Ticket>, ChatStoreError> {
        Ok(self.kept().tickets.get(&number).cloned())
    }

    async fn change(
        &self,
        ticket: &Ticket,
        change: &TicketChange,
        now: DateTime<Utc>,
    ) -> Result<Ticket, ChatStoreError> {
        let mut kept = self.kept();
        let missing =
            || ChatStoreError::new(ChatStoreErrorKind::Missing, format!("there is no ticket {}", ticket.number));
        let known = kept.tickets.get_mut(&ticket.number).ok_or_else(missing)?;
        if known.version != ticket.version {
            let message = format!("ticket {} was changed meanwhile: read it again", ticket.number);
            return Err(ChatStoreError::new(ChatStoreErrorKind::Conflict, message));
        }
        *known = known.after(change, now)?;
        Ok(known.clone())
    }

    async fn queue(
        &self,
        states: &[TicketState],
        office: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Ticket>, ChatStoreError> {
        let kept = self.kept();
        let is_of = |ticket: &&Ticket| office.is_none_or(|office| ticket.office.as_deref() == Some(office));
        let mut found: Vec<Ticket> =
            kept.tickets.values().filter(|ticket| states.contains(&ticket.state)).filter(is_of).cloned().collect();
        found.sort_by_key(|ticket| (ticket.due, ticket.number));
        found.truncate(limit);
        Ok(found)
    }

    async fn untold(&self, limit: usize) -> Result<Vec<Ticket>, ChatStoreError> {
        let kept = self.kept();
        let mut found: Vec<Ticket> =
            kept.tickets.values().filter(|ticket| ticket.untold().next().is_some()).cloned().collect();
        found.sort_by_key(|ticket| (ticket.changed, ticket.number));
        found.truncate(limit);
        Ok(found)
    }

    async fn tickets_of(&self, who: &Identity, limit: usize) -> Result<Vec<Ticket>, ChatStoreError> {
        let kept = self.kept();
        let of = kept.tickets.values().rev().filter(|ticket| ticket.who.as_ref() == Some(who));
        Ok(of.take(limit).cloned().collect())
    }

    async fn miss(&self, said: &str, day: NaiveDate) -> Result<(), ChatStoreError> {
        *self.kept().misses.entry((day, said.to_owned())).or_default() += 1;
        Ok(())
    }

    async fn misses(&self, since: NaiveDate, limit: usize) -> Result<Vec<(String, u64)>, ChatStoreError> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for ((_, said), count) in self.kept().misses.range((since, String::new())..) {
            *counts.entry(said.clone()).or_default() += count;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts.truncate(limit);
        Ok(counts)
    }

    async fn forget(&self, who: &Identity) -> Result<(), ChatStoreError> {
        let mut kept = self.kept();
        kept.sessions.retain(|(of, _), _| of != who);
        for ticket in kept.tickets.values_mut().filter(|ticket| ticket.who.as_ref() == Some(who)) {
            *ticket = ticket.clone().forgotten();
        }
        Ok(())
    }

    async fn purge(&self, before: DateTime<Utc>) -> Result<u64, ChatStoreError> {
        let mut kept = self.kept();
        let had = kept.tickets.len();
        kept.tickets.retain(|_, ticket| ticket.state != TicketState::Closed || ticket.changed >= before);
        kept.sessions.retain(|_, (_, until)| *until >= before);
        let day = before.date_naive();
        kept.misses.retain(|(of, _), _| *of >= day);
        Ok(u64::try_from(had - kept.tickets.len()).unwrap_or(u64::MAX))
    }
}
