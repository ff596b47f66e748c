//! Review before publication: what a careful reader would put right, each finding with its place, rule, source and a fix.
//!
//! ```
//! use chrono::{NaiveDate, TimeZone, Utc};
//! use sosik_content::review::{Reviewer, Severity};
//! use sosik_content::{Post, WebLink};
//!
//! let post = Post::new(
//!     "겨울 점등식 안내",
//!     WebLink::parse("https://blog.example.go.kr/1")?,
//!     "12월 5일(금) 호수공원에서 점등식을 엽니다. 문의 031-8082-000",
//! )
//! .with_published(Utc.with_ymd_and_hms(2026, 11, 20, 3, 0, 0).unwrap());
//! let reviewer = Reviewer::new(NaiveDate::from_ymd_opt(2026, 11, 27).unwrap(), chrono_tz::Asia::Seoul);
//! let findings = reviewer.review(&[post]);
//! let codes: Vec<&str> = findings.iter().map(|finding| finding.rule.code).collect();
//! assert_eq!(codes, ["weekday", "phone", "time-missing"]);
//! assert_eq!(findings[0].severity(), Severity::Error);
//! assert_eq!(findings[0].fix.as_deref(), Some("12월 5일(토)"));
//! # Ok::<(), sosik_content::WebLinkError>(())
//! ```

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::{Edition, Post, Story, TextLimits};

mod days;
mod law;
mod rules;
mod words;

pub use rules::{RULES, Rule, Severity};

/// Where a finding stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The post, or the post of which a card is made.
    pub post_id: String,
    /// Which part of it.
    pub field: Field,
    /// Bytes of that part; nothing where the whole part is meant.
    pub span: Option<Range<usize>>,
}

/// A part of a post or a card.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// The post's title.
    Title,
    /// The post's body.
    Text,
    /// The post's own address.
    Link,
    /// A picture of the post, from 0.
    Picture(usize),
    /// The header of the edition's card at a place, from 0.
    CardHeader(usize),
    /// The text of the edition's card at a place, from 0.
    CardBody(usize),
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Title => f.write_str("title"),
            Self::Text => f.write_str("text"),
            Self::Link => f.write_str("link"),
            Self::Picture(at) => write!(f, "picture {}", at + 1),
            Self::CardHeader(at) => write!(f, "card {}, header", at + 1),
            Self::CardBody(at) => write!(f, "card {}, text", at + 1),
        }
    }
}

/// Something to put right, or to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Which rule speaks.
    pub rule: &'static Rule,
    /// Where.
    pub place: Place,
    /// What is wrong: with the words in question, but where they are someone's numbers.
    pub message: String,
    /// What to write instead, where a rule can tell.
    pub fix: Option<String>,
}

impl Finding {
    /// How grave it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.rule.severity
    }

    /// What is wrong, in Korean: what the rule asks for, with the words in question where [`message`](Self::message) has them.
    #[must_use]
    pub fn korean(&self) -> String {
        let words = self.message.split_once('`').and_then(|(_, rest)| rest.split_once('`')).map(|(words, _)| words);
        words.map_or_else(|| self.rule.korean.to_owned(), |words| format!("{}: ‘{words}’", self.rule.korean))
    }

    /// What to write instead, in Korean, where a rule can tell.
    #[must_use]
    pub fn korean_fix(&self) -> Option<&str> {
        Some(match self.fix.as_deref()? {
            OFFICE => "부서의 전화번호",
            CITY => "시의 이름",
            OUT => "빼기",
            fix => fix,
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, place, message, fix } = self;
        write!(f, "{} {}: {}, {}: {message}", rule.severity, rule.code, place.post_id, place.field)?;
        if let Some(fix) = fix {
            write!(f, " → {fix}")?;
        }
        write!(f, " [{}]", rule.source)
    }
}

/// Reviews posts and editions that are to go out on a day.
#[derive(Clone, Debug)]
pub struct Reviewer {
    today: NaiveDate,
    zone: Tz,
    informational: bool,
    heads: Vec<String>,
    dead: BTreeSet<String>,
    limits: TextLimits,
}

impl Reviewer {
    /// A reviewer for a day, by the clock of `zone`; of informational messages until told otherwise.
    #[must_use]
    pub fn new(today: NaiveDate, zone: Tz) -> Self {
        Self {
            today,
            zone,
            informational: true,
            heads: Vec::new(),
            dead: BTreeSet::new(),
            limits: TextLimits::default(),
        }
    }

    /// For messages that are marked as advertisements, in which advertising is no fault.
    #[must_use]
    pub fn advertising(mut self) -> Self {
        self.informational = false;
        self
    }

    /// With the name of the head of the city, who must not be shown (공직선거관리규칙 제47조 제4항).
    #[must_use]
    pub fn with_head(mut self, name: impl Into<String>) -> Self {
        self.heads.push(name.into());
        self
    }

    /// With an address that was found dead by whoever looked.
    #[must_use]
    pub fn with_dead_link(mut self, address: impl Into<String>) -> Self {
        self.dead.insert(address.into());
        self
    }

    /// With other limits of a card's texts.
    #[must_use]
    pub fn with_limits(mut self, limits: TextLimits) -> Self {
        self.limits = limits;
        self
    }

    /// What is to be put right in posts, in their order.
    #[must_use]
    pub fn review(&self, posts: &[Post]) -> Vec<Finding> {
        posts.iter().flat_map(|post| self.post(post)).collect()
    }

    /// What is to be put right in an edition's cards, in their order.
    #[must_use]
    pub fn review_edition(&self, edition: &Edition) -> Vec<Finding> {
        let mut out = Vec::new();
        for (at, card) in edition.cards().iter().enumerate() {
            let header = Part { post_id: card.post_id(), field: Field::CardHeader(at), text: card.header() };
            let body = Part { post_id: card.post_id(), field: Field::CardBody(at), text: card.body() };
            words::limits(&header, self.limits.header, None, &mut out);
            words::limits(&body, self.limits.body, Some(self.limits.line_breaks), &mut out);
            for part in [&header, &body] {
                words::characters(part, &mut out);
                law::people(part, &mut out);
                law::election(part, &self.heads, &mut out);
            }
        }
        out
    }

    fn post(&self, post: &Post) -> Vec<Finding> {
        let mut out = Vec::new();
        let story = Story::of(post, self.zone);
        let title = Part { post_id: &post.id, field: Field::Title, text: &post.title };
        let body = Part { post_id: &post.id, field: Field::Text, text: &post.text };
        for part in [&title, &body] {
            days::weekdays(part, story.published, &mut out);
            words::phones(part, &mut out);
            law::people(part, &mut out);
            law::election(part, &self.heads, &mut out);
            if self.informational {
                law::advertising(part, &mut out);
            }
            words::links(part, &self.dead, &mut out);
            words::hard(part, &mut out);
            words::characters(part, &mut out);
        }
        days::deadline(post, &story, self.today, &mut out);
        days::time(post, &story, self.today, &mut out);
        words::own_link(post, &self.dead, &mut out);
        words::pictures(post, &self.heads, &mut out);
        out
    }
}

/// Fixes that are told in words.
const OFFICE: &str = "an office's number";
const CITY: &str = "the city's name";
const OUT: &str = "take it out";

/// A text that is looked at.
struct Part<'a> {
    post_id: &'a str,
    field: Field,
    text: &'a str,
}

impl Part<'_> {
    fn finding(
        &self,
        code: &str,
        span: Range<usize>,
        message: impl Into<String>,
        fix: Option<String>,
    ) -> Option<Finding> {
        let place = Place { post_id: self.post_id.to_owned(), field: self.field.clone(), span: Some(span) };
        Some(Finding { rule: rules::rule(code)?, place, message: message.into(), fix })
    }
}

/// A finding about a whole part.
fn about(post_id: &str, field: Field, code: &str, message: impl Into<String>, fix: Option<String>) -> Option<Finding> {
    let place = Place { post_id: post_id.to_owned(), field, span: None };
    Some(Finding { rule: rules::rule(code)?, place, message: message.into(), fix })
}
