//! What the window says, in each language.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::Serialize;
use sosik_content::wording::{Wording, WordingError};
use sosik_core::Language;

use crate::TableError;
use crate::text::folded;

/// What the window says, by key and language: data, in the form of `data/replies.toml`.
#[derive(Clone)]
pub struct Words {
    languages: BTreeMap<Language, BTreeMap<String, Wording>>,
}

impl Words {
    /// sosik's own: Korean and English.
    #[must_use]
    #[expect(
        clippy::missing_panics_doc,
        clippy::unwrap_used,
        reason = "the table is a part of the crate, and a test reads it"
    )]
    pub fn sosik() -> Self {
        Self::read(include_str!("../data/replies.toml"), &BTreeMap::new()).unwrap()
    }

    /// These words with a city's in the place of those that it gives, and in further languages: a language that is new must
    /// give every one.
    ///
    /// # Errors
    ///
    /// [`TableError`] names the language and the key: one that is not known, one that is missing, or a template that cannot be
    /// read.
    pub fn with_toml(self, table: &str) -> Result<Self, TableError> {
        Self::read(table, &self.languages)
    }

    fn read(table: &str, known: &BTreeMap<Language, BTreeMap<String, Wording>>) -> Result<Self, TableError> {
        let read: BTreeMap<String, BTreeMap<String, String>> =
            toml::from_str(table).map_err(|error| TableError::new(1, error.message()))?;
        let mut languages = known.clone();
        let keys = known.values().next().cloned();
        for (code, texts) in read {
            let wrong = |problem: String| TableError::new(line_of(table, &format!("[{code}]")), problem);
            let language = Language::parse(&code).map_err(|error| wrong(error.to_string()))?;
            let own = languages.entry(language).or_default();
            for (key, text) in texts {
                if keys.as_ref().is_some_and(|keys| !keys.contains_key(&key)) {
                    return Err(wrong(format!("`{key}` is not said anywhere")));
                }
                let wording = Wording::new(&text).map_err(|error| wrong(format!("`{key}`: {error}")))?;
                own.insert(key, wording);
            }
            if let Some(missing) = keys.iter().flat_map(BTreeMap::keys).find(|key| !own.contains_key(*key)) {
                return Err(wrong(format!("`{missing}` is missing")));
            }
        }
        Ok(Self { languages })
    }

    /// The languages in which it is said.
    pub fn languages(&self) -> impl Iterator<Item = &Language> {
        self.languages.keys()
    }

    /// Whether it is said in a language.
    #[must_use]
    pub fn has(&self, language: &Language) -> bool {
        self.languages.contains_key(language)
    }

    /// A text with values.
    pub(crate) fn say(&self, language: &Language, key: &str, values: &impl Serialize) -> Result<String, WordingError> {
        let of = self.languages.get(language).or_else(|| self.languages.get(&Language::korean()));
        match of.and_then(|texts| texts.get(key)) {
            Some(wording) => wording.render(values),
            // Every key is in every language: this names one that is in none.
            None => Ok(format!("[{key}]")),
        }
    }

    #[cfg(test)]
    fn keys(&self) -> BTreeMap<&Language, std::collections::BTreeSet<&String>> {
        self.languages.iter().map(|(language, texts)| (language, texts.keys().collect())).collect()
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.languages.keys().map(Language::as_str)).finish()
    }
}

fn line_of(table: &str, text: &str) -> usize {
    table.lines().position(|line| line.trim() == text).map_or(1, |at| at + 1)
}

/// What a short answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Short {
    Yes,
    No,
    Stop,
}

/// Whether a text is an answer to a question: all of it, as `data/answers.tsv` has it.
pub(crate) fn short(said: &str) -> Option<Short> {
    /// Each answer as it is compared, and what it says.
    static ANSWERS: LazyLock<BTreeMap<String, Short>> = LazyLock::new(|| {
        let of = |kind: &str| match kind {
            "stop" => Some(Short::Stop),
            "no" => Some(Short::No),
            "yes" => Some(Short::Yes),
            _ => None,
        };
        let rows = include_str!("../data/answers.tsv").lines().filter_map(|line| line.split_once('\t'));
        rows.filter_map(|(kind, answer)| Some((folded(answer), of(kind)?))).collect()
    });

    ANSWERS.get(&folded(said)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_every_language() {
        let words = Words::sosik();
        let keys = words.keys();
        let korean = &keys[&Language::korean()];
        for (language, of) in &keys {
            assert_eq!(of, korean, "{language}");
        }
    }

    #[test]
    fn a_city_s_own_words_take_the_place_of_sosik_s_or_are_refused() {
        let words = Words::sosik().with_toml("[ko]\nthanks = \"고맙습니다.\"\n").unwrap();
        assert_eq!(words.say(&Language::korean(), "thanks", &()).unwrap(), "고맙습니다.");
        let told = |table: &str| Words::sosik().with_toml(table).unwrap_err().to_string();
        assert_eq!(told("[ko]\nno-such = \"가\"\n"), "line 1: `no-such` is not said anywhere");
        assert_eq!(told("\n[vi]\nthanks = \"가\"\n"), "line 2: `added` is missing");
        assert!(told("[ko]\nthanks = \"{{ 가\"\n").starts_with("line 1: `thanks`: the template, line 1"));
    }

    #[test]
    fn only_a_whole_answer_is_one() {
        for (said, expected) in [
            ("네", Some(Short::Yes)),
            ("넵!", Some(Short::Yes)),
            ("동의합니다.", Some(Short::Yes)),
            ("동의 안 해요", Some(Short::No)),
            ("아니요", Some(Short::No)),
            ("취소할게요", Some(Short::Stop)),
            ("I agree", Some(Short::Yes)),
            ("no", Some(Short::No)),
        ] {
            assert_eq!(short(said), expected, "{said}");
        }
        for said in [
            "동의하지 않으면 어떻게 되나요",
            "동의하고 싶지 않아요",
            "동의는 안 할게요",
            "동의하면 뭐가 좋아요?",
            "광고는 보내지 마세요",
            "그래서 뭘 모으나요",
            "수신 동의 철회",
            "철회하지 마세요",
            "계속 보내 주세요",
            "접수하지 마세요",
            "네거리 신호등도요",
            "예전부터 그랬어요",
            "예약 취소하고 싶은데요",
            "처음으로 민원 넣어요",
            "응급실 어디예요",
            "확인해 볼게요",
            "don't send it",
            "not yet",
            "옥정동",
            "",
            "?!",
        ] {
            assert_eq!(short(said), None, "{said}");
        }
    }
}
