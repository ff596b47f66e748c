//! What one card says, apart from how it looks.

use std::collections::BTreeMap;

use sosik_content::{Topic, WebLink};
use unicode_normalization::UnicodeNormalization;

use crate::picture::Picture;

/// What one card says: texts and pairs of texts by name, a photograph, a code to scan.
///
/// Which names there are is up to the template; those that are made show `title`, `lead`, `deadline`, `edition`, `place` (such
/// as `2/6`) and the pairs `facts`, `steps` and `days`.
///
/// ```
/// use sosik_cards::{CardFormat, Face, Painter, Theme};
/// use sosik_content::Topic;
///
/// let face = Face::new("event", Topic::Festival)
///     .with_text("title", "옥정호수공원 겨울빛 점등식")
///     .with_pair("facts", "일시", "12. 5.(토) 17:00")
///     .with_pair("facts", "장소", "옥정호수공원 중앙광장");
/// let drawn = Painter::new(Theme::new("양주시"), CardFormat::square())?.draw_face(&face)?;
/// assert_eq!((drawn.width, drawn.height), (1_080, 1_080));
/// assert_eq!(drawn.alt, "축제·행사\n옥정호수공원 겨울빛 점등식\n일시 12. 5.(토) 17:00\n장소 옥정호수공원 중앙광장\n양주시");
/// assert!(drawn.left.is_empty());
/// # Ok::<(), sosik_cards::CardError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Face {
    pub(crate) template: String,
    pub(crate) topic: Topic,
    pub(crate) texts: BTreeMap<String, String>,
    pub(crate) pairs: BTreeMap<String, Vec<(String, String)>>,
    pub(crate) picture: Option<Picture>,
    pub(crate) code: Option<WebLink>,
}

impl Face {
    /// A card of a template, about a topic, that says nothing yet.
    #[must_use]
    pub fn new(template: impl Into<String>, topic: Topic) -> Self {
        Self {
            template: template.into(),
            topic,
            texts: BTreeMap::new(),
            pairs: BTreeMap::new(),
            picture: None,
            code: None,
        }
    }

    /// The card with a text.
    #[must_use]
    pub fn with_text(mut self, name: impl Into<String>, text: impl AsRef<str>) -> Self {
        self.texts.insert(name.into(), plain(text.as_ref()));
        self
    }

    /// The card with one more pair of texts: what a fact is about, and the fact.
    #[must_use]
    pub fn with_pair(mut self, name: impl Into<String>, label: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.pairs.entry(name.into()).or_default().push((plain(label.as_ref()), plain(value.as_ref())));
        self
    }

    /// The card with a photograph.
    #[must_use]
    pub fn with_picture(mut self, picture: Picture) -> Self {
        self.picture = Some(picture);
        self
    }

    /// Every text that it says.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> + Clone {
        let pairs = self.pairs.values().flatten().flat_map(|(label, value)| [label, value]);
        self.texts.values().chain(pairs).map(String::as_str)
    }

    /// The card with a code that a phone's camera reads as an address.
    #[must_use]
    pub fn with_code(mut self, link: WebLink) -> Self {
        self.code = Some(link);
        self
    }
}

/// A text as it is drawn: composed (NFC), with single spaces, without what cannot be seen. A space that holds its words
/// together (U+00A0) stays.
pub(crate) fn plain(text: &str) -> String {
    let lines: Vec<String> = text
        .nfc()
        .collect::<String>()
        .split(['\n', '\u{2028}', '\u{2029}'])
        .map(|line| {
            let seen = |c: &char| !c.is_control() && !is_unseen(*c);
            let line: String =
                line.chars().map(|c| if c.is_whitespace() && c != '\u{a0}' { ' ' } else { c }).filter(seen).collect();
            line.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
        })
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("\n")
}

/// Marks of direction, joiners of nothing, and the like. What joins emoji stays.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{3164}' | '\u{115f}' | '\u{1160}')
}
