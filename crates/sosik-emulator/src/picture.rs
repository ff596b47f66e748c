//! Pictures, really decoded.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits};

/// A picture that can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) format: ImageFormat,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl Decoded {
    /// Height to width, in thousandths.
    pub(crate) fn ratio(self) -> usize {
        (self.height * 1000).checked_div(self.width).unwrap_or(0)
    }

    /// The media type: `image/jpeg`.
    pub(crate) fn media_type(self) -> &'static str {
        self.format.to_mime_type()
    }
}

/// The most pixels of a picture in an MMS, across and down: those that Bizgo's SDK 1.2.0 recommends, which fit elsewhere.
const MMS: (usize, usize) = (1_500, 1_440);

impl Decoded {
    /// Why it is no picture for an MMS; `None` for one that is.
    pub(crate) fn unfit_for_mms(self) -> Option<UnfitForMms> {
        if self.format != ImageFormat::Jpeg {
            return Some(UnfitForMms::Format);
        }
        (self.width > MMS.0 || self.height > MMS.1).then_some(UnfitForMms::Size)
    }
}

/// Why a picture is none for an MMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnfitForMms {
    /// It is no JPEG.
    Format,
    /// It has too many pixels.
    Size,
}

impl UnfitForMms {
    pub(crate) fn words(self) -> String {
        match self {
            Self::Format => "file: JPEG only".to_owned(),
            Self::Size => format!("file: {} by {} pixels at the most", MMS.0, MMS.1),
        }
    }
}

/// Why a file is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoPicture {
    /// It is neither JPEG nor PNG.
    Format,
    /// It begins as one, and cannot be decoded to its end.
    Broken,
}

/// The most pixels across and down: what no phone shows is not decoded.
const PIXELS: u32 = 8_192;

/// Decodes a file, to its last pixel.
pub(crate) fn decode(file: &[u8]) -> Result<Decoded, NoPicture> {
    let format = image::guess_format(file).map_err(|_| NoPicture::Format)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png) {
        return Err(NoPicture::Format);
    }
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(PIXELS), Some(PIXELS));
    reader.limits(limits);
    let picture = reader.decode().map_err(|_| NoPicture::Broken)?;
    let size = |pixels: u32| usize::try_from(pixels).unwrap_or(usize::MAX);
    Ok(Decoded { format, width: size(picture.width()), height: size(picture.height()) })
}
