//! The rules as data: what each asks for, how grave it is, and who says so.

use std::fmt;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// It could be better.
    Hint,
    /// Someone should look.
    Warning,
    /// It must not go out.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// Its name in reports.
    pub code: &'static str,
    /// How grave a breach is.
    pub severity: Severity,
    /// What it asks for.
    pub what: &'static str,
    /// Who says so.
    pub source: &'static str,
}

const fn of(code: &'static str, severity: Severity, what: &'static str, source: &'static str) -> Rule {
    Rule { code, severity, what, source }
}

/// Every rule.
pub const RULES: &[Rule] = &[
    of("weekday", Severity::Error, "A weekday is that of its date", "the calendar"),
    of("deadline", Severity::Error, "A deadline is not over when the message goes", "our own"),
    of("time-missing", Severity::Warning, "An event says at what time it is", "our own"),
    of(
        "link-http",
        Severity::Warning,
        "A link is encrypted (https)",
        "browsers mark http pages as not secure (Chrome 68, 2018-07)",
    ),
    of("link-dead", Severity::Error, "A link leads somewhere", "our own"),
    of(
        "phone",
        Severity::Error,
        "A number to call has as many digits as numbers have",
        "전기통신번호관리세칙, numbering plan",
    ),
    of(
        "resident-number",
        Severity::Error,
        "No resident registration number (주민등록번호) is shown",
        "개인정보 보호법 제24조의2",
    ),
    of(
        "personal-number",
        Severity::Warning,
        "A person's own number is shown only if they agreed",
        "개인정보 보호법 제15조, 제17조",
    ),
    of(
        "advertisement",
        Severity::Error,
        "An informational message promotes no sale",
        "정보통신망법 제50조; 불법스팸 방지 안내서: one commercial line makes the whole an advertisement",
    ),
    of(
        "election-head",
        Severity::Error,
        "The head of the city is not named",
        "공직선거관리규칙 제47조 제4항 (공직선거법 제86조 제5항)",
    ),
    of(
        "election-achievement",
        Severity::Warning,
        "No achievements or pledges of the head are told",
        "공직선거관리규칙 제47조 제4항 (공직선거법 제86조 제5항)",
    ),
    of(
        "election-photo",
        Severity::Error,
        "The head of the city is on no picture",
        "공직선거관리규칙 제47조 제4항 (공직선거법 제86조 제5항)",
    ),
    of(
        "picture-only",
        Severity::Error,
        "What a picture says stands in the text too",
        "KWCAG 2.2, 5.1.1; 디지털포용법 제19조",
    ),
    of("alt-missing", Severity::Error, "A picture has a text in its place", "KWCAG 2.2, 5.1.1"),
    of("alt-thin", Severity::Warning, "The text in a picture's place says what is on it", "KWCAG 2.2, 5.1.1"),
    of("hard-word", Severity::Hint, "Words are plain", "국어기본법 제14조; 국립국어원 다듬은 말"),
    of("decomposed", Severity::Warning, "Hangul is composed (NFC)", "Unicode UAX 15; phones draw the parts apart"),
    of("unseen", Severity::Warning, "No characters that cannot be seen", "our own"),
    of(
        "not-in-texts",
        Severity::Hint,
        "Every character can go as a text message too",
        "CP949, which carriers' text messages use",
    ),
    of("limit", Severity::Error, "A text is as long as the channel takes", "the brief's limits"),
];

pub(super) fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code == code)
}
