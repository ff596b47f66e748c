use std::sync::Arc;

use resvg::usvg::fontdb::{Database, Source};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use crate::error::CardError;

/// The embedded faces, by weight.
const FACES: [(u16, &[u8]); 3] = [
    (400, include_bytes!("../fonts/NanumSquareR.ttf")),
    (700, include_bytes!("../fonts/NanumSquareB.ttf")),
    (800, include_bytes!("../fonts/NanumSquareEB.ttf")),
];

/// The file of the regular face: for pages that show what the cards are part of.
#[must_use]
pub fn regular_font() -> &'static [u8] {
    FACES[0].1
}

/// The family's name in the fonts themselves.
pub(crate) const FAMILY: &str = "NanumSquare";

/// A weight of the embedded family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
    ExtraBold,
}

impl Weight {
    pub(crate) fn number(self) -> u16 {
        FACES[self as usize].0
    }
}

/// Measures text in the embedded faces.
pub(crate) struct Fonts {
    faces: Vec<FontRef<'static>>,
}

impl Fonts {
    pub(crate) fn new() -> Result<Self, CardError> {
        let faces = FACES.iter().map(|(_, data)| FontRef::new(data)).collect::<Result<_, _>>();
        Ok(Self { faces: faces.map_err(|error| CardError::Render(Box::new(error)))? })
    }

    /// The faces as the renderer takes them.
    pub(crate) fn database() -> Database {
        let mut database = Database::new();
        for (_, data) in FACES {
            database.load_font_source(Source::Binary(Arc::new(data)));
        }
        database
    }

    /// The advance of a text in pixels. Korean fonts do not kern, so that advances add up.
    pub(crate) fn width(&self, text: &str, weight: Weight, size: f32) -> f32 {
        let face = &self.faces[weight as usize];
        let map = face.charmap();
        let metrics = face.glyph_metrics(Size::new(size), LocationRef::default());
        text.chars().map(|c| map.map(c).and_then(|glyph| metrics.advance_width(glyph)).unwrap_or(size)).sum()
    }

    /// The text with what the faces lack left out, so that no empty box is ever drawn.
    pub(crate) fn drawable(&self, text: &str) -> String {
        let map = self.faces[0].charmap();
        let kept: String = text.chars().map(|c| if map.map(c).is_some() { c } else { ' ' }).collect();
        kept.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fonts(NanumSquare)")
    }
}
