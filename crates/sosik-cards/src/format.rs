/// The size that a message demands of its pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardFormat {
    width: u32,
    height: u32,
    max_bytes: usize,
}

impl CardFormat {
    /// A card of a Kakao carousel feed: 800×400 pixels, 500 KB.
    ///
    /// Kakao takes up to 5 MB and other ratios; 2:1 at 500 KB is what every dealer takes (SOLAPI's examples demand
    /// exactly 2:1, Bizgo's default upload 500 KB; both 2026-09).
    #[must_use]
    pub fn kakao_carousel_feed() -> Self {
        Self { width: 800, height: 400, max_bytes: 500_000 }
    }

    /// The same picture at twice the pixels, for pages and print.
    #[must_use]
    pub fn doubled(self) -> Self {
        Self { width: self.width * 2, height: self.height * 2, max_bytes: self.max_bytes * 4 }
    }

    /// Pixels across.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels down.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The most bytes of its file.
    #[must_use]
    pub fn max_bytes(&self) -> usize {
        self.max_bytes
    }
}
