//! What is known of a campaign that goes to people whom no one here can name.

use chrono::{DateTime, Utc};
use sosik_channel::{GroupSendState, GroupSendStatus};

/// What is known of a campaign that goes by another [`Route`](crate::Route) than to named recipients: the proof (발송 증빙)
/// that a city keeps of it.
///
/// It only grows: of two who write down what they know, neither makes the other's vanish ([`take`](Self::take)).
///
/// ```
/// use chrono::{DateTime, Utc};
/// use sosik_channel::{GroupSendState, GroupSendStatus};
/// use sosik_delivery::Evidence;
///
/// let now = DateTime::<Utc>::UNIX_EPOCH;
/// let mut known = Evidence::of(&GroupSendState::new("7", GroupSendStatus::Sending).with_counts(Some(9), Some(4)), now);
/// known.take(&Evidence::of(&GroupSendState::new("7", GroupSendStatus::Done).with_counts(Some(9), Some(9)), now));
/// assert_eq!((known.handle.as_deref(), known.sent), (Some("7"), Some(9)));
/// assert!(!known.is_open());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Evidence {
    /// When it ends, where that is later than the campaign says: a person or a rule let it go on.
    pub deadline: Option<DateTime<Utc>>,
    /// The provider's name of the message, once it is registered.
    pub template: Option<String>,
    /// When it was last handed over. Written down before it is.
    pub asked: Option<DateTime<Utc>>,
    /// When the provider last refused it for certain, so that nothing goes.
    pub refused: Option<DateTime<Utc>>,
    /// When it starts, or started.
    pub starts: Option<DateTime<Utc>>,
    /// The provider's handle.
    pub handle: Option<String>,
    /// How many were expected to get it.
    pub expected: Option<u64>,
    /// To how many it went.
    pub sent: Option<u64>,
    /// Where it stands at the provider.
    pub status: Option<GroupSendStatus>,
    /// Which resumption by a person was carried out, by its instant.
    pub resumed: Option<DateTime<Utc>>,
    /// When it was last looked at.
    pub seen: Option<DateTime<Utc>>,
    /// What a person has to look at, as of then.
    pub ask: Option<String>,
    /// The SHA-256 of the kit's manifest, by which a kit is known.
    pub kit: Option<String>,
    /// Who said that it was sent.
    pub attestation: Option<Attestation>,
}

impl Evidence {
    /// Nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What a look at the provider showed.
    #[must_use]
    pub fn of(state: &GroupSendState, now: DateTime<Utc>) -> Self {
        Self {
            starts: state.starts,
            handle: Some(state.handle.clone()).filter(|handle| !handle.is_empty()),
            expected: state.expected,
            sent: state.sent,
            status: Some(state.status.clone()),
            seen: Some(now),
            ..Self::default()
        }
    }

    /// What a person has to look at.
    #[must_use]
    pub fn asking(what: impl Into<String>, now: DateTime<Utc>) -> Self {
        Self { ask: Some(what.into()), seen: Some(now), ..Self::default() }
    }

    /// Takes in what someone else knows. What is known stays: a handle, an attestation, an end. Counts never fall, and of
    /// what changes the later look counts.
    pub fn take(&mut self, more: &Self) {
        let is_later = more.seen.is_some() && more.seen >= self.seen;
        let is_final = |of: &Self| of.status.as_ref().is_some_and(GroupSendStatus::is_final);
        if more.status.is_some()
            && (is_final(more) || !is_final(self))
            && (is_later || self.status.is_none() || is_final(more))
        {
            self.status.clone_from(&more.status);
        }
        if is_later {
            self.ask.clone_from(&more.ask);
        }
        if self.starts.is_none() || is_later && more.starts.is_some() {
            self.starts = more.starts.or(self.starts);
        }
        keep(&mut self.template, more.template.as_ref());
        keep(&mut self.handle, more.handle.as_ref());
        keep(&mut self.attestation, more.attestation.as_ref());
        if self.attestation.is_none() {
            self.kit = more.kit.clone().or(self.kit.take());
        } else {
            keep(&mut self.kit, more.kit.as_ref());
        }
        self.deadline = self.deadline.max(more.deadline);
        self.asked = self.asked.max(more.asked);
        self.refused = self.refused.max(more.refused);
        self.resumed = self.resumed.max(more.resumed);
        self.seen = self.seen.max(more.seen);
        self.expected = self.expected.max(more.expected);
        self.sent = self.sent.max(more.sent);
    }

    /// Whether it was handed over, and is not known to be at its end.
    #[must_use]
    pub fn is_open(&self) -> bool {
        // A word stands in the place of a look, where no one here can look.
        let is_final = self.status.as_ref().is_some_and(GroupSendStatus::is_final);
        !is_final && (self.handle.is_some() || self.is_in_doubt() && self.attestation.is_none())
    }

    /// Whether it was handed over, and it is not known by which handle: it may be on its way or not.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        self.handle.is_none() && self.asked.is_some() && self.asked > self.refused
    }
}

fn keep<T: Clone>(known: &mut Option<T>, more: Option<&T>) {
    if known.is_none() {
        *known = more.cloned();
    }
}

/// A person's word that a campaign was sent (발송 확인서).
///
/// It names accounts, not people: it stands in reports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attestation {
    /// The account that says so.
    pub by: String,
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// To how many, as the console showed.
    pub sent: Option<u64>,
    /// The console's number of the message.
    pub number: Option<String>,
    /// The account that looked at it, too.
    pub checked_by: Option<String>,
}

impl Attestation {
    /// An account's word that it was sent at an instant.
    #[must_use]
    pub fn new(by: impl Into<String>, at: DateTime<Utc>) -> Self {
        Self { by: by.into(), at, sent: None, number: None, checked_by: None }
    }

    /// With how many it went to, as the console showed: none, where a person looked and it is not there.
    #[must_use]
    pub fn to(mut self, people: u64) -> Self {
        self.sent = Some(people);
        self
    }

    /// With the console's number of the message.
    #[must_use]
    pub fn numbered(mut self, number: impl Into<String>) -> Self {
        self.number = Some(number.into());
        self
    }

    /// With a second account that looked at it.
    #[must_use]
    pub fn checked_by(mut self, account: impl Into<String>) -> Self {
        self.checked_by = Some(account.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn look(status: GroupSendStatus, sent: u64, seconds: i64) -> Evidence {
        Evidence::of(&GroupSendState::new("7", status).with_counts(Some(100), Some(sent)), at(seconds))
    }

    #[test]
    fn what_is_known_stays_in_whatever_order_it_comes() {
        let mut asked = Evidence::new();
        (asked.asked, asked.template) = (Some(at(0)), Some("T".to_owned()));
        let mut refused = Evidence::asking("look", at(4));
        refused.refused = Some(at(4));
        let all = [
            asked,
            look(GroupSendStatus::Ready, 0, 1),
            look(GroupSendStatus::Sending, 40, 2),
            look(GroupSendStatus::Done, 99, 3),
            refused,
            look(GroupSendStatus::Sending, 60, 5),
        ];
        let mut orders = vec![Vec::new()];
        for of in 0..all.len() {
            orders = orders
                .into_iter()
                .flat_map(|order: Vec<usize>| {
                    (0..=order.len()).map(move |place| {
                        let mut more = order.clone();
                        more.insert(place, of);
                        more
                    })
                })
                .collect();
        }
        assert_eq!(orders.len(), 720);
        let mut ends = Vec::new();
        for order in orders {
            let mut known = Evidence::new();
            for of in order {
                known.take(&all[of]);
            }
            let again = known.clone();
            known.take(&again);
            assert_eq!(known, again);
            ends.push(known);
        }
        ends.dedup();
        assert_eq!(ends.len(), 1, "{ends:#?}");
        let end = ends.pop().unwrap();
        assert_eq!((end.sent, end.status.as_ref(), end.ask.as_ref()), (Some(99), Some(&GroupSendStatus::Done), None));
        assert!(!end.is_open() && !end.is_in_doubt());
    }

    #[test]
    fn what_was_handed_over_is_in_doubt_until_it_is_refused_or_seen() {
        let mut known = Evidence::new();
        assert!(!known.is_open());
        known.asked = Some(at(1));
        assert!(known.is_in_doubt() && known.is_open());
        known.refused = Some(at(1));
        assert!(!known.is_open());
        known.asked = Some(at(2));
        assert!(known.is_open());
        known.attestation = Some(Attestation::new("clerk", at(3)));
        assert!(!known.is_open());
        // What can be looked at is looked at, whatever someone said.
        known.handle = Some("7".to_owned());
        assert!(known.is_open());
    }
}
