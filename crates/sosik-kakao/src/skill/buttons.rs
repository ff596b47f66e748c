use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A button of a card: at most 14 characters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// What it does.
    #[serde(flatten)]
    pub action: Action,
    /// What comes back as [`SkillRequest::client_extra`](super::SkillRequest::client_extra).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<Map<String, Value>>,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Action {
    /// It leads to a block.
    Block {
        /// Which.
        block_id: String,
        /// What whoever presses it is shown to say.
        #[serde(skip_serializing_if = "Option::is_none")]
        message_text: Option<String>,
    },
    /// Whoever presses it says something.
    Message {
        /// What.
        message_text: String,
    },
    /// It leads to a person, in the channel's own chat.
    Operator,
    /// It calls a number.
    Phone {
        /// The number, digits alone.
        phone_number: String,
    },
    /// It hands the card on to a friend.
    Share,
    /// It opens a page.
    WebLink {
        /// Which.
        web_link_url: String,
    },
}

impl Button {
    fn of(label: impl Into<String>, action: Action) -> Self {
        Self { label: label.into(), action, extra: None }
    }

    /// One that opens a page.
    #[must_use]
    pub fn web(label: impl Into<String>, url: impl Into<String>) -> Self {
        Self::of(label, Action::WebLink { web_link_url: url.into() })
    }

    /// One that says something.
    #[must_use]
    pub fn says(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self::of(label, Action::Message { message_text: text.into() })
    }

    /// One that calls a number.
    #[must_use]
    pub fn call(label: impl Into<String>, phone: &sosik_core::PhoneNumber) -> Self {
        let phone_number = phone.expose().chars().filter(char::is_ascii_digit).collect();
        Self::of(label, Action::Phone { phone_number })
    }

    /// One that leads to a person.
    #[must_use]
    pub fn operator(label: impl Into<String>) -> Self {
        Self::of(label, Action::Operator)
    }
}

/// How buttons stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ButtonLayout {
    /// Side by side.
    Horizontal,
    /// One below the other.
    Vertical,
}

macro_rules! with_buttons {
    ($($name:ident),+) => {$(
        impl $name {
            /// The card with one more button.
            #[must_use]
            pub fn with_button(mut self, button: Button) -> Self {
                self.buttons.push(button);
                self
            }
        }
    )+};
}
pub(super) use with_buttons;
