//! The classifier that counts words.

use std::sync::LazyLock;

use super::{Classification, Cue};
use crate::{Post, Topic};

/// Words that tell topics apart, as data: [sosik's own](Self::sosik), or a city's ([`from_tsv`](Self::from_tsv)).
///
/// The beginning of a body is counted, and what is quoted in it (“…”) is not: that is what someone said of it.
///
/// ```
/// use sosik_content::classify::Words;
/// use sosik_content::{Post, Topic, WebLink};
///
/// let words = Words::from_tsv("culture\t별산대\t3\nread-as\t별산대로\t별산길\n")?;
/// let link = WebLink::parse("https://blog.example.go.kr/1")?;
/// assert_eq!(words.classify(&Post::new("별산대 공연", link.clone(), "")).topic, Topic::Culture);
/// assert_eq!(words.classify(&Post::new("별산대로 포장", link, "")).topic, Topic::Living);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    cues: Vec<Cue>,
    /// Words in which a cue stands without meaning it, and how they are read.
    read_as: Vec<(String, String)>,
}

static SOSIK: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words { cues: Vec::new(), read_as: Vec::new() };
    for (at, line) in include_str!("../../data/cues.tsv").lines().enumerate() {
        // A test reads the file whole: a line that is wrong fails there.
        drop(words.read(at, line));
    }
    words
});

impl Words {
    /// The words that sosik brings, made from the notice boards of Korean cities.
    #[must_use]
    pub fn sosik() -> &'static Self {
        &SOSIK
    }

    /// Reads words: one line each of a topic's [code](Topic::code), a word and its weight, apart by tabs; lines of
    /// `read-as`, a word and what it is read as say where a cue is not meant; lines with `#` say nothing.
    ///
    /// # Errors
    ///
    /// [`WordsError`] with the line that cannot be read, or when there is no cue at all.
    pub fn from_tsv(text: &str) -> Result<Self, WordsError> {
        let mut words = Self { cues: Vec::new(), read_as: Vec::new() };
        for (at, line) in text.lines().enumerate() {
            words.read(at, line)?;
        }
        if words.cues.is_empty() { Err(WordsError::Empty) } else { Ok(words) }
    }

    fn read(&mut self, at: usize, line: &str) -> Result<(), WordsError> {
        let line = line.trim_end();
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let wrong = |what: String| WordsError::Line { line: at + 1, what };
        let [kind, word, value] = line.split('\t').collect::<Vec<_>>()[..] else {
            return Err(wrong("write a topic, a word and its weight, apart by tabs".to_owned()));
        };
        if word.trim().is_empty() {
            return Err(wrong("the word is missing".to_owned()));
        }
        if kind == "read-as" {
            self.read_as.push((word.to_owned(), value.to_owned()));
            return Ok(());
        }
        let topic = Topic::parse(kind).map_err(|error| wrong(error.to_string()))?;
        let weight = value.parse().ok().filter(|weight| (1..=100).contains(weight));
        let weight = weight.ok_or_else(|| wrong(format!("`{value}` is no weight from 1 to 100")))?;
        self.cues.push(Cue::new(word, topic, weight));
        Ok(())
    }

    /// The cues, in their order.
    #[must_use]
    pub fn cues(&self) -> &[Cue] {
        &self.cues
    }

    /// Finds what a post is about. The same post always gives the same answer.
    #[must_use]
    pub fn classify(&self, post: &Post) -> Classification {
        let categories = self.legible(&post.categories.join(" "));
        let (title, text) = (self.legible(&post.title), self.legible(&lead(&post.text)));
        let mut weights = [0; Topic::ALL.len()];
        let mut cues = Vec::new();
        for cue in &self.cues {
            let word = cue.word.as_str();
            let times = 3 * u32::from(title.contains(word))
                + 2 * u32::from(categories.contains(word))
                + u32::from(text.contains(word));
            if times > 0 {
                weights[cue.topic as usize] += times * cue.weight;
                cues.push(cue.clone());
            }
        }
        // The first of equals, in the order of `Topic::ALL`: safety before anything else.
        let mut best = (Topic::Living, 0);
        for topic in Topic::ALL {
            if weights[topic as usize] > best.1 {
                best = (topic, weights[topic as usize]);
            }
        }
        Classification { topic: best.0, weight: best.1, cues }
    }

    /// The text in which cues are looked for.
    fn legible(&self, text: &str) -> String {
        self.read_as.iter().fold(text.to_owned(), |text, (from, to)| {
            if text.contains(from.as_str()) { text.replace(from.as_str(), to) } else { text }
        })
    }
}

/// How many letters of a body say what it is about; what follows tells of other things too. By our own measure: of 98
/// press releases of a city 90 were told rightly with it, 88 with half as many more.
const LEAD: usize = 300;

/// What a body says first, without what someone said of it.
fn lead(text: &str) -> String {
    without_quotations(text).chars().take(LEAD).collect()
}

/// A text without what someone said.
fn without_quotations(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mut rest = line;
        // One that does not end on its line is none.
        while let Some((before, (_, behind))) =
            rest.split_once('“').and_then(|(before, quoted)| Some((before, quoted.split_once('”')?)))
        {
            out.push_str(before);
            out.push(' ');
            rest = behind;
        }
        out.push_str(rest);
    }
    out
}

/// Words that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WordsError {
    /// There is no cue in them.
    #[error("there is no word in the list")]
    Empty,
    /// A line is wrong.
    #[error("line {line}: {what}")]
    #[non_exhaustive]
    Line {
        /// Which, from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sosiks_own_words_are_read_whole_and_each_topic_has_some() {
        let words = Words::from_tsv(include_str!("../../data/cues.tsv")).unwrap();
        assert_eq!(&words, Words::sosik());
        for topic in Topic::ALL {
            assert!(words.cues().iter().filter(|cue| cue.topic == topic).count() >= 10, "{topic}");
        }
        let mut seen = std::collections::BTreeSet::new();
        assert!(words.cues().iter().all(|cue| seen.insert((cue.topic, cue.word.as_str()))), "a word stands twice");
    }

    #[test]
    fn a_wrong_line_is_named() {
        let error = |text: &str| Words::from_tsv(text).unwrap_err().to_string();
        assert_eq!(error("# nothing\n"), "there is no word in the list");
        assert_eq!(error("culture\t책"), "line 1: write a topic, a word and its weight, apart by tabs");
        assert!(error("culture\t책\t1\nsport\t공\t1").starts_with("line 2: `sport` is no topic"));
        assert_eq!(error("culture\t책\t0"), "line 1: `0` is no weight from 1 to 100");
        assert_eq!(error("culture\t \t1"), "line 1: the word is missing");
    }

    #[test]
    fn what_someone_said_is_left_out_and_nothing_else() {
        assert_eq!(without_quotations("가 “나” 다 “라” 마"), "가   다   마");
        assert_eq!(without_quotations("가 “나\n다” “라”"), "가 “나\n다”  ");
        assert_eq!(without_quotations("가 나"), "가 나");
        assert_eq!(without_quotations("가 “나 다"), "가 “나 다");
    }
}
