//! Templates of 알림톡 (Alimtalk) at Bizgo's centre: the form in which they are registered, and what it may hold.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::bizgo::check::{Checked, length, refuse, web};
use crate::ledger::Pictures;
use crate::template::{filled, names};

/// As what a template's picture is kept.
pub(crate) const PICTURE: &str = "alimtalk/template";

/// The body of a registration. What is not served here is named so that it can be refused by name.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Input {
    pub(crate) sender_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sender_key_type: Option<String>,
    pub(crate) template_name: Option<String>,
    pub(crate) template_code: Option<String>,
    pub(crate) template_message_type: Option<String>,
    pub(crate) template_emphasize_type: Option<String>,
    pub(crate) text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    img_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    img_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment: Option<Attachment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    supplement: Option<Supplement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    security_flag: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    adult_flag: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preview_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Attachment {
    #[serde(skip_serializing_if = "Option::is_none")]
    button: Option<Vec<Button>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<Items>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item_highlight: Option<Entry>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Items {
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<Vec<Entry>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Entry>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    title: String,
    description: String,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Supplement {
    #[serde(skip_serializing_if = "Option::is_none")]
    quick_reply: Option<Vec<Button>>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Button {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url_mobile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url_pc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme_android: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme_ios: Option<String>,
}

impl Button {
    fn check(&self, is_reply: bool) -> Checked {
        let (of_kind, of_name) = if is_reply { ("A563", "A564") } else { ("A524", "A525") };
        if self.name.contains(['\n', '\r']) {
            return refuse(of_name, "name: one line");
        }
        length(of_name, "name", Some(&self.name), 1, 14)?;
        let links = [&self.url_mobile, &self.url_pc, &self.scheme_android, &self.scheme_ios];
        match (self.kind.as_str(), is_reply) {
            ("WL", _) => {
                if self.url_mobile.is_none() || self.scheme_android.is_some() || self.scheme_ios.is_some() {
                    return refuse(of_kind, "WL: urlMobile, and urlPc at will");
                }
                for url in [&self.url_mobile, &self.url_pc].into_iter().flatten() {
                    // A variable may be all of an address but its scheme.
                    let hosts: BTreeMap<_, _> = names(url).map(|name| (name.to_owned(), "a.kr".to_owned())).collect();
                    web(of_kind, "url", &filled(url, &hosts))?;
                }
                Ok(())
            }
            ("AL", _) => {
                let ways = [&self.url_mobile, &self.scheme_android, &self.scheme_ios];
                if ways.into_iter().flatten().filter(|way| !way.is_empty()).count() < 2 {
                    return refuse(of_kind, "AL: two of urlMobile, schemeAndroid and schemeIos");
                }
                Ok(())
            }
            ("BK" | "BC" | "BT", _) | ("DS" | "MD" | "AC", false) if links.iter().all(|link| link.is_none()) => Ok(()),
            _ => refuse(of_kind, "type: WL, AL, BK, BC, BT, and of buttons DS, MD, AC, with no link of another's"),
        }
    }
}

impl Input {
    fn buttons(&self) -> &[Button] {
        self.attachment.as_ref().and_then(|it| it.button.as_deref()).unwrap_or_default()
    }

    fn replies(&self) -> &[Button] {
        self.supplement.as_ref().and_then(|it| it.quick_reply.as_deref()).unwrap_or_default()
    }

    /// All its texts and links but the words.
    pub(crate) fn more(&self) -> Vec<String> {
        let value = serde_json::to_value(self).unwrap_or_default();
        let mut all = Vec::new();
        for field in ["title", "subTitle", "header", "attachment", "supplement", "extra"] {
            strings(&value[field], &mut all);
        }
        all.retain(|text| text.contains("#{"));
        all
    }

    /// Checks it as far as its makers and Kakao publish what it may hold.
    pub(crate) fn check(&self, pictures: &dyn Pictures) -> Checked {
        let key = self.sender_key.as_deref().unwrap_or_default();
        if key.is_empty() || key.chars().count() > 40 {
            return refuse("A502", "senderKey: 1 to 40 characters");
        }
        if !matches!(self.sender_key_type.as_deref(), None | Some("S")) {
            return refuse("A300", "senderKeyType: S; groups of profiles are not served here, and so refused");
        }
        length("A505", "templateCode", Some(self.template_code.as_deref().unwrap_or_default()), 1, 30)?;
        length("A300", "templateName", Some(self.template_name.as_deref().unwrap_or_default()), 1, 200)?;
        if self.link.is_some() || self.preview_message.is_some() || self.security_flag == Some(true) {
            return refuse("A300", "link, previewMessage and securityFlag are not served here, and so refused");
        }
        if self.adult_flag == Some(true) {
            return refuse("A569", "adultFlag: not served here, and so refused");
        }
        if let Some(code) = &self.category_code
            && (code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()))
        {
            return refuse("A300", "categoryCode: six digits");
        }
        self.kind()?;
        self.emphasis(pictures)?;
        self.words()?;
        let (buttons, replies) = (self.buttons(), self.replies());
        match (buttons.len(), replies.len()) {
            (0..=5, 0) | (0..=2, 1..=5) => {}
            (_, 0) => return refuse("A503", "button: 5 at the most"),
            (_, 6..) => return refuse("A562", "quickReply: 5 at the most"),
            _ => return refuse("A503", "button: 2 at the most beside quick replies"),
        }
        buttons.iter().try_for_each(|button| button.check(false))?;
        replies.iter().try_for_each(|reply| reply.check(true))
    }

    fn kind(&self) -> Checked {
        let adds = self.buttons().iter().any(|button| button.kind == "AC");
        let expected = match (self.extra.is_some(), adds) {
            (false, false) => "BA",
            (true, false) => "EX",
            (false, true) => "AD",
            (true, true) => "MI",
        };
        if self.template_message_type.as_deref() == Some(expected) {
            return Ok(());
        }
        refuse("A300", format!("templateMessageType: {expected} by its extra and its buttons"))
    }

    fn emphasis(&self, pictures: &dyn Pictures) -> Checked {
        let Self { title, sub_title, header, img_url, img_name, attachment, .. } = self;
        let items = attachment.as_ref().and_then(|it| it.item.as_ref());
        let highlight = attachment.as_ref().and_then(|it| it.item_highlight.as_ref());
        let kind = self.template_emphasize_type.as_deref().unwrap_or_default();
        if (title.is_some() || sub_title.is_some()) && kind != "TEXT" {
            return refuse("A300", "title and subTitle: of templateEmphasizeType TEXT only");
        }
        if (header.is_some() || items.is_some() || highlight.is_some()) && kind != "ITEM_LIST" {
            return refuse("A560", "header and items: of templateEmphasizeType ITEM_LIST only");
        }
        match (img_url, img_name, kind) {
            (None, None, _) => {}
            (Some(url), Some(name), "IMAGE" | "ITEM_LIST") => {
                if pictures.find(url).is_none_or(|(kind, _)| kind != PICTURE) || name.is_empty() {
                    return refuse("A513", "imgUrl: nothing was uploaded to file/alimtalk/template under it");
                }
            }
            _ => return refuse("A513", "imgUrl and imgName: both, and of IMAGE or ITEM_LIST only"),
        }
        match kind {
            "NONE" => Ok(()),
            "IMAGE" if img_url.is_some() => Ok(()),
            "IMAGE" => refuse("A513", "imgUrl: IMAGE has one"),
            "TEXT" => {
                length("A300", "title", Some(title.as_deref().unwrap_or_default()), 1, 50)?;
                length("A300", "subTitle", sub_title.as_deref(), 1, 50)
            }
            "ITEM_LIST" => match items {
                Some(items) => list(items, header.as_deref(), highlight, img_url.is_some()),
                None => refuse("A560", "item.list: ITEM_LIST has one"),
            },
            _ => refuse("A300", "templateEmphasizeType: NONE, TEXT, IMAGE or ITEM_LIST"),
        }
    }

    fn words(&self) -> Checked {
        let text = self.text.as_deref().unwrap_or_default();
        if text.is_empty() {
            return refuse("A303", "text: it is missing");
        }
        if self.extra.as_deref() == Some("") {
            return refuse("A300", "extra: it is empty");
        }
        let all = format!("{text}{}", self.extra.as_deref().unwrap_or_default());
        let most = if self.template_emphasize_type.as_deref() == Some("ITEM_LIST") { 700 } else { 1_000 };
        let units = all.encode_utf16().count();
        if units > most {
            return refuse("A328", format!("text: {units} characters with the extra, {most} at the most"));
        }
        let more = self.more();
        let variables: BTreeSet<&str> = names(&all).chain(more.iter().flat_map(|text| names(text))).collect();
        if variables.len() > 40 {
            return refuse("A300", format!("{} variables, 40 at the most", variables.len()));
        }
        Ok(())
    }
}

fn list(items: &Items, header: Option<&str>, highlight: Option<&Entry>, pictured: bool) -> Checked {
    length("A565", "header", header, 1, 16)?;
    let entries = items.list.as_deref().unwrap_or_default();
    if !(2..=10).contains(&entries.len()) {
        return refuse("A560", "item.list: 2 to 10");
    }
    for Entry { title, description } in entries {
        length("A560", "item.list.title", Some(title), 1, 6)?;
        length("A560", "item.list.description", Some(description), 1, 23)?;
    }
    if let Some(Entry { title, description }) = &items.summary {
        length("A561", "item.summary.title", Some(title), 1, 6)?;
        length("A561", "item.summary.description", Some(description), 1, 14)?;
        if title.contains("#{") || !is_sum(description) {
            return refuse("A561", "item.summary: a title without variables, and a sum of money");
        }
    }
    let (title_most, text_most) = if pictured { (21, 13) } else { (30, 19) };
    if let Some(Entry { title, description }) = highlight {
        length("A560", "itemHighlight.title", Some(title), 1, title_most)?;
        length("A560", "itemHighlight.description", Some(description), 1, text_most)?;
    }
    Ok(())
}

/// Whether a text, apart from its variables, has only what sums of money are written with.
fn is_sum(text: &str) -> bool {
    const SIGNS: &str = "0123456789., 원元円$¢£¤¥֏؋৲৳৻૱௹฿៛₠₡₢₣₤₥₦₧₨₩₪₫€₭₮₯₰₱₲₳₴₵₶₷₸₹₺₻₼₽₾₿⃀﷼﹩＄￠￡￥￦";
    let ones = names(text).map(|name| (name.to_owned(), "1".to_owned())).collect();
    let text = filled(text, &ones);
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        if rest.len() >= 3 && rest.as_bytes()[..3].iter().all(u8::is_ascii_uppercase) {
            // A currency's code.
            rest = &rest[3..];
        } else if SIGNS.contains(first) {
            rest = &rest[first.len_utf8()..];
        } else {
            return false;
        }
    }
    true
}

fn strings(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::String(text) => all.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, all)),
        Value::Object(fields) => fields.values().for_each(|field| strings(field, all)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Shelf;

    impl Pictures for Shelf {
        fn find(&self, name: &str) -> Option<(&str, usize)> {
            (name == "https://img/1.jpg").then_some((PICTURE, 500))
        }
    }

    fn good() -> Value {
        let link = "https://www.example.go.kr/#{번호}";
        json!({
            "senderKey": "S", "senderKeyType": "S", "templateName": "여권", "templateCode": "P1", "categoryCode": "001001",
            "templateMessageType": "EX", "templateEmphasizeType": "ITEM_LIST", "text": "#{이름}님, 안내입니다.",
            "header": "여권", "extra": "문의 031-000-0000",
            "attachment": {
                "button": [{ "type": "WL", "name": "보기", "urlMobile": link, "urlPc": link }],
                "item": {
                    "list": [{ "title": "발급", "description": "#{날짜}" }, { "title": "장소", "description": "민원실" }],
                    "summary": { "title": "수수료", "description": "KRW 50,000원" },
                },
                "itemHighlight": { "title": "찾아가세요", "description": "민원실 1층" },
            },
            "supplement": { "quickReply": [{ "type": "BK", "name": "문의" }] },
        })
    }

    fn verdict(body: &Value) -> Result<(), &'static str> {
        let input: Input = serde_json::from_value(body.clone()).map_err(|_| "A011")?;
        input.check(&Shelf).map_err(|refusal| refusal.code())
    }

    #[test]
    fn each_limit_of_a_template_is_refused_by_its_code_one_step_beyond_it() {
        assert_eq!(verdict(&good()), Ok(()));
        let button = |value: Value| json!([value]);
        let many: Vec<String> = (0..39).map(|n| format!("#{{v{n}}}")).collect();
        let many = many.concat();
        let cases = [
            ("/senderKey", json!(""), "A502"),
            ("/senderKeyType", json!("G"), "A300"),
            ("/templateName", json!("가".repeat(201)), "A300"),
            ("/templateCode", json!("A".repeat(31)), "A505"),
            ("/categoryCode", json!("01001"), "A300"),
            ("/templateMessageType", json!("BA"), "A300"),
            ("/templateEmphasizeType", json!("NONE"), "A560"),
            ("/templateEmphasizeType", json!("ITEMS"), "A560"),
            ("/text", json!("가".repeat(700)), "A328"),
            ("/text", json!(""), "A303"),
            ("/text", json!(many), "A300"),
            ("/header", json!("가".repeat(17)), "A565"),
            ("/attachment/item", json!(null), "A560"),
            ("/attachment/item/list", json!([{ "title": "하나", "description": "뿐" }]), "A560"),
            ("/attachment/item/list/0/title", json!("일곱글자제목임"), "A560"),
            ("/attachment/item/list/0/description", json!("가".repeat(24)), "A560"),
            ("/attachment/item/summary/title", json!("#{t}"), "A561"),
            ("/attachment/item/summary/description", json!("오만원"), "A561"),
            ("/attachment/itemHighlight/title", json!("가".repeat(31)), "A560"),
            ("/attachment/itemHighlight/description", json!("가".repeat(20)), "A560"),
            ("/attachment/button/0/name", json!("가".repeat(15)), "A525"),
            ("/attachment/button/0/urlMobile", json!("www.example.go.kr"), "A524"),
            ("/attachment/button", button(json!({ "type": "AL", "name": "앱", "schemeIos": "app://1" })), "A524"),
            ("/attachment/button", button(json!({ "type": "P1", "name": "사진" })), "A524"),
            ("/attachment/button", json!(vec![json!({ "type": "BK", "name": "문의" }); 3]), "A503"),
            ("/supplement/quickReply", json!(vec![json!({ "type": "BK", "name": "문의" }); 6]), "A562"),
            ("/supplement/quickReply/0/type", json!("AC"), "A563"),
            ("/supplement/quickReply/0/name", json!(""), "A564"),
        ];
        for (pointer, value, code) in cases {
            let mut body = good();
            *body.pointer_mut(pointer).unwrap() = value;
            assert_eq!(verdict(&body), Err(code), "{pointer}");
        }
        let with = |pairs: &[(&str, Value)]| {
            let mut body = good();
            for (name, value) in pairs {
                body[*name] = value.clone();
            }
            verdict(&body)
        };
        let (url, name) = (("imgUrl", json!("https://img/1.jpg")), ("imgName", json!("1.jpg")));
        assert_eq!(with(&[url.clone(), name.clone()]), Ok(()));
        assert_eq!(with(&[url]), Err("A513"));
        assert_eq!(with(&[("imgUrl", json!("https://img/2.jpg")), name]), Err("A513"));
        assert_eq!(with(&[("title", json!("제목"))]), Err("A300"));
        assert_eq!(with(&[("link", json!({}))]), Err("A300"));
        assert_eq!(with(&[("templatetype", json!("BA"))]), Err("A011"));
    }

    #[test]
    fn sums_are_digits_with_signs_and_codes_of_currencies() {
        for sum in ["50,000원", "KRW 50,000", "₩1.50", "#{금액}원", "$3"] {
            assert!(is_sum(sum), "{sum}");
        }
        for other in ["오만원", "50,000 won", "약 5원", "KR 5"] {
            assert!(!is_sum(other), "{other}");
        }
    }
}
