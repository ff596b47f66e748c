//! Every limit that the SDK 1.2.0 documents for the messages served here, each with the code it is refused by.

use std::collections::{BTreeMap, HashMap};

use crate::bizgo::answer::Refusal;
use crate::bizgo::registered::Registered;
use crate::bizgo::request::{Alimtalk, Destination, FlowItem, Mms, SendOmni, Sms};
use crate::bizgo::{brand, by_template, picture};
use crate::ledger::Pictures;
use crate::template::Template;
use crate::text::{cp949, is_sender};

pub(crate) type Checked = Result<(), Refusal>;

/// What messages are checked against.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) pictures: &'a dyn Pictures,
    /// Approved templates of Alimtalk.
    pub(crate) templates: &'a HashMap<String, Template>,
    /// Registered templates of brand messages.
    pub(crate) registered: &'a BTreeMap<(String, String), Registered>,
    /// The names of group tags, by their keys.
    pub(crate) tags: &'a BTreeMap<String, String>,
    /// Whether Kakao allows the channel to send to whoever consented.
    pub(crate) approved: bool,
}

/// Checks all of a request that concerns every recipient.
pub(crate) fn check(request: &SendOmni, known: &Known<'_>) -> Checked {
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
    request.message_flow.iter().try_for_each(|item| match &item.alimtalk {
        Some(message) => {
            one_channel(item)?;
            alimtalk(message, &request.destinations, known.templates)
        }
        None => flow_item(item, &request.destinations, known),
    })
}

pub(crate) fn refuse<T>(code: &'static str, detail: impl Into<String>) -> Result<T, Refusal> {
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

fn one_channel(item: &FlowItem) -> Checked {
    let FlowItem { brandmessage, sms, mms, alimtalk, international, rcs, navertalk } = item;
    let there = [
        brandmessage.is_some(),
        sms.is_some(),
        mms.is_some(),
        alimtalk.is_some(),
        international.is_some(),
        rcs.is_some(),
        navertalk.is_some(),
    ];
    match there.iter().filter(|there| **there).count() {
        1 => Ok(()),
        _ => refuse("A300", "messageFlow: an item names exactly one channel"),
    }
}

/// An Alimtalk by its template, with a value for each of its variables.
fn alimtalk(message: &Alimtalk, to: &[Destination], templates: &HashMap<String, Template>) -> Checked {
    let key = message.sender_key.as_deref().unwrap_or_default();
    if key.is_empty() || key.chars().count() > 40 {
        return refuse("A502", "senderKey: 1 to 40 characters");
    }
    if message.send_type.as_deref() != Some("template") {
        return refuse("A571", "sendType: template; whole texts are not served here, and so refused");
    }
    let Alimtalk { msg_type, text, title, header, price, currency_type, .. } = message;
    let words = [msg_type, text, title, header, price, currency_type].iter().any(|field| field.is_some());
    if words || message.link.is_some() || message.attachment.is_some() || message.supplement.is_some() {
        return refuse("A572", "sendType template: the dealer writes the words");
    }
    if !matches!(message.response_method.as_deref(), None | Some("push")) || message.timeout.is_some() {
        return refuse("A300", "responseMethod: push only here");
    }
    let template = message.template_code.as_deref().and_then(|code| templates.get(code));
    let Some(template) = template else { return refuse("A505", "templateCode: no such template is approved") };
    for destination in to {
        let Some(values) = &destination.replace_words else {
            return refuse("A300", "destinations[].replaceWords: a template needs them");
        };
        template.fill(values).or_else(|problem| refuse("A300", format!("destinations[].replaceWords: {problem}")))?;
    }
    Ok(())
}

fn flow_item(item: &FlowItem, to: &[Destination], known: &Known<'_>) -> Checked {
    one_channel(item)?;
    match (&item.brandmessage, &item.sms, &item.mms) {
        (Some(message), _, _) => match message.send_type.as_deref() {
            Some("basic" | "template") => by_template::check(message, to, known),
            _ => brand::check(message, known),
        },
        (_, Some(text), _) => sms(text),
        (_, _, Some(text)) => mms(text, known.pictures),
        // This account has no other channels.
        _ => refuse("A325", "messageFlow: the account has alimtalk, brandmessage, sms and mms only"),
    }
}

/// An address as Kakao's check takes it: absolute, ASCII, without blanks or brackets, at most 1,000 characters.
pub(crate) fn web(code: &'static str, name: &str, address: &str) -> Checked {
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
pub(crate) fn length(code: &'static str, name: &str, text: Option<&str>, least: usize, most: usize) -> Checked {
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

fn mms(text: &Mms, pictures: &dyn Pictures) -> Checked {
    sender(text.from.as_deref())?;
    ttl(text.ttl.as_deref())?;
    length("A300", "originCID", text.origin_cid.as_deref(), 1, 9)?;
    if let Some(keys) = &text.file_key {
        if keys.is_empty() || keys.len() > 3 {
            return refuse("A319", "mms.fileKey: 1 to 3");
        }
        if keys.iter().any(|key| pictures.find(key).is_none_or(|(kind, _)| kind != picture::MMS)) {
            return refuse("A217", "mms.fileKey: nothing was uploaded under it");
        }
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

    fn templates() -> HashMap<String, Template> {
        HashMap::from([("T1".to_owned(), Template::new("T1", "#{이름}님"))])
    }

    impl Pictures for Shelf {
        fn find(&self, address: &str) -> Option<(&str, usize)> {
            ["carouselFeed", "wide"]
                .into_iter()
                .find(|kind| address.strip_prefix("https://img.example.go.kr/") == Some(kind))
                .map(|kind| (kind, 500))
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
                    "groupTagKey": "weekly", "carousel": { "list": [card(), card()], "tail": { "urlMobile": "https://a.kr/all" } } } },
                { "mms": { "from": "0310000000", "title": "(광고) 소식", "text": "(광고) 소식" } }
            ],
            "idempotencyKey": "k", "idempotencyTtl": 86400
        })
    }

    fn verdict(body: Value) -> Result<(), &'static str> {
        let request: SendOmni = serde_json::from_value(body).map_err(|_| "A011")?;
        let (templates, registered) = (templates(), BTreeMap::new());
        let tags = BTreeMap::from([("weekly".to_owned(), "주간".to_owned())]);
        let known =
            Known { pictures: &Shelf, templates: &templates, registered: &registered, tags: &tags, approved: false };
        check(&request, &known).map_err(|refusal| refusal.code())
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
            ("/messageFlow/0", json!({ "rcs": {} }), "A325"),
            ("/messageFlow/0", json!({ "alimtalk": {} }), "A502"),
            ("/messageFlow/0", json!({ "alimtalk": { "senderKey": "S", "templateCode": "T1" } }), "A571"),
            (
                "/messageFlow/0",
                json!({ "alimtalk": { "senderKey": "S", "sendType": "template", "templateCode": "T2" } }),
                "A505",
            ),
            (
                "/messageFlow/0",
                json!({ "alimtalk": { "senderKey": "S", "sendType": "template", "templateCode": "T1" } }),
                "A300",
            ),
            (
                "/messageFlow/0",
                json!({ "alimtalk": { "senderKey": "S", "sendType": "template", "templateCode": "T1", "text": "x" } }),
                "A572",
            ),
            ("/messageFlow/0/brandmessage/senderKey", json!(null), "A502"),
            ("/messageFlow/0/brandmessage/sendType", json!("basic"), "A571"),
            (
                "/messageFlow/0/brandmessage",
                json!({ "senderKey": "S", "sendType": "template", "targeting": "I" }),
                "A505",
            ),
            ("/messageFlow/0/brandmessage", json!({ "senderKey": "S", "sendType": "template" }), "A570"),
            (
                "/messageFlow/1",
                json!({ "mms": { "from": "0310000000", "text": "가", "fileKey": ["https://img.example.go.kr/wide"] } }),
                "A217",
            ),
            ("/messageFlow/1", json!({ "mms": { "from": "0310000000", "text": "가", "fileKey": [] } }), "A319"),
            ("/messageFlow/0/brandmessage/sendType", json!("other"), "A571"),
            ("/messageFlow/0/brandmessage/msgType", json!("FX"), "A523"),
            ("/messageFlow/0/brandmessage/targeting", json!("M"), "A570"),
            ("/messageFlow/0/brandmessage/adFlag", json!("N"), "A506"),
            ("/messageFlow/0/brandmessage/groupTagKey", json!("monthly"), "A300"),
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
