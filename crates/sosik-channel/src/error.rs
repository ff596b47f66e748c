use std::error::Error;
use std::fmt;
use std::time::Duration;

/// What went wrong with a call to a transport, by what the caller should do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SendErrorKind {
    /// Ours to fix: the message or the request is wrong. Never retry.
    InvalidContent,
    /// The account may not do this, or not now: its quota is used up, its sending number is not registered, it is
    /// blocked. Stop the whole transport; a person has to mend the account.
    NotPermitted,
    /// The request left and no answer came: it may have arrived. Reconcile, never guess.
    OutcomeUnknown,
    /// Too fast: retry at [`retry_after`](SendError::retry_after).
    RateLimited,
    /// Blocked, left, no such address: tell the registry.
    RecipientUnreachable,
    /// The provider's policy said no to this message. The same again would be refused again.
    Refused,
    /// The key is wrong or expired: stop the whole transport.
    Unauthorized,
    /// Down for now, and the request was not taken: retry with back-off.
    Unavailable,
    /// The transport cannot do this at all. Ask [`capabilities`](crate::Transport::capabilities) before.
    Unsupported,
}

impl SendErrorKind {
    fn sentence(self) -> &'static str {
        match self {
            Self::InvalidContent => "the message was refused as invalid",
            Self::NotPermitted => "the account may not send this, or not now",
            Self::OutcomeUnknown => "no answer came, so the message may or may not have been accepted",
            Self::RateLimited => "too many requests in a second",
            Self::RecipientUnreachable => "the recipient cannot be reached",
            Self::Refused => "the provider's policy refused the message",
            Self::Unauthorized => "the provider does not accept the key",
            Self::Unavailable => "the provider is not available",
            Self::Unsupported => "the transport cannot do this",
        }
    }
}

/// A failed call to a [`Transport`](crate::Transport).
///
/// ```
/// use std::time::Duration;
/// use sosik_channel::{SendError, SendErrorKind};
///
/// let error = SendError::new(SendErrorKind::RateLimited, "bizgo").with_code("A020").with_retry_after(Duration::from_secs(1));
/// assert!(error.is_retryable() && !error.may_have_arrived());
/// assert_eq!(error.to_string(), "bizgo: too many requests in a second (A020)");
/// ```
#[derive(Debug)]
pub struct SendError {
    kind: SendErrorKind,
    transport: String,
    code: Option<String>,
    detail: Option<String>,
    retry_after: Option<Duration>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl SendError {
    /// An error of this kind, of the transport of this name.
    #[must_use]
    pub fn new(kind: SendErrorKind, transport: impl Into<String>) -> Self {
        Self { kind, transport: transport.into(), code: None, detail: None, retry_after: None, source: None }
    }

    /// The error with the provider's own code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// The error with a detail for people, which must hold no personal data.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The error with the wait that the provider asks for.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The error with what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What went wrong, by what to do next.
    #[must_use]
    pub fn kind(&self) -> SendErrorKind {
        self.kind
    }

    /// The transport's name.
    #[must_use]
    pub fn transport(&self) -> &str {
        &self.transport
    }

    /// The provider's own code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Whether the same call may be made again as it is.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind, SendErrorKind::RateLimited | SendErrorKind::Unavailable)
    }

    /// How long to wait before that.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether the message may have been accepted all the same.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        self.kind == SendErrorKind::OutcomeUnknown
    }

    /// Whether the registry should be told that the recipient is gone.
    #[must_use]
    pub fn recipient_is_gone(&self) -> bool {
        self.kind == SendErrorKind::RecipientUnreachable
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.transport, self.kind.sentence())?;
        match (&self.code, &self.detail) {
            (Some(code), Some(detail)) => write!(f, " ({code}: {detail})"),
            (Some(text), None) | (None, Some(text)) => write!(f, " ({text})"),
            (None, None) => Ok(()),
        }
    }
}

impl Error for SendError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
