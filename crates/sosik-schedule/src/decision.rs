use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::civil::resolve;
use crate::holiday::{HolidayCalendar, is_working_day, previous_working_day};
use crate::window::SendWindow;

/// What a message is in law. It is decided before, from content and format, and enters here as a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MessageClass {
    /// An advertisement (광고성 정보): marked, refusable, never at night without separate consent.
    Advertising,
    /// A disaster or emergency message.
    Emergency,
    /// Anything else.
    Informational,
}

/// A question to [`decide`]: may this message go, and when?
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// What the message is.
    pub class: MessageClass,
    /// The nominal slot.
    pub nominal: DateTime<Utc>,
    /// The zone in which dates and times are meant.
    pub zone: Tz,
    /// The windows in which the route and the law let the message through; all of them must be open.
    pub windows: Vec<SendWindow>,
    /// How late after its time a message may still go by itself. A day by default.
    pub late_for: TimeDelta,
}

impl Request {
    /// A request for a message of this class at its nominal slot. The law's window is part of it where it applies.
    #[must_use]
    pub fn new(class: MessageClass, nominal: DateTime<Utc>, zone: Tz) -> Self {
        let windows = match class {
            MessageClass::Advertising => vec![SendWindow::statutory_day()],
            MessageClass::Emergency | MessageClass::Informational => Vec::new(),
        };
        Self { class, nominal, zone, windows, late_for: TimeDelta::days(1) }
    }

    /// The request with one more window, that of the route.
    #[must_use]
    pub fn with_window(mut self, window: SendWindow) -> Self {
        self.windows.push(window);
        self
    }

    /// The request with another span of lateness.
    #[must_use]
    pub fn with_late_for(mut self, span: TimeDelta) -> Self {
        self.late_for = span;
        self
    }
}

/// The answer to a [`Request`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    /// Send, wait or refuse.
    pub verdict: Verdict,
    /// When the message is due: the nominal slot, moved by holidays.
    pub due: DateTime<Utc>,
    /// The rules that spoke, in the order in which they were asked.
    pub reasons: Vec<Reason>,
}

/// Whether a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It goes now.
    Send,
    /// It goes at that instant, when this question must be asked again.
    #[non_exhaustive]
    Wait {
        /// When.
        until: DateTime<Utc>,
    },
    /// It does not go by itself: a person decides.
    Refuse,
}

/// A rule that spoke.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reason {
    /// The rule's stable name, such as `holiday-roll`.
    pub code: &'static str,
    /// What it says, in Korean.
    pub korean: String,
    /// What it says, in English.
    pub english: String,
    /// Where the rule comes from.
    pub source: &'static str,
}

/// Decides whether a message may go at `now`.
///
/// The nominal slot moves to the working day before when its day is a public holiday or a weekend.
/// Then every window must be open. A message whose time has passed goes at the next opening within
/// [`late_for`](Request::late_for), and after that not without a person's word. An emergency message goes at once;
/// the rules it overrides are listed all the same.
#[must_use]
pub fn decide(request: &Request, calendar: &dyn HolidayCalendar, now: DateTime<Utc>) -> Decision {
    let mut reasons = Vec::new();
    let due = roll(request, calendar, &mut reasons);
    let emergency = request.class == MessageClass::Emergency;
    let earliest = if emergency { now } else { due.max(now) };
    let opening = open(request, earliest, &mut reasons);
    if emergency {
        for reason in &mut reasons {
            reason.korean.push_str(" (긴급 메시지로 우선함)");
            reason.english.push_str(" (overridden by an emergency)");
        }
        return Decision { verdict: Verdict::Send, due, reasons };
    }
    let lateness = now.signed_duration_since(due);
    let verdict = if lateness > request.late_for {
        reasons.push(Reason {
            code: "too-late",
            korean: format!("예정 시각({})이 지나 담당자 확인이 필요합니다", local(due, request.zone)),
            english: format!("its time ({}) is past: a person has to decide", local(due, request.zone)),
            source: "sosik: a missed slot is never sent late, nor skipped, in silence",
        });
        Verdict::Refuse
    } else if opening > now {
        Verdict::Wait { until: opening }
    } else {
        if lateness > TimeDelta::zero() {
            reasons.push(Reason {
                code: "late",
                korean: format!("예정 시각({})이 지나 바로 보냅니다", local(due, request.zone)),
                english: format!("its time ({}) is past: it goes now", local(due, request.zone)),
                source: "sosik: a missed slot is never sent late, nor skipped, in silence",
            });
        }
        Verdict::Send
    };
    if reasons.is_empty() {
        reasons.push(Reason {
            code: "slot",
            korean: format!("정해진 시각({})에 보냅니다", local(due, request.zone)),
            english: format!("it goes at its slot ({})", local(due, request.zone)),
            source: "the channel's slot",
        });
    }
    Decision { verdict, due, reasons }
}

fn roll(request: &Request, calendar: &dyn HolidayCalendar, reasons: &mut Vec<Reason>) -> DateTime<Utc> {
    let slot = request.nominal.with_timezone(&request.zone);
    let date = slot.date_naive();
    if is_working_day(calendar, date) {
        return request.nominal;
    }
    let moved = previous_working_day(calendar, date);
    let (korean, english) = match calendar.holiday(date) {
        Some(holiday) => (holiday.name.clone(), format!("a public holiday ({})", holiday.name)),
        None => ("주말".to_owned(), "a weekend".to_owned()),
    };
    reasons.push(Reason {
        code: "holiday-roll",
        korean: format!("{date}은(는) {korean}이므로 직전 근무일 {moved}에 보냅니다"),
        english: format!("{date} is {english}: it goes on {moved}, the working day before"),
        source: "Decree on public holidays (관공서의 공휴일에 관한 규정), Presidential Decree 36290, in force 2026-05-01",
    });
    resolve(moved, slot.time(), request.zone)
}

/// The first instant from `earliest` on at which every window is open.
fn open(request: &Request, earliest: DateTime<Utc>, reasons: &mut Vec<Reason>) -> DateTime<Utc> {
    let mut at = earliest;
    // Windows that never meet end the search; each round moves past at least one closed window.
    for _ in 0..8 {
        let closed: Vec<&SendWindow> = request.windows.iter().filter(|window| !window.is_open(at)).collect();
        let Some(opening) = closed.iter().map(|window| window.next_opening(at)).max() else { break };
        for window in closed {
            if reasons.iter().all(|reason| reason.code != window.code()) {
                reasons.push(closed_window(window, at, request.zone));
            }
        }
        at = opening;
    }
    at
}

fn closed_window(window: &SendWindow, at: DateTime<Utc>, zone: Tz) -> Reason {
    let (opens, closes) = (window.opens().format("%H:%M"), window.closes().format("%H:%M"));
    let (at, until) = (local(at, zone), local(window.next_opening(at), zone));
    Reason {
        code: window.code(),
        korean: format!("{at}은 발송할 수 있는 시간({opens}~{closes})이 아니므로 {until}까지 기다립니다"),
        english: format!("{at} is outside {opens}-{closes}: it waits until {until}"),
        source: window.source(),
    }
}

fn local(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false)
}
