//! May this message go, and when?

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::blackout::{
    EVENT_DAYS, PUBLICITY_DAYS, in_window, next_quarter, permitted_before_any_election, permitted_before_own_election,
};
use crate::cap::Scope;
use crate::civil::{day_start, resolve};
use crate::class::{ContentClass, MessageClass};
use crate::election::Election;
use crate::reason::{Reason, Said};
use crate::request::{Facts, Request};
use crate::rule;
use crate::working_day::{Roll, is_working_day, next_working_day};

/// A send that runs a little after its slot, as every scheduled program does, is not late.
const PUNCTUAL: TimeDelta = TimeDelta::minutes(15);

/// The answer to a [`Request`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    /// Send, wait or refuse.
    pub verdict: Verdict,
    /// When the message is due: the nominal slot, moved to a working day.
    pub due: DateTime<Utc>,
    /// The rules that spoke, in the order in which they were asked. Never empty.
    pub reasons: Vec<Reason>,
    /// How many people have to approve it beyond the channel's habit: 2 in election times, else 0.
    pub approvals: u8,
}

impl Decision {
    /// When it goes: now, or what it waits for; `None` when it does not by itself.
    #[must_use]
    pub fn at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self.verdict {
            Verdict::Send => Some(now),
            Verdict::Wait { until } => Some(until),
            Verdict::Refuse => None,
        }
    }
}

/// Whether a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It does not go by itself: a person decides.
    Refuse,
    /// It goes now.
    Send,
    /// It goes at that instant, when this question must be asked again.
    #[non_exhaustive]
    Wait {
        /// When.
        until: DateTime<Utc>,
    },
}

impl Verdict {
    /// Its stable name: `refuse`, `send` or `wait`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Send => "send",
            Self::Wait { .. } => "wait",
        }
    }
}

/// Decides whether a message may go at `now`.
///
/// The nominal slot moves to a working day by the policy's [`Roll`]. From then on, or from `now` when that is later, the
/// first instant is looked for at which no rule objects. If it is further from the due time than
/// [`late_for`](crate::Policy::late_for), a person decides; a slot that was missed is never skipped in silence.
///
/// A disaster message of a level that the policy lists goes at once; the rules it went over are in the reasons.
///
/// # Contract
///
/// 1. At an instant that it gives, no rule objects: asked then, it says send.
/// 2. A later `now` never gives an earlier instant.
/// 3. Asked again about a slot that was sent, it says the same: the slot's own messages in the history do not count.
/// 4. Every answer has a reason.
#[must_use]
pub fn decide(request: &Request, facts: &Facts<'_>, now: DateTime<Utc>) -> Decision {
    let case = Case { request, facts };
    let policy = facts.policy;
    if policy.emergency.levels.contains(&request.class) {
        return case.emergency(now);
    }
    let mut reasons = Vec::new();
    let due = case.roll(&mut reasons);
    let first = due.max(now);
    let found = case.first_allowed(first, due, &mut reasons);
    let decided = found.filter(|at| at.signed_duration_since(due) <= policy.late_for);
    let mut approvals = 0;
    let verdict = match decided {
        None => {
            reasons.push(case.reason(&rule::TOO_LATE, Said::TooLate { due }));
            Verdict::Refuse
        }
        Some(at) => {
            case.notes(at, &mut reasons, &mut approvals);
            if at > now {
                Verdict::Wait { until: at }
            } else {
                if now.signed_duration_since(due) > PUNCTUAL {
                    reasons.push(case.reason(&rule::LATE, Said::Late { due }));
                }
                Verdict::Send
            }
        }
    };
    if reasons.is_empty() {
        reasons.push(case.reason(&rule::SLOT, Said::Slot { at: due }));
    }
    Decision { verdict, due, reasons, approvals }
}

/// A rule's objection to an instant: until when, and why.
struct Objection {
    until: DateTime<Utc>,
    reason: Reason,
}

/// A request and what holds for it.
struct Case<'a> {
    request: &'a Request,
    facts: &'a Facts<'a>,
}

impl Case<'_> {
    fn reason(&self, rule: &rule::RuleInfo, said: Said) -> Reason {
        Reason::new(rule, self.facts.policy.zone, said)
    }

    fn date(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.facts.policy.zone).date_naive()
    }

    /// Where the nominal slot falls on a working day.
    fn roll(&self, reasons: &mut Vec<Reason>) -> DateTime<Utc> {
        let (policy, calendar) = (self.facts.policy, self.facts.calendar);
        if policy.roll == Roll::None {
            return self.request.nominal;
        }
        let slot = self.request.nominal.with_timezone(&policy.zone).naive_local();
        let date = slot.date();
        if !calendar.years().contains(&chrono::Datelike::year(&date)) {
            reasons.push(self.reason(&rule::BEYOND_CALENDAR, Said::Beyond { date }));
        }
        let moved = policy.roll.apply(calendar, date);
        if moved == date {
            return self.request.nominal;
        }
        let holiday = calendar.holiday(date).map(|holiday| holiday.name);
        reasons.push(self.reason(&rule::HOLIDAY_ROLL, Said::Rolled { from: date, to: moved, holiday }));
        resolve(moved, slot.time(), policy.zone)
    }

    /// The first instant from `at` on to which no rule objects. Each objection is kept once.
    fn first_allowed(&self, at: DateTime<Utc>, due: DateTime<Utc>, reasons: &mut Vec<Reason>) -> Option<DateTime<Utc>> {
        let mut at = at;
        // Each round moves past an objection; rules that never agree end the search.
        for _ in 0..64 {
            let mut objected = false;
            let mut search = at;
            self.objections(at, due, &mut |objection| {
                objected = true;
                search = search.max(objection.until);
                // The same rule may speak again of a later instant; one of its kind with another number speaks for itself.
                if reasons.iter().all(|reason| !reason.is_like(&objection.reason)) {
                    reasons.push(objection.reason);
                }
            });
            if !objected {
                return Some(at);
            }
            if search <= at || search.signed_duration_since(due) > TimeDelta::days(400) {
                return None;
            }
            at = search;
        }
        None
    }

    /// What the rules object to a message at `at`, each with the first instant to which it would not.
    fn objections(&self, at: DateTime<Utc>, due: DateTime<Utc>, object: &mut dyn FnMut(Objection)) {
        let Case { request, facts } = self;
        let policy = facts.policy;
        let zone = policy.zone;
        // Looked up once: every rule of the policy's zone asks for it.
        let here = at.with_timezone(&zone).naive_local();
        self.election_objections(here.date(), object);
        for blackout in &policy.blackouts {
            if blackout.covers(request.class, here.date()) {
                let (korean, english) = (blackout.korean.clone(), blackout.english.clone());
                let until = blackout.ends(zone);
                let names = (blackout.code.clone(), blackout.source.clone());
                object(Objection {
                    until,
                    reason: Reason::named(names, zone, Said::Blackout { korean, english, until }),
                });
            }
        }
        // The due time is on a working day, or meant to be on a day of rest; only what is late may fall on one.
        if policy.roll != Roll::None && at > due {
            let date = here.date();
            if !is_working_day(facts.calendar, date) {
                let until = day_start(next_working_day(facts.calendar, date), zone);
                let holiday = facts.calendar.holiday(date).map(|holiday| holiday.name);
                let said = Said::NotWorking { date, holiday, until };
                object(Objection { until, reason: self.reason(&rule::WORKING_DAY, said) });
            }
        }
        for rule in &policy.windows {
            let waived = rule.night_consent && facts.night_consent;
            let near = rule.window.zone() == zone;
            let is_open = if near { rule.window.is_open_at(here.time()) } else { rule.window.is_open(at) };
            if waived || is_open || !rule.concerns(request.class, request.product) || !rule.holds_at(at) {
                continue;
            }
            let until = rule.window.next_opening(at);
            let (opens, closes) = (rule.window.opens(), rule.window.closes());
            let said = Said::Closed { at, opens, closes, until };
            object(Objection { until, reason: Reason::named(rule.window.names(), rule.window.zone(), said) });
        }
        for cap in &policy.caps {
            let history = if cap.scope == Scope::Channel { facts.channel } else { facts.recipient };
            let Some(history) = history else { continue };
            let until = cap.allows_from(history, request.nominal, at, zone);
            if until > at {
                object(Objection { until, reason: self.reason(&rule::CAP, Said::Capped { cap: *cap, until }) });
            }
        }
        self.neighbours(at, object);
    }

    /// What was sent just before, and what is being sent.
    fn neighbours(&self, at: DateTime<Utc>, object: &mut dyn FnMut(Objection)) {
        let Case { request, facts } = self;
        if let (Some(gap), Some(history)) = (facts.policy.minimum_gap, facts.channel)
            && let Some(last) = history.others(request.nominal).rev().map(|send| send.at).find(|last| *last <= at)
        {
            let until = last.checked_add_signed(gap).unwrap_or(at);
            if until > at {
                let said = Said::TooSoon { last, gap, until };
                object(Objection { until, reason: self.reason(&rule::MINIMUM_GAP, said) });
            }
        }
        if let Some(sending) = facts.under_way
            && sending.priority >= request.priority
            && sending.until > at
        {
            let until = sending.until;
            object(Objection { until, reason: self.reason(&rule::BUSY, Said::Busy { until }) });
        }
    }

    fn election_objections(&self, date: NaiveDate, object: &mut dyn FnMut(Objection)) {
        let Case { request, facts } = self;
        let (rules, zone) = (facts.policy.elections, facts.policy.zone);
        let over = |election: &Election| crate::blackout::after(election.day, zone);
        if rules.publicity
            && !request.content.is_some_and(permitted_before_own_election)
            && let Some(election) = in_window(facts.elections, PUBLICITY_DAYS, true, date)
        {
            let said = Said::Elects { election: *election, days: PUBLICITY_DAYS };
            object(Objection { until: over(election), reason: self.reason(&rule::ELECTION_PUBLICITY, said) });
        }
        if rules.events
            && !request.excepted_event
            && !request.content.is_some_and(permitted_before_any_election)
            && let Some(election) = in_window(facts.elections, EVENT_DAYS, false, date)
        {
            let said = Said::Elects { election: *election, days: EVENT_DAYS };
            object(Objection { until: over(election), reason: self.reason(&rule::ELECTION_EVENTS, said) });
        }
        if rules.quarterly
            && request.content == Some(ContentClass::Publicity)
            && let Some(history) = facts.channel
        {
            let until = day_start(next_quarter(date), zone);
            let sent = history.others(request.nominal).any(|send| {
                send.content == Some(ContentClass::Publicity) && next_quarter(self.date(send.at)) == next_quarter(date)
            });
            if sent {
                object(Objection { until, reason: self.reason(&rule::ELECTION_QUARTER, Said::Quarter { until }) });
            }
        }
    }

    /// What is to be said of a message that goes at `at`.
    fn notes(&self, at: DateTime<Utc>, reasons: &mut Vec<Reason>, approvals: &mut u8) {
        let Case { request, facts } = self;
        let policy = facts.policy;
        if let Some(content) = request.content
            && policy.elections.publicity
            && in_window(facts.elections, PUBLICITY_DAYS, true, self.date(at)).is_some()
        {
            *approvals = 2;
            reasons.push(self.reason(&rule::UNAPPROVED_CONTENT, Said::Approve { content }));
        }
        let night = |rule: &&crate::window::WindowRule| {
            rule.night_consent && rule.concerns(request.class, request.product) && !rule.window.is_open(at)
        };
        if facts.night_consent && policy.windows.iter().any(|rule| night(&rule)) {
            reasons.push(self.reason(&rule::NIGHT_CONSENT, Said::NightConsent { at }));
        }
        if facts.under_way.is_some_and(|sending| sending.priority < request.priority && sending.until > at) {
            reasons.push(self.reason(&rule::PREEMPTS, Said::Preempts));
        }
        if let Some(pacing) = policy.pacing.filter(|_| request.recipients > 0) {
            let windows: Vec<_> = policy
                .windows
                .iter()
                .filter(|rule| rule.concerns(request.class, request.product) && rule.holds_at(at))
                .filter(|rule| !(rule.night_consent && facts.night_consent))
                .map(|rule| rule.window.clone())
                .collect();
            if let Some(last) = pacing.waves(request.recipients, at, &windows).last() {
                let said = Said::Paced { per_hour: pacing.per_hour.get(), done: last.at };
                reasons.push(self.reason(&rule::PACING, said));
            }
        }
    }

    fn emergency(&self, now: DateTime<Utc>) -> Decision {
        let request = self.request;
        let due = request.nominal;
        let may = &self.facts.policy.emergency.may_invoke;
        if !may.is_empty() && !request.invoked_by.as_ref().is_some_and(|who| may.contains(who)) {
            let reasons = vec![self.reason(&rule::EMERGENCY_BY_WHOM, Said::NotAllowed)];
            return Decision { verdict: Verdict::Refuse, due, reasons, approvals: 0 };
        }
        let at = due.max(now);
        let mut reasons = vec![self.reason(&rule::EMERGENCY, Said::Emergency { level: request.class })];
        // What would have been said to any other message at this instant.
        let ordinary = Request { class: MessageClass::Advertising, ..request.clone() };
        Case { request: &ordinary, facts: self.facts }.objections(at, due, &mut |mut objection| {
            objection.reason.overridden = true;
            reasons.push(objection.reason);
        });
        let verdict = if at > now { Verdict::Wait { until: at } } else { Verdict::Send };
        Decision { verdict, due, reasons, approvals: 0 }
    }
}
