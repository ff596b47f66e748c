//! Decisions as a clerk would take them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use sosik_schedule::{Decision, KoreanCalendar, MessageClass, Request, SendWindow, Verdict, decide, resolve};

fn seoul(y: i32, mo: u32, d: u32, h: u32, mi: u32) -> DateTime<Utc> {
    let date = NaiveDate::from_ymd_opt(y, mo, d).unwrap();
    resolve(date, NaiveTime::from_hms_opt(h, mi, 0).unwrap(), chrono_tz::Asia::Seoul)
}

fn ask(class: MessageClass, nominal: DateTime<Utc>, now: DateTime<Utc>) -> Decision {
    let request = Request::new(class, nominal, chrono_tz::Asia::Seoul).with_window(SendWindow::kakao_brand_message());
    decide(&request, &KoreanCalendar::new(), now)
}

fn codes(decision: &Decision) -> Vec<&'static str> {
    decision.reasons.iter().map(|reason| reason.code).collect()
}

#[test]
fn a_plain_friday_goes_at_its_slot() {
    let slot = seoul(2026, 11, 27, 15, 0);
    let decision = ask(MessageClass::Advertising, slot, slot);
    assert_eq!((decision.verdict, decision.due), (Verdict::Send, slot));
    assert_eq!(codes(&decision), ["slot"]);
}

#[test]
fn before_the_slot_it_waits() {
    let slot = seoul(2026, 11, 27, 15, 0);
    let decision = ask(MessageClass::Advertising, slot, slot - TimeDelta::hours(2));
    assert!(matches!(decision.verdict, Verdict::Wait { until, .. } if until == slot));
}

#[test]
fn the_holiday_fridays_move_to_the_working_day_before() {
    for ((m, d), (to_m, to_d)) in
        [((5, 1), (4, 30)), ((7, 17), (7, 16)), ((9, 25), (9, 23)), ((10, 9), (10, 8)), ((12, 25), (12, 24))]
    {
        let slot = seoul(2026, m, d, 15, 0);
        let decision = ask(MessageClass::Advertising, slot, slot - TimeDelta::days(6));
        assert_eq!(decision.due, seoul(2026, to_m, to_d, 15, 0), "{m}-{d}");
        assert_eq!(codes(&decision), ["holiday-roll"]);
    }
    let longest = ask(MessageClass::Advertising, seoul(2031, 10, 3, 15, 0), seoul(2031, 9, 1, 9, 0));
    assert_eq!(longest.due, seoul(2031, 9, 29, 15, 0));
    let into_last_year = ask(MessageClass::Advertising, seoul(2027, 1, 1, 15, 0), seoul(2026, 12, 28, 9, 0));
    assert_eq!(into_last_year.due, seoul(2026, 12, 31, 15, 0));
}

#[test]
fn an_advertisement_after_the_close_waits_for_the_morning() {
    let slot = seoul(2026, 11, 27, 15, 0);
    let decision = ask(MessageClass::Advertising, slot, seoul(2026, 11, 27, 20, 50));
    assert!(matches!(decision.verdict, Verdict::Wait { until, .. } if until == seoul(2026, 11, 28, 8, 0)));
    assert_eq!(codes(&decision), ["kakao-window"]);
}

#[test]
fn a_late_message_goes_now_and_says_so_and_a_day_later_a_person_decides() {
    let slot = seoul(2026, 11, 27, 15, 0);
    let late = ask(MessageClass::Advertising, slot, slot + TimeDelta::hours(2));
    assert_eq!((late.verdict, codes(&late)), (Verdict::Send, vec!["late"]));
    let too_late = ask(MessageClass::Advertising, slot, slot + TimeDelta::hours(25));
    assert_eq!((too_late.verdict, codes(&too_late)), (Verdict::Refuse, vec!["too-late"]));
}

#[test]
fn an_emergency_goes_at_night_and_records_what_it_overrode() {
    let now = seoul(2026, 11, 27, 23, 0);
    let decision = ask(MessageClass::Emergency, now, now);
    assert_eq!(decision.verdict, Verdict::Send);
    assert_eq!(codes(&decision), ["kakao-window"]);
    assert!(decision.reasons.iter().all(|reason| reason.english.contains("overridden")));
}

#[test]
fn every_reason_has_both_languages_and_a_source() {
    let decision = ask(MessageClass::Advertising, seoul(2026, 12, 25, 15, 0), seoul(2026, 12, 24, 22, 0));
    assert_eq!(codes(&decision), ["holiday-roll", "statutory-night", "kakao-window"]);
    for reason in &decision.reasons {
        assert!(!reason.korean.is_empty() && !reason.english.is_empty() && reason.source.len() > 10);
    }
}
