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

mod form;

use std::fmt;

use chrono::TimeDelta;
use chrono_tz::Tz;

use self::form::{
    BlackoutPart, CapPart, ClassName, Clock, Day, ElectionsPart, EmergencyPart, File, PacingPart, Per, ProductName,
    RollName, ScopeName, Span, WindowPart, one_of, unknown,
};
use crate::blackout::Blackout;
use crate::cap::{FrequencyCap, Period};
use crate::class::MessageClass;
use crate::pacing::Pacing;
use crate::policy::{ElectionRules, EmergencyOverride, Policy};
use crate::window::{SendWindow, WindowRule};

/// The version of the form that this release writes, and the only one that it reads.
pub const VERSION: u32 = 1;

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
    use std::num::NonZeroU32;

    use chrono::{NaiveDate, NaiveTime};
    use proptest::prelude::*;

    use super::*;
    use crate::cap::Scope;
    use crate::class::Product;

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
