use sosik_core::AreaCode;

use crate::Subscriber;

/// Who is meant: an expression over what is known of a subscriber.
///
/// ```
/// use sosik_core::AreaCode;
/// use sosik_registry::Segment;
///
/// let hoecheon = Segment::Area(AreaCode::parse("4163053000")?);
/// let culture = Segment::Topic("culture".into());
/// let everyone = Segment::All;
/// # let _ = (hoecheon.and(culture), everyone);
/// # Ok::<(), sosik_core::AreaCodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Segment {
    /// Everyone.
    All,
    /// Those who live in an area or a part of it.
    Area(AreaCode),
    /// Those of both.
    Both(Box<Self>, Box<Self>),
    /// Those of either.
    Either(Box<Self>, Box<Self>),
    /// Everyone else.
    Not(Box<Self>),
    /// Those who want to hear of a topic; whoever named none wants to hear of all.
    Topic(String),
}

impl Segment {
    /// Those who are in this segment and in `other`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::Both(Box::new(self), Box::new(other))
    }

    /// Those who are in this segment or in `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::Either(Box::new(self), Box::new(other))
    }

    /// Whether a subscriber is meant.
    #[must_use]
    pub fn contains(&self, person: &Subscriber) -> bool {
        match self {
            Self::All => true,
            Self::Area(area) => person.area.is_within(area),
            Self::Both(a, b) => a.contains(person) && b.contains(person),
            Self::Either(a, b) => a.contains(person) || b.contains(person),
            Self::Not(inner) => !inner.contains(person),
            Self::Topic(topic) => person.topics.is_empty() || person.topics.contains(topic),
        }
    }
}
