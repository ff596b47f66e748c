//! Decisions as a clerk would take them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::num::NonZeroU32;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use sosik_schedule::{
    Blackout, ContentClass, Decision, Election, ElectionKind, Facts, FrequencyCap, History, HolidayKind,
    KoreanCalendar, MessageClass, Pacing, Period, PlainCalendar, Policy, Product, Reason, Request, Scope, UnderWay,
    Verdict, decide, resolve,
};

fn seoul(y: i32, mo: u32, d: u32, h: u32, mi: u32, s: u32) -> DateTime<Utc> {
    let date = NaiveDate::from_ymd_opt(y, mo, d).unwrap();
    resolve(date, NaiveTime::from_hms_opt(h, mi, s).unwrap(), chrono_tz::Asia::Seoul)
}

fn at(y: i32, mo: u32, d: u32, h: u32, mi: u32) -> DateTime<Utc> {
    seoul(y, mo, d, h, mi, 0)
}

fn news(nominal: DateTime<Utc>) -> Request {
    Request::new(MessageClass::Advertising, nominal).with_product(Product::BrandMessage)
}

/// As a city asks about Friday's news.
fn ask(nominal: DateTime<Utc>, now: DateTime<Utc>) -> Decision {
    let (policy, calendar) = (Policy::city(), KoreanCalendar::new());
    decide(&news(nominal), &Facts::new(&policy, &calendar), now)
}

fn codes(decision: &Decision) -> Vec<&str> {
    decision.reasons.iter().map(Reason::code).collect()
}

fn until(decision: &Decision) -> Option<DateTime<Utc>> {
    match decision.verdict {
        Verdict::Wait { until, .. } => Some(until),
        _ => None,
    }
}

#[test]
fn a_plain_friday_waits_for_its_slot_and_goes_at_it() {
    let slot = at(2026, 11, 27, 15, 0);
    assert_eq!(until(&ask(slot, slot - TimeDelta::hours(2))), Some(slot));
    let decision = ask(slot, slot);
    assert_eq!((decision.verdict, decision.due, codes(&decision)), (Verdict::Send, slot, vec!["slot"]));
    assert_eq!(codes(&ask(slot, slot + TimeDelta::minutes(3))), ["slot"], "a program runs a little later");
}

#[test]
fn the_holiday_fridays_move_to_the_working_day_before() {
    for ((m, d), (to_m, to_d)) in
        [((5, 1), (4, 30)), ((7, 17), (7, 16)), ((9, 25), (9, 23)), ((10, 9), (10, 8)), ((12, 25), (12, 24))]
    {
        let slot = at(2026, m, d, 15, 0);
        let decision = ask(slot, slot - TimeDelta::days(6));
        assert_eq!(decision.due, at(2026, to_m, to_d, 15, 0), "{m}-{d}");
        assert_eq!(codes(&decision), ["holiday-roll"]);
    }
    assert_eq!(ask(at(2031, 10, 3, 15, 0), at(2031, 9, 1, 9, 0)).due, at(2031, 9, 29, 15, 0), "the longest");
    assert_eq!(ask(at(2027, 1, 1, 15, 0), at(2026, 12, 28, 9, 0)).due, at(2026, 12, 31, 15, 0), "into last year");
}

#[test]
fn a_holiday_proclaimed_late_moves_the_send_and_makes_no_second_one() {
    let (policy, slot) = (Policy::city(), at(2026, 11, 27, 15, 0));
    let friday = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
    let proclaimed = KoreanCalendar::new().with_day(friday, "임시공휴일", HolidayKind::Temporary);
    // Proclaimed before Thursday's time: it moves.
    let facts = Facts::new(&policy, &proclaimed);
    let decision = decide(&news(slot), &facts, at(2026, 11, 25, 9, 0));
    assert_eq!((until(&decision), codes(&decision)), (Some(at(2026, 11, 26, 15, 0)), vec!["holiday-roll"]));
    // Proclaimed when Thursday's time is past: the next opening on a working day is on Monday, so a person is asked.
    let decision = decide(&news(slot), &facts, at(2026, 11, 26, 22, 0));
    assert_eq!(decision.verdict, Verdict::Refuse);
    assert_eq!(codes(&decision), ["holiday-roll", "statutory-night", "kakao-window", "working-day", "too-late"]);
    let patient = Policy::city().with_late_for(TimeDelta::days(5));
    let decision = decide(&news(slot), &Facts::new(&patient, &proclaimed), at(2026, 11, 26, 22, 0));
    assert_eq!(until(&decision), Some(at(2026, 11, 30, 8, 0)));
    // Sent on Thursday, it is the same slot still: a cap of one a week does not speak of it twice.
    let sent = History::new().with_send(at(2026, 11, 26, 15, 0), slot);
    let capped = Policy::city().with_cap(FrequencyCap::new(Scope::Channel, 1, Period::Week));
    let facts = Facts::new(&capped, &proclaimed).with_channel(&sent);
    assert_eq!(decide(&news(slot), &facts, at(2026, 11, 26, 15, 0)).verdict, Verdict::Send);
}

#[test]
fn the_edges_of_the_windows_to_the_second() {
    let (policy, calendar) = (Policy::korea(), KoreanCalendar::new());
    let facts = Facts::new(&policy, &calendar);
    let morning = at(2026, 11, 28, 8, 0);
    let sms = |now| decide(&Request::new(MessageClass::Advertising, now).with_product(Product::Text), &facts, now);
    let brand = |now| decide(&news(now), &facts, now);
    for (h, m, s, by_text, by_brand) in [
        (7, 59, 59, false, false),
        (8, 0, 0, true, true),
        (20, 49, 59, true, true),
        (20, 50, 0, true, false),
        (20, 59, 59, true, false),
        (21, 0, 0, false, false),
        (23, 59, 59, false, false),
    ] {
        let now = seoul(2026, 11, 27, h, m, s);
        assert_eq!(sms(now).verdict == Verdict::Send, by_text, "text at {h}:{m}:{s}");
        assert_eq!(brand(now).verdict == Verdict::Send, by_brand, "brand message at {h}:{m}:{s}");
        if h > 12 && !by_brand {
            assert_eq!(until(&brand(now)), Some(morning));
        }
    }
    assert_eq!(codes(&brand(at(2026, 11, 27, 20, 55))), ["kakao-window"]);
    assert_eq!(codes(&brand(at(2026, 11, 27, 21, 30))), ["statutory-night", "kakao-window"]);
    // Leap days and year ends are days like others.
    assert_eq!(until(&brand(at(2028, 2, 28, 22, 0))), Some(at(2028, 2, 29, 8, 0)));
    assert_eq!(until(&brand(at(2026, 12, 31, 22, 0))), Some(at(2027, 1, 1, 8, 0)));
}

#[test]
fn separate_consent_opens_the_law_s_night_and_not_kakao_s() {
    let (policy, calendar) = (Policy::korea(), KoreanCalendar::new());
    let facts = Facts::new(&policy, &calendar).with_night_consent();
    let now = at(2026, 11, 27, 22, 0);
    let text = decide(&Request::new(MessageClass::Advertising, now).with_product(Product::Text), &facts, now);
    assert_eq!((text.verdict, codes(&text)), (Verdict::Send, vec!["night-consent"]));
    assert_eq!(codes(&decide(&news(now), &facts, now)), ["kakao-window"]);
}

#[test]
fn informational_messages_keep_office_hours_by_habit_only() {
    let now = at(2026, 11, 27, 19, 0);
    let request = Request::new(MessageClass::Informational, now);
    let calendar = KoreanCalendar::new();
    let (city, law) = (Policy::city().with_late_for(TimeDelta::days(4)), Policy::korea());
    assert_eq!(decide(&request, &Facts::new(&law, &calendar), now).verdict, Verdict::Send);
    let decision = decide(&request, &Facts::new(&city, &calendar), now);
    assert_eq!(until(&decision), Some(at(2026, 11, 30, 9, 0)), "on Monday: {:?}", codes(&decision));
    assert_eq!(codes(&decision), ["office-hours", "working-day"]);
}

#[test]
fn a_late_message_goes_now_and_says_so_and_much_later_a_person_decides() {
    let slot = at(2026, 11, 27, 15, 0);
    let late = ask(slot, slot + TimeDelta::hours(2));
    assert_eq!((late.verdict, codes(&late)), (Verdict::Send, vec!["late"]));
    let evening = ask(slot, at(2026, 11, 27, 20, 50));
    assert_eq!(evening.verdict, Verdict::Refuse, "it would go on Monday");
    assert_eq!(codes(&evening), ["kakao-window", "working-day", "statutory-night", "too-late"]);
    let saturday = ask(slot, slot + TimeDelta::hours(20));
    assert_eq!(
        (saturday.verdict, codes(&saturday)),
        (Verdict::Refuse, vec!["working-day", "statutory-night", "kakao-window", "too-late"])
    );
}

#[test]
fn an_emergency_goes_at_night_and_records_what_it_overrode() {
    let now = at(2026, 11, 28, 23, 0);
    let (policy, calendar) = (Policy::city(), KoreanCalendar::new());
    for class in [MessageClass::EmergencyCritical, MessageClass::EmergencySafety, MessageClass::EmergencyUrgent] {
        let request = Request::new(class, now).with_product(Product::BrandMessage);
        let decision = decide(&request, &Facts::new(&policy, &calendar), now);
        assert_eq!(decision.verdict, Verdict::Send);
        assert_eq!(codes(&decision), ["emergency-override", "statutory-night", "kakao-window"]);
        assert!(decision.reasons[1..].iter().all(Reason::is_overridden));
        assert!(
            decision.reasons[1].english().contains("overridden") && decision.reasons[1].korean().contains("우선함")
        );
    }
    // Only those named may invoke it.
    let guarded = Policy::city().with_invokers(["재난안전과"]);
    let facts = Facts::new(&guarded, &calendar);
    let request = Request::new(MessageClass::EmergencyUrgent, now);
    assert_eq!(codes(&decide(&request, &facts, now)), ["emergency-authority"]);
    assert_eq!(decide(&request.clone().invoked_by("홍보담당관"), &facts, now).verdict, Verdict::Refuse);
    assert_eq!(decide(&request.invoked_by("재난안전과"), &facts, now).verdict, Verdict::Send);
}

#[test]
fn before_the_election_of_the_head_only_the_excepted_content_goes() {
    let (policy, calendar) = (Policy::korea(), KoreanCalendar::new());
    let local = [Election::new(NaiveDate::from_ymd_opt(2030, 6, 12).unwrap(), ElectionKind::Local)];
    let facts = Facts::new(&policy, &calendar).with_elections(&local);
    let ask = |content: Option<ContentClass>, now| {
        let request = Request::new(MessageClass::Informational, now);
        decide(&content.map_or(request.clone(), |content| request.with_content(content)), &facts, now)
    };
    let (before, first) = (seoul(2029, 12, 13, 23, 59, 59), at(2029, 12, 14, 0, 0));
    let (last, after) = (seoul(2030, 6, 12, 23, 59, 59), at(2030, 6, 13, 0, 0));
    for (now, goes) in [(before, true), (first, false), (at(2030, 2, 28, 12, 0), false), (after, true)] {
        assert_eq!(ask(Some(ContentClass::Publicity), now).verdict == Verdict::Send, goes, "{now}");
        assert_eq!(ask(None, now).verdict == Verdict::Send, goes, "nobody said what it is: {now}");
        let guide = ask(Some(ContentClass::LivingGuide), now);
        assert_eq!((guide.verdict, guide.approvals), (Verdict::Send, if goes { 0 } else { 2 }), "{now}");
    }
    // On the last day the next one is near: it waits.
    assert_eq!(until(&ask(Some(ContentClass::Publicity), last)), Some(after));
    assert_eq!(codes(&ask(Some(ContentClass::Publicity), first)), ["election-86-5", "too-late"]);

    // Events stop 60 days before any election, with those excepted by law.
    let assembly = [Election::new(NaiveDate::from_ymd_opt(2028, 4, 12).unwrap(), ElectionKind::NationalAssembly)];
    let facts = Facts::new(&policy, &calendar).with_elections(&assembly);
    let event = |now| Request::new(MessageClass::Informational, now).with_content(ContentClass::EventNotice);
    let (before, inside) = (seoul(2028, 2, 11, 23, 59, 59), at(2028, 2, 12, 0, 0));
    assert_eq!(decide(&event(before), &facts, before).verdict, Verdict::Send);
    assert_eq!(codes(&decide(&event(inside), &facts, inside)), ["election-86-2", "too-late"]);
    assert_eq!(decide(&event(inside).for_excepted_event(), &facts, inside).verdict, Verdict::Send);
    let nobody_said = Request::new(MessageClass::Informational, inside);
    assert_eq!(decide(&nobody_said, &facts, inside).verdict, Verdict::Refuse, "it may be an event");
    // The head is not elected then: publicity goes.
    let publicity = Request::new(MessageClass::Informational, inside).with_content(ContentClass::Publicity);
    assert_eq!(decide(&publicity, &facts, inside).verdict, Verdict::Send);
    // A disaster is never stopped.
    let disaster = Request::new(MessageClass::EmergencyUrgent, first);
    let decision = decide(&disaster, &Facts::new(&policy, &calendar).with_elections(&local), first);
    assert_eq!((decision.verdict, codes(&decision)[0]), (Verdict::Send, "emergency-override"));
}

#[test]
fn publicity_goes_once_a_quarter() {
    let (policy, calendar) = (Policy::korea().with_late_for(TimeDelta::days(100)), KoreanCalendar::new());
    let first = at(2027, 2, 3, 10, 0);
    let history = History::new().with_content(first, first, ContentClass::Publicity);
    let facts = Facts::new(&policy, &calendar).with_channel(&history);
    let now = at(2027, 3, 20, 10, 0);
    let publicity = Request::new(MessageClass::Informational, now).with_content(ContentClass::Publicity);
    let decision = decide(&publicity, &facts, now);
    assert_eq!((until(&decision), codes(&decision)), (Some(at(2027, 4, 1, 0, 0)), vec!["election-quarter"]));
    let tourism = Request::new(MessageClass::Informational, now).with_content(ContentClass::CultureTourism);
    assert_eq!(decide(&tourism, &facts, now).verdict, Verdict::Send);
}

#[test]
fn mourning_stops_what_it_names_until_it_is_over() {
    let day = |d| NaiveDate::from_ymd_opt(2026, 12, d).unwrap();
    let mourning =
        Blackout::new("mourning", day(3)..=day(5), "국가애도기간", "national mourning", "the city's decision");
    let policy = Policy::korea().with_blackout(mourning.with_classes([MessageClass::Advertising]));
    let (policy, calendar) = (policy.with_late_for(TimeDelta::days(7)), KoreanCalendar::new());
    let facts = Facts::new(&policy, &calendar);
    let slot = at(2026, 12, 4, 15, 0);
    let decision = decide(&news(slot), &facts, slot);
    assert_eq!(until(&decision), Some(at(2026, 12, 6, 8, 0)), "from its end, in the window");
    assert_eq!(codes(&decision), ["mourning", "statutory-night", "kakao-window"]);
    assert!(decision.reasons[0].korean().contains("국가애도기간"));
    let notice = Request::new(MessageClass::Informational, slot);
    assert_eq!(decide(&notice, &facts, slot).verdict, Verdict::Send);
}

#[test]
fn caps_distances_and_sendings_under_way_make_it_wait() {
    let calendar = KoreanCalendar::new();
    let (last, now) = (at(2026, 11, 24, 10, 0), at(2026, 11, 25, 10, 0));
    let history = History::new().with_send(last, last);
    let weekly = FrequencyCap::new(Scope::Recipient, 1, Period::Rolling(TimeDelta::days(2)));
    let policy = Policy::korea().with_cap(weekly).with_minimum_gap(TimeDelta::hours(26));
    let request = news(now);
    let channel = Facts::new(&policy, &calendar).with_channel(&history);
    let decision = decide(&request, &channel, now);
    assert_eq!((until(&decision), codes(&decision)), (Some(at(2026, 11, 25, 12, 0)), vec!["minimum-gap"]));
    let decision = decide(&request, &channel.with_recipient(&history), now);
    assert_eq!(until(&decision), Some(at(2026, 11, 26, 10, 0)));
    assert_eq!(codes(&decision), ["frequency-cap", "minimum-gap"]);

    let policy = Policy::korea();
    let busy = Facts::new(&policy, &calendar).with_under_way(UnderWay::new(5, at(2026, 11, 25, 11, 0)));
    let decision = decide(&request, &busy, now);
    assert_eq!((until(&decision), codes(&decision)), (Some(at(2026, 11, 25, 11, 0)), vec!["channel-busy"]));
    let urgent = decide(&request.with_priority(6), &busy, now);
    assert_eq!((urgent.verdict, codes(&urgent)), (Verdict::Send, vec!["pre-emption"]));
}

#[test]
fn a_paced_sending_says_when_its_last_messages_go() {
    let policy = Policy::korea().with_pacing(Pacing::new(NonZeroU32::new(6_000).unwrap()));
    let calendar = KoreanCalendar::new();
    let slot = at(2026, 11, 27, 20, 0);
    let decision = decide(&news(slot).with_recipients(6_000), &Facts::new(&policy, &calendar), slot);
    assert_eq!((decision.verdict, codes(&decision)), (Verdict::Send, vec!["pacing"]));
    assert!(decision.reasons[0].english().contains("2026-11-28T08:09:00+09:00"), "{}", decision.reasons[0]);
}

#[test]
fn beyond_the_calendar_the_answer_says_so() {
    let (policy, korea) = (Policy::city(), KoreanCalendar::new());
    let slot = at(2052, 1, 5, 15, 0);
    assert!(codes(&decide(&news(slot), &Facts::new(&policy, &korea), slot)).contains(&"beyond-calendar"));
    let plain = PlainCalendar::new([]).with_years(2052..=2052);
    assert_eq!(codes(&decide(&news(slot), &Facts::new(&policy, &plain), slot)), ["slot"]);
}

#[test]
fn every_reason_has_both_languages_and_a_source() {
    let decision = ask(at(2026, 12, 25, 15, 0), at(2026, 12, 24, 22, 0));
    assert_eq!(
        codes(&decision),
        ["holiday-roll", "statutory-night", "kakao-window", "working-day", "too-late"],
        "Christmas and the weekend follow"
    );
    for reason in &decision.reasons {
        assert!(reason.korean().chars().any(|c| ('가'..='힣').contains(&c)), "{reason}");
        assert!(!reason.english().is_empty() && reason.source().len() > 10);
    }
}
