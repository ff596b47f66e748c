//! Policies as files: TOML or JSON, with a JSON Schema in the project's `docs/policy.schema.json`.
//!
//! ```
//! use sosik_schedule::{Policy, policy_file};
//!
//! let text = r#"
//! version = 1
//! zone = "Asia/Seoul"
//! roll = "preceding"
//! late_for = "6h"
//! minimum_gap = "12h"
//!
//! [[window]]
//! rule = "statutory-night"
//!
//! [[window]]
//! code = "school-hours"
//! opens = "08:30"
//! closes = "17:00"
//! classes = ["informational"]
//! source = "the city's rule of 2026-03-02"
//!
//! [[cap]]
//! scope = "channel"
//! max = 2
//! per = "week"
//! "#;
//! let policy = policy_file::from_toml(text)?;
//! assert_eq!(policy_file::from_toml(&policy_file::to_toml(&policy)?)?, policy);
//!
//! let error = policy_file::from_toml("version = 1\nlate_fr = \"6h\"").unwrap_err();
//! assert_eq!(error.to_string(), "line 2, column 1: `late_fr` is not known; did you mean `late_for`?");
//! # Ok::<(), policy_file::PolicyFileError>(())
//! ```

use std::fmt;
use std::num::NonZeroU32;

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::blackout::Blackout;
use crate::cap::{FrequencyCap, Period, Scope};
use crate::class::{MessageClass, Product};
use crate::pacing::Pacing;
use crate::policy::{ElectionRules, EmergencyOverride, Policy};
use crate::window::{SendWindow, WindowRule};
use crate::working_day::Roll;

/// The version of the form that this release writes, and the only one that it reads.
pub const VERSION: u32 = 1;

/// A channel's rules for when a message may go.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct File {
    /// The version of this form: 1.
    version: u32,
    /// The zone in which days and slots are meant, by its IANA name.
    #[serde(default = "seoul")]
    zone: String,
    /// Where a slot goes that falls on a day of rest.
    #[serde(default)]
    roll: RollName,
    /// How late after its time a message may still go by itself, such as `6h`.
    #[serde(default = "six_hours")]
    late_for: Span,
    /// The least distance of two sendings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    minimum_gap: Option<Span>,
    /// The election law's rules.
    #[serde(default)]
    elections: ElectionsPart,
    /// What goes over every other rule.
    #[serde(default)]
    emergency: EmergencyPart,
    /// The rate of one sending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pacing: Option<PacingPart>,
    /// The hours in which messages go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    window: Vec<WindowPart>,
    /// Days on which messages do not go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    blackout: Vec<BlackoutPart>,
    /// How often messages go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cap: Vec<CapPart>,
}

/// A window: one of the crate's by `rule`, or one's own.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct WindowPart {
    /// `statutory-night`, `kakao-window` or `office-hours`; then nothing else stands here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    /// The stable name of one's own window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// When it opens, such as `09:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opens: Option<Clock>,
    /// When it closes; a time at or before the opening means the next day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closes: Option<Clock>,
    /// Its zone, when it is not the policy's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    /// The classes it is for; every class but emergencies without them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    classes: Vec<ClassName>,
    /// The products it is for; all without them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    products: Vec<ProductName>,
    /// Whether separate consent to the night opens it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    night_consent: bool,
    /// The day from which it holds, such as `2026-03-02`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Day>,
    /// The day from which it no longer holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Day>,
    /// Where the rule comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
}

/// Days on which messages do not go.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct BlackoutPart {
    /// Its stable name.
    code: String,
    /// Its first day.
    first: Day,
    /// Its last day.
    last: Day,
    /// What it is, in Korean.
    korean: String,
    /// What it is, in English.
    english: String,
    /// Who decided it.
    source: String,
    /// The classes it stops.
    #[serde(default = "ordinary")]
    classes: Vec<ClassName>,
}

/// How often messages go.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CapPart {
    /// Whose messages are counted.
    scope: ScopeName,
    /// How many there may be.
    max: u32,
    /// `day`, `week`, `month`, `quarter`, or a span such as `7d` before each instant.
    per: Per,
}

/// The rate of one sending.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PacingPart {
    /// How many messages go in an hour.
    per_hour: NonZeroU32,
    /// How far apart the waves are.
    #[serde(default = "a_minute")]
    every: Span,
}

/// Which of the election law's rules hold.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ElectionsPart {
    /// No publicity in the 180 days before the election of the city's head.
    publicity: bool,
    /// No announcements of events in the 60 days before any election.
    events: bool,
    /// Publicity once a quarter at most.
    quarterly: bool,
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
struct EmergencyPart {
    /// The levels that override.
    levels: Vec<ClassName>,
    /// Who may invoke it; anyone without names.
    may_invoke: Vec<String>,
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
        struct $name($inner);

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

fn one_of<T>(text: &str, read: impl Fn(&str) -> Option<T>, known: &[&str]) -> Result<T, String> {
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
fn unknown(name: &str, known: &[&str]) -> String {
    let near = known.iter().map(|known| (strsim::damerau_levenshtein(name, known), *known)).min();
    match near {
        Some((distance, known)) if distance <= 2.max(name.chars().count() / 3) => {
            format!("`{name}` is not known; did you mean `{known}`?")
        }
        _ => format!("`{name}` is not known; known are {}", known.join(", ")),
    }
}

/// A policy file cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFileError {
    place: Option<(usize, usize)>,
    problem: String,
}

impl PolicyFileError {
    /// The line and column at which reading stopped, from 1, where that is known.
    #[must_use]
    pub fn place(&self) -> Option<(usize, usize)> {
        self.place
    }

    fn of(problem: impl Into<String>) -> Self {
        Self { place: None, problem: problem.into() }
    }
}

impl fmt::Display for PolicyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.place {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&self.problem)
    }
}

impl std::error::Error for PolicyFileError {}

/// Reads a policy from TOML.
///
/// # Errors
///
/// [`PolicyFileError`] names the place, and the nearest known name for one that is not known.
pub fn from_toml(text: &str) -> Result<Policy, PolicyFileError> {
    let file: File = toml::from_str(text).map_err(|error| PolicyFileError {
        place: error.span().map(|span| place(text, span.start)),
        problem: suggest(error.message()),
    })?;
    policy(&file)
}

/// Reads a policy from JSON.
///
/// # Errors
///
/// [`PolicyFileError`] names the place, and the nearest known name for one that is not known.
pub fn from_json(text: &str) -> Result<Policy, PolicyFileError> {
    let file: File = serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
        PolicyFileError { place: Some((error.line(), error.column())), problem: suggest(message) }
    })?;
    policy(&file)
}

/// Writes a policy as TOML.
///
/// # Errors
///
/// [`PolicyFileError`] when the policy holds what the form does not: spans with seconds.
pub fn to_toml(policy: &Policy) -> Result<String, PolicyFileError> {
    toml::to_string(&file(policy)?).map_err(|error| PolicyFileError::of(error.to_string()))
}

/// Writes a policy as JSON.
///
/// # Errors
///
/// [`PolicyFileError`] when the policy holds what the form does not: spans with seconds.
pub fn to_json(policy: &Policy) -> Result<String, PolicyFileError> {
    serde_json::to_string_pretty(&file(policy)?).map_err(|error| PolicyFileError::of(error.to_string()))
}

fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

/// The parser's sentence about an unknown name, as one that names the nearest.
fn suggest(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match (message.starts_with("unknown field") || message.starts_with("unknown variant"), &quoted[..]) {
        (true, [name, known @ ..]) if !known.is_empty() => unknown(name, known),
        _ => message.to_owned(),
    }
}

fn zone(name: &str) -> Result<Tz, PolicyFileError> {
    name.parse()
        .map_err(|_| PolicyFileError::of(format!("zone: `{name}` is no zone by its IANA name, such as Asia/Seoul")))
}

fn policy(file: &File) -> Result<Policy, PolicyFileError> {
    if file.version != VERSION {
        let found = file.version;
        return Err(PolicyFileError::of(format!(
            "version: {found} is not read by this release, which reads {VERSION}"
        )));
    }
    let mut policy = Policy::bare(zone(&file.zone)?).with_roll(file.roll.0).with_late_for(file.late_for.0);
    policy.minimum_gap = file.minimum_gap.map(|span| span.0);
    let ElectionsPart { publicity, events, quarterly } = file.elections;
    policy.elections = ElectionRules { publicity, events, quarterly };
    let levels: Vec<MessageClass> = file.emergency.levels.iter().map(|level| level.0).collect();
    if let Some(other) = levels.iter().find(|level| !level.is_emergency()) {
        return Err(PolicyFileError::of(format!("emergency.levels: `{}` is no emergency", other.code())));
    }
    policy.emergency = EmergencyOverride { levels, may_invoke: file.emergency.may_invoke.clone() };
    policy.pacing = file.pacing.as_ref().map(|part| Pacing { per_hour: part.per_hour, every: part.every.0 });
    for (number, part) in (1..).zip(&file.window) {
        let wrong = |problem: String| PolicyFileError::of(format!("window {number}: {problem}"));
        policy.windows.push(window(part, policy.zone).map_err(wrong)?);
    }
    for (number, part) in (1..).zip(&file.blackout) {
        let (first, last) = (part.first.0, part.last.0);
        if first > last {
            return Err(PolicyFileError::of(format!("blackout {number}: `last` is before `first`")));
        }
        let (korean, english) = (part.korean.clone(), part.english.clone());
        let blackout = Blackout::new(part.code.clone(), first..=last, korean, english, part.source.clone());
        policy.blackouts.push(blackout.with_classes(part.classes.iter().map(|class| class.0)));
    }
    policy.caps = file.cap.iter().map(|cap| FrequencyCap::new(cap.scope.0, cap.max, cap.per.0)).collect();
    Ok(policy)
}

/// The windows that a file may name.
fn named() -> [(&'static str, WindowRule); 3] {
    let rules = [WindowRule::statutory_night(), WindowRule::kakao_brand_message(), WindowRule::office_hours()];
    ["statutory-night", "kakao-window", "office-hours"].map(|name| (name, name)).map(|(name, code)| {
        let rule = rules.iter().find(|rule| rule.window.code() == code);
        (name, rule.unwrap_or(&rules[0]).clone())
    })
}

fn window(part: &WindowPart, home: Tz) -> Result<WindowRule, String> {
    if let Some(name) = &part.rule {
        let plain = WindowPart { rule: Some(name.clone()), ..WindowPart::default() };
        if format!("{part:?}") != format!("{plain:?}") {
            return Err("`rule` names one of the crate's windows: nothing else may stand beside it".to_owned());
        }
        let known = named();
        let names = [known[0].0, known[1].0, known[2].0];
        return one_of(
            name,
            |name| known.iter().find(|(known, _)| *known == name).map(|(_, rule)| rule.clone()),
            &names,
        );
    }
    let need = |name: &str| format!("`{name}` is missing (or name one of the crate's windows by `rule`)");
    let code = part.code.clone().ok_or_else(|| need("code"))?;
    let opens = part.opens.ok_or_else(|| need("opens"))?.0;
    let closes = part.closes.ok_or_else(|| need("closes"))?.0;
    let source = part.source.clone().ok_or_else(|| need("source"))?;
    let zone = match &part.zone {
        Some(name) => zone(name).map_err(|error| error.to_string())?,
        None => home,
    };
    if let (Some(from), Some(until)) = (part.from, part.until)
        && from.0 >= until.0
    {
        return Err("`until` is not after `from`".to_owned());
    }
    let mut rule = WindowRule::new(SendWindow::new(opens, closes, zone, code, source))
        .with_classes(part.classes.iter().map(|class| class.0))
        .with_products(part.products.iter().map(|product| product.0))
        .between(part.from.map(|day| day.0), part.until.map(|day| day.0));
    rule.night_consent = part.night_consent;
    Ok(rule)
}

fn window_part(rule: &WindowRule, home: Tz) -> WindowPart {
    if let Some((name, _)) = named().into_iter().find(|(_, known)| known == rule) {
        return WindowPart { rule: Some(name.to_owned()), ..WindowPart::default() };
    }
    let window = &rule.window;
    WindowPart {
        rule: None,
        code: Some(window.code().to_owned()),
        opens: Some(Clock(window.opens())),
        closes: Some(Clock(window.closes())),
        zone: Some(window.zone()).filter(|zone| *zone != home).map(|zone| zone.name().to_owned()),
        classes: rule.classes.iter().copied().map(ClassName).collect(),
        products: rule.products.iter().copied().map(ProductName).collect(),
        night_consent: rule.night_consent,
        from: rule.from.map(Day),
        until: rule.until.map(Day),
        source: Some(window.source().to_owned()),
    }
}

fn file(policy: &Policy) -> Result<File, PolicyFileError> {
    let whole = |name: &str, span: TimeDelta| {
        if span.num_seconds() % 60 == 0 && span >= TimeDelta::zero() {
            Ok(Span(span))
        } else {
            Err(PolicyFileError::of(format!("{name}: the form knows whole minutes only")))
        }
    };
    let caps = policy.caps.iter().map(|cap| {
        if let Period::Rolling(span) = cap.period {
            whole("cap", span)?;
        }
        Ok(CapPart { scope: ScopeName(cap.scope), max: cap.max, per: Per(cap.period) })
    });
    let blackouts = policy.blackouts.iter().map(|blackout| BlackoutPart {
        code: blackout.code.to_string(),
        first: Day(*blackout.days.start()),
        last: Day(*blackout.days.end()),
        korean: blackout.korean.to_string(),
        english: blackout.english.to_string(),
        source: blackout.source.to_string(),
        classes: blackout.classes.iter().copied().map(ClassName).collect(),
    });
    let ElectionRules { publicity, events, quarterly } = policy.elections;
    let pacing = policy.pacing.map(|pacing| {
        Ok::<_, PolicyFileError>(PacingPart { per_hour: pacing.per_hour, every: whole("pacing.every", pacing.every)? })
    });
    Ok(File {
        version: VERSION,
        zone: policy.zone.name().to_owned(),
        roll: RollName(policy.roll),
        late_for: whole("late_for", policy.late_for)?,
        minimum_gap: policy.minimum_gap.map(|gap| whole("minimum_gap", gap)).transpose()?,
        elections: ElectionsPart { publicity, events, quarterly },
        emergency: EmergencyPart {
            levels: policy.emergency.levels.iter().copied().map(ClassName).collect(),
            may_invoke: policy.emergency.may_invoke.clone(),
        },
        pacing: pacing.transpose()?,
        window: policy.windows.iter().map(|rule| window_part(rule, policy.zone)).collect(),
        blackout: blackouts.collect(),
        cap: caps.collect::<Result<_, PolicyFileError>>()?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rich() -> Policy {
        let day = |day| NaiveDate::from_ymd_opt(2026, 12, day).unwrap();
        let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap();
        let own = SendWindow::new(nine, nine, chrono_tz::Europe::Berlin, "own", "a test of this crate");
        let mut policy = Policy::city()
            .with_window(WindowRule::new(own).with_products([Product::Text]).between(Some(day(1)), None))
            .with_blackout(Blackout::new("mourning", day(3)..=day(5), "애도", "mourning", "the city"))
            .with_cap(FrequencyCap::new(Scope::Recipient, 3, Period::Rolling(TimeDelta::hours(36))))
            .with_cap(FrequencyCap::new(Scope::Channel, 1, Period::Quarter))
            .with_minimum_gap(TimeDelta::minutes(90))
            .with_pacing(Pacing::new(NonZeroU32::new(7_200).unwrap()))
            .with_invokers(["재난안전과"]);
        policy.elections.quarterly = false;
        policy
    }

    #[test]
    fn policies_come_back_from_both_forms() {
        for policy in [Policy::korea(), Policy::city(), Policy::bare(chrono_tz::UTC), rich()] {
            assert_eq!(from_toml(&to_toml(&policy).unwrap()).unwrap(), policy, "{}", to_toml(&policy).unwrap());
            assert_eq!(from_json(&to_json(&policy).unwrap()).unwrap(), policy);
        }
        let seconds = Policy::korea().with_late_for(TimeDelta::seconds(90));
        assert!(to_toml(&seconds).unwrap_err().to_string().starts_with("late_for:"));
    }

    #[test]
    fn what_is_wrong_is_named_with_the_nearest_right_one() {
        for (text, problem) in [
            ("version = 1\nrol = \"none\"", "line 2, column 1: `rol` is not known; did you mean `roll`?"),
            (
                "version = 1\nroll = \"preceeding\"",
                "line 2, column 8: `preceeding` is not known; did you mean `preceding`?",
            ),
            (
                "version = 1\n[[window]]\nopen = \"09:00\"",
                "line 3, column 1: `open` is not known; did you mean `opens`?",
            ),
            (
                "version = 1\n[[window]]\nrule = \"statutory-nite\"",
                "window 1: `statutory-nite` is not known; did you mean `statutory-night`?",
            ),
            ("version = 1\n[[window]]\ncode = \"x\"", "window 1: `opens` is missing"),
            ("version = 1\n[[cap]]\nscope = \"chanel\"\nmax = 1\nper = \"week\"", "did you mean `channel`?"),
            (
                "version = 1\n[[cap]]\nscope = \"channel\"\nmax = 1\nper = \"fortnight\"",
                "`fortnight` is no period: day, week",
            ),
            ("version = 1\nlate_for = \"6 hours\"", "`6 hours` is no span, such as 30m, 6h or 7d"),
            ("version = 1\nzone = \"Seoul\"", "zone: `Seoul` is no zone"),
            ("version = 2", "version: 2 is not read"),
            ("roll = \"none\"", "missing field `version`"),
            ("version = 1\n[emergency]\nlevels = [\"advertising\"]", "`advertising` is no emergency"),
            (
                "version = 1\n[[blackout]]\ncode = \"a\"\nfirst = \"2026-12-05\"\nlast = \"2026-12-03\"\nkorean = \"\"\nenglish = \"\"\nsource = \"\"",
                "blackout 1: `last` is before",
            ),
        ] {
            let error = from_toml(text).unwrap_err().to_string();
            assert!(error.contains(problem), "{text}\n→ {error}\nnot {problem}");
        }
        let error = from_json("{\"version\": 1,\n \"minimum_gab\": \"1h\"}").unwrap_err();
        assert_eq!(error.to_string(), "line 2, column 14: `minimum_gab` is not known; did you mean `minimum_gap`?");
    }

    /// The schema in docs is the one that these types have; set `UPDATE_GOLDEN` to write it.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "whoever changed the form says so in the environment")]
    fn the_schema_in_docs_is_true_and_judges_as_the_reader_does() {
        let schema = serde_json::to_value(schemars::schema_for!(File)).unwrap();
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/policy.schema.json");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(path, &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), text, "set UPDATE_GOLDEN to write it");
        let schema = jsonschema::validator_for(&schema).unwrap();
        let judge = |text: &str| schema.is_valid(&serde_json::from_str(text).unwrap());
        assert!(judge(&to_json(&rich()).unwrap()));
        for wrong in [
            "{}",
            "{\"version\": 1, \"rol\": \"none\"}",
            "{\"version\": 1, \"roll\": \"nowhere\"}",
            "{\"version\": 1, \"late_for\": \"6x\"}",
            "{\"version\": 1, \"cap\": [{\"scope\": \"channel\", \"max\": -1, \"per\": \"week\"}]}",
        ] {
            assert!(!judge(wrong) && from_json(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,200}", noise in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = from_toml(&text);
            let _ = from_json(&text);
            let _ = from_toml(&String::from_utf8_lossy(&noise));
        }

        #[test]
        fn a_torn_file_is_an_error_or_a_policy(cut in 0usize..2_000, at in 0usize..2_000, byte in any::<char>()) {
            let whole = to_toml(&rich()).unwrap();
            let cut: String = whole.chars().take(cut).collect();
            let _ = from_toml(&cut);
            let mut bent: Vec<char> = whole.chars().collect();
            let place = at % bent.len();
            bent[place] = byte;
            let _ = from_toml(&bent.into_iter().collect::<String>());
        }
    }
}
