//! Every rule for one message, each with the status code that it is refused by.
//!
//! Lengths are UTF-16 code units, as the dealer's SDK counts them.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::ledger::Pictures;
use crate::solapi::answer::Fault;
use crate::solapi::by_template;
use crate::solapi::request::{
    Bms, Button, Card, Carousel, Commerce, Coupon, Head, Item, KakaoOptions, Links, Row, Video,
};
use crate::template::Template;
use crate::text::{cp949, is_sender};

pub(super) type Checked<T = ()> = Result<T, Fault>;

/// What a message is: its type at the dealer, which is also by what it is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Alimtalk,
    BrandMessage,
    /// By a template: of a type of bubble.
    BrandTemplate(&'static str),
    Sms,
    Lms,
    Mms,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Alimtalk => "ATA",
            Self::BrandMessage => "BMS_FREE",
            Self::BrandTemplate(name) => name,
            Self::Sms => "SMS",
            Self::Lms => "LMS",
            Self::Mms => "MMS",
        }
    }
}

/// Checks all of a message but its recipient.
pub(crate) fn check(row: &Row, pictures: &dyn Pictures, templates: &HashMap<String, Template>) -> Checked<Kind> {
    if row.country.as_deref().is_some_and(|country| country != "82") {
        return refuse("1058", "country: 82 only");
    }
    custom_fields(row)?;
    let kind = kind(row)?;
    match kind {
        Kind::Alimtalk => by_template::alimtalk(row, templates)?,
        Kind::BrandMessage => brand(row, pictures)?,
        Kind::BrandTemplate(_) => by_template::brand(row, templates)?,
        Kind::Sms | Kind::Lms | Kind::Mms => text(row, kind, pictures)?,
    }
    Ok(kind)
}

pub(super) fn refuse<T>(code: &'static str, detail: impl Into<String>) -> Checked<T> {
    Err(Fault::new(code, detail))
}

fn custom_fields(row: &Row) -> Checked {
    for (name, value) in row.custom_fields.iter().flatten() {
        if name.is_empty() || name.chars().count() > 30 || value.chars().count() > 100 {
            return refuse("1032", "customFields: names of 1 to 30 characters, values of 100 at the most");
        }
    }
    Ok(())
}

/// The type, as it is given or as it follows from what is there.
fn kind(row: &Row) -> Checked<Kind> {
    // Text decides between short and long unless the type says so, or this says not to look.
    let detects = row.auto_type_detect != Some(false);
    let short = || {
        let body = row.text.as_deref().unwrap_or_default();
        row.subject.is_none() && cp949(body).is_ok_and(|bytes| bytes <= 90)
    };
    match (row.kind.as_deref(), &row.kakao_options) {
        (Some("SMS"), None) => Ok(Kind::Sms),
        (Some("LMS"), None) => Ok(Kind::Lms),
        (Some("MMS"), None) => Ok(Kind::Mms),
        (Some("BMS_FREE"), Some(_)) => Ok(Kind::BrandMessage),
        (Some("BMS_FREE"), None) => refuse("1033", "kakaoOptions: a brand message has them"),
        (Some("SMS" | "LMS" | "MMS"), Some(_)) => refuse("1033", "kakaoOptions: a text has none"),
        (None, None) if detects && row.image_id.is_some() => Ok(Kind::Mms),
        (None, None) if detects => Ok(if short() { Kind::Sms } else { Kind::Lms }),
        (Some("ATA"), None) => refuse("1033", "kakaoOptions: an Alimtalk has them"),
        (Some("ATA"), Some(_)) => Ok(Kind::Alimtalk),
        (None, Some(KakaoOptions { bms: Some(bms), template_id: Some(_), .. })) if detects => by_template::kind(bms),
        (None, Some(KakaoOptions { bms: Some(_), .. })) if detects => Ok(Kind::BrandMessage),
        (None, Some(KakaoOptions { template_id: Some(_), .. })) if detects => Ok(Kind::Alimtalk),
        (None, _) => refuse("1025", "type: it does not follow from what is there"),
        (Some(_), _) => {
            refuse("1025", "type: SMS, LMS, MMS, ATA or BMS_FREE; others are not served here, and so refused")
        }
    }
}

pub(super) fn channel(options: &KakaoOptions) -> Checked {
    let channel = options.pf_id.as_deref().and_then(|id| id.strip_prefix("KA01PF"));
    if channel.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
        return Ok(());
    }
    refuse("1041", "kakaoOptions.pfId: KA01PF and letters and digits")
}

fn text(row: &Row, kind: Kind, pictures: &dyn Pictures) -> Checked {
    sender(row.from.as_deref())?;
    match (&row.image_id, kind) {
        (Some(id), Kind::Mms) => shown("imageId", Some(id), "MMS", pictures)?,
        (None, Kind::Mms) => return refuse("1034", "imageId: MMS shows one"),
        (Some(_), _) => return refuse("1033", "imageId: only MMS shows one"),
        (None, _) => {}
    }
    let most = match kind {
        Kind::Sms => 90,
        _ => 2000,
    };
    if let Some(subject) = &row.subject {
        if kind == Kind::Sms {
            return refuse("1013", "subject: SMS has none");
        }
        match cp949(subject) {
            Ok(0..=40) => {}
            Ok(bytes) => return refuse("1014", format!("subject: {bytes} bytes, 40 at the most")),
            Err(c) => return refuse("1029", format!("subject: `{c}` is not in EUC-KR")),
        }
    }
    match cp949(row.text.as_deref().unwrap_or_default()) {
        Ok(0) => refuse("1010", "text: it is empty"),
        Ok(bytes) if bytes > most => refuse("1031", format!("text: {bytes} bytes, {most} at the most")),
        Ok(_) => Ok(()),
        Err(c) => refuse("1029", format!("text: `{c}` is not in EUC-KR")),
    }
}

pub(super) fn sender(from: Option<&str>) -> Checked {
    if from.is_some_and(is_sender) { Ok(()) } else { refuse("1062", "from: 8 to 12 digits") }
}

/// What a type of bubble takes.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    /// The type of a message by a template.
    pub(super) by_template: &'static str,
    pub(super) accepted: &'static [&'static str],
    pub(super) required: &'static [&'static str],
    /// The most units of its text, and the most line breaks.
    pub(super) text: Option<(usize, usize)>,
    /// The most buttons, the most beside a coupon, and the most units of a label.
    pub(super) buttons: (usize, usize, usize),
    /// The most units of a coupon's description.
    pub(super) coupon: usize,
}

/// The dealer's SDK 6.0.1: `bmsConstraints.ts`. Where it counts nothing, Kakao's limits.
static RULES: [Rule; 8] = [
    Rule {
        name: "TEXT",
        by_template: "BMS_TEXT",
        accepted: &["adult", "content", "buttons", "coupon"],
        required: &["content"],
        text: Some((1300, 99)),
        buttons: (5, 4, 14),
        coupon: 12,
    },
    Rule {
        name: "IMAGE",
        by_template: "BMS_IMAGE",
        accepted: &["adult", "content", "imageId", "imageLink", "buttons", "coupon"],
        required: &["imageId"],
        text: Some((1300, 99)),
        buttons: (5, 4, 14),
        coupon: 12,
    },
    Rule {
        name: "WIDE",
        by_template: "BMS_WIDE",
        accepted: &["adult", "content", "imageId", "buttons", "coupon"],
        required: &["imageId"],
        text: Some((76, 1)),
        buttons: (2, 2, 8),
        coupon: 18,
    },
    Rule {
        name: "WIDE_ITEM_LIST",
        by_template: "BMS_WIDE_ITEM_LIST",
        accepted: &["adult", "header", "mainWideItem", "subWideItemList", "buttons", "coupon"],
        required: &["header", "mainWideItem", "subWideItemList"],
        text: None,
        buttons: (2, 2, 8),
        coupon: 18,
    },
    Rule {
        name: "COMMERCE",
        by_template: "BMS_COMMERCE",
        accepted: &["adult", "additionalContent", "imageId", "commerce", "buttons", "coupon"],
        required: &["imageId", "commerce", "buttons"],
        text: None,
        buttons: (2, 2, 8),
        coupon: 12,
    },
    Rule {
        name: "CAROUSEL_FEED",
        by_template: "BMS_CAROUSEL_FEED",
        accepted: &["adult", "carousel"],
        required: &["carousel"],
        text: None,
        buttons: (2, 2, 8),
        coupon: 12,
    },
    Rule {
        name: "CAROUSEL_COMMERCE",
        by_template: "BMS_CAROUSEL_COMMERCE",
        accepted: &["adult", "carousel"],
        required: &["carousel"],
        text: None,
        buttons: (2, 2, 8),
        coupon: 12,
    },
    Rule {
        name: "PREMIUM_VIDEO",
        by_template: "BMS_PREMIUM_VIDEO",
        accepted: &["adult", "header", "content", "video", "buttons", "coupon"],
        required: &["video"],
        text: Some((76, 1)),
        buttons: (1, 1, 8),
        coupon: 12,
    },
];

fn brand(row: &Row, pictures: &dyn Pictures) -> Checked {
    let options = row.kakao_options.as_ref();
    let Some((options, bms)) = options.and_then(|options| Some((options, options.bms.as_ref()?))) else {
        return refuse("1033", "kakaoOptions.bms: a brand message has one");
    };
    let KakaoOptions { template_id, variables, .. } = options;
    if template_id.is_some() || variables.as_ref().is_some_and(|variables| !variables.is_empty()) {
        return refuse("1033", "kakaoOptions: a free form has neither a template nor variables");
    }
    channel(options)?;
    if row.subject.is_some() || row.image_id.is_some() {
        return refuse("1033", "subject and imageId: a brand message has its own");
    }
    if let Some(from) = row.from.as_deref() {
        sender(Some(from))?;
    }
    targeting(bms)?;
    let rule = rule(bms)?;
    match (&row.text, &bms.content) {
        (Some(_), Some(_)) => return refuse("1033", "text and bms.content: one of them"),
        (Some(_), None) if !rule.accepted.contains(&"content") => {
            return refuse("1033", format!("text: {} shows none", rule.name));
        }
        _ => {}
    }
    let words = bms.content.as_deref().or(row.text.as_deref());
    fields(bms, rule, words)?;
    if let (Some(words), Some((most, breaks))) = (words, rule.text) {
        length("1031", "content", words, 0, most, breaks)?;
    }
    bubble(bms, rule, pictures)
}

/// What the type of a bubble takes.
pub(super) fn rule(bms: &Bms) -> Checked<&'static Rule> {
    let kind = bms.chat_bubble_type.as_deref();
    RULES.iter().find(|rule| Some(rule.name) == kind).map_or_else(
        || refuse("1033", format!("bms.chatBubbleType: one of {}", RULES.map(|rule| rule.name).join(", "))),
        Ok,
    )
}

pub(super) fn targeting(bms: &Bms) -> Checked {
    match bms.targeting.as_deref() {
        Some("I") => Ok(()),
        Some("M" | "N") => refuse("1033", "bms.targeting: this channel is allowed I only"),
        _ => refuse("1033", "bms.targeting: I, M or N"),
    }
}

/// The fields that are there are among those of the type, and none of its own is missing.
pub(super) fn fields(bms: &Bms, rule: &Rule, words: Option<&str>) -> Checked {
    let there = [
        ("adult", bms.adult.is_some()),
        ("content", words.is_some_and(|words| !words.is_empty())),
        ("header", bms.header.is_some()),
        ("imageId", bms.image_id.is_some()),
        ("imageLink", bms.image_link.is_some()),
        ("additionalContent", bms.additional_content.is_some()),
        ("carousel", bms.carousel.is_some()),
        ("mainWideItem", bms.main_wide_item.is_some()),
        ("subWideItemList", bms.sub_wide_item_list.is_some()),
        ("buttons", bms.buttons.is_some()),
        ("coupon", bms.coupon.is_some()),
        ("commerce", bms.commerce.is_some()),
        ("video", bms.video.is_some()),
    ];
    for (name, is_there) in there {
        if is_there && !rule.accepted.contains(&name) {
            return refuse("1033", format!("bms.{name}: {} takes {} only", rule.name, rule.accepted.join(", ")));
        }
        if !is_there && rule.required.contains(&name) {
            return refuse("1033", format!("bms.{name}: {} needs one", rule.name));
        }
    }
    Ok(())
}

fn bubble(bms: &Bms, rule: &Rule, pictures: &dyn Pictures) -> Checked {
    if let Some(header) = &bms.header {
        let least = usize::from(rule.required.contains(&"header"));
        length("1031", "bms.header", header, least, 20, 0)?;
    }
    if let Some(id) = &bms.image_id {
        let kind = if rule.name == "WIDE" { "BMS_WIDE" } else { "BMS" };
        if rule.name == "IMAGE" {
            length("1034", "bms.imageId", id, 1, 32, 0)?;
        }
        shown("bms.imageId", Some(id), kind, pictures)?;
    }
    if let Some(link) = &bms.image_link {
        web("1033", "bms.imageLink", link)?;
    }
    if let Some(more) = &bms.additional_content {
        length("1031", "bms.additionalContent", more, 0, 34, 1)?;
    }
    if let Some(product) = &bms.commerce {
        commerce("bms.commerce", product)?;
    }
    if let Some(film) = &bms.video {
        video(film, pictures)?;
    }
    items(bms, pictures)?;
    if let Some(all) = &bms.carousel {
        carousel(all, rule, pictures)?;
    }
    let (most, beside, label) = rule.buttons;
    let most = if bms.coupon.is_some() { beside } else { most };
    if let Some(list) = &bms.buttons {
        let least = usize::from(rule.required.contains(&"buttons"));
        buttons("bms.buttons", list, least, most, label, rule.name == "COMMERCE")?;
    }
    match &bms.coupon {
        Some(offer) => coupon("bms.coupon", offer, rule.coupon),
        None => Ok(()),
    }
}

fn items(bms: &Bms, pictures: &dyn Pictures) -> Checked {
    let item = |name: &str, item: &Item, least: usize, most: usize, kind: &str| {
        let title = item.title.as_deref().unwrap_or_default();
        length("1031", &format!("{name}.title"), title, least, most, 0)?;
        shown(&format!("{name}.imageId"), item.image_id.as_deref(), kind, pictures)?;
        let Item { link_mobile, link_pc, link_android, link_ios, .. } = item;
        links(name, true, [link_mobile, link_pc, link_android, link_ios])
    };
    if let Some(main) = &bms.main_wide_item {
        item("bms.mainWideItem", main, 0, 25, "BMS_WIDE_MAIN_ITEM_LIST")?;
    }
    if let Some(rest) = &bms.sub_wide_item_list {
        // The SDK asks for three at the least; Kakao shows three at the most beside the first.
        if rest.len() != 3 {
            return refuse("1033", format!("bms.subWideItemList: {} items, 3 are taken", rest.len()));
        }
        for (at, one) in rest.iter().enumerate() {
            item(&format!("bms.subWideItemList[{at}]"), one, 1, 30, "BMS_WIDE_SUB_ITEM_LIST")?;
        }
    }
    Ok(())
}

fn carousel(all: &Carousel, rule: &Rule, pictures: &dyn Pictures) -> Checked {
    let feed = rule.name == "CAROUSEL_FEED";
    let cards = all.list.as_deref().unwrap_or_default();
    let range = if all.head.is_some() { 1..=5 } else { 2..=6 };
    match &all.head {
        Some(_) if feed => return refuse("1033", "bms.carousel.head: a feed has none"),
        Some(first) => head(first, pictures)?,
        None => {}
    }
    if !range.contains(&cards.len()) {
        return refuse(
            "1033",
            format!("bms.carousel.list: {} cards, {} to {}", cards.len(), range.start(), range.end()),
        );
    }
    for (at, one) in cards.iter().enumerate() {
        card(&format!("bms.carousel.list[{at}]"), one, feed, rule, pictures)?;
    }
    if let Some(Links { link_mobile, link_pc, link_android, link_ios }) = &all.tail {
        let all = [link_mobile, link_pc, link_android, link_ios];
        if all.iter().any(|link| link.as_deref().is_some_and(|link| link.contains("#{"))) {
            return refuse("1045", "bms.carousel.tail: no variables");
        }
        links("bms.carousel.tail", true, all)?;
    }
    Ok(())
}

fn head(head: &Head, pictures: &dyn Pictures) -> Checked {
    let name = "bms.carousel.head";
    length("1031", &format!("{name}.header"), head.header.as_deref().unwrap_or_default(), 1, 20, 0)?;
    length("1031", &format!("{name}.content"), head.content.as_deref().unwrap_or_default(), 1, 50, 2)?;
    shown(&format!("{name}.imageId"), head.image_id.as_deref(), "BMS_CAROUSEL_COMMERCE_LIST", pictures)?;
    let others = [&head.link_pc, &head.link_android, &head.link_ios].iter().any(|link| link.is_some());
    links(name, others, [&head.link_mobile, &head.link_pc, &head.link_android, &head.link_ios])
}

fn card(name: &str, card: &Card, feed: bool, rule: &Rule, pictures: &dyn Pictures) -> Checked {
    let field = |field: &str| format!("{name}.{field}");
    let kind = if feed { "BMS_CAROUSEL_FEED_LIST" } else { "BMS_CAROUSEL_COMMERCE_LIST" };
    if feed {
        if card.commerce.is_some() || card.additional_content.is_some() {
            return refuse("1033", format!("{name}: a feed's card has no goods"));
        }
        length("1031", &field("header"), card.header.as_deref().unwrap_or_default(), 1, 20, 0)?;
        length("1031", &field("content"), card.content.as_deref().unwrap_or_default(), 1, 180, 2)?;
    } else {
        if card.header.is_some() || card.content.is_some() {
            return refuse("1033", format!("{name}: a card of goods has no words of its own"));
        }
        let Some(product) = &card.commerce else {
            return refuse("1033", format!("{}: it is missing", field("commerce")));
        };
        commerce(&field("commerce"), product)?;
        length("1031", &field("additionalContent"), card.additional_content.as_deref().unwrap_or_default(), 0, 34, 1)?;
    }
    shown(&field("imageId"), card.image_id.as_deref(), kind, pictures)?;
    if let Some(link) = &card.image_link {
        web("1033", &field("imageLink"), link)?;
    }
    let (most, _, label) = rule.buttons;
    buttons(&field("buttons"), card.buttons.as_deref().unwrap_or_default(), 1, most, label, true)?;
    match &card.coupon {
        Some(offer) => coupon(&field("coupon"), offer, rule.coupon),
        None => Ok(()),
    }
}

/// Only links of the web and of apps, where `strict`: what cards and goods take.
fn buttons(name: &str, list: &[Button], least: usize, most: usize, label: usize, strict: bool) -> Checked {
    if !(least..=most).contains(&list.len()) {
        return refuse("1050", format!("{name}: {} buttons, {least} to {most}", list.len()));
    }
    for button in list {
        let kind = button.link_type.as_deref().unwrap_or_default();
        let title = button.name.as_deref().unwrap_or_default();
        length("1049", &format!("{name}.name"), title, usize::from(kind != "AC"), label, 0)?;
        if title.contains("#{") {
            return refuse("1044", format!("{name}.name: no variables"));
        }
        let Button { link_mobile, link_pc, link_android, link_ios, chat_extra, .. } = button;
        let all = [link_mobile, link_pc, link_android, link_ios];
        match kind {
            "WL" => links(name, true, all)?,
            "AL" => {
                if link_mobile.is_none() && link_android.is_none() && link_ios.is_none() {
                    return refuse("1044", format!("{name}: AL has a link of at least one kind"));
                }
                links(name, false, all)?;
            }
            "AC" | "BK" | "MD" | "BC" | "BT" | "BF" if !strict => {
                if all.iter().any(|link| link.is_some()) {
                    return refuse("1044", format!("{name}: {kind} has no links"));
                }
                if chat_extra.is_some() && matches!(kind, "AC" | "BF") {
                    return refuse("1044", format!("{name}: {kind} has no chatExtra"));
                }
            }
            "AC" | "BK" | "MD" | "BC" | "BT" | "BF" => {
                return refuse("1044", format!("{name}.linkType: WL or AL here"));
            }
            _ => return refuse("1044", format!("{name}.linkType: WL, AL, AC, BK, MD, BC, BT or BF")),
        }
    }
    Ok(())
}

/// The links of one thing: mobile, PC, Android, iOS. The first two are of the web.
fn links(name: &str, needs_mobile: bool, [mobile, pc, android, ios]: [&Option<String>; 4]) -> Checked {
    match mobile {
        Some(link) => web("1045", &format!("{name}.linkMobile"), link)?,
        None if needs_mobile => return refuse("1045", format!("{name}.linkMobile: it is missing")),
        None => {}
    }
    if let Some(link) = pc {
        web("1045", &format!("{name}.linkPc"), link)?;
    }
    for link in [android, ios].into_iter().flatten() {
        if link.is_empty() || link.len() > 1000 || link.contains(char::is_whitespace) {
            return refuse("1045", format!("{name}: links of apps have 1 to 1000 characters, and no blanks"));
        }
    }
    Ok(())
}

/// The expression by which the dealer looks at links.
static WEB: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^https?://(www\.)?[-a-zA-Z0-9@:%._+~#=]{1,64}\.[a-z0-9]{1,64}\b[-a-zA-Z0-9@:%~_+.#?&/=]*$").ok()
});

fn web(code: &'static str, name: &str, link: &str) -> Checked {
    if link.len() <= 1000 && WEB.as_ref().is_some_and(|form| form.is_match(link)) {
        return Ok(());
    }
    refuse(code, format!("{name}: an address as the dealer takes them, 1000 characters at the most"))
}

fn shown(name: &str, id: Option<&str>, kind: &str, pictures: &dyn Pictures) -> Checked {
    let Some(id) = id else { return refuse("1034", format!("{name}: it is missing")) };
    match pictures.find(id) {
        Some((uploaded, _)) if uploaded == kind => Ok(()),
        Some((uploaded, _)) => refuse("1023", format!("{name}: uploaded as {uploaded}, not as {kind}")),
        None => refuse("1023", format!("{name}: nothing was uploaded under it")),
    }
}

fn commerce(name: &str, product: &Commerce) -> Checked {
    let title = product.title.as_deref().unwrap_or_default();
    length("1031", &format!("{name}.title"), title, 1, 30, 0)?;
    let within = |field: &str, value: Option<i64>, most: i64| match value {
        Some(value) if !(0..=most).contains(&value) => refuse("1033", format!("{name}.{field}: 0 to {most}")),
        _ => Ok(()),
    };
    if product.regular_price.is_none() {
        return refuse("1033", format!("{name}.regularPrice: it is missing"));
    }
    within("regularPrice", product.regular_price, 99_999_999)?;
    within("discountPrice", product.discount_price, 99_999_999)?;
    within("discountRate", product.discount_rate, 100)?;
    within("discountFixed", product.discount_fixed, 999_999)?;
    match (product.discount_price, product.discount_rate, product.discount_fixed) {
        (None, None, None) | (Some(_), Some(_), None) | (Some(_), None, Some(_)) => Ok(()),
        _ => refuse("1033", format!("{name}: a price, or with a lower one and either the rate or the amount")),
    }
}

fn video(film: &Video, pictures: &dyn Pictures) -> Checked {
    let address = film.video_url.as_deref().unwrap_or_default();
    if !address.starts_with("https://tv.kakao.com/") || address.contains(char::is_whitespace) {
        return refuse("1033", "bms.video.videoUrl: an address under https://tv.kakao.com/");
    }
    if let Some(link) = &film.image_link {
        web("1033", "bms.video.imageLink", link)?;
    }
    match &film.image_id {
        Some(id) => shown("bms.video.imageId", Some(id), "KAKAO", pictures),
        None => Ok(()),
    }
}

/// A coupon's title is one of five forms.
static COUPON: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("^([1-9][0-9]{0,7}원 할인 쿠폰|([1-9][0-9]?|100)% 할인 쿠폰|배송비 할인 쿠폰|(.{1,7}) (무료|UP) 쿠폰)$")
        .ok()
});

fn coupon(name: &str, offer: &Coupon, most: usize) -> Checked {
    let title = offer.title.as_deref().unwrap_or_default();
    if !COUPON.as_ref().is_some_and(|form| form.is_match(title)) {
        return refuse("1033", format!("{name}.title: one of Kakao's five forms"));
    }
    let words = offer.description.as_deref().unwrap_or_default();
    length("1031", &format!("{name}.description"), words, 1, most, 0)?;
    let Coupon { link_mobile, link_pc, link_android, link_ios, .. } = offer;
    links(name, false, [link_mobile, link_pc, link_android, link_ios])
}

pub(super) fn length(code: &'static str, name: &str, text: &str, least: usize, most: usize, breaks: usize) -> Checked {
    let units = text.encode_utf16().count();
    if !(least..=most).contains(&units) {
        return refuse(code, format!("{name}: {units} units, {least} to {most}"));
    }
    let found = text.matches('\n').count();
    if found > breaks {
        return refuse(code, format!("{name}: {found} line breaks, {breaks} at the most"));
    }
    Ok(())
}
