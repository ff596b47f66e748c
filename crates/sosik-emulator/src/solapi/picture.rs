//! The checks of an uploaded file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::picture::{Decoded, NoPicture, decode};
use crate::solapi::answer::Refusal;

/// What a type of file may be: height to width in thousandths, bytes at most.
struct Kind {
    name: &'static str,
    ratio: std::ops::RangeInclusive<usize>,
    bytes: usize,
}

/// Kakao's ratios; where the examples of the dealer's SDK ask for 2:1, that. For brand messages the dealer documents no
/// size, so none above 500 KB is taken: what every dealer takes.
const KINDS: [Kind; 8] = [
    Kind { name: "KAKAO", ratio: 500..=1333, bytes: 500_000 },
    Kind { name: "BMS", ratio: 500..=1333, bytes: 500_000 },
    Kind { name: "BMS_WIDE", ratio: 500..=1000, bytes: 500_000 },
    Kind { name: "BMS_WIDE_MAIN_ITEM_LIST", ratio: 500..=500, bytes: 500_000 },
    Kind { name: "BMS_WIDE_SUB_ITEM_LIST", ratio: 1000..=1000, bytes: 500_000 },
    Kind { name: "BMS_CAROUSEL_FEED_LIST", ratio: 500..=500, bytes: 500_000 },
    Kind { name: "BMS_CAROUSEL_COMMERCE_LIST", ratio: 500..=500, bytes: 500_000 },
    Kind { name: MMS, ratio: 0..=usize::MAX, bytes: 200_000 },
];

/// A picture for an MMS.
const MMS: &str = "MMS";

/// The least width, in pixels.
const WIDTH: usize = 500;

/// A file that was checked.
pub(crate) struct Taken {
    pub(crate) kind: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) picture: Decoded,
}

/// Checks a file against the limits of its type.
pub(crate) fn check(kind: Option<&str>, file: &str) -> Result<Taken, Refusal> {
    let Some(kind) = KINDS.iter().find(|known| Some(known.name) == kind) else {
        let known: Vec<_> = KINDS.iter().map(|kind| kind.name).collect();
        return Err(Refusal::invalid(format!("type: one of {}; others are not served here", known.join(", "))));
    };
    let bytes = STANDARD.decode(file).map_err(|error| Refusal::invalid(format!("file: no base64: {error}")))?;
    if bytes.len() > kind.bytes {
        return Err(Refusal::invalid(format!("file: {} bytes, {} at the most", bytes.len(), kind.bytes)));
    }
    let picture = decode(&bytes).map_err(|problem| match problem {
        NoPicture::Format => Refusal::invalid("file: JPEG or PNG only"),
        NoPicture::Broken => Refusal::invalid("file: it cannot be decoded"),
    })?;
    if kind.name == MMS {
        if let Some(why) = picture.unfit_for_mms() {
            return Err(Refusal::invalid(why.words()));
        }
    } else if picture.width < WIDTH || !kind.ratio.contains(&picture.ratio()) {
        let detail = format!("file: {}x{} pixels do not fit {}", picture.width, picture.height, kind.name);
        return Err(Refusal::invalid(detail));
    }
    Ok(Taken { kind: kind.name, bytes, picture })
}
