use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::TimeDelta;
use sosik_core::{Clock, SystemClock};

use crate::chatbot::event::EventBot;
use crate::faults::Fault;
use crate::kakao::Friend;
use crate::template::Template;

/// What becomes of what messages say, once they are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Contents {
    /// It is forgotten.
    Dropped,
    /// It is kept, to be shown.
    Kept,
}

/// How an emulator behaves.
#[derive(Clone)]
#[non_exhaustive]
pub struct Options {
    /// The API key that it takes as Bizgo.
    pub key: String,
    /// The API key and the secret that it takes as SOLAPI; `None` takes none.
    pub solapi: Option<(String, String)>,
    /// The admin key that it takes as Kakao; `None` takes none.
    pub kakao: Option<String>,
    pub(crate) event_bot: Option<EventBot>,
    /// The bot token that it takes as the Bot API; `None` takes none.
    pub bot_token: Option<String>,
    /// How people stand to channels at Kakao: those channels are linked to the app, and those people connected to it.
    pub standings: Vec<Friend>,
    /// The clock by which it keeps rates, lifetimes and hours.
    pub clock: Arc<dyn Clock>,
    /// The folder in which it keeps its state; `None` keeps it in memory.
    pub state: Option<PathBuf>,
    /// The share of messages that `KakaoTalk` does not deliver, 0 to 1.
    pub kakao_failures: f64,
    /// The share of texts that the carriers do not deliver, 0 to 1.
    pub text_failures: f64,
    /// The share of sendings whose answer is lost after they were taken, 0 to 1.
    pub lost_answers: f64,
    /// The share of receipts that come a second time, 0 to 1.
    pub repeated_receipts: f64,
    /// How long after a message its receipt comes.
    pub receipt_delay: TimeDelta,
    /// What the chances are drawn from: the same seed and the same calls give the same outcomes.
    pub seed: u64,
    /// What becomes of what messages say.
    pub contents: Contents,
    /// Whether rates are kept.
    pub keeps_rates: bool,
    /// The templates of Alimtalk that were approved.
    pub templates: Vec<Template>,
    /// Whether Kakao allows the channel to send to whoever consented, friends or not (targeting `M`, `N` and `O`).
    pub approved: bool,
    /// How many friends a channel has at Bizgo.
    pub friends: u64,
    /// How many of a group send's friends leave between its request and their turn.
    pub friends_left: u64,
    /// Where Bizgo's receipts are sent, and the secret by which they are signed; `None` sends none.
    pub bizgo_webhook: Option<(String, String)>,
    /// Where SOLAPI's reports are sent; `None` sends none.
    pub solapi_webhook: Option<String>,
    /// Whether webhooks that are due together go in the wrong order.
    pub shuffles_webhooks: bool,
    /// What goes wrong with calls, and with which share of them, 0 to 1 in all.
    pub faults: Vec<(Fault, f64)>,
}

impl Options {
    /// An emulator that takes this key, delivers everything within a second, and keeps nothing.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            solapi: None,
            kakao: None,
            event_bot: None,
            bot_token: None,
            standings: Vec::new(),
            clock: Arc::new(SystemClock::new()),
            state: None,
            kakao_failures: 0.0,
            text_failures: 0.0,
            lost_answers: 0.0,
            repeated_receipts: 0.0,
            receipt_delay: TimeDelta::milliseconds(500),
            seed: 1,
            keeps_rates: true,
            contents: Contents::Kept,
            templates: Vec::new(),
            approved: false,
            friends: 12_000,
            friends_left: 0,
            bizgo_webhook: None,
            solapi_webhook: None,
            shuffles_webhooks: false,
            faults: Vec::new(),
        }
    }

    /// The emulator with a channel that Kakao allows to send to whoever consented, friends or not.
    #[must_use]
    pub fn approved(mut self) -> Self {
        self.approved = true;
        self
    }

    /// The emulator with another number of friends of a channel than 12,000.
    #[must_use]
    pub fn with_friends(mut self, friends: u64) -> Self {
        self.friends = friends;
        self
    }

    /// The emulator with so many friends who leave between the request of a group send and their turn.
    #[must_use]
    pub fn with_friends_left(mut self, friends: u64) -> Self {
        self.friends_left = friends;
        self
    }

    /// The emulator as Kakao too, for this admin key.
    #[must_use]
    pub fn with_kakao(mut self, admin_key: impl Into<String>) -> Self {
        self.kakao = Some(admin_key.into());
        self
    }

    /// The emulator with a bot that speaks first, for this REST key, and a block that takes an event: its text may name values, as
    /// in `{{#current.event.data.text}}`.
    #[must_use]
    pub fn with_event(
        mut self,
        bot: impl Into<String>,
        rest_key: impl Into<String>,
        event: impl Into<String>,
        text: impl Into<String>,
    ) -> Self {
        let (bot, key) = (bot.into(), rest_key.into());
        let mut known = self.event_bot.take().unwrap_or(EventBot {
            bot: String::new(),
            key: String::new(),
            blocks: BTreeMap::new(),
        });
        (known.bot, known.key) = (bot, key);
        known.blocks.insert(event.into(), text.into());
        self.event_bot = Some(known);
        self
    }

    /// The emulator as the Bot API too, for this bot's token.
    #[must_use]
    pub fn with_bot(mut self, token: impl Into<String>) -> Self {
        self.bot_token = Some(token.into());
        self
    }

    /// The emulator with someone who stands so to a channel at Kakao.
    #[must_use]
    pub fn with_standing(mut self, friend: Friend) -> Self {
        self.standings.push(friend);
        self
    }

    /// The emulator as SOLAPI too, for this key and secret.
    #[must_use]
    pub fn with_solapi(mut self, key: impl Into<String>, secret: impl Into<String>) -> Self {
        self.solapi = Some((key.into(), secret.into()));
        self
    }

    /// The emulator with an address of this machine (`http://127.0.0.1:…`) to which Bizgo's receipts are sent, signed by
    /// this secret. They can be polled for as well.
    #[must_use]
    pub fn with_bizgo_webhook(mut self, url: impl Into<String>, secret: impl Into<String>) -> Self {
        self.bizgo_webhook = Some((url.into(), secret.into()));
        self
    }

    /// The emulator with an address of this machine to which SOLAPI's reports of messages are sent.
    #[must_use]
    pub fn with_solapi_webhook(mut self, url: impl Into<String>) -> Self {
        self.solapi_webhook = Some(url.into());
        self
    }

    /// The emulator with webhooks that go in the wrong order when they are due together.
    #[must_use]
    pub fn with_shuffled_webhooks(mut self) -> Self {
        self.shuffles_webhooks = true;
        self
    }

    /// The emulator with one more approved template of Alimtalk.
    #[must_use]
    pub fn with_template(mut self, template: Template) -> Self {
        self.templates.push(template);
        self
    }

    /// The emulator with one more thing that goes wrong with this share of calls.
    #[must_use]
    pub fn with_fault(mut self, fault: Fault, share: f64) -> Self {
        self.faults.push((fault, share));
        self
    }

    /// The emulator that does not keep what messages say, once they are checked: they cannot be shown, and take less
    /// than half of the memory. For tests with millions of them.
    #[must_use]
    pub fn without_contents(mut self) -> Self {
        self.contents = Contents::Dropped;
        self
    }

    /// The emulator with another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The emulator with a folder for its state, so that several runs are judged together.
    #[must_use]
    pub fn with_state(mut self, folder: impl Into<PathBuf>) -> Self {
        self.state = Some(folder.into());
        self
    }

    /// The emulator with these shares of messages and texts that are not delivered.
    #[must_use]
    pub fn with_failures(mut self, kakao: f64, text: f64) -> Self {
        (self.kakao_failures, self.text_failures) = (kakao, text);
        self
    }

    /// The emulator with this share of lost answers.
    #[must_use]
    pub fn with_lost_answers(mut self, share: f64) -> Self {
        self.lost_answers = share;
        self
    }

    /// The emulator with this share of receipts that come twice.
    #[must_use]
    pub fn with_repeated_receipts(mut self, share: f64) -> Self {
        self.repeated_receipts = share;
        self
    }

    /// The emulator with another delay of receipts.
    #[must_use]
    pub fn with_receipt_delay(mut self, delay: TimeDelta) -> Self {
        self.receipt_delay = delay;
        self
    }

    /// The emulator without rates: for tests of other things.
    #[must_use]
    pub fn without_rates(mut self) -> Self {
        self.keeps_rates = false;
        self
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Keys stand in no log.
        f.debug_struct("Options").field("state", &self.state).field("faults", &self.faults).finish_non_exhaustive()
    }
}
