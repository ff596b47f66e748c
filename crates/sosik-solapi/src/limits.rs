//! What SOLAPI takes, as data.

use std::sync::LazyLock;

use chrono::TimeDelta;
use regex::Regex;
use sosik_channel::{
    ALIMTALK, Ahead, BRAND_TEMPLATE, Fault, Faults, KAKAO_BRAND_MESSAGE, KAKAO_CAROUSEL_FEED, Limit, Message,
    TEXT_MESSAGE, Tariff, Unit, Won, validate as general,
};

const SDK: &str = "npm solapi 6.0.1";
const EXAMPLES: &str = "the examples of npm solapi 6.0.1 ask for 2:1";
const UNKNOWN: &str = "SOLAPI documents no size: what every dealer takes";
const DATE: &str = "2026-08";

/// What SOLAPI says beyond, or narrower than, Kakao.
pub const LIMITS: &[Limit] = &[
    Limit::new("wide.text", Unit::LineBreaks, (0, 1), SDK, DATE),
    Limit::new("premium-video.text", Unit::LineBreaks, (0, 1), SDK, DATE),
    Limit::new("premium-video.coupon.description", Unit::Utf16, (1, 12), SDK, DATE),
    Limit::new("premium-video.coupon.link", Unit::Utf16, (1, 1000), SDK, DATE),
    Limit::new("wide-item-list.rest", Unit::Items, (3, 3), SDK, DATE),
    Limit::new("carousel.cards[].picture.ratio", Unit::Thousandths, (500, 500), EXAMPLES, DATE),
    Limit::new("carousel-commerce.head.picture.ratio", Unit::Thousandths, (500, 500), EXAMPLES, DATE),
    Limit::new("carousel-commerce.cards[].picture.ratio", Unit::Thousandths, (500, 500), EXAMPLES, DATE),
    Limit::new("image.picture.file", Unit::Bytes, (1, 500_000), UNKNOWN, DATE),
    Limit::new("wide.picture.file", Unit::Bytes, (1, 500_000), UNKNOWN, DATE),
    Limit::new("wide-item-list.main.picture.file", Unit::Bytes, (1, 500_000), UNKNOWN, DATE),
    Limit::new("wide-item-list.rest[].picture.file", Unit::Bytes, (1, 500_000), UNKNOWN, DATE),
    Limit::new("carousel.cards[].picture.file", Unit::Bytes, (1, 500_000), UNKNOWN, DATE),
    Limit::new("carousel-commerce.head.picture.file", Unit::Bytes, (1, 500_000), UNKNOWN, DATE),
    Limit::new("carousel-commerce.cards[].picture.file", Unit::Bytes, (1, 500_000), UNKNOWN, DATE),
    Limit::new("commerce.picture.file", Unit::Bytes, (1, 500_000), UNKNOWN, DATE),
    Limit::new("premium-video.thumbnail.file", Unit::Bytes, (1, 500_000), SDK, DATE),
    Limit::new("text.pictures", Unit::Items, (0, 1), SDK, DATE),
    Limit::new("text.pictures[].file", Unit::Bytes, (1, 200_000), SDK, DATE),
];

/// The longest name of an uploaded picture in a message of the kind `image`, in characters.
pub(crate) const IMAGE_ID: usize = 32;

/// The most messages of one request (a comment in the SDK's examples).
pub const BATCH: usize = 10_000;

/// The longest value of a custom field, in characters: of a submission's key, and of a recipient's reference
/// (status code 1032 in the documents of 2022-09).
pub const CUSTOM_FIELD: usize = 100;

/// How far ahead a submission may be scheduled: six months (SOLAPI's documents, 2022-09), here of 30 days each.
#[must_use]
pub fn schedule() -> Ahead {
    Ahead::new(TimeDelta::minutes(1), TimeDelta::days(180))
}

/// SOLAPI's list prices, by an answer of its own of 2026-08 (crate `solapi` 0.2.0, its test data): an account's own may
/// differ. Brand messages of the free form go as `BMS_FREE`.
#[must_use]
pub fn tariff() -> Tariff {
    let brand = [
        "bubble",
        "carousel-feed",
        "carousel-commerce",
        "commerce",
        "image",
        "premium-video",
        "wide",
        "wide-item-list",
    ];
    let tariff = Tariff::new("crate solapi 0.2.0, an answer of 2026-08");
    let tariff = tariff.with("sms", Won::whole(18)).with("lms", Won::whole(45)).with("mms", Won::whole(110));
    let tariff = tariff.with("alimtalk", Won::whole(13));
    brand.into_iter().fold(tariff, |tariff, kind| {
        let by_template = match kind {
            "bubble" => 53,
            "image" => 83,
            "wide" => 88,
            _ => 103,
        };
        tariff.with(kind, Won::whole(100)).with(format!("template {kind}"), Won::whole(by_template))
    })
}

/// Messages of a page of the list: our own choice, since no most is documented.
pub(crate) const PAGE: usize = 500;

/// The largest report that is read: our own choice, a megabyte as other dealers' SDKs.
pub(crate) const WEBHOOK_BYTES: usize = 1024 * 1024;

/// Messages and groups that a report may name: each is a question to SOLAPI.
pub(crate) const WEBHOOK_NAMES: usize = 100;

/// So many messages of one group in a report, and the group's list is read in their place.
pub(crate) const WEBHOOK_OF_GROUP: usize = 20;

/// Pages that are read for a report: a whole group of 10,000, or each of its names, and no more.
pub(crate) const WEBHOOK_PAGES: usize = 120;

/// Receipts of a page, as soon as there are so many.
pub(crate) const RECEIPTS: usize = 5_000;

/// The largest answer that is read: 10,000 messages with their fields.
pub(crate) const ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// Every limit of a message that goes by SOLAPI: Kakao's, the carriers' and its own.
#[must_use]
pub fn all() -> Vec<Limit> {
    table().to_vec()
}

/// The same, put together once.
pub(crate) fn table() -> &'static [Limit] {
    static TABLE: LazyLock<Vec<Limit>> = LazyLock::new(|| {
        [ALIMTALK, BRAND_TEMPLATE, KAKAO_BRAND_MESSAGE, KAKAO_CAROUSEL_FEED, TEXT_MESSAGE, LIMITS].concat()
    });
    &TABLE
}

/// The form of links that SOLAPI takes (its SDK's own expression).
static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^https?://(www\.)?[-a-zA-Z0-9@:%._+~#=]{1,64}\.[a-z0-9]{1,64}\b[-a-zA-Z0-9@:%~_+.#?&/=]*$").ok()
});

/// Checks a message against everything that SOLAPI takes: [`all`] limits, and the form of its links.
///
/// ```
/// use sosik_channel::{Body, Bubble, Button, Message};
/// use sosik_content::WebLink;
/// use sosik_solapi::limits;
///
/// let button = Button::new("보기", WebLink::parse("https://www.example.go.kr/list;page=2")?);
/// let message = Message::new(Body::Bubble(Bubble::new("양주시 소식입니다.").with_button(button)));
/// let faults = limits::validate(&message).unwrap_err();
/// assert!(faults.to_string().contains("bubble.buttons[0].link"), "{faults}");
/// # Ok::<(), sosik_content::WebLinkError>(())
/// ```
///
/// # Errors
///
/// [`Faults`] names everything that is broken.
pub fn validate(message: &Message) -> Result<(), Faults> {
    // What a template leads to was looked at when it was registered, and is not sent.
    let sent = |path: &str| path != "premium-video.video" && !path.starts_with("template.");
    let links = message.links().into_iter().filter(|(path, _)| sent(path));
    let odd = links.filter(|(_, link)| !LINK.as_ref().is_some_and(|form| form.is_match(link.as_str())));
    let problem = "SOLAPI takes links of a name with a dot, letters, digits and -@:%~_+.#?&/= only: encode the others";
    Faults::join(general(message, table()), odd.map(|(path, _)| Fault::new(path, problem, format!("{SDK}, {DATE}"))))
}
