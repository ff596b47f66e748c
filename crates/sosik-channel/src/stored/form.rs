//! The JSON of a stored message, field by field.

use serde::{Deserialize, Serialize};

use super::alimtalk::StoredTemplate;

#[derive(Serialize, Deserialize)]
pub(super) struct StoredMessage {
    pub(super) version: u32,
    pub(super) body: StoredBody,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) targeting: Option<String>,
    pub(super) advertising: Option<StoredAdvertising>,
    pub(super) fallback: Option<StoredText>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) adults_only: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum StoredBody {
    Alimtalk(StoredTemplate),
    Bubble {
        text: String,
        foot: StoredFoot,
    },
    CarouselCommerce {
        head: Option<StoredHead>,
        cards: Vec<StoredGoods>,
        tail: Option<String>,
    },
    CarouselFeed {
        cards: Vec<StoredCard>,
        tail: Option<String>,
    },
    Commerce {
        product: StoredProduct,
        picture: StoredPicture,
        more: Option<String>,
        foot: StoredFoot,
    },
    Image {
        picture: StoredPicture,
        link: Option<String>,
        text: String,
        foot: StoredFoot,
    },
    PremiumVideo {
        video: String,
        thumbnail: Option<StoredPicture>,
        header: Option<String>,
        text: Option<String>,
        foot: StoredFoot,
    },
    Template {
        code: String,
        shown: Box<StoredBody>,
    },
    Text(StoredText),
    Wide {
        picture: StoredPicture,
        text: String,
        foot: StoredFoot,
    },
    WideItemList {
        header: String,
        items: Vec<StoredItem>,
        foot: StoredFoot,
    },
}

/// What stands below a message or a card.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredFoot {
    pub(super) buttons: Vec<StoredButton>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) coupon: Option<StoredCoupon>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct StoredCard {
    pub(super) header: String,
    pub(super) text: String,
    pub(super) picture: StoredPicture,
    pub(super) link: Option<String>,
    pub(super) foot: StoredFoot,
}

#[derive(Serialize, Deserialize)]
pub(super) struct StoredHead {
    pub(super) header: String,
    pub(super) text: String,
    pub(super) picture: StoredPicture,
    pub(super) link: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct StoredGoods {
    pub(super) product: StoredProduct,
    pub(super) picture: StoredPicture,
    pub(super) link: Option<String>,
    pub(super) more: Option<String>,
    pub(super) foot: StoredFoot,
}

#[derive(Serialize, Deserialize)]
pub(super) struct StoredItem {
    pub(super) title: String,
    pub(super) picture: StoredPicture,
    pub(super) link: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct StoredProduct {
    pub(super) title: String,
    pub(super) regular: u32,
    pub(super) now: Option<u32>,
    pub(super) less_won: Option<u32>,
    pub(super) less_percent: Option<u8>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct StoredPicture {
    pub(super) digest: String,
    pub(super) format: String,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bytes: usize,
    pub(super) alt: String,
    pub(super) media: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct StoredButton {
    pub(super) label: String,
    #[serde(flatten)]
    pub(super) action: StoredAction,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub(super) enum StoredAction {
    AddChannel,
    App { mobile: Option<String>, android: Option<String>, ios: Option<String> },
    Consult { extra: Option<String> },
    Form { key: Option<String> },
    Keyword { extra: Option<String> },
    Message { extra: Option<String> },
    Switch { extra: Option<String> },
    Web { mobile: String, desktop: Option<String> },
}

#[derive(Serialize, Deserialize)]
pub(super) struct StoredCoupon {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) link: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct StoredAdvertising {
    pub(super) sender: String,
    pub(super) refusal_call: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct StoredText {
    pub(super) from: String,
    pub(super) title: Option<String>,
    pub(super) text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) pictures: Vec<StoredPicture>,
}
