//! Messages as SOLAPI's JSON, and back.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sosik_channel::{
    Action, AlimtalkTemplate, Body, BrandTemplate, Button, CarouselCommerce, CarouselFeed, Coupon, MediaRef, Message,
    Picture, Place, Price, Product, Recipient, TextMessage,
};
use sosik_content::WebLink;

use crate::limits;

pub use crate::read::read;

/// The `type` under which a picture for a place is uploaded (`POST /storage/v1/files`).
#[must_use]
pub fn upload_type(place: Place) -> &'static str {
    match place {
        Place::CarouselFeed => "BMS_CAROUSEL_FEED_LIST",
        Place::CarouselGoods => "BMS_CAROUSEL_COMMERCE_LIST",
        Place::Text => "MMS",
        Place::Thumbnail => "KAKAO",
        Place::Wide => "BMS_WIDE",
        Place::WideItemMain => "BMS_WIDE_MAIN_ITEM_LIST",
        Place::WideItemRest => "BMS_WIDE_SUB_ITEM_LIST",
        // Places to come are pictures first of all.
        _ => "BMS",
    }
}

/// A message cannot be written as, or read from, SOLAPI's JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct WireError {
    path: String,
    problem: String,
}

impl WireError {
    pub(crate) fn new(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { path: path.into(), problem: problem.into() }
    }

    #[expect(clippy::needless_pass_by_value, reason = "errors are mapped by name")]
    pub(crate) fn json(error: serde_json::Error) -> Self {
        Self::new("message", error.to_string())
    }

    /// Where: `kakaoOptions.bms.carousel.list[0].imageId`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Row {
    #[serde(default)]
    pub(crate) to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,
    /// Of an MMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_id: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kakao_options: Option<KakaoOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) custom_fields: Option<Value>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct KakaoOptions {
    pub(crate) pf_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) template_id: Option<String>,
    /// By their names with the marks around: `#{이름}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) variables: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) disable_sms: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bms: Option<Bms>,
}

/// Every field of a brand message; which of them a type takes is checked beside.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Bms {
    pub(crate) targeting: String,
    pub(crate) chat_bubble_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) adult: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) header: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) additional_content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) main_wide_item: Option<WireItem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sub_wide_item_list: Option<Vec<WireItem>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) carousel: Option<WireCarousel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) commerce: Option<WireCommerce>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) video: Option<WireVideo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) buttons: Option<Vec<WireButton>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) coupon: Option<WireCoupon>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WireItem {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    pub(crate) image_id: String,
    pub(crate) link_mobile: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WireCarousel {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) head: Option<WireHead>,
    pub(crate) list: Vec<WireCard>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tail: Option<WireTail>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WireHead {
    pub(crate) header: String,
    pub(crate) content: String,
    pub(crate) image_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) link_mobile: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WireTail {
    pub(crate) link_mobile: String,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WireCard {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) header: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) commerce: Option<WireCommerce>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) additional_content: Option<String>,
    pub(crate) image_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_link: Option<String>,
    #[serde(default)]
    pub(crate) buttons: Vec<WireButton>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) coupon: Option<WireCoupon>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WireCommerce {
    pub(crate) title: String,
    pub(crate) regular_price: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) discount_price: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) discount_rate: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) discount_fixed: Option<u32>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WireVideo {
    pub(crate) video_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_id: Option<String>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WireButton {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    pub(crate) link_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) link_mobile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) link_pc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) link_android: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) link_ios: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) chat_extra: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WireCoupon {
    pub(crate) title: String,
    pub(crate) description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) link_mobile: Option<String>,
}

/// A message for one recipient as an item of `messages` (`POST /messages/v4/send-many/detail`), from the channel of
/// this `pfId`.
///
/// The recipient's reference goes along as the custom field `ref`.
///
/// # Errors
///
/// [`WireError`] when a picture was not uploaded, or the kind is not written yet.
pub fn write(message: &Message, to: &Recipient, pf_id: &str) -> Result<Value, WireError> {
    let mut row = match &message.body {
        Body::Alimtalk(template) => alimtalk_row(template, to, pf_id)?,
        Body::Template(template) => template_row(template, message.targeting.code(), to, pf_id)?,
        Body::Text(text) => text_row(text)?,
        body => Row {
            text: top_text(body).map(str::to_owned),
            kind: Some("BMS_FREE".to_owned()),
            kakao_options: Some(KakaoOptions {
                pf_id: pf_id.to_owned(),
                template_id: None,
                variables: None,
                disable_sms: None,
                bms: Some(Bms { adult: message.adults_only.then_some(true), ..bms(body, message.targeting.code())? }),
            }),
            ..Row::default()
        },
    };
    to.phone.expose().clone_into(&mut row.to);
    row.custom_fields = Some(serde_json::json!({ "ref": to.reference }));
    serde_json::to_value(row).map_err(WireError::json)
}

/// An Alimtalk by its template: the dealer writes the words. It sends no text instead, which it does unless told.
fn alimtalk_row(template: &AlimtalkTemplate, to: &Recipient, pf_id: &str) -> Result<Row, WireError> {
    Ok(Row {
        kind: Some("ATA".to_owned()),
        kakao_options: Some(KakaoOptions {
            pf_id: pf_id.to_owned(),
            template_id: Some(template.code.clone()),
            variables: variables(template.variables(), to)?,
            disable_sms: Some(true),
            bms: None,
        }),
        ..Row::default()
    })
}

/// The values of a template's variables for one recipient.
fn variables(names: BTreeSet<String>, to: &Recipient) -> Result<Option<BTreeMap<String, String>>, WireError> {
    let mut variables = BTreeMap::new();
    for name in names {
        if name.contains('.') {
            return Err(WireError::new("variables", format!("SOLAPI takes no name with a dot: `#{{{name}}}`")));
        }
        if let Some(value) = to.variables.get(&name) {
            variables.insert(format!("#{{{name}}}"), value.clone());
        }
    }
    Ok(Some(variables).filter(|variables| !variables.is_empty()))
}

/// A brand message by its template. The type follows from what is there, as in the examples of the dealer's SDK; which
/// asks for the type of bubble.
fn template_row(template: &BrandTemplate, targeting: &str, to: &Recipient, pf_id: &str) -> Result<Row, WireError> {
    let bms =
        Bms { targeting: targeting.to_owned(), chat_bubble_type: bubble_type(template.shown()), ..Bms::default() };
    Ok(Row {
        kakao_options: Some(KakaoOptions {
            pf_id: pf_id.to_owned(),
            template_id: Some(template.code().to_owned()),
            variables: variables(template.variables(), to)?,
            disable_sms: None,
            bms: Some(bms),
        }),
        ..Row::default()
    })
}

fn bubble_type(body: &Body) -> String {
    body.kind().replace('-', "_").to_uppercase().replace("BUBBLE", "TEXT")
}

fn text_row(text: &TextMessage) -> Result<Row, WireError> {
    let mut pictures = text.pictures().iter();
    let image_id = pictures.next().map(|picture| image(picture, "imageId")).transpose()?;
    if pictures.next().is_some() {
        return Err(WireError::new("imageId", "SOLAPI takes one picture in a text"));
    }
    Ok(Row {
        from: Some(text.from().expose().to_owned()),
        text: Some(text.text().to_owned()),
        subject: text.title().map(str::to_owned),
        image_id,
        kind: Some(text.kind().to_uppercase()),
        ..Row::default()
    })
}

/// The words that stand beside the brand message's own object.
fn top_text(body: &Body) -> Option<&str> {
    let text = match body {
        Body::Bubble(bubble) => &bubble.text,
        Body::Image(image) => &image.text,
        Body::Wide(wide) => &wide.text,
        _ => return None,
    };
    Some(text.as_str()).filter(|text| !text.is_empty())
}

fn bms(body: &Body, targeting: &str) -> Result<Bms, WireError> {
    let mut bms = Bms { targeting: targeting.to_owned(), ..Bms::default() };
    let (buttons, coupon): (&[Button], Option<&Coupon>) = match body {
        Body::Bubble(bubble) => (&bubble.buttons, bubble.coupon.as_ref()),
        Body::Commerce(commerce) => {
            bms.image_id = Some(image(&commerce.picture, "imageId")?);
            bms.commerce = Some(goods(&commerce.product));
            bms.additional_content.clone_from(&commerce.more);
            (&commerce.buttons, commerce.coupon.as_ref())
        }
        Body::Image(picture) => {
            let id = image(&picture.picture, "imageId")?;
            if id.chars().count() > limits::IMAGE_ID {
                return Err(WireError::new("imageId", format!("it is longer than {} characters", limits::IMAGE_ID)));
            }
            (bms.image_id, bms.image_link) = (Some(id), link(picture.link.as_ref()));
            (&picture.buttons, picture.coupon.as_ref())
        }
        Body::PremiumVideo(video) => {
            let image_id = video.thumbnail.as_ref().map(|picture| image(picture, "video.imageId")).transpose()?;
            bms.video = Some(WireVideo { video_url: video.video.as_str().to_owned(), image_id });
            (bms.header, bms.content) = (video.header.clone(), video.text.clone());
            (&video.buttons, video.coupon.as_ref())
        }
        Body::Wide(wide) => {
            bms.image_id = Some(image(&wide.picture, "imageId")?);
            (&wide.buttons, wide.coupon.as_ref())
        }
        Body::WideItemList(list) => {
            bms.header = Some(list.header.clone());
            let mut items = list.items().enumerate().map(|(at, item)| {
                let title = Some(item.title.clone()).filter(|title| !title.is_empty());
                let image_id = image(&item.picture, &format!("items[{at}].imageId"))?;
                Ok(WireItem { title, image_id, link_mobile: item.link.as_str().to_owned() })
            });
            bms.main_wide_item = items.next().transpose()?;
            bms.sub_wide_item_list = Some(items.collect::<Result<_, WireError>>()?);
            (&list.buttons, list.coupon.as_ref())
        }
        Body::CarouselCommerce(carousel) => {
            bms.carousel = Some(commerce_carousel(carousel)?);
            (&[], None)
        }
        Body::CarouselFeed(feed) => {
            bms.carousel = Some(feed_carousel(feed)?);
            (&[], None)
        }
        other => return Err(WireError::new("message", format!("the kind {} is not written", other.kind()))),
    };
    bms.chat_bubble_type = bubble_type(body);
    bms.buttons = Some(buttons.iter().map(button).collect()).filter(|buttons: &Vec<_>| !buttons.is_empty());
    bms.coupon = coupon.map(wire_coupon);
    Ok(bms)
}

fn feed_carousel(feed: &CarouselFeed) -> Result<WireCarousel, WireError> {
    let cards = feed.cards.iter().enumerate().map(|(at, card)| {
        Ok(WireCard {
            header: Some(card.header.clone()),
            content: Some(card.text.clone()),
            image_id: image(&card.picture, &format!("carousel.list[{at}].imageId"))?,
            image_link: link(card.link.as_ref()),
            buttons: card.buttons.iter().map(button).collect(),
            coupon: card.coupon.as_ref().map(wire_coupon),
            ..WireCard::default()
        })
    });
    Ok(WireCarousel { head: None, list: cards.collect::<Result<_, WireError>>()?, tail: tail(feed.tail.as_ref()) })
}

fn commerce_carousel(carousel: &CarouselCommerce) -> Result<WireCarousel, WireError> {
    let cards = carousel.cards.iter().enumerate().map(|(at, card)| {
        Ok(WireCard {
            commerce: Some(goods(&card.product)),
            additional_content: card.more.clone(),
            image_id: image(&card.picture, &format!("carousel.list[{at}].imageId"))?,
            image_link: link(card.link.as_ref()),
            buttons: card.buttons.iter().map(button).collect(),
            coupon: card.coupon.as_ref().map(wire_coupon),
            ..WireCard::default()
        })
    });
    let list = cards.collect::<Result<_, WireError>>()?;
    let head = carousel.head.as_ref().map(|head| {
        Ok::<_, WireError>(WireHead {
            header: head.header.clone(),
            content: head.text.clone(),
            image_id: image(&head.picture, "carousel.head.imageId")?,
            link_mobile: link(head.link.as_ref()),
        })
    });
    Ok(WireCarousel { head: head.transpose()?, list, tail: tail(carousel.tail.as_ref()) })
}

fn image(picture: &Picture, path: &str) -> Result<String, WireError> {
    let name = picture.media.as_ref().map(MediaRef::as_str);
    name.map(str::to_owned).ok_or_else(|| WireError::new(path, "the picture was not uploaded"))
}

fn link(link: Option<&WebLink>) -> Option<String> {
    link.map(|link| link.as_str().to_owned())
}

fn tail(tail: Option<&WebLink>) -> Option<WireTail> {
    tail.map(|link| WireTail { link_mobile: link.as_str().to_owned() })
}

fn goods(product: &Product) -> WireCommerce {
    let (discount_rate, discount_fixed) = match product.price {
        Price::LessPercent { percent, .. } => (Some(percent), None),
        Price::LessWon { less, .. } => (None, Some(less)),
        _ => (None, None),
    };
    let (regular_price, discount_price) = (product.price.regular(), product.price.now());
    WireCommerce { title: product.title.clone(), regular_price, discount_price, discount_rate, discount_fixed }
}

fn button(button: &Button) -> WireButton {
    let mut wire = WireButton {
        name: Some(button.label.clone()).filter(|label| !label.is_empty()),
        link_type: button.action.code().to_owned(),
        chat_extra: button.action.extra().map(str::to_owned),
        ..WireButton::default()
    };
    match &button.action {
        Action::Web { mobile, desktop } => {
            (wire.link_mobile, wire.link_pc) = (link(Some(mobile)), link(desktop.as_ref()));
        }
        Action::App { mobile, android, ios } => {
            wire.link_mobile = link(mobile.as_ref());
            (wire.link_android, wire.link_ios) = (android.clone(), ios.clone());
        }
        _ => {}
    }
    wire
}

fn wire_coupon(coupon: &Coupon) -> WireCoupon {
    WireCoupon {
        title: coupon.title.to_string(),
        description: coupon.description.clone(),
        link_mobile: link(coupon.link.as_ref()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sosik_channel::Bubble;
    use sosik_core::PhoneNumber;

    use super::*;

    fn to(number: u32) -> Recipient {
        let phone = PhoneNumber::parse(&format!("010-0000-{number:04}")).unwrap();
        Recipient::new(format!("r\"{number}"), phone).with_variable("이름", format!("시민 {number}"))
    }

    #[test]
    fn a_template_and_an_mms_are_written_with_the_dealer_s_own_names() {
        let shown = Body::Bubble(Bubble::new("#{이름}님, 소식입니다."));
        let message = Message::new(Body::Template(BrandTemplate::new("KA01TB0", shown).unwrap()));
        let row = write(&message, &to(1), "KA01PF0").unwrap();
        let options = json!({ "pfId": "KA01PF0", "templateId": "KA01TB0", "variables": { "#{이름}": "시민 1" },
            "bms": { "targeting": "I", "chatBubbleType": "TEXT" } });
        let fields = json!({ "ref": "r\"1" });
        assert_eq!(row, json!({ "to": "01000000001", "kakaoOptions": options, "customFields": fields }));

        let mut picture =
            sosik_channel::Media::new(sosik_channel::PictureFormat::Jpeg, (800, 400), "글", vec![1]).picture;
        picture.media = Some(MediaRef::new("ST01"));
        let text = TextMessage::new(PhoneNumber::parse("031-000-0000").unwrap(), "소식").unwrap();
        let one = text.with_picture(picture.clone());
        assert_eq!(
            write(&one.clone().into(), &to(1), "KA01PF0").unwrap(),
            json!({ "to": "01000000001", "from": "0310000000", "text": "소식", "imageId": "ST01", "type": "MMS",
                "customFields": fields })
        );
        let two = write(&one.with_picture(picture).into(), &to(1), "KA01PF0").unwrap_err();
        assert_eq!(two.to_string(), "imageId: SOLAPI takes one picture in a text");
    }
}
