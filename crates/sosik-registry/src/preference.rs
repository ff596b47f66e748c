//! How someone wants to be written to.

use std::fmt;

use chrono::{DateTime, NaiveTime, Utc};

use crate::seoul;

/// Hours of the day at which someone wants to be left alone, in Seoul's time; they may go over midnight.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use sosik_registry::QuietHours;
///
/// let quiet = QuietHours::parse("20:00-09:30")?;
/// let at = |hour| Utc.with_ymd_and_hms(2026, 11, 27, hour, 0, 0).unwrap();
/// assert!(quiet.holds(at(11))); // 20:00 in Seoul
/// assert!(!quiet.holds(at(1))); // 10:00
/// assert_eq!(quiet.end(at(11)).to_rfc3339(), "2026-11-28T00:30:00+00:00"); // 09:30 of the next day
/// assert_eq!(quiet.to_string(), "20:00-09:30");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct QuietHours {
    /// From this time of day on.
    pub from: NaiveTime,
    /// Up to this time of day, which is not among them.
    pub until: NaiveTime,
}

impl QuietHours {
    /// Hours from one time of day to another.
    ///
    /// # Errors
    ///
    /// [`PreferenceError`] when both are the same: that says neither never nor always.
    pub fn new(from: NaiveTime, until: NaiveTime) -> Result<Self, PreferenceError> {
        if from == until { Err(PreferenceError::QuietHours) } else { Ok(Self { from, until }) }
    }

    /// Reads hours such as `20:00-09:30`.
    ///
    /// # Errors
    ///
    /// [`PreferenceError`] when the text is not of that form.
    pub fn parse(text: &str) -> Result<Self, PreferenceError> {
        let (from, until) = text.split_once('-').ok_or(PreferenceError::QuietHours)?;
        let time = |text| NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| PreferenceError::QuietHours);
        Self::new(time(from)?, time(until)?)
    }

    /// Whether they hold at an instant.
    #[must_use]
    pub fn holds(&self, at: DateTime<Utc>) -> bool {
        let civil = seoul::civil(at).time();
        if self.from < self.until {
            self.from <= civil && civil < self.until
        } else {
            self.from <= civil || civil < self.until
        }
    }

    /// When those that hold at an instant are over; the instant itself where none do.
    #[must_use]
    pub fn end(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        if !self.holds(at) {
            return at;
        }
        let civil = seoul::civil(at);
        let today = civil.date().and_time(self.until);
        let end = if today > civil { Some(today) } else { today.checked_add_days(chrono::Days::new(1)) };
        end.and_then(seoul::instant).unwrap_or(at)
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from.format("%H:%M"), self.until.format("%H:%M"))
    }
}

/// A text is no preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PreferenceError {
    /// They are no hours.
    #[error("quiet hours are written like 20:00-09:30, and do not begin and end at the same time")]
    QuietHours,
}
