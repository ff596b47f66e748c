//! The form of a policy file: what may stand in it, under which name.

use std::num::NonZeroU32;

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::cap::{Period, Scope};
use crate::class::{MessageClass, Product};
use crate::working_day::Roll;

/// A channel's rules for when a message may go.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct File {
    /// The version of this form: 1.
    pub(super) version: u32,
    /// The zone in which days and slots are meant, by its IANA name.
    #[serde(default = "seoul")]
    pub(super) zone: String,
    /// Where a slot goes that falls on a day of rest.
    #[serde(default)]
    pub(super) roll: RollName,
    /// How late after its time a message may still go by itself, such as `6h`.
    #[serde(default = "six_hours")]
    pub(super) late_for: Span,
    /// The least distance of two sendings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) minimum_gap: Option<Span>,
    /// The election law's rules.
    #[serde(default)]
    pub(super) elections: ElectionsPart,
    /// What goes over every other rule.
    #[serde(default)]
    pub(super) emergency: EmergencyPart,
    /// The rate of one sending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pacing: Option<PacingPart>,
    /// The hours in which messages go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) window: Vec<WindowPart>,
    /// Days on which messages do not go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) blackout: Vec<BlackoutPart>,
    /// How often messages go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) cap: Vec<CapPart>,
}

/// A window: one of the crate's by `rule`, or one's own.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct WindowPart {
    /// `statutory-night`, `kakao-window` or `office-hours`; then nothing else stands here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rule: Option<String>,
    /// The stable name of one's own window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<String>,
    /// When it opens, such as `09:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) opens: Option<Clock>,
    /// When it closes; a time at or before the opening means the next day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) closes: Option<Clock>,
    /// Its zone, when it is not the policy's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) zone: Option<String>,
    /// The classes it is for; every class but emergencies without them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) classes: Vec<ClassName>,
    /// The products it is for; all without them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) products: Vec<ProductName>,
    /// Whether separate consent to the night opens it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) night_consent: bool,
    /// The day from which it holds, such as `2026-03-02`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<Day>,
    /// The day from which it no longer holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<Day>,
    /// Where the rule comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<String>,
}

/// Days on which messages do not go.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct BlackoutPart {
    /// Its stable name.
    pub(super) code: String,
    /// Its first day.
    pub(super) first: Day,
    /// Its last day.
    pub(super) last: Day,
    /// What it is, in Korean.
    pub(super) korean: String,
    /// What it is, in English.
    pub(super) english: String,
    /// Who decided it.
    pub(super) source: String,
    /// The classes it stops.
    #[serde(default = "ordinary")]
    pub(super) classes: Vec<ClassName>,
}

/// How often messages go.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct CapPart {
    /// Whose messages are counted.
    pub(super) scope: ScopeName,
    /// How many there may be.
    pub(super) max: u32,
    /// `day`, `week`, `month`, `quarter`, or a span such as `7d` before each instant.
    pub(super) per: Per,
}

/// The rate of one sending.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PacingPart {
    /// How many messages go in an hour.
    pub(super) per_hour: NonZeroU32,
    /// How far apart the waves are.
    #[serde(default = "a_minute")]
    pub(super) every: Span,
}

/// Which of the election law's rules hold.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ElectionsPart {
    /// No publicity in the 180 days before the election of the city's head.
    pub(super) publicity: bool,
    /// No announcements of events in the 60 days before any election.
    pub(super) events: bool,
    /// Publicity once a quarter at most.
    pub(super) quarterly: bool,
}

impl Default for ElectionsPart {
    fn default() -> Self {
        Self { publicity: true, events: true, quarterly: true }
    }
}

/// What goes over every other rule.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct EmergencyPart {
    /// The levels that override.
    pub(super) levels: Vec<ClassName>,
    /// Who may invoke it; anyone without names.
    pub(super) may_invoke: Vec<String>,
}

impl Default for EmergencyPart {
    fn default() -> Self {
        let levels = MessageClass::ALL.iter().copied().filter(|class| class.is_emergency()).map(ClassName);
        Self { levels: levels.collect(), may_invoke: Vec::new() }
    }
}

fn seoul() -> String {
    chrono_tz::Asia::Seoul.name().to_owned()
}

fn six_hours() -> Span {
    Span(TimeDelta::hours(6))
}

fn a_minute() -> Span {
    Span(TimeDelta::minutes(1))
}

fn ordinary() -> Vec<ClassName> {
    vec![ClassName(MessageClass::Advertising), ClassName(MessageClass::Informational)]
}

/// A value that stands in the file as text.
macro_rules! texts {
    ($($name:ident($inner:ty): $read:expr, $write:expr, $schema:tt;)+) => {$(
        #[derive(Clone, Copy, Debug, Deserialize, Serialize)]
        #[serde(try_from = "String", into = "String")]
        pub(super) struct $name(pub(super) $inner);

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                let read: fn(&str) -> Result<$inner, String> = $read;
                read(&text).map(Self)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                let write: fn($inner) -> Self = $write;
                write(value.0)
            }
        }

        #[cfg(test)]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    )+};
}

texts! {
    Span(TimeDelta): span, span_text, { "type": "string", "pattern": "^[0-9]+(m|h|d)$" };
    Clock(NaiveTime): |text| NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| format!("`{text}` is no time, such as 09:00")),
        |time| time.format("%H:%M").to_string(), { "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$" };
    Day(NaiveDate): |text| text.parse().map_err(|_| format!("`{text}` is no date, such as 2026-03-02")),
        |date| date.to_string(), { "type": "string", "format": "date" };
    RollName(Roll): |text| one_of(text, Roll::from_code, &Roll::ALL.map(Roll::code)), |roll| roll.code().to_owned(),
        { "type": "string", "enum": Roll::ALL.map(Roll::code) };
    ClassName(MessageClass): |text| one_of(text, MessageClass::from_code, &MessageClass::ALL.iter().map(|class| class.code()).collect::<Vec<_>>()),
        |class| class.code().to_owned(), { "type": "string", "enum": MessageClass::ALL.iter().map(|class| class.code()).collect::<Vec<_>>() };
    ProductName(Product): |text| one_of(text, Product::from_code, &Product::ALL.iter().map(|product| product.code()).collect::<Vec<_>>()),
        |product| product.code().to_owned(), { "type": "string", "enum": Product::ALL.iter().map(|product| product.code()).collect::<Vec<_>>() };
    ScopeName(Scope): |text| one_of(text, scope, &["channel", "recipient"]),
        |scope| if scope == Scope::Channel { "channel".to_owned() } else { "recipient".to_owned() }, { "type": "string", "enum": ["channel", "recipient"] };
    Per(Period): period, period_text, { "type": "string", "pattern": "^(day|week|month|quarter|[0-9]+(m|h|d))$" };
}

impl Default for RollName {
    fn default() -> Self {
        Self(Roll::None)
    }
}

fn scope(text: &str) -> Option<Scope> {
    match text {
        "channel" => Some(Scope::Channel),
        "recipient" => Some(Scope::Recipient),
        _ => None,
    }
}

pub(super) fn one_of<T>(text: &str, read: impl Fn(&str) -> Option<T>, known: &[&str]) -> Result<T, String> {
    read(text).ok_or_else(|| unknown(text, known))
}

fn span(text: &str) -> Result<TimeDelta, String> {
    let wrong = || format!("`{text}` is no span, such as 30m, 6h or 7d");
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let number: i64 = number.parse().ok().filter(|number| (0..=100_000).contains(number)).ok_or_else(wrong)?;
    match unit {
        "m" => Ok(TimeDelta::minutes(number)),
        "h" => Ok(TimeDelta::hours(number)),
        "d" => Ok(TimeDelta::days(number)),
        _ => Err(wrong()),
    }
}

fn span_text(span: TimeDelta) -> String {
    let minutes = span.num_minutes();
    match (minutes % (24 * 60), minutes % 60) {
        (0, _) if minutes > 0 => format!("{}d", minutes / (24 * 60)),
        (_, 0) => format!("{}h", minutes / 60),
        _ => format!("{minutes}m"),
    }
}

fn period(text: &str) -> Result<Period, String> {
    match text {
        "day" => Ok(Period::Day),
        "week" => Ok(Period::Week),
        "month" => Ok(Period::Month),
        "quarter" => Ok(Period::Quarter),
        other => span(other)
            .map(Period::Rolling)
            .map_err(|_| format!("`{other}` is no period: day, week, month, quarter, or a span such as 7d")),
    }
}

fn period_text(period: Period) -> String {
    match period {
        Period::Day => "day".to_owned(),
        Period::Week => "week".to_owned(),
        Period::Month => "month".to_owned(),
        Period::Quarter => "quarter".to_owned(),
        Period::Rolling(span) => span_text(span),
    }
}

/// Says that a name is not known, with the nearest one that is.
pub(super) fn unknown(name: &str, known: &[&str]) -> String {
    let near = known.iter().map(|known| (strsim::damerau_levenshtein(name, known), *known)).min();
    match near {
        Some((distance, known)) if distance <= 2.max(name.chars().count() / 3) => {
            format!("`{name}` is not known; did you mean `{known}`?")
        }
        _ => format!("`{name}` is not known; known are {}", known.join(", ")),
    }
}
