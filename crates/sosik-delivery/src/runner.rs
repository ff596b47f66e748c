use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::{Either, select};
use sosik_core::Clock;

use crate::{Campaign, CampaignId, DeliveryError, Engine, FriendsEngine, FriendsStep, OutboxError, Step};

/// The small loop that reads the clock, steps an [`Engine`] and sleeps until there is something to do.
#[derive(Debug)]
pub struct Runner {
    engine: Engine,
    clock: Arc<dyn Clock>,
    patience: TimeDelta,
    idle: Duration,
}

impl Runner {
    /// A runner of an engine by a clock.
    #[must_use]
    pub fn new(engine: Engine, clock: Arc<dyn Clock>) -> Self {
        Self { engine, clock, patience: TimeDelta::minutes(5), idle: Duration::from_secs(1) }
    }

    /// The runner with another patience: how long the transport may be away before the runner gives up with an error.
    /// Five minutes unless set. Nothing is lost by giving up: the next run goes on.
    #[must_use]
    pub fn with_patience(mut self, patience: TimeDelta) -> Self {
        self.patience = patience;
        self
    }

    /// The runner that looks so often whether there is something new to do while there is not: a second unless set. An
    /// emergency that another process plans waits for that, and for the round under way: for its slowest submission.
    #[must_use]
    pub fn with_idle(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// Steps the engine until `shutdown` is ready, as a service does. A round under way is brought to its end first, so that
    /// nothing is in doubt afterwards. A store or a provider that is away is tried again; `watch` sees each round, and each
    /// such error.
    ///
    /// # Errors
    ///
    /// [`DeliveryError`] that is not mended by waiting, such as a wrong key.
    pub async fn run(
        &self,
        shutdown: impl Future<Output = ()> + Send,
        mut watch: impl FnMut(Result<&Step, &DeliveryError>) + Send,
    ) -> Result<(), DeliveryError> {
        let mut shutdown = pin!(shutdown);
        loop {
            let due = match self.engine.run_due(self.clock.now(), self.engine.lanes()).await {
                Ok(step) => {
                    watch(Ok(&step));
                    step.next_due
                }
                Err(error) if error.is_retryable() => {
                    watch(Err(&error));
                    None
                }
                Err(error) => return Err(error),
            };
            let until = due.map(|due| due.signed_duration_since(self.clock.now()).to_std().unwrap_or(Duration::ZERO));
            let wait = pin!(sleep(until.unwrap_or(self.idle).min(self.idle)));
            if let Either::Left(_) = select(shutdown.as_mut(), wait).await {
                return Ok(());
            }
        }
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Steps the engine until nothing of a campaign is outstanding, or nothing more can be done for it by itself.
    /// `watch` sees each step. Tells how many recipients the transport newly took.
    ///
    /// # Errors
    ///
    /// [`DeliveryError`], also when the transport is away for longer than the runner's patience.
    pub async fn run_until_settled(
        &self,
        campaign: CampaignId,
        mut watch: impl FnMut(&Step) + Send,
    ) -> Result<u64, DeliveryError> {
        let mut accepted = 0;
        let mut trouble_since = None;
        loop {
            let now = self.clock.now();
            let step = self.engine.run_due(now, self.engine.lanes()).await?;
            accepted += step.accepted;
            watch(&step);
            if !self.engine.outbox().open_campaigns().await?.contains(&campaign) {
                return Ok(accepted);
            }
            match step.trouble {
                Some(error) => {
                    let since = *trouble_since.get_or_insert(now);
                    if now.signed_duration_since(since) >= self.patience {
                        return Err(error.into());
                    }
                }
                // A question for receipts that was answered says nothing of sending, and neither does what was put off.
                None if step.accepted > 0 || step.settled > 0 => trouble_since = None,
                None => {}
            }
            let Some(due) = step.next_due else { return Ok(accepted) };
            let wait = due.signed_duration_since(self.clock.now()).to_std().unwrap_or(Duration::ZERO);
            sleep(wait.min(Duration::from_secs(60))).await;
        }
    }
}

/// The small loop that reads the clock, steps a [`FriendsEngine`] and sleeps until there is something to do.
#[derive(Debug)]
pub struct FriendsRunner {
    engine: FriendsEngine,
    clock: Arc<dyn Clock>,
    patience: TimeDelta,
}

impl FriendsRunner {
    /// A runner of an engine by a clock.
    #[must_use]
    pub fn new(engine: FriendsEngine, clock: Arc<dyn Clock>) -> Self {
        Self { engine, clock, patience: TimeDelta::minutes(5) }
    }

    /// The runner with another patience: how long the provider may be away before the runner gives up with an error. Five
    /// minutes unless set. What was handed over goes on: run it again before its deadline, or it is not stopped there.
    #[must_use]
    pub fn with_patience(mut self, patience: TimeDelta) -> Self {
        self.patience = patience;
        self
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &FriendsEngine {
        &self.engine
    }

    /// Steps the engine until a campaign is at its end, or a person has to [look at it](crate::Evidence::ask) or resume it.
    /// `watch` sees each step. Gives the campaign as it stands then.
    ///
    /// # Errors
    ///
    /// [`DeliveryError`], also when the provider is away for longer than the runner's patience.
    pub async fn run_until_over(
        &self,
        campaign: CampaignId,
        mut watch: impl FnMut(&FriendsStep) + Send,
    ) -> Result<Campaign, DeliveryError> {
        let outbox = self.engine.outbox();
        let mut trouble_since = None;
        loop {
            let now = self.clock.now();
            let step = self.engine.run_due(now).await?;
            watch(&step);
            // What can be looked at is watched to its end, whoever is asked about it meanwhile.
            let is_watched = step.known.iter().any(|(of, known)| *of == campaign && known.handle.is_some());
            let asks = !is_watched && step.asks.iter().any(|(of, _)| *of == campaign);
            if asks || step.next_due.is_none() || !outbox.open_campaigns().await?.contains(&campaign) {
                let kept = outbox.campaign(campaign).await?;
                return Ok(kept.ok_or_else(|| OutboxError::no_campaign(campaign))?);
            }
            match step.trouble {
                Some(error) if now.signed_duration_since(*trouble_since.get_or_insert(now)) >= self.patience => {
                    return Err(error.into());
                }
                Some(_) => {}
                None => trouble_since = None,
            }
            let due = step.next_due.unwrap_or(now);
            let wait = due.signed_duration_since(self.clock.now()).to_std().unwrap_or(Duration::ZERO);
            sleep(wait.min(Duration::from_secs(60))).await;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one loop of the workspace that waits")]
async fn sleep(wait: Duration) {
    tokio::time::sleep(wait).await;
}
