use std::fmt;

use chrono::{DateTime, SubsecRound, Utc};
use sosik_core::{ChannelId, Language};
use sosik_registry::Identity;

/// The longest that is read of what someone said, in characters; what stands behind is passed over.
pub const MOST_SAID: usize = 1_000;

/// What someone said in a channel, by whichever door it came.
///
/// `Debug` shows neither who it was nor what they said.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use sosik_chat::{Speaker, Turn};
/// use sosik_core::ChannelId;
///
/// let channel = ChannelId::parse("yangju-city")?;
/// let now = Utc.with_ymd_and_hms(2026, 11, 27, 7, 0, 0).unwrap();
/// let turn = Turn::new(channel.clone(), Speaker::in_channel(&channel, "key-0001"), "이번 주 소식 알려줘", now);
/// assert!(!format!("{turn:?}").contains("소식"));
/// # Ok::<(), sosik_core::ChannelIdError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Turn {
    /// The channel in which it was said.
    pub channel: ChannelId,
    /// Who said it.
    pub who: Speaker,
    /// What: composed, without control characters, at most [`MOST_SAID`] characters. Empty where only a picture came.
    pub said: String,
    /// A picture that they sent, by its address.
    pub picture: Option<String>,
    /// The language of their telephone, where the door tells it.
    pub language: Option<Language>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Turn {
    /// What someone said.
    #[must_use]
    pub fn new(channel: ChannelId, who: Speaker, said: &str, at: DateTime<Utc>) -> Self {
        let said = sosik_content::text::clean(&said.chars().take(MOST_SAID).collect::<String>());
        // As stores keep it: what is noted is found again by its instant.
        let at = at.trunc_subsecs(6);
        Self { channel, who, said, picture: None, language: None, at }
    }

    /// With a picture.
    #[must_use]
    pub fn with_picture(mut self, address: impl Into<String>) -> Self {
        self.picture = Some(address.into());
        self
    }

    /// From a telephone in this language.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Turn({} characters, {}, {})", self.said.chars().count(), self.channel, self.at)
    }
}

/// Who speaks, by the ids that the door gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Speaker {
    /// By what they are known: the first is the one under which their conversation is kept.
    pub identities: Vec<Identity>,
}

impl Speaker {
    /// Someone known by an id.
    #[must_use]
    pub fn known_by(identity: impl Into<Identity>) -> Self {
        Self { identities: vec![identity.into()] }
    }

    /// Someone known by their key in a channel (`plusfriendUserKey`).
    #[must_use]
    pub fn in_channel(channel: &ChannelId, key: impl Into<String>) -> Self {
        Self::known_by(Identity::ChannelUser { channel: channel.clone(), key: key.into() })
    }

    /// Someone of whom nothing is known, as in a console's test: they get answers, and nothing is kept of them.
    #[must_use]
    pub fn nobody() -> Self {
        Self::default()
    }

    /// With one more id.
    #[must_use]
    pub fn and(mut self, identity: impl Into<Identity>) -> Self {
        self.identities.push(identity.into());
        self
    }

    /// The id under which their conversation is kept.
    #[must_use]
    pub fn key(&self) -> Option<&Identity> {
        self.identities.first()
    }
}
