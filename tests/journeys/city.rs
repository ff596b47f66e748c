//! A small city: a database in a file, an emulator on the loopback, and a clock.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::TimeDelta;
use sosik::bizgo::Bizgo;
use sosik::channel::{Message, TextMessage, Transport};
use sosik::content::EditionId;
use sosik::delivery::{Campaign, CampaignKey, Engine, EngineBuilder, Plan, plan};
use sosik::registry::{NewSubscriber, SecretKey, Segment, SubscriberStore, Vault};
use sosik::schedule::MessageClass;
use sosik::solapi::{Credentials, Solapi};
use sosik::sqlite::SqliteStore;
use sosik::{ChannelId, Clock, ManualClock, PhoneNumber, SeededEntropy, SystemEntropy};
use sosik_emulator::{Emulator, Options};
use sosik_testkit::{consented, noon};

/// The dealer by whom a city sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dealer {
    Bizgo,
    Solapi,
}

pub(crate) struct City {
    pub(crate) dealer: Dealer,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) emulator: Emulator,
}

impl City {
    /// A city with these placeholder subscribers, and an emulator without rates that behaves as `shape` says.
    pub(crate) async fn with(people: &[NewSubscriber], shape: impl FnOnce(Options) -> Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(noon()));
        let store = Arc::new(open(&folder.path().join("sosik.db")));
        store.put(people, noon()).await.unwrap();
        let options = Options::new("KEY").with_solapi("KEY", "SECRET");
        let options = options.with_clock(Arc::clone(&clock) as Arc<dyn Clock>).without_rates();
        let emulator = Emulator::start(([127, 0, 0, 1], 0).into(), shape(options)).await.unwrap();
        Self { dealer: Dealer::Bizgo, folder, clock, store, emulator }
    }

    pub(crate) async fn of(people: u32, shape: impl FnOnce(Options) -> Options) -> Self {
        Self::with(&(1..=people).map(consented).collect::<Vec<_>>(), shape).await
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("sosik.db")
    }

    /// The same city with another dealer.
    pub(crate) fn by(mut self, dealer: Dealer) -> Self {
        self.dealer = dealer;
        self
    }

    pub(crate) fn transport(&self) -> Arc<dyn Transport> {
        let url = self.emulator.url();
        match self.dealer {
            Dealer::Bizgo => Arc::new(Bizgo::builder("KEY", "SENDER").base_url(url).build().unwrap()),
            Dealer::Solapi => {
                let (credentials, clock) =
                    (Credentials::new("KEY", "SECRET"), Arc::clone(&self.clock) as Arc<dyn Clock>);
                let builder = Solapi::builder(credentials, "KA01PF0", clock, Arc::new(SystemEntropy::new()));
                Arc::new(builder.base_url(url).build().unwrap())
            }
        }
    }

    pub(crate) fn engine(&self) -> EngineBuilder {
        self.engine_over(self.transport())
    }

    pub(crate) fn engine_over(&self, transport: Arc<dyn Transport>) -> EngineBuilder {
        Engine::builder(Arc::clone(&self.store) as _, Arc::clone(&self.store) as _, transport)
    }

    pub(crate) async fn plan(&self, batch: usize) -> Campaign {
        self.plan_of(message(), batch).await
    }

    pub(crate) async fn plan_of(&self, message: Message, batch: usize) -> Campaign {
        let key = CampaignKey::new(ChannelId::parse("yangju-city").unwrap(), noon(), EditionId::from_stored("w48"));
        let request = Plan::new(key, message, MessageClass::Advertising, Segment::All, noon(), batch);
        plan(&*self.store, &*self.store, &request, self.clock.now()).await.unwrap().campaign
    }

    /// Steps an engine and moves the clock until nothing is outstanding; at most so many steps.
    pub(crate) async fn settle(&self, engine: &Engine, campaign: &Campaign, steps: usize) {
        use sosik::delivery::Outbox;
        for _ in 0..steps {
            if self.store.tally(campaign.id).await.unwrap().outstanding() == 0 {
                return;
            }
            let step = engine.run_due(self.clock.now(), 10).await.unwrap();
            let ahead = step.next_due.map_or(TimeDelta::zero(), |due| due.signed_duration_since(self.clock.now()));
            self.clock.advance(ahead.max(TimeDelta::milliseconds(100)));
        }
        let tally = self.store.tally(campaign.id).await.unwrap();
        panic!("still outstanding after {steps} steps: {tally:?}");
    }
}

pub(crate) fn open(path: &std::path::Path) -> SqliteStore {
    let vault = Vault::new(&SecretKey::from_hex(&"0f".repeat(32)).unwrap(), Arc::new(SeededEntropy::new(1)));
    SqliteStore::open(path, vault, Arc::new(SeededEntropy::new(2))).unwrap()
}

pub(crate) fn message() -> Message {
    let text = TextMessage::new(
        PhoneNumber::parse("031-8082-0000").unwrap(),
        "(광고)양주시청 소식\n무료수신거부 080-000-0000",
    );
    text.unwrap().into()
}
