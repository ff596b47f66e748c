use chrono::NaiveDate;
use sosik_content::Topic;
use sosik_core::{AreaCode, Language};
use sosik_registry::{Directory, District};

use crate::day::{self, AskedDays};
use crate::text::{dense, words};

/// What a question names beside what it wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Slots {
    /// Districts, each once: by their own name, or by a legal area (법정동) that is theirs, of which several may be meant.
    pub districts: Vec<AreaCode>,
    /// The days about which it asks.
    pub days: Option<AskedDays>,
    /// Kinds of news.
    pub topics: Vec<Topic>,
    /// A language.
    pub language: Option<Language>,
}

/// Words that name a kind of news, and those that name a language: data of the crate.
const TOPICS: &str = include_str!("../data/topics.tsv");
const LANGUAGES: &str = include_str!("../data/languages.tsv");

/// Every word that names a kind of news.
pub(crate) fn topic_words() -> impl Iterator<Item = &'static str> {
    TOPICS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t')).map(|(_, word)| word)
}

impl Slots {
    /// What a text names, on a day by the city's clock, in a city of this name (양주) with these districts.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use sosik_chat::Slots;
    /// use sosik_registry::Directory;
    ///
    /// let districts = Directory::from_csv(
    ///     "hjd_code,name,legal_areas,from,to\n4163053000,회천1동,덕정동(일부)·봉양동,2003-10-19,\n".as_bytes(),
    /// )?;
    /// let friday = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
    /// let found = Slots::of("봉양동 이번 주말 축제 소식", "양주", &districts, friday);
    /// assert_eq!(found.districts[0].as_str(), "4163053000");
    /// assert_eq!(found.days.unwrap().first.to_string(), "2026-11-28");
    /// # Ok::<(), sosik_registry::DirectoryError>(())
    /// ```
    #[must_use]
    pub fn of(said: &str, city: &str, districts: &Directory, today: NaiveDate) -> Self {
        let text = dense(said);
        let named = |table: &'static str| {
            let rows = table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'));
            rows.filter(|(_, word)| text.contains(word)).map(|(code, _)| code).collect::<Vec<_>>()
        };
        let mut topics: Vec<Topic> = Vec::new();
        for topic in named(TOPICS).into_iter().filter_map(|code| Topic::parse(code).ok()) {
            if !topics.contains(&topic) {
                topics.push(topic);
            }
        }
        Self {
            districts: districts_in(said, city, districts, today),
            days: day::asked(said, today),
            topics,
            language: named(LANGUAGES).into_iter().find_map(|code| Language::parse(code).ok()),
        }
    }

    /// Whether it names nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What may stand behind a short name in one word: 남면소식, 남면에서, and not 남면허.
const BEHIND: [&str; 23] = [
    "거", "소식", "행사", "뉴스", "알림", "구독", "주민", "사람", "사는", "살아", "쪽", "은", "는", "이", "가", "을",
    "를", "의", "에", "도", "으로", "만", "말고",
];

/// The districts that a text names: by their own names, else by legal areas (법정동) that are theirs, else by a name without its
/// number (회천동), which several have.
fn districts_in(said: &str, city: &str, districts: &Directory, today: NaiveDate) -> Vec<AreaCode> {
    let (text, words) = (dense(said), words(said));
    let is_long = |name: &str| name.chars().count() > 2;
    let is_behind = |rest: &str| rest.is_empty() || BEHIND.iter().any(|behind| rest.starts_with(behind));
    let names = |name: &str| {
        let name = dense(name);
        let behind = |word: &String| word.strip_prefix(name.as_str()).is_some_and(is_behind);
        if is_long(&name) { text.contains(&name) } else { words.iter().any(behind) }
    };
    let valid: Vec<&District> = districts.on(today).collect();
    let those = |is_meant: &dyn Fn(&District) -> bool| -> Vec<AreaCode> {
        valid.iter().filter(|district| is_meant(district)).map(|district| district.code.clone()).collect()
    };
    // 덕정 is 덕정동, 장흥 is 장흥면, and 양주 is the city.
    let is_called = |name: &str| {
        let short = name.trim_end_matches(['동', '면', '읍']);
        let is_short = short.chars().count() > 1 && short.len() < name.len() && short != city;
        is_short && words.iter().any(|word| word.strip_prefix(short).is_some_and(is_behind))
    };
    let without_number = |name: &str| {
        let short = name.trim_end_matches('동').trim_end_matches(|c: char| c.is_ascii_digit());
        format!("{short}동")
    };
    let by_name = those(&|district| names(&district.name));
    let by_area =
        || those(&|district| district.legal_areas.iter().any(|area| names(&area.name) || is_called(&area.name)));
    let by_stem =
        || those(&|district| names(&without_number(&district.name)) || is_called(&without_number(&district.name)));
    [by_name, by_area(), by_stem()].into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "hjd_code,name,legal_areas,from,to
4163032000,남면,남면,2003-10-19,
4163053000,회천1동,덕정동(일부)·봉양동,2003-10-19,
4163055000,회천3동,고암동·덕정동(일부),2003-10-19,
4163056000,회천4동,옥정동,2003-10-19,2023-10-22
4163057000,옥정1동,옥정동(북부)·율정동,2023-10-23,
4163058000,옥정2동,옥정동(남부),2023-10-23,
";

    #[test]
    fn districts_are_named_as_citizens_name_them() {
        let districts = Directory::from_csv(TABLE.as_bytes()).unwrap();
        let today = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        for (said, expected) in [
            ("회천1동 소식", vec!["4163053000"]),
            ("회천1동소식알려줘", vec!["4163053000"]),
            ("회천 1동은 뭐 있어요", vec!["4163053000"]),
            ("양주 소식", vec![]),
            ("양주시청", vec![]),
            ("덕정 소식", vec!["4163053000", "4163055000"]),
            ("덕정동 소식", vec!["4163053000", "4163055000"]),
            ("율정동에 살아요", vec!["4163057000"]),
            ("옥정동", vec!["4163057000", "4163058000"]),
            ("옥정 소식", vec!["4163057000", "4163058000"]),
            ("회천동", vec!["4163053000", "4163055000"]),
            ("남면 행사", vec!["4163032000"]),
            ("강남면허시험장", vec![]),
            ("남면허시험", vec![]),
            ("회천4동", vec![]),
        ] {
            let found = Slots::of(said, "양주", &districts, today).districts;
            assert_eq!(found.iter().map(AreaCode::as_str).collect::<Vec<_>>(), expected, "{said}");
        }
    }

    #[test]
    fn topics_and_languages_are_named_by_their_words() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        let of = |said: &str| Slots::of(said, "양주", &Directory::default(), today);
        assert_eq!(of("축제랑 전시 소식").topics, [Topic::Festival, Topic::Culture]);
        assert_eq!(of("English please").language, Language::parse("en").ok());
        assert!(of("안녕하세요").is_empty());
    }
}
