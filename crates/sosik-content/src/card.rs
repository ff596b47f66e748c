use chrono::NaiveDate;
use sosik_core::AreaCode;

use crate::{Topic, WebLink};

/// One card of an edition: what a citizen needs of one post, within the brief's text limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    pub(crate) post_id: String,
    pub(crate) topic: Topic,
    pub(crate) title: String,
    pub(crate) header: String,
    pub(crate) body: String,
    pub(crate) points: Vec<Point>,
    pub(crate) link: WebLink,
    pub(crate) areas: Vec<AreaCode>,
    pub(crate) valid_until: Option<NaiveDate>,
}

impl Card {
    /// The post it was made of.
    #[must_use]
    pub fn post_id(&self) -> &str {
        &self.post_id
    }

    /// What kind of news it is.
    #[must_use]
    pub fn topic(&self) -> Topic {
        self.topic
    }

    /// The whole title, for the picture, which has room for it.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The title shortened to the brief's header limit.
    #[must_use]
    pub fn header(&self) -> &str {
        &self.header
    }

    /// The text under the picture.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// When, where, for whom: what the post itself labels so.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The districts that it concerns; none where it concerns all of the city.
    #[must_use]
    pub fn areas(&self) -> &[AreaCode] {
        &self.areas
    }

    /// The last day on which it is of use, where the post says one; by the city's clock.
    #[must_use]
    pub fn valid_until(&self) -> Option<NaiveDate> {
        self.valid_until
    }

    /// Where the citizen reads on.
    #[must_use]
    pub fn link(&self) -> &WebLink {
        &self.link
    }
}

/// A labelled fact of a post, such as `장소` (where): `옥정호수공원`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    pub(crate) label: String,
    pub(crate) value: String,
}

impl Point {
    /// A fact under its label.
    #[must_use]
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into() }
    }

    /// What the fact is about, in one short word.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The fact.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}
