use sosik_channel::{Limit, Unit};

const SDK: &str = "PyPI bizgo-sdk-comm 1.2.0";

/// Bizgo's own limits beyond Kakao's.
pub const LIMITS: &[Limit] = &[
    Limit::new("carousel.cards", Unit::Items, (2, 10), SDK, "2026-09"),
    Limit::new("carousel.cards[].buttons", Unit::Items, (0, 5), SDK, "2026-09"),
    Limit::new("carousel.cards[].buttons[].label", Unit::Utf16, (1, 28), SDK, "2026-09"),
    Limit::new("carousel.cards[].link", Unit::Utf16, (1, 1000), SDK, "2026-09"),
    Limit::new("bubble.text", Unit::Utf16, (1, 1300), SDK, "2026-09"),
    Limit::new("image.text", Unit::Utf16, (1, 400), SDK, "2026-09"),
    Limit::new("wide.text", Unit::Utf16, (1, 76), SDK, "2026-09"),
    Limit::new("image.picture.ratio", Unit::Thousandths, (500, 500), SDK, "2026-09"),
    Limit::new("image.picture.file", Unit::Bytes, (1, 500_000), SDK, "2026-09"),
    Limit::new("text.body", Unit::Cp949, (1, 2000), SDK, "2026-09"),
];

/// Recipients of one request (`A318`).
pub(crate) const BATCH: usize = 200;
/// Recipients a second.
pub(crate) const RECIPIENTS_PER_SECOND: u32 = 200;
/// Other requests a second.
pub(crate) const CALLS_PER_SECOND: u32 = 5;
/// The longest that an idempotency key lives, in seconds (`A309`).
pub(crate) const KEY_LIFETIME: u64 = 86_400;
/// The longest idempotency key, in characters (`A308`).
pub(crate) const KEY_LENGTH: usize = 200;
/// The largest answer that is read.
pub(crate) const ANSWER_BYTES: usize = 16 * 1024 * 1024;
