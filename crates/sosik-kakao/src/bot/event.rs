use std::fmt;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

/// The largest body that is read: 64 KiB, far above what a message has. Ours: Kakao names none.
pub const MAX_BYTES: usize = 64 * 1024;

/// What happened in a chat of a bot's, as Kakao hands it over. `Debug` shows neither words nor ids.
#[derive(Clone)]
#[non_exhaustive]
pub struct BotEvent {
    /// What.
    pub kind: BotEventKind,
    /// Kakao's number of a message: one that is told twice has the same.
    pub id: Option<String>,
    /// What was said; empty of another kind.
    pub content: String,
    /// When, where it can be read.
    pub at: Option<DateTime<Utc>>,
    /// Whether it is the chat of one person with a channel, and not a room of several.
    pub is_channel: bool,
    /// The room (`botGroupKey`).
    pub room: Option<String>,
    /// Who (`botUserKey`): who said it, invited the bot, came, or watched.
    pub user: Option<String>,
    /// For the one answer.
    pub callback: Option<CallbackToken>,
    /// All of it as it came (`d`), with what is not known here.
    pub raw: Map<String, Value>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BotEventKind {
    /// Someone said something (`MESSAGE_CREATE`).
    Message,
    /// The bot was invited (`ENTRANCE`).
    Entrance,
    /// Someone came (`CHAT_JOIN`).
    Join,
    /// The bot was sent away (`LEAVE`).
    Leave,
    /// Someone watched an advertisement (`AD_REWARD`).
    AdReward,
    /// Something that is not known here.
    Other(String),
}

impl BotEventKind {
    fn of(name: &str) -> Self {
        match name {
            "MESSAGE_CREATE" => Self::Message,
            "ENTRANCE" => Self::Entrance,
            "CHAT_JOIN" => Self::Join,
            "LEAVE" => Self::Leave,
            "AD_REWARD" => Self::AdReward,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// For one answer, within five minutes. `Debug` does not show it: whoever has it can answer.
#[derive(Clone)]
pub struct CallbackToken(SecretString);

impl CallbackToken {
    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for CallbackToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallbackToken(..)")
    }
}

impl BotEvent {
    /// Reads the body of a webhook.
    ///
    /// # Errors
    ///
    /// [`BotEventError`] names the field, and repeats nothing of what stands there.
    pub fn parse(body: &[u8]) -> Result<Self, BotEventError> {
        if body.len() > MAX_BYTES {
            return Err(BotEventError::TooLarge);
        }
        let value: Value = serde_json::from_slice(body)
            .map_err(|error| BotEventError::Json { line: error.line(), column: error.column() })?;
        let Value::Object(mut frame) = value else { return Err(wrong("the body", "is no object")) };
        // 0 is an event; the gateway's other numbers are for a connection that is none here.
        if frame.get("op").and_then(Value::as_i64) != Some(0) {
            return Err(wrong("op", "is not 0, which an event has"));
        }
        let kind = frame.get("t").and_then(Value::as_str).filter(|name| !name.is_empty());
        let kind = BotEventKind::of(kind.ok_or_else(|| wrong("t", "is no name of an event"))?);
        let Some(Value::Object(raw)) = frame.remove("d") else { return Err(wrong("d", "is no object")) };

        let content = text(&raw, "content", "d.content")?;
        if kind == BotEventKind::Message && content.is_none() {
            return Err(wrong("d.content", "is missing"));
        }
        let is_channel = match raw.get("isChannelChatroom") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(is_channel)) => *is_channel,
            Some(_) => return Err(wrong("d.isChannelChatroom", "is neither true nor false")),
        };
        let token = text(&raw, "callbackToken", "d.callbackToken")?;
        // It becomes a header.
        if token.as_deref().is_some_and(|token| !token.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(wrong("d.callbackToken", "has characters that no header takes"));
        }
        let mut user = text(&raw, "botUserKey", "d.botUserKey")?;
        for name in ["inviter", "user", "viewer"] {
            let Some(Value::Object(person)) = raw.get(name) else { continue };
            if user.is_none() {
                user = text(person, "botUserKey", "the botUserKey of whom it is about")?;
            }
        }
        Ok(Self {
            kind,
            id: text(&raw, "id", "d.id")?,
            content: content.unwrap_or_default(),
            at: text(&raw, "timestamp", "d.timestamp")?.and_then(|at| at.parse().ok()),
            is_channel,
            room: text(&raw, "botGroupKey", "d.botGroupKey")?,
            user,
            callback: token.map(|token| CallbackToken(token.into())),
            raw,
        })
    }
}

/// A text that may be missing, or empty as one that is. Ids come as numbers, too.
fn text(object: &Map<String, Value>, name: &str, place: &'static str) -> Result<Option<String>, BotEventError> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty() || name == "content")),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(wrong(place, "is no text")),
    }
}

fn wrong(place: &'static str, problem: &'static str) -> BotEventError {
    BotEventError::Field { place, problem }
}

/// A body is no event. Nothing of it is repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BotEventError {
    /// It is too large.
    #[error("the event is larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// It is no JSON.
    #[error("the event is no JSON at line {line}, column {column}")]
    #[non_exhaustive]
    Json {
        /// In which line.
        line: usize,
        /// At which column.
        column: usize,
    },
    /// A field is wrong.
    #[error("{place} {problem}")]
    #[non_exhaustive]
    Field {
        /// Which.
        place: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
}

impl fmt::Debug for BotEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BotEvent")
            .field("kind", &self.kind)
            .field("characters", &self.content.chars().count())
            .field("is_channel", &self.is_channel)
            .field("callback", &self.callback.is_some())
            .finish_non_exhaustive()
    }
}
