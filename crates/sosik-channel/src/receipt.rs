use chrono::{DateTime, Utc};

/// What became of one message to one recipient, as the provider reports it.
///
/// The same receipt can come twice, late, and in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// The sender's reference for the recipient, where the provider gives it back.
    pub reference: Option<String>,
    /// The provider's own key of the message.
    pub message_key: String,
    /// Which of the message's forms it speaks of.
    pub route: Route,
    /// What became of it.
    pub outcome: Outcome,
    /// When, as far as the provider says.
    pub at: Option<DateTime<Utc>>,
}

impl Receipt {
    /// A receipt for a message by its key and the form it went in.
    #[must_use]
    pub fn new(message_key: impl Into<String>, route: Route, outcome: Outcome) -> Self {
        Self { reference: None, message_key: message_key.into(), route, outcome, at: None }
    }

    /// The receipt with the sender's reference.
    #[must_use]
    pub fn with_reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// The receipt with its instant.
    #[must_use]
    pub fn at(mut self, at: DateTime<Utc>) -> Self {
        self.at = Some(at);
        self
    }
}

/// The form in which a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Route {
    /// By KakaoTalk.
    Kakao,
    /// In a form that the client does not know.
    Other,
    /// As a text message.
    Text,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It arrived.
    Delivered,
    /// It did not.
    #[non_exhaustive]
    Failed {
        /// The provider's code.
        code: String,
        /// Whether the recipient cannot be reached this way at all: no friend, no such number.
        gone: bool,
    },
}

impl Outcome {
    /// A failure by the provider's code.
    #[must_use]
    pub fn failed(code: impl Into<String>, gone: bool) -> Self {
        Self::Failed { code: code.into(), gone }
    }
}

/// A page of receipts. Nothing on it is lost until it is acknowledged: it comes again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceiptPage {
    /// What to acknowledge; `None` when there is nothing to.
    pub id: Option<String>,
    /// The receipts.
    pub receipts: Vec<Receipt>,
}

impl ReceiptPage {
    /// A page under an id.
    #[must_use]
    pub fn new(id: impl Into<String>, receipts: Vec<Receipt>) -> Self {
        Self { id: Some(id.into()), receipts }
    }
}
