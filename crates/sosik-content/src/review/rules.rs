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
    /// The same in Korean.
    pub korean: &'static str,
    /// Who says so.
    pub source: &'static str,
}

const fn of(
    code: &'static str,
    severity: Severity,
    what: &'static str,
    korean: &'static str,
    source: &'static str,
) -> Rule {
    Rule { code, severity, what, korean, source }
}

/// Every rule.
pub const RULES: &[Rule] = &[
    of("weekday", Severity::Error, "A weekday is that of its date", "요일이 날짜와 맞아야 합니다", "the calendar"),
    of(
        "deadline",
        Severity::Error,
        "A deadline is not over when the message goes",
        "마감이 보내는 날보다 앞서지 않아야 합니다",
        "our own",
    ),
    of(
        "time-missing",
        Severity::Warning,
        "An event says at what time it is",
        "행사는 몇 시인지 알려야 합니다",
        "our own",
    ),
    of(
        "link-http",
        Severity::Warning,
        "A link is encrypted (https)",
        "링크는 암호화된 주소(https)여야 합니다",
        "browsers mark http pages as not secure (Chrome 68, 2018-07)",
    ),
    of("link-dead", Severity::Error, "A link leads somewhere", "링크가 열려야 합니다", "our own"),
    of(
        "phone",
        Severity::Error,
        "A number to call has as many digits as numbers have",
        "전화번호의 자릿수가 맞아야 합니다",
        "전기통신번호관리세칙, numbering plan",
    ),
    of(
        "resident-number",
        Severity::Error,
        "No resident registration number (주민등록번호) is shown",
        "주민등록번호를 보이지 않습니다",
        "개인정보 보호법 제24조의2",
    ),
    of(
        "personal-number",
        Severity::Warning,
        "A person's own number is shown only if they agreed",
        "개인 전화번호는 본인이 동의한 때에만 보입니다",
        "개인정보 보호법 제15조, 제17조",
    ),
    of(
        "advertisement",
        Severity::Error,
        "An informational message promotes no sale",
        "정보성 메시지는 물건이나 서비스를 팔지 않습니다",
        "정보통신망법 제50조; 불법스팸 방지 안내서: one commercial line makes the whole an advertisement",
    ),
    of(
        "election-head",
        Severity::Error,
        "The head of the city is not named",
        "단체장의 이름을 쓰지 않습니다",
        "공직선거관리규칙 제47조 제4항 (공직선거법 제86조 제5항)",
    ),
    of(
        "election-achievement",
        Severity::Warning,
        "No achievements or pledges of the head are told",
        "단체장의 업적이나 공약을 알리지 않습니다",
        "공직선거관리규칙 제47조 제4항 (공직선거법 제86조 제5항)",
    ),
    of(
        "election-photo",
        Severity::Error,
        "The head of the city is on no picture",
        "단체장의 사진을 쓰지 않습니다",
        "공직선거관리규칙 제47조 제4항 (공직선거법 제86조 제5항)",
    ),
    of(
        "picture-only",
        Severity::Error,
        "What a picture says stands in the text too",
        "그림에 있는 내용은 글에도 있어야 합니다",
        "KWCAG 2.2, 5.1.1; 디지털포용법 제19조",
    ),
    of(
        "alt-missing",
        Severity::Error,
        "A picture has a text in its place",
        "그림에는 대체 텍스트가 있어야 합니다",
        "KWCAG 2.2, 5.1.1",
    ),
    of(
        "alt-thin",
        Severity::Warning,
        "The text in a picture's place says what is on it",
        "대체 텍스트는 그림의 내용을 말해야 합니다",
        "KWCAG 2.2, 5.1.1",
    ),
    of("hard-word", Severity::Hint, "Words are plain", "쉬운 말을 씁니다", "국어기본법 제14조; 국립국어원 다듬은 말"),
    of(
        "decomposed",
        Severity::Warning,
        "Hangul is composed (NFC)",
        "한글 자모가 풀려 있지 않아야 합니다",
        "Unicode UAX 15; phones draw the parts apart",
    ),
    of("unseen", Severity::Warning, "No characters that cannot be seen", "보이지 않는 글자를 쓰지 않습니다", "our own"),
    of(
        "not-in-texts",
        Severity::Hint,
        "Every character can go as a text message too",
        "모든 글자가 문자메시지로도 갈 수 있어야 합니다",
        "CP949, which carriers' text messages use",
    ),
    of(
        "limit",
        Severity::Error,
        "A text is as long as the channel takes",
        "글이 채널의 한도보다 길지 않아야 합니다",
        "the brief's limits",
    ),
];

pub(super) fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code == code)
}
