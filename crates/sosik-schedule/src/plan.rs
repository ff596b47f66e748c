//! The sends to come: when each goes, what moved it, and why.

use std::fmt;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::cap::History;
use crate::decision::{Facts, Request, Verdict, decide};
use crate::reason::Reason;
use crate::recurrence::Recurrence;
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

/// The next sends of a channel under a policy, as they would be decided at `from`.
///
/// Each planned send counts in the history of those after it, so that caps and distances show. `request` says what the
/// messages are; its nominal instant is taken from the recurrence.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use sosik_schedule::{Facts, KoreanCalendar, MessageClass, PlanView, Policy, Recurrence, Request, WeeklySlot, plan};
///
/// let (policy, calendar) = (Policy::city(), KoreanCalendar::new());
/// let fridays = Recurrence::from(WeeklySlot::friday_afternoon());
/// let from = Utc.with_ymd_and_hms(2026, 12, 1, 0, 0, 0).unwrap();
/// let request = Request::new(MessageClass::Advertising, from);
/// let plan = plan(&fridays, &request, &Facts::new(&policy, &calendar), from, 5);
/// let table = PlanView::new(&plan, policy.zone).to_string();
/// assert!(table.contains("2026-12-25 15:00  Thu 2026-12-24 15:00    -1  holiday-roll"), "{table}");
/// ```
#[must_use]
pub fn plan(
    recurrence: &Recurrence,
    request: &Request,
    facts: &Facts<'_>,
    from: DateTime<Utc>,
    count: usize,
) -> Vec<PlannedSend> {
    let occurrences = recurrence.take(from, count);
    follow(occurrences.into_iter().map(|occurrence| occurrence.nominal), request, facts, from)
}

/// A year (or any span) of a channel under a policy: [`plan`] for every slot from `from` up to, not including, `to`.
#[must_use]
pub fn simulate(
    recurrence: &Recurrence,
    request: &Request,
    facts: &Facts<'_>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Vec<PlannedSend> {
    let occurrences = recurrence.between(from, to);
    follow(occurrences.into_iter().map(|occurrence| occurrence.nominal), request, facts, from)
}

fn follow(
    slots: impl Iterator<Item = DateTime<Utc>>,
    request: &Request,
    facts: &Facts<'_>,
    from: DateTime<Utc>,
) -> Vec<PlannedSend> {
    let mut history = facts.channel.cloned().unwrap_or_else(History::new);
    let mut planned = Vec::new();
    for nominal in slots {
        let request = Request { nominal, ..request.clone() };
        let facts = Facts { channel: Some(&history), ..*facts };
        let decision = decide(&request, &facts, from);
        let send_at = match decision.verdict {
            Verdict::Send => Some(from),
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
