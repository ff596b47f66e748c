//! What was said, as it is compared.

use unicode_normalization::UnicodeNormalization;

/// The letters and digits of a text, composed and in small letters: citizens leave out blanks, and put in marks.
pub(crate) fn dense(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect()
}

/// A text as words of tables are looked for in it: [`dense`], and with syllables that are mistaken for one another the same.
pub(crate) fn folded(text: &str) -> String {
    sosik_core::hangul::folded(&dense(text))
}

/// A word of a table: as it is shown, and as it is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) shown: String,
    pub(crate) folded: String,
}

impl Word {
    pub(crate) fn new(text: &str) -> Self {
        Self { shown: dense(text), folded: folded(text) }
    }

    /// Words with `|` between them.
    pub(crate) fn any(text: &str) -> Vec<Self> {
        text.split('|').map(Self::new).filter(|word| !word.shown.is_empty()).collect()
    }
}

/// The words of a text as [`dense`] writes them.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(dense).filter(|word| !word.is_empty()).collect()
}

/// A table of data that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct TableError {
    line: usize,
    problem: String,
}

impl TableError {
    pub(crate) fn new(line: usize, problem: impl Into<String>) -> Self {
        Self { line, problem: problem.into() }
    }

    /// The line, from 1 on.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }
}
