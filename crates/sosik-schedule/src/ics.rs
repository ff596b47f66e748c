//! iCalendar (RFC 5545, .ics): holidays in and out, plans out.
//!
//! ```
//! use sosik_schedule::{HolidayCalendar, PlainCalendar, ics};
//!
//! let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.go.kr//holidays//KO\r\n\
//!     BEGIN:VEVENT\r\nUID:1@example.go.kr\r\nDTSTAMP:20260101T000000Z\r\n\
//!     DTSTART;VALUE=DATE:20260301\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:3·1절\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
//! let read = ics::read_holidays(text, 2026..=2028)?;
//! let calendar = PlainCalendar::new(read.holidays).with_years(2026..=2028);
//! assert_eq!(calendar.holiday("2028-03-01".parse()?).unwrap().name, "3·1절");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;
use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use icalendar::parser::{Component as Parsed, Property, read_calendar, unfold};
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus};

use crate::holiday::{Holiday, HolidayKind};
use crate::plan::PlannedSend;
use crate::reason::Reason;
use crate::recurrence::Recurrence;

/// The largest text that is read, the most events, the longest holiday in days, and the deepest nesting.
const MOST_BYTES: usize = 4 * 1024 * 1024;
const MOST_EVENTS: usize = 10_000;
const MOST_DAYS: u64 = 60;
const MOST_YEARS: i32 = 200;
const DEEPEST: usize = 8;

/// What was read of a calendar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadHolidays {
    /// The holidays, by date.
    pub holidays: Vec<Holiday>,
    /// What was not read as a holiday, and why.
    pub skipped: Vec<Skipped>,
}

/// An event that is no holiday.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// Its place among the events, from 1.
    pub event: usize,
    /// Its summary.
    pub summary: String,
    /// Why.
    pub reason: String,
}

/// The text is no iCalendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IcsError {
    problem: String,
}

impl fmt::Display for IcsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this is no calendar that can be read: {}", self.problem)
    }
}

impl std::error::Error for IcsError {}

fn wrong(problem: impl Into<String>) -> IcsError {
    IcsError { problem: problem.into() }
}

/// Reads the all-day events of a calendar as holidays of these years.
///
/// An event of several days is a holiday on each of them; a rule of recurrence is followed within the years. Events
/// with a time of day, cancelled ones and those that cannot be read are listed, and lose no other.
///
/// # Errors
///
/// [`IcsError`] when the text is no iCalendar, or larger than 4 MB.
pub fn read_holidays(text: &str, years: RangeInclusive<i32>) -> Result<ReadHolidays, IcsError> {
    if text.len() > MOST_BYTES {
        return Err(wrong(format!("it is larger than {MOST_BYTES} bytes")));
    }
    if years.end().checked_sub(*years.start()).is_none_or(|span| span > MOST_YEARS) {
        return Err(wrong(format!("more than {MOST_YEARS} years are asked for")));
    }
    // The parser goes one call deeper for each component in a component.
    let mut depth = 0_usize;
    for line in text.lines() {
        let begins = line.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("BEGIN:"));
        let ends = line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("END:"));
        depth = if begins { depth + 1 } else { depth.saturating_sub(usize::from(ends)) };
        if depth > DEEPEST {
            return Err(wrong("its components lie too deep in each other"));
        }
    }
    let unfolded = unfold(text.trim_start_matches('\u{feff}'));
    let calendar = read_calendar(&unfolded).map_err(|error| wrong(first_line(&error)))?;
    let events: Vec<&Parsed<'_>> =
        calendar.components.iter().filter(|component| component.name.as_str() == "VEVENT").collect();
    if events.is_empty() && !text.to_ascii_uppercase().contains("BEGIN:VCALENDAR") {
        return Err(wrong("there is no BEGIN:VCALENDAR"));
    }
    if events.len() > MOST_EVENTS {
        return Err(wrong(format!("it has more than {MOST_EVENTS} events")));
    }
    let mut read = ReadHolidays::default();
    for (number, event) in (1..).zip(events) {
        let summary = value(event, "SUMMARY").unwrap_or_default();
        match holidays(event, &summary, &years) {
            Ok(found) => read.holidays.extend(found),
            Err(reason) => read.skipped.push(Skipped { event: number, summary, reason }),
        }
    }
    read.holidays.sort_by(|one, other| (one.date, &one.name).cmp(&(other.date, &other.name)));
    read.holidays.dedup();
    Ok(read)
}

/// The parser's error names the place on its first lines, and repeats the text after them.
fn first_line(error: &str) -> String {
    let place: Vec<&str> = error.lines().filter(|line| line.contains("at line")).take(1).collect();
    place.first().map_or_else(|| "it does not follow RFC 5545".to_owned(), |line| line.trim().to_owned())
}

fn property<'a>(event: &'a Parsed<'_>, name: &str) -> Option<&'a Property<'a>> {
    event.properties.iter().find(|property| property.name.as_str().eq_ignore_ascii_case(name))
}

fn value(event: &Parsed<'_>, name: &str) -> Option<String> {
    property(event, name).map(|property| property.val.clone().unescape_text().as_str().trim().to_owned())
}

fn date(text: &str) -> Option<NaiveDate> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    NaiveDate::parse_from_str(text, "%Y%m%d").ok()
}

fn holidays(event: &Parsed<'_>, name: &str, years: &RangeInclusive<i32>) -> Result<Vec<Holiday>, String> {
    if name.is_empty() {
        return Err("it has no SUMMARY".to_owned());
    }
    if value(event, "STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED")) {
        return Err("it is cancelled".to_owned());
    }
    let start = value(event, "DTSTART").ok_or("it has no DTSTART")?;
    let first = date(&start).ok_or("it has a time of day, or no date at all")?;
    let days = match value(event, "DTEND") {
        None => 1,
        // The end is the day after the last (RFC 5545, 3.6.1).
        Some(end) => {
            let end = date(&end).ok_or("its DTEND is no date")?;
            let days = u64::try_from((end - first).num_days()).map_err(|_| "it ends before it begins")?;
            // Some programs give the day itself as the end of a day.
            days.max(1)
        }
    };
    if days > MOST_DAYS {
        return Err(format!("it is longer than {MOST_DAYS} days"));
    }
    let starts = match value(event, "RRULE") {
        None => vec![first],
        Some(rule) => {
            let recurrence = Recurrence::from_rule(&rule, first.and_time(NaiveTime::MIN), Tz::UTC);
            let recurrence = recurrence.map_err(|error| error.to_string())?;
            let edge =
                |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).map(|day| day.and_time(NaiveTime::MIN).and_utc());
            // A holiday that begins in the year before may reach into the first one.
            let (from, to) = (edge(years.start() - 1), edge(years.end() + 1));
            let (Some(from), Some(to)) = (from, to) else { return Err("the years are beyond the calendar".to_owned()) };
            let excluded: Vec<NaiveDate> = event
                .properties
                .iter()
                .filter(|property| property.name.as_str().eq_ignore_ascii_case("EXDATE"))
                .flat_map(|property| {
                    property.val.as_str().split(',').filter_map(|text| date(text.trim())).collect::<Vec<_>>()
                })
                .collect();
            let found = recurrence.between(from, to).into_iter().map(|occurrence| occurrence.local.date());
            found.filter(|date| !excluded.contains(date)).collect()
        }
    };
    let all =
        starts.into_iter().flat_map(|start| (0..days).filter_map(move |day| start.checked_add_days(Days::new(day))));
    let inside = all.filter(|date| years.contains(&date.year()));
    Ok(inside.map(|date| Holiday::new(date, name, HolidayKind::Fixed)).collect())
}

fn calendar(name: &str) -> Calendar {
    let mut calendar = Calendar::empty();
    calendar
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//sosik//sosik-schedule//KO"))
        .append_property(("CALSCALE", "GREGORIAN"))
        .name(name);
    calendar
}

/// Writes holidays as a calendar of all-day events. `stamp` is when it was made.
#[must_use]
pub fn write_holidays(holidays: &[Holiday], name: &str, stamp: DateTime<Utc>) -> String {
    let mut calendar = calendar(name);
    for holiday in holidays {
        let mut event = Event::new();
        event
            .uid(&format!("holiday-{}@sosik", holiday.date.format("%Y%m%d")))
            .timestamp(stamp)
            .starts(holiday.date)
            .ends(holiday.date.succ_opt().unwrap_or(holiday.date))
            .summary(&holiday.name);
        calendar.push(event.done());
    }
    calendar.to_string()
}

/// Writes a plan as a calendar: each send as an event at its instant, named by its slot, with what moved it.
///
/// Its UID is made of the nominal slot, so that a send that moves later moves in a subscriber's calendar too. What a
/// person has to decide stands tentatively at its slot. `stamp` is when it was made.
#[must_use]
pub fn write_plan(plan: &[PlannedSend], zone: Tz, name: &str, stamp: DateTime<Utc>) -> String {
    let mut calendar = calendar(name);
    for send in plan {
        let at = send.send_at.unwrap_or(send.nominal);
        let reasons: Vec<String> = send.reasons.iter().map(Reason::korean).collect();
        let slot = send.nominal.with_timezone(&zone).format("%Y-%m-%d %H:%M");
        let mut event = Event::new();
        event
            .uid(&format!("slot-{}@sosik", send.nominal.format("%Y%m%dT%H%M%SZ")))
            .timestamp(stamp)
            .starts(at)
            .ends(at.checked_add_signed(TimeDelta::minutes(30)).unwrap_or(at))
            .summary(&format!("{name} ({slot})"))
            .status(if send.send_at.is_some() { EventStatus::Confirmed } else { EventStatus::Tentative });
        if !reasons.is_empty() {
            event.description(&reasons.join("\n"));
        }
        calendar.push(event.done());
    }
    calendar.to_string()
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::prelude::*;

    use super::*;
    use crate::{Facts, KoreanCalendar, MessageClass, Policy, Request, WeeklySlot, plan};

    fn stamp() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 24, 0, 0, 0).unwrap()
    }

    fn events(lines: &str) -> String {
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}\r\nEND:VCALENDAR\r\n", lines.replace('\n', "\r\n"))
    }

    #[test]
    fn the_decree_s_holidays_come_back() {
        let holidays = KoreanCalendar::new().year(2026).to_vec();
        let text = write_holidays(&holidays, "대한민국 공휴일", stamp());
        assert!(text.lines().all(|line| line.len() <= 75), "lines are folded at 75 octets");
        let read = read_holidays(&text, 2026..=2026).unwrap();
        assert_eq!(read.skipped, []);
        let names = |holidays: &[Holiday]| -> Vec<(NaiveDate, String)> {
            holidays.iter().map(|holiday| (holiday.date, holiday.name.clone())).collect()
        };
        assert_eq!(names(&read.holidays), names(&holidays));
    }

    #[test]
    fn what_is_no_holiday_is_listed_and_loses_no_other() {
        let text = events(
            "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260924\nDTEND;VALUE=DATE:20260927\nSUMMARY:추석\\, 연휴\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART:20260924T100000Z\nSUMMARY:회의\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260301\nSTATUS:CANCELLED\nSUMMARY:취소\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260230\nSUMMARY:없는 날\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260102\nRRULE:FREQ=SECONDLY\nSUMMARY:초마다\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260102\nSUMMARY:\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART;VALUE=DATE:20200229\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20240229\nSUMMARY:윤일\nEND:VEVENT",
        );
        let read = read_holidays(&text, 2024..=2028).unwrap();
        let found: Vec<String> =
            read.holidays.iter().map(|holiday| format!("{} {}", holiday.date, holiday.name)).collect();
        assert_eq!(
            found,
            ["2026-09-24 추석, 연휴", "2026-09-25 추석, 연휴", "2026-09-26 추석, 연휴", "2028-02-29 윤일"]
        );
        let skipped: Vec<(usize, &str)> =
            read.skipped.iter().map(|event| (event.event, event.reason.as_str())).collect();
        assert_eq!(
            skipped,
            [
                (2, "it has a time of day, or no date at all"),
                (3, "it is cancelled"),
                (4, "it has a time of day, or no date at all"),
                (5, "the rule: FREQ=SECONDLY is not taken: DAILY, WEEKLY, MONTHLY or YEARLY are"),
                (6, "it has no SUMMARY"),
            ]
        );
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "<html>", "BEGIN:VEVENT", &"BEGIN:X\r\n".repeat(100_000)] {
            assert!(read_holidays(text, 2026..=2026).is_err(), "{text:.40}");
        }
        assert!(read_holidays(&events(""), 1..=5_000).is_err());
    }

    #[test]
    fn a_plan_names_its_slots_and_what_moved_them() {
        let (policy, calendar) = (Policy::city(), KoreanCalendar::new());
        let slots = Recurrence::from(WeeklySlot::friday_afternoon());
        let from = Utc.with_ymd_and_hms(2026, 12, 20, 0, 0, 0).unwrap();
        let request = Request::new(MessageClass::Advertising, from);
        let plan = plan(&slots, &request, &Facts::new(&policy, &calendar), from, from, 1);
        let text = write_plan(&plan, policy.zone, "양주시 소식", stamp());
        let unfolded = unfold(&text);
        assert!(unfolded.contains("UID:slot-20261225T060000Z@sosik") && unfolded.contains("DTSTART:20261224T060000Z"));
        assert!(
            unfolded.contains("기독탄신일") && unfolded.contains("SUMMARY:양주시 소식 (2026-12-25 15:00)"),
            "{text}"
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,300}", cut in 0usize..600) {
            let _ = read_holidays(&text, 2020..=2030);
            let whole = write_holidays(&KoreanCalendar::new().year(2026)[..3], "공휴일", stamp());
            let cut: String = whole.chars().take(cut).collect();
            let _ = read_holidays(&cut, 2020..=2030);
            let _ = read_holidays(&events(&format!("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260102\nRRULE:{text}\nSUMMARY:a\nEND:VEVENT")), 2020..=2030);
        }
    }
}
