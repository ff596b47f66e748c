/// The size that a message demands of its pictures, and how wide a phone shows them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CardFormat {
    name: &'static str,
    width: u16,
    height: u16,
    max_bytes: usize,
    shown: f32,
    source: &'static str,
}

/// How wide a phone of 360 dp (the commonest width of Android phones) shows a picture in a chat: its bubble is some 75 % of
/// it. Our own measure; no source states one.
const BUBBLE: f32 = 270.0;

/// The smallest type that is read on a phone, in dp: the smallest of Material Design 3's type scale (label small, 11 sp).
const LEGIBLE: f32 = 11.0;

/// Whether a card is wider than high.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// At least 1.25 times as wide as high.
    Wide,
    /// In between.
    Square,
    /// At least 1.25 times as high as wide.
    Tall,
}

impl CardFormat {
    /// Every format that is known.
    pub const ALL: [Self; 4] = [Self::kakao_carousel_feed(), Self::wide(), Self::square(), Self::tall()];

    /// A card of a Kakao carousel feed, and what every dealer takes: 800×400 pixels, 500 KB.
    #[must_use]
    pub const fn kakao_carousel_feed() -> Self {
        Self {
            name: "feed",
            width: 800,
            height: 400,
            max_bytes: 500_000,
            shown: BUBBLE,
            source: "Kakao takes 2:1 to 3:4 and 5 MB; SOLAPI's examples demand exactly 2:1, Bizgo's default upload 500 KB (2026-09)",
        }
    }

    /// A wide picture of 800×600 pixels, 500 KB.
    #[must_use]
    pub const fn wide() -> Self {
        Self {
            name: "wide",
            width: 800,
            height: 600,
            max_bytes: 500_000,
            shown: BUBBLE,
            source: "NHN Cloud, Brand Message images: WIDE_IMAGE 800x600 recommended, 5 MB (2026-06); 500 KB as Bizgo's uploads",
        }
    }

    /// A square of 1,080×1,080 pixels for blogs, Instagram and carousel feeds; 2 MB.
    #[must_use]
    pub const fn square() -> Self {
        Self {
            name: "square",
            width: 1_080,
            height: 1_080,
            max_bytes: 2_000_000,
            shown: BUBBLE,
            source: "NHN Cloud, Brand Message images: ratio 0.5 to 1.333, width 500 or more, 5 MB (2026-06)",
        }
    }

    /// A tall card of 900×1,200 pixels, the tallest that a message takes; 2 MB.
    #[must_use]
    pub const fn tall() -> Self {
        Self {
            name: "tall",
            width: 900,
            height: 1_200,
            max_bytes: 2_000_000,
            shown: BUBBLE,
            source: "NHN Cloud, Brand Message images: ratio 0.5 to 1.333, width 500 or more, 5 MB (2026-06)",
        }
    }

    /// The format of a name: `feed`, `wide`, `square`, `tall`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name == name)
    }

    /// The same picture at twice the pixels, for pages and print.
    #[must_use]
    pub fn doubled(self) -> Self {
        let twice = |side: u16| side.saturating_mul(2);
        Self {
            width: twice(self.width),
            height: twice(self.height),
            max_bytes: self.max_bytes.saturating_mul(4),
            ..self
        }
    }

    /// Its name in settings.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Pixels across.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width.into()
    }

    /// Pixels down.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height.into()
    }

    /// The most bytes of its file.
    #[must_use]
    pub fn max_bytes(&self) -> usize {
        self.max_bytes
    }

    /// Where its numbers come from.
    #[must_use]
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// How wide a phone shows it, in dp (1/160 inch).
    #[must_use]
    pub fn shown(&self) -> f32 {
        self.shown
    }

    /// The smallest type that is read where a phone shows it, in pixels of the card.
    #[must_use]
    pub fn legible(&self) -> f32 {
        f32::from(self.width) / self.shown * LEGIBLE
    }

    /// Whether it is wide, square or tall.
    #[must_use]
    pub fn shape(&self) -> Shape {
        let (width, height) = (u32::from(self.width) * 4, u32::from(self.height) * 4);
        if width >= u32::from(self.height) * 5 {
            Shape::Wide
        } else if height >= u32::from(self.width) * 5 {
            Shape::Tall
        } else {
            Shape::Square
        }
    }

    /// What sizes in templates are thousandths of: the side of a square as large.
    pub(crate) fn unit(&self) -> f32 {
        (f32::from(self.width) * f32::from(self.height)).sqrt() / 1_000.0
    }
}
