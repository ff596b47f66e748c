//! A worker: the engine in a process of its own, which may be killed at any moment.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sosik::delivery::Engine;
use sosik::solapi::{Credentials, Solapi};
use sosik::{Clock, SystemEntropy};

use crate::args;
use crate::city;
use crate::dealer::{KEY, PATIENCE_MILLISECONDS};
use crate::failure::Failure;
use crate::place::Store;

/// Steps the engine until nothing is open.
pub(crate) async fn work(args: &args::Worker) -> Result<(), Failure> {
    let clock = city::clock(args.ahead);
    let store = Store::open(&args.store).await?;
    let transport = transport(&args.dealer, Arc::clone(&clock))?;
    let engine = Engine::builder(Arc::clone(&store.outbox), store.people, transport)
        .worker(args.name.as_str())
        .lanes(2)
        .lease(TimeDelta::seconds(30))
        .poll_every(TimeDelta::milliseconds(200))
        .inquire_after(TimeDelta::seconds(5))
        .build();
    loop {
        let step = engine.run_due(clock.now(), 4).await.map_err(Failure::at("the engine"))?;
        if store.outbox.open_campaigns().await.map_err(Failure::at("the outbox"))?.is_empty() {
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

#[expect(clippy::disallowed_methods, reason = "the loop of a program")]
pub(crate) async fn sleep(wait: Duration) {
    tokio::time::sleep(wait).await;
}
