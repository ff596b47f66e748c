use std::fmt;

/// Kakao's public id of a channel (`channel_public_id`), as in the addresses of its pages: `_ZeUTxl`.
///
/// ```
/// use sosik_kakao::ChannelPublicId;
///
/// assert_eq!(ChannelPublicId::parse("_ZeUTxl")?.as_str(), "_ZeUTxl");
/// assert!(ChannelPublicId::parse("@양주시청").is_err());
/// # Ok::<(), sosik_kakao::IdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelPublicId(String);

impl ChannelPublicId {
    /// The longest that is read, in characters: Kakao documents none, and 5 to 8 were seen.
    pub const MAX: usize = 32;

    /// Reads `_` and letters or digits.
    ///
    /// # Errors
    ///
    /// [`IdError`] tells the form.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let rest = text.strip_prefix('_').unwrap_or_default();
        let fits = !rest.is_empty() && text.len() <= Self::MAX && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
        fits.then(|| Self(text.to_owned()))
            .ok_or(IdError { form: "a channel's public id is `_` and letters or digits, such as _ZeUTxl" })
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name by which a channel is searched for (`channel_uuid`, 검색용 아이디): `@양주시청`. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SearchId(String);

impl SearchId {
    /// Reads `@` and a name without blanks.
    ///
    /// # Errors
    ///
    /// [`IdError`] tells the form.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let rest = text.strip_prefix('@').unwrap_or_default();
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '@' && c != '/';
        let fits = (1..=64).contains(&rest.chars().count()) && rest.chars().all(plain);
        fits.then(|| Self(text.to_owned()))
            .ok_or(IdError { form: "a search id is `@` and a name without blanks, such as @example" })
    }

    /// The name, with its `@`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A person who is connected to the city's app, by the number that Kakao gives them there. `Debug` hides it.
///
/// ```
/// let user = sosik_kakao::AppUserId::new(123_456_789);
/// assert_eq!((user.expose(), format!("{user:?}")), (123_456_789, "AppUserId(..)".to_owned()));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AppUserId(u64);

impl AppUserId {
    /// A person by their number.
    #[must_use]
    pub fn new(id: u64) -> Self {
        Self(id)
    }

    /// The number: for calls and stores, never for logs.
    #[must_use]
    pub fn expose(self) -> u64 {
        self.0
    }
}

impl fmt::Debug for AppUserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppUserId(..)")
    }
}

/// A person who is not connected to the app, by a name that no call takes. `Debug` hides it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpenId(String);

impl OpenId {
    /// A person by what Kakao calls them.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The name: for stores, never for logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OpenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpenId(..)")
    }
}

/// The text is no such id. It is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{form}")]
pub struct IdError {
    form: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_their_forms() {
        for bad in ["", "_", "ZeUTxl", "_Ze/Txl", "_양주", "_Ze UTxl", &format!("_{}", "a".repeat(32))] {
            assert!(ChannelPublicId::parse(bad).is_err(), "{bad}");
        }
        for good in ["@양주시청", "@회천1동_행정복지센터", "@yourid"] {
            assert_eq!(SearchId::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "@", "양주시청", "@양주 시청", "@@a", "@a/b", "@a\n"] {
            assert!(SearchId::parse(bad).is_err(), "{bad:?}");
        }
    }
}
