//! The bodies that SOLAPI takes, as its SDKs write them. Fields that they do not name are refused.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SendMany {
    /// Read one by one, so that each has its own answer.
    pub(crate) messages: Vec<Value>,
    pub(crate) allow_duplicates: Option<bool>,
    pub(crate) scheduled_date: Option<String>,
    pub(crate) show_message_list: Option<bool>,
    pub(crate) agent: Option<Agent>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Agent {
    pub(crate) sdk_version: Option<String>,
    pub(crate) os_platform: Option<String>,
    pub(crate) app_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MakeGroup {
    pub(crate) sdk_version: Option<String>,
    pub(crate) os_platform: Option<String>,
    pub(crate) allow_duplicates: Option<bool>,
    pub(crate) app_id: Option<String>,
    pub(crate) custom_fields: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FillGroup {
    pub(crate) messages: Vec<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EmptyGroup {
    pub(crate) message_ids: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Schedule {
    pub(crate) scheduled_date: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Upload {
    pub(crate) file: String,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) link: Option<String>,
}

/// One number, or several that get the same.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum To {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) to: To,
    pub(crate) from: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) image_id: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) auto_type_detect: Option<bool>,
    pub(crate) country: Option<String>,
    pub(crate) kakao_options: Option<KakaoOptions>,
    pub(crate) custom_fields: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct KakaoOptions {
    pub(crate) pf_id: Option<String>,
    pub(crate) template_id: Option<String>,
    pub(crate) variables: Option<BTreeMap<String, String>>,
    pub(crate) disable_sms: Option<bool>,
    pub(crate) bms: Option<Bms>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Bms {
    pub(crate) targeting: Option<String>,
    pub(crate) chat_bubble_type: Option<String>,
    pub(crate) adult: Option<bool>,
    pub(crate) content: Option<String>,
    pub(crate) header: Option<String>,
    pub(crate) image_id: Option<String>,
    pub(crate) image_link: Option<String>,
    pub(crate) additional_content: Option<String>,
    pub(crate) carousel: Option<Carousel>,
    pub(crate) main_wide_item: Option<Item>,
    pub(crate) sub_wide_item_list: Option<Vec<Item>>,
    pub(crate) buttons: Option<Vec<Button>>,
    pub(crate) coupon: Option<Coupon>,
    pub(crate) commerce: Option<Commerce>,
    pub(crate) video: Option<Video>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Carousel {
    pub(crate) head: Option<Head>,
    pub(crate) list: Option<Vec<Card>>,
    pub(crate) tail: Option<Links>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Head {
    pub(crate) header: Option<String>,
    pub(crate) content: Option<String>,
    pub(crate) image_id: Option<String>,
    pub(crate) link_mobile: Option<String>,
    pub(crate) link_pc: Option<String>,
    pub(crate) link_android: Option<String>,
    pub(crate) link_ios: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Card {
    pub(crate) header: Option<String>,
    pub(crate) content: Option<String>,
    pub(crate) commerce: Option<Commerce>,
    pub(crate) additional_content: Option<String>,
    pub(crate) image_id: Option<String>,
    pub(crate) image_link: Option<String>,
    pub(crate) buttons: Option<Vec<Button>>,
    pub(crate) coupon: Option<Coupon>,
}

/// The links of something.
#[expect(clippy::struct_field_names, reason = "the dealer's names")]
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Links {
    pub(crate) link_mobile: Option<String>,
    pub(crate) link_pc: Option<String>,
    pub(crate) link_android: Option<String>,
    pub(crate) link_ios: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Item {
    pub(crate) title: Option<String>,
    pub(crate) image_id: Option<String>,
    pub(crate) link_mobile: Option<String>,
    pub(crate) link_pc: Option<String>,
    pub(crate) link_android: Option<String>,
    pub(crate) link_ios: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Button {
    pub(crate) link_type: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) link_mobile: Option<String>,
    pub(crate) link_pc: Option<String>,
    pub(crate) link_android: Option<String>,
    pub(crate) link_ios: Option<String>,
    #[expect(dead_code, reason = "taken, and of no effect on what is sent")]
    pub(crate) target_out: Option<bool>,
    pub(crate) chat_extra: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Commerce {
    pub(crate) title: Option<String>,
    pub(crate) regular_price: Option<i64>,
    pub(crate) discount_price: Option<i64>,
    pub(crate) discount_rate: Option<i64>,
    pub(crate) discount_fixed: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Coupon {
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) link_mobile: Option<String>,
    pub(crate) link_pc: Option<String>,
    pub(crate) link_android: Option<String>,
    pub(crate) link_ios: Option<String>,
}

#[expect(clippy::struct_field_names, reason = "the dealer's names")]
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Video {
    pub(crate) video_url: Option<String>,
    pub(crate) image_id: Option<String>,
    pub(crate) image_link: Option<String>,
}
