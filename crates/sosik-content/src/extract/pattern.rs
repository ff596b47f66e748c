//! Patterns that are made once.

use std::sync::LazyLock;

use regex::Regex;

/// A pattern of this crate's own.
pub(crate) type Pattern = LazyLock<Regex>;

/// Makes a pattern of this crate's own: each is used by a test.
#[expect(clippy::expect_used, reason = "a pattern that stands in the source is right or no test passes")]
pub(crate) fn pattern(text: &str) -> Regex {
    // Digits are those that people type: no other script's, which the rest would not read.
    Regex::new(&text.replace(r"\d", "[0-9]")).expect("a pattern of our own")
}

/// `static NAME = r"…";`
macro_rules! patterns {
    ($($name:ident = $text:expr;)+) => {
        $(static $name: $crate::extract::pattern::Pattern =
            std::sync::LazyLock::new(|| $crate::extract::pattern::pattern($text));)+
    };
}
pub(crate) use patterns;

/// The first four digits of numbers that are called without an area code (대표번호): `1588`.
macro_rules! service {
    () => {
        "(?:15(?:22|33|44|66|77|88|99)|16(?:00|11|22|33|44|55|61|66|68|70|77|88|99)|18(?:00|11|33|44|55|66|77|99))"
    };
}
pub(crate) use service;
