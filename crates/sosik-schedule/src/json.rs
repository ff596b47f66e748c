//! Decisions and plans as JSON, for other programs.
//!
//! ```
//! use chrono::{TimeZone, Utc};
//! use sosik_schedule::{Facts, KoreanCalendar, MessageClass, Policy, Request, decide, json};
//!
//! let now = Utc.with_ymd_and_hms(2026, 11, 27, 12, 30, 0).unwrap(); // 21:30 in Seoul
//! let (policy, calendar) = (Policy::korea(), KoreanCalendar::new());
//! let decision = decide(&Request::new(MessageClass::Advertising, now), &Facts::new(&policy, &calendar), now);
//! let text = json::decision(&decision, now, policy.zone);
//! assert!(text.contains(r#""decision": "wait""#) && text.contains(r#""at": "2026-11-28T08:00:00+09:00""#));
//! ```

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use crate::decision::Decision;
use crate::plan::PlannedSend;
use crate::reason::Reason;

#[derive(Serialize)]
struct DecisionForm {
    decision: &'static str,
    at: Option<String>,
    due: String,
    approvals: u8,
    reasons: Vec<ReasonForm>,
}

#[derive(Serialize)]
struct PlannedForm {
    nominal: String,
    send_at: Option<String>,
    moved_days: i64,
    reasons: Vec<ReasonForm>,
}

#[derive(Serialize)]
struct ReasonForm {
    code: String,
    korean: String,
    english: String,
    source: String,
    overridden: bool,
}

impl ReasonForm {
    fn of(reason: &Reason) -> Self {
        Self {
            code: reason.code().to_owned(),
            korean: reason.korean(),
            english: reason.english(),
            source: reason.source().to_owned(),
            overridden: reason.is_overridden(),
        }
    }
}

fn local(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// A decision: `decision` is `send`, `wait` or `refuse`; `at` is when it goes, and null when a person decides.
#[must_use]
pub fn decision(decision: &Decision, now: DateTime<Utc>, zone: Tz) -> String {
    let form = DecisionForm {
        decision: decision.verdict.code(),
        at: decision.at(now).map(|at| local(at, zone)),
        due: local(decision.due, zone),
        approvals: decision.approvals,
        reasons: decision.reasons.iter().map(ReasonForm::of).collect(),
    };
    // Texts and numbers only: nothing of it can fail to be written.
    serde_json::to_string_pretty(&form).unwrap_or_default()
}

/// A plan: a list of slots with `nominal`, `send_at` (null when a person decides), `moved_days` and `reasons`.
#[must_use]
pub fn plan(plan: &[PlannedSend], zone: Tz) -> String {
    let forms: Vec<PlannedForm> = plan
        .iter()
        .map(|send| PlannedForm {
            nominal: local(send.nominal, zone),
            send_at: send.send_at.map(|at| local(at, zone)),
            moved_days: send.moved_days,
            reasons: send.reasons.iter().map(ReasonForm::of).collect(),
        })
        .collect();
    serde_json::to_string_pretty(&forms).unwrap_or_default()
}
