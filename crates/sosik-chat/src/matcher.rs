use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;
use sosik_core::hangul::letters;
use sosik_registry::Directory;

use crate::intent::{IntentRule, Part};
use crate::text::{Word, folded, words};
use crate::{Intent, Intents, MOST_SAID, Offices, Slots, UnderstandError, Understanding, Understood};

/// Understands by a table of words, and says by which.
///
/// ```
/// use std::sync::Arc;
/// use chrono::NaiveDate;
/// use sosik_chat::{Intent, Intents, Matcher, Offices};
/// use sosik_registry::Directory;
///
/// let matcher = Matcher::new(Intents::sosik(), "양주", Arc::new(Directory::default()), Arc::new(Offices::default()));
/// let friday = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
/// let found = matcher.read("이번주 소식 알려줘", friday);
/// assert_eq!(found.intent, Some(Intent::News));
/// assert_eq!(found.because, ["이번주", "소식"]);
/// ```
#[derive(Clone)]
pub struct Matcher {
    intents: Intents,
    city: String,
    districts: Arc<Directory>,
    offices: Arc<Offices>,
}

/// Points of something that a text names: what three syllables are worth.
const NAMED: i32 = 4;
/// Points of an intent of the city's own: it knows better than a table for every city.
const OWN: i32 = 4;
/// Letters that a word needs for a slip in it to be borne with.
const SLIP_FROM: usize = 7;

impl Matcher {
    /// Understands by these intents, in a city of this bare name (양주) with these districts and offices.
    #[must_use]
    pub fn new(intents: Intents, city: impl Into<String>, districts: Arc<Directory>, offices: Arc<Offices>) -> Self {
        Self { intents, city: city.into(), districts, offices }
    }

    /// What a text means; what stands behind its first [`MOST_SAID`] characters is passed over.
    #[must_use]
    pub fn read(&self, said: &str, today: NaiveDate) -> Understood {
        let end = said.char_indices().nth(MOST_SAID).map_or(said.len(), |(at, _)| at);
        let said = &said[..end];
        let slots = Slots::of(said, &self.city, &self.districts, today);
        let heard = Heard {
            text: folded(said),
            words: words(said),
            names_office: self.offices.is_named_in(said),
            slots: &slots,
        };
        let best = |bears_slips: bool| {
            let mut best: Option<(i32, &IntentRule, Vec<String>)> = None;
            for rule in &self.intents.0 {
                if let Some((score, because)) = heard.score(rule, bears_slips)
                    && best.as_ref().is_none_or(|(known, ..)| *known < score)
                {
                    best = Some((score, rule, because));
                }
            }
            best
        };
        // A slip is only looked for where nothing is understood without.
        match best(false).or_else(|| best(true)) {
            Some((score, rule, because)) => Understood::new(rule.intent.clone(), score, because, slots.clone()),
            None => Understood::nothing(slots),
        }
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Matcher({} intents, {})", self.intents.0.len(), self.city)
    }
}

#[async_trait]
impl Understanding for Matcher {
    async fn understand(&self, said: &str, today: NaiveDate) -> Result<Understood, UnderstandError> {
        Ok(self.read(said, today))
    }
}

/// What was said, as it is looked at.
struct Heard<'a> {
    text: String,
    words: Vec<String>,
    names_office: bool,
    slots: &'a Slots,
}

impl Heard<'_> {
    /// How well an intent fits, and the words that say so.
    fn score(&self, rule: &IntentRule, bears_slips: bool) -> Option<(i32, Vec<String>)> {
        if rule.never.iter().any(|never| self.text.contains(never.as_str())) {
            return None;
        }
        let mut best: Option<(i32, Vec<String>)> = None;
        for cue in &rule.cues {
            if let Some((score, because)) = self.cue(cue, bears_slips) {
                let score = score + rule.weight + if matches!(rule.intent, Intent::Own(_)) { OWN } else { 0 };
                if best.as_ref().is_none_or(|(known, _)| *known < score) {
                    best = Some((score, because));
                }
            }
        }
        best
    }

    fn cue(&self, cue: &[Part], bears_slips: bool) -> Option<(i32, Vec<String>)> {
        let mut score = 0;
        let mut because = Vec::new();
        for part in cue {
            match part {
                Part::Words(words) => {
                    let (points, word) = self.word(words, bears_slips)?;
                    score += points;
                    because.push(word);
                }
                Part::District => score += named(!self.slots.districts.is_empty())?,
                Part::Days => score += named(self.slots.days.is_some())?,
                Part::Topic => score += named(!self.slots.topics.is_empty())?,
                Part::Language => score += named(self.slots.language.is_some())?,
                Part::Office => score += named(self.names_office)?,
            }
        }
        Some((score, because))
    }

    /// The longest of these words that was said, and what it is worth: a point a letter, and one for being said.
    fn word(&self, any: &[Word], bears_slips: bool) -> Option<(i32, String)> {
        let length = |word: &Word| i32::try_from(word.shown.chars().count()).unwrap_or(i32::MAX);
        let worth = |word: &Word| {
            // Latin words have more letters than syllables.
            if word.shown.is_ascii() { (length(word) + 1) / 2 + 1 } else { length(word) + 1 }
        };
        let has = |word: &&Word| {
            // What is short and Latin is a word of its own (`hi` is not in `this`), and one syllable begins one.
            if word.shown.is_ascii() && word.shown.len() < 5 {
                self.words.contains(&word.shown)
            } else if word.shown.chars().count() == 1 {
                self.words.iter().any(|said| said.starts_with(word.shown.as_str()))
            } else {
                self.text.contains(word.folded.as_str())
            }
        };
        if let Some(word) = any.iter().filter(has).max_by_key(|word| length(word)) {
            return Some((worth(word), word.shown.clone()));
        }
        let is_near = |word: &&Word| bears_slips && self.words.iter().any(|said| is_slip(&word.shown, said));
        any.iter().filter(is_near).max_by_key(|word| length(word)).map(|word| (worth(word) - 1, word.shown.clone()))
    }
}

/// What something that a text names is worth, where it does.
fn named(is_named: bool) -> Option<i32> {
    is_named.then_some(NAMED)
}

/// Whether a word that was said begins as another does, but for one letter.
fn is_slip(word: &str, said: &str) -> bool {
    let count = word.chars().count();
    let beginning: String = said.chars().take(count).collect();
    let (word, said) = (letters(word), letters(&beginning));
    word.chars().count() >= SLIP_FROM && strsim::osa_distance(&word, &said) <= 1
}
