use std::collections::BTreeMap;
use std::fmt;

use sosik_core::PhoneNumber;

/// To whom a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Audience {
    /// All friends of the channel, or one friend group of it. The city holds no phone numbers, and afterwards only
    /// counts are known.
    #[non_exhaustive]
    Friends {
        /// The group's key at the provider; `None` for all friends.
        group: Option<String>,
    },
    /// A clerk, who sends by hand in the provider's own console.
    Hands,
    /// Consented people by their phone numbers. What became of each is known.
    Named(Vec<Recipient>),
}

impl Audience {
    /// All friends of the channel.
    #[must_use]
    pub fn all_friends() -> Self {
        Self::Friends { group: None }
    }

    /// Which of the three it is.
    #[must_use]
    pub fn kind(&self) -> AudienceKind {
        match self {
            Self::Friends { .. } => AudienceKind::Friends,
            Self::Hands => AudienceKind::Hands,
            Self::Named(_) => AudienceKind::Named,
        }
    }
}

/// The three kinds of audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AudienceKind {
    /// Friends of the channel, without phone numbers.
    Friends,
    /// A person's hands.
    Hands,
    /// Named recipients.
    Named,
}

/// One named recipient of a submission. `Debug` shows neither the number nor the values.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recipient {
    /// What the sender calls them in this submission; it comes back in receipts. No personal data.
    pub reference: String,
    /// Where the message goes.
    pub phone: PhoneNumber,
    /// The values of the message's variables for them, by name.
    pub variables: BTreeMap<String, String>,
}

impl Recipient {
    /// A recipient by the sender's reference and their number.
    #[must_use]
    pub fn new(reference: impl Into<String>, phone: PhoneNumber) -> Self {
        Self { reference: reference.into(), phone, variables: BTreeMap::new() }
    }

    /// The recipient with the value of a variable: `이름`, not `#{이름}`.
    #[must_use]
    pub fn with_variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.variables.keys().collect();
        f.debug_struct("Recipient")
            .field("reference", &self.reference)
            .field("variables", &names)
            .finish_non_exhaustive()
    }
}
