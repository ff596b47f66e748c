use std::fmt;

/// The name under which this installation knows one channel, such as `yangju-city` or `yangju-hoecheon1`.
///
/// It is chosen by the city and never leaves its systems; Kakao's own identifiers belong to the channel's profile.
///
/// ```
/// let id = sosik_core::ChannelId::parse("yangju-city")?;
/// assert_eq!(id.to_string(), "yangju-city");
/// # Ok::<(), sosik_core::ChannelIdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(String);

impl ChannelId {
    /// The longest name, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// Reads a name of 1 to 64 lower-case ASCII letters, digits and inner hyphens.
    ///
    /// # Errors
    ///
    /// [`ChannelIdError`] when the text is empty, too long, or has any other character.
    pub fn parse(text: &str) -> Result<Self, ChannelIdError> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let inner = !text.starts_with('-') && !text.ends_with('-');
        if !text.is_empty() && text.len() <= Self::MAX_BYTES && inner && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ChannelIdError { given: text.chars().take(80).collect() })
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChannelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is no channel name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` is no channel name: write 1 to 64 lower-case letters, digits and inner hyphens, such as yangju-city"
)]
pub struct ChannelIdError {
    given: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_name_is_a_plain_slug() {
        assert!(ChannelId::parse("yangju-city").is_ok());
        for bad in ["", "-a", "a-", "Yangju", "양주시청", "a b", &"a".repeat(65)] {
            assert!(ChannelId::parse(bad).is_err(), "{bad}");
        }
    }
}
