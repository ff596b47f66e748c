//! Receipts that Bizgo sends by itself: verify, then parse.
//!
//! Bizgo signs the time of a webhook and not its body: `X-IB-Signature` is HMAC-SHA256 of `X-IB-Timestamp`. So a
//! webhook is a hint: [`Transport::webhook`](sosik_channel::Transport::webhook) of a
//! [`BizgoTransport`](crate::BizgoTransport) with a [secret](crate::BizgoBuilder::webhook_secret) confirms it by
//! inquiry. Answer within 5 seconds with [`acknowledgement`], else it comes again up to three times.
//!
//! ```
//! use chrono::{TimeZone, Utc};
//! use sosik_bizgo::webhook;
//! use sosik_channel::Outcome;
//!
//! let headers = webhook::Headers::new("1795470896078", "441b8a6f647bda86dfb5e00b41caea7a912379802864dc493e2f6517f59ce5d3");
//! let now = Utc.timestamp_millis_opt(1_795_470_900_000).unwrap();
//! webhook::verify(&"test-webhook-secret".to_owned().into(), &headers, now)?;
//! let body = br#"{"msgKey":"KEY001","serviceType":"BRANDMESSAGE","msgType":"FC","reportTime":"2026-11-27T15:00:02.000+09:00","reportType":"","reportCode":"10000","ref":"r1"}"#;
//! let receipt = webhook::parse(body)?;
//! assert_eq!(receipt.outcome, Outcome::Delivered);
//! # Ok::<(), webhook::WebhookError>(())
//! ```

use base64::Engine as _;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use sosik_channel::{Receipt, SendError, SendErrorKind};

use crate::answers;
use crate::client;
use crate::errors::NAME;

/// The largest body that is read: 1 MB, as Bizgo's own SDK.
pub const MAX_BYTES: usize = 1024 * 1024;

/// The headers by which a webhook is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Headers<'a> {
    /// `X-IB-Timestamp`: seconds or milliseconds since 1970.
    pub timestamp: &'a str,
    /// `X-IB-Signature`: hexadecimal or Base64; which of them Bizgo sends is not documented.
    pub signature: &'a str,
}

impl<'a> Headers<'a> {
    /// The two headers, by value.
    #[must_use]
    pub fn new(timestamp: &'a str, signature: &'a str) -> Self {
        Self { timestamp, signature }
    }
}

/// Checks that a webhook was signed with the secret, within five minutes of `now`.
///
/// # Errors
///
/// [`WebhookError`] tells what does not hold. Answer with status 401.
pub fn verify(secret: &SecretString, headers: &Headers<'_>, now: DateTime<Utc>) -> Result<(), WebhookError> {
    let stamp = headers.timestamp;
    if stamp.is_empty() || stamp.len() > 16 || !stamp.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(WebhookError::Timestamp);
    }
    let number: i64 = stamp.parse().map_err(|_| WebhookError::Timestamp)?;
    let millis = if stamp.len() >= 13 { number } else { number.saturating_mul(1000) };
    let sent = DateTime::from_timestamp_millis(millis).ok_or(WebhookError::Timestamp)?;
    if now.signed_duration_since(sent).abs() > TimeDelta::minutes(5) {
        return Err(WebhookError::Expired);
    }
    let key = secret.expose_secret().as_bytes();
    if key.is_empty() {
        return Err(WebhookError::Signature);
    }
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).map_err(|_| WebhookError::Signature)?;
    mac.update(stamp.as_bytes());
    let given = headers.signature.trim();
    let decoded = hex(given).or_else(|| base64::engine::general_purpose::STANDARD.decode(given).ok());
    mac.verify_slice(&decoded.ok_or(WebhookError::Signature)?).map_err(|_| WebhookError::Signature)
}

/// Reads the receipt in a webhook's body.
///
/// # Errors
///
/// [`WebhookError`] when it is too large, or no receipt of a message. Answer with status 400.
pub fn parse(body: &[u8]) -> Result<Receipt, WebhookError> {
    if body.len() > MAX_BYTES {
        return Err(WebhookError::Body);
    }
    let report: answers::Report = serde_json::from_slice(body).map_err(|_| WebhookError::Body)?;
    client::receipt(report, &[]).ok_or(WebhookError::Body)
}

/// The body with which to answer: Bizgo stops repeating when it gets the message's key back.
#[must_use]
pub fn acknowledgement(receipt: &Receipt) -> String {
    serde_json::json!({ "msgKey": receipt.message_key }).to_string()
}

/// A webhook cannot be taken. The body is never repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// The body is no receipt.
    #[error("the webhook's body is no receipt")]
    Body,
    /// It was signed too long ago, or in the future.
    #[error("the webhook's time is more than five minutes off")]
    Expired,
    /// The signature is not that of the secret.
    #[error("the webhook's signature does not hold")]
    Signature,
    /// The timestamp is no number.
    #[error("the webhook's timestamp is no number of seconds or milliseconds")]
    Timestamp,
}

/// The error of a transport whose webhook cannot be taken.
pub(crate) fn refused(error: WebhookError) -> SendError {
    let kind = match error {
        WebhookError::Body => SendErrorKind::InvalidContent,
        WebhookError::Expired | WebhookError::Signature | WebhookError::Timestamp => SendErrorKind::Unauthorized,
    };
    SendError::new(kind, NAME).with_detail(error.to_string())
}

fn hex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    (0..32).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    const STAMP: &str = "1795470896078";
    const HEX: &str = "441b8a6f647bda86dfb5e00b41caea7a912379802864dc493e2f6517f59ce5d3";

    fn check(stamp: &str, signature: &str, secret: &str) -> Result<(), WebhookError> {
        let now = Utc.timestamp_millis_opt(1_795_470_900_000).unwrap();
        verify(&secret.to_owned().into(), &Headers::new(stamp, signature), now)
    }

    #[test]
    fn hexadecimal_and_base64_hold_and_anything_else_does_not() {
        let base64 = base64::engine::general_purpose::STANDARD.encode(hex(HEX).unwrap());
        for good in [HEX, &HEX.to_uppercase(), &base64] {
            assert_eq!(check(STAMP, good, "test-webhook-secret"), Ok(()), "{good}");
        }
        assert_eq!(check(STAMP, HEX, "another"), Err(WebhookError::Signature));
        assert_eq!(check(STAMP, "", "test-webhook-secret"), Err(WebhookError::Signature));
        assert_eq!(check(STAMP, HEX, ""), Err(WebhookError::Signature));
        assert_eq!(check("1795470896079", HEX, "test-webhook-secret"), Err(WebhookError::Signature));
        assert_eq!(check("1795460896078", HEX, "test-webhook-secret"), Err(WebhookError::Expired));
        for stamp in ["", "-1", "12a", "99999999999999999"] {
            assert_eq!(check(stamp, HEX, "test-webhook-secret"), Err(WebhookError::Timestamp), "{stamp}");
        }
    }

    #[test]
    fn a_body_that_is_no_receipt_is_refused_without_repeating_it() {
        for body in ["", "[]", "{\"to\":\"01000000001\"}", "{\"msgKey\":1}"] {
            let error = parse(body.as_bytes()).unwrap_err();
            assert_eq!(error, WebhookError::Body);
            assert!(!error.to_string().contains("0100"));
        }
    }
}
