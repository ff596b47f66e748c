use std::fmt;

/// The kinds of news that a city sends, in the order in which an edition shows them when nothing else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Topic {
    /// Disaster and safety (재난·안전).
    Safety,
    /// Policy and administration (시정·정책).
    Policy,
    /// Festivals and events (축제·행사).
    Festival,
    /// Culture (문화).
    Culture,
    /// Tourism (관광).
    Tourism,
    /// Everyday life (생활정보).
    Living,
    /// What one can apply for: recruitment, courses, contests, grants (모집·신청).
    Recruitment,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 7] =
        [Self::Safety, Self::Policy, Self::Festival, Self::Culture, Self::Tourism, Self::Living, Self::Recruitment];

    /// The topic's name in settings and stored editions.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Safety => "safety",
            Self::Policy => "policy",
            Self::Festival => "festival",
            Self::Culture => "culture",
            Self::Tourism => "tourism",
            Self::Living => "living",
            Self::Recruitment => "recruitment",
        }
    }

    /// The topic's name as citizens read it.
    #[must_use]
    pub fn korean(self) -> &'static str {
        match self {
            Self::Safety => "재난·안전",
            Self::Policy => "시정소식",
            Self::Festival => "축제·행사",
            Self::Culture => "문화",
            Self::Tourism => "관광",
            Self::Living => "생활정보",
            Self::Recruitment => "모집·신청",
        }
    }

    /// Reads a [`code`](Self::code).
    ///
    /// # Errors
    ///
    /// [`TopicError`] names the codes there are.
    pub fn parse(code: &str) -> Result<Self, TopicError> {
        Self::ALL
            .into_iter()
            .find(|topic| topic.code() == code)
            .ok_or_else(|| TopicError { given: code.chars().take(40).collect() })
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text names no topic.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no topic: write safety, policy, festival, culture, tourism, living or recruitment")]
pub struct TopicError {
    given: String,
}
