//! What an account has, and what it sent.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::Method;
use serde::Deserialize;
use sosik_channel::SendError;

use crate::client::SolapiTransport;

/// What is left on an account, in won.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Balance {
    /// Money paid in.
    pub balance: f64,
    /// Points given by SOLAPI.
    #[serde(default)]
    pub point: f64,
}

/// How many messages went, by type: `sms`, `ata`, `bms_free` and so on, and `total`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Statistics {
    /// All of them.
    #[serde(default)]
    pub total: BTreeMap<String, u64>,
    /// Those that arrived.
    #[serde(default, rename = "successed")]
    pub arrived: BTreeMap<String, u64>,
    /// Those that did not.
    #[serde(default)]
    pub failed: BTreeMap<String, u64>,
}

impl SolapiTransport {
    /// What is left on the account.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be asked again.
    pub async fn balance(&self) -> Result<Balance, SendError> {
        self.call(self.request(Method::GET, "cash/v1/balance")?).await
    }

    /// How many messages went in a span, by the time at which they were handed over.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be asked again.
    pub async fn statistics(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Statistics, SendError> {
        let date = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let query = [("startDate", date(from)), ("endDate", date(to))];
        self.call(self.request(Method::GET, "messages/v4/statistics")?.query(&query)).await
    }
}
