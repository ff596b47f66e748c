//! Why one person is in a segment or not.

use std::fmt;

use chrono::{DateTime, Utc};
use sosik_core::Language;

use super::Segment;
use crate::{Purpose, Subscriber, standing};

/// Why a subscriber is in a segment or not, part by part.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use sosik_core::{AreaCode, PhoneNumber};
/// use sosik_registry::{NewSubscriber, Segment, Subscriber, SubscriberId};
///
/// let march = Utc.with_ymd_and_hms(2026, 3, 2, 0, 0, 0).unwrap();
/// let new = NewSubscriber::new(PhoneNumber::parse("010-0000-0001")?, AreaCode::parse("4163053000")?);
/// let person = Subscriber::new(SubscriberId::new(uuid::Uuid::nil()), new.with_topic("culture"), march);
/// let segment: Segment = "area:41630 and not topic:culture".parse()?;
/// let why = segment.explain(&person, march);
/// assert!(!why.holds);
/// assert_eq!(
///     why.to_string(),
///     "no: area:41630 and not topic:culture\n  \
///        yes: area:41630 (4163053000)\n  \
///        no: not topic:culture\n    \
///          yes: topic:culture (culture)\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The part, as text.
    pub segment: String,
    /// Whether it holds of the person.
    pub holds: bool,
    /// What is known of the person that decides it; `None` where its parts do.
    pub known: Option<String>,
    /// Its parts.
    pub parts: Vec<Self>,
}

impl Explanation {
    pub(super) fn of(segment: &Segment, person: &Subscriber, at: DateTime<Utc>) -> Self {
        let parts = match segment {
            Segment::Both(a, b) | Segment::Either(a, b) => vec![Self::of(a, person, at), Self::of(b, person, at)],
            Segment::Not(inner) => vec![Self::of(inner, person, at)],
            _ => Vec::new(),
        };
        Self {
            segment: segment.to_string(),
            holds: segment.contains(person, at),
            known: known(segment, person, at),
            parts,
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let word = if self.holds { "yes" } else { "no" };
        write!(f, "{}{word}: {}", "  ".repeat(depth), self.segment)?;
        match &self.known {
            Some(known) => writeln!(f, " ({known})")?,
            None => writeln!(f)?,
        }
        self.parts.iter().try_for_each(|part| part.write(f, depth + 1))
    }
}

/// What decides a part that has none of its own.
fn known(segment: &Segment, person: &Subscriber, at: DateTime<Utc>) -> Option<String> {
    match segment {
        Segment::Area(_) => Some(person.area.as_ref().map_or_else(|| "not known".to_owned(), ToString::to_string)),
        Segment::AllowsText => Some(if person.allows_text { "texts allowed" } else { "no texts" }.to_owned()),
        Segment::Channel(channel) => {
            Some(person.relation(channel).map_or("never added", |state| state.code()).to_owned())
        }
        Segment::Language(_) => {
            Some(person.language.as_ref().map_or("ko, as none was named", Language::as_str).to_owned())
        }
        Segment::Consents(Purpose::PublicSafety) => Some("it needs none".to_owned()),
        Segment::Consents(purpose) => Some(match standing(&person.consents, *purpose, at) {
            None => "never given".to_owned(),
            Some(event) if event.granted => format!("given {}", event.at.to_rfc3339()),
            Some(event) => format!("withdrawn {}", event.at.to_rfc3339()),
        }),
        Segment::Since(_) => Some(person.since.to_rfc3339()),
        Segment::Topic(_) if person.topics.is_empty() => Some("every topic".to_owned()),
        Segment::Topic(_) => Some(person.topics.iter().cloned().collect::<Vec<_>>().join(", ")),
        Segment::All | Segment::Person(_) | Segment::Both(..) | Segment::Either(..) | Segment::Not(_) => None,
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}
