use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::cards::{BasicCard, Carousel, ListCard, TextCard};
use super::facts::ItemCard;
use super::goods::CommerceCard;

/// What is answered: one to three outputs, and buttons below them.
///
/// Limits are looked at by [`to_json`](Self::to_json), which names everything that Kakao would refuse. `Debug` shows how much
/// it holds, and not what: it may tell someone what is stored about them.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Answer {
    /// What is shown, one below the other.
    pub outputs: Vec<Output>,
    /// Buttons below it all, which go away with the next turn.
    pub quick_replies: Vec<QuickReply>,
    /// What is to be remembered.
    pub context: Vec<ContextValue>,
    /// Values for the block's own texts: `{{#webhook.name}}`.
    pub data: Map<String, Value>,
    /// Whether the answer proper goes to the request's callback.
    pub is_later: bool,
}

/// One thing that is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Output {
    /// A text.
    SimpleText(SimpleText),
    /// A picture.
    SimpleImage(SimpleImage),
    /// A card of text.
    TextCard(TextCard),
    /// A card with a picture.
    BasicCard(BasicCard),
    /// A card with a price.
    CommerceCard(CommerceCard),
    /// A list.
    ListCard(ListCard),
    /// Facts, line by line: a ticket, a receipt.
    ItemCard(Box<ItemCard>),
    /// Cards side by side.
    Carousel(Carousel),
}

/// A text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SimpleText {
    /// What it says: at most 1,000 characters, of which some 400 are shown at once.
    pub text: String,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SimpleImage {
    /// Where it lies.
    pub image_url: String,
    /// What it shows, for who does not see it.
    pub alt_text: String,
}

impl SimpleText {
    /// A text.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

impl SimpleImage {
    /// A picture with what it shows in words.
    #[must_use]
    pub fn new(image_url: impl Into<String>, alt_text: impl Into<String>) -> Self {
        Self { image_url: image_url.into(), alt_text: alt_text.into() }
    }
}

/// A button below it all: whoever presses it says `message_text`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct QuickReply {
    /// What stands on it: at most 14 characters.
    pub label: String,
    /// `message`, or `block` where it leads to one.
    pub action: String,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_text: Option<String>,
    /// The block to which it leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_id: Option<String>,
    /// What comes back as [`SkillRequest::client_extra`](super::SkillRequest::client_extra).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<Map<String, Value>>,
}

/// Something to be remembered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ContextValue {
    /// Its name.
    pub name: String,
    /// For how many turns; 0 forgets it.
    pub life_span: u64,
    /// For how many seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u64>,
    /// What.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
}

impl ContextValue {
    /// Something that is remembered for so many turns.
    #[must_use]
    pub fn new(name: impl Into<String>, turns: u64) -> Self {
        Self { name: name.into(), life_span: turns, ttl: None, params: BTreeMap::new() }
    }

    /// With a value.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.params.insert(name.into(), value.into());
        self
    }
}

impl Answer {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A text alone.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::new().with(SimpleText::from_text(text))
    }

    /// What a citizen is told at once where the answer proper takes longer; the block's text may show it as
    /// `{{#webhook.text}}`.
    #[must_use]
    pub fn later(text: impl Into<String>) -> Self {
        let data = Map::from_iter([("text".to_owned(), Value::String(text.into()))]);
        Self { data, is_later: true, ..Self::default() }
    }

    /// What a citizen is told whose request cannot be answered: where else to turn.
    ///
    /// ```
    /// # use sosik_kakao::skill::Answer;
    /// let json = Answer::sorry("양주시청 031-8082-0000").to_json()?;
    /// assert!(json.contains("031-8082-0000"));
    /// # Ok::<(), sosik_kakao::skill::AnswerError>(())
    /// ```
    #[must_use]
    pub fn sorry(contact: &str) -> Self {
        Self::text(format!(
            "지금은 답해 드리지 못했습니다. 방금 부탁하신 일은 처리되었을 수 있으니 잠시 뒤 확인해 주시거나 {contact}(으)로 문의해 주세요."
        ))
    }

    /// The answer with one more thing to show.
    #[must_use]
    pub fn with(mut self, output: impl Into<Output>) -> Self {
        self.outputs.push(output.into());
        self
    }

    /// The answer with a button that says something.
    #[must_use]
    pub fn quick(mut self, label: impl Into<String>, says: impl Into<String>) -> Self {
        let (label, says) = (label.into(), Some(says.into()));
        let action = "message".to_owned();
        self.quick_replies.push(QuickReply { label, action, message_text: says, block_id: None, extra: None });
        self
    }

    /// The answer that is to be remembered in part.
    #[must_use]
    pub fn remembering(mut self, value: ContextValue) -> Self {
        self.context.push(value);
        self
    }

    /// The answer of a JSON text, as another program made it. Nothing is checked but its form.
    ///
    /// # Errors
    ///
    /// [`serde_json::Error`] where it is no answer of version 2.0.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        let Wire { version, template, context, data, use_callback } = serde_json::from_str(text)?;
        if version != VERSION {
            return Err(serde::de::Error::custom(format!("version {version} is not {VERSION}")));
        }
        let Template { outputs, quick_replies } = template.unwrap_or_default();
        let context = context.map(|context| context.values).unwrap_or_default();
        Ok(Self { outputs, quick_replies, context, data, is_later: use_callback })
    }

    /// The JSON without a look at limits.
    pub(super) fn wire(&self) -> Result<String, serde_json::Error> {
        let has_template = !self.is_later || !self.outputs.is_empty();
        let template = Template { outputs: self.outputs.clone(), quick_replies: self.quick_replies.clone() };
        let wire = Wire {
            version: VERSION.to_owned(),
            template: has_template.then_some(template),
            context: (!self.context.is_empty()).then(|| Contexts { values: self.context.clone() }),
            data: self.data.clone(),
            use_callback: self.is_later,
        };
        serde_json::to_string(&wire)
    }
}

const VERSION: &str = "2.0";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<Template>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Contexts>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    data: Map<String, Value>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    use_callback: bool,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Template {
    outputs: Vec<Output>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    quick_replies: Vec<QuickReply>,
}

#[derive(Serialize, Deserialize)]
struct Contexts {
    values: Vec<ContextValue>,
}

macro_rules! outputs {
    ($($name:ident),+) => {$(
        impl From<$name> for Output {
            fn from(part: $name) -> Self {
                Self::$name(part)
            }
        }
    )+};
}
outputs!(SimpleText, SimpleImage, TextCard, BasicCard, CommerceCard, ListCard, Carousel);

impl From<ItemCard> for Output {
    fn from(card: ItemCard) -> Self {
        Self::ItemCard(Box::new(card))
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("outputs", &self.outputs.len())
            .field("quick_replies", &self.quick_replies.len())
            .field("is_later", &self.is_later)
            .finish_non_exhaustive()
    }
}
