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

/// A picture with its bytes, to upload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Media {
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
        Self { picture, content }
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
