use std::fmt;
use std::sync::Arc;

/// The picture of a card, as whoever publishes or sends it has it.
///
/// ```
/// use sosik_content::CardPicture;
///
/// let picture = CardPicture::new(vec![0xff, 0xd8, 0xff, 0xd9], (1080, 1080), "눈 쌓인 호수공원");
/// assert_eq!(format!("{picture:?}"), "CardPicture(1080x1080, 4 bytes)");
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CardPicture {
    /// It as a JPEG file.
    pub jpeg: Arc<[u8]>,
    /// Pixels across and down.
    pub size: (u32, u32),
    /// What it shows, in words.
    pub alt: String,
}

impl CardPicture {
    /// A picture and what it shows.
    #[must_use]
    pub fn new(jpeg: impl Into<Arc<[u8]>>, size: (u32, u32), alt: impl Into<String>) -> Self {
        Self { jpeg: jpeg.into(), size, alt: alt.into() }
    }
}

impl fmt::Debug for CardPicture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CardPicture({}x{}, {} bytes)", self.size.0, self.size.1, self.jpeg.len())
    }
}
