use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sosik_registry::SubscriberId;
use sosik_schedule::{FrequencyCap, History, Policy, Scope};

use crate::Presence;

/// How many messages one person gets in a period, of all channels together.
///
/// They are looked at when an audience is frozen ([`Plan::with_caps`](crate::Plan::with_caps)), where what is planned counts
/// as well as what was sent, and again at each submission ([`EngineBuilder::caps`](crate::EngineBuilder::caps)), where only
/// what may have reached them counts. Emergencies are never kept back and do not count; nor do trials.
///
/// Two workers that send to one person in the same moment do not see each other: a cap is a courtesy, and no proof.
///
/// ```
/// use sosik_delivery::Caps;
/// use sosik_schedule::{FrequencyCap, Period, Policy, Scope};
///
/// let policy = Policy::city().with_cap(FrequencyCap::new(Scope::Recipient, 2, Period::Week));
/// assert!(!Caps::of(&policy).is_empty());
/// assert!(Caps::none().is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caps {
    caps: Vec<FrequencyCap>,
    zone: Tz,
}

impl Caps {
    /// None: any number of messages.
    #[must_use]
    pub fn none() -> Self {
        Self { caps: Vec::new(), zone: Tz::UTC }
    }

    /// Those of a policy that count what one recipient gets; days and weeks are meant in its zone.
    #[must_use]
    pub fn of(policy: &Policy) -> Self {
        let of_recipients = policy.caps.iter().filter(|cap| cap.scope == Scope::Recipient);
        Self { caps: of_recipients.copied().collect(), zone: policy.zone }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.caps.is_empty()
    }

    /// From which slot on a campaign may count for a message at an instant: none goes later than a month after its slot.
    pub(crate) fn since(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let longest = self.caps.iter().map(|cap| cap.period.longest()).max().unwrap_or_default();
        at.checked_sub_signed(longest + TimeDelta::days(31)).unwrap_or(at)
    }

    /// Whether one more message at an instant would be one too many for a person. `sent_only` leaves out what is planned and
    /// not sent yet.
    pub(crate) fn hold_back(
        &self,
        person: SubscriberId,
        presences: &[Presence],
        at: DateTime<Utc>,
        sent_only: bool,
    ) -> bool {
        if self.is_empty() {
            return false;
        }
        // Each counts, also those of one slot: what asks here is none of them.
        let nominal = DateTime::<Utc>::MIN_UTC;
        let history = presences
            .iter()
            .filter(|presence| presence.people.get(&person).is_some_and(|may_have| *may_have || !sent_only))
            .fold(History::new(), |history, presence| history.with_send(presence.send_at, nominal));
        self.caps.iter().any(|cap| cap.allows_from(&history, at, at, self.zone) > at)
    }
}

impl Default for Caps {
    fn default() -> Self {
        Self::none()
    }
}
