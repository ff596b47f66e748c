//! What a group send is to be: its plan, its provider's rules, and what would come of it.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveTime, TimeDelta, Utc};

use crate::{Fault, Faults, Message};

/// A message for the friends of a channel, at an instant.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use sosik_channel::{Advertising, Body, Bubble, GroupSend, Message, Refusal};
///
/// let advertising = Advertising::new("예시시청", Refusal::BlockChannel);
/// let message = Message::new(Body::Bubble(Bubble::new("이번 주 소식"))).with_advertising(advertising);
/// let friday = Utc.with_ymd_and_hms(2026, 11, 27, 7, 0, 0).unwrap(); // 16:00 in Seoul
/// let plan = GroupSend::new("city/2026-w48", message, friday).with_rate(500);
/// assert_eq!(plan.group, None); // all friends
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupSend {
    /// The name of the campaign, by which the provider refuses to send it twice: never used for another message.
    pub campaign: String,
    /// What is sent.
    pub message: Arc<Message>,
    /// The key of a friend group at the provider; `None` for all friends.
    pub group: Option<String>,
    /// When it starts.
    pub starts: DateTime<Utc>,
    /// The most messages a second; `None` for what the provider does by itself.
    pub per_second: Option<u32>,
}

impl GroupSend {
    /// A message for all friends, at an instant.
    #[must_use]
    pub fn new(campaign: impl Into<String>, message: impl Into<Arc<Message>>, starts: DateTime<Utc>) -> Self {
        Self { campaign: campaign.into(), message: message.into(), group: None, starts, per_second: None }
    }

    /// The plan for a friend group instead of all friends.
    #[must_use]
    pub fn to_group(mut self, key: impl Into<String>) -> Self {
        self.group = Some(key.into());
        self
    }

    /// The plan with a limit of messages a second: so that the city's own pages are not overrun.
    #[must_use]
    pub fn with_rate(mut self, per_second: u32) -> Self {
        self.per_second = Some(per_second);
        self
    }
}

/// When, and to how many, a provider sends to friends.
///
/// ```
/// use chrono::{NaiveTime, TimeDelta, TimeZone, Utc};
/// use sosik_channel::GroupRules;
///
/// let hour = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
/// let rules = GroupRules::new(TimeDelta::minutes(10), (hour(8, 0), hour(20, 50)), 10, "the provider's page, 2026-09");
/// let friday_evening = Utc.with_ymd_and_hms(2026, 11, 27, 11, 45, 0).unwrap(); // 20:45 in Seoul
/// assert_eq!(rules.earliest(friday_evening).to_rfc3339(), "2026-11-27T23:00:00+00:00"); // Saturday at 08:00
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupRules {
    /// How long before its start a group send has to be there.
    pub lead: TimeDelta,
    /// From when it is sent, in Seoul.
    pub opens: NaiveTime,
    /// Until when it is sent, in Seoul; what is left goes on when it opens again.
    pub closes: NaiveTime,
    /// The fewest people of a friend group.
    pub smallest_group: u64,
    /// Who says so, and when.
    pub source: &'static str,
}

impl GroupRules {
    /// Rules by the provider's lead, its hours in Seoul, and its smallest friend group.
    #[must_use]
    pub fn new(lead: TimeDelta, hours: (NaiveTime, NaiveTime), smallest_group: u64, source: &'static str) -> Self {
        Self { lead, opens: hours.0, closes: hours.1, smallest_group, source }
    }

    /// The earliest instant at which what is handed over at `now` may start.
    #[must_use]
    pub fn earliest(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let soonest = local(now.checked_add_signed(self.lead).unwrap_or(now));
        let day = match soonest.time() {
            time if time < self.opens => soonest.date_naive(),
            time if time < self.closes => return soonest.to_utc(),
            _ => soonest.date_naive().succ_opt().unwrap_or_else(|| soonest.date_naive()),
        };
        day.and_time(self.opens).and_local_timezone(*soonest.offset()).single().map_or(now, |at| at.to_utc())
    }

    /// When the day's hours end, at which a group send that is not done pauses by itself.
    #[must_use]
    pub fn closing(&self, starts: DateTime<Utc>) -> DateTime<Utc> {
        let day = local(starts);
        let closes = day.date_naive().and_time(self.closes).and_local_timezone(*day.offset());
        closes.single().map_or(starts, |at| at.to_utc())
    }

    /// Checks a plan that is to be handed over at `now`.
    ///
    /// # Errors
    ///
    /// [`Faults`] names what the provider would refuse.
    pub fn check(&self, plan: &GroupSend, now: DateTime<Utc>) -> Result<(), Faults> {
        let time = local(plan.starts).time();
        let mut faults = Vec::new();
        if plan.starts < now.checked_add_signed(self.lead).unwrap_or(now) {
            let minutes = self.lead.num_minutes();
            faults.push(Fault::new(
                "starts",
                format!("a group send starts at least {minutes} minutes ahead"),
                self.source,
            ));
        }
        if time < self.opens || time >= self.closes {
            let hours = format!("{} to {} in Seoul", self.opens.format("%H:%M"), self.closes.format("%H:%M"));
            faults.push(Fault::new("starts", format!("friends are sent to from {hours}"), self.source));
        }
        if plan.campaign.is_empty() {
            faults.push(Fault::new("campaign", "without a name nothing guards against a second sending", self.source));
        }
        if plan.per_second == Some(0) {
            faults.push(Fault::new("per_second", "at a rate of nothing no one gets it", self.source));
        }
        Faults::join(Ok(()), faults)
    }
}

fn local(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    // Korea keeps nine hours, without summer time since 1988.
    FixedOffset::east_opt(9 * 3600).map_or_else(|| at.fixed_offset(), |zone| at.with_timezone(&zone))
}

/// What a group send would be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outlook {
    /// How many friends the channel has.
    pub friends: u64,
    /// How many of the audience can get this kind of message.
    pub reachable: u64,
    /// When the provider expects to be done.
    pub finishes: DateTime<Utc>,
}

impl Outlook {
    /// An outlook by its counts and its end.
    #[must_use]
    pub fn new(friends: u64, reachable: u64, finishes: DateTime<Utc>) -> Self {
        Self { friends, reachable, finishes }
    }

    /// Whether it would be done by `deadline`. What would not, starts earlier, goes faster, or is not started.
    #[must_use]
    pub fn fits(&self, deadline: DateTime<Utc>) -> bool {
        self.finishes <= deadline
    }
}
