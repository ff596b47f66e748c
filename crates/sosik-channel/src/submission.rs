//! What is handed to a transport, and what it answers.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::{Audience, Message, Outcome, Route};

/// A message for an audience, under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Submission {
    /// The idempotency key: the same for every attempt at the same submission, never used for another message.
    /// At most 200 characters.
    pub key: String,
    /// What is sent.
    pub message: Arc<Message>,
    /// To whom.
    pub audience: Audience,
    /// When the provider is to send it; `None` for at once.
    pub send_at: Option<DateTime<Utc>>,
    /// Under which handle it was [prepared](crate::Transport::prepare).
    pub handle: Option<String>,
}

impl Submission {
    /// A message for an audience under a key.
    #[must_use]
    pub fn new(key: impl Into<String>, message: impl Into<Arc<Message>>, audience: Audience) -> Self {
        Self { key: key.into(), message: message.into(), audience, send_at: None, handle: None }
    }

    /// The submission under the handle that [`prepare`](crate::Transport::prepare) gave.
    #[must_use]
    pub fn under(mut self, handle: impl Into<String>) -> Self {
        self.handle = Some(handle.into());
        self
    }

    /// The submission to be sent by the provider at an instant to come: [`Capabilities::schedule`](crate::Capabilities)
    /// tells whether it can.
    ///
    /// What is scheduled has no idempotency key anywhere: look with [`find`](crate::Transport::find) before it is
    /// repeated.
    #[must_use]
    pub fn at(mut self, instant: DateTime<Utc>) -> Self {
        self.send_at = Some(instant);
        self
    }
}

/// What a transport answers to a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Submitted {
    /// What is known of who gets it.
    pub proof: Proof,
    /// By what the provider calls the whole of it, where it does: [`cancel`](crate::Transport::cancel) takes it.
    pub handle: Option<String>,
}

impl Submitted {
    /// An answer with this proof.
    #[must_use]
    pub fn new(proof: Proof) -> Self {
        Self { proof, handle: None }
    }

    /// The answer with the provider's handle of the whole submission.
    #[must_use]
    pub fn with_handle(mut self, handle: impl Into<String>) -> Self {
        self.handle = Some(handle.into());
        self
    }

    /// How many recipients it newly accepted.
    #[must_use]
    pub fn accepted(&self) -> usize {
        match &self.proof {
            Proof::PerRecipient(answers) => {
                answers.iter().filter(|acceptance| acceptance.answer == Answer::Accepted).count()
            }
            Proof::Aggregate { .. } | Proof::Attested { .. } => 0,
        }
    }
}

/// What can be known of who gets a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proof {
    /// Counts only, to be asked for under the provider's handle.
    #[non_exhaustive]
    Aggregate {
        /// The provider's handle of the sending.
        handle: String,
        /// How many it expects to reach.
        expected: Option<u64>,
    },
    /// A person says that they will send it, or have.
    #[non_exhaustive]
    Attested {
        /// The handle under which the attestation is kept.
        handle: String,
    },
    /// An answer for each recipient, and receipts later.
    PerRecipient(Vec<Acceptance>),
}

/// A transport's answer for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Acceptance {
    /// The sender's reference.
    pub reference: String,
    /// The provider's key of the message, where it gives one.
    pub message_key: Option<String>,
    /// The answer.
    pub answer: Answer,
}

impl Acceptance {
    /// An answer for the recipient of this reference.
    #[must_use]
    pub fn new(reference: impl Into<String>, message_key: Option<String>, answer: Answer) -> Self {
        Self { reference: reference.into(), message_key, answer }
    }
}

/// Whether a recipient's message was taken. Taken is not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// It was taken now.
    Accepted,
    /// It was taken before under the same key, and is not sent again.
    Already,
    /// It was not taken.
    #[non_exhaustive]
    Rejected {
        /// The provider's code.
        code: String,
        /// Whether the recipient cannot be reached at all.
        gone: bool,
    },
}

impl Answer {
    /// A rejection by the provider's code.
    #[must_use]
    pub fn rejected(code: impl Into<String>, gone: bool) -> Self {
        Self::Rejected { code: code.into(), gone }
    }
}

/// A recipient of an earlier submission whom the provider knows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// The sender's reference.
    pub reference: String,
    /// What became of the message, where that is known already.
    pub settled: Option<(Route, Outcome)>,
    /// The handle of the submission, as in [`Submitted::handle`].
    pub handle: Option<String>,
}

impl Found {
    /// A recipient whose message was taken, with what became of it.
    #[must_use]
    pub fn new(reference: impl Into<String>, settled: Option<(Route, Outcome)>) -> Self {
        Self { reference: reference.into(), settled, handle: None }
    }

    /// What was found, with the provider's handle of the whole submission.
    #[must_use]
    pub fn under(mut self, handle: Option<String>) -> Self {
        self.handle = handle;
        self
    }
}
