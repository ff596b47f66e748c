//! Everyone in it, and in which order they act.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use futures_util::task::noop_waker;
use sosik_channel::{Outcome, TextMessage};
use sosik_core::PhoneNumber;
use sosik_delivery::{
    BatchId, BatchState, CampaignId, CampaignState, Deed, DeliveryError, Engine, MemoryOutbox, MemoryQueue, Outbox,
    Plan, Queue, QueueError, QueueErrorKind, RecipientState, TakenTicket, Ticket, Transition, Withheld, plan,
};
use sosik_registry::{ConsentEvent, MemorySubscriberStore, Purpose, Segment, SubscriberId, SubscriberStore};
use sosik_schedule::{MessageClass, SendWindow};
use sosik_testkit::{campaign_key, consented, noon, phone};

use crate::dealer::{Dealer, Guard, LIFE};
use crate::fate::Fate;
use crate::ledger::Ledger;

const PEOPLE: u32 = 23;

/// What a process is about.
struct Round {
    future: Pin<Box<dyn Future<Output = Result<(), DeliveryError>>>>,
    now: DateTime<Utc>,
}

struct Process {
    engine: Arc<Engine>,
    round: Option<Round>,
}

/// What happened in a world.
pub(crate) struct Counts {
    pub(crate) crashes: u64,
    pub(crate) faults: u64,
    pub(crate) lookups: u64,
    pub(crate) unknown: u64,
}

pub(crate) struct World {
    fate: Fate,
    guard: Guard,
    kept: Arc<MemoryOutbox>,
    ledger: Arc<Ledger>,
    people: Arc<MemorySubscriberStore>,
    dealer: Arc<Dealer>,
    queue: Option<Arc<dyn Queue>>,
    lanes: usize,
    plan: Plan,
    processes: Vec<Process>,
    now: DateTime<Utc>,
    crashes: u64,
    /// Who said no, and when.
    withdrawn: BTreeMap<String, DateTime<Utc>>,
    cancelled: bool,
}

/// What is done at once, since nobody else has a say in it.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().unwrap()
}

impl World {
    pub(crate) fn new(fate: Fate, guard: Guard, queue: bool) -> Self {
        let (workers, lanes) = (1 + fate.below(3), 1 + fate.below(2));
        Self::of(fate, guard, queue, usize::try_from(workers).unwrap(), usize::try_from(lanes).unwrap())
    }

    /// One worker, and nobody who changes their mind.
    pub(crate) fn quiet(fate: Fate, guard: Guard) -> Self {
        Self::of(fate, guard, false, 1, 1)
    }

    fn of(fate: Fate, guard: Guard, queue: bool, workers: usize, lanes: usize) -> Self {
        let kept = Arc::new(MemoryOutbox::new());
        let ledger = Arc::new(Ledger { kept: Arc::clone(&kept), fate: fate.clone() });
        let people = Arc::new(MemorySubscriberStore::new(1));
        let citizens: Vec<_> = (1..=PEOPLE).map(consented).collect();
        at_once(people.put(&citizens, noon())).unwrap();
        let message = TextMessage::new(phone(0), "(광고)예시시청 소식\n무료수신거부 080-000-0000").unwrap().into();
        let key = campaign_key("w48");
        // Some may go on the next morning, some may not.
        let hours = if fate.below(2) == 0 { 5 } else { 40 };
        let plan = Plan::new(key, message, MessageClass::Advertising, Segment::All, noon(), 5)
            .with_send_by(noon() + TimeDelta::hours(hours));
        let queue = queue.then(|| {
            Arc::new(Lossy { inner: MemoryQueue::new(TimeDelta::minutes(1)), fate: fate.clone() }) as Arc<dyn Queue>
        });
        let mut world = Self {
            dealer: Dealer::new(guard, fate.clone()),
            fate,
            guard,
            kept,
            ledger,
            people,
            queue,
            lanes,
            plan,
            processes: Vec::new(),
            now: noon(),
            crashes: 0,
            withdrawn: BTreeMap::new(),
            cancelled: false,
        };
        for process in 0..workers {
            let engine = world.engine(process);
            world.processes.push(Process { engine, round: None });
        }
        world
    }

    fn id(&self) -> CampaignId {
        self.plan.key.id()
    }

    /// A new process under the name of an old one.
    fn engine(&self, process: usize) -> Arc<Engine> {
        let builder = Engine::builder(
            Arc::clone(&self.ledger) as _,
            Arc::clone(&self.people) as _,
            Arc::clone(&self.dealer) as _,
        )
        .worker(format!("worker-{process}"))
        .lanes(self.lanes)
        .inquire_after(TimeDelta::seconds(20));
        let builder = match &self.queue {
            Some(queue) => builder.queue(Arc::clone(queue)),
            None => builder,
        };
        Arc::new(builder.build())
    }

    /// Begins something in an idle process.
    fn begin(&mut self, process: usize, what: u64) {
        let (now, engine) = (self.now, Arc::clone(&self.processes[process].engine));
        let planned = self.state().is_some_and(|state| state != CampaignState::Approved);
        let future: Pin<Box<dyn Future<Output = Result<(), DeliveryError>>>> = if !planned {
            let (ledger, people, plan_) = (Arc::clone(&self.ledger), Arc::clone(&self.people), self.plan.clone());
            Box::pin(async move { plan(&*ledger, &*people, &plan_, now).await.map(drop) })
        } else if what == 0 {
            // A webhook: any part of what there is to tell, in whatever order, as often as it likes.
            let mut news = self.dealer.news(self.below(25), self.below(9));
            news.reverse();
            Box::pin(async move { engine.record(&news, now).await.map(drop) })
        } else {
            Box::pin(async move { engine.run_due(now, 3).await.map(drop) })
        };
        self.processes[process].round = Some(Round { future, now });
    }

    fn below(&self, limit: u64) -> usize {
        usize::try_from(self.fate.below(limit)).unwrap()
    }

    /// Lets a process go on until it is held up, is done, or crashes.
    fn go_on(&mut self, process: usize) {
        let Some(round) = &mut self.processes[process].round else { return };
        self.fate.enter(process);
        self.dealer.enter(round.now, self.now);
        // No key guards against a process that stands still for longer than it lives.
        if (self.now - round.now).to_std().is_ok_and(|age| age > LIFE * 8 / 10) {
            let engine = self.engine(process);
            self.processes[process] = Process { engine, round: None };
            return;
        }
        let waker = noop_waker();
        let polled = round.future.as_mut().poll(&mut Context::from_waker(&waker));
        if self.fate.take_crash(process) {
            self.crashes += 1;
            let engine = self.engine(process);
            self.processes[process] = Process { engine, round: None };
            return;
        }
        if let Poll::Ready(done) = polled {
            self.processes[process].round = None;
            if let Err(error) = done {
                assert!(is_expected(&error), "{error}: {:?}", std::error::Error::source(&error));
            }
        }
    }

    fn state(&self) -> Option<CampaignState> {
        at_once(self.kept.campaign(self.id())).unwrap().map(|campaign| campaign.state())
    }

    /// Anyone does anything, some hundred times.
    pub(crate) fn live(&mut self) {
        for _ in 0..400 {
            let process = self.below(self.processes.len() as u64);
            match self.fate.below(100) {
                0..70 if self.processes[process].round.is_some() => self.go_on(process),
                0..70 => {
                    let what = self.fate.below(6);
                    self.begin(process, what);
                }
                70..85 => self.now += TimeDelta::milliseconds(i64::try_from(self.fate.below(4_000)).unwrap()),
                85..93 => self.now += TimeDelta::seconds(i64::try_from(self.fate.below(90)).unwrap()),
                93..95 => self.now += TimeDelta::minutes(i64::try_from(self.fate.below(200)).unwrap()),
                95..96 => self.clerk(),
                96..97 => self.citizen(),
                97..98 => self.reopen(),
                _ => self.conserve(),
            }
        }
    }

    /// A clerk halts the campaign, lets it go on, or seldom calls it off.
    fn clerk(&mut self) {
        let deed = match self.fate.below(24) {
            0 => Deed::Cancel,
            1..11 => Deed::Pause,
            _ => Deed::Resume,
        };
        // What cannot follow is refused.
        let done = at_once(self.kept.transition(self.id(), &Transition::new(deed, "clerk", self.now)));
        self.cancelled |= deed == Deed::Cancel && done.is_ok();
    }

    /// A citizen says no.
    fn citizen(&mut self) {
        let number = 1 + u32::try_from(self.below(PEOPLE.into())).unwrap();
        let found = at_once(self.people.find(&phone(number).into())).unwrap().unwrap();
        let said = ConsentEvent::withdrawn(Purpose::Advertising, self.now, "080");
        at_once(self.people.record(found.id, &said)).unwrap();
        self.withdrawn.entry(phone(number).expose().to_owned()).or_insert(self.now);
    }

    /// A person lets what is held go on.
    fn reopen(&mut self) {
        for batch in self.batches() {
            at_once(self.kept.reopen(batch, self.plan.send_by, self.now)).unwrap();
        }
    }

    fn batches(&self) -> Vec<BatchId> {
        (0..PEOPLE.div_ceil(5)).map(|number| BatchId::new(self.id(), number)).collect()
    }

    /// Everyone is somewhere, at any moment.
    fn conserve(&self) {
        let Some(campaign) = at_once(self.kept.campaign(self.id())).unwrap() else { return };
        if campaign.history.is_planned() {
            let tally = at_once(self.kept.tally(self.id())).unwrap();
            assert_eq!(tally.planned(), campaign.audience, "{tally:?}");
        }
    }

    /// One process does its work, whatever befalls it.
    pub(crate) fn settle(&mut self) {
        for _ in 0..2_000 {
            if self.processes[0].round.is_none() {
                if self.state().is_some_and(CampaignState::is_over) {
                    return;
                }
                self.now += TimeDelta::seconds(5);
                self.begin(0, 1);
            }
            self.go_on(0);
        }
        panic!("it does not come to its end: {:?}", at_once(self.kept.tally(self.id())));
    }

    /// Everything is well again, and goes on until nothing is left to do.
    pub(crate) fn end(&mut self) {
        self.fate.calm();
        for process in 0..self.processes.len() {
            self.go_on(process);
            self.processes[process] = Process { engine: self.engine(process), round: None };
        }
        let _ = at_once(self.kept.transition(self.id(), &Transition::new(Deed::Resume, "clerk", self.now)));
        for _ in 0..3_000 {
            self.begin(0, 1);
            self.go_on(0);
            assert!(self.processes[0].round.is_none(), "nothing holds it up any more");
            let planned = self.state().is_some_and(|state| state != CampaignState::Approved);
            if planned && at_once(self.kept.open_campaigns()).unwrap().is_empty() {
                return;
            }
            self.now += TimeDelta::seconds(60);
        }
        panic!("it does not come to its end: {:?}", at_once(self.kept.tally(self.id())));
    }

    /// Whether the ledger and the dealer agree, and nobody was wronged.
    pub(crate) fn judge(&self) {
        self.conserve();
        let taken = self.dealer.taken();
        let mut by_phone: BTreeMap<&str, u32> = BTreeMap::new();
        for message in &taken {
            *by_phone.entry(&message.phone).or_default() += 1;
            assert!(message.at >= self.plan.send_at && message.at < self.plan.send_by, "sent at {}", message.at);
            assert!(SendWindow::statutory_day().is_open(message.at), "sent at {}", message.at);
            let no = self.withdrawn.get(&message.phone);
            // Whoever was about to be sent to when they said no has it.
            assert!(no.is_none_or(|no| message.at <= *no), "sent at {} to one who said no at {no:?}", message.at);
        }
        let twice: Vec<_> = by_phone.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "sent to twice: {twice:?}");
        let mut seen = 0;
        for id in self.batches() {
            let Some(batch) = at_once(self.kept.batch(id)).unwrap() else { continue };
            for (index, state) in batch.outcomes.iter().enumerate() {
                seen += 1;
                let truth = taken.iter().find(|message| message.reference == id.reference(index));
                let phone = self.phone_of(batch.recipients[index]);
                assert!(truth.is_none_or(|message| message.phone == phone), "it went to someone else");
                let said_no = self.withdrawn.contains_key(&phone);
                let agrees = match (&state, truth.map(|message| &message.outcome)) {
                    (RecipientState::Delivered, Some(Outcome::Delivered)) => true,
                    (RecipientState::Suppressed(Withheld::Cancelled), None) => self.cancelled,
                    (RecipientState::Suppressed(_), None) => said_no,
                    (RecipientState::Failed { code, .. }, Some(Outcome::Failed { code: told, .. })) => code == told,
                    (RecipientState::Failed { code, .. }, None) => {
                        phone.ends_with('7') && (code == "3008" || code == "not-taken")
                    }
                    (RecipientState::Unknown, _) => match self.guard {
                        Guard::Handles => false,
                        // A key guards unless it ran out, the campaign stopped, or they said no meanwhile.
                        Guard::Keys => said_no || self.cancelled || self.now - self.plan.send_at > key_life(),
                        Guard::None => true,
                    },
                    (RecipientState::Pending, None) => batch.state == BatchState::Held,
                    // What may have arrived, and is held, is looked up when a person lets it go on.
                    (RecipientState::Pending, Some(_)) => batch.state == BatchState::Held && batch.first_sent.is_some(),
                    _ => false,
                };
                assert!(agrees, "{id}.{index} is {state:?} in {:?}, and in truth {truth:?}", batch.state);
            }
        }
        let campaign = at_once(self.kept.campaign(self.id())).unwrap().unwrap();
        assert_eq!(seen, campaign.audience, "everyone has a place");
        if !self.cancelled && self.withdrawn.is_empty() {
            assert_eq!(campaign.audience, u64::from(PEOPLE));
        }
    }

    fn phone_of(&self, person: SubscriberId) -> String {
        let is_theirs = |number: &PhoneNumber| {
            at_once(self.people.find(&number.clone().into())).unwrap().is_some_and(|found| found.id == person)
        };
        (1..=PEOPLE).map(phone).find(is_theirs).map(|number| number.expose().to_owned()).unwrap()
    }

    pub(crate) fn has_struck(&self) -> bool {
        self.fate.struck() > 0
    }

    pub(crate) fn counts(&self) -> Counts {
        let unknown = at_once(self.kept.tally(self.id())).unwrap().unknown;
        Counts { crashes: self.crashes, faults: self.fate.struck(), lookups: self.dealer.finds(), unknown }
    }
}

/// For how long an engine relies on a key.
fn key_life() -> TimeDelta {
    TimeDelta::from_std(LIFE).unwrap() * 9 / 10
}

/// What a process may come back with: something is away, or another process was faster.
fn is_expected(error: &DeliveryError) -> bool {
    use sosik_delivery::OutboxError::{PlanningLost, Transition};
    error.is_retryable() || matches!(error, DeliveryError::Outbox(PlanningLost { .. } | Transition { .. }))
}

/// A queue that loses some tickets, and may be away.
#[derive(Debug)]
struct Lossy {
    inner: MemoryQueue,
    fate: Fate,
}

fn away(_done: bool) -> QueueError {
    QueueError::new(QueueErrorKind::Unavailable, "the queue is away")
}

#[async_trait]
impl Queue for Lossy {
    async fn put(&self, tickets: &[Ticket], now: DateTime<Utc>) -> Result<(), QueueError> {
        let kept: Vec<Ticket> = tickets.iter().filter(|_| self.fate.below(20) != 1).cloned().collect();
        self.fate.call(self.inner.put(&kept, now), away).await
    }
    async fn take(&self, limit: usize, now: DateTime<Utc>) -> Result<Vec<TakenTicket>, QueueError> {
        self.fate.call(self.inner.take(limit, now), away).await
    }
    async fn done(&self, taken: &TakenTicket) -> Result<(), QueueError> {
        self.fate.call(self.inner.done(taken), away).await
    }
    async fn later(&self, taken: &TakenTicket, delay: Duration, now: DateTime<Utc>) -> Result<(), QueueError> {
        self.fate.call(self.inner.later(taken, delay, now), away).await
    }
}
