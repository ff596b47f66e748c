use serde::Deserialize;
use sosik_channel::{SendError, SendErrorKind};

use crate::codes::{CodeKind, code};

/// The name in errors.
pub(crate) const NAME: &str = "solapi";

/// The body of an answer that is no success. Its sentence may repeat what was sent, and is not read.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Refusal {
    pub(crate) error_code: Option<String>,
}

/// The error for a whole request that was answered with this status. `sends` tells whether it could have sent something.
pub(crate) fn refused(status: u16, refusal: &Refusal, sends: bool) -> SendError {
    let given = refusal.error_code.as_deref();
    let in_doubt = if sends { SendErrorKind::OutcomeUnknown } else { SendErrorKind::Unavailable };
    let (kind, detail) = match (given, status) {
        (Some("InvalidAPIKey" | "SignatureDoesNotMatch"), _) => {
            (SendErrorKind::Unauthorized, Some("the key or its secret is not accepted"))
        }
        (Some("RequestTimeTooSkewed"), _) => {
            (SendErrorKind::Unauthorized, Some("this machine's clock is more than 15 minutes off"))
        }
        // The next attempt has a salt of its own.
        (Some("DuplicatedSignature"), _) => (SendErrorKind::Unavailable, Some("the signature was used before")),
        (_, 429) => (SendErrorKind::RateLimited, None),
        (_, 500..) => (in_doubt, None),
        (_, 401) => (SendErrorKind::Unauthorized, None),
        (_, 402 | 403) => (SendErrorKind::NotPermitted, None),
        _ => (SendErrorKind::InvalidContent, None),
    };
    let error = SendError::new(kind, NAME).with_code(given.map_or_else(|| format!("HTTP {status}"), str::to_owned));
    detail.into_iter().fold(error, SendError::with_detail)
}

/// What a status code means for one recipient's message that was not taken: `None` when the dealer failed inside.
pub(crate) fn rejection(status: &str) -> Option<(bool, CodeKind)> {
    match code(status).map(|known| known.kind) {
        Some(CodeKind::Later) => None,
        Some(kind) => Some((kind == CodeKind::Gone, kind)),
        None => Some((false, CodeKind::Content)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16, given: Option<&str>, sends: bool) -> SendErrorKind {
        refused(status, &Refusal { error_code: given.map(str::to_owned) }, sends).kind()
    }

    #[test]
    fn errors_say_what_to_do_next() {
        assert_eq!(kind(403, Some("InvalidAPIKey"), true), SendErrorKind::Unauthorized);
        assert_eq!(kind(403, Some("DuplicatedSignature"), true), SendErrorKind::Unavailable);
        assert_eq!(kind(403, Some("NotAllowedIp"), true), SendErrorKind::NotPermitted);
        assert_eq!(kind(429, None, true), SendErrorKind::RateLimited);
        assert_eq!(kind(503, None, true), SendErrorKind::OutcomeUnknown);
        assert_eq!(kind(503, None, false), SendErrorKind::Unavailable);
        assert_eq!(kind(400, Some("ValidationError"), true), SendErrorKind::InvalidContent);
    }

    #[test]
    fn a_rejection_tells_whether_the_recipient_is_gone() {
        assert_eq!(rejection("1060"), Some((true, CodeKind::Gone)));
        assert_eq!(rejection("1062"), Some((false, CodeKind::Account)));
        assert_eq!(rejection("1024"), None);
        assert_eq!(rejection("1999"), Some((false, CodeKind::Content)));
    }
}
