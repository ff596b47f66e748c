use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sosik_registry::SubscriberId;
use sosik_schedule::{FrequencyCap, History, MessageClass, Policy, Scope};

use crate::{Campaign, CampaignKey, Outbox, OutboxError, Presence, Share};

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

    /// Whether a campaign's message at an instant would be one too many for a person. `sent_only` leaves out what is planned
    /// and not sent yet. What failed never counts.
    pub(crate) fn hold_back(
        &self,
        person: SubscriberId,
        campaign: &Campaign,
        presences: &[Presence],
        at: DateTime<Utc>,
        sent_only: bool,
    ) -> bool {
        if !counts(&campaign.key, campaign.class) {
            return false;
        }
        // Each counts, also those of one slot: what asks here is none of them.
        let nominal = DateTime::<Utc>::MIN_UTC;
        self.caps.iter().any(|cap| {
            // What is planned for later counts within the same span, and not beyond it.
            let end = at.checked_add_signed(cap.period.longest()).unwrap_or(at);
            let when = |presence: &Presence| match presence.people.get(&person)? {
                Share::Sent(at) => Some(*at),
                Share::Planned if !sent_only => Some(presence.send_at),
                _ => None,
            };
            let history = presences
                .iter()
                .filter(|of| of.key != campaign.key && counts(&of.key, of.class))
                .filter_map(when)
                .filter(|sent| *sent < end)
                .fold(History::new(), |history, sent| history.with_send(sent, nominal));
            cap.allows_from(&history, at, at, self.zone) > at
        })
    }

    /// Those of a campaign's people who have had as many messages as one person gets, by `now`.
    pub(crate) async fn capped(
        &self,
        outbox: &dyn Outbox,
        campaign: &Campaign,
        people: &[SubscriberId],
        now: DateTime<Utc>,
    ) -> Result<BTreeSet<SubscriberId>, OutboxError> {
        if self.is_empty() || !counts(&campaign.key, campaign.class) {
            return Ok(BTreeSet::new());
        }
        let presences = outbox.presences(people, self.since(now)).await?;
        let capped = people.iter().copied().filter(|person| self.hold_back(*person, campaign, &presences, now, true));
        Ok(capped.collect())
    }
}

/// Whether a campaign counts, and is kept back.
fn counts(key: &CampaignKey, class: MessageClass) -> bool {
    !key.is_trial() && !class.is_emergency()
}

impl Default for Caps {
    fn default() -> Self {
        Self::none()
    }
}
