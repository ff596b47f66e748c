//! What a city owes to those who agreed to something, withdrew it, or asked for something: each with its day, its ground in
//! law, and whether it was done.

use std::fmt;

use chrono::{DateTime, Days, Months, NaiveDate, Utc};

use crate::{ConsentEvent, Purpose, Subscriber, SubscriberId, seoul, standing};

/// What is noted of someone beside what they agreed to: that they asked for something, or that a duty was done. It stands in
/// the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// What.
    pub kind: NoteKind,
    /// When.
    pub at: DateTime<Utc>,
    /// When that happened which it is about: what a duty that was done is owed for.
    pub about: Option<DateTime<Utc>>,
    /// How that can be shown.
    pub evidence: String,
}

impl Note {
    /// That someone asked for something.
    #[must_use]
    pub fn asked(request: Request, at: DateTime<Utc>, evidence: impl Into<String>) -> Self {
        Self { kind: NoteKind::Asked(request), at, about: None, evidence: evidence.into() }
    }

    /// That a duty was done.
    #[must_use]
    pub fn done(duty: &Duty, at: DateTime<Utc>, evidence: impl Into<String>) -> Self {
        Self { kind: NoteKind::Done(duty.kind), at, about: Some(duty.about), evidence: evidence.into() }
    }

    /// A note out of the parts that a store keeps; `None` where there is no such kind.
    #[must_use]
    pub fn from_parts(
        code: &str,
        at: DateTime<Utc>,
        about: Option<DateTime<Utc>>,
        evidence: impl Into<String>,
    ) -> Option<Self> {
        Some(Self { kind: NoteKind::from_code(code)?, at, about, evidence: evidence.into() })
    }
}

/// What a note says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NoteKind {
    /// That someone asked for something.
    Asked(Request),
    /// That a duty was done.
    Done(DutyKind),
}

impl NoteKind {
    /// The kind's stable name, in stores. It begins as that of no purpose of a consent does.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Asked(Request::Access) => "asked-access",
            Self::Asked(Request::Correction) => "asked-correction",
            Self::Asked(Request::Erasure) => "asked-erasure",
            Self::Asked(Request::Suspension) => "asked-suspension",
            Self::Done(DutyKind::Answer) => "done-answer",
            Self::Done(DutyKind::Confirmation) => "done-confirmation",
            Self::Done(DutyKind::Destruction) => "done-destruction",
            Self::Done(DutyKind::ResultNotice) => "done-result-notice",
        }
    }

    /// Reads a [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let asked = Request::ALL.into_iter().map(Self::Asked);
        asked.chain(DutyKind::ALL.into_iter().map(Self::Done)).find(|kind| kind.code() == code)
    }
}

/// What someone may ask of a city (개인정보 보호법 제35조 to 제37조).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Request {
    /// To see what is kept of them (열람).
    Access,
    /// To have it corrected (정정).
    Correction,
    /// To have it erased (삭제).
    Erasure,
    /// To have its use suspended (처리정지).
    Suspension,
}

impl Request {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Access, Self::Correction, Self::Erasure, Self::Suspension];
}

/// What a city owes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DutyKind {
    /// To answer a request.
    Answer,
    /// To ask those who agreed to advertisements whether they still do.
    Confirmation,
    /// To destroy what is kept of someone who agrees to nothing any more.
    Destruction,
    /// To tell someone who agreed to advertisements, or withdrew that, what came of it.
    ResultNotice,
}

impl DutyKind {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Answer, Self::Confirmation, Self::Destruction, Self::ResultNotice];
}

/// By when a duty is owed, as the law says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DutyRule {
    /// Which duty.
    pub kind: DutyKind,
    /// How long there is.
    pub within: Within,
    /// Where that is said.
    pub source: &'static str,
    /// Since when it holds.
    pub from: NaiveDate,
}

/// How long there is for a duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Within {
    /// So many days, of which that on which it began is not one (민법 제157조).
    Days(u64),
    /// So many months, again and again: before the same day of the calendar; where a month has no such day, before its last.
    EveryMonths(u32),
}

/// The rules that hold, as of 2026-11-23.
pub const RULES: [DutyRule; 4] = [
    DutyRule {
        kind: DutyKind::Answer,
        within: Within::Days(10),
        source: "개인정보 보호법 제35조 제3항, 시행령 제41조 제4항, 제43조 제3항, 제44조 제2항",
        from: day(2011, 9, 30),
    },
    DutyRule {
        kind: DutyKind::Confirmation,
        within: Within::EveryMonths(24),
        source: "정보통신망법 제50조 제8항, 시행령 제62조의3",
        from: day(2014, 11, 29),
    },
    DutyRule {
        kind: DutyKind::Destruction,
        within: Within::Days(5),
        source: "개인정보 보호법 제21조 제1항, 제37조 제3항, 표준 개인정보 보호지침 (five days)",
        from: day(2011, 9, 30),
    },
    DutyRule {
        kind: DutyKind::ResultNotice,
        within: Within::Days(14),
        source: "정보통신망법 제50조 제7항, 시행령 제62조의2",
        from: day(2014, 11, 29),
    },
];

const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day,
        None => NaiveDate::MIN,
    }
}

impl DutyRule {
    /// The rule of a duty.
    #[must_use]
    pub fn of(kind: DutyKind) -> Self {
        RULES[match kind {
            DutyKind::Answer => 0,
            DutyKind::Confirmation => 1,
            DutyKind::Destruction => 2,
            DutyKind::ResultNotice => 3,
        }]
    }

    /// The last day on which what began on a day can be done, in Seoul: of what comes again and again the one after `since`.
    fn last_day(&self, began: NaiveDate, since: NaiveDate) -> Option<NaiveDate> {
        match self.within {
            Within::Days(days) => began.checked_add_days(Days::new(days)),
            Within::EveryMonths(months) => (1..=100).find_map(|times| {
                let again = began.checked_add_months(Months::new(months * times))?;
                // Confirmed on a day up to the one before it.
                let last = again.pred_opt()?;
                (last > since).then_some(last)
            }),
        }
    }
}

/// Something that a city owes to someone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Duty {
    /// The last day on which it can be done, in Seoul.
    pub due: NaiveDate,
    /// What.
    pub kind: DutyKind,
    /// To whom.
    pub who: SubscriberId,
    /// What it is owed for: when they said or asked so, or when the time before began.
    pub about: DateTime<Utc>,
}

impl fmt::Display for Duty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            DutyKind::Answer => "answer what they asked",
            DutyKind::Confirmation => "ask whether they still agree to advertisements",
            DutyKind::Destruction => "destroy what is kept of them, as they agree to nothing any more",
            DutyKind::ResultNotice => "tell what came of their consent or withdrawal",
        };
        let rule = DutyRule::of(self.kind);
        write!(f, "{} {}: {what} of {} ({})", self.due, self.who, seoul::civil(self.about).date(), rule.source)
    }
}

/// What is owed to someone at an instant, by the day: what was done is not among it.
///
/// ```
/// use chrono::{TimeDelta, TimeZone, Utc};
/// use sosik_core::{AreaCode, PhoneNumber};
/// use sosik_registry::{ConsentEvent, DutyKind, NewSubscriber, Purpose, Subscriber, SubscriberId, duties};
///
/// let march = Utc.with_ymd_and_hms(2026, 3, 2, 0, 0, 0).unwrap();
/// let new = NewSubscriber::new(PhoneNumber::parse("010-0000-0001")?, AreaCode::parse("4163053000")?)
///     .with_consent(ConsentEvent::granted(Purpose::Advertising, march, "서면"));
/// let person = Subscriber::new(SubscriberId::new(uuid::Uuid::nil()), new, march);
/// let owed = duties(&person, march + TimeDelta::days(3));
/// assert_eq!((owed[0].kind, owed[0].due.to_string()), (DutyKind::ResultNotice, "2026-03-16".to_owned()));
/// assert_eq!((owed[1].kind, owed[1].due.to_string()), (DutyKind::Confirmation, "2028-03-01".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn duties(person: &Subscriber, now: DateTime<Utc>) -> Vec<Duty> {
    let done = |kind: DutyKind, about: DateTime<Utc>| {
        let is = |note: &&Note| note.kind == NoteKind::Done(kind) && note.about == Some(about) && note.at <= now;
        person.notes.iter().find(is)
    };
    let mut out = Vec::new();
    let mut owe = |kind, about: DateTime<Utc>, since: NaiveDate| {
        let rule = DutyRule::of(kind);
        let began = seoul::civil(about).date();
        if let Some(due) = rule.last_day(began, since) {
            out.push(Duty { due, kind, who: person.id, about });
        }
    };
    let advertising = |event: &&ConsentEvent| {
        matches!(event.purpose, Purpose::Advertising | Purpose::NightAdvertising) && event.at <= now
    };
    for event in person.consents.iter().filter(advertising) {
        if done(DutyKind::ResultNotice, event.at).is_none() {
            owe(DutyKind::ResultNotice, event.at, NaiveDate::MIN);
        }
    }
    if let Some(event) = standing(&person.consents, Purpose::Advertising, now).filter(|event| event.granted) {
        // The time after the one in which it was confirmed last.
        let of = |note: &&Note| {
            note.kind == NoteKind::Done(DutyKind::Confirmation) && note.about == Some(event.at) && note.at <= now
        };
        let confirmed = person.notes.iter().filter(of).map(|note| seoul::civil(note.at).date()).max();
        let rule = DutyRule::of(DutyKind::Confirmation);
        let since = confirmed.map_or(NaiveDate::MIN, |confirmed| {
            // Done within a time, it is done for that time.
            rule.last_day(seoul::civil(event.at).date(), confirmed.pred_opt().unwrap_or(confirmed)).unwrap_or(confirmed)
        });
        owe(DutyKind::Confirmation, event.at, since);
    }
    for note in person.notes.iter().filter(|note| note.at <= now) {
        if matches!(note.kind, NoteKind::Asked(_)) && done(DutyKind::Answer, note.at).is_none() {
            owe(DutyKind::Answer, note.at, NaiveDate::MIN);
        }
    }
    if let Some(last) = agrees_to_nothing_since(person, now) {
        owe(DutyKind::Destruction, last, NaiveDate::MIN);
    }
    out.sort();
    out
}

/// Whether the destruction of what is kept of someone is due up to a day, by what stands at an instant.
#[must_use]
pub fn is_to_be_destroyed(person: &Subscriber, until: NaiveDate, now: DateTime<Utc>) -> bool {
    duties(person, now).iter().any(|duty| duty.kind == DutyKind::Destruction && duty.due <= until)
}

/// Since when someone agrees to nothing any more who once did.
fn agrees_to_nothing_since(person: &Subscriber, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let last: Vec<&ConsentEvent> =
        Purpose::ALL.into_iter().filter_map(|purpose| standing(&person.consents, purpose, now)).collect();
    let none_stands = !last.is_empty() && last.iter().all(|event| !event.granted);
    // Who is a friend of a channel by their own doing is kept for that.
    let is_friend = person.relations.iter().any(|relation| relation.state == crate::RelationState::Added);
    last.iter().map(|event| event.at).max().filter(|_| none_stands && !is_friend)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use sosik_core::{AreaCode, PhoneNumber};
    use uuid::Uuid;

    use super::*;
    use crate::NewSubscriber;

    fn at(year: i32, month: u32, day: u32) -> DateTime<Utc> {
        // Noon in Seoul.
        Utc.with_ymd_and_hms(year, month, day, 3, 0, 0).unwrap()
    }

    fn person(consents: &[ConsentEvent]) -> Subscriber {
        let mut new =
            NewSubscriber::new(PhoneNumber::parse("010-0000-0001").unwrap(), AreaCode::parse("4163053000").unwrap());
        new.consents = consents.to_vec();
        Subscriber::new(SubscriberId::new(Uuid::nil()), new, at(2026, 1, 1))
    }

    fn owed(person: &Subscriber, now: DateTime<Utc>) -> Vec<(DutyKind, String)> {
        duties(person, now).into_iter().map(|duty| (duty.kind, duty.due.to_string())).collect()
    }

    #[test]
    fn what_is_done_is_owed_no_more_and_comes_again_in_its_time() {
        use DutyKind::{Confirmation, ResultNotice};
        let leap = ConsentEvent::granted(Purpose::Advertising, at(2024, 2, 29), "서면");
        let mut one = person(&[leap]);
        let both = [(ResultNotice, "2024-03-14".to_owned()), (Confirmation, "2026-02-27".to_owned())];
        assert_eq!(
            owed(&one, at(2024, 3, 1)),
            both,
            "of a 29 February the 28th counts, and the day before is the last"
        );
        for duty in duties(&one, at(2024, 3, 1)) {
            one.notes.push(Note::done(&duty, at(2026, 2, 20), "알림톡"));
        }
        assert_eq!(owed(&one, at(2026, 2, 21)), [(Confirmation, "2028-02-28".to_owned())]);
        assert_eq!(owed(&one, at(2026, 2, 19)), both, "what is done tomorrow is owed today");
        // One that is late is owed still; done late, it is done for the time in which it was.
        let mut late = person(&[ConsentEvent::granted(Purpose::Advertising, at(2020, 1, 10), "서면")]);
        let duty = duties(&late, at(2023, 1, 1)).pop().unwrap();
        assert_eq!((duty.kind, duty.due.to_string()), (Confirmation, "2022-01-09".to_owned()));
        late.notes.push(Note::done(&duty, at(2023, 1, 2), "알림톡"));
        assert_eq!(duties(&late, at(2023, 1, 3)).pop().unwrap().due.to_string(), "2026-01-09");
    }

    #[test]
    fn a_withdrawal_is_answered_and_what_no_consent_stands_for_is_destroyed() {
        use DutyKind::{Answer, Confirmation, Destruction, ResultNotice};
        let given = ConsentEvent::granted(Purpose::Advertising, at(2026, 3, 2), "서면");
        let withdrawn = ConsentEvent::withdrawn(Purpose::Advertising, at(2026, 7, 1), "080");
        let kept = ConsentEvent::granted(Purpose::Collection, at(2026, 3, 2), "서면");
        let gone = person(&[given.clone(), withdrawn.clone()]);
        let kinds = |person: &Subscriber, now| owed(person, now).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
        assert_eq!(kinds(&gone, at(2026, 6, 30)), [ResultNotice, Confirmation]);
        assert_eq!(kinds(&gone, at(2026, 7, 2)), [ResultNotice, Destruction, ResultNotice]);
        assert_eq!(duties(&gone, at(2026, 7, 2))[1].due.to_string(), "2026-07-06");
        assert_eq!(kinds(&person(&[given, withdrawn, kept]), at(2026, 7, 2)), [ResultNotice, ResultNotice]);
        let mut asks = person(&[]);
        asks.notes.push(Note::asked(Request::Access, at(2026, 11, 26), "창구"));
        assert_eq!(owed(&asks, at(2026, 11, 26)), [(Answer, "2026-12-06".to_owned())]);
        let duty = duties(&asks, at(2026, 11, 26)).remove(0);
        asks.notes.push(Note::done(&duty, at(2026, 11, 30), "우편"));
        assert_eq!(owed(&asks, at(2026, 12, 1)), []);
    }

    #[test]
    fn every_rule_and_every_kind_is_found_by_its_name() {
        for kind in DutyKind::ALL {
            assert_eq!(DutyRule::of(kind).kind, kind);
        }
        for code in ["asked-erasure", "done-result-notice", "done-answer"] {
            assert_eq!(NoteKind::from_code(code).map(NoteKind::code), Some(code));
        }
        assert_eq!(NoteKind::from_code("advertising"), None);
    }
}
