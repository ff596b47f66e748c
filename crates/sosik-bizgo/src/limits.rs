//! What Bizgo takes, as data.

use std::sync::LazyLock;

use chrono::{NaiveTime, TimeDelta};
use sosik_channel::{
    ALIMTALK, Action, Ahead, AlimtalkButton, AlimtalkTemplate, BRAND_TEMPLATE, Body, Emphasis, Fault, Faults,
    GroupRules, KAKAO_BRAND_MESSAGE, KAKAO_CAROUSEL_FEED, Limit, Message, TEXT_MESSAGE, Unit, validate as general,
};
use sosik_content::WebLink;

const ALIMTALK_BUTTONS: &str = "Kakao Alimtalk guide, by NHN Cloud API v2.3, 2026-06-23";
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
    table().to_vec()
}

/// The same, put together once.
pub(crate) fn table() -> &'static [Limit] {
    static TABLE: LazyLock<Vec<Limit>> = LazyLock::new(|| {
        [ALIMTALK, BRAND_TEMPLATE, KAKAO_BRAND_MESSAGE, KAKAO_CAROUSEL_FEED, TEXT_MESSAGE, LIMITS].concat()
    });
    &TABLE
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
    Faults::join(general(message, table()), odd)
}

/// Checks a template of Alimtalk that is to be registered, with a picture or without: [`validate`], and what its buttons do.
///
/// ```
/// use sosik_bizgo::limits;
/// use sosik_channel::{AlimtalkButton, AlimtalkTemplate};
///
/// let template = AlimtalkTemplate::new("P1", "안내입니다.").with_button(AlimtalkButton::of("앱 열기", "AL"));
/// let faults = limits::validate_alimtalk(&template, false).unwrap_err();
/// assert!(faults.to_string().contains("alimtalk.buttons[0]"), "{faults}");
/// ```
///
/// # Errors
///
/// [`Faults`] names everything that is broken.
pub fn validate_alimtalk(template: &AlimtalkTemplate, pictured: bool) -> Result<(), Faults> {
    let of = |name: &'static str, buttons: &[AlimtalkButton], also: &'static [&'static str]| -> Vec<Fault> {
        let odd = |(at, button): (usize, &AlimtalkButton)| {
            let problem = odd_button(button, also)?;
            Some(Fault::new(format!("alimtalk.{name}[{at}]"), problem, ALIMTALK_BUTTONS))
        };
        buttons.iter().enumerate().filter_map(odd).collect()
    };
    let odd = [
        of("buttons", &template.buttons, &["BK", "BC", "BT", "DS", "MD", "AC"]),
        of("quick-replies", &template.quick_replies, &["BK", "BC", "BT"]),
    ];
    let message = Message::new(Body::Alimtalk(template.clone()));
    Faults::join(validate(&message), odd.into_iter().flatten().chain(odd_words(template, pictured)))
}

/// What of its words is there and empty, and what is too long beside a picture.
fn odd_words(template: &AlimtalkTemplate, pictured: bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |path: &str, problem: &str| faults.push(Fault::new(path, problem, ALIMTALK_BUTTONS));
    let (title, header, highlight) = match &template.emphasis {
        Emphasis::Title { subtitle, .. } => (subtitle.as_deref(), None, None),
        Emphasis::Items(items) => (None, items.header.as_deref(), items.highlight.as_ref()),
        _ => (None, None, None),
    };
    let words = [
        ("text", Some(&*template.text)),
        ("extra", template.extra.as_deref()),
        ("subtitle", title),
        ("header", header),
    ];
    for (name, _) in words.into_iter().filter(|(_, words)| *words == Some("")) {
        fault(&format!("alimtalk.{name}"), "it is there and empty");
    }
    if let Some((title, text)) = highlight.filter(|_| pictured)
        && (title.chars().count() > 21 || text.chars().count() > 13)
    {
        fault("alimtalk.highlight", "beside a picture it has 21 characters, and 13 below, at the most");
    }
    faults
}

/// What is wrong with a button, of which these kinds beside `WL` and `AL` are taken; they have no links.
fn odd_button(button: &AlimtalkButton, others: &[&str]) -> Option<String> {
    let has = |name: &str| button.links.get(name).is_some_and(|link| !link.is_empty());
    let only = |names: &[&str]| button.links.keys().all(|name| names.contains(&name.as_str()));
    match button.kind.as_str() {
        "WL" if !has("mobile") || !only(&["mobile", "pc"]) => {
            Some("WL has an address for phones, and one for PCs".into())
        }
        "WL" if !button.links.values().all(|link| is_address(link)) => {
            Some("an address begins with http:// or https://, in plain characters, 1,000 at the most".into())
        }
        "AL" if !only(&["mobile", "pc", "android", "ios"]) => {
            Some("the names of links are mobile, pc, android and ios".into())
        }
        "AL" if ["mobile", "android", "ios"].iter().filter(|name| has(name)).count() < 2 => {
            Some("AL has two of the addresses for phones, Android and iOS".into())
        }
        "WL" | "AL" => None,
        kind if !others.contains(&kind) => Some(format!("its kind is WL, AL, {}", others.join(", "))),
        kind if !button.links.is_empty() => Some(format!("{kind} has no links")),
        _ => None,
    }
}

/// Whether a link is written as an address of the web is, whatever stands in its variables.
fn is_address(link: &str) -> bool {
    let mut parts = link.split("#{");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // A variable may be all of an address but its scheme.
        match part.split_once('}') {
            Some((_, rest)) => filled.extend(["a.kr", rest]),
            None => return false,
        }
    }
    // As it is written: of a host alone its path is added, and nothing else.
    let as_written =
        WebLink::parse(&filled).is_ok_and(|whole| matches!(whole.as_str().strip_prefix(&*filled), Some("" | "/")));
    as_written && filled.len() <= 1_000
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
/// The longest key of a group tag, in characters.
pub(crate) const GROUP_TAG: usize = 40;
/// The longest code of a template of Alimtalk, in characters.
pub(crate) const ALIMTALK_CODE: usize = 30;
/// The longest name of one, in characters.
pub(crate) const ALIMTALK_NAME: usize = 200;
/// The largest answer that is read.
pub(crate) const ANSWER_BYTES: usize = 16 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_whatever_stands_in_its_variables() {
        for good in ["https://www.example.go.kr/#{번호}", "http://#{링크}", "https://www.#{도메인}/a?b=#{c}"] {
            assert!(is_address(good), "{good}");
        }
        let long = format!("https://www.example.go.kr/{}", "a".repeat(1_000));
        for bad in [
            "#{링크}",
            "www.example.go.kr",
            "https://a.kr/#{x",
            "https://a.kr/가",
            "https://a.kr/(1)",
            "ftp://a.kr",
            &long,
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
