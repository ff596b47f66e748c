//! What a provider sends by itself.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::Receipt;

/// A request that came in from outside, said to be a provider's.
///
/// `Debug` shows neither the values of its headers nor its body: both may hold secrets and numbers.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use sosik_channel::Webhook;
///
/// let now = Utc.with_ymd_and_hms(2026, 11, 27, 7, 0, 2).unwrap();
/// let webhook = Webhook::new(br#"{"msgKey":"KEY001"}"#.as_slice(), now).with_header("X-IB-Timestamp", "1795762802");
/// assert_eq!(webhook.header("x-ib-timestamp"), Some("1795762802"));
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Webhook {
    /// Headers, by name.
    pub headers: Vec<(String, String)>,
    /// The body, as it came.
    pub body: Vec<u8>,
    /// When it came.
    pub received: DateTime<Utc>,
}

impl Webhook {
    /// A request of this body that came at this instant.
    #[must_use]
    pub fn new(body: impl Into<Vec<u8>>, received: DateTime<Utc>) -> Self {
        Self { headers: Vec::new(), body: body.into(), received }
    }

    /// The request with a header.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The first header of this name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Webhook")
            .field("headers", &names)
            .field("bytes", &self.body.len())
            .field("received", &self.received)
            .finish()
    }
}

/// What a webhook says, and what to answer it with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookReceipts {
    /// The receipts it brought: confirmed, where the provider does not sign what it says.
    pub receipts: Vec<Receipt>,
    /// The JSON to answer with, under status 200, when the receipts are kept safe.
    pub reply: String,
}

impl WebhookReceipts {
    /// Receipts and the answer to them.
    #[must_use]
    pub fn new(receipts: Vec<Receipt>, reply: impl Into<String>) -> Self {
        Self { receipts, reply: reply.into() }
    }
}
