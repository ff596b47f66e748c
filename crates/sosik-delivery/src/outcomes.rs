use std::collections::BTreeMap;

use sosik_channel::{Outcome, Route};
use sosik_registry::Suppression;

/// Where one recipient of a batch stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecipientState {
    /// Taken by the transport; nothing more is known.
    Accepted,
    /// Delivered by `KakaoTalk` (or by text, where the message itself is a text).
    Delivered,
    /// Delivered as the fallback text.
    DeliveredAsText,
    /// Not delivered, by the provider's code.
    #[non_exhaustive]
    Failed {
        /// The code.
        code: String,
    },
    /// Not delivered by `KakaoTalk`; the fallback text is on its way.
    #[non_exhaustive]
    FallingBack {
        /// The code of the failure.
        code: String,
    },
    /// Not sent yet, or not known to be.
    Pending,
    /// Not sent.
    Suppressed(Withheld),
    /// No one can say whether it arrived. A person decides.
    Unknown,
}

impl RecipientState {
    /// A failure by the provider's code.
    #[must_use]
    pub fn failed(code: impl Into<String>) -> Self {
        Self::Failed { code: code.into() }
    }

    /// Whether nothing more is to come.
    #[must_use]
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Accepted | Self::FallingBack { .. } | Self::Pending)
    }

    /// What a receipt says, for a batch with or without a fallback text.
    #[must_use]
    pub fn of_receipt(route: Route, outcome: &Outcome, fallback: bool) -> Self {
        match (route, outcome) {
            (Route::Text, Outcome::Delivered) if fallback => Self::DeliveredAsText,
            (_, Outcome::Delivered) => Self::Delivered,
            // Where the form is not known, a text may still come.
            (Route::Kakao | Route::Other, Outcome::Failed { code, .. }) if fallback => {
                Self::FallingBack { code: code.clone() }
            }
            (_, Outcome::Failed { code, .. }) => Self::failed(code.as_str()),
            // Routes and outcomes to come are no proof of delivery.
            (_, _) => Self::Unknown,
        }
    }

    fn byte(&self) -> u8 {
        match self {
            Self::Accepted => b'a',
            Self::Delivered => b'd',
            Self::DeliveredAsText => b't',
            Self::Failed { .. } => b'f',
            Self::FallingBack { .. } => b'b',
            Self::Pending => b'p',
            Self::Suppressed(_) => b's',
            Self::Unknown => b'u',
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::Accepted => 1,
            Self::FallingBack { .. } => 2,
            Self::Unknown => 3,
            Self::Delivered | Self::DeliveredAsText | Self::Failed { .. } | Self::Suppressed(_) => 4,
        }
    }
}

/// Why nothing was sent to a recipient who was planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Withheld {
    /// The campaign was called off before.
    Cancelled,
    /// The campaign's time passed before.
    Expired,
    /// They might no longer be sent to.
    Person(Suppression),
}

impl Withheld {
    /// The reason's stable name, in reports and stores.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Person(reason) => reason.code(),
        }
    }

    /// Reads a [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "cancelled" => Some(Self::Cancelled),
            "expired" => Some(Self::Expired),
            other => Suppression::from_code(other).map(Self::Person),
        }
    }
}

impl From<Suppression> for Withheld {
    fn from(reason: Suppression) -> Self {
        Self::Person(reason)
    }
}

/// A step of one recipient, by their place in the batch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The place, from 0.
    pub index: usize,
    /// Where they stand from now on.
    pub state: RecipientState,
}

impl Change {
    /// A step.
    #[must_use]
    pub fn new(index: usize, state: RecipientState) -> Self {
        Self { index, state }
    }
}

/// Where all recipients of a batch stand: one byte each, and codes for those that have one.
///
/// Steps go forward only: whatever comes late, twice or in another order, the result is the same.
///
/// ```
/// use sosik_delivery::{Change, Outcomes, RecipientState};
///
/// let mut outcomes = Outcomes::pending(2);
/// assert!(outcomes.apply(&Change::new(0, RecipientState::Delivered)));
/// assert!(!outcomes.apply(&Change::new(0, RecipientState::Accepted))); // late news
/// assert_eq!(outcomes.state(0), Some(RecipientState::Delivered));
/// let (bytes, codes) = outcomes.encode();
/// assert_eq!(bytes, b"dp");
/// assert_eq!(Outcomes::decode(&bytes, &codes)?, outcomes);
/// # Ok::<(), sosik_delivery::OutcomesError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    bytes: Vec<u8>,
    codes: BTreeMap<usize, String>,
}

impl Outcomes {
    /// No recipient sent to yet.
    #[must_use]
    pub fn pending(recipients: usize) -> Self {
        Self { bytes: vec![b'p'; recipients], codes: BTreeMap::new() }
    }

    /// How many recipients there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Where a recipient stands.
    #[must_use]
    pub fn state(&self, index: usize) -> Option<RecipientState> {
        let code = || self.codes.get(&index).cloned().unwrap_or_default();
        Some(match self.bytes.get(index)? {
            b'a' => RecipientState::Accepted,
            b'd' => RecipientState::Delivered,
            b't' => RecipientState::DeliveredAsText,
            b'f' => RecipientState::Failed { code: code() },
            b'b' => RecipientState::FallingBack { code: code() },
            b's' => RecipientState::Suppressed(
                Withheld::from_code(&code()).unwrap_or(Withheld::Person(Suppression::Erased)),
            ),
            b'u' => RecipientState::Unknown,
            _ => RecipientState::Pending,
        })
    }

    /// Where all recipients stand, in their order.
    pub fn iter(&self) -> impl Iterator<Item = RecipientState> + '_ {
        (0..self.len()).filter_map(|index| self.state(index))
    }

    /// Takes a step if it goes forward, and tells whether it did. A place beyond the batch is passed over.
    pub fn apply(&mut self, change: &Change) -> bool {
        let Some(before) = self.state(change.index) else { return false };
        if change.state.rank() <= before.rank() {
            return false;
        }
        self.bytes[change.index] = change.state.byte();
        match &change.state {
            RecipientState::Failed { code } | RecipientState::FallingBack { code } => {
                self.codes.insert(change.index, code.clone());
            }
            RecipientState::Suppressed(reason) => {
                self.codes.insert(change.index, reason.code().to_owned());
            }
            _ => {
                self.codes.remove(&change.index);
            }
        }
        true
    }

    /// The steps that bring everyone who is pending to a state.
    pub(crate) fn pending_to(&self, state: &RecipientState) -> Vec<Change> {
        let pending = self.iter().enumerate().filter(|(_, now)| *now == RecipientState::Pending);
        pending.map(|(index, _)| Change::new(index, state.clone())).collect()
    }

    /// Whether nothing more is to come.
    #[must_use]
    pub fn are_final(&self) -> bool {
        self.iter().all(|state| state.is_final())
    }

    /// The compact form: one byte a recipient, and the codes as JSON.
    #[must_use]
    pub fn encode(&self) -> (Vec<u8>, String) {
        (self.bytes.clone(), serde_json::to_string(&self.codes).unwrap_or_default())
    }

    /// Reads the compact form.
    ///
    /// # Errors
    ///
    /// [`OutcomesError`] when a byte stands for nothing, or the codes are no such JSON.
    pub fn decode(bytes: &[u8], codes: &str) -> Result<Self, OutcomesError> {
        if let Some(index) = bytes.iter().position(|byte| !b"adtfbpsu".contains(byte)) {
            return Err(OutcomesError { problem: format!("byte {index} stands for no state") });
        }
        let codes = serde_json::from_str(codes).map_err(|e| OutcomesError { problem: format!("the codes: {e}") })?;
        Ok(Self { bytes: bytes.to_vec(), codes })
    }
}

/// Stored outcomes cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored outcomes cannot be read: {problem}")]
pub struct OutcomesError {
    problem: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<RecipientState> {
        vec![
            RecipientState::Accepted,
            RecipientState::FallingBack { code: "3016".to_owned() },
            RecipientState::DeliveredAsText,
        ]
    }

    #[test]
    fn the_order_of_the_news_does_not_matter() {
        let states = all();
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let mut outcomes = Outcomes::pending(1);
            for at in order {
                outcomes.apply(&Change::new(0, states[at].clone()));
                outcomes.apply(&Change::new(0, states[at].clone()));
            }
            assert_eq!(outcomes.state(0), Some(RecipientState::DeliveredAsText), "{order:?}");
        }
    }

    #[test]
    fn a_receipt_after_all_ends_the_doubt() {
        let mut outcomes = Outcomes::pending(1);
        outcomes.apply(&Change::new(0, RecipientState::Unknown));
        assert!(outcomes.are_final());
        assert!(outcomes.apply(&Change::new(0, RecipientState::Delivered)));
    }

    #[test]
    fn every_state_survives_its_compact_form() {
        let states = [
            RecipientState::Pending,
            RecipientState::Accepted,
            RecipientState::Delivered,
            RecipientState::DeliveredAsText,
            RecipientState::failed("A306"),
            RecipientState::FallingBack { code: "3016".to_owned() },
            RecipientState::Suppressed(Suppression::Withdrawn.into()),
            RecipientState::Suppressed(Withheld::Cancelled),
            RecipientState::Unknown,
        ];
        let mut outcomes = Outcomes::pending(states.len());
        for (index, state) in states.iter().enumerate() {
            outcomes.apply(&Change::new(index, state.clone()));
        }
        let (bytes, codes) = outcomes.encode();
        let again = Outcomes::decode(&bytes, &codes).unwrap();
        assert_eq!(again.iter().collect::<Vec<_>>(), states);
        assert!(Outcomes::decode(b"x", "{}").is_err() && Outcomes::decode(b"p", "[").is_err());
    }
}
