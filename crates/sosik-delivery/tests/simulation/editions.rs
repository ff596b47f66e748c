//! One edition through the channels of a city, planned by several processes at once while people come to channels and leave
//! them: everyone whom a channel reaches is chosen for one of them, and nobody for two.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use chrono::TimeDelta;
use futures_util::FutureExt;
use futures_util::task::noop_waker;
use sosik_channel::TextMessage;
use sosik_core::ChannelId;
use sosik_delivery::{CampaignKey, CampaignState, DeliveryError, MemoryOutbox, Outbox, OutboxError, Plan, plan};
use sosik_registry::{
    Event, Identity, MemorySubscriberStore, Relation, RelationState, Segment, SubscriberId, SubscriberStore,
    Suppression,
};
use sosik_schedule::MessageClass;
use sosik_testkit::{campaign_key, consented, noon, phone};

use crate::fate::Fate;
use crate::ledger::Ledger;

const PEOPLE: u32 = 20;
const CHANNELS: [&str; 3] = ["district", "other", "city"];

type Round = Pin<Box<dyn Future<Output = Result<(), DeliveryError>>>>;

struct World {
    fate: Fate,
    kept: Arc<MemoryOutbox>,
    ledger: Arc<Ledger>,
    people: Arc<MemorySubscriberStore>,
    processes: Vec<Option<Round>>,
    crashes: u64,
}

fn key(channel: &str) -> CampaignKey {
    let mut key = campaign_key("w48");
    key.channel = ChannelId::parse(channel).unwrap();
    key
}

fn request(channel: &str) -> Plan {
    let message = TextMessage::new(phone(0), "(광고)예시시청 소식\n무료수신거부 080-000-0000").unwrap().into();
    let segment = if channel == "city" { Segment::All } else { Segment::Channel(ChannelId::parse(channel).unwrap()) };
    Plan::new(key(channel), message, MessageClass::Advertising, segment, noon(), 3)
}

impl World {
    fn new(fate: Fate) -> Self {
        let kept = Arc::new(MemoryOutbox::new());
        let people = MemorySubscriberStore::new(1);
        let known = |number: u32| consented(number).with_identity(Identity::AppUser(number.to_string()));
        let known: Vec<_> = (1..=PEOPLE).map(known).collect();
        people.put(&known, noon()).now_or_never().unwrap().unwrap();
        let ledger = Arc::new(Ledger { kept: Arc::clone(&kept), fate: fate.clone() });
        let processes = (0..3).map(|_| None).collect();
        Self { fate, kept, ledger, people: Arc::new(people), processes, crashes: 0 }
    }

    /// Someone adds a district's channel, or leaves it.
    fn citizen(&self, second: i64) {
        let number = 1 + self.fate.below(PEOPLE.into());
        let state = if self.fate.below(3) == 0 { RelationState::Left } else { RelationState::Added };
        let channel = ChannelId::parse(CHANNELS[usize::try_from(self.fate.below(2)).unwrap()]).unwrap();
        let at = noon() - TimeDelta::days(1) + TimeDelta::seconds(second);
        let said = Event::related(Identity::AppUser(number.to_string()), Relation::new(channel, state, at, "webhook"));
        self.people.apply(&[said], at).now_or_never().unwrap().unwrap();
    }

    fn go_on(&mut self, process: usize) {
        let round = self.processes[process].get_or_insert_with(|| {
            let (ledger, people) = (Arc::clone(&self.ledger), Arc::clone(&self.people));
            let request = request(CHANNELS[usize::try_from(self.fate.below(3)).unwrap()]);
            Box::pin(async move { plan(&*ledger, &*people, &request, noon()).await.map(drop) })
        });
        self.fate.enter(process);
        let polled = round.as_mut().poll(&mut Context::from_waker(&noop_waker()));
        if self.fate.take_crash(process) {
            self.crashes += 1;
            self.processes[process] = None;
        } else if let Poll::Ready(done) = polled {
            self.processes[process] = None;
            if let Err(error) = done {
                let lost = matches!(
                    error,
                    DeliveryError::Outbox(OutboxError::PlanningLost { .. } | OutboxError::Transition { .. })
                );
                assert!(lost || error.is_retryable(), "{error}");
            }
        }
    }

    fn live(&mut self) {
        for second in 0..160 {
            match self.fate.below(10) {
                0..3 => self.citizen(second),
                process => self.go_on(usize::try_from(process % 3).unwrap()),
            }
        }
        self.fate.calm();
        for process in 0..3 {
            self.processes[process] = None;
            self.fate.enter(process);
            self.fate.take_crash(process);
        }
        for channel in CHANNELS {
            let planned =
                plan(&*self.ledger, &*self.people, &request(channel), noon()).now_or_never().unwrap().unwrap();
            assert_eq!(planned.campaign.state(), CampaignState::Planned);
        }
    }

    /// How many people were left out since another channel has them.
    fn judge(&self) -> u64 {
        let mut chosen: BTreeMap<SubscriberId, &str> = BTreeMap::new();
        let mut elsewhere = 0;
        for channel in CHANNELS {
            let campaign = self.kept.campaign(key(channel).id()).now_or_never().unwrap().unwrap().unwrap();
            let ids = (0..PEOPLE).map(|number| sosik_delivery::BatchId::new(campaign.id, number));
            let mut audience = 0;
            for batch in ids.filter_map(|id| self.kept.batch(id).now_or_never().unwrap().unwrap()) {
                for person in batch.recipients {
                    audience += 1;
                    let other = chosen.insert(person, channel);
                    assert_eq!(other, None, "chosen for {channel} too");
                }
            }
            assert_eq!(audience, campaign.audience);
            elsewhere += campaign.suppressed.get(&Suppression::Elsewhere).copied().unwrap_or(0);
        }
        // The city's channel is for everyone.
        assert_eq!(chosen.len(), PEOPLE as usize, "someone was forgotten");
        elsewhere
    }
}

#[test]
fn an_edition_that_several_processes_plan_at_once_has_everyone_once() {
    let (mut elsewhere, mut crashes, mut lost) = (0, 0, 0);
    for seed in 0..600 {
        let told = std::panic::catch_unwind(|| {
            let mut world = World::new(Fate::of_seed(seed));
            world.live();
            (world.judge(), world.crashes, world.fate.struck())
        });
        let Ok((left_out, ended, struck)) = told else { panic!("seed {seed}") };
        elsewhere += left_out;
        crashes += ended;
        lost += struck;
    }
    println!("{elsewhere} people left out since another channel has them, {crashes} crashes, {lost} faults");
    assert!(elsewhere > 600 && crashes > 100);
}
