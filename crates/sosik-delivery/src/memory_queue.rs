use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use crate::{Queue, QueueError, TakenTicket, Ticket};

/// For how long a queue knows a ticket again.
const KNOWN: TimeDelta = TimeDelta::minutes(2);

/// A queue in memory, for the lanes of one process and for tests.
#[derive(Debug)]
pub struct MemoryQueue {
    hold: TimeDelta,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// In the order in which they came; urgent ones first.
    tickets: BTreeMap<(bool, u64), Entry>,
    known: BTreeMap<String, DateTime<Utc>>,
    count: u64,
}

#[derive(Debug)]
struct Entry {
    ticket: Ticket,
    /// Not given before.
    from: Option<DateTime<Utc>>,
    /// The name of its last giving.
    by: Option<String>,
}

impl MemoryQueue {
    /// An empty queue that gives again what was not answered for so long.
    #[must_use]
    pub fn new(hold: TimeDelta) -> Self {
        Self { hold, state: Mutex::default() }
    }

    fn with<T>(&self, run: impl FnOnce(&mut State) -> T) -> T {
        run(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Queue for MemoryQueue {
    async fn put(&self, tickets: &[Ticket], now: DateTime<Utc>) -> Result<(), QueueError> {
        self.with(|state| {
            state.known.retain(|_, since| now.signed_duration_since(*since) < KNOWN);
            for ticket in tickets {
                if state.known.insert(ticket.id(), now).is_none() {
                    state.count += 1;
                    let entry = Entry { ticket: ticket.clone(), from: None, by: None };
                    state.tickets.insert((!ticket.urgent, state.count), entry);
                }
            }
        });
        Ok(())
    }

    async fn take(&self, limit: usize, now: DateTime<Utc>) -> Result<Vec<TakenTicket>, QueueError> {
        let until = now.checked_add_signed(self.hold).unwrap_or(now);
        Ok(self.with(|state| {
            let State { tickets, count, .. } = state;
            let free = tickets.values_mut().filter(|entry| entry.from.is_none_or(|from| from <= now));
            let give = |entry: &mut Entry| {
                *count += 1;
                let by = count.to_string();
                (entry.from, entry.by) = (Some(until), Some(by.clone()));
                TakenTicket::new(entry.ticket.clone(), by)
            };
            free.take(limit).map(give).collect()
        }))
    }

    async fn done(&self, taken: &TakenTicket) -> Result<(), QueueError> {
        self.with(|state| state.tickets.retain(|_, entry| entry.by.as_ref() != Some(&taken.by)));
        Ok(())
    }

    async fn later(&self, taken: &TakenTicket, delay: Duration, now: DateTime<Utc>) -> Result<(), QueueError> {
        let delay = TimeDelta::from_std(delay).unwrap_or(self.hold);
        self.with(|state| {
            let entry = state.tickets.values_mut().find(|entry| entry.by.as_ref() == Some(&taken.by));
            if let Some(entry) = entry {
                (entry.from, entry.by) = (Some(now.checked_add_signed(delay).unwrap_or(now)), None);
            }
        });
        Ok(())
    }
}
