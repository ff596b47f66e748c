//! The answers that the client reads. Fields that it does not need are passed over, as are those to come.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use sosik_channel::{Outcome, Receipt, Route};

use crate::codes::{CodeKind, code};

/// To `POST /messages/v4/send-many/detail`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendAnswer {
    pub(crate) failed_message_list: Vec<Item>,
    pub(crate) group_info: GroupInfo,
    pub(crate) message_list: Option<Vec<Item>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GroupInfo {
    pub(crate) count: Count,
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
