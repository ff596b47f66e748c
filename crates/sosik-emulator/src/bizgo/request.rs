//! The body of a sending, as the SDK documents it. Fields that it does not name are refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SendOmni {
    pub(crate) destinations: Vec<Destination>,
    pub(crate) message_flow: Vec<FlowItem>,
    pub(crate) payment_code: Option<String>,
    pub(crate) group_key: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) idempotency_ttl: Option<Value>,
    #[serde(rename = "ref")]
    pub(crate) reference: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Destination {
    pub(crate) to: Option<String>,
    pub(crate) replace_words: Option<BTreeMap<String, String>>,
    #[serde(rename = "ref")]
    pub(crate) reference: Option<String>,
}

/// One channel; the others that the dealer has are named so that they can be refused by name.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlowItem {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) brandmessage: Option<BrandMessage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sms: Option<Sms>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mms: Option<Mms>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) alimtalk: Option<Alimtalk>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) international: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rcs: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) navertalk: Option<Value>,
}

/// Words, attachment and replies are named so that they can be refused by name.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Alimtalk {
    pub(crate) msg_type: Option<String>,
    pub(crate) sender_key: Option<String>,
    pub(crate) template_code: Option<String>,
    pub(crate) send_type: Option<String>,
    pub(crate) response_method: Option<String>,
    pub(crate) timeout: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) header: Option<String>,
    pub(crate) link: Option<Value>,
    pub(crate) attachment: Option<Value>,
    pub(crate) supplement: Option<Value>,
    pub(crate) price: Option<String>,
    pub(crate) currency_type: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BrandMessage {
    pub(crate) send_type: Option<String>,
    pub(crate) msg_type: Option<String>,
    pub(crate) sender_key: Option<String>,
    pub(crate) template_code: Option<String>,
    pub(crate) targeting: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) header: Option<String>,
    pub(crate) header_description: Option<String>,
    pub(crate) additional_content: Option<String>,
    pub(crate) group_tag_key: Option<String>,
    pub(crate) adult: Option<String>,
    pub(crate) push_alarm: Option<String>,
    pub(crate) ad_flag: Option<String>,
    pub(crate) message_variable: Option<Value>,
    pub(crate) button_variable: Option<Value>,
    pub(crate) coupon_variable: Option<Value>,
    pub(crate) image_variable: Option<Value>,
    pub(crate) video_variable: Option<Value>,
    pub(crate) commerce_variable: Option<Value>,
    pub(crate) carousel_variable: Option<Value>,
    pub(crate) catalog_variable: Option<Value>,
    #[serde(rename = "originCID")]
    pub(crate) origin_cid: Option<String>,
    pub(crate) unsubscribe_phone_number: Option<String>,
    pub(crate) unsubscribe_auth_number: Option<String>,
    pub(crate) attachment: Option<Attachment>,
    pub(crate) carousel: Option<Carousel>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attachment {
    pub(crate) button: Option<Vec<Button>>,
    pub(crate) image: Option<Image>,
    pub(crate) item: Option<Items>,
    pub(crate) coupon: Option<Coupon>,
    pub(crate) commerce: Option<Commerce>,
    pub(crate) video: Option<Video>,
    pub(crate) catalog: Option<Value>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Items {
    pub(crate) list: Option<Vec<Item>>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Item {
    pub(crate) title: Option<String>,
    pub(crate) img_url: Option<String>,
    pub(crate) url_mobile: Option<String>,
    pub(crate) url_pc: Option<String>,
    pub(crate) scheme_ios: Option<String>,
    pub(crate) scheme_android: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Coupon {
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) url_pc: Option<String>,
    pub(crate) url_mobile: Option<String>,
    pub(crate) scheme_android: Option<String>,
    pub(crate) scheme_ios: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Commerce {
    pub(crate) title: Option<String>,
    pub(crate) regular_price: Option<i64>,
    pub(crate) discount_price: Option<i64>,
    pub(crate) discount_rate: Option<i64>,
    pub(crate) discount_fixed: Option<i64>,
    pub(crate) regular_price_name: Option<String>,
    pub(crate) discount_price_name: Option<String>,
    pub(crate) discount_rate_name: Option<String>,
    pub(crate) discount_fixed_name: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Video {
    pub(crate) video_url: Option<String>,
    pub(crate) thumbnail_url: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Button {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) url_pc: Option<String>,
    pub(crate) url_mobile: Option<String>,
    pub(crate) scheme_ios: Option<String>,
    pub(crate) scheme_android: Option<String>,
    pub(crate) chat_extra: Option<String>,
    pub(crate) chat_event: Option<String>,
    pub(crate) biz_form_key: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Image {
    pub(crate) img_url: Option<String>,
    pub(crate) img_link: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Carousel {
    pub(crate) head: Option<Head>,
    pub(crate) list: Option<Vec<CarouselItem>>,
    pub(crate) tail: Option<Tail>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Head {
    pub(crate) header: Option<String>,
    pub(crate) content: Option<String>,
    pub(crate) image_url: Option<String>,
    pub(crate) url_mobile: Option<String>,
    pub(crate) url_pc: Option<String>,
    pub(crate) scheme_android: Option<String>,
    pub(crate) scheme_ios: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CarouselItem {
    pub(crate) header: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) additional_content: Option<String>,
    pub(crate) attachment: Option<Attachment>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Tail {
    pub(crate) url_mobile: Option<String>,
    pub(crate) url_pc: Option<String>,
    pub(crate) scheme_ios: Option<String>,
    pub(crate) scheme_android: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sms {
    pub(crate) from: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) ttl: Option<String>,
    #[serde(rename = "originCID")]
    pub(crate) origin_cid: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Mms {
    pub(crate) from: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) file_key: Option<Vec<String>>,
    pub(crate) ttl: Option<String>,
    #[serde(rename = "originCID")]
    pub(crate) origin_cid: Option<String>,
}
