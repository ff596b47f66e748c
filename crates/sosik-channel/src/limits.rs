/// In what a limit is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unit {
    /// Bytes of a picture's file.
    Bytes,
    /// Bytes in CP949.
    Cp949,
    /// Things: cards, buttons.
    Items,
    /// Line breaks.
    LineBreaks,
    /// Pixels.
    Pixels,
    /// Thousandths: of a picture's height to its width.
    Thousandths,
    /// UTF-16 code units. Providers do not document how they count; this is the largest of the ways.
    Utf16,
}

/// One limit of one provider for one part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limit {
    /// The part: `carousel.cards`, `carousel.cards[].header`, `text.body` and so on.
    pub part: &'static str,
    /// What is counted.
    pub unit: Unit,
    /// The least.
    pub min: usize,
    /// The most.
    pub max: usize,
    /// Who said so.
    pub source: &'static str,
    /// When they said it, as a date.
    pub as_of: &'static str,
}

impl Limit {
    /// A limit.
    #[must_use]
    pub const fn new(
        part: &'static str,
        unit: Unit,
        (min, max): (usize, usize),
        source: &'static str,
        as_of: &'static str,
    ) -> Self {
        Self { part, unit, min, max, source, as_of }
    }
}

const NHN: &str = "NHN Cloud Brand Message API guide; SOLAPI SDK 6.0.1 and Bizgo SDK 1.2.0 agree";
const BIZGO_PICTURE: &str = "Bizgo SDK 1.2.0; 800x400 and 500 KB satisfy every dealer";

/// Kakao's limits for a carousel feed, as far as the dealers agree on them.
pub const KAKAO_CAROUSEL_FEED: &[Limit] = &[
    Limit::new("carousel.cards", Unit::Items, (2, 6), NHN, "2026-06-23"),
    Limit::new("carousel.cards[].header", Unit::Utf16, (1, 20), NHN, "2026-06-23"),
    Limit::new("carousel.cards[].header", Unit::LineBreaks, (0, 0), NHN, "2026-06-23"),
    Limit::new("carousel.cards[].text", Unit::Utf16, (1, 180), NHN, "2026-06-23"),
    Limit::new("carousel.cards[].text", Unit::LineBreaks, (0, 2), NHN, "2026-06-23"),
    Limit::new("carousel.cards[].buttons", Unit::Items, (1, 2), NHN, "2026-06-23"),
    Limit::new("carousel.cards[].buttons[].label", Unit::Utf16, (1, 8), NHN, "2026-06-23"),
    Limit::new("carousel.cards[].buttons[].link", Unit::Utf16, (1, 1000), NHN, "2026-06-23"),
    Limit::new("carousel.cards[].link", Unit::Utf16, (1, 1000), NHN, "2026-06-23"),
    Limit::new("carousel.tail", Unit::Utf16, (1, 1000), NHN, "2026-06-23"),
    Limit::new("carousel.cards[].picture.width", Unit::Pixels, (500, 4096), BIZGO_PICTURE, "2026-09-30"),
    Limit::new("carousel.cards[].picture.ratio", Unit::Thousandths, (500, 1333), BIZGO_PICTURE, "2026-09-30"),
    Limit::new("carousel.cards[].picture.file", Unit::Bytes, (1, 5_000_000), BIZGO_PICTURE, "2026-09-30"),
];

const CARRIERS: &str = "Korean carriers, as NHN Cloud SMS v3.0, SOLAPI and Bizgo document them";

/// The limits of a text message.
pub const TEXT_MESSAGE: &[Limit] = &[
    Limit::new("text.title", Unit::Cp949, (0, 40), CARRIERS, "2026-06-23"),
    Limit::new("text.body", Unit::Cp949, (1, 2000), CARRIERS, "2026-06-23"),
];
