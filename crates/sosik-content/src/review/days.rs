//! Days: right weekdays, deadlines that are still to come, events that say at what time.

use chrono::{Datelike, NaiveDate};

use super::{Field, Finding, Part, about};
use crate::extract::{Days, Precision, extract};
use crate::style::weekday;
use crate::{Post, Story, Topic};

/// Weekdays that are not those of their dates.
pub(super) fn weekdays(part: &Part<'_>, published: Option<NaiveDate>, out: &mut Vec<Finding>) {
    let Some(published) = published else { return };
    for found in extract(part.text, published).days {
        let Days::Span { first, last, precision: Precision::Day, weekday: Some(written) } = found.value else {
            continue;
        };
        let Some(day) = first.or(last).filter(|day| day.weekday() != written) else { continue };
        let words = &part.text[found.span.clone()];
        let (wrong, right) = (weekday(written), weekday(day.weekday()));
        // Only the first weekday of a span is looked at: the text up to it.
        let from = words.find(['(', '（']).or_else(|| words.find(&format!("{wrong}요일"))).unwrap_or_default();
        let Some(at) = words[from..].find(wrong).map(|at| from + at) else { continue };
        let end = at + wrong.len_utf8();
        let end = end + words[end..].chars().next().filter(|c| *c == ')').map_or(0, char::len_utf8);
        let fix = format!("{}{right}{}", &words[..at], &words[at + wrong.len_utf8()..end]);
        let message = format!("`{}`: {day} is a {}요일", &words[..end], right);
        out.extend(part.finding("weekday", found.span.start..found.span.start + end, message, Some(fix)));
    }
}

/// A deadline that is over.
pub(super) fn deadline(post: &Post, story: &Story, today: NaiveDate, out: &mut Vec<Finding>) {
    if let Some(deadline) = story.deadline.as_ref().filter(|deadline| deadline.value < today) {
        let words = story.source(&deadline.span);
        let message = format!("`{words}` ({}) is over on {today}", deadline.value);
        out.extend(about(&post.id, Field::Text, "deadline", message, None));
    }
}

/// An event to come that does not say at what time it is.
pub(super) fn time(post: &Post, story: &Story, today: NaiveDate, out: &mut Vec<Finding>) {
    let is_event = matches!(story.kind.topic, Topic::Festival | Topic::Culture | Topic::Tourism)
        || ["점등식", "공연", "강연", "설명회", "개막", "콘서트", "음악회"]
            .iter()
            .any(|word| story.title.contains(word));
    let Some(when) = story.when.as_ref().filter(|_| is_event) else { return };
    // What lasts for days has its hours, and one day has its time.
    let one_day = when.value.first() == when.value.last() && !when.value.is_open();
    if one_day && when.value.last().is_some_and(|day| day >= today) && story.facts.hours.is_empty() {
        let message = format!("`{}` is an event, and the post says no time", story.source(&when.span));
        out.extend(about(&post.id, Field::Text, "time-missing", message, None));
    }
}
