use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use sosik_core::Clock;

use crate::watched::{Call, named, watched};
use crate::{SendError, SendErrorKind, Submission, Transport};

/// A transport whose calls are written down: what was asked, when, and how it ended. No number, no text, no key.
///
/// The last so many are kept, to be shown beside a failure or in a test.
///
/// ```
/// use std::sync::Arc;
/// use sosik_channel::{Call, Recorded, RecordingTransport, Transport};
/// use sosik_core::SystemClock;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let transport = Recorded::new(RecordingTransport::new(), 100, Arc::new(SystemClock::new()));
/// transport.receipts().await?;
/// assert_eq!(transport.exchanges()[0].call, Call::Receipts);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Recorded<T> {
    inner: T,
    name: String,
    clock: Arc<dyn Clock>,
    most: usize,
    exchanges: Mutex<VecDeque<Exchange>>,
}

/// A call to a transport, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exchange {
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Which.
    pub call: Call,
    /// The submission's key, for those calls that have one.
    pub key: Option<String>,
    /// For how many recipients it asked.
    pub recipients: usize,
    /// How many were accepted, found or given a receipt; or what went wrong.
    pub end: Result<usize, SendErrorKind>,
}

impl<T: Transport> Recorded<T> {
    /// Writes down the last `most` calls to `inner`, by this clock.
    #[must_use]
    pub fn new(inner: T, most: usize, clock: Arc<dyn Clock>) -> Self {
        let name = format!("recorded({})", inner.name());
        Self { inner, name, clock, most, exchanges: Mutex::default() }
    }

    /// The last calls, the oldest first.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    async fn kept<R>(
        &self,
        call: Call,
        submission: Option<&Submission>,
        made: impl Future<Output = Result<R, SendError>> + Send,
        count: impl FnOnce(&R) -> usize + Send,
    ) -> Result<R, SendError> {
        let at = self.clock.now();
        let result = made.await;
        let end = result.as_ref().map(count).map_err(SendError::kind);
        let (key, recipients) = (submission.map(|it| it.key.clone()), submission.map_or(0, named));
        let mut exchanges = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        exchanges.push_back(Exchange { at, call, key, recipients, end });
        while exchanges.len() > self.most {
            exchanges.pop_front();
        }
        result
    }
}

watched!(Recorded.kept);
