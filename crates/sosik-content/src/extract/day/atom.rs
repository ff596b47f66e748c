//! The pieces of which days are said: `11. 28.(토)`, `28일`, `12월 중`.

use chrono::{Datelike, NaiveDate, Weekday};
use regex::Captures;

use super::{after, before, dash_before};
use crate::extract::pattern::patterns;
use crate::extract::scan::number;

/// What is said of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Month and day, and the year where it is said.
    Date { year: Option<i32>, month: u32, day: u32 },
    /// The day of a month that is not said.
    Day { day: u32 },
    /// A month.
    Month { year: Option<i32>, month: u32 },
    /// The month of the publication, or one near it: `이달`, `다음 달`.
    NearMonth { shift: i32, day: Option<u32> },
    /// A weekday of a week: 0 this week, 1 the next; nothing where the next such day is meant.
    Weekday { weeks: Option<i64>, weekday: Weekday },
    /// Weekdays of each week.
    Weekly(Vec<Weekday>),
}

/// What stands before a day and says on which side of today it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    Past,
    Coming,
    LastYear,
    ThisYear,
    NextYear,
    /// The year after that of the day that was named before: `이듬해`.
    Following,
    /// The year of the day that was named before.
    SameYear,
}

/// A piece.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    pub(super) shape: Shape,
    pub(super) lead: Option<Lead>,
    pub(super) weekday: Option<Weekday>,
    /// The first of `5~7일`.
    pub(super) is_range_start: bool,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Atom {
    /// Whether it names a whole month.
    pub(super) fn is_month(&self) -> bool {
        matches!(self.shape, Shape::Month { .. } | Shape::NearMonth { day: None, .. })
    }
}

patterns! {
    WORDED = r"(?:(?P<lead>지난해|작년|올해|금년|내년|이듬해|같은 해|지난|오는|다가오는)\s*)?(?:(?P<y>\d{4}|['’‘]?\d{2})년(?:도)?\s*)?(?P<m>\d{1,2})월\s*(?P<d>\d{1,2})(?P<il>\s*일)?";
    DOTTED = r"(?:(?P<lead>올해|내년|오는|지난)\s*)?(?:(?P<y>\d{4}|['’‘]?\d{2})\s*\.\s*)?(?P<m>\d{1,2})(?P<gap>\s*\.\s*)(?P<d>\d{1,2})(?P<dot>\.)?";
    SLASHED = r"(?P<m>\d{1,2})/(?P<d>\d{1,2})";
    ISO = r"(?P<y>20\d{2})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})";
    BARE = r"(?:(?P<lead>지난|오는|다가오는)\s*)?(?P<d>\d{1,2})(?P<il>일)?";
    DOTTED_DAY = r"[.)일]\s*[~∼～〜–-]\s*(?P<d>\d{1,2})(?:(?P<dot>\.)|\s*[(（][월화수목금토일])";
    MONTH = r"(?:(?P<lead>지난해|작년|올해|금년|내년|이듬해|같은 해|지난|오는|다가오는)\s*)?(?:(?P<y>\d{4}|['’‘]?\d{2})년(?:도)?\s*)?(?P<m>\d{1,2})월(?P<part>\s?(?:말|초|중순|초순|하순|중|한\s?달))?";
    NEAR = r"(?P<which>이달|이번\s?달|다음\s?달|내달|지난달|지난\s달)\s*(?:(?P<d>\d{1,2})일)?(?P<part>\s?(?:말|초|중순|중))?";
    COMING = r"(?P<which>오는|이번\s?주|다음\s?주)\s*(?P<w>[월화수목금토일])요일";
    WEEKLY = r"매주\s*(?P<w>[월화수목금토일](?:요일)?(?:\s*[,·/、∼~-]?\s*(?:[와과및]\s*)?[월화수목금토일](?:요일)?)*)";
    WEEKDAY = r"^\s*(?:[(（]\s*(?P<a>[월화수목금토일])(?:요일)?(?:[·,][^)）]{1,6})?[)）]|(?P<b>[월화수목금토일])요일)";
    MONTHS_OF_YEAR = r"(?P<y>\d{4}|['’‘]\d{2})\s*\.\s*(?P<m>\d{1,2})(?P<a>\.?)\s*[~∼～〜–-]\s*(?P<n>\d{1,2})\.";
    LASTING = r"^\s*부터\s*(?:(?P<word>이틀|사흘|나흘|닷새|엿새|이레|열흘)|(?P<n>\d{1,2})\s*일)\s*(?:간|동안|에\s?걸쳐)";
    MONTH_OF_TWO = r"(?P<m>\d{1,2})\s*[~∼～〜–-]\s*\d{1,2}월";
    JOIN = r"^\s*(?:[(（][^)）]{1,16}[)）])?\s*(?:(?:오전|오후|저녁|밤|낮|새벽)?\s*\d{1,2}(?:시(?:\s*\d{1,2}분)?|:\d{2}))?\s*(?:부터|에서|[~∼～〜–—-])\s*(?:(?:오는|다가오는|지난|올해|내년|이듬해|같은 해)\s*)?$";
    UNTIL = r"^\s*(?:오전|오후|저녁|밤|낮|새벽)?\s*\d{1,2}(?:시(?:\s*\d{1,2}분)?|:\d{2})\s*까지";
    DURATION = r"^(?:간|\s간[\s,.에]|\s?차|째|\s?동안|권|치|여|\s?정도|이상|이내|당|마다|장|본|출|제|\s?평균|\s운영|\s?(?:전|후|이내|이상|이후|뒤)(?:[\s,.에부까의]|$))";
}

/// Whether what is between two days makes a span of them.
pub(super) fn joins(between: &str) -> bool {
    JOIN.is_match(between)
}

/// How many days something lasts that begins then, and how much of the text says so: `부터 이틀에 걸쳐`, `부터 5일간`.
pub(super) fn lasting(rest: &str) -> Option<(u64, usize)> {
    let found = LASTING.captures(rest)?;
    let days = match found.name("word").map(|word| word.as_str()) {
        Some("이틀") => 2,
        Some("사흘") => 3,
        Some("나흘") => 4,
        Some("닷새") => 5,
        Some("엿새") => 6,
        Some("이레") => 7,
        Some(_) => 10,
        None => number(found.name("n")?.as_str())?,
    };
    Some((days, found.get(0)?.end())).filter(|(days, _)| *days > 0)
}

/// Whether a time and `까지` follow: `12월 5일 18시까지`.
pub(super) fn ends_after_time(rest: &str) -> bool {
    UNTIL.is_match(rest)
}

/// The pieces of a sentence, in its order.
pub(super) fn atoms(text: &str, published: NaiveDate) -> Vec<Atom> {
    let mut all: Vec<Atom> = Vec::new();
    let mut keep = |atom: Option<Atom>| {
        if let Some(atom) = atom
            && all.iter().all(|known| atom.start >= known.end || atom.end <= known.start)
        {
            all.push(atom);
        }
    };
    ISO.captures_iter(text).for_each(|found| keep(full(text, &found, &ISO_TAIL)));
    WORDED.captures_iter(text).for_each(|found| keep(worded(text, &found)));
    MONTHS_OF_YEAR.captures_iter(text).for_each(|found| {
        for month in months_of_year(text, &found).into_iter().flatten() {
            keep(Some(month));
        }
    });
    DOTTED.captures_iter(text).for_each(|found| keep(dotted(text, &found, published)));
    DOTTED_DAY.captures_iter(text).for_each(|found| keep(dotted_day(text, &found)));
    SLASHED.captures_iter(text).for_each(|found| keep(slashed(text, &found)));
    NEAR.captures_iter(text).for_each(|found| keep(near(text, &found)));
    MONTH_OF_TWO.captures_iter(text).for_each(|found| keep(month_of_two(text, &found)));
    MONTH.captures_iter(text).for_each(|found| keep(month(text, &found)));
    COMING.captures_iter(text).for_each(|found| keep(coming(&found)));
    WEEKLY.captures_iter(text).for_each(|found| keep(weekly(text, &found)));
    BARE.captures_iter(text).for_each(|found| keep(bare(text, &found)));
    all.sort_by_key(|atom| atom.start);
    all
}

const ISO_TAIL: [char; 1] = ['-'];

fn lead(found: &Captures<'_>) -> Option<Lead> {
    Some(match found.name("lead")?.as_str() {
        "지난" => Lead::Past,
        "지난해" | "작년" => Lead::LastYear,
        "올해" | "금년" => Lead::ThisYear,
        "내년" => Lead::NextYear,
        "이듬해" => Lead::Following,
        "같은 해" => Lead::SameYear,
        _ => Lead::Coming,
    })
}

fn year(found: &Captures<'_>) -> Option<i32> {
    let digits = found.name("y")?.as_str().trim_start_matches(['\'', '’', '‘']);
    let year: i32 = number(digits)?;
    Some(if year < 100 { 2000 + year } else { year })
}

/// Where a piece begins: not with the word before it, which only says on which side of today it is.
fn start(found: &Captures<'_>, groups: &[&str]) -> Option<usize> {
    groups.iter().filter_map(|group| found.name(group)).map(|group| group.start()).min()
}

fn with_weekday(text: &str, mut atom: Atom) -> Atom {
    if let Some(found) = WEEKDAY.captures(&text[atom.end..])
        && let Some(letter) = found.name("a").or_else(|| found.name("b"))
    {
        atom.weekday = letter.as_str().chars().next().and_then(weekday);
        atom.end += found.get(0).map_or(0, |whole| whole.end());
    }
    atom
}

fn weekday(letter: char) -> Option<Weekday> {
    let at = "월화수목금토일".chars().position(|known| known == letter)?;
    Weekday::try_from(u8::try_from(at).ok()?).ok()
}

/// A date whose month and day can be.
fn date(found: &Captures<'_>, year: Option<i32>) -> Option<Shape> {
    let (month, day) = (number(&found["m"])?, number(&found["d"])?);
    NaiveDate::from_ymd_opt(year.unwrap_or(2024), month, day)?;
    Some(Shape::Date { year, month, day })
}

fn stands_alone(text: &str, start: usize, end: usize, ties: &[char]) -> bool {
    before(text, start).is_none_or(|c| !c.is_ascii_digit() && !ties.contains(&c))
        && after(text, end).is_none_or(|c| !c.is_ascii_digit())
}

fn full(text: &str, found: &Captures<'_>, ties: &[char]) -> Option<Atom> {
    let whole = found.get(0)?;
    let shape = date(found, year(found)).filter(|_| stands_alone(text, whole.start(), whole.end(), ties))?;
    let atom = Atom { shape, lead: None, weekday: None, is_range_start: false, start: whole.start(), end: whole.end() };
    Some(with_weekday(text, atom))
}

fn worded(text: &str, found: &Captures<'_>) -> Option<Atom> {
    let whole = found.get(0)?;
    let is_range_start = found.name("il").is_none();
    if is_range_start && !RANGE_OF_DAYS.is_match(&text[whole.end()..]) {
        return None;
    }
    let start = start(found, &["y", "m"]).filter(|start| stands_alone(text, *start, whole.end(), &[]))?;
    let shape = date(found, year(found))?;
    let atom = Atom { shape, lead: lead(found), weekday: None, is_range_start, start, end: whole.end() };
    Some(with_weekday(text, atom))
}

patterns! {
    RANGE_OF_DAYS = r"^\s*[~∼～〜–—·,-]\s*\d{1,2}\s*일";
    RANGE_TO_DAY = r"^\s*[~∼～〜–-]\s*\d{1,2}일(?:[^간차째]|$)";
    MEASURE = r"^(?:\s*[~∼～〜–-]\s*\d{1,2}(?:\.\d+)?)?\s?(?:cm|mm|km|m|kg|g|%|배|도|℃|점|만|억|톤|ha|리터|㎡)";
    DATE_AHEAD = r"^\s*[~∼～〜–—-]\s*(?:\d{4}\s*\.\s*)?\d{1,2}\s*\.\s*\d{1,2}";
}

fn dotted(text: &str, found: &Captures<'_>, published: NaiveDate) -> Option<Atom> {
    let short = found.name("y").filter(|year| year.as_str().len() == 2);
    let far = short.is_some() && year(found).is_some_and(|year| (year - published.year()).abs() > 3);
    if let Some(month) = short.filter(|_| far) {
        // `11. 28. 14:00`: what looks like a year is the month, and what looks like a day is an hour.
        let day = found.name("m")?;
        let dot = usize::from(text[day.end()..].starts_with('.'));
        let end = day.end() + dot;
        let shape = Shape::Date { year: None, month: number(month.as_str())?, day: number(day.as_str())? };
        let gap = &text[month.end()..day.start()];
        return dotted_atom(text, shape, (month.start(), end), (gap.trim() == "." && dot == 1, lead(found)));
    }
    let end = found.get(0)?.end();
    let start = start(found, &["y", "m"])?;
    let closed = found.name("dot").is_some() && &found["gap"] == "." || found.name("y").is_some();
    dotted_atom(text, date(found, year(found))?, (start, end), (closed, lead(found)))
}

/// `8.24.` is a date; `1. 2.` may be the numbers of a list, `3.14` is a number, and `1.5~3.5cm` are measures.
fn dotted_atom(
    text: &str,
    shape: Shape,
    (start, end): (usize, usize),
    (closed, lead): (bool, Option<Lead>),
) -> Option<Atom> {
    let can_be = matches!(shape, Shape::Date { year, month, day } if NaiveDate::from_ymd_opt(year.unwrap_or(2024), month, day).is_some());
    let alone = stands_alone(text, start, end, &['.', '-', ':', '/', ',']);
    if !can_be || !alone || after(text, end) == Some('%') || MEASURE.is_match(&text[end..]) {
        return None;
    }
    let atom = Atom { shape, lead, weekday: None, is_range_start: false, start, end };
    let atom = with_weekday(text, atom);
    let rest = text[atom.end..].trim_start();
    let said = atom.weekday.is_some()
        || dash_before(text, start)
        || rest.starts_with("까지")
        || rest.starts_with("부터")
        || DATE_AHEAD.is_match(rest)
        || ends_after_time(rest);
    (said || closed).then_some(atom)
}

/// The second of `11. 20.(금) ~ 30.(월)`.
fn dotted_day(text: &str, found: &Captures<'_>) -> Option<Atom> {
    let digits = found.name("d")?;
    let end = found.name("dot").map_or(digits.end(), |dot| dot.end());
    let day = number(digits.as_str()).filter(|day| (1..=31).contains(day))?;
    let alone = after(text, end).is_none_or(|c| !c.is_ascii_digit())
        && !text[end..].trim_start().starts_with(|c: char| c.is_ascii_digit());
    let shape = Shape::Day { day };
    let atom = Atom { shape, lead: None, weekday: None, is_range_start: false, start: digits.start(), end };
    alone.then(|| with_weekday(text, atom))
}

fn slashed(text: &str, found: &Captures<'_>) -> Option<Atom> {
    let whole = found.get(0)?;
    if !stands_alone(text, whole.start(), whole.end(), &['/', '.']) || after(text, whole.end()) == Some('/') {
        return None;
    }
    let shape = date(found, None)?;
    let atom = Atom { shape, lead: None, weekday: None, is_range_start: false, start: whole.start(), end: whole.end() };
    let atom = with_weekday(text, atom);
    let rest = text[atom.end..].trim_start();
    let said = atom.weekday.is_some()
        || dash_before(text, atom.start)
        || rest.starts_with("까지")
        || rest.starts_with(&super::DASHES[..6]);
    said.then_some(atom)
}

fn month(text: &str, found: &Captures<'_>) -> Option<Atom> {
    let whole = found.get(0)?;
    let start = start(found, &["y", "m"])?;
    if !stands_alone(text, start, whole.end(), &['.']) {
        return None;
    }
    let rest = text[whole.end()..].trim_start();
    let year = year(found);
    let lead = lead(found);
    let said = dash_before(text, start)
        || year.is_some()
        || lead.is_some()
        || found.name("part").is_some()
        || ["부터", "까지", "에 ", "에,", "에는"].iter().any(|tail| text[whole.end()..].starts_with(tail))
        || rest.starts_with(&super::DASHES[..6]);
    let month = number(&found["m"]).filter(|month| said && (1..=12).contains(month))?;
    Some(Atom {
        shape: Shape::Month { year, month },
        lead,
        weekday: None,
        is_range_start: false,
        start,
        end: whole.end(),
    })
}

/// Both of `’26. 1. ~ 12.`.
fn months_of_year(text: &str, found: &Captures<'_>) -> Option<[Atom; 2]> {
    let (from, to, dot, whole) = (found.name("m")?, found.name("n")?, found.name("a")?, found.get(0)?);
    let (first, last): (u32, u32) = (number(from.as_str())?, number(to.as_str())?);
    let alone = stands_alone(text, whole.start(), whole.end(), &['.', '-', ':', '/', ',']);
    // `2026. 12. ~ 5.` and what goes on with a day are no months of one year.
    let goes_on = text[whole.end()..].trim_start().starts_with(|c: char| c.is_ascii_digit());
    if !alone || goes_on || !(1..=12).contains(&first) || !(first..=12).contains(&last) {
        return None;
    }
    let atom = |month, start, end| {
        let shape = Shape::Month { year: year(found), month };
        Atom { shape, lead: None, weekday: None, is_range_start: false, start, end }
    };
    Some([atom(first, whole.start(), dot.end()), atom(last, to.start(), whole.end())])
}

/// The first of `11~12월`.
fn month_of_two(text: &str, found: &Captures<'_>) -> Option<Atom> {
    let digits = found.name("m")?;
    let month = number(digits.as_str()).filter(|month| (1..=12).contains(month))?;
    let alone = before(text, digits.start()).is_none_or(|c| !c.is_ascii_digit() && !matches!(c, '.' | '-' | '/'));
    let shape = Shape::Month { year: None, month };
    let (start, end) = (digits.start(), digits.end());
    alone.then_some(Atom { shape, lead: None, weekday: None, is_range_start: false, start, end })
}

fn near(text: &str, found: &Captures<'_>) -> Option<Atom> {
    let whole = found.get(0)?;
    let shift = match found["which"].chars().next()? {
        '이' => 0,
        '지' => -1,
        _ => 1,
    };
    let day: Option<u32> = found.name("d").and_then(|day| number(day.as_str()));
    let rest = &text[whole.end()..];
    let said = day.is_some()
        || found.name("part").is_some()
        || ["부터", "까지", "에 "].iter().any(|tail| rest.starts_with(tail));
    let atom = Atom {
        shape: Shape::NearMonth { shift, day },
        lead: None,
        weekday: None,
        is_range_start: false,
        start: whole.start(),
        end: whole.end(),
    };
    said.then(|| with_weekday(text, atom))
}

fn coming(found: &Captures<'_>) -> Option<Atom> {
    let whole = found.get(0)?;
    let weeks = match found["which"].chars().next()? {
        '오' => None,
        '이' => Some(0),
        _ => Some(1),
    };
    let weekday = found["w"].chars().next().and_then(weekday)?;
    let shape = Shape::Weekday { weeks, weekday };
    Some(Atom {
        shape,
        lead: None,
        weekday: Some(weekday),
        is_range_start: false,
        start: whole.start(),
        end: whole.end(),
    })
}

fn weekly(text: &str, found: &Captures<'_>) -> Option<Atom> {
    let whole = found.get(0)?;
    // `매주 수업`: the letter is part of a word.
    let follows = text[whole.end()..].chars().next();
    if !whole.as_str().ends_with("요일") && follows.is_some_and(|c| ('가'..='힣').contains(&c)) {
        return None;
    }
    let mut weekdays: Vec<Weekday> = Vec::new();
    let mut spans = false;
    for c in found["w"].replace("요일", "").chars() {
        if matches!(c, '~' | '∼' | '-') {
            spans = true;
        } else if let Some(day) = weekday(c) {
            while spans && weekdays.last().is_some_and(|last| last.succ() != day) && weekdays.len() < 7 {
                weekdays.extend(weekdays.last().map(Weekday::succ));
            }
            weekdays.push(day);
            spans = false;
        }
    }
    let shape = Shape::Weekly(weekdays);
    Some(Atom { shape, lead: None, weekday: None, is_range_start: false, start: whole.start(), end: whole.end() })
}

fn bare(text: &str, found: &Captures<'_>) -> Option<Atom> {
    let whole = found.get(0)?;
    let digits = found.name("d")?;
    let day: u32 = number(digits.as_str()).filter(|day| (1..=31).contains(day))?;
    let is_range_start = found.name("il").is_none();
    if is_range_start && !RANGE_TO_DAY.is_match(&text[whole.end()..]) {
        return None;
    }
    let before = before(text, digits.start());
    let rest = &text[whole.end()..];
    // `4박 5일`: how long, and not when.
    let nights = text[..digits.start()].trim_end().ends_with('박');
    let tied = nights || before.is_some_and(|c| c.is_ascii_digit() || matches!(c, '.' | ':' | '/' | '제' | '+' | '%'));
    // `1일 2회`: a day's portion.
    let portion = day == 1 && rest.trim_start().starts_with(|c: char| c.is_ascii_digit())
        || rest.trim_start().starts_with("최대");
    if tied || portion || DURATION.is_match(rest) {
        return None;
    }
    let atom = Atom {
        shape: Shape::Day { day },
        lead: lead(found),
        weekday: None,
        is_range_start,
        start: digits.start(),
        end: whole.end(),
    };
    Some(with_weekday(text, atom))
}
