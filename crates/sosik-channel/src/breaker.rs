use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use sosik_core::Clock;

use crate::{
    Capabilities, Found, Media, MediaRef, Message, ReceiptPage, SendError, SendErrorKind, Submission, Submitted,
    Transport, Webhook, WebhookReceipts, Won,
};

/// A transport that is left alone for a while when it fails again and again: a circuit breaker.
///
/// Counted are calls that found it not available, or lost their answer; any call that goes well starts the count anew,
/// and other errors change nothing. After so many in a row, calls are refused as
/// [`Unavailable`](SendErrorKind::Unavailable) with the time to wait, and nothing leaves. After that time one call is
/// let through to try.
///
/// ```
/// use std::sync::Arc;
/// use chrono::TimeDelta;
/// use sosik_channel::{Breaker, RecordingTransport, Transport};
/// use sosik_core::SystemClock;
///
/// let transport = Breaker::new(RecordingTransport::new(), 5, TimeDelta::seconds(30), Arc::new(SystemClock::new()));
/// assert_eq!(transport.name(), "breaker(recording)");
/// ```
#[derive(Debug)]
pub struct Breaker<T> {
    inner: T,
    name: String,
    clock: Arc<dyn Clock>,
    most: u32,
    rest: TimeDelta,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Failures in a row.
    failures: u32,
    /// Until when calls are refused.
    until: Option<DateTime<Utc>>,
}

impl<T: Transport> Breaker<T> {
    /// Leaves `inner` alone for `rest` after `most` failures in a row, at least one, by this clock.
    #[must_use]
    pub fn new(inner: T, most: u32, rest: TimeDelta, clock: Arc<dyn Clock>) -> Self {
        let name = format!("breaker({})", inner.name());
        Self { inner, name, clock, most: most.max(1), rest, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a call through, or refuses it.
    fn enter(&self) -> Result<(), SendError> {
        let now = self.clock.now();
        let mut state = self.state();
        let Some(until) = state.until else { return Ok(()) };
        if now >= until {
            // The one that tries. If it never ends, another one may after the same time.
            state.until = Some(now.checked_add_signed(self.rest).unwrap_or(now));
            return Ok(());
        }
        let wait = until.signed_duration_since(now).to_std().unwrap_or_default();
        let detail = format!("it failed {} times in a row and is left alone", state.failures);
        Err(SendError::new(SendErrorKind::Unavailable, &self.name).with_detail(detail).with_retry_after(wait))
    }

    async fn guarded<R>(&self, call: impl Future<Output = Result<R, SendError>> + Send) -> Result<R, SendError> {
        self.enter()?;
        let result = call.await;
        let mut state = self.state();
        match &result {
            Ok(_) => *state = State::default(),
            Err(error) if matches!(error.kind(), SendErrorKind::Unavailable | SendErrorKind::OutcomeUnknown) => {
                state.failures = state.failures.saturating_add(1);
                if state.failures >= self.most {
                    let now = self.clock.now();
                    state.until = Some(now.checked_add_signed(self.rest).unwrap_or(now));
                }
            }
            // It answered: it is there.
            Err(_) => state.until = None,
        }
        result
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<T: Transport> Transport for Breaker<T> {
    fn name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn upload(&self, media: &Media) -> Result<MediaRef, SendError> {
        self.guarded(self.inner.upload(media)).await
    }

    async fn submit(&self, submission: &Submission) -> Result<Submitted, SendError> {
        self.guarded(self.inner.submit(submission)).await
    }

    async fn find(&self, submission: &Submission, since: DateTime<Utc>) -> Result<Vec<Found>, SendError> {
        self.guarded(self.inner.find(submission, since)).await
    }

    async fn receipts(&self) -> Result<ReceiptPage, SendError> {
        self.guarded(self.inner.receipts()).await
    }

    async fn acknowledge(&self, page: &str) -> Result<(), SendError> {
        self.guarded(self.inner.acknowledge(page)).await
    }

    async fn prepare(&self, submission: &Submission) -> Result<Option<String>, SendError> {
        self.guarded(self.inner.prepare(submission)).await
    }

    async fn cancel(&self, handle: &str) -> Result<(), SendError> {
        self.guarded(self.inner.cancel(handle)).await
    }

    async fn webhook(&self, webhook: &Webhook) -> Result<WebhookReceipts, SendError> {
        self.guarded(self.inner.webhook(webhook)).await
    }

    fn price(&self, message: &Message) -> Option<Won> {
        self.inner.price(message)
    }
}
