//! Buttons, and what they do.

use sosik_content::WebLink;

/// A button.
///
/// ```
/// use sosik_channel::{Action, Button};
/// use sosik_content::WebLink;
///
/// let link = WebLink::parse("https://www.example.go.kr/1")?;
/// let button = Button::new("자세히 보기", link.clone());
/// assert_eq!(button.link(), Some(&link));
/// assert_eq!(Button::of("채널 추가", Action::AddChannel).link(), None);
/// # Ok::<(), sosik_content::WebLinkError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Button {
    /// What stands on it. Kakao writes the label of [`Action::AddChannel`] itself.
    pub label: String,
    /// What it does.
    pub action: Action,
}

impl Button {
    /// A button that opens a web page.
    #[must_use]
    pub fn new(label: impl Into<String>, link: WebLink) -> Self {
        Self::of(label, Action::Web { mobile: link, desktop: None })
    }

    /// A button that does something.
    #[must_use]
    pub fn of(label: impl Into<String>, action: Action) -> Self {
        Self { label: label.into(), action }
    }

    /// The page that it opens, if it opens one.
    #[must_use]
    pub fn link(&self) -> Option<&WebLink> {
        match &self.action {
            Action::Web { mobile, .. } => Some(mobile),
            Action::App { mobile, .. } => mobile.as_ref(),
            _ => None,
        }
    }
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Adds the channel (`AC`).
    AddChannel,
    /// Opens an app (`AL`), or a page where the app is not there. At least one of them must be given.
    App {
        /// The page.
        mobile: Option<WebLink>,
        /// The app's address on Android.
        android: Option<String>,
        /// The app's address on iOS.
        ios: Option<String>,
    },
    /// Hands over to a person or a chatbot (`BC`), with a word about it.
    Consult {
        /// The word.
        extra: Option<String>,
    },
    /// Opens a business form (`BF`) by its key.
    Form {
        /// The form's key at Kakao.
        key: Option<String>,
    },
    /// Sends its label as a message (`BK`).
    Keyword {
        /// A word with it, for the chatbot.
        extra: Option<String>,
    },
    /// Sends its label and the message back (`MD`).
    Message {
        /// A word with it, for the chatbot.
        extra: Option<String>,
    },
    /// Switches to the chatbot (`BT`).
    Switch {
        /// A word with it, for the chatbot.
        extra: Option<String>,
    },
    /// Opens a web page (`WL`).
    Web {
        /// The page.
        mobile: WebLink,
        /// Another page for PCs.
        desktop: Option<WebLink>,
    },
}

impl Action {
    /// Kakao's two letters for it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::AddChannel => "AC",
            Self::App { .. } => "AL",
            Self::Consult { .. } => "BC",
            Self::Form { .. } => "BF",
            Self::Keyword { .. } => "BK",
            Self::Message { .. } => "MD",
            Self::Switch { .. } => "BT",
            Self::Web { .. } => "WL",
        }
    }

    /// The word that goes with it to the chatbot.
    #[must_use]
    pub fn extra(&self) -> Option<&str> {
        match self {
            Self::Consult { extra } | Self::Keyword { extra } | Self::Message { extra } | Self::Switch { extra } => {
                extra.as_deref()
            }
            _ => None,
        }
    }
}

/// Adds the builder methods of whatever has buttons and a coupon below.
macro_rules! with_foot {
    ($($name:ident),+) => {$(
        impl $name {
            /// The same with one more button.
            #[must_use]
            pub fn with_button(mut self, button: $crate::Button) -> Self {
                self.buttons.push(button);
                self
            }

            /// The same with a coupon.
            #[must_use]
            pub fn with_coupon(mut self, coupon: $crate::Coupon) -> Self {
                self.coupon = Some(coupon);
                self
            }
        }
    )+};
}
pub(crate) use with_foot;
