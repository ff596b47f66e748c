//! What SOLAPI takes, as data.

use sosik_channel::{KAKAO_BRAND_MESSAGE, KAKAO_CAROUSEL_FEED, Limit, TEXT_MESSAGE, Unit};

const SDK: &str = "npm solapi 6.0.1";
const DATE: &str = "2026-08";

/// What SOLAPI says beyond, or narrower than, Kakao.
pub const LIMITS: &[Limit] = &[
    Limit::new("wide.text", Unit::LineBreaks, (0, 1), SDK, DATE),
    Limit::new("premium-video.text", Unit::LineBreaks, (0, 1), SDK, DATE),
    Limit::new("premium-video.coupon.description", Unit::Utf16, (1, 12), SDK, DATE),
];

/// The longest name of an uploaded picture in a message of the kind `image`, in characters.
pub(crate) const IMAGE_ID: usize = 32;

/// The most messages of one request (a comment in the SDK's examples).
pub const BATCH: usize = 10_000;

/// The longest value of a custom field, in characters: of a submission's key, and of a recipient's reference
/// (status code 1032 in the documents of 2022-09).
pub const CUSTOM_FIELD: usize = 100;

/// Messages of a page of the list: our own choice, since no most is documented.
pub(crate) const PAGE: usize = 500;

/// Receipts of a page, as soon as there are so many.
pub(crate) const RECEIPTS: usize = 5_000;

/// The largest answer that is read: 10,000 messages with their fields.
pub(crate) const ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// Every limit of a message that goes by SOLAPI: Kakao's, the carriers' and its own.
#[must_use]
pub fn all() -> Vec<Limit> {
    [KAKAO_BRAND_MESSAGE, KAKAO_CAROUSEL_FEED, TEXT_MESSAGE, LIMITS].concat()
}
