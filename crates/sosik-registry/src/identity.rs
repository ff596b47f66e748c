use std::fmt;

use sosik_core::{ChannelId, PhoneNumber};

/// By what a citizen is known. It hides itself in `Debug`.
///
/// ```
/// use sosik_core::PhoneNumber;
/// use sosik_registry::Identity;
///
/// let phone = Identity::from(PhoneNumber::parse("010-0000-0001")?);
/// let app = Identity::AppUser("1234567890".into());
/// assert_eq!((phone.kind(), app.kind()), ("phone", "app-user"));
/// assert_eq!(format!("{app:?}"), "AppUser(…)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Identity {
    /// Their id in the city's app at Kakao (회원번호, `app_user_id`): of those who connected to it.
    AppUser(String),
    /// Their key in one channel (`plusfriendUserKey`): another in each.
    ChannelUser {
        /// The channel.
        channel: ChannelId,
        /// The key.
        key: String,
    },
    /// An id that Kakao gives for those who are not connected to the app (`open_id`).
    OpenId(String),
    /// Their number.
    Phone(PhoneNumber),
}

impl Identity {
    /// The kind's stable name, in stores.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::AppUser(_) => "app-user",
            Self::ChannelUser { .. } => "channel-user",
            Self::OpenId(_) => "open-id",
            Self::Phone(_) => "phone",
        }
    }

    /// Whether a person has no more than one such identity: of the same kind, and for a channel's key of the same channel.
    #[must_use]
    pub fn replaces(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::ChannelUser { channel, .. }, Self::ChannelUser { channel: of, .. }) => channel == of,
            _ => self.kind() == other.kind(),
        }
    }

    /// Whether it is one that Kakao gave, of which [events](crate::Event) tell: a number is not.
    #[must_use]
    pub fn is_of_kakao(&self) -> bool {
        !matches!(self, Self::Phone(_))
    }

    /// The identity as text, in full, for a [`Vault`](crate::Vault) and a citizen's own data: the caller answers for where
    /// it goes.
    #[must_use]
    pub fn expose(&self) -> String {
        match self {
            Self::AppUser(id) => format!("app-user:{id}"),
            Self::ChannelUser { channel, key } => format!("channel-user:{channel}:{key}"),
            Self::OpenId(id) => format!("open-id:{id}"),
            Self::Phone(phone) => format!("phone:{}", phone.expose()),
        }
    }

    /// Reads what [`expose`](Self::expose) wrote.
    #[must_use]
    pub fn from_exposed(text: &str) -> Option<Self> {
        let (kind, value) = text.split_once(':')?;
        match kind {
            "app-user" => Some(Self::AppUser(value.to_owned())),
            "channel-user" => {
                let (channel, key) = value.split_once(':')?;
                Some(Self::ChannelUser { channel: ChannelId::parse(channel).ok()?, key: key.to_owned() })
            }
            "open-id" => Some(Self::OpenId(value.to_owned())),
            "phone" => PhoneNumber::parse(value).ok().map(Self::Phone),
            _ => None,
        }
    }
}

impl From<PhoneNumber> for Identity {
    fn from(phone: PhoneNumber) -> Self {
        Self::Phone(phone)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AppUser(_) => f.write_str("AppUser(…)"),
            Self::ChannelUser { channel, .. } => write!(f, "ChannelUser({channel}, …)"),
            Self::OpenId(_) => f.write_str("OpenId(…)"),
            Self::Phone(phone) => write!(f, "Phone({})", phone.masked()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_exposed_is_read_as_it_was() {
        let channel = ChannelId::parse("yangju-city").unwrap();
        for identity in [
            Identity::AppUser("12:3".into()),
            Identity::ChannelUser { channel, key: "a:b:c".into() },
            Identity::OpenId(String::new()),
            PhoneNumber::parse("010-0000-0001").unwrap().into(),
        ] {
            assert_eq!(Identity::from_exposed(&identity.expose()), Some(identity));
        }
        assert_eq!(Identity::from_exposed("phone:12"), None);
        assert_eq!(Identity::from_exposed("fax:1"), None);
    }
}
