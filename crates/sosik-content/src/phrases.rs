//! How cards say days, times, sums and labels, in one language.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate, Weekday};
use sosik_core::Language;

use crate::extract::{Ages, Days, Hours, Precision};
use crate::{Topic, style};

/// What a label is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Label {
    /// When it takes place (일시).
    When,
    /// Where (장소).
    Where,
    /// For whom (대상).
    For,
    /// What it costs (비용).
    Cost,
    /// Until when or how to apply (신청).
    Apply,
    /// Whom to ask (문의).
    Ask,
    /// That a day is the last to apply (신청 마감).
    Deadline,
    /// That a day is the last to pay (납부 마감).
    Pay,
}

impl Label {
    fn key(self) -> &'static str {
        match self {
            Self::When => "when",
            Self::Where => "where",
            Self::For => "for",
            Self::Cost => "cost",
            Self::Apply => "apply",
            Self::Ask => "ask",
            Self::Deadline => "deadline",
            Self::Pay => "pay",
        }
    }

    fn korean(self) -> &'static str {
        match self {
            Self::When => "일시",
            Self::Where => "장소",
            Self::For => "대상",
            Self::Cost => "비용",
            Self::Apply => "신청",
            Self::Ask => "문의",
            Self::Deadline => "신청 마감",
            Self::Pay => "납부 마감",
        }
    }
}

/// How cards say things in one language: Korean by [`style`], others by a table (`data/phrases.tsv`), or a city's own.
///
/// ```
/// use chrono::NaiveDate;
/// use sosik_content::{Label, Language, Phrases};
///
/// let english = Phrases::of(&Language::parse("en")?).unwrap();
/// let day = NaiveDate::from_ymd_opt(2026, 12, 5).unwrap();
/// // A day is not parted between two lines: its spaces are U+00A0.
/// assert_eq!(english.day(day), "Sat,\u{a0}Dec\u{a0}5");
/// assert_eq!(english.until(day), "until Sat,\u{a0}Dec\u{a0}5");
/// assert_eq!(english.label(Label::Where), "Where");
/// assert_eq!(english.won(5_000), "₩5,000");
/// assert_eq!(Phrases::korean().day(day), "12. 5.(토)");
/// # Ok::<(), sosik_content::LanguageError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrases {
    language: Language,
    /// Nothing for Korean, whose grammar [`style`] knows.
    words: Option<BTreeMap<String, String>>,
}

/// Every phrase that a language needs, and what stands in it.
const KEYS: [(&str, &[&str]); 29] = [
    ("months", &[]),
    ("weekdays", &[]),
    ("day", &["{month}", "{day}"]),
    ("month", &["{month}"]),
    ("range", &["{from}", "{to}"]),
    ("from", &["{from}"]),
    ("until", &["{to}"]),
    ("weekly", &["{days}"]),
    ("between-weekdays", &[]),
    ("won", &["{number}"]),
    ("free", &[]),
    ("ages", &["{from}", "{to}"]),
    ("ages-from", &["{from}"]),
    ("ages-to", &["{to}"]),
    ("when", &[]),
    ("where", &[]),
    ("for", &[]),
    ("cost", &[]),
    ("apply", &[]),
    ("ask", &[]),
    ("deadline", &[]),
    ("pay", &[]),
    ("safety", &[]),
    ("policy", &[]),
    ("festival", &[]),
    ("culture", &[]),
    ("tourism", &[]),
    ("living", &[]),
    ("recruitment", &[]),
];

static MADE: LazyLock<Vec<Phrases>> = LazyLock::new(|| {
    // A test reads the table whole.
    Phrases::from_tsv(include_str!("../data/phrases.tsv")).unwrap_or_default()
});

static KOREAN: LazyLock<Phrases> = LazyLock::new(|| Phrases { language: Language::korean(), words: None });

impl Phrases {
    /// Korean.
    #[must_use]
    pub fn korean() -> &'static Self {
        &KOREAN
    }

    /// The phrases that sosik brings for a language: Korean (`ko`), English (`en`), Chinese (`zh`), Japanese (`ja`) and
    /// Vietnamese (`vi`).
    #[must_use]
    pub fn of(language: &Language) -> Option<&'static Self> {
        if language == &KOREAN.language {
            return Some(&KOREAN);
        }
        MADE.iter().find(|phrases| &phrases.language == language)
    }

    /// The languages of [`of`](Self::of).
    pub fn languages() -> impl Iterator<Item = &'static Language> {
        std::iter::once(&KOREAN.language).chain(MADE.iter().map(|phrases| &phrases.language))
    }

    /// Reads a table: one line each of a language, a phrase's name and its words, apart by tabs.
    ///
    /// # Errors
    ///
    /// [`PhrasesError`] names the language and the phrase that is missing or cannot be.
    pub fn from_tsv(table: &str) -> Result<Vec<Self>, PhrasesError> {
        let mut all: Vec<Self> = Vec::new();
        for (at, line) in table.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |what: &str| PhrasesError(format!("line {}: {what}", at + 1));
            let [language, key, words] = line.split('\t').collect::<Vec<_>>()[..] else {
                return Err(wrong("write a language, a phrase's name and its words, apart by tabs"));
            };
            let language = Language::parse(language).map_err(|error| wrong(&error.to_string()))?;
            let Some((_, parts)) = KEYS.iter().find(|(known, _)| *known == key) else {
                return Err(wrong(&format!("there is no phrase `{key}`")));
            };
            if let Some(part) = parts.iter().find(|part| !words.contains(**part)) {
                return Err(wrong(&format!("`{key}` does not say {part}")));
            }
            let many = match key {
                "months" => 12,
                "weekdays" => 7,
                _ => 1,
            };
            if many > 1 && words.split('|').count() != many {
                return Err(wrong(&format!("`{key}` names not {many}, apart by |")));
            }
            let known = all.iter().position(|phrases| phrases.language == language);
            let at = known.unwrap_or_else(|| {
                all.push(Self { language, words: Some(BTreeMap::new()) });
                all.len() - 1
            });
            all[at].words.get_or_insert_default().insert(key.to_owned(), words.to_owned());
        }
        for phrases in &all {
            let has = |key: &str| phrases.words.as_ref().is_some_and(|words| words.contains_key(key));
            if let Some((key, _)) = KEYS.iter().find(|(key, _)| !has(key)) {
                return Err(PhrasesError(format!("{}: `{key}` is missing", phrases.language)));
            }
        }
        Ok(all)
    }

    /// Their language.
    #[must_use]
    pub fn language(&self) -> &Language {
        &self.language
    }

    /// A label: `일시`, `When`.
    #[must_use]
    pub fn label(&self, label: Label) -> &str {
        self.said(label.key()).unwrap_or_else(|| label.korean())
    }

    /// A kind of news: `축제·행사`, `Festivals & events`.
    #[must_use]
    pub fn topic(&self, topic: Topic) -> &str {
        self.said(topic.code()).unwrap_or_else(|| topic.korean())
    }

    /// A day: `12. 5.(토)`, `Sat, Dec 5`.
    #[must_use]
    pub fn day(&self, day: NaiveDate) -> String {
        let Some(pattern) = self.said("day") else { return style::day(day) };
        pattern
            .replace("{year}", &day.year().to_string())
            .replace("{month}", self.month_name(day))
            .replace("{day}", &day.day().to_string())
            .replace("{weekday}", self.weekday_name(day.weekday()))
            // A day is not parted between two lines.
            .replace(' ', "\u{a0}")
    }

    /// A day that stands by itself: `12월 5일(토)`, `Sat, Dec 5`.
    #[must_use]
    pub fn long_day(&self, day: NaiveDate) -> String {
        if self.words.is_none() { style::long_day(day) } else { self.day(day) }
    }

    /// That something lasts until a day: `12. 5.(토)까지`, `until Sat, Dec 5`.
    #[must_use]
    pub fn until(&self, day: NaiveDate) -> String {
        match self.said("until") {
            Some(pattern) => pattern.replace("{to}", &self.day(day)),
            None => format!("{}까지", style::day(day)),
        }
    }

    /// Days: `12. 5.(토)~12. 7.(월)`, `Sat, Dec 5 – Mon, Dec 7`.
    #[must_use]
    pub fn days(&self, days: &Days) -> String {
        if self.words.is_none() {
            return style::days(days);
        }
        match days {
            Days::Weekly { weekdays } => {
                let names: Vec<&str> = weekdays.iter().map(|weekday| self.weekday_name(*weekday)).collect();
                self.filled("weekly", &[("{days}", &names.join(self.said("between-weekdays").unwrap_or(", ")))])
            }
            Days::Span { first, last, precision, .. } => {
                let say = |day: NaiveDate| match precision {
                    Precision::Month => self.filled("month", &[("{month}", self.month_name(day))]),
                    _ => self.day(day),
                };
                match (first.map(say), last.map(say)) {
                    (Some(from), Some(to)) if from == to => from,
                    (Some(from), Some(to)) => self.filled("range", &[("{from}", &from), ("{to}", &to)]),
                    (Some(from), None) => self.filled("from", &[("{from}", &from)]),
                    (None, Some(to)) => self.filled("until", &[("{to}", &to)]),
                    (None, None) => String::new(),
                }
            }
        }
    }

    /// Times of day: `14:00~16:00`.
    #[must_use]
    pub fn hours(&self, hours: &Hours) -> String {
        style::hours(hours)
    }

    /// A sum in won: `5,000원`, `₩5,000`; `무료`, `Free`.
    #[must_use]
    pub fn won(&self, won: u32) -> String {
        match self.said("free") {
            None => style::won(won),
            Some(free) if won == 0 => free.to_owned(),
            Some(_) => self.filled("won", &[("{number}", style::won(won).trim_end_matches('원'))]),
        }
    }

    /// Ages: `6~18세`, `ages 6–18`.
    #[must_use]
    pub fn ages(&self, ages: &Ages) -> String {
        if self.words.is_none() {
            return style::ages(ages);
        }
        let text = |age: u8| age.to_string();
        match (ages.from.map(text), ages.to.map(text)) {
            (Some(from), Some(to)) => self.filled("ages", &[("{from}", &from), ("{to}", &to)]),
            (Some(from), None) => self.filled("ages-from", &[("{from}", &from)]),
            (None, Some(to)) => self.filled("ages-to", &[("{to}", &to)]),
            (None, None) => String::new(),
        }
    }

    fn said(&self, key: &str) -> Option<&str> {
        self.words.as_ref()?.get(key).map(String::as_str)
    }

    fn filled(&self, key: &str, parts: &[(&str, &str)]) -> String {
        let pattern = self.said(key).unwrap_or_default().to_owned();
        parts.iter().fold(pattern, |text, (name, value)| text.replace(name, value))
    }

    fn month_name(&self, day: NaiveDate) -> &str {
        self.said("months").and_then(|months| months.split('|').nth(day.month0() as usize)).unwrap_or_default()
    }

    fn weekday_name(&self, weekday: Weekday) -> &str {
        let at = weekday.num_days_from_monday() as usize;
        self.said("weekdays").and_then(|weekdays| weekdays.split('|').nth(at)).unwrap_or_default()
    }
}

/// A table of phrases that cannot be read, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the phrases cannot be used: {0}")]
pub struct PhrasesError(String);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::extract;

    #[test]
    fn the_table_is_whole_and_says_every_kind_of_days() {
        assert_eq!(Phrases::from_tsv(include_str!("../data/phrases.tsv")).unwrap(), *MADE);
        let languages: Vec<&str> = Phrases::languages().map(Language::as_str).collect();
        assert_eq!(languages, ["ko", "en", "zh", "ja", "vi"]);
        let published = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        let days = |text: &str| extract(text, published).days[0].value.clone();
        let said = |language: &str, text: &str| {
            Phrases::of(&Language::parse(language).unwrap()).unwrap().days(&days(text)).replace('\u{a0}', " ")
        };
        for (text, english, vietnamese) in [
            ("오는 12월 5일 연다", "Sat, Dec 5", "Thứ Bảy, 5/12"),
            ("12월 5일부터 7일까지", "Sat, Dec 5 – Mon, Dec 7", "Thứ Bảy, 5/12 – Thứ Hai, 7/12"),
            ("~12.31까지", "until Thu, Dec 31", "đến Thứ Năm, 31/12"),
            ("12월 1일부터", "from Tue, Dec 1", "từ Thứ Ba, 1/12"),
            ("매주 화, 목", "every Tue, Thu", "Thứ Ba, Thứ Năm hằng tuần"),
            ("12월 중", "Dec", "tháng 12"),
            ("9월 말부터 12월까지", "Sep – Dec", "tháng 9 – tháng 12"),
        ] {
            assert_eq!(said("en", text), english);
            assert_eq!(said("vi", text), vietnamese);
        }
        assert_eq!(said("ja", "매주 화, 목"), "毎週火・木曜日");
        assert_eq!(said("zh", "오는 12월 5일 연다"), "12月5日(周六)");
    }

    #[test]
    fn sums_and_ages_are_said_in_each_language() {
        let of = |language: &str| Phrases::of(&Language::parse(language).unwrap()).unwrap();
        assert_eq!((of("en").won(0), of("en").won(12_000)), ("Free".into(), "₩12,000".into()));
        let ages = Ages { from: Some(6), to: None };
        assert_eq!((of("en").ages(&ages), of("ko").ages(&ages)), ("ages 6 and over".into(), "6세 이상".into()));
        assert_eq!(of("vi").topic(Topic::Culture), "Văn hóa");
        assert_eq!(of("ko").label(Label::Deadline), "신청 마감");
        assert!(Phrases::of(&Language::parse("xx").unwrap()).is_none());
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = |table: &str| Phrases::from_tsv(table).unwrap_err().to_string();
        assert!(error("en\tfree\tFree").ends_with("en: `months` is missing"));
        assert!(error("en\tday\t{month}").ends_with("line 1: `day` does not say {day}"));
        assert!(error("en\tweekdays\tMon|Tue").ends_with("`weekdays` names not 7, apart by |"));
        assert!(error("en\tnight\tNight").ends_with("line 1: there is no phrase `night`"));
    }
}
