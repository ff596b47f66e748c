//! The checks of an uploaded picture.

use crate::bizgo::alimtalk;
use crate::bizgo::answer::Refusal;
use crate::picture::{Decoded, NoPicture, UnfitForMms, decode};

/// What each kind of picture may be: pixels across at least, height to width in thousandths, bytes at most.
struct Kind {
    name: &'static str,
    width: usize,
    ratio: std::ops::RangeInclusive<usize>,
    bytes: usize,
}

impl Kind {
    /// Checks a file, and gives the picture's ratio.
    fn check(&self, file: &[u8], media_type: Option<&str>) -> Result<usize, Refusal> {
        let picture = read(file, media_type, self.bytes)?;
        if picture.width < self.width || !self.ratio.contains(&picture.ratio()) {
            let detail = format!("file: {}x{} pixels do not fit {}", picture.width, picture.height, self.name);
            return Err(Refusal::service("A203", detail));
        }
        Ok(picture.ratio())
    }
}

/// Of a carousel of goods nothing is documented but its name: Kakao's ratios, and the size of a feed's.
const KINDS: [Kind; 6] = [
    Kind { name: "default", width: 500, ratio: 500..=500, bytes: 500_000 },
    Kind { name: "wide", width: 500, ratio: 500..=1000, bytes: 5_000_000 },
    Kind { name: "wideItemList/first", width: 500, ratio: 500..=500, bytes: 5_000_000 },
    Kind { name: "wideItemList", width: 500, ratio: 1000..=1000, bytes: 5_000_000 },
    Kind { name: "carouselFeed", width: 500, ratio: 500..=1333, bytes: 5_000_000 },
    Kind { name: "carouselCommerce", width: 500, ratio: 500..=1333, bytes: 5_000_000 },
];

/// As what a picture for an MMS is kept.
pub(crate) const MMS: &str = "mms";

/// The most bytes of one.
const MMS_BYTES: usize = 300_000;

/// Of a template of Alimtalk, which has a route of its own.
const ALIMTALK: Kind = Kind { name: alimtalk::PICTURE, width: 500, ratio: 500..=500, bytes: 500_000 };

/// Checks a picture for a template of Alimtalk, and gives its ratio.
pub(crate) fn check_for_alimtalk(file: &[u8], media_type: Option<&str>) -> Result<usize, Refusal> {
    ALIMTALK.check(file, media_type)
}

/// Checks a file against the limits of its kind, and gives the kind's name and the picture's ratio.
pub(crate) fn check(kind: &str, file: &[u8], media_type: Option<&str>) -> Result<(&'static str, usize), Refusal> {
    let Some(kind) = KINDS.iter().find(|known| known.name == kind) else {
        return Err(Refusal::gateway(404, "A404", "no such kind of picture is served here"));
    };
    kind.check(file, media_type).map(|ratio| (kind.name, ratio))
}

/// Checks a picture for an MMS, and gives its ratio.
pub(crate) fn check_mms(file: &[u8], media_type: Option<&str>) -> Result<usize, Refusal> {
    let picture = read(file, media_type, MMS_BYTES)?;
    match picture.unfit_for_mms() {
        Some(why @ UnfitForMms::Format) => Err(Refusal::service("A206", why.words())),
        Some(why @ UnfitForMms::Size) => Err(Refusal::service("A203", why.words())),
        None => Ok(picture.ratio()),
    }
}

/// Reads a file of this many bytes at the most.
fn read(file: &[u8], media_type: Option<&str>, most: usize) -> Result<Decoded, Refusal> {
    if file.is_empty() {
        return Err(Refusal::service("A204", "file: it is missing or empty"));
    }
    if file.len() > most {
        return Err(Refusal::service("A200", format!("file: {} bytes, {most} at the most", file.len())));
    }
    let picture = decode(file).map_err(|problem| match problem {
        NoPicture::Format => Refusal::service("A206", "file: JPEG or PNG only"),
        NoPicture::Broken => Refusal::service("A202", "file: it cannot be read"),
    })?;
    let expected = picture.media_type();
    if media_type.is_some_and(|given| given != expected && given != "application/octet-stream") {
        return Err(Refusal::service("A205", format!("file: it is {expected}")));
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ImageFormat, RgbImage};

    use super::*;

    fn file(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        RgbImage::new(width, height).write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    #[test]
    fn a_picture_for_an_mms_is_a_jpeg_of_so_many_pixels_and_has_a_route_of_its_own() {
        let code = |file: &[u8]| check_mms(file, None).map_err(|refusal| refusal.code());
        assert_eq!(code(&file(ImageFormat::Jpeg, 1_500, 1_440)), Ok(960));
        assert_eq!(code(&file(ImageFormat::Jpeg, 1_501, 100)), Err("A203"));
        assert_eq!(code(&file(ImageFormat::Jpeg, 100, 1_441)), Err("A203"));
        assert_eq!(code(&file(ImageFormat::Png, 100, 100)), Err("A206"));
        assert_eq!(code(&vec![0; 300_001]), Err("A200"));
        assert_eq!(check(MMS, &file(ImageFormat::Jpeg, 800, 400), None).unwrap_err().code(), "A404");
    }
}
