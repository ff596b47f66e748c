//! The checks of an uploaded picture.

use crate::bizgo::answer::Refusal;
use crate::picture::{NoPicture, decode};

/// What each kind of picture may be: pixels across at least, height to width in thousandths, bytes at most.
struct Kind {
    name: &'static str,
    width: usize,
    ratio: std::ops::RangeInclusive<usize>,
    bytes: usize,
}

/// Of a carousel of goods nothing is documented but its name: Kakao's ratios, and the size of a feed's.
const KINDS: [Kind; 7] = [
    Kind { name: "default", width: 500, ratio: 500..=500, bytes: 500_000 },
    Kind { name: "wide", width: 500, ratio: 500..=1000, bytes: 5_000_000 },
    Kind { name: "wideItemList/first", width: 500, ratio: 500..=500, bytes: 5_000_000 },
    Kind { name: "wideItemList", width: 500, ratio: 1000..=1000, bytes: 5_000_000 },
    Kind { name: "carouselFeed", width: 500, ratio: 500..=1333, bytes: 5_000_000 },
    Kind { name: "carouselCommerce", width: 500, ratio: 500..=1333, bytes: 5_000_000 },
    Kind { name: MMS, width: 1, ratio: 0..=usize::MAX, bytes: 300_000 },
];

/// A picture for an MMS.
pub(crate) const MMS: &str = "mms";

/// The most pixels across and down of one: those that the SDK recommends.
const MMS_PIXELS: (usize, usize) = (1_500, 1_440);

/// Checks a file against the limits of its kind, and gives the kind's name and the picture's ratio.
pub(crate) fn check(kind: &str, file: &[u8], media_type: Option<&str>) -> Result<(&'static str, usize), Refusal> {
    let Some(kind) = KINDS.iter().find(|known| known.name == kind) else {
        return Err(Refusal::gateway(404, "A404", "no such kind of picture is served here"));
    };
    if file.is_empty() {
        return Err(Refusal::service("A204", "file: it is missing or empty"));
    }
    if file.len() > kind.bytes {
        return Err(Refusal::service("A200", format!("file: {} bytes, {} at the most", file.len(), kind.bytes)));
    }
    let picture = decode(file).map_err(|problem| match problem {
        NoPicture::Format => Refusal::service("A206", "file: JPEG or PNG only"),
        NoPicture::Broken => Refusal::service("A202", "file: it cannot be read"),
    })?;
    let expected = picture.media_type();
    if media_type.is_some_and(|given| given != expected && given != "application/octet-stream") {
        return Err(Refusal::service("A205", format!("file: it is {expected}")));
    }
    if kind.name == MMS {
        if expected != "image/jpeg" {
            return Err(Refusal::service("A206", "file: JPEG only"));
        }
        if picture.width > MMS_PIXELS.0 || picture.height > MMS_PIXELS.1 {
            let (width, height) = MMS_PIXELS;
            return Err(Refusal::service("A203", format!("file: {width} by {height} pixels at the most")));
        }
    }
    if picture.width < kind.width || !kind.ratio.contains(&picture.ratio()) {
        let detail = format!("file: {}x{} pixels do not fit {}", picture.width, picture.height, kind.name);
        return Err(Refusal::service("A203", detail));
    }
    Ok((kind.name, picture.ratio()))
}
