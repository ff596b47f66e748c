use std::collections::VecDeque;
use std::future::IntoFuture;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::chatbot::bot::Tokens;
use crate::chatbot::event::{EventBot, Tasks};
use crate::chatbot::people::People;
use crate::chatbot::{self, BotHook, Callbacks, Shown, Skill};
use crate::faults::Fault;
use crate::kakao::Kakao;
use crate::ledger::{Ledger, chance};
use crate::options::Options;
use crate::solapi::Account;
use crate::stats::Stats;
use crate::webhooks::{self, Targets};
use crate::window::router;

/// What every handler shares.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) key: String,
    pub(crate) solapi: Option<Account>,
    pub(crate) kakao_key: Option<String>,
    kakao: Mutex<Kakao>,
    pub(crate) event_bot: Option<EventBot>,
    pub(crate) bot_token: Option<String>,
    callbacks: Mutex<Callbacks>,
    tokens: Mutex<Tokens>,
    tasks: Mutex<Tasks>,
    people: Mutex<People>,
    skill: Mutex<Option<Skill>>,
    hook: Mutex<Option<BotHook>>,
    ledger: Mutex<Ledger>,
    faults: Mutex<Faults>,
}

/// The faults to come.
#[derive(Debug)]
struct Faults {
    seed: u64,
    shares: Vec<(Fault, f64)>,
    script: VecDeque<Fault>,
    calls: u64,
}

impl Shared {
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn kakao(&self) -> MutexGuard<'_, Kakao> {
        self.kakao.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tasks(&self) -> MutexGuard<'_, Tasks> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn people(&self) -> MutexGuard<'_, People> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn hook(&self) -> Option<BotHook> {
        self.hook.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn callbacks(&self) -> MutexGuard<'_, Callbacks> {
        self.callbacks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn skill(&self) -> Option<Skill> {
        self.skill.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What goes wrong with the next call: what the script says, or what the shares draw.
    pub(crate) fn next_fault(&self) -> Fault {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        faults.calls += 1;
        if let Some(fault) = faults.script.pop_front() {
            return fault;
        }
        let mut drawn = chance(faults.seed, "fault", &faults.calls.to_string());
        for (fault, share) in &faults.shares {
            if drawn < *share {
                return *fault;
            }
            drawn -= share;
        }
        Fault::None
    }

    /// What was taken, refused and taken twice so far.
    pub(crate) fn stats(&self) -> Stats {
        let calls = self.faults.lock().unwrap_or_else(PoisonError::into_inner).calls;
        Stats { calls, ..self.ledger().stats() }
    }

    pub(crate) fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).script.extend(faults);
    }
}

/// A running emulator. It stops when it is dropped.
#[derive(Debug)]
pub struct Emulator {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
    webhooks: Vec<JoinHandle<()>>,
}

impl Emulator {
    /// Starts an emulator on an address of this machine; port 0 takes a free one.
    ///
    /// # Errors
    ///
    /// [`EmulatorError`] when the address is not on the loopback or is taken, or the state cannot be read.
    pub async fn start(address: SocketAddr, options: Options) -> Result<Self, EmulatorError> {
        if !address.ip().is_loopback() {
            return Err(EmulatorError::NotLoopback { address });
        }
        let (key, solapi) = (options.key.clone(), options.solapi.clone());
        let solapi = solapi.map(|(key, secret)| Account { key, secret });
        let (event_bot, bot_token) = (options.event_bot.clone(), options.bot_token.clone());
        let (kakao_key, mut kakao) = (options.kakao.clone(), Kakao::default());
        for friend in options.standings.iter().cloned() {
            kakao.learn(friend);
        }
        let faults = Faults { seed: options.seed, shares: options.faults.clone(), script: VecDeque::new(), calls: 0 };
        let Options { bizgo_webhook, solapi_webhook, shuffles_webhooks, .. } = &options;
        let targets = Targets::read(bizgo_webhook.as_ref(), solapi_webhook.as_ref(), *shuffles_webhooks)
            .map_err(|url| EmulatorError::Webhook { url })?;
        let ledger = Ledger::open(options).map_err(EmulatorError::State)?;
        let shared = Arc::new(Shared {
            key,
            solapi,
            kakao_key,
            kakao: Mutex::new(kakao),
            event_bot,
            bot_token,
            callbacks: Mutex::default(),
            tokens: Mutex::default(),
            tasks: Mutex::default(),
            people: Mutex::default(),
            skill: Mutex::default(),
            hook: Mutex::default(),
            ledger: Mutex::new(ledger),
            faults: Mutex::new(faults),
        });
        let listen = |source| EmulatorError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let server = axum::serve(listener, router(Arc::clone(&shared))).with_graceful_shutdown(async {
            // A sender that is dropped stops the server as one that sends.
            let _ = stopped.await;
        });
        let webhooks = targets.each().map(|one| spawn(webhooks::push(Arc::clone(&shared), one))).collect();
        Ok(Self { address, shared, stop: Some(stop), task: spawn(server.into_future()), webhooks })
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address for clients: `http://127.0.0.1:8700`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it took, refused and took twice so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }

    /// Lets the next calls of a dealer's API go wrong, one by one; after them, calls are as before.
    ///
    /// ```
    /// use sosik_emulator::{Emulator, Fault, Options};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::start("127.0.0.1:0".parse()?, Options::new("KEY")).await?;
    /// emulator.fail_next([Fault::None, Fault::NoAnswer, Fault::too_many(1)]);
    /// # Ok(()) }
    /// ```
    pub fn fail_next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.shared.script(faults);
    }

    /// Says something to a city's skill in a citizen's name, as Kakao's chatbot does, and tells what they see: within five
    /// seconds, or the block's own text.
    ///
    /// # Errors
    ///
    /// The skill's address is none on this machine.
    pub async fn say(&self, skill: &Skill, user: &str, utterance: &str) -> Result<Shown, String> {
        chatbot::say(&self.shared, skill, user, utterance).await
    }

    /// Lets the page at `/_emulator/chat` talk with a skill.
    pub fn play(&self, skill: Skill) {
        *self.shared.skill.lock().unwrap_or_else(PoisonError::into_inner) = Some(skill);
    }

    /// Says something to a city's bot in a citizen's name, as the Bot API does, and gives the token by which it may answer.
    ///
    /// # Errors
    ///
    /// Why the event was not taken: no 2xx within a second, or no address of this machine.
    pub async fn say_to_bot(&self, hook: &BotHook, user: &str, content: &str) -> Result<String, String> {
        chatbot::bot::say(&self.shared, hook, user, content).await
    }

    /// Waits so long for what comes by a token of [`say_to_bot`](Self::say_to_bot); `None` where nothing did.
    pub async fn bot_answer(&self, token: &str, patience: Duration) -> Option<Value> {
        chatbot::bot::answer(&self.shared, token, patience).await
    }

    /// Lets the page at `/_emulator/chat?door=bot` talk with a bot.
    pub fn play_bot(&self, hook: BotHook) {
        *self.shared.hook.lock().unwrap_or_else(PoisonError::into_inner) = Some(hook);
    }

    /// Lets a citizen leave the channel: they are told nothing any more.
    pub fn leave(&self, user: &str) {
        self.shared.people().leaves(user);
    }

    /// What a citizen was told without asking, by the Event API or the Bot API, as templates.
    #[must_use]
    pub fn told(&self, user: &str) -> Vec<Value> {
        self.shared.people().told(user)
    }

    /// Waits so long for what comes by a callback of [`Shown::Waiting`]; `None` where nothing did.
    pub async fn late_answer(&self, callback: &str, patience: Duration) -> Option<Value> {
        chatbot::late(&self.shared, callback, patience).await
    }

    /// Stops it, when the requests under way are answered.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let _ = (&mut self.task).await;
    }

    /// Waits until it stops by itself: for programs.
    ///
    /// # Errors
    ///
    /// [`EmulatorError::Serve`] when it had to.
    pub async fn wait(mut self) -> Result<(), EmulatorError> {
        match (&mut self.task).await {
            Ok(result) => result.map_err(EmulatorError::Serve),
            Err(_) => Ok(()),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a server runs beside its caller, which holds its handle")]
fn spawn<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    tokio::spawn(future)
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.task.abort();
        self.webhooks.iter().for_each(JoinHandle::abort);
    }
}

/// An emulator cannot be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmulatorError {
    /// The address is taken, or cannot be.
    #[error("the emulator cannot listen on {address}")]
    #[non_exhaustive]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The address is one that others can reach.
    #[error("the emulator listens on this machine only, not on {address}: write 127.0.0.1")]
    #[non_exhaustive]
    NotLoopback {
        /// The address.
        address: SocketAddr,
    },
    /// It had to stop.
    #[error("the emulator had to stop")]
    Serve(#[source] std::io::Error),
    /// Its state cannot be read.
    #[error("the emulator's state cannot be read")]
    State(#[source] std::io::Error),
    /// Webhooks go to this machine only.
    #[error("webhooks go to http:// and 127.0.0.1 or localhost only, not to {url}")]
    #[non_exhaustive]
    Webhook {
        /// The address.
        url: String,
    },
}
