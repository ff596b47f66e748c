//! What an engine does with a queue that is slow, empty, full of what is done, or of another opinion on the time.

use std::sync::Mutex;

use sosik_delivery::{BatchId, Claim, MemoryQueue, Queue, QueueError, TakenTicket, Ticket};

use super::*;

/// A queue that notes what it is told, and gives nothing unless it may.
#[derive(Debug)]
struct Noted {
    queue: MemoryQueue,
    put: Mutex<Vec<Ticket>>,
    gives: bool,
}

impl Noted {
    fn new(gives: bool) -> Arc<Self> {
        Arc::new(Self { queue: MemoryQueue::new(TimeDelta::minutes(1)), put: Mutex::default(), gives })
    }

    fn told(&self) -> usize {
        self.put.lock().unwrap().len()
    }
}

#[sosik_channel::async_trait]
impl Queue for Noted {
    async fn put(&self, tickets: &[Ticket], now: DateTime<Utc>) -> Result<(), QueueError> {
        self.put.lock().unwrap().extend_from_slice(tickets);
        self.queue.put(tickets, now).await
    }
    async fn take(&self, limit: usize, now: DateTime<Utc>) -> Result<Vec<TakenTicket>, QueueError> {
        self.queue.take(if self.gives { limit } else { 0 }, now).await
    }
    async fn done(&self, taken: &TakenTicket) -> Result<(), QueueError> {
        self.queue.done(taken).await
    }
    async fn later(&self, taken: &TakenTicket, delay: Duration, now: DateTime<Utc>) -> Result<(), QueueError> {
        self.queue.later(taken, delay, now).await
    }
}

#[tokio::test]
async fn tickets_of_what_cannot_be_claimed_count_as_looked_at() {
    let city = City::of(1).await;
    let queue = Arc::new(MemoryQueue::new(TimeDelta::minutes(1)));
    let vain =
        |number| Ticket::new(BatchId::new(campaign_key("gone").id(), number), campaign_key("gone").channel, noon());
    queue.put(&(0..50).map(vain).collect::<Vec<_>>(), noon()).await.unwrap();
    let engine = city.engine().queue(Arc::clone(&queue) as _).build();
    assert_eq!(engine.run_due(noon(), 5).await.unwrap().batches, 5);
    assert_eq!(queue.take(100, noon()).await.unwrap().len(), 45);
}

#[tokio::test]
async fn what_is_due_later_by_this_clock_is_put_off_and_not_dropped() {
    let city = City::of(10).await;
    let campaign = city.friday().await;
    let queue = Noted::new(true);
    let ahead = Ticket::new(BatchId::new(campaign.id, 0), campaign.key.channel, noon());
    queue.queue.put(&[ahead], noon()).await.unwrap();
    let engine = city.engine().queue(Arc::clone(&queue) as _).build();
    let early = noon() - TimeDelta::seconds(2);
    assert_eq!(engine.run_due(early, 5).await.unwrap().batches, 1);
    assert!(queue.take(1, early).await.unwrap().is_empty());
    engine.run_due(noon(), 5).await.unwrap();
    assert_eq!((city.transport.sent().len(), queue.told()), (10, 0), "by the ticket that was put off");
}

#[tokio::test]
async fn a_backlog_is_told_once_and_what_the_queue_lost_again() {
    let city = City::of(300).await;
    city.friday().await;
    let queue = Noted::new(true);
    let engine = city.engine().queue(Arc::clone(&queue) as _).build();
    // Slower than what waits: it goes on for a minute and longer.
    for round in 0..60 {
        engine.run_due(noon() + TimeDelta::seconds(round * 3), 1).await.unwrap();
    }
    assert_eq!(queue.told(), 30, "each batch once");
    assert_eq!(city.transport.sent().len(), 300);

    let city = City::of(20).await;
    city.friday().await;
    let empty = Noted::new(false);
    let engine = city.engine().queue(Arc::clone(&empty) as _).build();
    // The first round asks the outbox for what it held before, and so sends one.
    for second in 0..65 {
        engine.run_due(noon() + TimeDelta::seconds(second), 1).await.unwrap();
    }
    assert_eq!(city.transport.sent().len(), 10);
    let ids: Vec<String> = empty.put.lock().unwrap().iter().filter(|of| of.batch.number == 1).map(Ticket::id).collect();
    assert_eq!(ids.len(), 3, "at once, after thirty seconds, and after a minute: {ids:?}");
}

#[tokio::test]
async fn a_worker_that_begins_again_has_its_own_batch_at_once() {
    let city = City::of(10).await;
    let campaign = city.friday().await;
    let lost = city.outbox.claim(&Claim::new("engine", noon(), TimeDelta::minutes(1))).await.unwrap().unwrap();
    assert_eq!(lost.batch.id.campaign, campaign.id);
    let now = noon() + TimeDelta::seconds(1);
    let engine = city.engine().queue(Noted::new(false)).build();
    engine.run_due(now, 5).await.unwrap();
    assert_eq!(city.transport.sent().len(), 10);
}

/// While there is nothing to do a worker asks more and more seldom.
#[tokio::test]
async fn an_idle_queue_is_asked_more_and_more_seldom() {
    let city = City::of(10).await;
    city.friday().await;
    let held = city.outbox.claim(&Claim::new("another", noon(), TimeDelta::minutes(1))).await.unwrap();
    assert!(held.is_some());
    let engine = city.engine().poll_every(TimeDelta::hours(1)).queue(Noted::new(true)).build();
    let (mut now, mut rounds) = (noon(), 0);
    while now < noon() + TimeDelta::seconds(50) {
        now = engine.run_due(now, 5).await.unwrap().next_due.unwrap().max(now + TimeDelta::milliseconds(50));
        rounds += 1;
    }
    assert!(rounds < 40, "{rounds}");
}
