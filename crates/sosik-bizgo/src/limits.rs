//! What Bizgo takes, as data.

use chrono::{NaiveTime, TimeDelta};
use sosik_channel::{
    ALIMTALK, Action, Ahead, BRAND_TEMPLATE, Fault, Faults, GroupRules, KAKAO_BRAND_MESSAGE, KAKAO_CAROUSEL_FEED,
    Limit, Message, TEXT_MESSAGE, Unit, validate as general,
};

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
    // Of a wide picture and a carousel of goods the SDK says what Kakao says.
    Limit::new("wide-item-list.main.link", Unit::Utf16, (1, 1000), SDK, "2026-09"),
    Limit::new("wide-item-list.rest[].link", Unit::Utf16, (1, 1000), SDK, "2026-09"),
    Limit::new("commerce.product.percent", Unit::Percent, (1, 100), SDK, "2026-08-04"),
    Limit::new("commerce.picture.ratio", Unit::Thousandths, (500, 500), SDK, "2026-09"),
    Limit::new("commerce.picture.file", Unit::Bytes, (1, 500_000), SDK, "2026-09"),
    Limit::new("carousel-commerce.cards", Unit::Items, (2, 10), SDK, "2026-09"),
    Limit::new("carousel-commerce.cards with head", Unit::Items, (2, 10), SDK, "2026-09"),
    Limit::new("carousel-commerce.cards[].product.percent", Unit::Percent, (1, 100), SDK, "2026-08-04"),
    Limit::new("carousel-commerce.cards[].more", Unit::Utf16, (0, 0), SDK, "2026-09"),
    Limit::new("premium-video.video", Unit::Utf16, (1, 500), SDK, "2026-09"),
    Limit::new("premium-video.coupon.description", Unit::Utf16, (1, 18), SDK, "2026-09"),
    Limit::new("premium-video.coupon.link", Unit::Utf16, (1, 1000), "Kakao, as of other coupons", "2026-06-23"),
    Limit::new("premium-video.thumbnail.ratio", Unit::Thousandths, (500, 500), SDK, "2026-09"),
    Limit::new("premium-video.thumbnail.file", Unit::Bytes, (1, 500_000), SDK, "2026-09"),
    Limit::new("text.body", Unit::Cp949, (1, 2000), SDK, "2026-09"),
];

/// Every limit of a message that goes by Bizgo: Kakao's, the carriers' and its own.
#[must_use]
pub fn all() -> Vec<Limit> {
    [ALIMTALK, BRAND_TEMPLATE, KAKAO_BRAND_MESSAGE, KAKAO_CAROUSEL_FEED, TEXT_MESSAGE, LIMITS].concat()
}

/// Checks a message against everything that Bizgo takes: [`all`] limits, and the buttons that it documents.
///
/// ```
/// use sosik_bizgo::limits;
/// use sosik_channel::{Action, Body, Bubble, Button, Message};
///
/// let button = Button::of("채널 추가", Action::AddChannel);
/// let message = Message::new(Body::Bubble(Bubble::new("양주시 소식입니다.").with_button(button)));
/// let faults = limits::validate(&message).unwrap_err();
/// assert!(faults.to_string().contains("bubble.buttons[0].action"), "{faults}");
/// ```
///
/// # Errors
///
/// [`Faults`] names everything that is broken.
pub fn validate(message: &Message) -> Result<(), Faults> {
    let odd = message.buttons().into_iter().filter_map(|(path, button)| {
        let problem = match &button.action {
            Action::Web { .. } => return None,
            Action::App { mobile: Some(_), android, ios } if android.is_some() || ios.is_some() => return None,
            Action::App { .. } => "at Bizgo an app button (AL) has an address for phones, and one for an app",
            _ => "Bizgo documents buttons that open pages or apps only (WL, AL)",
        };
        Some(Fault::new(format!("{path}.action"), problem, format!("{SDK}, 2026-09")))
    });
    Faults::join(general(message, &all()), odd)
}

/// When group sends (동보) go, and to how few: 10 minutes ahead, from 08:00 to 20:50 in Seoul, to groups of 10 or more.
#[must_use]
pub fn group_sends() -> GroupRules {
    let hour = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
    GroupRules::new(TimeDelta::minutes(10), (hour(8, 0), hour(20, 50)), 10, "PyPI bizgo-sdk-comm 1.2.0, 2026-09")
}

/// How far ahead a submission may be reserved: ten minutes to a year, and at the SDK's word an advertisement from 08:00 to
/// 20:00 only (`A330`).
#[must_use]
pub fn schedule() -> Ahead {
    Ahead::new(TimeDelta::minutes(10), TimeDelta::days(365))
}

/// The longest name of a reservation, in characters: of the key of a submission for later.
pub(crate) const RESERVATION: usize = 100;
/// Recipients of one request (`A318`).
pub(crate) const BATCH: usize = 200;
/// Numbers of one call about a friend group.
pub(crate) const FRIENDS: usize = 10_000;
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
