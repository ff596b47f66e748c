use std::fmt;

use chrono::{DateTime, Utc};
use sosik_registry::SubscriberId;
use uuid::Uuid;

use crate::{CampaignId, CampaignState, Outcomes};

/// The name of a batch: its campaign, and its number in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct BatchId {
    /// The campaign.
    pub campaign: CampaignId,
    /// The number, from 0.
    pub number: u32,
}

impl BatchId {
    /// The batch of this number of a campaign.
    #[must_use]
    pub fn new(campaign: CampaignId, number: u32) -> Self {
        Self { campaign, number }
    }

    /// The idempotency key under which the batch is sent, in every attempt the same: 40 to 50 characters.
    #[must_use]
    pub fn idempotency_key(&self) -> String {
        format!("sosik-{self}")
    }

    /// The reference of the recipient at this place of the batch.
    #[must_use]
    pub fn reference(&self, index: usize) -> String {
        RecipientRef { batch: *self, index }.to_string()
    }
}

impl std::str::FromStr for BatchId {
    type Err = RecipientRefError;

    fn from_str(text: &str) -> Result<Self, RecipientRefError> {
        let (campaign, number) = text.split_once('.').ok_or(RecipientRefError)?;
        let campaign = Uuid::try_parse(campaign).map_err(|_| RecipientRefError)?;
        Ok(Self::new(CampaignId::from_uuid(campaign), number.parse().map_err(|_| RecipientRefError)?))
    }
}

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.campaign, self.number)
    }
}

/// A recipient by their place in a batch: what goes to the transport as their reference and comes back in receipts.
///
/// ```
/// use sosik_delivery::RecipientRef;
///
/// let text = "0123456789abcdef0123456789abcdef.4.17";
/// let reference: RecipientRef = text.parse().unwrap();
/// assert_eq!((reference.batch.number, reference.index), (4, 17));
/// assert_eq!(reference.to_string(), text);
/// assert!("someone else's".parse::<RecipientRef>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RecipientRef {
    /// The batch.
    pub batch: BatchId,
    /// The place, from 0.
    pub index: usize,
}

impl fmt::Display for RecipientRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.batch, self.index)
    }
}

impl std::str::FromStr for RecipientRef {
    type Err = RecipientRefError;

    fn from_str(text: &str) -> Result<Self, RecipientRefError> {
        let (batch, index) = text.rsplit_once('.').ok_or(RecipientRefError)?;
        Ok(Self { batch: batch.parse()?, index: index.parse().map_err(|_| RecipientRefError)? })
    }
}

/// The text is no reference of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is no recipient's reference")]
#[non_exhaustive]
pub struct RecipientRefError;

/// Recipients who are sent to in one submission.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Batch {
    /// Its name.
    pub id: BatchId,
    /// Whether the fallback text goes to those whom the message cannot reach.
    pub fallback: bool,
    /// Whether it goes before all that is not: the batches of an emergency.
    pub urgent: bool,
    /// Who they are.
    pub recipients: Vec<SubscriberId>,
    /// Where each of them stands.
    pub outcomes: Outcomes,
    /// Where the batch stands.
    pub state: BatchState,
    /// When it is to be looked at next.
    pub due: DateTime<Utc>,
    /// From when on nothing more of it is submitted without a person's word.
    pub send_by: DateTime<Utc>,
    /// How often it was submitted.
    pub attempts: u32,
    /// When it was first submitted: from then on its idempotency key ages.
    pub first_sent: Option<DateTime<Utc>>,
    /// What was wrong the last time.
    pub note: Option<String>,
    /// Under which of the provider's handles the last attempt was submitted, or was about to be.
    pub handle: Option<String>,
}

impl Batch {
    /// A batch that was never submitted: due at one instant, and only until another.
    #[must_use]
    pub fn new(
        id: BatchId,
        fallback: bool,
        recipients: Vec<SubscriberId>,
        due: DateTime<Utc>,
        send_by: DateTime<Utc>,
    ) -> Self {
        let outcomes = Outcomes::pending(recipients.len());
        let state = BatchState::Ready;
        let (attempts, first_sent, note, handle) = (0, None, None, None);
        let urgent = false;
        Self { id, fallback, urgent, recipients, outcomes, state, due, send_by, attempts, first_sent, note, handle }
    }

    /// The batch that goes before all that are not urgent, or does not.
    #[must_use]
    pub fn with_urgency(mut self, urgent: bool) -> Self {
        self.urgent = urgent;
        self
    }

    /// The batch with the place that a person has in it, if they have one.
    #[must_use]
    pub fn with_place_of(self, person: SubscriberId) -> Option<(Self, usize)> {
        let place = self.recipients.iter().position(|recipient| *recipient == person)?;
        Some((self, place))
    }

    /// Lets a held batch go on, at once and until `send_by`, with all its attempts: the rule that every outbox follows. Tells whether it was
    /// held.
    ///
    /// What may have arrived is looked up before anything is repeated.
    pub fn reopen(&mut self, send_by: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        if self.state != BatchState::Held {
            return false;
        }
        self.state = if self.first_sent.is_some() { BatchState::InDoubt } else { BatchState::Ready };
        (self.due, self.send_by, self.note, self.attempts) = (now, send_by, None, 0);
        true
    }
}

/// Where a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BatchState {
    /// It was refused as a whole, or lost: a person looks at it.
    Held,
    /// It was submitted, or was about to be, and no answer is kept: it may have arrived.
    InDoubt,
    /// It is to be submitted, and nothing of it was taken.
    Ready,
    /// Nothing more is to come.
    Settled,
    /// It was taken; receipts are to come.
    Taken,
}

impl BatchState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Held, Self::InDoubt, Self::Ready, Self::Settled, Self::Taken];

    /// The state's name in stores.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::InDoubt => "in-doubt",
            Self::Ready => "ready",
            Self::Settled => "settled",
            Self::Taken => "taken",
        }
    }

    /// Reads a [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether a worker has something to do for a batch that stands so while its campaign stands so: nothing before it is
    /// planned, and of a paused one only asking for receipts. What is left of one that was called off is brought to its
    /// end without being submitted.
    #[must_use]
    pub fn is_open_in(self, campaign: CampaignState) -> bool {
        match campaign {
            CampaignState::Approved | CampaignState::Draft => false,
            CampaignState::Paused => self == Self::Taken,
            CampaignState::Cancelled
            | CampaignState::Expired
            | CampaignState::Planned
            | CampaignState::Sending
            | CampaignState::Settled => self.is_open(),
        }
    }

    /// Whether a worker has something to do for a batch that stands so.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::InDoubt | Self::Ready | Self::Taken)
    }
}
