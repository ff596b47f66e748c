//! The JSON of a stored 알림톡 (Alimtalk).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::form::StoredPicture;
use super::{Load, load_picture, store_picture};
use crate::alimtalk::{AlimtalkButton, AlimtalkItems, AlimtalkTemplate, Emphasis};

#[derive(Serialize, Deserialize)]
pub(super) struct StoredTemplate {
    code: String,
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extra: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    emphasis: Option<StoredEmphasis>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    buttons: Vec<StoredLabel>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    quick_replies: Vec<StoredLabel>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "emphasis", rename_all = "snake_case")]
enum StoredEmphasis {
    Image {
        picture: StoredPicture,
    },
    Items {
        header: Option<String>,
        highlight: Option<(String, String)>,
        list: Vec<(String, String)>,
        summary: Option<(String, String)>,
    },
    Title {
        title: String,
        subtitle: Option<String>,
    },
}

#[derive(Serialize, Deserialize)]
struct StoredLabel {
    label: String,
    kind: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    links: BTreeMap<String, String>,
}

pub(super) fn store(template: &AlimtalkTemplate) -> StoredTemplate {
    let labels = |buttons: &[AlimtalkButton]| {
        let label = |button: &AlimtalkButton| {
            let AlimtalkButton { label, kind, links } = button.clone();
            StoredLabel { label, kind, links }
        };
        buttons.iter().map(label).collect()
    };
    StoredTemplate {
        code: template.code.clone(),
        text: template.text.clone(),
        extra: template.extra.clone(),
        emphasis: match template.emphasis.clone() {
            Emphasis::None => None,
            Emphasis::Image(picture) => Some(StoredEmphasis::Image { picture: store_picture(&picture) }),
            Emphasis::Items(AlimtalkItems { header, highlight, list, summary }) => {
                Some(StoredEmphasis::Items { header, highlight, list, summary })
            }
            Emphasis::Title { title, subtitle } => Some(StoredEmphasis::Title { title, subtitle }),
        },
        buttons: labels(&template.buttons),
        quick_replies: labels(&template.quick_replies),
    }
}

pub(super) fn load(stored: StoredTemplate) -> Load<AlimtalkTemplate> {
    let buttons = |labels: Vec<StoredLabel>| {
        let button = |StoredLabel { label, kind, links }| AlimtalkButton { label, kind, links };
        labels.into_iter().map(button).collect()
    };
    let mut template = AlimtalkTemplate::new(stored.code, stored.text);
    template.extra = stored.extra;
    template.emphasis = match stored.emphasis {
        None => Emphasis::None,
        Some(StoredEmphasis::Image { picture }) => Emphasis::Image(load_picture(picture)?),
        Some(StoredEmphasis::Items { header, highlight, list, summary }) => {
            Emphasis::Items(AlimtalkItems { header, highlight, list, summary })
        }
        Some(StoredEmphasis::Title { title, subtitle }) => Emphasis::Title { title, subtitle },
    };
    (template.buttons, template.quick_replies) = (buttons(stored.buttons), buttons(stored.quick_replies));
    Ok(template)
}
