use crate::picture::PictureError;

/// A card cannot be drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CardError {
    /// The picture cannot be encoded.
    #[error("the picture cannot be encoded")]
    Encode(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A face cannot be drawn with.
    #[error("the face cannot be drawn with")]
    Font(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The edition has no such card.
    #[error("the edition has {cards} cards, none at place {place}")]
    #[non_exhaustive]
    Missing {
        /// The place asked for, from 0.
        place: usize,
        /// How many cards there are.
        cards: usize,
    },
    /// A photograph cannot be put on it.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The layout cannot be drawn: a fault of this crate or of its fonts.
    #[error("the layout cannot be drawn")]
    Render(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A template cannot be used.
    #[error("{0}")]
    Template(String),
    /// The picture is too large a file, however it is encoded.
    #[error("the picture has {bytes} bytes at the lowest quality, {max} are allowed")]
    #[non_exhaustive]
    TooLarge {
        /// Its bytes.
        bytes: usize,
        /// The most that are allowed.
        max: usize,
    },
}
