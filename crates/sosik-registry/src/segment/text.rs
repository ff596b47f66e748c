//! Segments as text.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sosik_core::{AreaCode, ChannelId, Language};
use uuid::Uuid;

use super::Segment;
use crate::{Purpose, SubscriberId, seoul};

/// The longest text that is read, in characters.
const LONGEST: usize = 10_000;

/// How deep parentheses and `not` may stand in each other.
const DEEPEST: usize = 100;

/// A text is no segment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SegmentError {
    /// Where: the number of the character, from 1.
    pub character: usize,
    /// What is wrong there, and what is wanted.
    pub problem: String,
}

impl SegmentError {
    pub(super) fn too_many(people: usize, most: usize) -> Self {
        Self { character: 1, problem: format!("{people} people are named, at most {most} may be") }
    }
}

impl fmt::Display for SegmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at character {}: {}", self.character, self.problem)
    }
}

impl std::error::Error for SegmentError {}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("everyone"),
            Self::AllowsText => f.write_str("text"),
            Self::Area(area) => write!(f, "area:{area}"),
            Self::Channel(channel) => write!(f, "channel:{channel}"),
            Self::Language(language) => write!(f, "language:{language}"),
            // What stands to the left is read first: only to the right it needs its parentheses.
            Self::Both(a, b) => {
                let (left, right) = (matches!(**a, Self::Either(..)), matches!(**b, Self::Either(..) | Self::Both(..)));
                Within(a, left).fmt(f)?;
                f.write_str(" and ")?;
                Within(b, right).fmt(f)
            }
            Self::Consents(purpose) => write!(f, "consent:{}", purpose.code()),
            Self::Either(a, b) => {
                a.fmt(f)?;
                f.write_str(" or ")?;
                Within(b, matches!(**b, Self::Either(..))).fmt(f)
            }
            Self::Not(inner) => {
                f.write_str("not ")?;
                Within(inner, matches!(**inner, Self::Either(..) | Self::Both(..))).fmt(f)
            }
            Self::Person(_) if f.alternate() => f.write_str("person"),
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Since(at) => write!(f, "since:{}", since(*at)),
            Self::Topic(topic) if is_plain(topic) => write!(f, "topic:{topic}"),
            Self::Topic(topic) => write!(f, "topic:\"{}\"", topic.replace('\\', "\\\\").replace('"', "\\\"")),
        }
    }
}

/// A part, in parentheses where it needs them.
struct Within<'a>(&'a Segment, bool);

impl fmt::Display for Within<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.1 { "(" } else { "" })?;
        self.0.fmt(f)?;
        f.write_str(if self.1 { ")" } else { "" })
    }
}

/// A day, where an instant is its midnight in Seoul.
fn since(at: DateTime<Utc>) -> String {
    let civil = seoul::civil(at);
    // An instant that is not that of the day there is written out.
    match seoul::instant(civil) {
        Some(day) if day == at && civil.time() == NaiveTime::MIN => civil.date().to_string(),
        _ => at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
    }
}

/// Whether a topic is read as one word.
fn is_plain(topic: &str) -> bool {
    !topic.is_empty() && !topic.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '\\'))
}

impl FromStr for Segment {
    type Err = SegmentError;

    fn from_str(text: &str) -> Result<Self, SegmentError> {
        let characters: Vec<char> = text.chars().collect();
        if characters.len() > LONGEST {
            let problem = format!("{} characters, {LONGEST} at the most", characters.len());
            return Err(SegmentError { character: LONGEST, problem });
        }
        let mut reader = Reader { characters, at: 0 };
        let segment = reader.either(0)?;
        match reader.word() {
            None => Ok(segment),
            Some((at, word)) => Err(wrong(at, "`and`, `or` or the end", Some(&word))),
        }
    }
}

fn wrong(at: usize, wanted: &str, found: Option<&str>) -> SegmentError {
    let problem = match found {
        Some(found) => format!("{wanted} is wanted, not `{found}`"),
        None => format!("{wanted} is wanted, and the text ends"),
    };
    SegmentError { character: at + 1, problem }
}

struct Reader {
    characters: Vec<char>,
    at: usize,
}

impl Reader {
    /// The next word and where it begins: a parenthesis, or everything up to a blank or one.
    fn word(&mut self) -> Option<(usize, String)> {
        while self.characters.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        let start = self.at;
        let first = *self.characters.get(start)?;
        self.at += 1;
        if !matches!(first, '(' | ')') {
            let mut quoted = first == '"';
            while let Some(c) = self.characters.get(self.at).copied() {
                match c {
                    '\\' if quoted => self.at += 1,
                    '"' => quoted = !quoted,
                    '(' | ')' if !quoted => break,
                    c if c.is_whitespace() && !quoted => break,
                    _ => {}
                }
                self.at += 1;
            }
            self.at = self.at.min(self.characters.len());
        }
        Some((start, self.characters[start..self.at].iter().collect()))
    }

    /// Takes the next word if it is this one.
    fn takes(&mut self, wanted: &str) -> bool {
        let before = self.at;
        let found = self.word().is_some_and(|(_, word)| word == wanted);
        if !found {
            self.at = before;
        }
        found
    }

    fn either(&mut self, depth: usize) -> Result<Segment, SegmentError> {
        let mut segment = self.both(depth)?;
        while self.takes("or") {
            segment = segment.or(self.both(depth)?);
        }
        Ok(segment)
    }

    fn both(&mut self, depth: usize) -> Result<Segment, SegmentError> {
        let mut segment = self.one(depth)?;
        while self.takes("and") {
            segment = segment.and(self.one(depth)?);
        }
        Ok(segment)
    }

    fn one(&mut self, depth: usize) -> Result<Segment, SegmentError> {
        const WANTED: &str =
            "everyone, text, area:…, channel:…, consent:…, language:…, person:…, since:…, topic:…, not or (";
        let Some((at, word)) = self.word() else { return Err(wrong(self.at, WANTED, None)) };
        if depth > DEEPEST {
            let problem = format!("more than {DEEPEST} parentheses and `not` stand in each other");
            return Err(SegmentError { character: at + 1, problem });
        }
        match word.as_str() {
            "everyone" => Ok(Segment::All),
            "text" => Ok(Segment::AllowsText),
            "not" => Ok(self.one(depth + 1)?.negated()),
            "(" => {
                let inner = self.either(depth + 1)?;
                match self.word() {
                    Some((_, word)) if word == ")" => Ok(inner),
                    Some((at, word)) => Err(wrong(at, "`and`, `or` or `)`", Some(&word))),
                    None => Err(wrong(self.at, "`)`", None)),
                }
            }
            word => match word.split_once(':') {
                Some((kind, value)) => atom(at, kind, value).unwrap_or_else(|| Err(wrong(at, WANTED, Some(word)))),
                None => Err(wrong(at, WANTED, Some(word))),
            },
        }
    }
}

/// A part of a kind with its value; `None` where there is no such kind.
fn atom(at: usize, kind: &str, value: &str) -> Option<Result<Segment, SegmentError>> {
    let start = at + kind.chars().count() + 1;
    Some(match kind {
        "area" => AreaCode::parse(value)
            .map(Segment::Area)
            .map_err(|error| SegmentError { character: start + 1, problem: error.to_string() }),
        "channel" => ChannelId::parse(value)
            .map(Segment::Channel)
            .map_err(|error| SegmentError { character: start + 1, problem: error.to_string() }),
        "language" => Language::parse(value)
            .map(Segment::Language)
            .map_err(|error| SegmentError { character: start + 1, problem: error.to_string() }),
        "consent" => Purpose::from_code(value).map(Segment::Consents).ok_or_else(|| {
            let names = Purpose::ALL.map(Purpose::code).join(", ");
            wrong(start, &names, Some(value))
        }),
        "person" => Uuid::try_parse(value)
            .map(|id| Segment::Person(SubscriberId::new(id)))
            .map_err(|_| wrong(start, "a subscriber's id (a UUID)", Some(value))),
        "since" => instant(value).map(Segment::Since).ok_or_else(|| {
            wrong(start, "a day as 2026-03-02, or an instant as 2026-03-02T09:00:00+09:00,", Some(value))
        }),
        "topic" => topic(value)
            .map(Segment::Topic)
            .ok_or_else(|| wrong(start, "one word, or several in quotation marks,", Some(value))),
        _ => return None,
    })
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.with_timezone(&Utc));
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    seoul::instant(day.and_time(NaiveTime::MIN))
}

fn topic(text: &str) -> Option<String> {
    let Some(inner) = text.strip_prefix('"') else { return is_plain(text).then(|| text.to_owned()) };
    let mut out = String::new();
    let mut rest = inner.chars();
    loop {
        match rest.next()? {
            '"' => return rest.next().is_none().then_some(out).filter(|topic| !topic.is_empty()),
            '\\' => out.push(rest.next().filter(|c| matches!(c, '"' | '\\'))?),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn segments() -> impl Strategy<Value = Segment> {
        let leaf = prop_oneof![
            Just(Segment::All),
            Just(Segment::AllowsText),
            prop::sample::select(vec!["41", "41630", "4163053000"])
                .prop_map(|code| Segment::Area(AreaCode::parse(code).unwrap())),
            prop::sample::select(Purpose::ALL.to_vec()).prop_map(Segment::Consents),
            (0..4_000_000_000i64).prop_map(|at| Segment::Since(DateTime::from_timestamp(at, 0).unwrap())),
            (0..20_000i64)
                .prop_map(|day| Segment::Since(DateTime::from_timestamp(day * 86_400 - 9 * 3_600, 0).unwrap())),
            any::<u128>().prop_map(|id| Segment::Person(SubscriberId::new(Uuid::from_u128(id)))),
            "\\PC{1,12}".prop_map(Segment::Topic),
            prop::sample::select(vec!["and", "\"", "\\", "a b", "(", "not"])
                .prop_map(|topic| Segment::Topic(topic.to_owned())),
        ];
        leaf.prop_recursive(6, 40, 2, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(a, b)| a.and(b)),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| a.or(b)),
                inner.prop_map(Segment::negated),
            ]
        })
    }

    #[test]
    fn no_id_is_left_in_a_nameless_one_and_all_else_is() {
        let [a, b] = [7, 8].map(|id| Segment::Person(SubscriberId::new(Uuid::from_u128(id))));
        let topic = Segment::Topic("person:a topic".to_owned());
        let segment = a.or(b).and(topic.clone().or(Segment::AllowsText)).negated();
        assert_eq!(segment.nameless(), "not ((person or person) and (topic:\"person:a topic\" or text))");
        assert_eq!(topic.nameless(), topic.to_string());
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_as_it_was(segment in segments()) {
            let text = segment.to_string();
            prop_assert_eq!(text.parse::<Segment>(), Ok(segment), "{}", text);
        }

        #[test]
        fn no_text_makes_it_stumble(text in "[ a-z0-9:()\"\\\\가]{0,60}") {
            if let Ok(segment) = text.parse::<Segment>() {
                prop_assert_eq!(segment.to_string().parse::<Segment>(), Ok(segment));
            }
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let told = |text: &str| text.parse::<Segment>().unwrap_err().to_string();
        for (text, said) in [
            ("", "at character 1: everyone"),
            ("area:123", "at character 6: `123` is no area code"),
            ("everyone and", "at character 13: everyone"),
            ("(everyone", "at character 10: `)` is wanted, and the text ends"),
            ("everyone)", "at character 9: `and`, `or` or the end is wanted, not `)`"),
            ("consent:marketing", "at character 9: advertising, collection"),
            ("since:friday", "at character 7: a day as 2026-03-02"),
            ("topic:\"문화", "at character 7: one word, or several"),
            ("topic:", "at character 7: one word"),
            ("district:회천1동", "at character 1: everyone"),
        ] {
            assert!(told(text).starts_with(said), "{text}: {}", told(text));
        }
        let deep = format!("{}everyone", "not ".repeat(200));
        assert!(told(&deep).contains("stand in each other"), "{}", told(&deep));
        assert!(told(&"x".repeat(10_001)).contains("10000 at the most"));
    }

    #[test]
    fn a_day_begins_at_midnight_in_seoul() {
        let Ok(Segment::Since(at)) = "since:2026-03-02".parse() else { panic!() };
        assert_eq!(at.to_rfc3339(), "2026-03-01T15:00:00+00:00");
        let precise = "since:2026-03-02T09:30:00+09:00".parse::<Segment>().unwrap();
        assert_eq!(precise.to_string(), "since:2026-03-02T00:30:00Z");
    }
}
