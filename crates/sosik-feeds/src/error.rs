use std::error::Error;
use std::fmt;

use quick_xml::Reader;
use quick_xml::events::Event;

/// A feed cannot be read at all.
#[derive(Debug)]
#[non_exhaustive]
pub enum FeedError {
    /// There is a feed, and nothing in it.
    #[non_exhaustive]
    Empty {
        /// What the feed calls itself.
        title: String,
    },
    /// It is something else: a web page, an unknown kind of XML or JSON.
    #[non_exhaustive]
    NotAFeed {
        /// What it is, as far as can be told.
        found: String,
    },
    /// It is broken.
    #[non_exhaustive]
    Malformed {
        /// Where: the line, from 1, where that is known.
        line: Option<usize>,
        /// The character in that line, from 1.
        column: Option<usize>,
        /// What is wrong there.
        problem: String,
    },
}

impl fmt::Display for FeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty { title } if title.is_empty() => {
                f.write_str("the feed has no title and no items: is the blog's name right?")
            }
            Self::Empty { title } => write!(f, "the feed `{title}` has no items"),
            Self::NotAFeed { found } => write!(f, "this is no feed: it is {found}"),
            Self::Malformed { line: Some(line), column: Some(column), problem } => {
                write!(f, "the feed is broken at line {line}, character {column}: {problem}")
            }
            Self::Malformed { problem, .. } => write!(f, "the feed is broken: {problem}"),
        }
    }
}

impl Error for FeedError {}

impl FeedError {
    /// Finds out what is wrong with bytes that the feed parser refused with `problem`.
    pub(crate) fn diagnose(bytes: &[u8], problem: &str) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let start = text.trim_start_matches(['\u{feff}', '\0']).trim_start();
        if start.is_empty() {
            return Self::NotAFeed { found: "empty".to_owned() };
        }
        if !start.starts_with(['<', '{']) && !bytes.starts_with(&[0xff, 0xfe]) && !bytes.starts_with(&[0xfe, 0xff]) {
            return Self::NotAFeed {
                found: format!("text that begins with `{}`", start.chars().take(20).collect::<String>()),
            };
        }
        if start.starts_with('{') {
            return Self::Malformed { line: None, column: None, problem: problem.to_owned() };
        }
        let declared = start.get(..start.find("?>").unwrap_or(0)).is_some_and(|head| head.contains("encoding"));
        if let (Err(error), false) = (std::str::from_utf8(bytes), declared) {
            let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let problem = "a byte that is not UTF-8, and no other encoding is declared";
            return Self::at(&before, before.len() as u64, problem);
        }
        let mut reader = Reader::from_reader(bytes);
        let mut root = None;
        let mut depth = 0_usize;
        loop {
            match reader.read_event() {
                Err(error) => return Self::at(&text, reader.error_position(), &error.to_string()),
                Ok(Event::Eof) => break,
                Ok(Event::Start(tag)) => {
                    root.get_or_insert_with(|| tag.name().as_ref().to_owned());
                    depth += 1;
                }
                Ok(Event::Empty(tag)) => {
                    root.get_or_insert_with(|| tag.name().as_ref().to_owned());
                }
                Ok(Event::End(_)) => depth = depth.saturating_sub(1),
                Ok(_) => {}
            }
        }
        let end = reader.buffer_position();
        match root {
            _ if depth > 0 => Self::at(&text, end, "it ends before all its elements are closed"),
            Some(root) if root.eq_ignore_ascii_case("html") => Self::NotAFeed { found: "a web page".to_owned() },
            Some(root) if !matches!(root.to_ascii_lowercase().as_str(), "rss" | "feed" | "rdf:rdf" | "channel") => {
                Self::NotAFeed { found: format!("XML with the root element <{root}>") }
            }
            Some(_) => Self::Malformed { line: None, column: None, problem: problem.to_owned() },
            None => Self::NotAFeed { found: "XML without any element".to_owned() },
        }
    }

    fn at(text: &str, position: u64, problem: &str) -> Self {
        let mut end = usize::try_from(position).unwrap_or(usize::MAX).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self::Malformed { line: Some(line), column: Some(column), problem: problem.to_owned() }
    }
}
