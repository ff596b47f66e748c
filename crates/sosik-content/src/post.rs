use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use sosik_core::{AreaCode, Language};

use crate::{Translation, WebLink, text};

/// One post of an official source (blog, notice board, video channel), as plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Post {
    /// What the source calls it; the link where the source gives no name.
    pub id: String,
    /// The title, cleaned.
    pub title: String,
    /// Where citizens read it.
    pub link: WebLink,
    /// Who wrote it, as the source says.
    pub author: Option<String>,
    /// The source's own categories.
    pub categories: Vec<String>,
    /// When it was published.
    pub published: Option<DateTime<Utc>>,
    /// The body as plain text: one line a paragraph, no markup.
    pub text: String,
    /// Whether the source cut the body short.
    pub truncated: bool,
    /// Addresses of the pictures in the body, in order.
    pub images: Vec<WebLink>,
    /// The texts that stand in the pictures' places, in the same order; empty where there is none.
    pub alts: Vec<String>,
    /// The districts that it concerns, as its source says; none where it concerns all of the city or nothing is said.
    pub areas: Vec<AreaCode>,
    /// From which day on it is of use, where the source says so; by the city's clock.
    pub valid_from: Option<NaiveDate>,
    /// The last day on which it is of use, where the source says so; by the city's clock.
    pub valid_until: Option<NaiveDate>,
    /// What it says in other languages.
    pub translations: BTreeMap<Language, Translation>,
}

impl Post {
    /// A post with a title, a link and a body; the link is its id.
    #[must_use]
    pub fn new(title: impl AsRef<str>, link: WebLink, text: impl AsRef<str>) -> Self {
        Self {
            id: link.as_str().to_owned(),
            title: text::clean_line(title.as_ref()),
            link,
            author: None,
            categories: Vec::new(),
            published: None,
            text: text::clean(text.as_ref()),
            truncated: false,
            images: Vec::new(),
            alts: Vec::new(),
            areas: Vec::new(),
            valid_from: None,
            valid_until: None,
            translations: BTreeMap::new(),
        }
    }

    /// The post with a district that it concerns; call it once for each.
    #[must_use]
    pub fn with_area(mut self, area: AreaCode) -> Self {
        if !self.areas.contains(&area) {
            self.areas.push(area);
        }
        self
    }

    /// The post with the days from and until which it is of use, where the source says so.
    #[must_use]
    pub fn with_validity(mut self, from: Option<NaiveDate>, until: Option<NaiveDate>) -> Self {
        (self.valid_from, self.valid_until) = (from, until);
        self
    }

    /// The post with what it says in another language.
    #[must_use]
    pub fn with_translation(mut self, language: Language, translation: Translation) -> Self {
        self.translations.insert(language, translation);
        self
    }

    /// The post with its source's name for it.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// The post with its instant of publication.
    #[must_use]
    pub fn with_published(mut self, published: DateTime<Utc>) -> Self {
        self.published = Some(published);
        self
    }

    /// The post with its source's category; call it once for each.
    #[must_use]
    pub fn with_category(mut self, category: impl AsRef<str>) -> Self {
        self.categories.push(text::clean_line(category.as_ref()));
        self
    }

    /// The post with a picture, and the text that stands in its place; call it once for each.
    #[must_use]
    pub fn with_picture(mut self, picture: WebLink, alt: impl AsRef<str>) -> Self {
        self.alts.resize(self.images.len(), String::new());
        self.images.push(picture);
        self.alts.push(text::clean_line(alt.as_ref()));
        self
    }
}
