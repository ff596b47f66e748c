//! A worker: the engine in a process of its own, which may be killed at any moment.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sosik::delivery::{CampaignId, DeliveryError, Engine, Outbox, OutboxError};
use sosik::solapi::{Credentials, Solapi};
use sosik::{Clock, SystemEntropy};

use crate::args;
use crate::city;
use crate::dealer::{KEY, PATIENCE_MILLISECONDS};
use crate::failure::Failure;
use crate::place::{self, Store};

/// How many mebibytes of a file a worker keeps in memory: it reads each batch once.
const CACHE: u32 = 12;

/// Steps the engine until nothing is open.
pub(crate) async fn work(args: &args::Worker) -> Result<(), Failure> {
    let clock = city::clock(args.ahead);
    let store = patiently(|| Store::open(&args.store, CACHE), |_| true).await?;
    let transport = transport(&args.dealer, Arc::clone(&clock))?;
    let engine = Engine::builder(Arc::clone(&store.outbox), store.people, transport)
        .worker(args.name.as_str())
        .lanes(2)
        .lease(TimeDelta::seconds(30))
        .poll_every(TimeDelta::milliseconds(200))
        .inquire_after(TimeDelta::seconds(5));
    let engine = match &args.queue {
        None => engine,
        Some(queue) => engine.queue(Arc::new(patiently(|| place::connect(queue), |_| true).await?)),
    };
    let engine = engine.build();
    loop {
        let step = patiently(|| engine.run_due(clock.now(), 4), DeliveryError::is_retryable).await;
        let step = step.map_err(Failure::at("the engine"))?;
        if open(&*store.outbox).await?.is_empty() {
            return Ok(());
        }
        let due = step.next_due.unwrap_or_else(|| clock.now());
        let wait = due.signed_duration_since(clock.now()).to_std().unwrap_or(Duration::ZERO);
        if !wait.is_zero() {
            sleep(wait.min(Duration::from_millis(500))).await;
        }
    }
}

/// The way to the dealer.
pub(crate) fn transport(url: &str, clock: Arc<dyn Clock>) -> Result<Arc<dyn sosik::channel::Transport>, Failure> {
    let credentials = Credentials::new(KEY.0, KEY.1);
    let builder = Solapi::builder(credentials, "KA01PF0", clock, Arc::new(SystemEntropy::new()))
        .base_url(url)
        .timeout(Duration::from_millis(PATIENCE_MILLISECONDS));
    Ok(Arc::new(builder.build().map_err(Failure::at("the transport"))?))
}

/// The campaigns with something to do.
pub(crate) async fn open(outbox: &dyn Outbox) -> Result<Vec<CampaignId>, Failure> {
    patiently(|| outbox.open_campaigns(), is_away).await.map_err(Failure::at("the outbox"))
}

/// Whether a store may answer again after a while.
pub(crate) fn is_away(error: &OutboxError) -> bool {
    matches!(error, OutboxError::Store(error) if error.is_retryable())
}

/// How often something is tried that may be restarted meanwhile, and how long after one another.
const TRIES: u32 = 120;
const BETWEEN: Duration = Duration::from_millis(250);

/// Does something again while it may go well after a while.
pub(crate) async fn patiently<T, E, F: Future<Output = Result<T, E>>>(
    call: impl Fn() -> F,
    is_away: impl Fn(&E) -> bool,
) -> Result<T, E> {
    let mut tries = 1;
    loop {
        match call().await {
            Err(error) if tries < TRIES && is_away(&error) => sleep(BETWEEN).await,
            done => return done,
        }
        tries += 1;
    }
}

#[expect(clippy::disallowed_methods, reason = "the loop of a program")]
pub(crate) async fn sleep(wait: Duration) {
    tokio::time::sleep(wait).await;
}
