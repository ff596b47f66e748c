//! A template of Alimtalk, as Bizgo's SDK 1.2.0 writes it to be registered.

use serde::Serialize;
use sosik_channel::{AlimtalkButton, AlimtalkItems, AlimtalkTemplate, Emphasis};

use super::shown::Button;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the wire's own names")]
pub(crate) struct Template<'a> {
    sender_key: &'a str,
    sender_key_type: &'static str,
    #[serde(flatten)]
    naming: Naming<'a>,
    template_message_type: &'static str,
    template_emphasize_type: &'static str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<&'a str>,
    #[serde(flatten)]
    picture: Option<Picture>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment: Option<Attachment<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    supplement: Option<Supplement<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Naming<'a> {
    template_name: &'a str,
    template_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    category_code: Option<&'a str>,
}

/// A picture as Bizgo answered to its upload.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Picture {
    pub(crate) img_url: String,
    pub(crate) img_name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Attachment<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    button: Vec<Button<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<Items<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item_highlight: Option<Entry<'a>>,
}

#[derive(Debug, Serialize)]
struct Items<'a> {
    list: Vec<Entry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Entry<'a>>,
}

#[derive(Debug, Serialize)]
struct Entry<'a> {
    title: &'a str,
    description: &'a str,
}

impl<'a> Entry<'a> {
    fn of((title, description): &'a (String, String)) -> Self {
        Self { title, description }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Supplement<'a> {
    quick_reply: Vec<Button<'a>>,
}

/// Buttons and replies as Bizgo names their parts.
fn written(buttons: &[AlimtalkButton]) -> Vec<Button<'_>> {
    fn of(button: &AlimtalkButton) -> Button<'_> {
        let link = |name: &str| button.links.get(name).map(String::as_str);
        Button {
            kind: &button.kind,
            name: &button.label,
            url_mobile: link("mobile"),
            url_pc: link("pc"),
            scheme_android: link("android"),
            scheme_ios: link("ios"),
        }
    }
    buttons.iter().map(of).collect()
}

impl<'a> Template<'a> {
    pub(crate) fn of(
        template: &'a AlimtalkTemplate,
        name: &'a str,
        category: Option<&'a str>,
        sender_key: &'a str,
        picture: Option<Picture>,
    ) -> Self {
        let naming = Naming { template_name: name, template_code: &template.code, category_code: category };
        let (emphasis, title, subtitle, items) = match &template.emphasis {
            Emphasis::Image(_) => ("IMAGE", None, None, None),
            Emphasis::Items(items) => ("ITEM_LIST", None, None, Some(items)),
            Emphasis::Title { title, subtitle, .. } => ("TEXT", Some(title.as_str()), subtitle.as_deref(), None),
            // Nothing, or something to come that is shown as nothing.
            _ => ("NONE", None, None, None),
        };
        let adds_channel = template.buttons.iter().any(|button| button.kind == "AC");
        let attachment = Attachment {
            button: written(&template.buttons),
            item: items.map(|AlimtalkItems { list, summary, .. }| Items {
                list: list.iter().map(Entry::of).collect(),
                summary: summary.as_ref().map(Entry::of),
            }),
            item_highlight: items.and_then(|items| items.highlight.as_ref()).map(Entry::of),
        };
        let quick_reply = written(&template.quick_replies);
        Self {
            sender_key,
            sender_key_type: "S",
            naming,
            template_message_type: match (template.extra.is_some(), adds_channel) {
                (false, false) => "BA",
                (true, false) => "EX",
                (false, true) => "AD",
                (true, true) => "MI",
            },
            template_emphasize_type: emphasis,
            text: &template.text,
            title,
            sub_title: subtitle,
            header: items.and_then(|items| items.header.as_deref()),
            picture,
            attachment: Some(attachment).filter(|it| !it.button.is_empty() || it.item.is_some()),
            supplement: Some(Supplement { quick_reply }).filter(|it| !it.quick_reply.is_empty()),
            extra: template.extra.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The field names of the SDK's models `AlimtalkTemplateBody`, `AlimtalkAttachment` and `AlimtalkSupplement`.
    #[test]
    fn each_emphasis_is_written_with_the_dealer_s_own_names() {
        let mut template = AlimtalkTemplate::new("PASS1", "#{이름}님, 여권이 나왔습니다.")
            .with_extra("문의 031-000-0000")
            .with_title("여권 발급", Some("민원".to_owned()))
            .with_button(AlimtalkButton::of("채널 추가", "AC"))
            .with_button(AlimtalkButton::of("앱", "AL").with_link("android", "app://1").with_link("ios", "app://2"));
        let of = |template: &AlimtalkTemplate, picture| {
            serde_json::to_value(Template::of(template, "여권", Some("001001"), "S", picture)).unwrap()
        };
        let expected = json!({
            "senderKey": "S", "senderKeyType": "S", "templateName": "여권", "templateCode": "PASS1",
            "categoryCode": "001001", "templateMessageType": "MI", "templateEmphasizeType": "TEXT",
            "text": "#{이름}님, 여권이 나왔습니다.", "title": "여권 발급", "subTitle": "민원", "extra": "문의 031-000-0000",
            "attachment": { "button": [
                { "type": "AC", "name": "채널 추가" },
                { "type": "AL", "name": "앱", "schemeAndroid": "app://1", "schemeIos": "app://2" },
            ] },
        });
        assert_eq!(of(&template, None), expected);

        let pair = |title: &str, value: &str| (title.to_owned(), value.to_owned());
        let mut items = AlimtalkItems::new([pair("발급", "12월 4일"), pair("장소", "민원실")]);
        items.header = Some("여권".to_owned());
        items.highlight = Some(pair("찾아가세요", "민원실 1층"));
        items.summary = Some(pair("수수료", "50,000원"));
        template = AlimtalkTemplate::new("PASS2", "안내입니다.")
            .with_items(items)
            .with_quick_reply(AlimtalkButton::web("길찾기", "https://www.example.go.kr/#{길}"));
        let link = "https://www.example.go.kr/#{길}";
        let expected = json!({
            "senderKey": "S", "senderKeyType": "S", "templateName": "여권", "templateCode": "PASS2",
            "categoryCode": "001001", "templateMessageType": "BA", "templateEmphasizeType": "ITEM_LIST",
            "text": "안내입니다.", "header": "여권",
            "attachment": {
                "item": {
                    "list": [
                        { "title": "발급", "description": "12월 4일" }, { "title": "장소", "description": "민원실" },
                    ],
                    "summary": { "title": "수수료", "description": "50,000원" },
                },
                "itemHighlight": { "title": "찾아가세요", "description": "민원실 1층" },
            },
            "supplement": { "quickReply": [{ "type": "WL", "name": "길찾기", "urlMobile": link, "urlPc": link }] },
        });
        assert_eq!(of(&template, None), expected);

        let plain = AlimtalkTemplate::new("PASS3", "안내입니다.");
        let picture = || Some(Picture { img_url: "https://a/1.jpg".to_owned(), img_name: "1.jpg".to_owned() });
        let written = of(&plain, picture());
        assert_eq!(
            (&written["imgUrl"], &written["imgName"], &written["templateEmphasizeType"]),
            (&json!("https://a/1.jpg"), &json!("1.jpg"), &json!("NONE"))
        );
    }
}
