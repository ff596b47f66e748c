//! What providers take, as data.

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
    /// Hundredths.
    Percent,
    /// Pixels.
    Pixels,
    /// Thousandths: of a picture's height to its width.
    Thousandths,
    /// UTF-16 code units. Providers do not document how they count; this is the largest of the ways.
    Utf16,
    /// Korean won.
    Won,
}

impl Unit {
    /// What is counted, in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Cp949 => "bytes in CP949",
            Self::Items => "items",
            Self::LineBreaks => "line breaks",
            Self::Percent => "hundredths",
            Self::Pixels => "pixels",
            Self::Thousandths => "thousandths of height to width",
            Self::Utf16 => "UTF-16 units",
            Self::Won => "won",
        }
    }
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
const NHN_ALONE: &str = "NHN Cloud Brand Message API guide";
const BIZGO_PICTURE: &str = "Bizgo SDK 1.2.0; 800x400 and 500 KB satisfy every dealer";
const JUNE: &str = "2026-06-23";
const SEPTEMBER: &str = "2026-09-30";

/// Rows of one source and date.
macro_rules! rows {
    ($source:expr, $date:expr; $($part:literal $unit:ident $min:literal..$max:literal;)+) => {
        [$(Limit::new($part, Unit::$unit, ($min, $max), $source, $date)),+]
    };
}

/// Kakao's limits for a carousel feed, as far as the dealers agree on them.
pub const KAKAO_CAROUSEL_FEED: &[Limit] = &[
    Limit::new("carousel.cards", Unit::Items, (2, 6), NHN, JUNE),
    Limit::new("carousel.cards[].header", Unit::Utf16, (1, 20), NHN, JUNE),
    Limit::new("carousel.cards[].header", Unit::LineBreaks, (0, 0), NHN, JUNE),
    Limit::new("carousel.cards[].text", Unit::Utf16, (1, 180), NHN, JUNE),
    Limit::new("carousel.cards[].text", Unit::LineBreaks, (0, 2), NHN, JUNE),
    Limit::new("carousel.cards[].buttons", Unit::Items, (1, 2), NHN, JUNE),
    Limit::new("carousel.cards[].buttons[].label", Unit::Utf16, (1, 8), NHN, JUNE),
    Limit::new("carousel.cards[].buttons[].link", Unit::Utf16, (1, 1000), NHN, JUNE),
    Limit::new("carousel.cards[].link", Unit::Utf16, (1, 1000), NHN, JUNE),
    Limit::new("carousel.cards[].coupon.description", Unit::Utf16, (1, 12), NHN, JUNE),
    Limit::new("carousel.cards[].coupon.link", Unit::Utf16, (1, 1000), NHN, JUNE),
    Limit::new("carousel.tail", Unit::Utf16, (1, 1000), NHN, JUNE),
    Limit::new("carousel.cards[].picture.width", Unit::Pixels, (500, 4096), BIZGO_PICTURE, SEPTEMBER),
    Limit::new("carousel.cards[].picture.ratio", Unit::Thousandths, (500, 1333), BIZGO_PICTURE, SEPTEMBER),
    Limit::new("carousel.cards[].picture.file", Unit::Bytes, (1, 5_000_000), BIZGO_PICTURE, SEPTEMBER),
];

/// Kakao's limits for brand messages of one bubble and carousels of goods, as far as the dealers agree on them; those
/// of the carousel feed are in [`KAKAO_CAROUSEL_FEED`].
///
/// A part `… with coupon` or `… with head` holds where there is one.
pub const KAKAO_BRAND_MESSAGE: &[Limit] = &rows! { NHN, JUNE;
    "bubble.text" Utf16 1..1_300;
    "bubble.text" LineBreaks 0..99;
    "bubble.buttons" Items 0..5;
    "bubble.buttons with coupon" Items 0..4;
    "bubble.buttons[].label" Utf16 1..14;
    "bubble.buttons[].link" Utf16 1..1_000;
    "bubble.coupon.description" Utf16 1..12;
    "bubble.coupon.link" Utf16 1..1_000;
    "image.text" Utf16 0..1_300;
    "image.text" LineBreaks 0..99;
    "image.link" Utf16 1..1_000;
    "image.buttons" Items 0..5;
    "image.buttons with coupon" Items 0..4;
    "image.buttons[].label" Utf16 1..14;
    "image.buttons[].link" Utf16 1..1_000;
    "image.coupon.description" Utf16 1..12;
    "image.coupon.link" Utf16 1..1_000;
    "image.picture.width" Pixels 500..4_096;
    "image.picture.ratio" Thousandths 500..1_333;
    "image.picture.file" Bytes 1..5_000_000;
    "wide.text" Utf16 0..76;
    "wide.text" LineBreaks 0..5;
    "wide.buttons" Items 0..2;
    "wide.buttons[].label" Utf16 1..8;
    "wide.buttons[].link" Utf16 1..1_000;
    "wide.coupon.description" Utf16 1..18;
    "wide.coupon.link" Utf16 1..1_000;
    "wide.picture.width" Pixels 500..4_096;
    "wide.picture.ratio" Thousandths 500..1_000;
    "wide.picture.file" Bytes 1..5_000_000;
    "wide-item-list.header" Utf16 1..20;
    "wide-item-list.header" LineBreaks 0..0;
    "wide-item-list.main.title" Utf16 0..25;
    "wide-item-list.main.title" LineBreaks 0..0;
    "wide-item-list.main.link" Utf16 1..1_000;
    "wide-item-list.main.picture.width" Pixels 500..4_096;
    "wide-item-list.main.picture.ratio" Thousandths 500..500;
    "wide-item-list.main.picture.file" Bytes 1..5_000_000;
    "wide-item-list.rest" Items 2..3;
    "wide-item-list.rest[].title" Utf16 1..30;
    "wide-item-list.rest[].title" LineBreaks 0..0;
    "wide-item-list.rest[].link" Utf16 1..1_000;
    "wide-item-list.rest[].picture.width" Pixels 500..4_096;
    "wide-item-list.rest[].picture.ratio" Thousandths 1_000..1_000;
    "wide-item-list.rest[].picture.file" Bytes 1..5_000_000;
    "wide-item-list.buttons" Items 0..2;
    "wide-item-list.buttons[].label" Utf16 1..8;
    "wide-item-list.buttons[].link" Utf16 1..1_000;
    "wide-item-list.coupon.description" Utf16 1..18;
    "wide-item-list.coupon.link" Utf16 1..1_000;
    "carousel-commerce.cards" Items 2..6;
    "carousel-commerce.cards with head" Items 1..5;
    "carousel-commerce.head.header" Utf16 1..20;
    "carousel-commerce.head.header" LineBreaks 0..0;
    "carousel-commerce.head.text" Utf16 1..50;
    "carousel-commerce.head.text" LineBreaks 0..2;
    "carousel-commerce.head.link" Utf16 1..1_000;
    "carousel-commerce.head.picture.width" Pixels 500..4_096;
    "carousel-commerce.head.picture.ratio" Thousandths 500..1_333;
    "carousel-commerce.head.picture.file" Bytes 1..5_000_000;
    "carousel-commerce.cards[].product.title" Utf16 1..30;
    "carousel-commerce.cards[].product.title" LineBreaks 0..0;
    "carousel-commerce.cards[].product.price" Won 0..99_999_999;
    "carousel-commerce.cards[].product.percent" Percent 0..100;
    "carousel-commerce.cards[].product.less" Won 0..999_999;
    "carousel-commerce.cards[].more" Utf16 0..34;
    "carousel-commerce.cards[].more" LineBreaks 0..1;
    "carousel-commerce.cards[].link" Utf16 1..1_000;
    "carousel-commerce.cards[].buttons" Items 1..2;
    "carousel-commerce.cards[].buttons[].label" Utf16 1..8;
    "carousel-commerce.cards[].buttons[].link" Utf16 1..1_000;
    "carousel-commerce.cards[].coupon.description" Utf16 1..12;
    "carousel-commerce.cards[].coupon.link" Utf16 1..1_000;
    "carousel-commerce.cards[].picture.width" Pixels 500..4_096;
    "carousel-commerce.cards[].picture.ratio" Thousandths 500..1_333;
    "carousel-commerce.cards[].picture.file" Bytes 1..5_000_000;
    "carousel-commerce.tail" Utf16 1..1_000;
    "commerce.product.title" Utf16 1..30;
    "commerce.product.title" LineBreaks 0..0;
    "commerce.product.price" Won 0..99_999_999;
    "commerce.product.percent" Percent 0..100;
    "commerce.product.less" Won 0..999_999;
    "commerce.more" Utf16 0..34;
    "commerce.more" LineBreaks 0..1;
    "commerce.buttons" Items 1..2;
    "commerce.buttons[].label" Utf16 1..8;
    "commerce.buttons[].link" Utf16 1..1_000;
    "commerce.coupon.description" Utf16 1..12;
    "commerce.coupon.link" Utf16 1..1_000;
    "commerce.picture.width" Pixels 500..4_096;
    "commerce.picture.ratio" Thousandths 500..1_333;
    "commerce.picture.file" Bytes 1..5_000_000;
    "premium-video.header" Utf16 0..20;
    "premium-video.header" LineBreaks 0..0;
    "premium-video.text" Utf16 0..76;
    "premium-video.text" LineBreaks 0..5;
    "premium-video.buttons" Items 0..1;
    "premium-video.buttons[].label" Utf16 1..8;
    "premium-video.buttons[].link" Utf16 1..1_000;
    "premium-video.thumbnail.width" Pixels 500..4_096;
    "premium-video.thumbnail.ratio" Thousandths 500..1_333;
    "premium-video.thumbnail.file" Bytes 1..5_000_000;
};

/// What NHN Cloud alone says beyond the others.
pub const NHN_BRAND_MESSAGE: &[Limit] = &rows! { NHN_ALONE, JUNE;
    "premium-video.coupon.description" Utf16 1..18;
    "premium-video.coupon.link" Utf16 1..1_000;
};

const ALIMTALK_GUIDE: &str = "NHN Cloud Alimtalk guide; SOLAPI SDK 6.0.1 and Bizgo SDK 1.2.0 agree";

/// Kakao's limits for 알림톡 (Alimtalk), as far as the dealers agree on them. Of texts, the older and lower limit: NHN
/// Cloud and Bizgo take 1,300 characters since 2025-10-28, of others nothing is known.
///
/// Texts are counted with their variables filled in.
pub const ALIMTALK: &[Limit] = &rows! { ALIMTALK_GUIDE, JUNE;
    "alimtalk.text" Utf16 1..1_000;
    "alimtalk.text with items" Utf16 1..700;
    "alimtalk.variables" Items 0..40;
    "alimtalk.title" Utf16 1..50;
    "alimtalk.subtitle" Utf16 0..50;
    "alimtalk.header" Utf16 0..16;
    "alimtalk.items" Items 2..10;
    "alimtalk.items[].title" Utf16 1..6;
    "alimtalk.items[].value" Utf16 1..23;
    "alimtalk.highlight.title" Utf16 1..30;
    "alimtalk.highlight.text" Utf16 1..19;
    "alimtalk.summary.title" Utf16 1..6;
    "alimtalk.summary.value" Utf16 1..14;
    "alimtalk.buttons" Items 0..5;
    "alimtalk.buttons with quick replies" Items 0..2;
    "alimtalk.buttons[].label" Utf16 1..14;
    "alimtalk.quick-replies" Items 0..5;
    "alimtalk.quick-replies[].label" Utf16 1..14;
    "alimtalk.picture.ratio" Thousandths 500..500;
    "alimtalk.picture.file" Bytes 1..500_000;
};

const CARRIERS: &str = "Korean carriers, as NHN Cloud SMS v3.0, SOLAPI and Bizgo document them";

const MMS: &str = "NHN Cloud SMS v3.0: 3 pictures of 300 KB; PyPI bizgo-sdk-comm 1.2.0 agrees";
const MMS_PIXELS: &str = "PyPI bizgo-sdk-comm 1.2.0 recommends 1,500 by 1,440 at the most";

/// The limits of a text message.
pub const TEXT_MESSAGE: &[Limit] = &[
    Limit::new("text.title", Unit::Cp949, (0, 40), CARRIERS, "2026-06-23"),
    Limit::new("text.body", Unit::Cp949, (1, 2000), CARRIERS, "2026-06-23"),
    Limit::new("text.pictures", Unit::Items, (0, 3), MMS, "2026-09"),
    Limit::new("text.pictures[].file", Unit::Bytes, (1, 300_000), MMS, "2026-09"),
    Limit::new("text.pictures[].width", Unit::Pixels, (1, 1_500), MMS_PIXELS, "2026-09"),
    Limit::new("text.pictures[].height", Unit::Pixels, (1, 1_440), MMS_PIXELS, "2026-09"),
];

const TEMPLATE: &str = "NHN Cloud Brand Message API guide: 500 characters in templates, 1,000 in the free form";

/// What is narrower in a brand message by template than in the free form.
pub const BRAND_TEMPLATE: &[Limit] = &[Limit::new("template.link", Unit::Utf16, (1, 500), TEMPLATE, JUNE)];
