//! Which day of which year a piece means.

use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta};

use super::atom::{Atom, Lead, Shape};

/// What a day is read against.
pub(super) struct Anchor {
    /// The day on which the text was published.
    pub(super) published: NaiveDate,
    /// The day that the sentence named before.
    pub(super) known: Option<NaiveDate>,
    /// Whether the sentence tells of what is over.
    pub(super) is_past: bool,
    /// Whether only an end is said.
    pub(super) is_until: bool,
}

/// The day that a piece means, and whether the text says it in full; of a month its first day.
pub(super) fn first(atom: &Atom, anchor: &Anchor) -> Option<(NaiveDate, bool)> {
    let published = anchor.published;
    match &atom.shape {
        Shape::Date { year: Some(year), month, day } => Some((NaiveDate::from_ymd_opt(*year, *month, *day)?, true)),
        Shape::Date { year: None, month, day } => {
            let in_year = |year: i32| NaiveDate::from_ymd_opt(year, *month, *day);
            let near = without_year(in_year, atom.lead, anchor)?;
            // Far from the publication the weekday that is written tells the year; near it, it may be wrong.
            let fits = |day: &NaiveDate| atom.weekday.is_some_and(|weekday| day.weekday() == weekday);
            let is_far = near.signed_duration_since(published).num_days().abs() > 60;
            let other = (-1..=1).filter_map(|shift| in_year(published.year() + shift)).find(fits);
            let other = other.filter(|_| is_far && atom.lead.is_none() && atom.weekday.is_some() && !fits(&near));
            Some((other.unwrap_or(near), false))
        }
        Shape::Month { year: Some(year), month } => Some((NaiveDate::from_ymd_opt(*year, *month, 1)?, true)),
        Shape::Month { year: None, month } => {
            let in_year = |year: i32| NaiveDate::from_ymd_opt(year, *month, 1);
            let this = published.with_day(1)?;
            let anchor = Anchor { published: this, known: anchor.known, ..*anchor };
            Some((without_year(in_year, atom.lead, &anchor)?, false))
        }
        Shape::Day { day } => Some((bare(*day, atom.lead, anchor)?, false)),
        Shape::NearMonth { shift, day } => {
            let this = published.with_day(1)?;
            let month = match shift {
                0 => this,
                1 => this.checked_add_months(Months::new(1))?,
                _ => this.checked_sub_months(Months::new(1))?,
            };
            Some((month.with_day(day.unwrap_or(1))?, false))
        }
        Shape::Weekday { weeks, weekday } => {
            let back = published.weekday().num_days_from_monday();
            let monday = published.checked_sub_days(Days::new(u64::from(back)))?;
            let ahead = u64::from(weekday.num_days_from_monday());
            let day = match weeks {
                Some(weeks) => {
                    monday.checked_add_signed(TimeDelta::weeks(*weeks))?.checked_add_days(Days::new(ahead))?
                }
                None => (1..=7)
                    .find_map(|n| published.checked_add_days(Days::new(n)).filter(|day| day.weekday() == *weekday))?,
            };
            Some((day, false))
        }
        Shape::Weekly(_) => None,
    }
}

/// The day on which a span ends that begins on `from`.
pub(super) fn last(atom: &Atom, begins: &Atom, from: NaiveDate, published: NaiveDate) -> Option<(NaiveDate, bool)> {
    match &atom.shape {
        Shape::Date { year: None, month, day } if atom.lead.is_none() || atom.lead == Some(Lead::Coming) => {
            let first = (0..=1).filter_map(|shift| NaiveDate::from_ymd_opt(from.year() + shift, *month, *day));
            Some((
                first.into_iter().find(|day| *day >= from)?,
                matches!(begins.shape, Shape::Date { year: Some(_), .. }),
            ))
        }
        Shape::Month { year: None, month } if atom.lead.is_none() || atom.lead == Some(Lead::Coming) => {
            let first = (0..=1).filter_map(|shift| NaiveDate::from_ymd_opt(from.year() + shift, *month, 1));
            Some((first.into_iter().find(|day| *day >= from.with_day(1).unwrap_or(from))?, false))
        }
        // `28일`, of the first day's month or of the next.
        Shape::Day { day } => {
            let same = from.with_day(*day).filter(|day| *day >= from);
            let next = || from.with_day(1)?.checked_add_months(Months::new(1))?.with_day(*day);
            Some((same.or_else(next)?, matches!(begins.shape, Shape::Date { year: Some(_), .. })))
        }
        _ => {
            let anchor = Anchor { published, known: Some(from), is_past: false, is_until: false };
            let (day, sure) = first(atom, &anchor)?;
            (day >= from).then_some((day, sure))
        }
    }
}

/// A day whose year is not said.
fn without_year(in_year: impl Fn(i32) -> Option<NaiveDate>, lead: Option<Lead>, anchor: &Anchor) -> Option<NaiveDate> {
    let published = anchor.published;
    let years = (-1..=1).filter_map(|shift| in_year(published.year() + shift));
    match lead {
        Some(Lead::LastYear) => in_year(published.year() - 1),
        Some(Lead::ThisYear) => in_year(published.year()),
        Some(Lead::NextYear) => in_year(published.year() + 1),
        Some(Lead::Following) => in_year(anchor.known.unwrap_or(published).year() + 1),
        Some(Lead::SameYear) => in_year(anchor.known.unwrap_or(published).year()),
        Some(Lead::Past) => years.into_iter().filter(|day| *day <= published).max(),
        Some(Lead::Coming) => years.into_iter().filter(|day| *day >= published).min(),
        None => {
            let nearest = |days: &mut dyn Iterator<Item = NaiveDate>| {
                days.min_by_key(|day| day.signed_duration_since(published).num_days().abs())
            };
            // What is open until a day is not over, unless the sentence tells of what was.
            if anchor.is_until && !anchor.is_past {
                let mut open = years.clone().filter(|day| published.signed_duration_since(*day).num_days() < 100);
                return nearest(&mut open.by_ref());
            }
            nearest(&mut years.into_iter())
        }
    }
}

/// A day whose month is not said.
fn bare(day: u32, lead: Option<Lead>, anchor: &Anchor) -> Option<NaiveDate> {
    let published = anchor.published;
    let months = || {
        (-2..=2_i32).filter_map(move |shift| {
            let this = published.with_day(1)?;
            let months = Months::new(shift.unsigned_abs());
            let month = if shift < 0 { this.checked_sub_months(months)? } else { this.checked_add_months(months)? };
            month.with_day(day)
        })
    };
    match lead {
        Some(Lead::Past) => months().filter(|day| *day <= published).max(),
        Some(Lead::Coming) => months().find(|day| *day >= published),
        _ => {
            // After another day the month goes on: `12월 5일과 6일`.
            if let Some(known) = anchor.known
                && let Some(same) = known.with_day(day).filter(|day| *day >= known)
            {
                return Some(same);
            }
            if anchor.is_until && !anchor.is_past {
                return months().find(|day| *day >= published);
            }
            months().min_by_key(|day| day.signed_duration_since(published).num_days().abs())
        }
    }
}
