//! Files of pictures: JPEG at the best quality that fits, PNG, WebP.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder};
use libjpeg_turbo_rs::{PixelFormat, Subsampling};

use crate::canvas::Canvas;
use crate::error::CardError;

/// What a picture's file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileKind {
    /// What every dealer takes.
    #[default]
    Jpeg,
    /// Without loss; several times as large where there is a photograph.
    Png,
    /// Without loss; for pages.
    WebP,
}

impl FileKind {
    /// The ending of its files' names.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
        }
    }
}

/// Above this a JPEG grows and nothing is seen.
const BEST: u8 = 92;
/// Below this letters fray.
const WORST: u8 = 40;

/// The file of a picture with no more than so many bytes.
pub(crate) fn encode(canvas: &Canvas, kind: FileKind, max_bytes: usize) -> Result<Vec<u8>, CardError> {
    let file = match kind {
        FileKind::Jpeg => return jpeg(canvas, max_bytes),
        FileKind::Png => {
            let mut file = Vec::new();
            let encoder = PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Adaptive);
            write(encoder, canvas)?;
            file
        }
        FileKind::WebP => {
            let mut file = Vec::new();
            write(WebPEncoder::new_lossless(&mut file), canvas)?;
            file
        }
    };
    if file.len() <= max_bytes { Ok(file) } else { Err(CardError::TooLarge { bytes: file.len(), max: max_bytes }) }
}

fn write(encoder: impl ImageEncoder, canvas: &Canvas) -> Result<(), CardError> {
    let side = |pixels: usize| u32::try_from(pixels).map_err(|error| CardError::Encode(Box::new(error)));
    encoder
        .write_image(&canvas.pixels, side(canvas.width)?, side(canvas.height)?, ExtendedColorType::Rgb8)
        .map_err(|error| CardError::Encode(Box::new(error)))
}

/// The best quality that fits, found by halving where the best does not.
fn jpeg(canvas: &Canvas, max_bytes: usize) -> Result<Vec<u8>, CardError> {
    // Letters in colour fray when colours are stored at half the resolution.
    let at = |quality: u8| {
        libjpeg_turbo_rs::compress(
            &canvas.pixels,
            canvas.width,
            canvas.height,
            PixelFormat::Rgb,
            quality,
            Subsampling::S444,
        )
        .map_err(|error| CardError::Encode(Box::new(error)))
    };
    let best = at(BEST)?;
    if best.len() <= max_bytes {
        return Ok(best);
    }
    let mut fitting = at(WORST)?;
    if fitting.len() > max_bytes {
        return Err(CardError::TooLarge { bytes: fitting.len(), max: max_bytes });
    }
    let (mut low, mut high) = (WORST, BEST);
    while high - low > 1 {
        let middle = u8::midpoint(low, high);
        let file = at(middle)?;
        if file.len() <= max_bytes { (low, fitting) = (middle, file) } else { high = middle }
    }
    Ok(fitting)
}
