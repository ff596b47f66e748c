//! Which of the facts is which.

use std::ops::Range;

use chrono::NaiveDate;

use super::office::office_in;
use crate::extract::{Address, Ages, Confidence, Days, Facts, Found, Hours, Precision, is_past, sentences};
use crate::points::{Labelled, unbulleted};
use crate::text;

/// Words of a sentence that says how to take part.
const APPLYING: [&str; 10] = ["신청", "접수", "모집", "제출", "응모", "예약", "예매", "납부", "신고", "지원서"];

/// Words of a sentence that says what takes place.
const TAKING_PLACE: [&str; 20] = [
    "개최",
    "열린",
    "열립",
    "열려",
    "연다",
    "엽니다",
    "열 예정",
    "진행",
    "운영",
    "공연",
    "전시",
    "축제",
    "행사",
    "강연",
    "체험",
    "상영",
    "개막",
    "만듭",
    "만나",
    "실시",
];

/// Words of a title that says that something is over: days to come are those of something else.
const ENDED: [&str; 6] = ["성료", "성황", "마무리", "종료", "폐막", "마쳐"];

/// Words of a sentence that says at what time something is open.
const OPEN: [&str; 5] = ["시간은", "관람시간", "운영시간", "이용시간", "매일"];

/// What sentences end with that ask for something.
const ASKING: [&str; 5] = ["세요", "십시오", "바랍니다", "합시다", "해야 합니다"];

/// Words of a sentence that says when something is decided or made known.
const DECIDED: [&str; 5] = ["발표", "공시할", "공시될", "확정할", "통보"];

/// A text, what was found in it, and its labelled lines.
pub(super) struct Roles<'a> {
    pub(super) text: &'a str,
    pub(super) labels: &'a [Labelled],
    pub(super) facts: &'a Facts,
    pub(super) published: Option<NaiveDate>,
}

impl Roles<'_> {
    /// The last day to apply.
    pub(super) fn deadline(&self) -> Option<Found<NaiveDate>> {
        let applies = |found: &Found<Days>| match self.label_of(&found.span) {
            Some(label) => matches!(label, "신청" | "신청기간"),
            None => self.applies_until(found) && !self.is_past(&found.sentence) && !self.is_aside(&found.sentence),
        };
        let days = self.facts.days.iter();
        let ending = |found: &&Found<Days>| is_day(&found.value) && (found.value.is_deadline() || ends(&found.value));
        days.filter(|found| ending(found) && applies(found))
            .find_map(|found| found.value.last().map(|last| found.clone().map(|_| last)))
    }

    /// Whether applying is said right beside some days: `12월 5일까지 신청`, `접수 기간은 12월 1일부터 5일까지`. Days beside
    /// something else are not those of applying, though the same sentence goes on to it.
    fn applies_until(&self, found: &Found<Days>) -> bool {
        let sentence = self.sentence(&found.sentence);
        let (from, to) = (found.span.start - found.sentence.start, found.span.end - found.sentence.start);
        let behind = sentence.get(to..).unwrap_or_default();
        let behind: String = behind.chars().take(40).collect();
        let first = |words: &[&str]| words.iter().filter_map(|word| behind.find(word)).min();
        let is_behind = first(&APPLYING).is_some_and(|at| first(&TAKING_PLACE).is_none_or(|other| at < other));
        let before: Vec<char> = sentence.get(..from).unwrap_or_default().chars().rev().take(15).collect();
        let before: String = before.into_iter().rev().collect();
        is_behind || APPLYING.iter().any(|word| before.contains(word)) && first(&TAKING_PLACE).is_none()
    }

    /// When it takes place.
    pub(super) fn when(&self, deadline: Option<&Found<NaiveDate>>) -> Option<Found<Days>> {
        let days = || self.facts.days.iter();
        let labelled = |found: &&Found<Days>| matches!(self.label_of(&found.span), Some("일시" | "기간"));
        if let Some(when) = days().find(|found| labelled(found) && !self.is_closed(found)) {
            return Some(when.clone());
        }
        let is_deadline = |found: &Found<Days>| deadline.is_some_and(|deadline| deadline.span == found.span);
        let is_ahead = |found: &&Found<Days>| match (found.value.last(), self.published) {
            (Some(last), Some(published)) => last >= published,
            _ => true,
        };
        let takes_place = |found: &&Found<Days>| self.says(&found.sentence, &TAKING_PLACE);
        // The day on which something is decided or made known is none on which anybody comes.
        let decides = |found: &&Found<Days>| self.says(&found.sentence, &DECIDED);
        let told = || {
            days().filter(|found| {
                !self.is_closed(found) && is_day(&found.value) && !is_deadline(found) && !found.value.is_deadline()
            })
        };
        let until = days().filter(|found| {
            found.value.is_deadline()
                && !is_deadline(found)
                && !self.is_closed(found)
                && !self.says(&found.sentence, &APPLYING)
        });
        let title = self.text.split_once('\n').map_or(self.text, |(title, _)| title);
        let is_ended = ENDED.iter().any(|word| title.contains(word));
        let coming = |found: &&Found<Days>| !is_ended && is_ahead(found);
        let best = told()
            .filter(|found| coming(found) && takes_place(found))
            .chain(told().filter(|found| coming(found) && !decides(found)))
            .chain(until.filter(|found| coming(found) && takes_place(found)))
            .next()
            // Of what is over, the last: what is reported, not what it goes back to.
            .or_else(|| {
                let over = told().filter(|found| deadline.is_none() && !is_ahead(found));
                over.rev().max_by_key(|found| found.value.last())
            })?;
        // What opens on a day, or ends on one, lasts as long as is said elsewhere.
        let whole = told().filter(|found| begins_or_ends(&found.value, &best.value)).find(takes_place);
        Some(whole.unwrap_or(best).clone())
    }

    /// At what time: that of the sentence that says the day, else of one that says what takes place.
    pub(super) fn hours(&self, when: Option<&Found<Days>>) -> Option<Found<Hours>> {
        let all = || self.facts.hours.iter();
        let says_so = |found: &&Found<Hours>| match self.label_of(&found.span) {
            Some(label) => label == "일시",
            None => self.says(&found.sentence, &TAKING_PLACE) || self.says(&found.sentence, &OPEN),
        };
        all().find(|found| is_near(when, &found.sentence)).or_else(|| all().find(says_so)).cloned()
    }

    /// Where: what is labelled, else what stands with the day, else what is most certain.
    pub(super) fn place(&self, when: Option<&Found<Days>>) -> Option<Found<String>> {
        let all = || self.facts.places.iter();
        all()
            .find(|found| self.label_of(&found.span) == Some("장소"))
            .or_else(|| {
                let mut near = all().filter(|found| is_near(when, &found.sentence)).peekable();
                let first = near.peek().copied();
                near.find(|found| found.confidence > Confidence::Guessed).or(first)
            })
            .or_else(|| all().max_by_key(|found| (found.confidence, std::cmp::Reverse(found.span.start))))
            .cloned()
    }

    /// For whom by age, and not for whom it costs less.
    pub(super) fn ages(&self) -> Option<Found<Ages>> {
        let terms = ["무료", "할인", "불가", "입장 불가", "제한", "면제"];
        self.facts.ages.iter().find(|found| !self.behind(&found.span, &terms)).cloned()
    }

    /// What a citizen pays of a larger sum, else what has to be paid before what is free.
    pub(super) fn cost(&self) -> Option<Found<u32>> {
        let all = || self.facts.fees.iter();
        all()
            .find(|found| self.behind(&found.span, &["만 본인", "만 부담", "만 내면", "만 내고"]))
            .or_else(|| all().find(|found| found.value > 0))
            .or_else(|| all().next())
            .cloned()
    }

    /// Where to apply.
    pub(super) fn apply_at(&self) -> Option<Found<Address>> {
        self.facts.addresses.iter().find(|found| self.says(&found.sentence, &APPLYING)).cloned()
    }

    /// The office or the page that a sentence about applying names: `회천1동 행정복지센터`.
    pub(super) fn apply_place(&self) -> Option<Found<String>> {
        let mut spans =
            self.sentences().filter(|span| self.says_how(span) && !self.is_past(span) && !self.is_aside(span));
        spans.find_map(|sentence| {
            let within = office_in(self.sentence(&sentence))?;
            let span = sentence.start + within.start..sentence.start + within.end;
            let value = self.sentence(&span).to_owned();
            Some(Found { value, span, sentence, confidence: Confidence::Likely })
        })
    }

    /// The sentences of the body that ask for something, as long as a card shows them.
    pub(super) fn steps(&self) -> Vec<Found<String>> {
        let body = self.text.find('\n').unwrap_or(self.text.len());
        let asks = |sentence: &str| {
            let plain = sentence.trim_end_matches(['.', '!', '~', '\u{1f64f}', ' ']);
            ASKING.iter().any(|end| plain.ends_with(end))
                && !plain.ends_with("안녕하세요")
                && (6..=60).contains(&text::units(plain))
        };
        let is_of_it = |sentence: &str| {
            let polite = ["문의", "관심", "참여를", "참여 바랍니다", "부탁", "기대"];
            !sentence.contains([':', '“', '"']) && !polite.iter().any(|word| sentence.contains(word))
        };
        self.sentences()
            .filter(|span| span.start >= body && asks(self.sentence(span)) && is_of_it(self.sentence(span)))
            .map(|span| {
                let value = unbulleted(self.sentence(&span).trim()).trim_end_matches('.').to_owned();
                Found { value, span: span.clone(), sentence: span, confidence: Confidence::Stated }
            })
            .collect()
    }

    /// What stands behind a label.
    pub(super) fn labelled(&self, name: &str) -> Option<Found<String>> {
        self.labels.iter().find(|label| label.label == name).map(|label| Found {
            value: label.value.clone(),
            span: label.span.clone(),
            sentence: label.span.clone(),
            confidence: Confidence::Stated,
        })
    }

    /// The first sentence that says how to apply.
    pub(super) fn how_to_apply(&self) -> Option<Found<String>> {
        let span = self.sentences().find(|span| self.says_how(span))?;
        let value = self.sentence(&span).to_owned();
        Some(Found { value, span: span.clone(), sentence: span, confidence: Confidence::Likely })
    }

    /// The sentences, without the captions of pictures.
    fn sentences(&self) -> impl Iterator<Item = Range<usize>> {
        let all = sentences(self.text).into_iter();
        all.map(|sentence| sentence.start..sentence.start + sentence.text.len())
    }

    /// Whether a sentence says how to apply.
    fn says_how(&self, span: &Range<usize>) -> bool {
        let how = ["하면 된다", "할 수 있", "하세요", "하시면", "해야 한다", "으로 ", "통해", "방문"];
        self.says(span, &APPLYING) && self.says(span, &how)
    }

    fn sentence(&self, span: &Range<usize>) -> &str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    fn says(&self, span: &Range<usize>, words: &[&str]) -> bool {
        words.iter().any(|word| self.sentence(span).contains(word))
    }

    fn is_past(&self, span: &Range<usize>) -> bool {
        is_past(self.sentence(span))
    }

    /// Whether a sentence turns to something else: `한편 …`.
    fn is_aside(&self, span: &Range<usize>) -> bool {
        self.sentence(span).trim_start().starts_with("한편")
    }

    fn label_of(&self, span: &Range<usize>) -> Option<&'static str> {
        let holds = |label: &&Labelled| label.span.start <= span.start && span.end <= label.span.end;
        self.labels.iter().find(holds).map(|label| label.label)
    }

    /// What stands right behind a fact: `월요일 휴관`, `65세 이상 무료`.
    fn behind(&self, span: &Range<usize>, words: &[&str]) -> bool {
        let rest = self.text[span.end..].trim_start_matches([' ', ')', '은', '는', '에']);
        words.iter().any(|word| rest.starts_with(word))
    }

    /// Neither closing days nor those by which something is counted take place.
    fn is_closed(&self, found: &Found<Days>) -> bool {
        self.behind(&found.span, &["휴관", "휴무", "휴장", "제외", "쉽니다", "기준"])
    }
}

/// Whether a sentence is that of the day.
fn is_near(when: Option<&Found<Days>>, sentence: &Range<usize>) -> bool {
    when.is_some_and(|when| when.sentence == *sentence)
}

/// Days that are known to the day.
fn is_day(days: &Days) -> bool {
    !matches!(days, Days::Span { precision: Precision::Month, .. })
}

/// Whether days have an end of their own.
fn ends(days: &Days) -> bool {
    matches!(days, Days::Span { first: Some(first), last: Some(last), .. } if first != last)
}

/// Whether days in a row begin or end on a single day.
fn begins_or_ends(span: &Days, day: &Days) -> bool {
    let Days::Span { first, last, .. } = day else { return false };
    let Days::Span { first: Some(from), last: Some(until), .. } = span else { return false };
    (first == last || last.is_none()) && from != until && [Some(*from), Some(*until)].contains(first)
}

#[cfg(test)]
mod tests {
    use crate::{Post, Story, WebLink};

    fn story(text: &str) -> Story {
        let link = WebLink::parse("https://blog.example.go.kr/1").unwrap();
        let post =
            Post::new("소설 교실 수강생 모집", link, text).with_published("2026-11-20T03:00:00Z".parse().unwrap());
        Story::of(&post, chrono_tz::Asia::Seoul)
    }

    fn deadline(text: &str) -> Option<String> {
        story(text).deadline.map(|day| day.value.to_string())
    }

    #[test]
    fn the_days_of_a_course_are_not_those_of_applying_for_it() {
        let course =
            "12월 3일부터 2월 4일까지, 선착순 20명 무료 참여 기회를 드리는 소설 교실을 열고 수강생을 모집합니다.";
        assert_eq!(deadline(course), None);
        assert_eq!(deadline("12월 3일부터 1월 28일까지 운영하는 교실의 신청을 받습니다."), None);
        assert_eq!(deadline("한편 시는 참여 상가를 12월 11일까지 모집합니다."), None);
        for text in [
            "12월 1일까지 신청하세요.",
            "접수 기간은 11월 23일부터 12월 1일까지입니다.",
            "11월 23일부터 12월 1일까지 읍면동 행정복지센터에서 신청을 받습니다.",
        ] {
            assert_eq!(deadline(text).as_deref(), Some("2026-12-01"), "{text}");
        }
    }

    #[test]
    fn what_was_over_when_it_was_written_has_no_day_until_which_it_is_of_use() {
        let until = |text: &str| story(text).valid_until().map(|day| day.to_string());
        assert_eq!(until("지난 14일 협약을 맺었다."), None);
        assert_eq!(until("매주 토요일 14시에 공연을 엽니다. 12월 1일까지 신청하세요."), None);
        assert_eq!(until("12월 5일 공연을 엽니다. 12월 1일까지 신청하세요.").as_deref(), Some("2026-12-05"));
    }

    #[test]
    fn what_was_still_to_come_is_announced_however_it_is_told() {
        let announced = |text: &str| story(text).announced().map(|when| when.value.to_string());
        assert_eq!(announced("시는 12월 5일 음악회를 열기로 했다.").as_deref(), Some("2026-12-05"));
        assert_eq!(announced("쉼터를 11월 16일부터 운영합니다.").as_deref(), Some("2026-11-16/"));
        assert_eq!(announced("시는 지난 14일 음악회를 열었다."), None);
        assert_eq!(announced("시는 20일 음악회를 열었다."), None);
    }

    #[test]
    fn what_a_title_calls_over_has_no_day_to_come() {
        let link = WebLink::parse("https://blog.example.go.kr/1").unwrap();
        let text = "지난 14일 공연을 열었습니다. 다음 공연은 12월 5일에 엽니다.";
        let when = |title: &str| {
            let post = Post::new(title, link.clone(), text).with_published("2026-11-20T03:00:00Z".parse().unwrap());
            let story = Story::of(&post, chrono_tz::Asia::Seoul);
            (story.when.as_ref().unwrap().value.to_string(), story.is_over("2026-11-27".parse().unwrap()))
        };
        assert_eq!(when("가족 공연 전석 매진 성료"), ("2026-11-14".to_owned(), true));
        assert_eq!(when("가족 공연 안내"), ("2026-12-05".to_owned(), false));
    }

    #[test]
    fn what_asks_for_something_is_a_step_and_nothing_else() {
        let story = story(
            "눈이 옵니다. 차는 두고 나오세요. 내 집 앞 눈을 치워 주세요! 문의는 031-8082-0000으로 하세요. 눈이 그쳤습니다.\n1. 신청서를 쓰세요\n많은 관심과 참여 바랍니다.",
        );
        let steps: Vec<&str> = story.steps.iter().map(|step| step.value.as_str()).collect();
        assert_eq!(steps, ["차는 두고 나오세요", "내 집 앞 눈을 치워 주세요!", "신청서를 쓰세요"]);
    }
}
