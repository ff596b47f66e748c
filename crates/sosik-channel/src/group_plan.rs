//! What a group send is to be: its plan, its provider's rules, and what would come of it.

use std::sync::Arc;

use chrono::{DateTime, DurationRound, FixedOffset, NaiveTime, SubsecRound, TimeDelta, Utc};

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
/// let friday_noon = Utc.with_ymd_and_hms(2026, 11, 27, 3, 0, 0).unwrap();
/// assert_eq!(rules.earliest(friday_noon).to_rfc3339(), "2026-11-27T03:12:00+00:00"); // with time to hand it over
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
    /// The fewest people of a friend group. Only the provider knows how many are in one: it refuses a start to fewer.
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

    /// The earliest whole minute at which what is planned at `now` may start: with one to two minutes to register and
    /// hand it over, since the provider counts from when it has it.
    #[must_use]
    pub fn earliest(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let with_slack = self.lead.checked_add(&TimeDelta::minutes(2)).unwrap_or(self.lead);
        let soonest = now.checked_add_signed(with_slack).unwrap_or(now);
        let soonest = local(soonest.duration_trunc(TimeDelta::minutes(1)).unwrap_or(soonest));
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
        // Providers are told whole seconds.
        let starts = plan.starts.trunc_subsecs(0);
        let mut faults = Vec::new();
        if starts < now.checked_add_signed(self.lead).unwrap_or(now) {
            let problem = format!("a group send starts at least {} minutes ahead", self.lead.num_minutes());
            faults.push(Fault::new("starts", problem, self.source));
        }
        Faults::join(self.check_always(plan), faults)
    }

    /// Checks what is wrong with a plan whenever it is handed over: its hour, its rate, its name.
    ///
    /// # Errors
    ///
    /// [`Faults`] names what the provider would refuse, or do otherwise than meant.
    pub fn check_always(&self, plan: &GroupSend) -> Result<(), Faults> {
        let time = local(plan.starts).time();
        let mut faults = Vec::new();
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

impl GroupRules {
    /// When so many seconds of sending are over that begin at `starts`: at night nothing is sent.
    #[must_use]
    pub fn finishes(&self, starts: DateTime<Utc>, seconds: u64) -> DateTime<Utc> {
        let daily = self.closes.signed_duration_since(self.opens).num_seconds();
        let Some(daily) = u64::try_from(daily).ok().filter(|daily| *daily > 0) else { return DateTime::<Utc>::MAX_UTC };
        let starts = local(starts);
        let today = |time: NaiveTime, days: u64| {
            let day = starts.date_naive().checked_add_days(chrono::Days::new(days))?.and_time(time);
            day.and_local_timezone(*starts.offset()).single().map(|at| at.to_utc())
        };
        let add = |at: DateTime<Utc>, seconds: u64| {
            at.checked_add_signed(TimeDelta::try_seconds(i64::try_from(seconds).ok()?)?)
        };
        let left = self.closes.signed_duration_since(starts.time().max(self.opens)).num_seconds();
        let left = u64::try_from(left).unwrap_or(0);
        let end = if seconds <= left {
            today(self.opens, 0).and_then(|opens| add(opens.max(starts.to_utc()), seconds))
        } else {
            let rest = seconds - left;
            // The last second of a day is not the first of the next.
            let (days, rest) = ((rest - 1) / daily, (rest - 1) % daily + 1);
            today(self.opens, days.saturating_add(1)).and_then(|opens| add(opens, rest))
        };
        end.unwrap_or(DateTime::<Utc>::MAX_UTC)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Body, Bubble};

    fn rules() -> GroupRules {
        let hour = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
        GroupRules::new(TimeDelta::minutes(10), (hour(8, 0), hour(20, 50)), 10, "test")
    }

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(&format!("2026-11-{text}+09:00")).unwrap().to_utc()
    }

    #[test]
    fn the_earliest_start_leaves_time_to_hand_it_over_and_is_a_whole_minute() {
        let message = Message::new(Body::Bubble(Bubble::new("소식")));
        for (now, earliest) in [
            ("27T15:00:00.001", "27T15:12:00"),
            ("27T15:00:59.999", "27T15:12:00"),
            ("27T20:38:00", "28T08:00:00"),
            ("27T20:37:59", "27T20:49:00"),
            ("27T03:00:00", "27T08:00:00"),
        ] {
            let (now, start) = (at(now), rules().earliest(at(now)));
            assert_eq!(start, at(earliest));
            let plan = GroupSend::new("c", message.clone(), start);
            rules().check(&plan, now + TimeDelta::seconds(60)).unwrap();
        }
        // What is told to a provider is whole seconds: these are 9 minutes and 59 seconds ahead there.
        let plan = GroupSend::new("c", message, at("27T15:10:00.900"));
        assert!(rules().check(&plan, at("27T15:00:00.500")).is_err());
    }

    #[test]
    fn nights_are_no_time_of_sending() {
        let finishes = |starts: &str, seconds| rules().finishes(at(starts), seconds);
        assert_eq!(finishes("27T20:20:00", 1_800), at("27T20:50:00"));
        assert_eq!(finishes("27T20:20:00", 1_801), at("28T08:00:01"));
        assert_eq!(finishes("27T20:20:00", 5_000), at("28T08:53:20"));
        let day = 12 * 3_600 + 50 * 60;
        assert_eq!(finishes("27T08:00:00", 2 * day), at("28T20:50:00"));
        assert_eq!(finishes("27T08:00:00", 2 * day + 1), at("29T08:00:01"));
        assert_eq!(finishes("27T05:00:00", 0), at("27T08:00:00"));
        assert_eq!(finishes("27T22:00:00", 1), at("28T08:00:01"));
        assert_eq!(finishes("27T20:20:00", u64::MAX), DateTime::<Utc>::MAX_UTC);
    }
}
