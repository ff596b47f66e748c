//! A request as whoever verifies webhooks reads it.

use axum::http::{HeaderMap, HeaderName};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use sosik_channel::Webhook;
use subtle::ConstantTimeEq;

/// A request with each header that stands once: one that stands twice is no proof, and none of both is looked at.
pub(crate) fn request(headers: &HeaderMap, body: Vec<u8>, received: DateTime<Utc>) -> Webhook {
    let mut request = Webhook::new(body, received);
    for name in headers.keys() {
        let mut values = headers.get_all(name).iter();
        if let (Some(Ok(value)), None) = (values.next().map(|value| value.to_str()), values.next()) {
            request = request.with_header(name.as_str(), value);
        }
    }
    request
}

/// Whether a request has a header with a secret, once; compared in a time that says nothing of it.
pub(crate) fn has_secret(headers: &HeaderMap, name: &HeaderName, secret: &SecretString) -> bool {
    let mut values = headers.get_all(name).iter();
    let (Some(given), None) = (values.next(), values.next()) else { return false };
    let expected = secret.expose_secret();
    let same: bool = expected.as_bytes().ct_eq(given.as_bytes()).into();
    same && !expected.is_empty()
}
