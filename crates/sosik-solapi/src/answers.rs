//! The answers that the client reads. Fields that it does not need are passed over, as are those to come.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use sosik_channel::{Outcome, Receipt, Route};

use crate::codes::{CodeKind, code};

/// To `POST /messages/v4/send-many/detail`. It borrows from the answer's bytes: there are 10,000 messages in one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendAnswer<'a> {
    pub(crate) failed_message_list: Vec<Item>,
    pub(crate) group_info: GroupInfo,
    #[serde(borrow, default)]
    pub(crate) message_list: Option<Vec<Taken<'a>>>,
}

/// A message that was taken.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Taken<'a> {
    #[serde(borrow, default)]
    pub(crate) message_id: Option<Word<'a>>,
    #[serde(borrow, default)]
    pub(crate) custom_fields: Option<Reference<'a>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Reference<'a> {
    #[serde(borrow, default, rename = "ref")]
    pub(crate) reference: Option<Word<'a>>,
}

/// A text that stays where it is, unless the dealer wrote it with escapes.
#[derive(Debug)]
pub(crate) struct Word<'a>(pub(crate) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Word<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;

        impl<'de> Visitor<'de> for Words {
            type Value = Cow<'de, str>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }

        deserializer.deserialize_str(Words).map(Word)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GroupInfo {
    pub(crate) count: Count,
    #[serde(default)]
    pub(crate) group_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Count {
    pub(crate) registered_failed: usize,
    pub(crate) registered_success: usize,
}

/// A message as answers name it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item {
    pub(crate) message_id: Option<String>,
    pub(crate) group_id: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) status_code: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    #[serde(default)]
    pub(crate) custom_fields: Option<BTreeMap<String, String>>,
    pub(crate) date_updated: Option<DateTime<Utc>>,
}

impl Item {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.custom_fields.as_ref()?.get(name).map(String::as_str)
    }

    /// What became of the message; `None` as long as that is open.
    pub(crate) fn settled(&self) -> Option<(Route, Outcome)> {
        let status = self.status_code.as_deref()?;
        let kind = code(status).map(|known| known.kind);
        let outcome = match (kind, status.as_bytes().first()) {
            (Some(CodeKind::Delivered), _) => Outcome::Delivered,
            (Some(CodeKind::Accepted), _) | (None, Some(b'0' | b'4'..)) => return None,
            (kind, _) => Outcome::failed(status, kind == Some(CodeKind::Gone)),
        };
        let route = match self.kind.as_deref().unwrap_or_default() {
            "SMS" | "LMS" | "MMS" => Route::Text,
            kind if kind.starts_with("BMS") || matches!(kind, "ATA" | "CTA" | "CTI") => Route::Kakao,
            _ => Route::Other,
        };
        Some((route, outcome))
    }

    pub(crate) fn receipt(&self) -> Option<Receipt> {
        let (route, outcome) = self.settled()?;
        let mut receipt = Receipt::new(self.message_id.as_deref()?, route, outcome);
        receipt.reference = self.field("ref").map(str::to_owned);
        receipt.at = self.date_updated;
        Some(receipt)
    }
}

/// To `GET /messages/v4/list`: messages by their ids.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListAnswer {
    pub(crate) next_key: Option<String>,
    /// It must be there: an answer without it would pass for one in which nothing changed.
    pub(crate) message_list: BTreeMap<String, Item>,
}

/// To `POST /storage/v1/files`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UploadAnswer {
    pub(crate) file_id: String,
}
