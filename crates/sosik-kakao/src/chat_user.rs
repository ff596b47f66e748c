use std::fmt;

use sosik_core::ChannelId;
use sosik_registry::Identity;

use crate::ids::AppUserId;

/// Before the key of someone at a bot, where it is kept beside those of the channel: it is another, and the same person.
const AT_THE_BOT: &str = "bot:";

/// Someone in a chat, by what Kakao calls them there. `Debug` shows no id.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChatUser {
    /// Their number in the city's app (`appUserId`).
    App(AppUserId),
    /// Their key at a bot (`botUserKey`).
    Bot(String),
    /// Their key in a channel (`plusfriendUserKey`).
    Channel(String),
}

impl ChatUser {
    /// Under which identity they are kept, for a channel.
    ///
    /// ```
    /// use sosik_core::ChannelId;
    /// use sosik_kakao::ChatUser;
    ///
    /// let channel = ChannelId::parse("yangju-city")?;
    /// let at_the_bot = ChatUser::Bot("key-0001".to_owned());
    /// let kept = at_the_bot.identity(&channel);
    /// assert_eq!(ChatUser::of(&kept, &channel), Some(at_the_bot));
    /// # Ok::<(), sosik_core::ChannelIdError>(())
    /// ```
    #[must_use]
    pub fn identity(&self, channel: &ChannelId) -> Identity {
        let key = match self {
            Self::App(id) => return Identity::AppUser(id.expose().to_string()),
            Self::Bot(key) => format!("{AT_THE_BOT}{key}"),
            Self::Channel(key) => key.clone(),
        };
        Identity::ChannelUser { channel: channel.clone(), key }
    }

    /// Whom an identity names in a channel's chat; `None` where Kakao knows them by nothing there.
    #[must_use]
    pub fn of(identity: &Identity, channel: &ChannelId) -> Option<Self> {
        match identity {
            Identity::AppUser(id) => id.parse().ok().map(|id| Self::App(AppUserId::new(id))),
            Identity::ChannelUser { channel: of, key } if of == channel => Some(match key.strip_prefix(AT_THE_BOT) {
                Some(key) => Self::Bot(key.to_owned()),
                None => Self::Channel(key.clone()),
            }),
            _ => None,
        }
    }
}

impl fmt::Debug for ChatUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::App(_) => "App(..)",
            Self::Bot(_) => "Bot(..)",
            Self::Channel(_) => "Channel(..)",
        })
    }
}
