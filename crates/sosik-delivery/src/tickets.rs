//! How an engine uses a queue: it tells what waits, takes tickets, and asks the outbox itself when the queue is away.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::engine::{Engine, Next};
use crate::{BatchId, Claim, Claimed, DeliveryError, OutboxError, Queue, QueueError, TakenTicket, Ticket};

/// How often the queue is told what waits.
const TELL_EVERY: TimeDelta = TimeDelta::seconds(1);

/// At most so many tickets are told at a time: those that are due longest.
const TELL_AT_MOST: usize = 1_000;

/// What was submitted before comes back by a ticket that was put off; told is only what did not.
const GRACE: TimeDelta = TimeDelta::seconds(5);

/// What is still due after so long, while the queue has nothing more to give, is told again: it was lost.
const TELL_AGAIN: TimeDelta = TimeDelta::seconds(30);

/// A ticket is put off for so long at the most; what is due later is told when it is.
const PUT_OFF_AT_MOST: TimeDelta = TimeDelta::minutes(10);

/// For so long a queue is left alone that did not answer.
const AWAY: TimeDelta = TimeDelta::seconds(3);

/// When nothing came, the queue is asked again after so long, twice as long, and so on until this is a second and a half.
const ASK_AGAIN: TimeDelta = TimeDelta::milliseconds(100);
const DOUBLINGS: u32 = 4;

/// What was told: a batch as it stood.
type Told = (BatchId, u32, DateTime<Utc>);

fn told(ticket: &Ticket) -> Told {
    (ticket.batch, ticket.attempts, ticket.due)
}

/// A queue, and what this engine knows of it. Losing that costs tickets that are told twice.
#[derive(Debug)]
pub(crate) struct Tickets {
    queue: Arc<dyn Queue>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// What waits and was told, and how often it had been told before.
    told: BTreeMap<Told, u32>,
    tell_at: Option<DateTime<Utc>>,
    away_until: Option<DateTime<Utc>>,
    /// How often in a row the queue had nothing.
    empty: u32,
    /// The lanes that have asked the outbox for what they held before.
    begun: BTreeSet<String>,
}

/// What a lane found to do.
pub(crate) enum Found {
    /// A batch, with the ticket by which it was found.
    Batch(Box<Claimed>, Option<TakenTicket>),
    Nothing,
    /// A ticket of a batch that cannot be claimed.
    Vain,
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

    /// Those of what waits that the queue is to be told.
    fn news(&self, waiting: Vec<Ticket>, now: DateTime<Utc>) -> Vec<Ticket> {
        let known = self.known();
        let overdue = |ticket: &Ticket| now.signed_duration_since(ticket.due);
        let is_to_be_told = |ticket: &Ticket| ticket.attempts == 0 || overdue(ticket) >= GRACE;
        let again = |ticket: Ticket| {
            let times = overdue(&ticket).num_seconds() / TELL_AGAIN.num_seconds();
            ticket.said_again(u32::try_from(times).unwrap_or(u32::MAX))
        };
        // As long as the queue has something to give, what was told may be in it still.
        let is_news = |ticket: &Ticket| match known.told.get(&told(ticket)) {
            None => true,
            Some(before) => known.empty > 0 && *before < ticket.again,
        };
        waiting.into_iter().filter(is_to_be_told).map(again).filter(is_news).collect()
    }
}

impl Engine {
    /// Tells the queue what waits in the outbox.
    pub(crate) async fn tell(&self, now: DateTime<Utc>) -> Result<(), DeliveryError> {
        let Some(tickets) = &self.tickets else { return Ok(()) };
        if tickets.is_away(now) || tickets.known().tell_at.is_some_and(|at| now < at) {
            return Ok(());
        }
        let waiting = self.outbox.waiting(now, TELL_AT_MOST).await?;
        let still: BTreeSet<Told> = waiting.iter().map(told).collect();
        let news = tickets.news(waiting, now);
        if let Err(error) = tickets.queue.put(&news, now).await {
            tickets.leave(&error, now);
            return Ok(());
        }
        let mut known = tickets.known();
        known.tell_at = now.checked_add_signed(TELL_EVERY);
        known.told.retain(|of, _| still.contains(of) || of.2 > now);
        known.told.extend(news.iter().map(|ticket| (told(ticket), ticket.again)));
        Ok(())
    }

    /// The next thing for a lane to look at: one ticket at the most.
    pub(crate) async fn next(&self, claim: &Claim<'_>) -> Result<Found, OutboxError> {
        let (now, by_itself) = (claim.now, |claimed: Option<Claimed>| match claimed {
            Some(claimed) => Found::Batch(Box::new(claimed), None),
            None => Found::Nothing,
        });
        let Some(tickets) = self.tickets.as_ref().filter(|tickets| !tickets.is_away(now)) else {
            return Ok(by_itself(self.outbox.claim(claim).await?));
        };
        // What it held when it crashed, or failed, no ticket tells of before its lease runs out.
        if !tickets.known().begun.contains(claim.worker) {
            let claimed = self.outbox.claim(claim).await?;
            tickets.known().begun.insert(claim.worker.to_owned());
            if claimed.is_some() {
                return Ok(by_itself(claimed));
            }
        }
        let taken = match tickets.queue.take(1, now).await {
            Ok(taken) => taken.into_iter().next(),
            Err(error) => {
                tickets.leave(&error, now);
                return Ok(by_itself(self.outbox.claim(claim).await?));
            }
        };
        let Some(ticket) = taken else {
            let mut known = tickets.known();
            known.empty = known.empty.saturating_add(1);
            return Ok(Found::Nothing);
        };
        tickets.known().empty = 0;
        if let Some(claimed) = self.outbox.claim(&claim.of(ticket.ticket.batch)).await? {
            return Ok(Found::Batch(Box::new(claimed), Some(ticket)));
        }
        // It is not due by this clock, or someone else has it, or it is paused, or nothing more is to be done.
        let due = Some(ticket.ticket.due).filter(|due| *due > now);
        self.hand_in(Some(ticket), due, now).await;
        Ok(Found::Vain)
    }

    /// Lets a lane that failed ask for what it holds.
    pub(crate) fn begin_again(&self, lane: &str) {
        if let Some(tickets) = &self.tickets {
            tickets.known().begun.remove(lane);
        }
    }

    /// Answers for a ticket, once what was done for its batch is written down.
    pub(crate) async fn hand_in(&self, taken: Option<TakenTicket>, next: Next, now: DateTime<Utc>) {
        let (Some(tickets), Some(taken)) = (&self.tickets, taken) else { return };
        let later = next.filter(|due| due.signed_duration_since(now) <= PUT_OFF_AT_MOST);
        let handed_in = match later {
            Some(due) => {
                // It comes back by itself: that need not be told.
                tickets.known().told.insert((taken.ticket.batch, taken.ticket.attempts, due), 0);
                let delay = due.signed_duration_since(now).to_std().unwrap_or(Duration::ZERO);
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
        let Some(tickets) = self.tickets.as_ref().filter(|tickets| batches == 0 && !tickets.is_away(now)) else {
            return due;
        };
        // What is due may be on its way to another worker.
        let wait = ASK_AGAIN * (1 << tickets.known().empty.min(DOUBLINGS));
        due.map(|due| due.max(now.checked_add_signed(wait).unwrap_or(now)))
    }
}
