//! The sends to come: when each goes, what moved it, and why.

use std::fmt;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::cap::History;
use crate::decision::{Verdict, decide};
use crate::reason::Reason;
use crate::recurrence::Recurrence;
use crate::request::{Facts, Request};
use crate::rule;

/// A slot to come, and when it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedSend {
    /// The nominal instant.
    pub nominal: DateTime<Utc>,
    /// When it goes; `None` when a person has to decide.
    pub send_at: Option<DateTime<Utc>>,
    /// By how many days it moved: negative is earlier. 0 when a person has to decide.
    pub moved_days: i64,
    /// Why, in the order in which the rules were asked. Empty when it goes at its slot.
    pub reasons: Vec<Reason>,
}

/// The next `count` sends of a channel from `from` on, as they would be decided at `now`.
///
/// Ask well before `from` where a slot may move to an earlier day: at its own day it can no longer.
/// Each planned send counts in the history of those after it, so that caps and distances show. `request` says what the
/// messages are; its nominal instant is taken from the recurrence.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use sosik_schedule::{Facts, KoreanCalendar, MessageClass, PlanView, Policy, Recurrence, Request, WeeklySlot, plan};
///
/// let (policy, calendar) = (Policy::city(), KoreanCalendar::new());
/// let fridays = Recurrence::from(WeeklySlot::friday_afternoon());
/// let now = Utc.with_ymd_and_hms(2026, 11, 24, 0, 0, 0).unwrap();
/// let from = Utc.with_ymd_and_hms(2026, 12, 1, 0, 0, 0).unwrap();
/// let request = Request::new(MessageClass::Advertising, from);
/// let plan = plan(&fridays, &request, &Facts::new(&policy, &calendar), now, from, 5);
/// let table = PlanView::new(&plan, policy.zone).to_string();
/// assert!(table.contains("2026-12-25 15:00  Thu 2026-12-24 15:00    -1  holiday-roll"), "{table}");
/// ```
#[must_use]
pub fn plan(
    recurrence: &Recurrence,
    request: &Request,
    facts: &Facts<'_>,
    now: DateTime<Utc>,
    from: DateTime<Utc>,
    count: usize,
) -> Vec<PlannedSend> {
    let occurrences = recurrence.take(from, count);
    follow(occurrences.into_iter().map(|occurrence| occurrence.nominal), request, facts, now)
}

/// A year (or any span) of a channel under a policy: [`plan`] for every slot from `from` up to, not including, `to`.
#[must_use]
pub fn simulate(
    recurrence: &Recurrence,
    request: &Request,
    facts: &Facts<'_>,
    now: DateTime<Utc>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Vec<PlannedSend> {
    let occurrences = recurrence.between(from, to);
    follow(occurrences.into_iter().map(|occurrence| occurrence.nominal), request, facts, now)
}

fn follow(
    slots: impl Iterator<Item = DateTime<Utc>>,
    request: &Request,
    facts: &Facts<'_>,
    now: DateTime<Utc>,
) -> Vec<PlannedSend> {
    let mut history = facts.channel.cloned().unwrap_or_else(History::new);
    let mut planned = Vec::new();
    for nominal in slots {
        let request = Request { nominal, ..request.clone() };
        let facts = Facts { channel: Some(&history), ..*facts };
        let decision = decide(&request, &facts, now);
        let send_at = match decision.verdict {
            Verdict::Send => Some(now),
            Verdict::Wait { until } => Some(until),
            Verdict::Refuse => None,
        };
        let zone = facts.policy.zone;
        let date = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
        let moved_days = send_at.map_or(0, |at| date(at).signed_duration_since(date(nominal)).num_days());
        let mut reasons = decision.reasons;
        reasons.retain(|reason| reason.code() != rule::SLOT.code);
        if let Some(at) = send_at {
            history = match request.content {
                Some(content) => history.with_content(at, nominal, content),
                None => history.with_send(at, nominal),
            };
        }
        planned.push(PlannedSend { nominal, send_at, moved_days, reasons });
    }
    planned
}

/// A plan as a table: one line a slot, in a zone. Its `Display` is the table.
#[derive(Clone, Copy, Debug)]
pub struct PlanView<'a> {
    plan: &'a [PlannedSend],
    zone: Tz,
}

impl<'a> PlanView<'a> {
    /// A plan seen in a zone.
    #[must_use]
    pub fn new(plan: &'a [PlannedSend], zone: Tz) -> Self {
        Self { plan, zone }
    }
}

impl fmt::Display for PlanView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "slot                  goes                  days  why")?;
        for send in self.plan {
            let slot = send.nominal.with_timezone(&self.zone).format("%a %Y-%m-%d %H:%M");
            let goes = match send.send_at {
                Some(at) => at.with_timezone(&self.zone).format("%a %Y-%m-%d %H:%M").to_string(),
                None => "a person decides".to_owned(),
            };
            let why: Vec<&str> = send.reasons.iter().map(Reason::code).collect();
            let days = if send.moved_days == 0 { String::new() } else { format!("{:+}", send.moved_days) };
            writeln!(f, "{}", format!("{slot}  {goes:<20}  {days:>4}  {}", why.join(" ")).trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone};

    use super::*;
    use crate::{
        ContentClass, FrequencyCap, KoreanCalendar, MessageClass, Period, Policy, Scope, WeeklySlot, regular_elections,
    };

    fn year(request: &Request, policy: &Policy, elections: &[crate::Election], year: i32) -> Vec<PlannedSend> {
        let calendar = KoreanCalendar::new();
        let facts = Facts::new(policy, &calendar).with_elections(elections);
        // From midnight in Seoul to midnight.
        let edge = |year| Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).unwrap() - TimeDelta::hours(9);
        let slots = Recurrence::from(WeeklySlot::friday_afternoon());
        simulate(&slots, request, &facts, edge(year), edge(year), edge(year + 1))
    }

    #[test]
    fn a_simulated_year_has_every_slot_once_and_each_in_its_place() {
        let request = Request::new(MessageClass::Advertising, DateTime::UNIX_EPOCH);
        let plan = year(&request, &Policy::city(), &[], 2026);
        assert_eq!((plan.len(), plan.iter().filter(|send| send.moved_days != 0).count()), (52, 5));
        assert!(plan.windows(2).all(|pair| pair[0].send_at < pair[1].send_at));
        assert!(plan.iter().all(|send| send.send_at.is_some() && (send.moved_days == 0) == send.reasons.is_empty()));
        // One in any eight days: a slot that moves to an earlier day is too near the one before it.
        let cap = FrequencyCap::new(Scope::Channel, 1, Period::Rolling(TimeDelta::days(7)));
        let capped = year(&request, &Policy::city().with_cap(cap), &[], 2026);
        assert!(capped.iter().any(|send| send.reasons.iter().any(|reason| reason.code() == "frequency-cap")));
    }

    #[test]
    fn a_first_slot_moves_before_the_span_that_is_asked_about() {
        let (policy, calendar) = (Policy::city(), KoreanCalendar::new());
        let slots = Recurrence::from(WeeklySlot::friday_afternoon());
        let request = Request::new(MessageClass::Advertising, DateTime::UNIX_EPOCH);
        let christmas = Utc.with_ymd_and_hms(2026, 12, 25, 0, 0, 0).unwrap();
        let ask = |now| plan(&slots, &request, &Facts::new(&policy, &calendar), now, christmas, 2);
        assert_eq!(ask(christmas - TimeDelta::days(9))[0].moved_days, -1);
        assert!(ask(christmas)[0].moved_days >= 0, "the day before is over");
    }

    #[test]
    fn the_year_of_an_election_shows_what_a_person_has_to_decide() {
        let elections = regular_elections(2030, &KoreanCalendar::new());
        let publicity =
            Request::new(MessageClass::Informational, DateTime::UNIX_EPOCH).with_content(ContentClass::Publicity);
        let mut policy = Policy::city();
        policy.elections.quarterly = false;
        let plan = year(&publicity, &policy, &elections, 2030);
        let stopped: Vec<&PlannedSend> = plan.iter().filter(|send| send.send_at.is_none()).collect();
        assert_eq!(stopped.len(), 23, "every Friday of 2030 up to 12 June");
        assert!(stopped.iter().all(|send| send.reasons.iter().any(|reason| reason.code() == "election-86-5")));
        let tourism = publicity.with_content(ContentClass::CultureTourism);
        assert!(year(&tourism, &policy, &elections, 2030).iter().all(|send| send.send_at.is_some()));
    }
}
