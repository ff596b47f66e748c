//! Pictures: what is known of them, and their bytes to upload.

use bytes::Bytes;
use sha2::Digest as _;

/// A picture in a message: what is known of it without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Picture {
    /// The SHA-256 of its bytes, in lower-case hexadecimal: its identity.
    pub digest: String,
    /// The encoding.
    pub format: PictureFormat,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Bytes.
    pub bytes: usize,
    /// All that it says, for those who cannot see it.
    pub alt: String,
    /// Where the provider keeps it, once uploaded.
    pub media: Option<MediaRef>,
}

/// How a picture is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PictureFormat {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
}

impl PictureFormat {
    /// The media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// The usual end of a file's name.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}

/// Where a picture stands in a message: providers keep those of each place apart, and take other sizes for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Place {
    /// In a card of a carousel feed.
    #[default]
    CarouselFeed,
    /// In a card of a carousel of goods.
    CarouselGoods,
    /// In a message of one bubble with a picture, or of one of the goods.
    Image,
    /// Beside the words of a text message, which goes as an MMS.
    Text,
    /// Before a video.
    Thumbnail,
    /// A wide picture.
    Wide,
    /// The large item of a list.
    WideItemMain,
    /// A small item of a list.
    WideItemRest,
}

/// A picture with its bytes, to upload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Media {
    /// Where it will stand. [`TransportExt::upload_all`](crate::TransportExt::upload_all) looks that up in the message.
    pub place: Place,
    /// What is known of it.
    pub picture: Picture,
    /// Its bytes.
    pub content: Bytes,
}

impl Media {
    /// A picture by its bytes; identity and size are taken from them.
    #[must_use]
    pub fn new(
        format: PictureFormat,
        (width, height): (u32, u32),
        alt: impl Into<String>,
        content: impl Into<Bytes>,
    ) -> Self {
        let content = content.into();
        let digest = crate::text::hex(&sha2::Sha256::digest(&content));
        let picture = Picture { digest, format, width, height, bytes: content.len(), alt: alt.into(), media: None };
        Self { place: Place::default(), picture, content }
    }

    /// The picture for another place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }
}

/// The provider's name for an uploaded picture: an address or an id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MediaRef(String);

impl MediaRef {
    /// The provider's name, as it gave it.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The provider's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
