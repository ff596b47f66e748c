use std::fmt;

/// A language by its code of two or three letters (ISO 639), such as `ko` or `en`.
///
/// ```
/// use sosik_core::Language;
///
/// let language = Language::parse("EN")?;
/// assert_eq!(language.as_str(), "en");
/// assert_eq!(Language::korean().as_str(), "ko");
/// # Ok::<(), sosik_core::LanguageError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(String);

impl Language {
    /// Reads a code; capital letters are taken as small ones.
    ///
    /// # Errors
    ///
    /// [`LanguageError`] when there are not two or three letters.
    pub fn parse(text: &str) -> Result<Self, LanguageError> {
        let fits = matches!(text.len(), 2 | 3) && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        if fits { Ok(Self(text.to_ascii_lowercase())) } else { Err(LanguageError(())) }
    }

    /// Korean (한국어), in which a Korean city writes unless it says otherwise.
    #[must_use]
    pub fn korean() -> Self {
        Self("ko".to_owned())
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is no code of a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a language is a code of two or three letters, such as ko or en")]
pub struct LanguageError(());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_two_or_three_letters() {
        for good in ["ko", "EN", "fil"] {
            assert_eq!(Language::parse(good).unwrap().to_string(), good.to_ascii_lowercase());
        }
        for bad in ["", "k", "kore", "한국", "k0", " ko"] {
            assert!(Language::parse(bad).is_err(), "{bad}");
        }
    }
}
