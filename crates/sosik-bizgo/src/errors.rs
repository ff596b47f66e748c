use sosik_channel::{SendError, SendErrorKind};

use crate::codes::{Code, code};

/// The name in errors.
pub(crate) const NAME: &str = "bizgo";

/// The error for an answer with this status and code. `sends` tells whether the request could have sent something.
pub(crate) fn refused(status: u16, given: Option<&str>, gateway: bool, sends: bool) -> SendError {
    let known = given.and_then(|text| known(text, gateway));
    let kind = match (status, given) {
        // A service's own code says more than the status.
        (_, Some(_)) if !gateway && known.is_some() => known.map_or(SendErrorKind::InvalidContent, |known| known.kind),
        (401 | 403, _) => SendErrorKind::Unauthorized,
        (429, _) => SendErrorKind::RateLimited,
        (_, Some("A401" | "A403")) if gateway => SendErrorKind::Unauthorized,
        (_, Some(_)) if known.is_some() => known.map_or(SendErrorKind::InvalidContent, |known| known.kind),
        (500.., _) => SendErrorKind::OutcomeUnknown,
        _ => SendErrorKind::InvalidContent,
    };
    // A question that failed inside has sent nothing and may be asked again.
    let kind = if kind == SendErrorKind::OutcomeUnknown && !sends { SendErrorKind::Unavailable } else { kind };
    let error = SendError::new(kind, NAME);
    match (given, known) {
        (Some(text), Some(known)) => error.with_code(text).with_detail(known.english),
        (Some(text), None) => error.with_code(text),
        (None, _) => error.with_code(format!("HTTP {status}")),
    }
}

/// What a code means. The gateway has codes of its own, some with the same number as a service's: of those only the ones
/// about accounts, rates and failures inside are the same.
fn known(text: &str, gateway: bool) -> Option<&'static Code> {
    let is_shared = ["A0", "A1", "A9"].iter().any(|start| text.starts_with(start));
    code(text).filter(|_| !gateway || is_shared)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_inside_leaves_a_sending_in_doubt_and_a_question_open() {
        assert!(refused(500, Some("A910"), false, true).may_have_arrived());
        assert_eq!(refused(503, Some("A920"), false, false).kind(), SendErrorKind::Unavailable);
        assert!(refused(502, None, true, true).may_have_arrived());
    }

    #[test]
    fn what_the_account_may_not_do_stops_the_transport_and_a_repeat_is_looked_up() {
        for code in ["A320", "A325", "A327", "A330", "A502"] {
            assert_eq!(refused(403, Some(code), false, true).kind(), SendErrorKind::NotPermitted, "{code}");
        }
        assert!(refused(400, Some("A301"), false, true).may_have_arrived());
        assert_eq!(refused(403, None, true, true).kind(), SendErrorKind::Unauthorized);
        assert_eq!(refused(400, Some("A322"), false, true).kind(), SendErrorKind::Refused);
    }

    #[test]
    fn the_gateway_s_codes_are_not_taken_for_a_service_s() {
        let error = refused(404, Some("A404"), true, false);
        assert_eq!((error.kind(), error.code()), (SendErrorKind::InvalidContent, Some("A404")));
        assert!(!error.to_string().contains("RCS"), "{error}");
        assert_eq!(refused(400, Some("A401"), true, true).kind(), SendErrorKind::Unauthorized);
        assert_eq!(refused(500, Some("A910"), true, false).kind(), SendErrorKind::Unavailable);
    }
}
