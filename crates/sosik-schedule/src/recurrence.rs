//! Appointments that come again: a typed builder, and the text of RFC 5545.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use rrule::{Frequency, NWeekday, RRule, RRuleSet};

use crate::civil::Civil;
use crate::recurrence_text as text;
use crate::slot::WeeklySlot;

/// The most occurrences that are given at once.
pub const MAX_OCCURRENCES: usize = 10_000;

/// When a channel sends, again and again: a rule in a zone, with dates added and left out.
///
/// It is the DTSTART, RRULE, RDATE and EXDATE of RFC 5545. As in the `dateutil` library, and other than RFC 5545 says,
/// the start counts as an occurrence only where the rule gives it. The rule is expanded in civil time; the
/// [`Civil`] policy makes instants of it, so that a slot stays at its time of day through changes of the clocks.
///
/// Rules that repeat within a day (HOURLY, MINUTELY, SECONDLY) are refused, as is more than one RRULE.
///
/// ```
/// use chrono::{NaiveTime, TimeZone, Utc, Weekday};
/// use sosik_schedule::Recurrence;
///
/// let three = NaiveTime::from_hms_opt(15, 0, 0).unwrap();
/// let fridays = Recurrence::weekly(Weekday::Fri, three, chrono_tz::Asia::Seoul).build()?;
/// let from = Utc.with_ymd_and_hms(2026, 11, 23, 0, 0, 0).unwrap();
/// assert_eq!(fridays.next(from).unwrap().nominal.to_rfc3339(), "2026-11-27T06:00:00+00:00");
///
/// let text = "DTSTART;TZID=Asia/Seoul:20260102T150000\nRRULE:FREQ=WEEKLY;BYDAY=FR\nEXDATE;TZID=Asia/Seoul:20261127T150000";
/// let but_one = Recurrence::parse(text)?;
/// assert_eq!(but_one.next(from).unwrap().nominal.to_rfc3339(), "2026-12-04T06:00:00+00:00");
/// assert_eq!(Recurrence::parse(&but_one.to_string())?, but_one);
/// # Ok::<(), sosik_schedule::RecurrenceError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Recurrence {
    start: NaiveDateTime,
    zone: Tz,
    civil: Civil,
    rule: Option<Rule>,
    dates: BTreeSet<NaiveDateTime>,
    except: BTreeSet<NaiveDateTime>,
}

#[derive(Clone, Debug)]
struct Rule {
    /// As RFC 5545 writes it; UNTIL in civil time.
    text: String,
    shape: Shape,
}

#[derive(Clone, Debug)]
enum Shape {
    /// One weekday every so many weeks, for ever: computed by hand, ten times as fast.
    Weekly { weekday: Weekday, every: u16 },
    /// Anything else.
    General(Box<RRule>),
}

/// One time that a [`Recurrence`] names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Occurrence {
    /// The nominal instant: its identity, wherever a holiday moves the sending.
    pub nominal: DateTime<Utc>,
    /// The civil time by the rule.
    pub local: NaiveDateTime,
}

impl PartialEq for Recurrence {
    fn eq(&self, other: &Self) -> bool {
        let rule = |recurrence: &Self| recurrence.rule.as_ref().map(|rule| rule.text.clone());
        (self.start, self.zone, self.civil, rule(self), &self.dates, &self.except)
            == (other.start, other.zone, other.civil, rule(other), &other.dates, &other.except)
    }
}

impl Eq for Recurrence {}

/// Makes a [`Recurrence`].
#[derive(Clone, Debug)]
#[must_use]
pub struct RecurrenceBuilder {
    rule: String,
    time: NaiveTime,
    zone: Tz,
    start: NaiveDate,
    every: u16,
    until: Option<NaiveDate>,
    times: Option<u32>,
    civil: Civil,
    dates: BTreeSet<NaiveDateTime>,
    except: BTreeSet<NaiveDateTime>,
}

impl RecurrenceBuilder {
    fn new(rule: String, time: NaiveTime, zone: Tz) -> Self {
        // A Monday long ago, so that rules start in the past unless someone says otherwise.
        let start = NaiveDate::from_ymd_opt(2001, 1, 1).unwrap_or(NaiveDate::MIN);
        let (dates, except) = (BTreeSet::new(), BTreeSet::new());
        let civil = Civil::default();
        Self { rule, time, zone, start, every: 1, until: None, times: None, civil, dates, except }
    }

    /// The first date from which the rule is counted; 2001-01-01 unless set.
    pub fn starting(mut self, date: NaiveDate) -> Self {
        self.start = date;
        self
    }

    /// Every so many days, weeks, months or years; 1 unless set.
    pub fn every(mut self, interval: u16) -> Self {
        self.every = interval;
        self
    }

    /// The last date on which it may occur.
    pub fn until(mut self, date: NaiveDate) -> Self {
        self.until = Some(date);
        self
    }

    /// How often it occurs in all, from its start on.
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// One more civil time.
    pub fn with_date(mut self, local: NaiveDateTime) -> Self {
        self.dates.insert(local);
        self
    }

    /// One civil time less.
    pub fn without_date(mut self, local: NaiveDateTime) -> Self {
        self.except.insert(local);
        self
    }

    /// Another policy for changes of the clocks.
    pub fn civil(mut self, civil: Civil) -> Self {
        self.civil = civil;
        self
    }

    /// The recurrence.
    ///
    /// # Errors
    ///
    /// [`RecurrenceError`] when a number is out of its range, or the rule never occurs.
    pub fn build(self) -> Result<Recurrence, RecurrenceError> {
        let parts = [
            Some(self.rule),
            (self.every != 1).then(|| format!("INTERVAL={}", self.every)),
            self.times.map(|times| format!("COUNT={times}")),
            self.until.map(|until| format!("UNTIL={}T235959", until.format("%Y%m%d"))),
        ];
        let rule = parts.into_iter().flatten().collect::<Vec<_>>().join(";");
        let mut recurrence = Recurrence::from_rule(&rule, self.start.and_time(self.time), self.zone)?;
        (recurrence.civil, recurrence.dates, recurrence.except) = (self.civil, self.dates, self.except);
        Ok(recurrence)
    }
}

impl Recurrence {
    /// Every week on a weekday.
    pub fn weekly(weekday: Weekday, time: NaiveTime, zone: Tz) -> RecurrenceBuilder {
        RecurrenceBuilder::new(format!("FREQ=WEEKLY;BYDAY={}", text::weekday(weekday)), time, zone)
    }

    /// Every day.
    pub fn daily(time: NaiveTime, zone: Tz) -> RecurrenceBuilder {
        RecurrenceBuilder::new("FREQ=DAILY".to_owned(), time, zone)
    }

    /// Every month on a day: 1 to 31, or -1 for the last one, -2 for the one before.
    pub fn monthly_on_day(day: i8, time: NaiveTime, zone: Tz) -> RecurrenceBuilder {
        RecurrenceBuilder::new(format!("FREQ=MONTHLY;BYMONTHDAY={day}"), time, zone)
    }

    /// Every month on its n-th such weekday: 1 to 5, or -1 for the last one.
    pub fn monthly_on(nth: i8, weekday: Weekday, time: NaiveTime, zone: Tz) -> RecurrenceBuilder {
        RecurrenceBuilder::new(format!("FREQ=MONTHLY;BYDAY={nth}{}", text::weekday(weekday)), time, zone)
    }

    /// Every year on a date.
    pub fn yearly(month: u8, day: i8, time: NaiveTime, zone: Tz) -> RecurrenceBuilder {
        RecurrenceBuilder::new(format!("FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}"), time, zone)
    }

    /// The recurrence of a rule such as `FREQ=WEEKLY;BYDAY=FR`, from a civil time in a zone on.
    ///
    /// # Errors
    ///
    /// [`RecurrenceError`] names what is wrong with the rule.
    pub fn from_rule(rule: &str, start: NaiveDateTime, zone: Tz) -> Result<Self, RecurrenceError> {
        let text = text::canonical(rule, zone)?;
        let shape = shape(&text, start)?;
        let rule = Some(Rule { text, shape });
        let recurrence =
            Self { start, zone, civil: Civil::default(), rule, dates: BTreeSet::new(), except: BTreeSet::new() };
        if recurrence.expand(start, 1).is_empty() {
            return Err(RecurrenceError::Never);
        }
        Ok(recurrence)
    }

    /// Reads DTSTART, RRULE, RDATE and EXDATE as RFC 5545 writes them, one a line, in any order.
    ///
    /// Times are in the zone of DTSTART's TZID, or in UTC when it ends in `Z`; RDATE and EXDATE may be in another.
    ///
    /// # Errors
    ///
    /// [`RecurrenceError`] names the line, or what is wrong with the rule.
    pub fn parse(input: &str) -> Result<Self, RecurrenceError> {
        let parts = text::lines(input)?;
        let (start, zone) = parts.start;
        let mut recurrence = match &parts.rule {
            Some(rule) => Self::from_rule(rule, start, zone)?,
            None => Self {
                start,
                zone,
                civil: Civil::default(),
                rule: None,
                dates: BTreeSet::from([start]),
                except: BTreeSet::new(),
            },
        };
        recurrence.dates.extend(parts.dates);
        recurrence.except = parts.except.into_iter().collect();
        Ok(recurrence)
    }

    /// The recurrence with another policy for changes of the clocks.
    #[must_use]
    pub fn with_civil(mut self, civil: Civil) -> Self {
        self.civil = civil;
        self
    }

    /// The zone in which its times are meant.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The first occurrence at `from` or later.
    #[must_use]
    pub fn next(&self, from: DateTime<Utc>) -> Option<Occurrence> {
        self.take(from, 1).into_iter().next()
    }

    /// The occurrences at `from` or later, at most `limit` and at most [`MAX_OCCURRENCES`] of them.
    #[must_use]
    pub fn take(&self, from: DateTime<Utc>, limit: usize) -> Vec<Occurrence> {
        let limit = limit.min(MAX_OCCURRENCES);
        // A skipped time becomes a later one: look a day further back.
        let local = from.with_timezone(&self.zone).naive_local();
        let local = local.checked_sub_signed(TimeDelta::hours(25)).unwrap_or(local);
        // What is left out, and what the day further back brings, comes on top.
        let more = limit + self.except.len() + 26;
        let by_rule = self.expand(local, more);
        let occurrence = |local: NaiveDateTime| Occurrence { nominal: self.civil.resolve(local, self.zone), local };
        let mut found: Vec<Occurrence> = by_rule
            .into_iter()
            .chain(self.dates.range(local..).copied())
            .filter(|local| !self.except.contains(local))
            .map(occurrence)
            .filter(|occurrence| occurrence.nominal >= from)
            .collect();
        found.sort_unstable();
        found.dedup_by_key(|occurrence| occurrence.nominal);
        found.truncate(limit);
        found
    }

    /// The occurrences from `from` up to, not including, `to`; at most [`MAX_OCCURRENCES`].
    #[must_use]
    pub fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Occurrence> {
        let mut found = Vec::new();
        let mut from = from;
        // In stretches: a rule without an end is not expanded further than asked.
        while found.len() < MAX_OCCURRENCES {
            let stretch = self.take(from, 64);
            let Some(last) = stretch.last().map(|last| last.nominal) else { break };
            let whole = stretch.len() == 64;
            found.extend(stretch.into_iter().filter(|occurrence| occurrence.nominal < to));
            if !whole || last >= to {
                break;
            }
            from = last.checked_add_signed(TimeDelta::seconds(1)).unwrap_or(last);
        }
        found.truncate(MAX_OCCURRENCES);
        found
    }

    /// The rule's civil times at `from` or later.
    fn expand(&self, from: NaiveDateTime, limit: usize) -> Vec<NaiveDateTime> {
        match self.rule.as_ref().map(|rule| &rule.shape) {
            None => Vec::new(),
            Some(Shape::Weekly { weekday, every }) => self.weeks(*weekday, *every, from).take(limit).collect(),
            Some(Shape::General(rule)) => {
                let limit = u16::try_from(limit).unwrap_or(u16::MAX);
                let utc = |local: NaiveDateTime| rrule::Tz::UTC.from_utc_datetime(&local);
                let set = RRuleSet::new(utc(self.start)).rrule((**rule).clone()).after(utc(from));
                // The expansion ends after 100,000 steps without a date.
                set.all(limit).dates.into_iter().map(|at| at.naive_utc()).collect()
            }
        }
    }

    fn weeks(&self, weekday: Weekday, every: u16, from: NaiveDateTime) -> impl Iterator<Item = NaiveDateTime> + use<> {
        let step = i64::from(every) * 7;
        let ahead = i64::from(weekday.days_since(self.start.weekday()));
        // With an interval the weeks are counted from the Monday of the start's week.
        let monday = i64::from(self.start.weekday().num_days_from_monday());
        let wrapped = ahead + monday > 6;
        let first_ahead = if wrapped && every > 1 { ahead - 7 + step } else { ahead };
        let first = self.start.checked_add_signed(TimeDelta::days(first_ahead));
        let behind = first.map_or(0, |first| (from - first).num_seconds().max(0));
        let skipped = (behind + step * 86_400 - 1) / (step * 86_400);
        let begin = first.and_then(|first| first.checked_add_signed(TimeDelta::days(skipped * step)));
        std::iter::successors(begin, move |last| last.checked_add_signed(TimeDelta::days(step)))
    }
}

/// How a rule is expanded.
fn shape(text: &str, start: NaiveDateTime) -> Result<Shape, RecurrenceError> {
    let rule: RRule<rrule::Unvalidated> =
        text::for_expansion(text).parse().map_err(|error| RecurrenceError::rule(&error))?;
    let start_utc = rrule::Tz::UTC.from_utc_datetime(&start);
    let rule = rule.validate(start_utc).map_err(|error| RecurrenceError::rule(&error))?;
    let parts: BTreeSet<&str> = text.split(';').filter_map(|part| part.split('=').next()).collect();
    let plain = parts.iter().all(|part| ["FREQ", "BYDAY", "INTERVAL"].contains(part));
    if let (Frequency::Weekly, true, [NWeekday::Every(weekday)]) = (rule.get_freq(), plain, rule.get_by_weekday()) {
        return Ok(Shape::Weekly { weekday: *weekday, every: rule.get_interval() });
    }
    Ok(Shape::General(Box::new(rule)))
}

impl From<WeeklySlot> for Recurrence {
    /// The same slot, every week.
    fn from(slot: WeeklySlot) -> Self {
        let start = NaiveDate::from_ymd_opt(2001, 1, 1).unwrap_or(NaiveDate::MIN).and_time(slot.time());
        let text = format!("FREQ=WEEKLY;BYDAY={}", text::weekday(slot.weekday()));
        let shape = Shape::Weekly { weekday: slot.weekday(), every: 1 };
        Self {
            start,
            zone: slot.zone(),
            civil: Civil::default(),
            rule: Some(Rule { text, shape }),
            dates: BTreeSet::new(),
            except: BTreeSet::new(),
        }
    }
}

impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = self.zone.name();
        let list = |times: &BTreeSet<NaiveDateTime>| {
            times.iter().map(|time| time.format("%Y%m%dT%H%M%S").to_string()).collect::<Vec<_>>().join(",")
        };
        write!(f, "DTSTART;TZID={zone}:{}", self.start.format("%Y%m%dT%H%M%S"))?;
        if let Some(rule) = &self.rule {
            write!(f, "\nRRULE:{}", text::for_others(&rule.text, self.civil, self.zone))?;
        }
        let own = if self.rule.is_none() { BTreeSet::from([self.start]) } else { BTreeSet::new() };
        let dates: BTreeSet<NaiveDateTime> = self.dates.difference(&own).copied().collect();
        if !dates.is_empty() {
            write!(f, "\nRDATE;TZID={zone}:{}", list(&dates))?;
        }
        if !self.except.is_empty() {
            write!(f, "\nEXDATE;TZID={zone}:{}", list(&self.except))?;
        }
        Ok(())
    }
}

/// A recurrence cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecurrenceError {
    /// A line is not one of those that are read, or not as RFC 5545 writes it.
    #[error("line {line}: {problem}")]
    #[non_exhaustive]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// The rule gives no date at all.
    #[error("the rule never occurs: no date is as it says")]
    Never,
    /// The rule is not as RFC 5545 writes it, or asks for what is not taken.
    #[error("the rule: {problem}")]
    #[non_exhaustive]
    Rule {
        /// What is wrong with it.
        problem: String,
    },
}

impl RecurrenceError {
    pub(crate) fn rule(problem: &dyn fmt::Display) -> Self {
        Self::Rule { problem: problem.to_string() }
    }

    pub(crate) fn line(line: usize, problem: impl Into<String>) -> Self {
        Self::Line { line, problem: problem.into() }
    }
}
