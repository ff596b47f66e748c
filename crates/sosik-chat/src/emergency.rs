//! What citizens say when they are in danger: it is looked for before anything else, and by no other engine.

use std::sync::LazyLock;

use crate::text::{Word, folded};

/// A number to call in danger.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hotline {
    /// The number.
    pub number: String,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub for_what: String,
    /// When it answers.
    pub hours: String,
    /// Where that is said, and of when it is.
    pub source: String,
}

/// That someone may be in danger.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Emergency {
    /// Whom to call, first the one that is to be called first.
    pub lines: Vec<Hotline>,
    /// The words that said so.
    pub because: Vec<String>,
}

/// Words of danger and the numbers that answer them.
///
/// A city that has numbers of its own reads a table of its own; sosik's has 119 (fire, rescue, ambulance), 112 (police), 109
/// (the line against suicide) and what stands beside them, each with its source.
///
/// ```
/// use sosik_chat::Emergencies;
///
/// let found = Emergencies::sosik().find("옆집에서 연기가 나고 있어요!!").unwrap();
/// assert_eq!(found.lines[0].number, "119");
/// assert!(Emergencies::sosik().find("불꽃축제는 언제 하나요?").is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emergencies {
    lines: Vec<Hotline>,
    groups: Vec<Group>,
    nots: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    numbers: Vec<String>,
    /// Of each row its parts, and of each part what it may be.
    says: Vec<Vec<Vec<Word>>>,
}

#[expect(clippy::unwrap_used, reason = "the table is a part of the crate, and a test reads it")]
static SOSIK: LazyLock<Emergencies> =
    LazyLock::new(|| Emergencies::from_tsv(include_str!("../data/emergencies.tsv")).unwrap());

impl Emergencies {
    /// sosik's own table.
    #[must_use]
    pub fn sosik() -> &'static Self {
        &SOSIK
    }

    /// Reads a table in the form of `data/emergencies.tsv`, which says it in its head.
    ///
    /// # Errors
    ///
    /// [`TableError`](crate::TableError) names the line.
    pub fn from_tsv(table: &str) -> Result<Self, crate::TableError> {
        let mut read = Self { lines: Vec::new(), groups: Vec::new(), nots: Vec::new() };
        for (at, row) in table.lines().enumerate().filter(|(_, row)| !row.is_empty() && !row.starts_with('#')) {
            let wrong = |problem: &str| crate::TableError::new(at + 1, problem);
            let fields: Vec<&str> = row.split('\t').collect();
            match fields[..] {
                ["line", number, name, for_what, hours, source, _seen] => read.lines.push(Hotline {
                    number: number.to_owned(),
                    name: name.to_owned(),
                    for_what: for_what.to_owned(),
                    hours: hours.to_owned(),
                    source: source.to_owned(),
                }),
                ["group", numbers] => {
                    let numbers: Vec<String> = numbers.split(',').map(|number| number.trim().to_owned()).collect();
                    if let Some(unknown) = numbers.iter().find(|number| read.line(number).is_none()) {
                        return Err(wrong(&format!("no `line` says what {unknown} is")));
                    }
                    read.groups.push(Group { numbers, says: Vec::new() });
                }
                ["says", words] => {
                    let parts: Vec<Vec<Word>> =
                        words.split('+').map(Word::any).filter(|part| !part.is_empty()).collect();
                    let group = read.groups.last_mut().ok_or_else(|| wrong("it belongs to no `group`"))?;
                    group.says.push(parts);
                }
                ["not", words] => read.nots.push(folded(words)),
                _ => {
                    return Err(wrong(
                        "it is neither a `line` with six fields behind it, nor a `group`, `says` or `not` with one",
                    ));
                }
            }
        }
        // The longest first: what stands within another is taken out with it.
        read.nots.sort_by_key(|not| std::cmp::Reverse(not.chars().count()));
        Ok(read)
    }

    fn line(&self, number: &str) -> Option<&Hotline> {
        self.lines.iter().find(|line| line.number == number)
    }

    /// Whether a text says that someone is in danger, and whom to call: of several groups, the longest words speak first.
    #[must_use]
    pub fn find(&self, said: &str) -> Option<Emergency> {
        let mut said = folded(said);
        for not in &self.nots {
            said = said.replace(not.as_str(), " ");
        }
        let mut found: Vec<(usize, &Group, String)> = Vec::new();
        for group in &self.groups {
            let spoken = |parts: &Vec<Vec<Word>>| {
                let words: Option<Vec<&str>> = parts.iter().map(|part| spoken_of(part, &said)).collect();
                words.filter(|words| !words.is_empty()).map(|words| words.join(" "))
            };
            let best = group.says.iter().filter_map(spoken).max_by_key(|words| words.chars().count());
            found.extend(best.map(|words| (words.chars().count(), group, words)));
        }
        // Sorted stably: of equally long words the table's order decides.
        found.sort_by_key(|(length, group, _)| std::cmp::Reverse((group.numbers.len() > 2, *length)));
        let mut lines: Vec<Hotline> = Vec::new();
        for number in found.iter().flat_map(|(_, group, _)| &group.numbers) {
            if !lines.iter().any(|known| known.number == *number) {
                lines.extend(self.line(number).cloned());
            }
        }
        let because = found.into_iter().map(|(.., words)| words).collect();
        (!lines.is_empty()).then_some(Emergency { lines, because })
    }
}

/// The word of a part that was said.
fn spoken_of<'a>(part: &'a [Word], said: &str) -> Option<&'a str> {
    part.iter().find(|word| said.contains(word.folded.as_str())).map(|word| word.shown.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_in_danger_is_told_whom_to_call_first() {
        for (said, numbers) in [
            ("불났어요", &["119"][..]),
            ("할머니가 쓰러지셨는데 숨을 안 쉬어요", &["119"]),
            ("엘리베이터에 갇혔어요", &["119"]),
            ("가스 냄새가 나요", &["119"]),
            ("살려주세요", &["112"]),
            ("남편이 자꾸 때려요", &["112", "1366"]),
            ("보이스피싱 당했어요", &["112", "1394"]),
            ("치매 할머니가 집을 나갔어요", &["112", "182"]),
            ("죽고싶어", &["109", "119"]),
            ("수면제를 30알 먹었어요", &["119", "112", "109"]),
        ] {
            let found = Emergencies::sosik().find(said);
            let found: Vec<String> = found.into_iter().flat_map(|found| found.lines).map(|line| line.number).collect();
            assert_eq!(found[..numbers.len().min(found.len())], *numbers, "{said}");
        }
    }

    #[test]
    fn what_only_looks_like_danger_is_none() {
        for said in [
            "불꽃축제 언제예요",
            "불법주차 신고",
            "화재보험 가입",
            "소방서 견학 신청",
            "행사 연기됐나요",
            "납부기한 연기 신청",
            "배가 불러요",
            "숨은 명소 알려줘",
            "응급처치 교육 신청",
            "침수 피해 지원금 신청",
            "가스요금 감면",
            "예방접종 맞고 왔어요",
            "이 서류가 맞고 있나요",
            "경찰서 위치",
            "도둑고양이 중성화",
            "보이스피싱 예방교육",
            "강도 높은 운동 프로그램",
            "죽 맛집",
            "배고파 죽겠어요",
            "자살예방교육 신청",
            "유서 깊은 사찰",
            "옥상 텃밭 분양",
            "가정폭력 예방교육 일정",
            "눈이 올 때 남편이 운전해요",
            "",
        ] {
            assert_eq!(Emergencies::sosik().find(said), None, "{said}");
        }
    }

    #[test]
    fn a_table_that_is_wrong_says_where() {
        for (table, expected) in [
            ("group\t119", "line 1: no `line` says what 119 is"),
            ("# \nsays\t불", "line 2: it belongs to no `group`"),
            ("line\t119", "line 1: it is neither"),
        ] {
            let told = Emergencies::from_tsv(table).unwrap_err().to_string();
            assert!(told.starts_with(expected), "{told}");
        }
    }
}
