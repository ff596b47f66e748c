use chrono::{DateTime, Utc};

/// What a citizen agrees to. Each needs a consent of its own (개인정보 보호법 제22조, 정보통신망법 제50조).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// To receive advertisements (광고성 정보 수신동의).
    Advertising,
    /// To have their data collected and used (개인정보 수집·이용).
    Collection,
    /// To receive advertisements between 21:00 and 08:00 (야간 광고). It holds as long as
    /// [`Advertising`](Self::Advertising) does.
    NightAdvertising,
    /// To be warned of a danger to life, body or property (개인정보 보호법 제15조 제1항 제5호, 제7호): it needs no
    /// consent, and none can be withdrawn.
    PublicSafety,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 4] = [Self::Advertising, Self::Collection, Self::NightAdvertising, Self::PublicSafety];

    /// The purpose's name in stores.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Advertising => "advertising",
            Self::Collection => "collection",
            Self::NightAdvertising => "night-advertising",
            Self::PublicSafety => "public-safety",
        }
    }

    /// Reads a [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.code() == code)
    }
}

/// A consent given or withdrawn. Events are added and never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConsentEvent {
    /// To what.
    pub purpose: Purpose,
    /// Given, or withdrawn.
    pub granted: bool,
    /// When the citizen said so.
    pub at: DateTime<Utc>,
    /// How that can be shown: the form, the page, the call.
    pub evidence: String,
}

impl ConsentEvent {
    /// A consent.
    #[must_use]
    pub fn granted(purpose: Purpose, at: DateTime<Utc>, evidence: impl Into<String>) -> Self {
        Self { purpose, granted: true, at, evidence: evidence.into() }
    }

    /// A withdrawal.
    #[must_use]
    pub fn withdrawn(purpose: Purpose, at: DateTime<Utc>, evidence: impl Into<String>) -> Self {
        Self { purpose, granted: false, at, evidence: evidence.into() }
    }
}

/// The event that decides whether a purpose is agreed to at an instant: the latest up to it; of two at the same
/// instant the withdrawal.
///
/// ```
/// use chrono::{TimeDelta, TimeZone, Utc};
/// use sosik_registry::{ConsentEvent, Purpose, standing};
///
/// let march = Utc.with_ymd_and_hms(2026, 3, 2, 0, 0, 0).unwrap();
/// let july = Utc.with_ymd_and_hms(2026, 7, 1, 0, 0, 0).unwrap();
/// let events = [
///     ConsentEvent::withdrawn(Purpose::Advertising, july, "080 무료거부"),
///     ConsentEvent::granted(Purpose::Advertising, march, "서면 신청서"),
/// ];
/// assert!(standing(&events, Purpose::Advertising, july - TimeDelta::days(1)).unwrap().granted);
/// assert!(!standing(&events, Purpose::Advertising, july).unwrap().granted);
/// assert!(standing(&events, Purpose::NightAdvertising, july).is_none());
/// ```
#[must_use]
pub fn standing(events: &[ConsentEvent], purpose: Purpose, at: DateTime<Utc>) -> Option<&ConsentEvent> {
    events
        .iter()
        .filter(|event| event.purpose == purpose && event.at <= at)
        .max_by_key(|event| (event.at, !event.granted))
}
