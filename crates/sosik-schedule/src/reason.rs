//! What a rule said, in two languages.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::cap::{FrequencyCap, Scope, english_span, korean_span};
use crate::class::{ContentClass, MessageClass};
use crate::election::Election;
use crate::rule::RuleInfo;

/// A rule that spoke on a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    code: Cow<'static, str>,
    source: Cow<'static, str>,
    zone: Tz,
    pub(crate) overridden: bool,
    said: Said,
}

/// What a rule says of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Approve { content: ContentClass },
    Beyond { date: NaiveDate },
    Blackout { korean: Cow<'static, str>, english: Cow<'static, str>, until: DateTime<Utc> },
    Busy { until: DateTime<Utc> },
    Capped { cap: FrequencyCap, until: DateTime<Utc> },
    Closed { at: DateTime<Utc>, opens: NaiveTime, closes: NaiveTime, until: DateTime<Utc> },
    Elects { election: Election, days: u16 },
    Emergency { level: MessageClass },
    Late { due: DateTime<Utc> },
    NightConsent { at: DateTime<Utc> },
    NotAllowed,
    NotWorking { date: NaiveDate, holiday: Option<String>, until: DateTime<Utc> },
    Paced { per_hour: u32, done: DateTime<Utc> },
    Preempts,
    Quarter { until: DateTime<Utc> },
    Rolled { from: NaiveDate, to: NaiveDate, holiday: Option<String> },
    Slot { at: DateTime<Utc> },
    TooLate { due: DateTime<Utc> },
    TooSoon { last: DateTime<Utc>, gap: TimeDelta, until: DateTime<Utc> },
}

impl Reason {
    pub(crate) fn new(rule: &RuleInfo, zone: Tz, said: Said) -> Self {
        Self::named((rule.code.into(), rule.source.into()), zone, said)
    }

    pub(crate) fn named(names: (Cow<'static, str>, Cow<'static, str>), zone: Tz, said: Said) -> Self {
        Self { code: names.0, source: names.1, zone, overridden: false, said }
    }

    /// Whether another reason is the same rule's: of two caps each speaks for itself.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let same = match (&self.said, &other.said) {
            (Said::Capped { cap: one, .. }, Said::Capped { cap: another, .. }) => one == another,
            (Said::Blackout { korean: one, .. }, Said::Blackout { korean: another, .. }) => one == another,
            _ => true,
        };
        same && self.code == other.code
    }

    /// The rule's stable name, such as `holiday-roll`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Where the rule comes from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether an emergency went over it.
    #[must_use]
    pub fn is_overridden(&self) -> bool {
        self.overridden
    }

    /// What it says, in Korean.
    #[must_use]
    pub fn korean(&self) -> String {
        let at = |at: DateTime<Utc>| local(at, self.zone);
        let text = match &self.said {
            Said::Approve { content } => {
                format!(
                    "선거 기간의 예외({})입니다: 단체장의 이름·사진·업적이 없는지 두 사람이 승인합니다",
                    content.korean()
                )
            }
            Said::Beyond { date } => format!("{date}의 공휴일은 알 수 없습니다: 담당자가 달력을 확인합니다"),
            Said::Blackout { korean, until, .. } => format!("{korean}: {}까지 보내지 않습니다", at(*until)),
            Said::Busy { until } => format!("먼저 시작한 발송이 {}에 끝날 때까지 기다립니다", at(*until)),
            Said::Capped { cap, until } => {
                let whose = if cap.scope == Scope::Channel { "채널" } else { "수신자" };
                format!(
                    "{whose}마다 {}에 {}번까지 보냅니다: {}까지 기다립니다",
                    cap.period.korean(),
                    cap.max,
                    forever(*until, &at)
                )
            }
            Said::Closed { at: when, opens, closes, until } => format!(
                "{}에는 보내지 않습니다(보내는 시간 {}~{}): {}까지 기다립니다",
                at(*when),
                opens.format("%H:%M"),
                closes.format("%H:%M"),
                at(*until)
            ),
            Said::Elects { election, days } => format!(
                "{} {}({})의 {days}일 전부터 선거일까지 보낼 수 없는 내용입니다",
                election.day,
                election.kind.korean(),
                election.last_days(*days).start()
            ),
            Said::Emergency { level } => format!("{} 메시지이므로 바로 보냅니다", level.korean()),
            Said::Late { due } => format!("예정 시각({})이 지나 보냅니다", at(*due)),
            Said::NightConsent { at: when } => format!("{}은 밤이지만 야간 수신에 따로 동의했습니다", at(*when)),
            Said::NotAllowed => "긴급 메시지를 보낼 수 있는 담당자가 아닙니다".to_owned(),
            Said::NotWorking { date, holiday, until } => format!(
                "{date}은(는) {}이므로 {}까지 기다립니다",
                holiday.as_deref().unwrap_or("쉬는 요일"),
                at(*until)
            ),
            Said::Paced { per_hour, done } => format!("한 시간에 {per_hour}건씩 {}까지 나누어 보냅니다", at(*done)),
            Said::Preempts => "우선순위가 낮은 발송보다 먼저 보냅니다".to_owned(),
            Said::Quarter { until } => format!("이번 분기의 홍보물은 이미 보냈습니다: {}까지 기다립니다", at(*until)),
            Said::Rolled { from, to, holiday } => {
                format!("{from}은(는) {}이므로 근무일 {to}에 보냅니다", holiday.as_deref().unwrap_or("쉬는 요일"))
            }
            Said::Slot { at: when } => format!("정해진 시각({})에 보냅니다", at(*when)),
            Said::TooLate { due } => format!("예정 시각({})에서 너무 멀어 담당자가 정합니다", at(*due)),
            Said::TooSoon { last, gap, until } => {
                format!("{}에 보낸 뒤 {} 간격을 둡니다: {}까지 기다립니다", at(*last), korean_span(*gap), at(*until))
            }
        };
        if self.overridden { format!("{text} (긴급 메시지로 우선함)") } else { text }
    }

    /// What it says, in English.
    #[must_use]
    pub fn english(&self) -> String {
        let at = |at: DateTime<Utc>| local(at, self.zone);
        let text = match &self.said {
            Said::Approve { content } => format!(
                "an exception of the election rules ({}): two people approve that the head's name, picture and \
                 achievements are not in it",
                content.code()
            ),
            Said::Beyond { date } => {
                format!("the holidays around {date} are not known: a person looks at the calendar")
            }
            Said::Blackout { english, until, .. } => format!("{english}: nothing goes until {}", at(*until)),
            Said::Busy { until } => format!("a sending that began before is to end first, at {}", at(*until)),
            Said::Capped { cap, until } => {
                let whose = if cap.scope == Scope::Channel { "the channel" } else { "the recipient" };
                format!(
                    "no more than {} for {whose} in {}: it waits until {}",
                    cap.max,
                    cap.period,
                    forever(*until, &at)
                )
            }
            Said::Closed { at: when, opens, closes, until } => format!(
                "{} is outside {}-{}: it waits until {}",
                at(*when),
                opens.format("%H:%M"),
                closes.format("%H:%M"),
                at(*until)
            ),
            Said::Elects { election, days } => format!(
                "such content may not go from {days} days before the election of {} ({}) to its day",
                election.day,
                election.last_days(*days).start()
            ),
            Said::Emergency { level } => format!("a disaster message ({}) goes at once", level.korean()),
            Said::Late { due } => format!("its time ({}) is past: it goes all the same", at(*due)),
            Said::NightConsent { at: when } => format!("{} is at night, to which they consented separately", at(*when)),
            Said::NotAllowed => "whoever invokes the emergency is not among those who may".to_owned(),
            Said::NotWorking { date, holiday, until } => {
                format!("{date} is {}: it waits until {}", rest(holiday.as_deref()), at(*until))
            }
            Said::Paced { per_hour, done } => format!("{per_hour} an hour: the last go by {}", at(*done)),
            Said::Preempts => "it goes before a sending of a lower priority".to_owned(),
            Said::Quarter { until } => {
                format!("this quarter's publicity has gone out: the next may go from {} on", at(*until))
            }
            Said::Rolled { from, to, holiday } => {
                format!("{from} is {}: it goes on {to}, a working day", rest(holiday.as_deref()))
            }
            Said::Slot { at: when } => format!("it goes at its slot ({})", at(*when)),
            Said::TooLate { due } => format!("too far from its time ({}): a person has to decide", at(*due)),
            Said::TooSoon { last, gap, until } => {
                format!("{} after the sending of {}: it waits until {}", english_span(*gap), at(*last), at(*until))
            }
        };
        if self.overridden { format!("{text} (overridden by an emergency)") } else { text }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}", self.code, self.english())
    }
}

fn rest(holiday: Option<&str>) -> String {
    holiday.map_or_else(|| "a day of rest".to_owned(), |name| format!("a public holiday ({name})"))
}

fn forever(until: DateTime<Utc>, at: &dyn Fn(DateTime<Utc>) -> String) -> String {
    if until == DateTime::<Utc>::MAX_UTC { "∞".to_owned() } else { at(until) }
}

fn local(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false)
}
