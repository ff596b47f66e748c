//! How a city's cards look: colours, corners, its name and its mark.

use serde::Deserialize;
use sosik_content::Topic;

use crate::colour::{Colour, READABLE};
use crate::fonts::{Fonts, Weight};
use crate::logo::Logo;
use crate::template::Role;

/// How a city's cards look: its name on them, its colours, and how round they are.
///
/// Four are made ([`Theme::named`]); a city's own is a TOML file of the same form ([`Theme::from_toml`]).
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    city: String,
    radius: f32,
    palette: Palette,
    topics: Vec<(Topic, TopicColours)>,
    logo: Option<Logo>,
    typefaces: Vec<(Weight, Vec<u8>)>,
}

/// The colours of a card whatever its topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Palette {
    /// Titles and facts.
    #[serde(deserialize_with = "colour")]
    pub(crate) ink: Colour,
    /// Labels and the foot.
    #[serde(deserialize_with = "colour")]
    pub(crate) quiet: Colour,
    /// What facts stand on.
    #[serde(deserialize_with = "colour")]
    pub(crate) panel: Colour,
    /// The city's mark.
    #[serde(deserialize_with = "colour")]
    pub(crate) mark: Colour,
    /// What stands on the mark and on a topic's strong colour.
    #[serde(deserialize_with = "colour")]
    pub(crate) on_strong: Colour,
}

/// The colours of one topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TopicColours {
    /// The colour of the topic: what stands on it has a contrast of at least 4.5:1.
    #[serde(deserialize_with = "colour")]
    pub strong: Colour,
    /// The ground of the card: every text on it has a contrast of at least 4.5:1.
    #[serde(deserialize_with = "colour")]
    pub ground: Colour,
    /// A colour between the two, for shapes that carry no text.
    #[serde(deserialize_with = "colour")]
    pub soft: Colour,
}

fn colour<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Colour, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

/// A theme's file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default = "default_radius")]
    radius: f32,
    palette: Palette,
    /// The file of the city's logo.
    logo: Option<String>,
    #[serde(default)]
    typefaces: Typefaces,
    /// For topics that have no colours of their own.
    topic: TopicColours,
    #[serde(default)]
    topics: std::collections::BTreeMap<String, TopicColours>,
}

/// The files of a city's own faces.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Typefaces {
    regular: Option<String>,
    bold: Option<String>,
    extra_bold: Option<String>,
}

fn default_radius() -> f32 {
    26.0
}

/// The themes that are made, by name.
const MADE: [(&str, &str); 4] = [
    ("bright", include_str!("../themes/bright.toml")),
    ("blue-green", include_str!("../themes/blue-green.toml")),
    ("warm", include_str!("../themes/warm.toml")),
    ("night", include_str!("../themes/night.toml")),
];

impl Theme {
    /// A theme's file, as one that is made is written: to begin a city's own with.
    pub const FORM: &'static str = MADE[1].1;

    /// The names of the themes that are made: `bright`, `blue-green`, `warm` and `night` (dark).
    pub fn names() -> impl Iterator<Item = &'static str> {
        MADE.iter().map(|(name, _)| *name)
    }

    /// The standard look: each topic in a colour of its own on a bright ground.
    #[must_use]
    pub fn new(city: impl Into<String>) -> Self {
        let city = city.into();
        Self::from_toml(&city, MADE[0].1).unwrap_or_else(|_| Self::plain(city))
    }

    /// A theme that is made.
    ///
    /// # Errors
    ///
    /// [`ThemeError`] names those that there are.
    pub fn named(city: impl Into<String>, name: &str) -> Result<Self, ThemeError> {
        let file = MADE.iter().find(|(made, _)| *made == name).map(|(_, file)| *file);
        let names = || Self::names().collect::<Vec<_>>().join(", ");
        Self::from_toml(
            city,
            file.ok_or_else(|| ThemeError(format!("there is no theme `{name}`: take one of {}", names())))?,
        )
    }

    /// A city's own theme, without files beside it.
    ///
    /// # Errors
    ///
    /// [`ThemeError`] when the file cannot be read, a text would have a contrast below 4.5:1 (with the colours by name), or it
    /// names a logo or typefaces: [`with_files`](Self::with_files) reads those.
    pub fn from_toml(city: impl Into<String>, file: &str) -> Result<Self, ThemeError> {
        Self::with_files(city, file, |name| {
            Err(std::io::Error::other(format!("`{name}` lies beside the theme: read it with its files")))
        })
    }

    /// A city's own theme, with the files that it names: `logo = "logo.svg"` (a drawing whose letters are outlines) and, under
    /// `[typefaces]`, `regular`, `bold` and `extra-bold` (TrueType or OpenType). `read` gives a file by its name.
    ///
    /// ```
    /// use sosik_cards::Theme;
    /// # let own = Theme::FORM;
    ///
    /// let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><path d="M0 0H40V20Z" fill="#00666e"/></svg>"##;
    /// let theme = Theme::with_files("양주시", &format!("logo = \"logo.svg\"\n{own}"), |name| {
    ///     assert_eq!(name, "logo.svg");
    ///     Ok(svg.as_bytes().to_vec())
    /// })?;
    /// # let _ = theme;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ThemeError`] when the file or one that it names cannot be read or used, or a text would have a contrast below 4.5:1,
    /// with the colours by name.
    pub fn with_files(
        city: impl Into<String>,
        file: &str,
        read: impl Fn(&str) -> std::io::Result<Vec<u8>>,
    ) -> Result<Self, ThemeError> {
        let file: File = toml::from_str(file).map_err(|error| ThemeError(error.to_string()))?;
        let read = |what: &str, name: &str| read(name).map_err(|error| ThemeError(format!("{what}: {name}: {error}")));
        let logo = match &file.logo {
            Some(name) => {
                let svg = String::from_utf8(read("logo", name)?);
                Some(Logo::from_svg(&svg.map_err(|_| ThemeError(format!("logo: {name} is no text in UTF-8")))?)?)
            }
            None => None,
        };
        let mut typefaces = Vec::new();
        for (what, weight, name) in [
            ("typefaces.regular", Weight::Regular, &file.typefaces.regular),
            ("typefaces.bold", Weight::Bold, &file.typefaces.bold),
            ("typefaces.extra-bold", Weight::ExtraBold, &file.typefaces.extra_bold),
        ] {
            if let Some(name) = name {
                let bytes = read(what, name)?;
                Fonts::embedded()
                    .with_face(weight, bytes.clone())
                    .map_err(|error| ThemeError(format!("{what}: {name}: {error}")))?;
                typefaces.push((weight, bytes));
            }
        }
        if !(0.0..=200.0).contains(&file.radius) {
            return Err(ThemeError(format!("radius: {} is not within 0 and 200", file.radius)));
        }
        let mut topics = Vec::new();
        for topic in Topic::ALL {
            topics.push((topic, file.topics.get(topic.code()).copied().unwrap_or(file.topic)));
        }
        if let Some(unknown) = file.topics.keys().find(|code| Topic::parse(code).is_err()) {
            return Err(ThemeError(format!("topics.{unknown}: there is no such topic")));
        }
        let theme = Self { city: city.into(), radius: file.radius, palette: file.palette, topics, logo, typefaces };
        theme.check()?;
        Ok(theme)
    }

    /// What no file can spoil.
    fn plain(city: String) -> Self {
        let palette = Palette {
            ink: Colour::BLACK,
            quiet: Colour::BLACK,
            panel: Colour::WHITE,
            mark: Colour::BLACK,
            on_strong: Colour::WHITE,
        };
        let colours = TopicColours { strong: Colour::BLACK, ground: Colour::WHITE, soft: Colour::rgb(220, 220, 220) };
        let topics = Topic::ALL.map(|topic| (topic, colours)).to_vec();
        Self { city, radius: default_radius(), palette, topics, logo: None, typefaces: Vec::new() }
    }

    fn check(&self) -> Result<(), ThemeError> {
        let readable = |ink: (&str, Colour), ground: (&str, Colour)| {
            let contrast = ink.1.contrast(ground.1);
            if contrast >= READABLE {
                return Ok(());
            }
            let ((ink, ink_colour), (ground, ground_colour)) = (ink, ground);
            Err(ThemeError(format!(
                "{ink} {ink_colour} on {ground} {ground_colour} has a contrast of {contrast:.1}:1, text needs 4.5:1"
            )))
        };
        let palette = &self.palette;
        readable(("palette.on-strong", palette.on_strong), ("palette.mark", palette.mark))?;
        readable(("palette.ink", palette.ink), ("palette.panel", palette.panel))?;
        readable(("palette.quiet", palette.quiet), ("palette.panel", palette.panel))?;
        for (topic, colours) in &self.topics {
            let of = |part: &str| format!("topics.{topic}.{part}");
            let (strong, ground) = (of("strong"), of("ground"));
            let (strong, ground) = ((strong.as_str(), colours.strong), (ground.as_str(), colours.ground));
            readable(("palette.on-strong", palette.on_strong), strong)?;
            readable(strong, ground)?;
            readable(strong, ("palette.panel", palette.panel))?;
            readable(("palette.ink", palette.ink), ground)?;
            readable(("palette.quiet", palette.quiet), ground)?;
            // A title may reach over the shape behind the drawing.
            let soft = of("soft");
            readable(("palette.ink", palette.ink), (soft.as_str(), colours.soft))?;
            readable(("palette.quiet", palette.quiet), (soft.as_str(), colours.soft))?;
        }
        Ok(())
    }

    /// The theme with another colour of the city's mark.
    ///
    /// # Errors
    ///
    /// [`ThemeError`] when it is no colour, or the letter on it has a contrast below 4.5:1.
    pub fn with_mark(mut self, colour: &str) -> Result<Self, ThemeError> {
        self.palette.mark = colour.parse().map_err(|error: crate::ColourError| ThemeError(error.to_string()))?;
        self.check()?;
        Ok(self)
    }

    pub(crate) fn logo(&self) -> Option<&Logo> {
        self.logo.as_ref()
    }

    pub(crate) fn typefaces(&self) -> &[(Weight, Vec<u8>)] {
        &self.typefaces
    }

    /// The city's name.
    #[must_use]
    pub fn city(&self) -> &str {
        &self.city
    }

    /// The colour of the city's mark.
    #[must_use]
    pub fn mark(&self) -> Colour {
        self.palette.mark
    }

    /// How round corners are, in thousandths of the side of a square as large as the card.
    #[must_use]
    pub fn radius(&self) -> f32 {
        self.radius
    }

    /// The colours of a topic.
    #[must_use]
    pub fn colours(&self, topic: Topic) -> TopicColours {
        let found = self.topics.iter().find(|(known, _)| *known == topic);
        found.or(self.topics.first()).map_or_else(
            || TopicColours { strong: self.palette.ink, ground: self.palette.panel, soft: self.palette.panel },
            |(_, colours)| *colours,
        )
    }

    /// A colour by what it is for, on a card of a topic.
    pub(crate) fn role(&self, role: Role, topic: Topic) -> Colour {
        let (palette, colours) = (self.palette, self.colours(topic));
        match role {
            Role::Ink => palette.ink,
            Role::Quiet => palette.quiet,
            Role::Panel => palette.panel,
            Role::Mark => palette.mark,
            Role::OnStrong => palette.on_strong,
            Role::Strong => colours.strong,
            Role::Ground => colours.ground,
            Role::Soft => colours.soft,
            Role::White => Colour::WHITE,
        }
    }

    pub(crate) fn palette(&self) -> Palette {
        self.palette
    }
}

/// A theme that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the theme cannot be used: {0}")]
pub struct ThemeError(pub(crate) String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_that_is_made_is_read_and_readable() {
        for name in Theme::names() {
            let theme = Theme::named("양주시", name).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(theme.city(), "양주시");
        }
        assert_ne!(Theme::new("양주시").palette, Theme::plain("양주시".to_owned()).palette);
    }

    #[test]
    fn a_logo_and_faces_are_read_from_the_files_that_a_theme_names() {
        let svg = |inside: &str, width: u32| {
            format!(r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20">{inside}</svg>"#)
                .into_bytes()
        };
        let own = |head: &str, file: Vec<u8>| {
            Theme::with_files("양주시", &format!("{head}\n{}", Theme::FORM), move |_| Ok(file.clone()))
        };
        let path = r#"<path d="M0 0H40V20Z"/>"#;
        let theme = own("logo = \"logo.svg\"", svg(path, 40)).unwrap();
        assert!(theme.logo().is_some_and(|logo| (logo.aspect() - 2.0).abs() < 1e-3));
        let error = |head: &str, file: Vec<u8>| own(head, file).unwrap_err().to_string();
        assert!(error("logo = \"a.svg\"", svg("<text>가</text>", 40)).contains("turn them into outlines"));
        assert!(error("logo = \"a.svg\"", svg("<image/>", 40)).contains("take a drawing"));
        assert!(error("logo = \"a.svg\"", svg(path, 400)).contains("20.0 times as wide as high"));
        assert!(error("logo = \"a.svg\"", b"GIF89a".to_vec()).contains("logo: it is no drawing in SVG"));
        assert!(Theme::from_toml("양주시", &format!("logo = \"a.svg\"\n{}", Theme::FORM)).is_err());
        let face = |file: &[u8]| own("typefaces.regular = \"own.ttf\"", file.to_vec());
        assert_eq!(face(crate::regular_font()).unwrap().typefaces().len(), 1);
        assert!(face(b"nothing").unwrap_err().to_string().contains("typefaces.regular: own.ttf"));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let error = Theme::named("양주시", "pink").unwrap_err().to_string();
        assert!(error.ends_with("there is no theme `pink`: take one of bright, blue-green, warm, night"), "{error}");
        let pale = MADE[0].1.replacen("ink = \"#191f28\"", "ink = \"#cccccc\"", 1);
        let error = Theme::from_toml("양주시", &pale).unwrap_err().to_string();
        assert!(error.contains("palette.ink #cccccc on palette.panel"), "{error}");
        for bad in ["red", "#1b4f9", "#ffff00", "#1b4f9g"] {
            assert!(Theme::new("양주시").with_mark(bad).is_err(), "{bad}");
        }
        assert_eq!(Theme::new("양주시").with_mark("#004b87").unwrap().mark().to_string(), "#004b87");
    }
}
