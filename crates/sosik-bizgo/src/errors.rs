use sosik_channel::{SendError, SendErrorKind};

/// A code of Bizgo's, and what it means for a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Code {
    /// The code.
    pub code: &'static str,
    /// What it means.
    pub english: &'static str,
    /// What it means, in Korean.
    pub korean: &'static str,
    /// What to do about a request that was answered so.
    pub kind: SendErrorKind,
    /// Whether, given for one recipient, it means that they cannot be reached at all.
    pub gone: bool,
}

macro_rules! codes {
    ($($code:literal $kind:ident $gone:literal $english:literal $korean:literal;)+) => {
        /// The codes that sending, uploading and receipts can meet (Bizgo SDK 1.2.0, 2026-09).
        const CODES: &[Code] = &[$(Code {
            code: $code, english: $english, korean: $korean, kind: SendErrorKind::$kind, gone: $gone,
        },)+];
    };
}

codes! {
    "A001" Unauthorized false "the token has expired" "만료된 인증";
    "A002" NotPermitted false "the token is not allowed to do this" "인증 권한 없음";
    "A010" InvalidContent false "the request is not JSON" "JSON 형식 오류";
    "A011" InvalidContent false "the request's JSON does not fit" "JSON 필드 형식 오류";
    "A020" RateLimited false "too many in a second" "초당 처리량 초과";
    "A100" Unauthorized false "wrong credentials" "잘못된 인증 정보";
    "A110" NotPermitted false "the account is blocked" "차단된 계정";
    "A111" NotPermitted false "the account is blocked" "차단된 계정";
    "A200" InvalidContent false "the file is too large" "파일 크기 초과";
    "A201" InvalidContent false "the picture's name is too long" "이미지 이름 길이 초과";
    "A202" InvalidContent false "the file cannot be used" "사용할 수 없는 파일";
    "A203" InvalidContent false "the picture has a wrong size" "이미지 해상도 오류";
    "A204" InvalidContent false "no file was uploaded" "파일 없음";
    "A205" InvalidContent false "the file is not of the type it says" "파일 형식 불일치";
    "A206" InvalidContent false "the file's type is not taken" "지원하지 않는 파일 형식";
    "A300" InvalidContent false "the request cannot be sent" "잘못된 발송 요청";
    "A301" OutcomeUnknown false "it was taken before under the same key" "이미 처리된 요청";
    "A302" NotPermitted false "the sending number is missing or wrong" "발신번호 오류";
    "A303" InvalidContent false "the text is missing or wrong" "본문 오류";
    "A306" InvalidContent true "the recipient's number is missing or wrong" "수신번호 오류";
    "A307" InvalidContent true "no recipient is named" "수신 대상 없음";
    "A308" InvalidContent false "the idempotency key is empty or too long" "멱등성 키 오류";
    "A309" InvalidContent false "the idempotency key's lifetime is missing or wrong" "멱등성 키 유효시간 오류";
    "A315" InvalidContent false "the time to send at is missing or wrong" "예약 발송 시각 오류";
    "A316" InvalidContent false "the time to send at is too early" "발송 가능 시각 이전";
    "A318" InvalidContent false "too many recipients in a request" "수신번호 수 초과";
    "A319" InvalidContent false "too many files" "첨부 파일 수 초과";
    "A320" NotPermitted false "the quota is used up" "발송 한도 초과";
    "A322" Refused false "blocked as spam by its content" "스팸 차단(내용)";
    "A323" Refused false "blocked as spam by its sending number" "스팸 차단(발신번호)";
    "A324" Refused false "blocked as spam by the recipient's number" "스팸 차단(수신번호)";
    "A325" NotPermitted false "the account may not send by this channel" "발송 채널 권한 없음";
    "A326" NotPermitted false "the account may not use fallbacks" "대체발송 권한 없음";
    "A327" NotPermitted false "the sending number is not registered" "미등록 발신번호";
    "A328" InvalidContent false "the text is too long" "본문 길이 초과";
    "A330" NotPermitted false "advertisements are not taken at night" "야간 광고 차단";
    "A502" NotPermitted false "the sender profile's key is wrong" "발신프로필 키 오류";
    "A505" InvalidContent false "the template is wrong" "템플릿 코드 오류";
    "A506" InvalidContent false "the advertising flag is wrong" "광고 표기 오류";
    "A513" InvalidContent false "a picture is missing or wrong" "이미지 오류";
    "A523" InvalidContent false "the message type is wrong" "메시지 타입 오류";
    "A524" InvalidContent false "a button's type is wrong" "버튼 타입 오류";
    "A525" InvalidContent false "a button's label is wrong" "버튼 이름 오류";
    "A565" InvalidContent false "a header is wrong" "헤더 오류";
    "A567" InvalidContent false "the carousel is wrong" "캐러셀 오류";
    "A570" InvalidContent false "the targeting is wrong" "타겟팅 오류";
    "A571" InvalidContent false "the way of sending is wrong" "발송 방식 오류";
    "A572" InvalidContent false "the message is missing or wrong" "메시지 오류";
    "A573" InvalidContent false "the attachment is wrong" "첨부 오류";
    "A331" InvalidContent false "the time to send at is more than a year ahead" "예약 발송 가능 기간 초과";
    "A801" NotPermitted false "the account may not poll receipts" "리포트 폴링 권한 없음";
    "A802" InvalidContent false "no such page of receipts" "유효하지 않은 리포트 ID";
    "A820" InvalidContent false "what was asked about is not there" "조회 대상 없음";
    "A824" InvalidContent false "its state does not allow this" "처리할 수 없는 상태";
    "A910" OutcomeUnknown false "Bizgo had an error inside" "내부 오류";
    "A920" OutcomeUnknown false "Bizgo cannot serve for now" "일시적 처리 불가";
    "A999" OutcomeUnknown false "Bizgo had an unknown error" "알 수 없는 오류";
}

/// What is known of a code; unknown codes are kept in errors as they came.
///
/// ```
/// assert!(sosik_bizgo::code("A020").unwrap().english.contains("too many"));
/// assert!(sosik_bizgo::code("Z999").is_none());
/// ```
#[must_use]
pub fn code(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|known| known.code == code)
}

/// The name in errors.
pub(crate) const NAME: &str = "bizgo";

/// The error for an answer with this status and code. `sends` tells whether the request could have sent something.
pub(crate) fn refused(status: u16, given: Option<&str>, gateway: bool, sends: bool) -> SendError {
    let kind = match (status, given) {
        // A service's own code says more than the status.
        (_, Some(text)) if !gateway && code(text).is_some() => {
            code(text).map_or(SendErrorKind::InvalidContent, |known| known.kind)
        }
        (401 | 403, _) => SendErrorKind::Unauthorized,
        (429, _) => SendErrorKind::RateLimited,
        // The gateway has codes of its own, some with the same number as a service's.
        (_, Some("A401" | "A403")) if gateway => SendErrorKind::Unauthorized,
        (_, Some(text)) => match (code(text), status) {
            (Some(known), _) => known.kind,
            (None, 500..) => SendErrorKind::OutcomeUnknown,
            (None, _) => SendErrorKind::InvalidContent,
        },
        (500.., None) => SendErrorKind::OutcomeUnknown,
        (_, None) => SendErrorKind::InvalidContent,
    };
    // A question that failed inside has sent nothing and may be asked again.
    let kind = if kind == SendErrorKind::OutcomeUnknown && !sends { SendErrorKind::Unavailable } else { kind };
    let error = SendError::new(kind, NAME);
    match given {
        Some(text) => match code(text) {
            Some(known) => error.with_code(text).with_detail(known.english),
            None => error.with_code(text),
        },
        None => error.with_code(format!("HTTP {status}")),
    }
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
    fn each_code_stands_once() {
        let mut seen = std::collections::BTreeSet::new();
        assert!(CODES.iter().all(|code| seen.insert(code.code)));
    }
}
