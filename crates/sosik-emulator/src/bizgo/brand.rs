//! Every limit of a brand message: what the SDK 1.2.0 documents, and where it says nothing, Kakao's own.
//!
//! The dealer counts characters as code points.

use std::sync::LazyLock;

use regex::Regex;

use crate::bizgo::check::{Checked, Known, length, refuse, web};
use crate::bizgo::request::{
    Attachment, BrandMessage, Button, Carousel, CarouselItem, Commerce, Coupon, Head, Image, Item, Items, Tail, Video,
};
use crate::ledger::Pictures;

/// What a type of message takes.
struct Rule {
    name: &'static str,
    /// The least and the most characters of its text, and the most line breaks.
    text: Option<(usize, usize, usize)>,
    /// The least and the most characters of its header.
    header: Option<(usize, usize)>,
    /// Whether it takes a line more.
    more: bool,
    /// As what its picture is uploaded.
    picture: Option<&'static str>,
    /// What stands below it besides buttons and coupon: `item`, `commerce`, `video`.
    beside: Option<&'static str>,
    /// The least and the most buttons, the most beside a coupon, and the most characters of a label.
    buttons: (usize, usize, usize, usize),
    /// The most characters of a coupon's description.
    coupon: usize,
    /// Whether it goes as an advertisement only.
    advertises: bool,
}

const NOTHING: Rule = Rule {
    name: "",
    text: None,
    header: None,
    more: false,
    picture: None,
    beside: None,
    buttons: (0, 2, 2, 8),
    coupon: 12,
    advertises: false,
};

const RULES: [Rule; 8] = [
    Rule { name: "FT", text: Some((1, 1300, 99)), buttons: (0, 5, 4, 14), ..NOTHING },
    Rule { name: "FI", text: Some((1, 400, 99)), picture: Some("default"), buttons: (0, 5, 4, 14), ..NOTHING },
    Rule { name: "FW", text: Some((1, 76, 5)), picture: Some("wide"), coupon: 18, ..NOTHING },
    Rule { name: "FL", header: Some((1, 20)), beside: Some("item"), coupon: 18, advertises: true, ..NOTHING },
    Rule {
        name: "FM",
        more: true,
        picture: Some("default"),
        beside: Some("commerce"),
        buttons: (1, 2, 2, 8),
        ..NOTHING
    },
    Rule {
        name: "FP",
        text: Some((0, 76, 5)),
        header: Some((0, 20)),
        beside: Some("video"),
        buttons: (0, 1, 1, 8),
        coupon: 18,
        ..NOTHING
    },
    Rule { name: "FC", buttons: (1, 2, 2, 8), advertises: true, ..NOTHING },
    Rule { name: "FA", buttons: (1, 2, 2, 8), advertises: true, ..NOTHING },
];

/// Whether it is a type of message that is served here.
pub(crate) fn is_kind(kind: &str) -> bool {
    RULES.iter().any(|rule| rule.name == kind)
}

/// Checks a brand message of the free form.
pub(crate) fn check(message: &BrandMessage, known: &Known<'_>) -> Checked {
    let pictures = known.pictures;
    profile(message, known)?;
    if message.send_type.as_deref() != Some("free") {
        return refuse("A571", "sendType: basic, template or free");
    }
    if message.template_code.is_some() || has_variables(message) {
        return refuse("A571", "sendType free takes neither a template nor variables");
    }
    let kind = message.msg_type.as_deref().unwrap_or_default();
    let Some(rule) = RULES.iter().find(|rule| rule.name == kind) else {
        return match kind {
            "FG" => refuse("A523", "msgType: not served here, and so refused"),
            _ => refuse("A523", "msgType: FT, FI, FW, FL, FC, FM, FA, FP or FG"),
        };
    };
    if rule.advertises && message.ad_flag.as_deref() == Some("N") {
        return refuse("A506", format!("adFlag: {kind} goes with Y only"));
    }
    words(message, rule)?;
    let swipes = matches!(kind, "FC" | "FA");
    if message.carousel.is_some() != swipes {
        return refuse("A567", "carousel: FC and FA have one, and no other");
    }
    match &message.carousel {
        Some(_) if message.attachment.is_some() => refuse("A572", "a carousel has its attachments in its cards"),
        Some(all) => carousel(all, rule, pictures),
        None => below("attachment", message.attachment.as_ref(), rule, rule.picture, pictures),
    }
}

/// That a message by a template says nothing of its own.
pub(crate) fn only_a_template(message: &BrandMessage, basic: bool) -> Checked {
    let BrandMessage { msg_type, text, header, header_description, additional_content, .. } = message;
    let BrandMessage { group_tag_key, adult, ad_flag, .. } = message;
    if msg_type.is_some() && !basic {
        return refuse("A523", "msgType: a template has its own");
    }
    let own = [text, header, header_description, additional_content, group_tag_key, adult, ad_flag];
    let whole = own.iter().any(|field| field.is_some()) || message.attachment.is_some() || message.carousel.is_some();
    if whole || has_variables(message) {
        let problem = "whole messages and values of variables by their part are not served here, and so refused";
        return refuse("A571", format!("sendType {}: {problem}", if basic { "basic" } else { "template" }));
    }
    Ok(())
}

/// Who sends it, to whom, and how it is marked.
pub(crate) fn profile(message: &BrandMessage, known: &Known<'_>) -> Checked {
    let key = message.sender_key.as_deref().unwrap_or_default();
    if key.is_empty() || key.chars().count() > 40 {
        return refuse("A502", "senderKey: 1 to 40 characters");
    }
    match message.targeting.as_deref() {
        None | Some("I") => {}
        Some("M" | "N" | "O") if known.approved => {
            if message.unsubscribe_phone_number.is_none() {
                return refuse("A570", "unsubscribePhoneNumber: those who consented refuse by a free number");
            }
        }
        Some("M" | "N" | "O") => return refuse("A570", "targeting: this sender profile is allowed I only"),
        Some(_) => return refuse("A570", "targeting: M, N, O or I"),
    }
    for (name, value, code) in [
        ("adult", &message.adult, "A569"),
        ("pushAlarm", &message.push_alarm, "A300"),
        ("adFlag", &message.ad_flag, "A506"),
    ] {
        if !matches!(value.as_deref(), None | Some("Y" | "N")) {
            return refuse(code, format!("{name}: Y or N"));
        }
    }
    if message.group_tag_key.as_ref().is_some_and(|key| !known.tags.contains_key(key)) {
        return refuse("A300", "groupTagKey: no such tag");
    }
    length("A300", "originCID", message.origin_cid.as_deref(), 1, 9)?;
    length("A300", "unsubscribePhoneNumber", message.unsubscribe_phone_number.as_deref(), 1, 13)?;
    length("A300", "unsubscribeAuthNumber", message.unsubscribe_auth_number.as_deref(), 1, 10)
}

fn has_variables(message: &BrandMessage) -> bool {
    [
        &message.message_variable,
        &message.button_variable,
        &message.coupon_variable,
        &message.image_variable,
        &message.video_variable,
        &message.commerce_variable,
        &message.carousel_variable,
        &message.catalog_variable,
    ]
    .iter()
    .any(|value| value.is_some())
}

fn words(message: &BrandMessage, rule: &Rule) -> Checked {
    match (&message.text, rule.text) {
        (Some(_), None) => return refuse("A572", format!("text: {} has none of its own", rule.name)),
        (text, Some((least, most, breaks))) => {
            lines("A572", "text", text.as_deref().unwrap_or_default(), least, most, breaks)?;
        }
        (None, None) => {}
    }
    match (&message.header, rule.header) {
        (Some(_), None) => return refuse("A565", format!("header: {} has none", rule.name)),
        (header, Some((least, most))) => {
            lines("A565", "header", header.as_deref().unwrap_or_default(), least, most, 0)?;
        }
        (None, None) => {}
    }
    if message.header_description.is_some() {
        return refuse("A565", "headerDescription: FG has one, and no other");
    }
    match &message.additional_content {
        Some(_) if !rule.more => refuse("A565", format!("additionalContent: {} has none", rule.name)),
        Some(more) => lines("A572", "additionalContent", more, 0, 34, 1),
        None => Ok(()),
    }
}

/// What stands below a message or a card.
fn below(
    name: &str,
    attachment: Option<&Attachment>,
    rule: &Rule,
    picture: Option<&str>,
    pictures: &dyn Pictures,
) -> Checked {
    let nothing = Attachment::default();
    let Attachment { button, image, item, coupon: offer, commerce: goods, video: film, catalog } =
        attachment.unwrap_or(&nothing);
    if catalog.is_some() {
        return refuse("A573", format!("{name}.catalog: not served here, and so refused"));
    }
    for (field, there) in [("item", item.is_some()), ("commerce", goods.is_some()), ("video", film.is_some())] {
        match (there, rule.beside == Some(field)) {
            (true, false) => return refuse("A573", format!("{name}.{field}: {} has none", rule.name)),
            (false, true) => return refuse("A573", format!("{name}.{field}: {} needs one", rule.name)),
            _ => {}
        }
    }
    match (picture, image) {
        (None, Some(_)) => return refuse("A513", format!("{name}.image: {} has none", rule.name)),
        (Some(kind), image) => shown(name, image.as_ref(), kind, pictures)?,
        (None, None) => {}
    }
    if let Some(list) = item {
        items(name, list, pictures)?;
    }
    if let Some(goods) = goods {
        commerce(name, goods)?;
    }
    if let Some(film) = film {
        video(film, pictures)?;
    }
    let (least, most, beside, label) = rule.buttons;
    let most = if offer.is_some() { beside } else { most };
    buttons(name, button.as_deref().unwrap_or_default(), least, most, label)?;
    offer.as_ref().map_or(Ok(()), |offer| coupon(name, offer, rule.coupon))
}

fn carousel(Carousel { head, list, tail }: &Carousel, rule: &Rule, pictures: &dyn Pictures) -> Checked {
    let feed = rule.name == "FC";
    let cards = list.as_deref().unwrap_or_default();
    // The SDK takes 2 to 10 cards; Kakao shows 6 at the most, and 5 behind a first one.
    let most = if head.is_some() { 5 } else { 6 };
    match head {
        Some(_) if feed => return refuse("A567", "carousel.head: FC has none"),
        Some(first) => intro(first, pictures)?,
        None => {}
    }
    if !(2..=most).contains(&cards.len()) {
        return refuse("A567", format!("carousel.list: {} cards, 2 to {most}", cards.len()));
    }
    let mut ratios = Vec::new();
    for (at, one) in cards.iter().enumerate() {
        card(&format!("carousel.list[{at}]"), one, feed, rule, pictures)?;
        let image = one.attachment.as_ref().and_then(|attachment| attachment.image.as_ref());
        let found = image.and_then(|image| pictures.find(image.img_url.as_deref().unwrap_or_default()));
        ratios.extend(found.map(|(_, ratio)| ratio));
    }
    if !feed && ratios.windows(2).any(|pair| pair[0] != pair[1]) {
        return refuse("A513", "carousel.list: the pictures of goods are all of one ratio");
    }
    let Some(Tail { url_mobile, url_pc, scheme_ios, scheme_android }) = tail else { return Ok(()) };
    web("A567", "carousel.tail.urlMobile", url_mobile.as_deref().unwrap_or_default())?;
    links("A567", "carousel.tail", [&None, url_pc, scheme_ios, scheme_android])
}

fn intro(head: &Head, pictures: &dyn Pictures) -> Checked {
    let Head { header, content, image_url, url_mobile, url_pc, scheme_android, scheme_ios } = head;
    lines("A567", "carousel.head.header", header.as_deref().unwrap_or_default(), 1, 20, 0)?;
    lines("A567", "carousel.head.content", content.as_deref().unwrap_or_default(), 1, 50, 2)?;
    named("carousel.head.imageUrl", image_url.as_deref(), "carouselCommerce", pictures)?;
    if url_mobile.is_none() && [url_pc, scheme_android, scheme_ios].iter().any(|link| link.is_some()) {
        return refuse("A567", "carousel.head.urlMobile: it is needed beside other links");
    }
    links("A567", "carousel.head", [url_mobile, url_pc, scheme_ios, scheme_android])
}

fn card(name: &str, card: &CarouselItem, feed: bool, rule: &Rule, pictures: &dyn Pictures) -> Checked {
    let CarouselItem { header, message, additional_content, attachment } = card;
    if attachment.is_none() {
        return refuse("A573", format!("{name}.attachment: a card needs one"));
    }
    if feed {
        lines("A565", &format!("{name}.header"), header.as_deref().unwrap_or_default(), 1, 20, 0)?;
        lines("A572", &format!("{name}.message"), message.as_deref().unwrap_or_default(), 1, 180, 2)?;
        if let Some(more) = additional_content {
            lines("A572", &format!("{name}.additionalContent"), more, 1, 34, 1)?;
        }
        return below(name, attachment.as_ref(), rule, Some("carouselFeed"), pictures);
    }
    if header.is_some() || message.is_some() || additional_content.is_some() {
        return refuse("A572", format!("{name}: a card of goods has no words of its own"));
    }
    let goods = Rule { beside: Some("commerce"), ..*rule };
    below(name, attachment.as_ref(), &goods, Some("carouselCommerce"), pictures)
}

fn shown(name: &str, image: Option<&Image>, kind: &str, pictures: &dyn Pictures) -> Checked {
    let (address, link) = image.map_or((None, None), |image| (image.img_url.as_deref(), image.img_link.as_deref()));
    named(&format!("{name}.image.imgUrl"), address, kind, pictures)?;
    link.map_or(Ok(()), |link| web("A513", &format!("{name}.image.imgLink"), link))
}

fn named(name: &str, address: Option<&str>, kind: &str, pictures: &dyn Pictures) -> Checked {
    match address.map(|address| pictures.find(address)) {
        Some(Some((uploaded, _))) if uploaded == kind => Ok(()),
        Some(Some((uploaded, _))) => refuse("A513", format!("{name}: uploaded as {uploaded}, not as {kind}")),
        Some(None) => refuse("A513", format!("{name}: nothing was uploaded there")),
        None => refuse("A513", format!("{name}: a picture is needed")),
    }
}

fn items(name: &str, Items { list }: &Items, pictures: &dyn Pictures) -> Checked {
    let list = list.as_deref().unwrap_or_default();
    if !(3..=4).contains(&list.len()) {
        return refuse("A573", format!("{name}.item.list: {} items, 3 or 4", list.len()));
    }
    for (at, item) in list.iter().enumerate() {
        let Item { title, img_url, url_mobile, url_pc, scheme_ios, scheme_android } = item;
        let name = format!("{name}.item.list[{at}]");
        let (least, most, kind) = if at == 0 { (0, 25, "wideItemList/first") } else { (1, 30, "wideItemList") };
        lines("A573", &format!("{name}.title"), title.as_deref().unwrap_or_default(), least, most, 0)?;
        named(&format!("{name}.imgUrl"), img_url.as_deref(), kind, pictures)?;
        web("A573", &format!("{name}.urlMobile"), url_mobile.as_deref().unwrap_or_default())?;
        links("A573", &name, [&None, url_pc, scheme_ios, scheme_android])?;
    }
    Ok(())
}

fn commerce(name: &str, goods: &Commerce) -> Checked {
    let names =
        [&goods.regular_price_name, &goods.discount_price_name, &goods.discount_rate_name, &goods.discount_fixed_name];
    if names.iter().any(|name| name.is_some()) {
        return refuse("A573", format!("{name}.commerce: names of prices are not served here, and so refused"));
    }
    lines("A573", &format!("{name}.commerce.title"), goods.title.as_deref().unwrap_or_default(), 1, 30, 0)?;
    if goods.regular_price.is_none() {
        return refuse("A573", format!("{name}.commerce.regularPrice: it is missing"));
    }
    for (field, value, least, most) in [
        ("regularPrice", goods.regular_price, 0, 99_999_999),
        ("discountPrice", goods.discount_price, 0, 99_999_999),
        ("discountRate", goods.discount_rate, 1, 100),
        ("discountFixed", goods.discount_fixed, 0, 999_999),
    ] {
        if value.is_some_and(|value| !(least..=most).contains(&value)) {
            return refuse("A573", format!("{name}.commerce.{field}: {least} to {most}"));
        }
    }
    match (goods.discount_price, goods.discount_rate, goods.discount_fixed) {
        (None, None, None) | (Some(_), Some(_), None) | (Some(_), None, Some(_)) => Ok(()),
        _ => refuse("A573", format!("{name}.commerce: a price, or with a lower one and either the rate or the amount")),
    }
}

fn video(Video { video_url, thumbnail_url }: &Video, pictures: &dyn Pictures) -> Checked {
    let address = video_url.as_deref().unwrap_or_default();
    if !address.starts_with("https://tv.kakao.com/") || address.len() > 500 || address.contains(char::is_whitespace) {
        return refuse("A573", "attachment.video.videoUrl: an address of Kakao TV, 500 characters at the most");
    }
    match thumbnail_url {
        Some(address) => named("attachment.video.thumbnailUrl", Some(address), "default", pictures),
        None => Ok(()),
    }
}

/// A coupon's title is one of five forms; the SDK gives them without `쿠폰` at their end.
static COUPON: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("^([1-9][0-9]{0,7}원 할인|([1-9][0-9]?|100)% 할인|배송비 할인|(.{1,7}) (무료|UP))$").ok()
});

fn coupon(name: &str, offer: &Coupon, most: usize) -> Checked {
    let Coupon { title, description, url_pc, url_mobile, scheme_android, scheme_ios } = offer;
    if !COUPON.as_ref().is_some_and(|form| form.is_match(title.as_deref().unwrap_or_default())) {
        return refuse("A573", format!("{name}.coupon.title: one of the five forms"));
    }
    lines("A573", &format!("{name}.coupon.description"), description.as_deref().unwrap_or_default(), 1, most, 0)?;
    links("A573", &format!("{name}.coupon"), [url_mobile, url_pc, scheme_ios, scheme_android])
}

fn buttons(name: &str, buttons: &[Button], least: usize, most: usize, label: usize) -> Checked {
    if !(least..=most).contains(&buttons.len()) {
        return refuse("A573", format!("{name}.button: {} buttons, {least} to {most}", buttons.len()));
    }
    for button in buttons {
        lines("A525", "button.name", button.name.as_deref().unwrap_or_default(), 1, label, 0)?;
        let (pc, mobile) = (button.url_pc.as_deref(), button.url_mobile.as_deref());
        match button.kind.as_deref() {
            Some("WL") => {
                web("A524", "button.urlPc", pc.unwrap_or_default())?;
                web("A524", "button.urlMobile", mobile.unwrap_or_default())?;
            }
            Some("AL") => {
                web("A524", "button.urlMobile", mobile.unwrap_or_default())?;
                let schemes = [&button.scheme_ios, &button.scheme_android];
                if schemes.iter().all(|scheme| scheme.is_none()) {
                    return refuse("A524", "button: AL needs a scheme");
                }
                links("A524", "button", [&None, &None, schemes[0], schemes[1]])?;
            }
            _ => return refuse("A524", "button.type: WL or AL; others are not served here, and so refused"),
        }
        if [&button.chat_extra, &button.chat_event, &button.biz_form_key].iter().any(|value| value.is_some()) {
            return refuse("A524", "button: chat and form fields belong to other types");
        }
    }
    Ok(())
}

/// Links that may be there: for phones, for PCs, into apps on iOS and on Android.
fn links(code: &'static str, name: &str, [mobile, pc, ios, android]: [&Option<String>; 4]) -> Checked {
    for (field, link) in [("urlMobile", mobile), ("urlPc", pc)] {
        if let Some(link) = link {
            web(code, &format!("{name}.{field}"), link)?;
        }
    }
    length(code, &format!("{name}.schemeIos"), ios.as_deref(), 1, 1000)?;
    length(code, &format!("{name}.schemeAndroid"), android.as_deref(), 1, 1000)
}

fn lines(code: &'static str, name: &str, text: &str, least: usize, most: usize, breaks: usize) -> Checked {
    length(code, name, Some(text), least, most)?;
    match text.matches('\n').count() {
        found if found > breaks => refuse(code, format!("{name}: {found} line breaks, {breaks} at the most")),
        _ => Ok(()),
    }
}
