//! A group send: processes that hand it over, watch it and stop it, a clerk who changes their mind, and a dealer that
//! resumes by itself in the morning and never tells a handle twice.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};

use async_trait::async_trait;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use futures_util::FutureExt;
use futures_util::task::noop_waker;
use sosik_channel::{
    GroupRules, GroupSend, GroupSendState, GroupSendStatus, GroupSender, Message, Outlook, SendError, SendErrorKind,
    Started, TemplateRef, TextMessage,
};
use sosik_delivery::{
    Attestation, Campaign, CampaignState, Deed, DeliveryError, Evidence, Friends, FriendsEngine, FriendsStep,
    MemoryOutbox, Missed, Outbox, OutboxError, Plan, Transition, extend, plan_friends,
};
use sosik_registry::Segment;
use sosik_schedule::MessageClass;
use sosik_testkit::{campaign_key, noon, phone};

use crate::fate::Fate;
use crate::ledger::Ledger;

const FRIENDS: u64 = 6_000;
const RATE: u32 = 5;
const TICK: TimeDelta = TimeDelta::seconds(10);

#[derive(Debug)]
struct Group {
    name: String,
    starts: DateTime<Utc>,
    status: GroupSendStatus,
    /// Whether someone paused it, and not the night.
    by_hand: bool,
    sent: u64,
}

#[derive(Debug)]
struct State {
    now: DateTime<Utc>,
    group: Option<Group>,
    starts: u32,
    /// When someone was last sent to.
    last_sent: Option<DateTime<Utc>>,
    refuses: bool,
}

/// Whoever sends to the friends.
#[derive(Debug)]
struct Dealer {
    fate: Fate,
    rules: GroupRules,
    state: Mutex<State>,
}

fn error(done: bool) -> SendError {
    let kind = if done { SendErrorKind::OutcomeUnknown } else { SendErrorKind::Unavailable };
    SendError::new(kind, "dealer")
}

/// Of what may be asked again.
fn away(_done: bool) -> SendError {
    SendError::new(SendErrorKind::Unavailable, "dealer")
}

impl Dealer {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Time passes, ten seconds at a time, and what goes goes.
    fn until(&self, now: DateTime<Utc>) {
        let mut state = self.lock();
        while state.now < now {
            if state.group.as_ref().is_none_or(|group| group.status.is_final() || group.by_hand) {
                state.now = now;
                return;
            }
            state.now += TICK;
            let at = state.now;
            let open =
                at < self.rules.closing(at) && at >= self.rules.earliest(at - self.rules.lead - TimeDelta::minutes(2));
            let Some(group) = &mut state.group else { continue };
            if at < group.starts {
                continue;
            }
            if !open {
                group.status = GroupSendStatus::Paused;
                continue;
            }
            group.status = GroupSendStatus::Sending;
            group.sent = (group.sent + 10 * u64::from(RATE)).min(FRIENDS);
            if group.sent == FRIENDS {
                group.status = GroupSendStatus::Done;
            }
            state.last_sent = Some(at);
        }
    }

    fn seen(group: &Group) -> GroupSendState {
        GroupSendState::new("7", group.status.clone())
            .with_counts(Some(FRIENDS), Some(group.sent))
            .with_plan(Some(group.name.clone()), Some(group.starts))
    }

    fn change(&self, change: impl FnOnce(&mut Group)) -> Result<GroupSendState, SendError> {
        let mut state = self.lock();
        let group = state.group.as_mut().ok_or_else(|| SendError::new(SendErrorKind::InvalidContent, "dealer"))?;
        if !group.status.is_final() {
            change(group);
        }
        Ok(Self::seen(group))
    }
}

#[async_trait]
impl GroupSender for Dealer {
    fn name(&self) -> &'static str {
        "dealer"
    }
    fn rules(&self) -> &GroupRules {
        &self.rules
    }
    async fn outlook(&self, plan: &GroupSend) -> Result<Outlook, SendError> {
        let finishes = self.rules.finishes(plan.starts, FRIENDS.div_ceil(u64::from(RATE)));
        self.fate.call(async { Ok(Outlook::new(FRIENDS, FRIENDS, finishes)) }, away).await
    }
    async fn register(&self, name: &str, _: &Message) -> Result<TemplateRef, SendError> {
        self.fate.call(async { Ok(TemplateRef::new(name)) }, away).await
    }
    async fn start(&self, plan: &GroupSend, _: &TemplateRef) -> Result<Started, SendError> {
        let start = async {
            let mut state = self.lock();
            if state.refuses || self.rules.check(plan, state.now).is_err() {
                return Err(SendError::new(SendErrorKind::InvalidContent, "dealer"));
            }
            if let Some(group) = &state.group {
                assert_eq!(group.name, plan.campaign, "another name would send it twice");
                return Ok(Started::before(None));
            }
            state.starts += 1;
            let (name, starts) = (plan.campaign.clone(), plan.starts);
            let group = Group { name, starts, status: GroupSendStatus::Ready, by_hand: false, sent: 0 };
            Ok(Started::Now(Self::seen(state.group.insert(group))))
        };
        self.fate.call(start, error).await
    }
    async fn state(&self, _: &str) -> Result<GroupSendState, SendError> {
        self.fate.call(async { self.change(|_| ()) }, away).await
    }
    async fn pause(&self, _: &str) -> Result<GroupSendState, SendError> {
        let pause = |group: &mut Group| (group.status, group.by_hand) = (GroupSendStatus::Paused, true);
        self.fate.call(async { self.change(pause) }, away).await
    }
    async fn resume(&self, _: &str) -> Result<GroupSendState, SendError> {
        let resume = |group: &mut Group| (group.status, group.by_hand) = (GroupSendStatus::Sending, false);
        self.fate.call(async { self.change(resume) }, away).await
    }
    async fn terminate(&self, _: &str) -> Result<GroupSendState, SendError> {
        self.fate.call(async { self.change(|group| group.status = GroupSendStatus::Terminated) }, away).await
    }
}

type Round = Pin<Box<dyn Future<Output = Result<FriendsStep, DeliveryError>>>>;

struct World {
    fate: Fate,
    kept: Arc<MemoryOutbox>,
    ledger: Arc<Ledger>,
    dealer: Arc<Dealer>,
    plan: Plan,
    missed: Missed,
    processes: Vec<Option<Round>>,
    now: DateTime<Utc>,
    crashes: u64,
    asks: Vec<String>,
    /// When it was called off, and when all was well again.
    cancelled: Option<DateTime<Utc>>,
    calm: Option<DateTime<Utc>>,
}

fn at_once<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().unwrap()
}

impl World {
    fn new(fate: Fate, workers: usize) -> Self {
        let kept = Arc::new(MemoryOutbox::new());
        let ledger = Arc::new(Ledger { kept: Arc::clone(&kept), fate: fate.clone() });
        let hour = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
        let rules = GroupRules::new(TimeDelta::minutes(10), (hour(8, 0), hour(20, 50)), 10, "test");
        let message = TextMessage::new(phone(0), "소식").unwrap().into();
        let send_at = noon() + TimeDelta::hours(3);
        // Some have hours for it, some have minutes.
        let until = [rules.closing(send_at), send_at + TimeDelta::minutes(25)];
        let plan = Plan::new(campaign_key("w48"), message, MessageClass::Advertising, Segment::All, send_at, 1)
            .to_friends(Friends::all().with_rate(RATE))
            .with_send_by(until[usize::try_from(fate.below(2)).unwrap()]);
        let missed = [Missed::Ask, Missed::Skip, Missed::Within(TimeDelta::days(1))];
        let missed = missed[usize::try_from(fate.below(3)).unwrap()];
        let now = send_at - TimeDelta::minutes(16);
        let state = State { now, group: None, starts: 0, last_sent: None, refuses: false };
        let dealer = Arc::new(Dealer { fate: fate.clone(), rules, state: Mutex::new(state) });
        let processes = (0..workers).map(|_| None).collect();
        let (crashes, asks, cancelled, calm) = (0, Vec::new(), None, None);
        Self { fate, kept, ledger, dealer, plan, missed, processes, now, crashes, asks, cancelled, calm }
    }

    fn begin(&mut self, process: usize) {
        let (ledger, dealer) = (Arc::clone(&self.ledger), Arc::clone(&self.dealer));
        let (plan, missed, now) = (self.plan.clone(), self.missed, self.now);
        self.processes[process] = Some(Box::pin(async move {
            let state = ledger.campaign(plan.key.id()).await?.map(|campaign| campaign.state());
            if state.is_none_or(|state| state == CampaignState::Approved) {
                plan_friends(&*ledger, &*dealer, &plan, now).await?;
                return Ok(FriendsStep::default());
            }
            let engine = FriendsEngine::new(ledger, plan.key.channel.clone(), dealer).with_missed(missed);
            engine.run_due(now).await
        }));
    }

    fn go_on(&mut self, process: usize) {
        self.dealer.until(self.now);
        let Some(round) = &mut self.processes[process] else { return };
        self.fate.enter(process);
        let waker = noop_waker();
        let polled = round.as_mut().poll(&mut Context::from_waker(&waker));
        if self.fate.take_crash(process) {
            self.crashes += 1;
            self.processes[process] = None;
            return;
        }
        let Poll::Ready(done) = polled else { return };
        self.processes[process] = None;
        match done {
            Ok(step) => self.asks = step.asks.into_iter().map(|(_, why)| why).collect(),
            Err(error) => {
                let faster = matches!(
                    error,
                    DeliveryError::Outbox(OutboxError::PlanningLost { .. } | OutboxError::Transition { .. })
                );
                assert!(error.is_retryable() || faster, "{error}");
            }
        }
    }

    fn campaign(&self) -> Option<Campaign> {
        at_once(self.kept.campaign(self.plan.key.id())).unwrap()
    }

    fn live(&mut self) {
        for _ in 0..300 {
            let process = usize::try_from(self.fate.below(self.processes.len() as u64)).unwrap();
            match self.fate.below(100) {
                0..70 if self.processes[process].is_some() => self.go_on(process),
                0..70 => self.begin(process),
                70..96 => self.now += TimeDelta::seconds(i64::try_from(self.fate.below(60)).unwrap()),
                96..97 => self.now += TimeDelta::minutes(i64::try_from(self.fate.below(40)).unwrap()),
                _ => self.clerk(),
            }
        }
    }

    fn clerk(&mut self) {
        let deed = match self.fate.below(24) {
            0 => Deed::Cancel,
            1..11 => Deed::Pause,
            _ => Deed::Resume,
        };
        self.says(deed);
    }

    /// What cannot follow is refused.
    fn says(&mut self, deed: Deed) {
        let done = at_once(self.kept.transition(self.plan.key.id(), &Transition::new(deed, "clerk", self.now)));
        if deed == Deed::Cancel && done.is_ok() {
            self.cancelled = Some(self.now);
        }
    }

    /// One process does its work, whatever befalls it.
    fn settle(&mut self) {
        for _ in 0..2_000 {
            if self.processes[0].is_none() {
                if self.campaign().is_some_and(|campaign| campaign.state().is_over()) || !self.asks.is_empty() {
                    return;
                }
                self.now += TimeDelta::seconds(15);
                self.begin(0);
            }
            self.go_on(0);
        }
        panic!("it does not come to its end: {:?}", self.campaign());
    }

    /// All is well again: one process looks every half minute, for three days at the most.
    fn end(&mut self) {
        self.fate.calm();
        for process in 0..self.processes.len() {
            self.go_on(process);
            self.processes[process] = None;
        }
        self.calm = Some(self.now);
        self.says(Deed::Resume);
        let last = self.plan.send_by + TimeDelta::days(3);
        while self.now < last {
            self.begin(0);
            self.go_on(0);
            assert!(self.processes[0].is_none(), "nothing holds it up any more");
            let open = at_once(self.kept.open_campaigns()).unwrap();
            if self.campaign().is_some_and(|campaign| campaign.history.is_planned()) && open.is_empty() {
                break;
            }
            // What a person is asked about does not change by the minute.
            self.now += if self.asks.is_empty() { TimeDelta::seconds(30) } else { TimeDelta::minutes(10) };
        }
        self.dealer.until(last + TimeDelta::days(1));
    }

    fn judge(&self) {
        let campaign = self.campaign().unwrap();
        let (known, dealer) = (&campaign.evidence, self.dealer.lock());
        assert!(dealer.starts <= 1, "it was started {} times", dealer.starts);
        let sent = dealer.group.as_ref().map_or(0, |group| group.sent);
        if let Some(last) = dealer.last_sent {
            assert!(dealer.group.as_ref().unwrap().starts >= self.plan.send_at);
            // Whoever watches looks every half minute, unless they were all away.
            let grace = TimeDelta::minutes(45);
            assert!(
                last <= campaign.deadline() + grace,
                "sent at {last}, and its time was over at {}",
                campaign.deadline()
            );
            // Whatever nobody can stop ends in time by itself.
            assert!(known.handle.is_some() || last <= campaign.deadline(), "sent at {last} and not watched");
            if let (Some(cancelled), Some(calm), true) = (self.cancelled, self.calm, known.handle.is_some()) {
                assert!(
                    last <= cancelled.max(calm) + TimeDelta::minutes(1),
                    "sent at {last}, called off at {cancelled}"
                );
            }
        }
        match campaign.state() {
            CampaignState::Settled => assert_eq!((known.sent, sent), (Some(FRIENDS), FRIENDS)),
            CampaignState::Expired | CampaignState::Cancelled if known.handle.is_some() => {
                assert_eq!(known.sent, Some(sent), "{known:?}");
            }
            CampaignState::Expired => assert_eq!(sent, 0, "{known:?}"),
            CampaignState::Cancelled if !known.is_in_doubt() => assert_eq!(sent, 0, "{known:?}"),
            // A person is asked, and nothing is claimed.
            state => {
                assert!(!self.asks.is_empty(), "{state}: {known:?}");
                assert!(known.is_in_doubt() || sent == 0, "{state}: {known:?}");
            }
        }
    }
}

fn play(seeds: u64) {
    let seeds = super::asked("SOSIK_SEEDS").unwrap_or(seeds);
    let asked = super::asked("SOSIK_SEED");
    let (mut crashes, mut ends) = (0, std::collections::BTreeMap::<String, u32>::new());
    for seed in asked.map_or(0..seeds, |seed| seed..seed + 1) {
        let told = std::panic::catch_unwind(|| {
            let mut world = World::new(Fate::of_seed(seed), 1 + usize::try_from(seed % 3).unwrap());
            world.live();
            world.end();
            world.judge();
            let campaign = world.campaign().unwrap();
            let end =
                if campaign.evidence.is_in_doubt() { "in doubt".to_owned() } else { campaign.state().to_string() };
            (world.crashes, end)
        });
        let Ok((times, end)) = told else { panic!("seed {seed} of a group send") };
        crashes += times;
        *ends.entry(end).or_default() += 1;
    }
    println!("{crashes} crashes; ends: {ends:?}");
    assert!(asked.is_some() || crashes > 0 && ends.len() > 2, "{ends:?}");
}

#[test]
fn whatever_happens_a_group_send_starts_once_and_never_on_saturday() {
    play(600);
}

#[test]
fn every_step_of_a_group_send_crashed_once_is_taken_up_by_the_next_process() {
    use crate::fate::Last::{CrashAfter, CrashBefore, FailAfter, FailBefore};
    for last in [CrashBefore, CrashAfter, FailBefore, FailAfter] {
        let mut calls = 0;
        for n in 1.. {
            let mut world = World::new(Fate::at_call(n, last), 1);
            world.settle();
            let struck = world.fate.struck() > 0;
            world.end();
            world.judge();
            let campaign = world.campaign().unwrap();
            let is_well = campaign.state() == CampaignState::Settled || campaign.evidence.is_in_doubt();
            assert!(is_well, "{last:?} at call {n}: {} {:?}", campaign.state(), campaign.evidence);
            if !struck {
                break;
            }
            calls = n;
        }
        println!("{last:?} at each of {calls} calls");
        assert!(calls > 20, "{calls} calls of a whole group send");
    }
}

/// What a person wants reaches the provider with the next round.
#[test]
fn a_pause_a_resumption_and_a_cancellation_reach_the_provider() {
    let mut world = World::new(Fate::at_call(u64::MAX, crate::fate::Last::FailBefore), 1);
    let look = |world: &mut World, minutes: i64| {
        world.now += TimeDelta::minutes(minutes);
        world.begin(0);
        world.go_on(0);
        let state = world.dealer.lock();
        state.group.as_ref().map(|group| (group.status.clone(), group.sent))
    };
    assert_eq!(look(&mut world, 0), None);
    assert_eq!(look(&mut world, 4), Some((GroupSendStatus::Ready, 0)));
    let Some((GroupSendStatus::Sending, before)) = look(&mut world, 15) else { panic!("it goes") };
    world.says(Deed::Pause);
    let Some((GroupSendStatus::Paused, halted)) = look(&mut world, 0) else { panic!("it halts") };
    assert!(before > 0 && halted == before);
    assert_eq!(look(&mut world, 3), Some((GroupSendStatus::Paused, halted)));
    world.says(Deed::Resume);
    assert_eq!(look(&mut world, 0), Some((GroupSendStatus::Sending, halted)));
    let Some((GroupSendStatus::Sending, after)) = look(&mut world, 1) else { panic!("it goes on") };
    assert!(after > halted);
    // Someone paused it in the provider's own console: nobody here undoes that.
    world.dealer.change(|group| (group.status, group.by_hand) = (GroupSendStatus::Paused, true)).unwrap();
    assert_eq!(look(&mut world, 1), Some((GroupSendStatus::Paused, after)));
    assert!(world.asks[0].contains("it stands still at the provider"), "{:?}", world.asks);
    world.says(Deed::Cancel);
    assert_eq!(look(&mut world, 0), Some((GroupSendStatus::Terminated, after)));
    assert_eq!(world.campaign().unwrap().evidence.sent, Some(after));
    assert!(at_once(world.kept.open_campaigns()).unwrap().is_empty());
}

/// What nobody handed over on Friday is asked about, let go on by a person, and sent within its new time.
#[test]
fn a_missed_friday_is_asked_about_skipped_or_caught_up() {
    for (missed, at_the_end) in [
        (Missed::Ask, CampaignState::Settled),
        (Missed::Skip, CampaignState::Expired),
        (Missed::Within(TimeDelta::days(1)), CampaignState::Settled),
        (Missed::Within(TimeDelta::minutes(30)), CampaignState::Expired),
    ] {
        let mut world = World::new(Fate::at_call(u64::MAX, crate::fate::Last::FailBefore), 1);
        world.missed = missed;
        world.begin(0);
        world.go_on(0);
        // Nobody was there until the evening, when it is closed.
        world.now = world.plan.send_by + TimeDelta::hours(1);
        world.begin(0);
        world.go_on(0);
        if missed == Missed::Ask {
            assert!(world.asks[0].contains("let it go on, or cancel it"), "{:?}", world.asks);
            let morning = world.plan.send_by + TimeDelta::hours(16);
            at_once(extend(&*world.kept, world.plan.key.id(), morning, "head", world.now)).unwrap();
        }
        world.end();
        world.judge();
        let campaign = world.campaign().unwrap();
        assert_eq!(campaign.state(), at_the_end, "{missed:?}: {campaign:?}");
        let last = world.dealer.lock().last_sent;
        assert!(last.is_none_or(|last| last <= campaign.deadline()));
    }
}

/// Whatever its plan says, a group send ends with the hours of its own day: what would go on the next morning is not begun.
#[test]
fn a_group_send_ends_on_its_own_day() {
    let mut world = World::new(Fate::at_call(u64::MAX, crate::fate::Last::FailBefore), 1);
    // Twenty minutes of sending, and a quarter of an hour before the night.
    let closing = world.dealer.rules.closing(world.plan.send_at);
    world.plan.send_at = closing - TimeDelta::minutes(15);
    world.plan.send_by = world.plan.send_at + TimeDelta::days(1);
    world.now = world.plan.send_at - TimeDelta::minutes(15);
    for _ in 0..2 {
        world.begin(0);
        world.go_on(0);
    }
    assert_eq!(world.campaign().unwrap().deadline(), closing);
    assert!(world.asks[0].contains("6000 friends would be reached by"), "{:?}", world.asks);
    assert_eq!(world.dealer.lock().starts, 0);
}

/// Of what someone attested to nothing is handed over any more, and what the dealer refuses a second time neither.
#[test]
fn what_is_in_doubt_is_not_handed_over_without_end() {
    for attested in [false, true] {
        let mut world = World::new(Fate::at_call(u64::MAX, crate::fate::Last::FailBefore), 1);
        world.begin(0);
        world.go_on(0);
        let id = world.plan.key.id();
        let mut known = Evidence::asking("look", world.now);
        (known.asked, known.template) = (Some(world.now), Some("T".to_owned()));
        known.attestation = attested.then(|| Attestation::new("clerk", world.now).to(0));
        at_once(world.kept.note(id, &known)).unwrap();
        world.says(Deed::Start);
        // The first time it is refused; from then on it would be taken.
        world.dealer.lock().refuses = true;
        for _ in 0..5 {
            world.begin(0);
            world.go_on(0);
            world.now += TimeDelta::minutes(5);
            world.dealer.lock().refuses = false;
        }
        assert_eq!(world.dealer.lock().starts, 0, "attested: {attested}");
        let state = world.campaign().unwrap().state();
        assert_eq!(state, if attested { CampaignState::Settled } else { CampaignState::Sending });
        assert_eq!(world.asks.len(), usize::from(!attested));
    }
}

/// What the provider refuses for certain is not in doubt: it goes when the provider takes it.
#[test]
fn what_is_refused_is_asked_about_and_tried_again() {
    let mut world = World::new(Fate::at_call(u64::MAX, crate::fate::Last::FailBefore), 1);
    world.dealer.lock().refuses = true;
    for _ in 0..3 {
        world.begin(0);
        world.go_on(0);
        world.now += TimeDelta::minutes(1);
    }
    let campaign = world.campaign().unwrap();
    assert!(world.asks[0].contains("the provider refuses it"), "{:?}", world.asks);
    assert!(!campaign.evidence.is_open() && campaign.evidence.ask.is_some());
    world.dealer.lock().refuses = false;
    world.end();
    world.judge();
    assert_eq!(world.campaign().unwrap().state(), CampaignState::Settled);
}
