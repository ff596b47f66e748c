use std::fmt;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

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
    /// To have their data given to someone else (제3자 제공).
    ThirdParty,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 5] =
        [Self::Advertising, Self::Collection, Self::NightAdvertising, Self::PublicSafety, Self::ThirdParty];

    /// The purpose's name in stores.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Advertising => "advertising",
            Self::Collection => "collection",
            Self::NightAdvertising => "night-advertising",
            Self::PublicSafety => "public-safety",
            Self::ThirdParty => "third-party",
        }
    }

    /// Reads a [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.code() == code)
    }
}

/// A consent given or withdrawn. Events are added and never changed.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use sosik_registry::{ConsentEvent, ConsentText, Medium, Purpose};
///
/// let march = Utc.with_ymd_and_hms(2026, 3, 2, 0, 0, 0).unwrap();
/// let shown = ConsentText::of("2026-1", "[선택] 광고성 정보 수신동의 …");
/// let said = ConsentEvent::granted(Purpose::Advertising, march, "접수 제12호").of_text(shown).by(Medium::Paper);
/// assert_eq!(said.text.unwrap().version, "2026-1");
/// ```
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
    /// The text that they were shown.
    pub text: Option<ConsentText>,
    /// By which way they said it.
    pub medium: Option<Medium>,
    /// How their guardian (법정대리인) was asked, where one agreed for a child.
    pub guardian: Option<GuardianCheck>,
}

impl ConsentEvent {
    /// A consent.
    #[must_use]
    pub fn granted(purpose: Purpose, at: DateTime<Utc>, evidence: impl Into<String>) -> Self {
        Self { purpose, granted: true, at, evidence: evidence.into(), text: None, medium: None, guardian: None }
    }

    /// A withdrawal.
    #[must_use]
    pub fn withdrawn(purpose: Purpose, at: DateTime<Utc>, evidence: impl Into<String>) -> Self {
        Self { granted: false, ..Self::granted(purpose, at, evidence) }
    }

    /// The event with the text that was shown.
    #[must_use]
    pub fn of_text(mut self, text: ConsentText) -> Self {
        self.text = Some(text);
        self
    }

    /// The event with the way by which it came.
    #[must_use]
    pub fn by(mut self, medium: Medium) -> Self {
        self.medium = Some(medium);
        self
    }

    /// The event with how the guardian of a child was asked.
    #[must_use]
    pub fn by_guardian(mut self, check: GuardianCheck) -> Self {
        self.guardian = Some(check);
        self
    }

    /// What is known beside purpose, time and evidence, as one line for stores: empty where nothing is.
    #[must_use]
    pub fn details(&self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.medium.map(|medium| format!("medium={}", medium.code())));
        parts.extend(self.guardian.map(|check| format!("guardian={}", check.code())));
        // The version last: it may hold anything.
        parts.extend(self.text.as_ref().map(|text| format!("text={}={}", text.hash_hex(), text.version)));
        parts.join(" ")
    }

    /// The event with what [`details`](Self::details) wrote; `None` where that cannot be read.
    #[must_use]
    pub fn with_details(mut self, details: &str) -> Option<Self> {
        let mut rest = details;
        while !rest.is_empty() {
            let (name, value) = rest.split_once('=')?;
            let (value, after) = match name {
                "text" => (value, ""),
                _ => value.split_once(' ').unwrap_or((value, "")),
            };
            match name {
                "medium" => self.medium = Some(Medium::from_code(value)?),
                "guardian" => self.guardian = Some(GuardianCheck::from_code(value)?),
                "text" => self.text = Some(ConsentText::from_parts(value)?),
                _ => return None,
            }
            rest = after;
        }
        Some(self)
    }
}

/// A text to which someone agreed: its version, and the SHA-256 of what was shown, so that it can be told from any other.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConsentText {
    /// The city's own name of the version.
    pub version: String,
    /// The SHA-256 of the text as it was shown, in UTF-8.
    pub hash: [u8; 32],
}

impl ConsentText {
    /// A version of a text.
    #[must_use]
    pub fn of(version: impl Into<String>, shown: &str) -> Self {
        Self { version: version.into(), hash: Sha256::digest(shown.as_bytes()).into() }
    }

    /// The hash as 64 hexadecimal digits.
    #[must_use]
    pub fn hash_hex(&self) -> String {
        use fmt::Write as _;
        self.hash.iter().fold(String::with_capacity(64), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
    }

    fn from_parts(text: &str) -> Option<Self> {
        let (hex, version) = text.split_once('=')?;
        let digits = hex.as_bytes().as_chunks::<2>().0;
        let bytes: Vec<u8> = digits
            .iter()
            .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
            .collect::<Option<_>>()?;
        Some(Self { version: version.to_owned(), hash: bytes.try_into().ok()? })
    }
}

impl fmt::Debug for ConsentText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConsentText({}, {}…)", self.version, &self.hash_hex()[..8])
    }
}

macro_rules! coded {
    ($(#[$docs:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$of])* $variant,)+ }

        impl $name {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The stable name, in files and stores.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// Reads a [`code`](Self::code).
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }
        }
    };
}

coded! {
    /// By which way a citizen said something.
    Medium {
        /// In the city's app.
        App = "app",
        /// In a channel's chat.
        Chat = "chat",
        /// By the free number to refuse by (무료수신거부).
        FreeNumber = "free-number",
        /// By Kakao's own consent screen.
        Kakao = "kakao",
        /// On paper.
        Paper = "paper",
        /// By telephone.
        Telephone = "telephone",
        /// On the city's web site.
        Web = "web",
    }
}

coded! {
    /// How the guardian of a child under 14 was asked (개인정보 보호법 시행령 제17조의2 제1항).
    GuardianCheck {
        /// By telephone, after they were told what it is about, or where to read it.
        Call = "call",
        /// By a payment card's data.
        Card = "card",
        /// By e-mail, answered with a consent.
        Email = "email",
        /// By the identity check of their mobile telephone.
        Mobile = "mobile",
        /// On paper that they signed, brought or sent.
        Paper = "paper",
        /// On the web site, with a text message that told them of it.
        Site = "site",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_read_as_they_were_written() {
        let plain = ConsentEvent::granted(Purpose::Advertising, DateTime::UNIX_EPOCH, "서면");
        assert_eq!(plain.details(), "");
        let text = ConsentText::of("2026 = 1", "동의합니다");
        for said in [
            plain.clone(),
            plain.clone().by(Medium::FreeNumber),
            plain.clone().of_text(text.clone()),
            plain.clone().by_guardian(GuardianCheck::Card).by(Medium::Web).of_text(text),
        ] {
            assert_eq!(plain.clone().with_details(&said.details()), Some(said));
        }
        for wrong in ["medium", "medium=fax", "text=00", "text=zz=1", "other=1"] {
            assert_eq!(plain.clone().with_details(wrong), None, "{wrong}");
        }
    }
}
