use sosik_core::AreaCode;

/// Names of districts (읍면동) and their codes: by them a title or a source's category says whom a post concerns.
///
/// A name counts where it is a word of its own, with or without what belongs to a district behind it: `회천1동 주민자치회`,
/// `남면은`, `백석읍 행정복지센터`; `강남면허` is no 남면, and `남면에서` is only where something is.
///
/// ```
/// use sosik_content::AreaNames;
/// use sosik_core::AreaCode;
///
/// let names = AreaNames::new([("회천1동", AreaCode::parse("4163053000")?), ("남면", AreaCode::parse("4163032000")?)]);
/// let found = names.found_in("회천1동 주민자치회 위원 모집");
/// assert_eq!(found, [AreaCode::parse("4163053000")?]);
/// assert!(names.found_in("강남면허시험장 이전").is_empty());
/// # Ok::<(), sosik_core::AreaCodeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AreaNames(Vec<(String, AreaCode)>);

/// Particles that may end the word right behind a district's name, and what else ends with it. Not those of a place
/// (`남면에서 열리는 축제`): whoever goes there need not live there.
const ENDS: [&str; 13] = ["의", "은", "는", "이", "가", "을", "를", "도", "과", "와", "민", "민의", "장"];
/// What a district has.
const HAS: [&str; 3] = ["주민", "행정복지센터", "사무소"];

impl AreaNames {
    /// Names and their codes; two names may mean one district.
    pub fn new(names: impl IntoIterator<Item = (impl Into<String>, AreaCode)>) -> Self {
        Self(names.into_iter().map(|(name, code)| (name.into(), code)).filter(|(name, _)| !name.is_empty()).collect())
    }

    /// The districts that a text names, each once, in the order of the names.
    #[must_use]
    pub fn found_in(&self, text: &str) -> Vec<AreaCode> {
        let mut found: Vec<AreaCode> = Vec::new();
        for (name, code) in &self.0 {
            let is_named = text.match_indices(name.as_str()).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                let behind = &text[at + name.len()..];
                let ends = |rest: &str| rest.chars().next().is_none_or(|c| !c.is_alphanumeric());
                !before.is_some_and(char::is_alphanumeric)
                    && (ends(behind)
                        || ENDS.iter().any(|end| behind.strip_prefix(end).is_some_and(ends))
                        || HAS.iter().any(|word| behind.starts_with(word)))
            });
            if is_named && !found.contains(code) {
                found.push(code.clone());
            }
        }
        found
    }

    /// The first name of a code.
    #[must_use]
    pub fn name(&self, code: &AreaCode) -> Option<&str> {
        self.0.iter().find(|(_, known)| known == code).map(|(name, _)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_counts_where_it_is_a_word_of_its_own() {
        let code = |text| AreaCode::parse(text).unwrap();
        let names = AreaNames::new([("남면", code("4163032000")), ("옥정1동", code("4163057000"))]);
        for (text, expected) in [
            ("남면 경로잔치", vec!["4163032000"]),
            ("[남면] 마을 청소", vec!["4163032000"]),
            ("남면민의 날, 옥정1동 주민도", vec!["4163032000", "4163057000"]),
            ("남면에서 열리는 별빛축제", vec![]),
            ("남면도서관 운영", vec![]),
            ("남면행정복지센터 이전", vec!["4163032000"]),
            ("동남면 소식", vec![]),
            ("남면적 계산", vec![]),
            ("옥정12동", vec![]),
        ] {
            let expected: Vec<AreaCode> = expected.into_iter().map(code).collect();
            assert_eq!(names.found_in(text), expected, "{text}");
        }
        assert_eq!(names.name(&code("4163057000")), Some("옥정1동"));
    }
}
