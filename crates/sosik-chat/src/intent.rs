use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use sosik_core::Language;

use crate::TableError;
use crate::text::{Word, folded};

/// What someone wants of the city's window.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Intent {
    /// To know what can be asked.
    Menu,
    /// This week's news.
    News,
    /// News about something.
    Search,
    /// News of a district (읍면동).
    DistrictNews,
    /// What is on.
    Events,
    /// To get the news of a district or of a kind.
    Subscribe,
    /// To get them no more.
    Unsubscribe,
    /// Another language.
    Language,
    /// To know what is stored of them.
    MyData,
    /// To agree no more.
    Withdraw,
    /// To be deleted.
    Delete,
    /// Who handles something, and when they are open.
    Office,
    /// A person.
    Person,
    /// What became of a question.
    Ticket,
    /// To ask more about a question of before.
    FollowUp,
    /// Nothing: they thank, or take their leave.
    Thanks,
    /// Something of the city's own, by its id in the table.
    Own(String),
}

impl Intent {
    /// Those that sosik answers.
    pub const ALL: [Self; 16] = [
        Self::Menu,
        Self::News,
        Self::Search,
        Self::DistrictNews,
        Self::Events,
        Self::Subscribe,
        Self::Unsubscribe,
        Self::Language,
        Self::MyData,
        Self::Withdraw,
        Self::Delete,
        Self::Office,
        Self::Person,
        Self::Ticket,
        Self::FollowUp,
        Self::Thanks,
    ];

    /// Its id in tables.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Menu => "menu",
            Self::News => "news",
            Self::Search => "search",
            Self::DistrictNews => "district-news",
            Self::Events => "events",
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
            Self::Language => "language",
            Self::MyData => "my-data",
            Self::Withdraw => "withdraw",
            Self::Delete => "delete",
            Self::Office => "office",
            Self::Person => "person",
            Self::Ticket => "ticket",
            Self::FollowUp => "follow-up",
            Self::Thanks => "thanks",
            Self::Own(id) => id,
        }
    }

    /// The intent of an id.
    #[must_use]
    pub fn of(code: &str) -> Self {
        Self::ALL.into_iter().find(|intent| intent.code() == code).unwrap_or_else(|| Self::Own(code.to_owned()))
    }
}

impl fmt::Display for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What citizens want, and the words that say so: data, in the form of `data/intents.toml`, which says it in its head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intents(pub(crate) Vec<IntentRule>);

/// An intent and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IntentRule {
    /// Which.
    pub intent: Intent,
    /// As it is offered on a button.
    pub label: String,
    /// The same in other languages.
    pub labels: BTreeMap<Language, String>,
    /// What is said, where it is the city's own.
    pub answer: Option<String>,
    pub(crate) cues: Vec<Vec<Part>>,
    pub(crate) never: Vec<String>,
    pub(crate) weight: i32,
}

/// A part of a cue: one of these must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Words(Vec<Word>),
    District,
    Days,
    Topic,
    Language,
    Office,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    intent: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    label: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    cues: Vec<String>,
    #[serde(default)]
    never: Vec<String>,
    #[serde(default)]
    weight: i32,
    answer: Option<String>,
}

impl Intents {
    /// sosik's own table.
    #[must_use]
    #[expect(
        clippy::missing_panics_doc,
        clippy::unwrap_used,
        reason = "the table is a part of the crate, and a test reads it"
    )]
    pub fn sosik() -> Self {
        Self::from_toml(include_str!("../data/intents.toml")).unwrap()
    }

    /// Reads a table.
    ///
    /// # Errors
    ///
    /// [`TableError`] with the line, or with the intent that is wrong: one that is the city's own needs an `answer`, and one
    /// of sosik's has none.
    pub fn from_toml(table: &str) -> Result<Self, TableError> {
        let file: File = toml::from_str(table).map_err(|error| {
            let line = error.span().map_or(1, |span| table[..span.start].lines().count().max(1));
            TableError::new(line, error.message())
        })?;
        let mut rules: Vec<IntentRule> = Vec::new();
        for row in file.intent {
            let line = table.lines().position(|line| line.contains(&format!("\"{}\"", row.id))).map_or(1, |at| at + 1);
            let wrong = |problem: String| TableError::new(line, problem);
            let intent = Intent::of(&row.id);
            match (&intent, &row.answer) {
                (Intent::Own(id), None) => {
                    return Err(wrong(format!("`{id}` is the city's own and needs an `answer`")));
                }
                (Intent::Own(_), Some(_)) | (_, None) => {}
                (_, Some(_)) => return Err(wrong(format!("`{}` is answered by sosik: leave out `answer`", row.id))),
            }
            if rules.iter().any(|rule| rule.intent == intent) {
                return Err(wrong(format!("`{}` stands there already", row.id)));
            }
            let cues =
                row.cues.iter().map(|cue| cue.split_whitespace().map(part).collect()).collect::<Vec<Vec<Part>>>();
            if cues.is_empty() || cues.iter().any(Vec::is_empty) {
                return Err(wrong(format!("`{}` has a cue without words", row.id)));
            }
            let language = |(code, label): (String, String)| {
                Language::parse(&code).map(|language| (language, label)).map_err(|error| wrong(error.to_string()))
            };
            let labels = row.labels.into_iter().map(language).collect::<Result<_, _>>()?;
            let never = row.never.iter().map(|word| folded(word)).collect();
            rules.push(IntentRule {
                intent,
                label: row.label,
                labels,
                answer: row.answer,
                cues,
                never,
                weight: row.weight,
            });
        }
        Ok(Self(rules))
    }

    /// This table with another's intents before its own: a city's before sosik's.
    ///
    /// ```
    /// use sosik_chat::{Intent, Intents};
    ///
    /// let own = Intents::from_toml(
    ///     "[[intent]]\nid = \"parking\"\nlabel = \"시청 주차\"\ncues = [\"시청 주차\"]\nanswer = \"두 시간까지 무료입니다.\"\n",
    /// )?;
    /// let both = Intents::sosik().with(own);
    /// assert_eq!(both.get(&Intent::of("parking")).unwrap().label, "시청 주차");
    /// # Ok::<(), sosik_chat::TableError>(())
    /// ```
    #[must_use]
    pub fn with(self, mut own: Self) -> Self {
        let is_other = |rule: &IntentRule| !own.0.iter().any(|known| known.intent == rule.intent);
        let others: Vec<IntentRule> = self.0.into_iter().filter(is_other).collect();
        own.0.extend(others);
        own
    }

    /// The rule of an intent.
    #[must_use]
    pub fn get(&self, intent: &Intent) -> Option<&IntentRule> {
        self.0.iter().find(|rule| rule.intent == *intent)
    }
}

impl IntentRule {
    /// What stands on its button in a language.
    #[must_use]
    pub fn label_in(&self, language: &Language) -> &str {
        self.labels.get(language).unwrap_or(&self.label)
    }
}

fn part(text: &str) -> Part {
    match text {
        "@district" => Part::District,
        "@days" => Part::Days,
        "@topic" => Part::Topic,
        "@language" => Part::Language,
        "@office" => Part::Office,
        words => Part::Words(Word::any(words)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_intent_of_sosik_has_its_row() {
        let intents = Intents::sosik();
        for intent in Intent::ALL {
            let rule = intents.get(&intent).unwrap_or_else(|| panic!("{intent} has no row"));
            assert!(rule.label.chars().count() <= 14, "{intent}");
        }
        assert_eq!(intents.0.len(), Intent::ALL.len());
    }

    #[test]
    fn a_table_that_is_wrong_says_where() {
        for (table, expected) in [
            ("[[intent]]\nid = \"menu\"\n", "line 1"),
            ("[[intent]]\nid = \"own\"\nlabel = \"가\"\ncues = [\"가\"]\n", "line 2: `own` is the city's own"),
            (
                "[[intent]]\nid = \"menu\"\nlabel = \"가\"\ncues = [\"가\"]\nanswer = \"나\"\n",
                "line 2: `menu` is answered by sosik",
            ),
            ("[[intent]]\nid = \"menu\"\nlabel = \"가\"\ncues = [\" \"]\n", "line 2: `menu` has a cue without words"),
        ] {
            let told = Intents::from_toml(table).unwrap_err().to_string();
            assert!(told.starts_with(expected), "{told}");
        }
    }
}
