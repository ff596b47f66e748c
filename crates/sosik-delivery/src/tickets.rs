//! How an engine uses a queue: it tells what waits, takes tickets, and asks the outbox itself when the queue is away.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::engine::{Engine, Next};
use crate::{Claim, Claimed, DeliveryError, OutboxError, Queue, QueueError, TakenTicket, Ticket};

/// How often the queue is told what waits.
const TELL_EVERY: TimeDelta = TimeDelta::seconds(1);

/// At most so many tickets are told at a time: those that are due longest.
const TELL_AT_MOST: usize = 1_000;

/// What was submitted before comes back by a ticket that was put off; told is only what did not.
const GRACE: TimeDelta = TimeDelta::seconds(5);

/// What is still due after so long is told again: the queue may have lost it.
const TELL_AGAIN: TimeDelta = TimeDelta::seconds(30);

/// A ticket is put off for so long at the most; what is due later is told when it is.
const PUT_OFF_AT_MOST: TimeDelta = TimeDelta::minutes(10);

/// For so long a queue is left alone that did not answer.
const AWAY: TimeDelta = TimeDelta::seconds(3);

/// When nothing came, the queue is asked again after so long.
const ASK_AGAIN: TimeDelta = TimeDelta::milliseconds(100);

/// A queue, and what this engine knows of it. Losing that costs tickets that are told twice.
#[derive(Debug)]
pub(crate) struct Tickets {
    queue: Arc<dyn Queue>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// What waits and was told.
    told: BTreeSet<String>,
    tell_at: Option<DateTime<Utc>>,
    away_until: Option<DateTime<Utc>>,
}

impl Tickets {
    pub(crate) fn new(queue: Arc<dyn Queue>) -> Self {
        Self { queue, known: Mutex::default() }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_away(&self, now: DateTime<Utc>) -> bool {
        self.known().away_until.is_some_and(|until| now < until)
    }

    /// Leaves the queue alone for a while.
    fn leave(&self, error: &QueueError, now: DateTime<Utc>) {
        tracing::warn!(%error, "the queue is away: the outbox is asked without it");
        let mut known = self.known();
        known.away_until = now.checked_add_signed(AWAY);
        // What it was told may be lost with it.
        known.told.clear();
    }
}

impl Engine {
    /// Tells the queue what waits in the outbox.
    pub(crate) async fn tell(&self, now: DateTime<Utc>) -> Result<(), DeliveryError> {
        let Some(tickets) = &self.tickets else { return Ok(()) };
        if tickets.is_away(now) || tickets.known().tell_at.is_some_and(|at| now < at) {
            return Ok(());
        }
        let waiting: Vec<Ticket> = self
            .outbox
            .waiting(now, TELL_AT_MOST)
            .await?
            .into_iter()
            .filter(|ticket| ticket.attempts == 0 || now.signed_duration_since(ticket.due) >= GRACE)
            .map(|ticket| {
                let overdue = now.signed_duration_since(ticket.due).num_seconds() / TELL_AGAIN.num_seconds();
                ticket.said_again(u32::try_from(overdue).unwrap_or(u32::MAX))
            })
            .collect();
        let ids: BTreeSet<String> = waiting.iter().map(Ticket::id).collect();
        let news: Vec<Ticket> = {
            let known = tickets.known();
            waiting.into_iter().filter(|ticket| !known.told.contains(&ticket.id())).collect()
        };
        if let Err(error) = tickets.queue.put(&news, now).await {
            tickets.leave(&error, now);
            return Ok(());
        }
        let mut known = tickets.known();
        (known.told, known.tell_at) = (ids, now.checked_add_signed(TELL_EVERY));
        Ok(())
    }

    /// The next batch to look at, with the ticket by which it was found.
    pub(crate) async fn next(&self, claim: &Claim<'_>) -> Result<Option<(Claimed, Option<TakenTicket>)>, OutboxError> {
        let now = claim.now;
        while let Some(tickets) = self.tickets.as_ref().filter(|tickets| !tickets.is_away(now)) {
            let taken = match tickets.queue.take(1, now).await {
                Ok(taken) => taken,
                Err(error) => {
                    tickets.leave(&error, now);
                    break;
                }
            };
            let Some(ticket) = taken.into_iter().next() else { return Ok(None) };
            if let Some(claimed) = self.outbox.claim(&claim.of(ticket.ticket.batch)).await? {
                return Ok(Some((claimed, Some(ticket))));
            }
            // Someone else has it, or it is paused, or nothing more is to be done: when it waits again, it is told again.
            self.hand_in(Some(ticket), None, now).await;
        }
        Ok(self.outbox.claim(claim).await?.map(|claimed| (claimed, None)))
    }

    /// Answers for a ticket, once what was done for its batch is written down.
    pub(crate) async fn hand_in(&self, taken: Option<TakenTicket>, next: Next, now: DateTime<Utc>) {
        let (Some(tickets), Some(taken)) = (&self.tickets, taken) else { return };
        let delay = next.map(|due| due.signed_duration_since(now)).filter(|delay| *delay <= PUT_OFF_AT_MOST);
        let handed_in = match delay {
            Some(delay) => {
                let delay = delay.to_std().unwrap_or(Duration::ZERO);
                tickets.queue.later(&taken, delay, now).await
            }
            None => tickets.queue.done(&taken).await,
        };
        if let Err(error) = handed_in {
            // It is given again, to no harm.
            tickets.leave(&error, now);
        }
    }

    /// When the next round has something to do, where what is due comes by tickets.
    pub(crate) fn with_tickets(&self, due: Next, batches: usize, now: DateTime<Utc>) -> Next {
        let is_used = self.tickets.as_ref().is_some_and(|tickets| !tickets.is_away(now));
        // What is due may be on its way to another worker.
        let soonest = if is_used && batches == 0 { now.checked_add_signed(ASK_AGAIN).unwrap_or(now) } else { now };
        due.map(|due| due.max(soonest))
    }
}
