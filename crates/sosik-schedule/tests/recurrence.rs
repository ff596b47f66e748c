//! Recurrences: the typed builder, RFC 5545 text, changes of the clocks, and texts that mean harm.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use proptest::prelude::*;
use sosik_schedule::{Civil, Gap, MAX_OCCURRENCES, Recurrence, RecurrenceError, WeeklySlot};

const SEOUL: Tz = chrono_tz::Asia::Seoul;

fn date(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).unwrap()
}

fn three() -> NaiveTime {
    NaiveTime::from_hms_opt(15, 0, 0).unwrap()
}

fn from(y: i32, m: u32, d: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(y, m, d, 0, 0, 0).unwrap()
}

fn dates(recurrence: &Recurrence, start: DateTime<Utc>, count: usize) -> Vec<String> {
    recurrence.take(start, count).iter().map(|occurrence| occurrence.local.date().to_string()).collect()
}

#[test]
fn the_builder_says_what_a_clerk_would() {
    let start = from(2026, 11, 23);
    let build = |builder: sosik_schedule::RecurrenceBuilder| builder.build().unwrap();
    let fridays = build(Recurrence::weekly(Weekday::Fri, three(), SEOUL));
    assert_eq!(dates(&fridays, start, 3), ["2026-11-27", "2026-12-04", "2026-12-11"]);
    let fortnightly = build(Recurrence::weekly(Weekday::Fri, three(), SEOUL).every(2).starting(date(2026, 11, 20)));
    assert_eq!(dates(&fortnightly, start, 2), ["2026-12-04", "2026-12-18"]);
    let last_day = build(Recurrence::monthly_on_day(-1, three(), SEOUL));
    assert_eq!(dates(&last_day, from(2027, 1, 15), 3), ["2027-01-31", "2027-02-28", "2027-03-31"]);
    let second_tuesday = build(Recurrence::monthly_on(2, Weekday::Tue, three(), SEOUL));
    assert_eq!(dates(&second_tuesday, start, 2), ["2026-12-08", "2027-01-12"]);
    let leap = build(Recurrence::yearly(2, 29, three(), SEOUL));
    assert_eq!(dates(&leap, start, 2), ["2028-02-29", "2032-02-29"]);
    let week = Recurrence::daily(three(), SEOUL).starting(date(2026, 12, 28)).times(7);
    assert_eq!(dates(&build(week), start, 20).len(), 7);
    let until = Recurrence::weekly(Weekday::Fri, three(), SEOUL).until(date(2026, 12, 11));
    let some = until.with_date(date(2026, 12, 2).and_time(three())).without_date(date(2026, 12, 4).and_time(three()));
    assert_eq!(dates(&build(some), start, 20), ["2026-11-27", "2026-12-02", "2026-12-11"]);
    assert!(Recurrence::monthly_on_day(0, three(), SEOUL).build().is_err());
    assert!(Recurrence::weekly(Weekday::Fri, three(), SEOUL).every(0).build().is_err());
    assert_eq!(Recurrence::yearly(2, 30, three(), SEOUL).build().unwrap_err(), RecurrenceError::Never);
}

#[test]
fn texts_come_back_as_they_were_meant() {
    let text = "DTSTART;TZID=America/New_York:20261030T090000\nRRULE:FREQ=WEEKLY;UNTIL=20261120T140000Z;BYDAY=FR\n\
                RDATE;TZID=Asia/Seoul:20261126T100000\nEXDATE:20261106T140000Z";
    let recurrence = Recurrence::parse(text).unwrap();
    // 14:00 UTC is 10:00 in New York until 1 November, and 09:00 from then on.
    let found: Vec<String> =
        recurrence.take(from(2026, 10, 1), 9).iter().map(|occurrence| occurrence.nominal.to_rfc3339()).collect();
    assert_eq!(
        found,
        [
            "2026-10-30T13:00:00+00:00",
            "2026-11-13T14:00:00+00:00",
            "2026-11-20T14:00:00+00:00",
            "2026-11-26T01:00:00+00:00"
        ]
    );
    assert_eq!(Recurrence::parse(&recurrence.to_string()).unwrap(), recurrence, "{recurrence}");
    let folded = "DTSTART;TZID=Asia/Seoul:20260102T150000\r\nRRULE:FREQ=WEEK\r\n LY;BYDAY=FR\r\n";
    assert_eq!(dates(&Recurrence::parse(folded).unwrap(), from(2026, 11, 23), 1), ["2026-11-27"]);
    let once = Recurrence::parse("DTSTART;TZID=Asia/Seoul:20261127T150000").unwrap();
    assert_eq!(dates(&once, from(2026, 1, 1), 9), ["2026-11-27"]);
    assert_eq!(Recurrence::parse(&once.to_string()).unwrap(), once);
}

#[test]
fn what_is_wrong_is_named() {
    for (text, problem) in [
        ("RRULE:FREQ=DAILY", "there must be one DTSTART"),
        ("DTSTART:20260102T150000Z\nDTSTART:20260102T150000Z", "line 2: there must be one DTSTART"),
        ("DTSTART;TZID=Seoul:20260102T150000", "line 1: `Seoul` is no zone"),
        ("DTSTART:2026-01-02", "DTSTART has a value that is no time"),
        ("DTSTART:20260102T150000Z\nnonsense", "line 2: it has no `:`"),
        ("DTSTART:20260102T150000Z\nEXRULE:FREQ=DAILY", "line 2: `EXRULE` is not read"),
        ("DTSTART:20260102T150000Z\nRRULE:FREQ=DAILY\nRRULE:FREQ=DAILY", "line 3: there is more than one RRULE"),
        ("DTSTART:20260102T150000Z\nRRULE:FREQ=HOURLY", "FREQ=HOURLY is not taken"),
        ("DTSTART:20260102T150000Z\nRRULE:BYDAY=FR", "FREQ is missing"),
        ("DTSTART:20260102T150000Z\nRRULE:FREQ=DAILY;FREQ=DAILY", "FREQ stands twice"),
        ("DTSTART:20260102T150000Z\nRRULE:FREQ=DAILY;COUNT=0", "COUNT=0 is not a number above 0"),
        ("DTSTART:20260102T150000Z\nRRULE:FREQ=DAILY;INTERVAL=99999", "INTERVAL=99999 is not 1 to 65535"),
        ("DTSTART:20260102T150000Z\nRRULE:FREQ=WEEKLY;BYDAY=1FR", "BYDAY with a number"),
        ("DTSTART:20260102T150000Z\nRRULE:FREQ=DAILY;UNTIL=morgen", "UNTIL=MORGEN is no date"),
        ("DTSTART:20260102T150000Z\nRRULE:FREQ=DAILY;COUNT=3;UNTIL=20270101", "exclude each other"),
        ("DTSTART:20260102T150000Z\nRRULE:FREQ=YEARLY;BYWEEKNO=60", "BYWEEKNO"),
        ("DTSTART:20260102T150000Z\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1,0", "there is no 0"),
        ("DTSTART:20260102T150000Z\nRRULE:FREQ=DAILY;BYEASTER=0", "`BYEASTER` is not known"),
    ] {
        let error = Recurrence::parse(text).unwrap_err().to_string();
        assert!(error.contains(problem), "{text}\n→ {error}");
    }
}

#[test]
fn rules_that_mean_harm_are_refused_or_end() {
    let start = date(2026, 1, 2).and_time(three());
    let read = |rule: &str| Recurrence::from_rule(rule, start, SEOUL);
    let list = |to: u32| (0..to).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let every_second = format!("FREQ=YEARLY;BYHOUR={};BYMINUTE={};BYSECOND={}", list(24), list(60), list(60));
    assert!(read(&every_second).is_err());
    assert!(read(&format!("FREQ=DAILY;BYHOUR={};BYMINUTE=0,30", list(24))).is_err());
    assert!(read(&"FREQ=DAILY;".repeat(200)).is_err());
    for never in [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31",
        "FREQ=DAILY;BYDAY=FR;BYSETPOS=300",
        "FREQ=YEARLY;INTERVAL=65535;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYMONTH=6",
    ] {
        assert!(read(never).is_err(), "{never}");
    }
    // Sparse ones are found, and never more than is asked or allowed.
    assert_eq!(
        dates(&read("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=FR").unwrap(), from(2026, 1, 1), 1),
        ["2036-02-29"]
    );
    let daily = read("FREQ=DAILY").unwrap();
    assert_eq!(daily.take(from(2026, 1, 1), usize::MAX).len(), MAX_OCCURRENCES);
    assert_eq!(daily.between(from(2026, 1, 1), from(9999, 1, 1)).len(), MAX_OCCURRENCES);
    assert_eq!(daily.between(from(2026, 2, 1), from(2026, 3, 1)).len(), 28);
}

#[test]
fn a_slot_keeps_its_time_of_day_when_the_clocks_change() {
    let half_past_two = NaiveTime::from_hms_opt(2, 30, 0).unwrap();
    let sundays = Recurrence::weekly(Weekday::Sun, half_past_two, chrono_tz::Europe::Berlin).build().unwrap();
    let utc = |recurrence: &Recurrence| -> Vec<String> {
        recurrence.take(from(2026, 3, 20), 3).iter().map(|o| o.nominal.format("%d %H:%M").to_string()).collect()
    };
    // 29 March: 02:30 does not exist; it is 03:30, or the first instant after the gap.
    assert_eq!(utc(&sundays), ["22 01:30", "29 01:30", "05 00:30"]);
    assert_eq!(
        utc(&sundays.clone().with_civil(Civil::default().with_gap(Gap::After))),
        ["22 01:30", "29 01:00", "05 00:30"]
    );
}

proptest! {
    #[test]
    fn fridays_by_hand_and_by_the_expander_are_the_same(
        days in 0i64..20_000, every in 1u16..9, ahead in -3_000i64..3_000, weekday in 0u8..7, zone in 0usize..4,
    ) {
        let zone = [SEOUL, chrono_tz::Europe::Berlin, chrono_tz::America::New_York, chrono_tz::UTC][zone];
        let start = (date(1990, 1, 1) + TimeDelta::days(days)).and_time(three());
        let day = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][usize::from(weekday)];
        let by_hand = Recurrence::from_rule(&format!("FREQ=WEEKLY;INTERVAL={every};BYDAY={day}"), start, zone).unwrap();
        // WKST says what holds anyway, and sends the rule to the expander.
        let expanded = Recurrence::from_rule(&format!("FREQ=WEEKLY;INTERVAL={every};BYDAY={day};WKST=MO"), start, zone).unwrap();
        let from = (start + TimeDelta::days(ahead)).and_utc();
        prop_assert_eq!(by_hand.take(from, 12), expanded.take(from, 12));
        prop_assert_eq!(by_hand.take(from, 12).len(), 12);
        if every == 1 && start.date() == start.date() - TimeDelta::days(i64::from(start.weekday().num_days_from_monday())) {
            let slot = WeeklySlot::new(Weekday::try_from(weekday).unwrap(), three(), zone);
            let from = from.max(start.and_utc() + TimeDelta::days(8));
            prop_assert_eq!(by_hand.next(from).unwrap().nominal, slot.next(from));
        }
    }

    #[test]
    fn occurrences_come_in_order_once_from_where_they_are_asked(
        rule in "(FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY))(;INTERVAL=[1-9])?(;BYMONTH=[1-9](,1[0-2])?)?(;BYDAY=(MO|TU|FR|SU)(,SA)?)?(;BYHOUR=[0-9](,1[0-9])?)?(;COUNT=[1-9][0-9]?)?",
        days in 0i64..9_000, zone in 0usize..4,
    ) {
        let zone = [SEOUL, chrono_tz::Europe::Berlin, chrono_tz::America::Sao_Paulo, chrono_tz::Australia::Lord_Howe][zone];
        let start: NaiveDateTime = date(2000, 1, 1).and_hms_opt(2, 15, 0).unwrap();
        let Ok(recurrence) = Recurrence::from_rule(&rule, start, zone) else { return Ok(()) };
        let asked = Utc.from_utc_datetime(&start) + TimeDelta::days(days);
        let found = recurrence.take(asked, 20);
        prop_assert!(found.iter().all(|occurrence| occurrence.nominal >= asked));
        prop_assert!(found.windows(2).all(|pair| pair[0].nominal < pair[1].nominal));
        // From anywhere in between, the rest is the same.
        if let Some(middle) = found.get(7) {
            prop_assert_eq!(&recurrence.take(middle.nominal, 13)[..found.len() - 7], &found[7..]);
        }
        prop_assert_eq!(Recurrence::parse(&recurrence.to_string()).unwrap().take(asked, 20), found);
    }

    #[test]
    fn no_text_makes_it_panic_or_hang(
        text in "\\PC{0,200}",
        rule in "[A-Z]{2,8}=[A-Z0-9,+-]{1,20}(;(FREQ|COUNT|INTERVAL|UNTIL|BYDAY|BYMONTH|BYMONTHDAY|BYYEARDAY|BYWEEKNO|BYSETPOS|BYHOUR|BYMINUTE|BYSECOND|WKST)=[A-Z0-9,+-]{1,12}){0,6}",
        freq in prop::sample::select(vec!["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "SECONDLY"]),
        line in "(DTSTART|RDATE|EXDATE|RRULE)(;TZID=[A-Za-z/]{0,16})?:[0-9TZ,]{0,40}",
    ) {
        let start = date(2026, 1, 2).and_time(three());
        for rule in [text.as_str(), &rule, &format!("FREQ={freq};{rule}")] {
            if let Ok(recurrence) = Recurrence::from_rule(rule, start, SEOUL) {
                let _ = recurrence.take(from(2026, 1, 1), 5);
            }
        }
        let _ = Recurrence::parse(&text);
        let _ = Recurrence::parse(&format!("DTSTART:20260102T150000Z\n{line}\n{text}"));
    }
}
