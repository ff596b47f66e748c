use tracing::{Instrument, Span, debug_span, field, warn};

use crate::watched::{Call, named, watched};
use crate::{SendError, Submission, Transport};

/// A transport each of whose calls is a span of `tracing`, named `transport`, at the level of debugging.
///
/// Its fields: `transport`, `call`, `key` and `recipients` of a submission, and `end`: how many were accepted, found or
/// given a receipt. A call that fails is a warning with its error, which holds no personal data. Numbers, texts and
/// secrets are in neither.
///
/// ```
/// use sosik_channel::{RecordingTransport, Traced, Transport};
///
/// assert_eq!(Traced::new(RecordingTransport::new()).name(), "traced(recording)");
/// ```
#[derive(Debug)]
pub struct Traced<T> {
    inner: T,
    name: String,
}

impl<T: Transport> Traced<T> {
    /// Traces the calls to `inner`.
    #[must_use]
    pub fn new(inner: T) -> Self {
        let name = format!("traced({})", inner.name());
        Self { inner, name }
    }

    async fn within<R>(
        &self,
        call: Call,
        submission: Option<&Submission>,
        made: impl Future<Output = Result<R, SendError>> + Send,
        count: impl FnOnce(&R) -> usize + Send,
    ) -> Result<R, SendError> {
        let span = debug_span!(
            "transport",
            transport = self.inner.name(),
            call = call.as_str(),
            key = submission.map(|it| it.key.as_str()),
            recipients = submission.map(named),
            end = field::Empty,
        );
        async {
            let result = made.await;
            match &result {
                Ok(done) => drop(Span::current().record("end", count(done))),
                Err(error) => warn!(%error, kind = ?error.kind(), "the call failed"),
            }
            result
        }
        .instrument(span)
        .await
    }
}

watched!(Traced.within);
