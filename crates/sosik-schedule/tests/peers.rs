//! Other engines' own test vectors, where they lie: set `SOSIK_CORPUS` to their folder.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "the corpus is named by the environment, and its absence is said"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use serde_json::Value;
use sosik_schedule::{HolidayKind, KoreanCalendar, Recurrence, RecurrenceError};

fn read(name: &str) -> Option<Value> {
    let Some(corpus) = std::env::var_os("SOSIK_CORPUS") else {
        assert!(std::env::var_os("SOSIK_REQUIRE_CORPUS").is_none(), "the corpus must be here: set SOSIK_CORPUS");
        println!("SKIPPED: SOSIK_CORPUS is not set, {name} was not read");
        return None;
    };
    let path = PathBuf::from(corpus).join("peers").join(name);
    Some(
        serde_json::from_slice(&std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
            .unwrap(),
    )
}

/// A rule of dateutil's as RFC 5545 text.
fn rule(value: &Value) -> String {
    let names = [
        ("freq", "FREQ"),
        ("count", "COUNT"),
        ("interval", "INTERVAL"),
        ("until", "UNTIL"),
        ("wkst", "WKST"),
        ("bymonth", "BYMONTH"),
        ("bymonthday", "BYMONTHDAY"),
        ("byyearday", "BYYEARDAY"),
        ("byweekno", "BYWEEKNO"),
        ("byweekday", "BYDAY"),
        ("byhour", "BYHOUR"),
        ("byminute", "BYMINUTE"),
        ("bysecond", "BYSECOND"),
        ("bysetpos", "BYSETPOS"),
        ("byeaster", "BYEASTER"),
    ];
    let one = |value: &Value| match value {
        // `TU(1)` is RFC 5545's `1TU`.
        Value::String(text) => match text.strip_suffix(')').and_then(|text| text.split_once('(')) {
            Some((day, nth)) => format!("{}{day}", nth.trim_start_matches('+')),
            None => text.replace(['-', ':'], ""),
        },
        other => other.to_string(),
    };
    let parts = names.iter().filter_map(|(theirs, ours)| {
        let value = value.get(theirs)?;
        let text = match value {
            Value::Array(items) => items.iter().map(one).collect::<Vec<_>>().join(","),
            other => one(other),
        };
        Some(format!("{ours}={text}"))
    });
    parts.collect::<Vec<_>>().join(";")
}

/// Why a case of theirs is not one of ours.
fn explained(error: &RecurrenceError) -> Option<&'static str> {
    let text = error.to_string();
    [
        ("is not taken: DAILY", "repeats within a day: refused"),
        ("`BYEASTER` is not known", "BYEASTER is dateutil's own, not RFC 5545's"),
        ("`EXRULE` is not read", "EXRULE is obsolete since RFC 5545"),
        ("can not be used with the current frequency", "a BY part with this FREQ: RFC 5545 forbids it"),
        ("BYDAY with a number", "a numbered BYDAY with this FREQ: RFC 5545 forbids it"),
        ("BYSETPOS", "BYSETPOS out of the range for this FREQ"),
        ("never occurs", "nothing at all: refused, where dateutil gives an empty list"),
        ("is later. That", "UNTIL before the start: refused, where dateutil gives an empty list"),
        ("one DTSTART", "without DTSTART"),
        ("it has no `:`", "a rule without its name and start: `from_rule` takes it, with a start"),
    ]
    .into_iter()
    .find(|(part, _)| text.contains(part))
    .map(|(_, why)| why)
}

#[test]
fn dateutil_s_recurrences_agree_or_are_explained() {
    let Some(cases) = read("dateutil_rrule.json") else { return };
    let (mut agree, mut why): (u32, BTreeMap<&str, u32>) = (0, BTreeMap::new());
    for case in cases.as_array().unwrap() {
        let name = case["test"].as_str().unwrap();
        let expected: Vec<&str> = case["expect"].as_array().unwrap().iter().map(|at| at.as_str().unwrap()).collect();
        let made = if let Some(text) = case.get("rrulestr") {
            Recurrence::parse(text.as_str().unwrap())
        } else {
            let start: NaiveDateTime = case["rrule"]["dtstart"].as_str().unwrap().parse().unwrap();
            Recurrence::from_rule(&rule(&case["rrule"]), start, chrono_tz::UTC)
        };
        match made {
            Ok(recurrence) => {
                let from = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc();
                let found: Vec<String> = recurrence
                    .take(from, expected.len() + 1)
                    .iter()
                    .map(|occurrence| occurrence.local.format("%Y-%m-%dT%H:%M:%S").to_string())
                    .collect();
                assert_eq!(found, expected, "{name}: {recurrence}");
                agree += 1;
            }
            Err(error) => {
                let reason = explained(&error);
                *why.entry(reason.unwrap_or_else(|| panic!("{name}: {error}\n{case}"))).or_default() += 1;
            }
        }
    }
    println!("dateutil: {agree} agree; {why:#?}");
    assert!(agree >= 60, "{agree} of {} agree", agree + why.values().sum::<u32>());
}

#[test]
fn the_holidays_of_python_s_package_agree_or_are_explained() {
    let Some(theirs) = read("holidays_KR_snapshot.json") else { return };
    let calendar = KoreanCalendar::new();
    let theirs: BTreeMap<NaiveDate, String> =
        theirs.as_object().unwrap().iter().map(|(date, name)| (date.parse().unwrap(), name.to_string())).collect();
    let years: std::collections::BTreeSet<i32> =
        theirs.keys().map(Datelike::year).filter(|year| (2013..=2050).contains(year)).collect();
    let (mut agree, mut differ) = (0, Vec::new());
    for year in years {
        let ours: BTreeMap<NaiveDate, (&str, HolidayKind)> =
            calendar.year(year).iter().map(|holiday| (holiday.date, (holiday.name.as_str(), holiday.kind))).collect();
        for date in NaiveDate::from_ymd_opt(year, 1, 1).unwrap().iter_days().take_while(|date| date.year() == year) {
            match (ours.get(&date), theirs.get(&date)) {
                (Some(_), Some(_)) => agree += 1,
                (None, None) => {}
                // 노동절 was a paid day off for workers, by another law, before the decree took it up in 2026.
                (None, Some(_)) if year < 2026 && (date.month(), date.day()) == (5, 1) => {}
                // By 공직선거법 34조, 70 and 50 days before the end of a term; they count otherwise in some years.
                (None, Some(name)) if name.contains("Election Day") && year >= 2030 => {}
                (Some((_, HolidayKind::Election)), None) if year >= 2030 => {}
                // The snapshot is older than the decree's substitutes for these two (in force 2026-05-01).
                (Some((name, HolidayKind::Substitute)), None)
                    if ["대체공휴일(노동절)", "대체공휴일(제헌절)"].contains(name) => {}
                (ours, theirs) => differ.push(format!("{date}: ours {ours:?}, theirs {theirs:?}")),
            }
        }
    }
    println!("holidays: {agree} days agree");
    assert_eq!(differ, Vec::<String>::new());
    assert!(agree > 300, "{agree}");
}

#[test]
fn cron_s_patterns_are_another_language_and_are_refused_as_such() {
    let Some(patterns) = read("croner_cron_patterns.json") else { return };
    let patterns = patterns["patterns"].as_array().unwrap();
    assert!(patterns.len() > 10);
    let start = NaiveDate::from_ymd_opt(2026, 1, 2).unwrap().and_hms_opt(15, 0, 0).unwrap();
    for pattern in patterns {
        let pattern = pattern["pattern"].as_str().unwrap();
        // Nothing of them may be taken for a rule: a 5 is Friday in one cron and Thursday in another.
        assert!(Recurrence::from_rule(pattern, start, chrono_tz::UTC).is_err(), "{pattern}");
        assert!(Recurrence::parse(pattern).is_err(), "{pattern}");
    }
}
