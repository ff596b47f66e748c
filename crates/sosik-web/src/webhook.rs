//! A request as whoever verifies webhooks reads it.

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use sosik_channel::Webhook;

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
