use crate::{WebLink, text};

/// What a post says in another language: words only, for days, times and sums are the same in all.
///
/// Somebody translated it, or something; who is up to the city. Nothing is translated here.
///
/// ```
/// use sosik_content::{Language, Post, Translation, WebLink};
///
/// let post = Post::new("겨울 그림책 원화 전시", WebLink::parse("https://blog.example.go.kr/1")?, "12월 5일에 엽니다.")
///     .with_translation(
///         Language::parse("en")?,
///         Translation::new("Winter picture-book exhibition", "Original drawings are on show.")
///             .with_place("Okjeong Lake Library"),
///     );
/// assert_eq!(post.translations[&Language::parse("en")?].place.as_deref(), Some("Okjeong Lake Library"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Translation {
    /// The title.
    pub title: String,
    /// The body: one line a paragraph, no markup.
    pub text: String,
    /// Where it takes place.
    pub place: Option<String>,
    /// For whom it is.
    pub audience: Option<String>,
    /// Where it can be read in that language; the post's own address where there is none.
    pub link: Option<WebLink>,
}

impl Translation {
    /// A title and a body in another language.
    #[must_use]
    pub fn new(title: impl AsRef<str>, text: impl AsRef<str>) -> Self {
        Self {
            title: text::clean_line(title.as_ref()),
            text: text::clean(text.as_ref()),
            place: None,
            audience: None,
            link: None,
        }
    }

    /// With where it takes place.
    #[must_use]
    pub fn with_place(mut self, place: impl AsRef<str>) -> Self {
        self.place = Some(text::clean_line(place.as_ref())).filter(|place| !place.is_empty());
        self
    }

    /// With whom it is for.
    #[must_use]
    pub fn with_audience(mut self, audience: impl AsRef<str>) -> Self {
        self.audience = Some(text::clean_line(audience.as_ref())).filter(|audience| !audience.is_empty());
        self
    }

    /// With where it can be read in that language.
    #[must_use]
    pub fn with_link(mut self, link: WebLink) -> Self {
        self.link = Some(link);
        self
    }
}
