//! Every limit that the SDK 1.2.0 documents for the messages served here, each with the code it is refused by.

use crate::bizgo::answer::Refusal;
use crate::bizgo::request::{
    Attachment, BrandMessage, Button, Carousel, CarouselItem, FlowItem, Image, Mms, SendOmni, Sms, Tail,
};
use crate::ledger::Pictures;
use crate::text::{cp949, is_sender};

type Checked = Result<(), Refusal>;

/// Checks all of a request that concerns every recipient.
pub(crate) fn check(request: &SendOmni, pictures: &dyn Pictures) -> Checked {
    match request.destinations.len() {
        0 => return refuse("A307", "destinations: at least one recipient"),
        1..=200 => {}
        more => return refuse("A318", format!("destinations: {more} recipients, 200 at the most")),
    }
    idempotency(request)?;
    length("A310", "paymentCode", request.payment_code.as_deref(), 0, 20)?;
    if request.group_key.as_deref() == Some("") {
        return refuse("A311", "groupKey: it is empty");
    }
    if request.message_flow.is_empty() {
        return refuse("A300", "messageFlow: at least one message");
    }
    request.message_flow.iter().try_for_each(|item| flow_item(item, pictures))
}

fn refuse<T>(code: &'static str, detail: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::service(code, detail))
}

fn idempotency(request: &SendOmni) -> Checked {
    let Some(key) = &request.idempotency_key else { return Ok(()) };
    if key.is_empty() || key.chars().count() > 200 {
        return refuse("A308", "idempotencyKey: 1 to 200 characters");
    }
    match request.idempotency_ttl.as_ref().and_then(serde_json::Value::as_i64) {
        Some(0..=86_400) => Ok(()),
        _ => refuse("A309", "idempotencyTtl: 0 to 86400 seconds, and never missing beside a key"),
    }
}

fn flow_item(item: &FlowItem, pictures: &dyn Pictures) -> Checked {
    let others = [&item.alimtalk, &item.international, &item.rcs, &item.navertalk];
    let other = others.iter().filter(|value| value.is_some()).count();
    let known =
        usize::from(item.brandmessage.is_some()) + usize::from(item.sms.is_some()) + usize::from(item.mms.is_some());
    if other + known != 1 {
        return refuse("A300", "messageFlow: an item names exactly one channel");
    }
    match (&item.brandmessage, &item.sms, &item.mms) {
        (Some(message), _, _) => brand(message, pictures),
        (_, Some(text), _) => sms(text),
        (_, _, Some(text)) => mms(text),
        // This account has no other channels.
        _ => refuse("A325", "messageFlow: the account has brandmessage, sms and mms only"),
    }
}

fn brand(message: &BrandMessage, pictures: &dyn Pictures) -> Checked {
    let key = message.sender_key.as_deref().unwrap_or_default();
    if key.is_empty() || key.chars().count() > 40 {
        return refuse("A502", "senderKey: 1 to 40 characters");
    }
    match message.send_type.as_deref() {
        Some("free") => {}
        Some("basic" | "template") => return refuse("A505", "templateCode: no template is registered here"),
        _ => return refuse("A571", "sendType: basic, template or free"),
    }
    if message.template_code.is_some() || has_variables(message) {
        return refuse("A571", "sendType free takes neither a template nor variables");
    }
    match message.targeting.as_deref() {
        None | Some("I") => {}
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
    length("A300", "groupTagKey", message.group_tag_key.as_deref(), 1, 40)?;
    length("A300", "originCID", message.origin_cid.as_deref(), 1, 9)?;
    length("A300", "unsubscribePhoneNumber", message.unsubscribe_phone_number.as_deref(), 1, 13)?;
    length("A300", "unsubscribeAuthNumber", message.unsubscribe_auth_number.as_deref(), 1, 10)?;
    if message.header_description.is_some() || message.additional_content.is_some() || message.header.is_some() {
        return refuse("A565", "header, headerDescription and additionalContent belong to other message types");
    }
    match message.msg_type.as_deref() {
        Some("FC") => carousel(message, pictures),
        Some("FT") => plain(message, 1300, None, pictures),
        Some("FI") => plain(message, 400, Some("default"), pictures),
        Some("FW") => plain(message, 76, Some("wide"), pictures),
        Some("FL" | "FM" | "FA" | "FP" | "FG") => refuse("A523", "msgType: not served here, and so refused"),
        _ => refuse("A523", "msgType: FT, FI, FW, FL, FC, FM, FA, FP or FG"),
    }
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

/// FT, FI and FW: a text, with or without a picture, and buttons.
fn plain(message: &BrandMessage, most: usize, picture: Option<&str>, pictures: &dyn Pictures) -> Checked {
    if message.carousel.is_some() {
        return refuse("A567", "carousel: only FC and FA have one");
    }
    length("A572", "text", Some(message.text.as_deref().unwrap_or_default()), 1, most)?;
    let wide = picture == Some("wide");
    if let Some(attachment) = &message.attachment {
        only_buttons_and_picture(attachment)?;
        let (count, label) = if wide { (2, 8) } else { (5, 14) };
        buttons(attachment.button.as_deref().unwrap_or_default(), 0, count, label)?;
    }
    let image = message.attachment.as_ref().and_then(|attachment| attachment.image.as_ref());
    match (picture, image) {
        (None, None) => Ok(()),
        (None, Some(_)) => refuse("A513", "attachment.image: FT has none"),
        (Some(kind), image) => shown(image, kind, pictures),
    }
}

fn carousel(message: &BrandMessage, pictures: &dyn Pictures) -> Checked {
    if message.ad_flag.as_deref() == Some("N") {
        return refuse("A506", "adFlag: FC goes with Y only");
    }
    if message.text.is_some() || message.attachment.is_some() {
        return refuse("A572", "FC has its texts and attachments in its cards");
    }
    let Some(Carousel { head, list, tail }) = &message.carousel else {
        return refuse("A567", "carousel: FC needs one");
    };
    if head.is_some() {
        return refuse("A567", "carousel.head: FC has none");
    }
    let cards = list.as_deref().unwrap_or_default();
    if !(2..=6).contains(&cards.len()) {
        return refuse("A567", format!("carousel.list: {} cards, 2 to 6", cards.len()));
    }
    for (at, card) in cards.iter().enumerate() {
        card_of_feed(at, card, pictures)?;
    }
    if let Some(Tail { url_mobile, url_pc, scheme_ios, scheme_android }) = tail {
        let mobile = url_mobile.as_deref().unwrap_or_default();
        web("A567", "carousel.tail.urlMobile", mobile)?;
        if let Some(pc) = url_pc {
            web("A567", "carousel.tail.urlPc", pc)?;
        }
        length("A567", "carousel.tail.schemeIos", scheme_ios.as_deref(), 1, 1000)?;
        length("A567", "carousel.tail.schemeAndroid", scheme_android.as_deref(), 1, 1000)?;
    }
    Ok(())
}

fn card_of_feed(at: usize, card: &CarouselItem, pictures: &dyn Pictures) -> Checked {
    let name = |field: &str| format!("carousel.list[{at}].{field}");
    let header = card.header.as_deref().unwrap_or_default();
    length("A565", &name("header"), Some(header), 1, 20)?;
    if header.contains('\n') {
        return refuse("A565", format!("{}: no line breaks", name("header")));
    }
    let text = card.message.as_deref().unwrap_or_default();
    length("A572", &name("message"), Some(text), 1, 180)?;
    if text.matches('\n').count() > 2 {
        return refuse("A572", format!("{}: 2 line breaks at the most", name("message")));
    }
    let additional = card.additional_content.as_deref();
    length("A572", &name("additionalContent"), additional, 1, 34)?;
    if additional.is_some_and(|text| text.matches('\n').count() > 1) {
        return refuse("A572", format!("{}: 1 line break at the most", name("additionalContent")));
    }
    let Some(attachment) = &card.attachment else {
        return refuse("A573", format!("{}: a card needs one", name("attachment")));
    };
    only_buttons_and_picture(attachment)?;
    shown(attachment.image.as_ref(), "carouselFeed", pictures)?;
    buttons(attachment.button.as_deref().unwrap_or_default(), 1, 2, 8)
}

fn only_buttons_and_picture(attachment: &Attachment) -> Checked {
    let Attachment { button: _, image: _, item, coupon, commerce, video, catalog } = attachment;
    if [item, coupon, commerce, video, catalog].iter().any(|value| value.is_some()) {
        return refuse("A573", "attachment: buttons and a picture only; others are not served here, and so refused");
    }
    Ok(())
}

fn shown(image: Option<&Image>, kind: &str, pictures: &dyn Pictures) -> Checked {
    let Some(Image { img_url: Some(address), img_link }) = image else {
        return refuse("A513", "attachment.image.imgUrl: a picture is needed");
    };
    match pictures.kind(address) {
        Some(uploaded) if uploaded == kind => {}
        Some(uploaded) => {
            return refuse("A513", format!("attachment.image.imgUrl: uploaded as {uploaded}, not as {kind}"));
        }
        None => return refuse("A513", "attachment.image.imgUrl: nothing was uploaded there"),
    }
    match img_link {
        Some(link) => web("A513", "attachment.image.imgLink", link),
        None => Ok(()),
    }
}

fn buttons(buttons: &[Button], least: usize, most: usize, label: usize) -> Checked {
    if !(least..=most).contains(&buttons.len()) {
        return refuse("A573", format!("attachment.button: {} buttons, {least} to {most}", buttons.len()));
    }
    for button in buttons {
        length("A525", "button.name", Some(button.name.as_deref().unwrap_or_default()), 1, label)?;
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
            }
            _ => return refuse("A524", "button.type: WL or AL; others are not served here, and so refused"),
        }
        if [&button.chat_extra, &button.chat_event, &button.biz_form_key].iter().any(|value| value.is_some()) {
            return refuse("A524", "button: chat and form fields belong to other types");
        }
    }
    Ok(())
}

/// An address as Kakao's check takes it: absolute, ASCII, without blanks or brackets, at most 1,000 characters.
fn web(code: &'static str, name: &str, address: &str) -> Checked {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let named = host.is_some_and(|host| host.contains('.') && !host.starts_with('.') && !host.ends_with('.'));
    let plain = address.bytes().all(|byte| byte.is_ascii_graphic() && !b"()<>\"{}|\\^`[]".contains(&byte));
    if named && plain && address.len() <= 1000 {
        return Ok(());
    }
    refuse(code, format!("{name}: an absolute address in plain characters, 1000 at the most"))
}

/// The dealer counts characters as code points.
fn length(code: &'static str, name: &str, text: Option<&str>, least: usize, most: usize) -> Checked {
    match text.map(|text| text.chars().count()) {
        Some(count) if !(least..=most).contains(&count) => {
            refuse(code, format!("{name}: {count} characters, {least} to {most}"))
        }
        _ => Ok(()),
    }
}

fn sms(text: &Sms) -> Checked {
    sender(text.from.as_deref())?;
    ttl(text.ttl.as_deref())?;
    length("A300", "originCID", text.origin_cid.as_deref(), 1, 9)?;
    body("sms.text", text.text.as_deref(), 90)
}

fn mms(text: &Mms) -> Checked {
    sender(text.from.as_deref())?;
    ttl(text.ttl.as_deref())?;
    length("A300", "originCID", text.origin_cid.as_deref(), 1, 9)?;
    match text.file_key.as_deref() {
        None => {}
        Some(keys) if keys.is_empty() || keys.len() > 3 => return refuse("A319", "mms.fileKey: 1 to 3"),
        Some(_) => return refuse("A217", "mms.fileKey: nothing was uploaded under it"),
    }
    if let Some(title) = &text.title {
        match cp949(title) {
            Ok(0..=40) => {}
            Ok(bytes) => return refuse("A303", format!("mms.title: {bytes} bytes, 40 at the most")),
            Err(c) => return refuse("A303", format!("mms.title: `{c}` is not in EUC-KR")),
        }
    }
    body("mms.text", text.text.as_deref(), 2000)
}

fn sender(from: Option<&str>) -> Checked {
    let number = from.unwrap_or_default();
    if is_sender(number) {
        return Ok(());
    }
    refuse("A302", "from: 8 to 12 digits")
}

fn ttl(ttl: Option<&str>) -> Checked {
    match ttl {
        Some(text) if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) => {
            refuse("A304", "ttl: digits")
        }
        _ => Ok(()),
    }
}

fn body(name: &str, text: Option<&str>, most: usize) -> Checked {
    match cp949(text.unwrap_or_default()) {
        Ok(0) => refuse("A303", format!("{name}: it is empty")),
        Ok(bytes) if bytes > most => refuse("A328", format!("{name}: {bytes} bytes, {most} at the most")),
        Ok(_) => Ok(()),
        Err(c) => refuse("A303", format!("{name}: `{c}` is not in EUC-KR")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    struct Shelf;

    impl Pictures for Shelf {
        fn kind(&self, address: &str) -> Option<&str> {
            ["carouselFeed", "wide"]
                .into_iter()
                .find(|kind| address.strip_prefix("https://img.example.go.kr/") == Some(kind))
        }
    }

    fn card() -> Value {
        json!({
            "header": "머리", "message": "본문",
            "attachment": {
                "button": [{ "type": "WL", "name": "보기", "urlPc": "https://a.kr", "urlMobile": "https://a.kr" }],
                "image": { "imgUrl": "https://img.example.go.kr/carouselFeed", "imgLink": "https://a.kr/1" }
            }
        })
    }

    fn good() -> Value {
        json!({
            "destinations": [{ "to": "01000000001", "ref": "r" }],
            "messageFlow": [
                { "brandmessage": { "sendType": "free", "msgType": "FC", "senderKey": "S", "targeting": "I", "adFlag": "Y",
                    "carousel": { "list": [card(), card()], "tail": { "urlMobile": "https://a.kr/all" } } } },
                { "mms": { "from": "0310000000", "title": "(광고) 소식", "text": "(광고) 소식" } }
            ],
            "idempotencyKey": "k", "idempotencyTtl": 86400
        })
    }

    fn verdict(body: Value) -> Result<(), &'static str> {
        let request: SendOmni = serde_json::from_value(body).map_err(|_| "A011")?;
        check(&request, &Shelf).map_err(|refusal| refusal.code())
    }

    #[test]
    fn each_limit_is_refused_by_its_code_one_step_beyond_it() {
        assert_eq!(verdict(good()), Ok(()));
        let cases: Vec<(&str, Value, &str)> = vec![
            ("/destinations", json!([]), "A307"),
            ("/destinations", json!(vec![json!({ "to": "01000000001" }); 201]), "A318"),
            ("/idempotencyKey", json!(""), "A308"),
            ("/idempotencyKey", json!("k".repeat(201)), "A308"),
            ("/idempotencyTtl", json!(null), "A309"),
            ("/idempotencyTtl", json!(86401), "A309"),
            ("/idempotencyTtl", json!(-1), "A309"),
            ("/idempotencyTtl", json!("86400"), "A309"),
            ("/messageFlow", json!([]), "A300"),
            ("/messageFlow/0", json!({}), "A300"),
            ("/messageFlow/0", json!({ "alimtalk": {} }), "A325"),
            ("/messageFlow/0/brandmessage/senderKey", json!(null), "A502"),
            ("/messageFlow/0/brandmessage/sendType", json!("basic"), "A505"),
            ("/messageFlow/0/brandmessage/sendType", json!("other"), "A571"),
            ("/messageFlow/0/brandmessage/msgType", json!("FX"), "A523"),
            ("/messageFlow/0/brandmessage/targeting", json!("M"), "A570"),
            ("/messageFlow/0/brandmessage/adFlag", json!("N"), "A506"),
            ("/messageFlow/0/brandmessage/carousel", json!(null), "A567"),
            ("/messageFlow/0/brandmessage/carousel/list", json!([card()]), "A567"),
            ("/messageFlow/0/brandmessage/carousel/list", json!(vec![card(); 7]), "A567"),
            ("/messageFlow/0/brandmessage/carousel/list/0/header", json!("가".repeat(21)), "A565"),
            ("/messageFlow/0/brandmessage/carousel/list/0/header", json!("가\n나"), "A565"),
            ("/messageFlow/0/brandmessage/carousel/list/0/header", json!(null), "A565"),
            ("/messageFlow/0/brandmessage/carousel/list/0/message", json!("가".repeat(181)), "A572"),
            ("/messageFlow/0/brandmessage/carousel/list/0/message", json!("가\n나\n다\n라"), "A572"),
            ("/messageFlow/0/brandmessage/carousel/list/0/attachment/image/imgUrl", json!("https://else.kr/1"), "A513"),
            (
                "/messageFlow/0/brandmessage/carousel/list/0/attachment/image/imgUrl",
                json!("https://img.example.go.kr/wide"),
                "A513",
            ),
            ("/messageFlow/0/brandmessage/carousel/list/0/attachment/image/imgLink", json!("https://a.kr/가"), "A513"),
            ("/messageFlow/0/brandmessage/carousel/list/0/attachment/button", json!([]), "A573"),
            (
                "/messageFlow/0/brandmessage/carousel/list/0/attachment/button/0/name",
                json!("아홉글자나되는단추"),
                "A525",
            ),
            ("/messageFlow/0/brandmessage/carousel/list/0/attachment/button/0/urlPc", json!(null), "A524"),
            ("/messageFlow/0/brandmessage/carousel/list/0/attachment/button/0/urlMobile", json!("a.kr"), "A524"),
            ("/messageFlow/0/brandmessage/carousel/list/0/attachment/button/0/type", json!("ZZ"), "A524"),
            ("/messageFlow/0/brandmessage/carousel/tail/urlMobile", json!(null), "A567"),
            ("/messageFlow/1/mms/from", json!("031-000-0000"), "A302"),
            ("/messageFlow/1/mms/text", json!("가".repeat(1001)), "A328"),
            ("/messageFlow/1/mms/text", json!("😀"), "A303"),
            ("/messageFlow/1/mms/title", json!("가".repeat(21)), "A303"),
            ("/messageFlow/1", json!({ "sms": { "from": "0310000000", "text": "가".repeat(46) } }), "A328"),
            ("/messageFlow/1", json!({ "sms": { "from": "0310000000", "text": "가", "title": "나" } }), "A011"),
        ];
        for (pointer, value, code) in cases {
            let mut body = good();
            *body.pointer_mut(pointer).unwrap() = value;
            assert_eq!(verdict(body), Err(code), "{pointer}");
        }
    }

    #[test]
    fn an_unknown_field_is_refused() {
        let mut body = good();
        body["messageFlow"][0]["brandmessage"]["templatecode"] = json!("T");
        assert_eq!(verdict(body), Err("A011"));
    }
}
