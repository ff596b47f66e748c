//! What the window says, in each language.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use sosik_content::wording::{Wording, WordingError};
use sosik_core::Language;

use crate::TableError;
use crate::text::{dense, words};

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

/// Whether a text is an answer to a question, as `data/answers.tsv` says it.
pub(crate) fn short(said: &str) -> Option<Short> {
    let (text, words) = (dense(said), words(said));
    let says = |kind: &str| {
        let rows = include_str!("../data/answers.tsv").lines().filter_map(|line| line.split_once('\t'));
        rows.filter(|(of, _)| *of == kind).any(|(_, word)| {
            let begins = words.iter().any(|said| said.starts_with(word));
            // Short Latin words are words of their own; Korean ones begin one.
            let is_in = word.chars().count() > 2 && text.contains(word);
            if word.is_ascii() { words.iter().any(|said| said == word) } else { begins || is_in }
        })
    };
    [("stop", Short::Stop), ("no", Short::No), ("yes", Short::Yes)]
        .into_iter()
        .find_map(|(kind, short)| says(kind).then_some(short))
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
    fn yes_no_and_stop_are_understood() {
        for (said, expected) in [
            ("네", Some(Short::Yes)),
            ("넵!", Some(Short::Yes)),
            ("만 14세 이상이고 동의합니다", Some(Short::Yes)),
            ("동의 안 해요", Some(Short::No)),
            ("아니요", Some(Short::No)),
            ("취소할게요", Some(Short::Stop)),
            ("I agree", Some(Short::Yes)),
            ("no", Some(Short::No)),
            ("옥정동", None),
        ] {
            assert_eq!(short(said), expected, "{said}");
        }
    }
}
