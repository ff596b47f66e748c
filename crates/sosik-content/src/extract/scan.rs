//! Looking around a place in a text.

/// The character before a byte.
pub(crate) fn before(text: &str, at: usize) -> Option<char> {
    text[..at].chars().next_back()
}

/// The character at a byte.
pub(crate) fn after(text: &str, at: usize) -> Option<char> {
    text[at..].chars().next()
}

/// What stands for "to" between two ends of a span.
pub(crate) const DASHES: [char; 7] = ['~', '∼', '～', '〜', '–', '—', '-'];

/// Whether what is before a byte ends, spaces aside, with a dash that means "up to".
pub(crate) fn dash_before(text: &str, at: usize) -> bool {
    // A dash that is set apart may only stand between a label and what it says: `일시 – 12월 5일`.
    text[..at].trim_end().ends_with(&DASHES[..4]) || text[..at].ends_with(&DASHES[4..6])
}

/// A number out of digits.
pub(crate) fn number<T: std::str::FromStr>(digits: &str) -> Option<T> {
    digits.parse().ok()
}
