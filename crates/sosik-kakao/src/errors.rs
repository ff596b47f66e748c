use sosik_channel::{SendError, SendErrorKind};

/// The name in errors.
pub(crate) const NAME: &str = "kakao";

/// One of Kakao's error codes: what it is for, and what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Code {
    /// The number.
    pub code: i64,
    /// What to do next.
    pub kind: SendErrorKind,
    /// What it means.
    pub english: &'static str,
    /// What it means, in Korean.
    pub korean: &'static str,
}

macro_rules! codes {
    ($($code:literal $kind:ident $english:literal $korean:literal;)+) => {
        const CODES: &[Code] = &[$(Code { code: $code, kind: SendErrorKind::$kind, english: $english, korean: $korean }),+];
    };
}

// developers.kakao.com, rest-api/error-code, read 2026-11.
codes! {
    -1 Unavailable "Kakao had an error inside" "일시적인 내부 장애";
    -2 InvalidContent "a parameter is missing or wrong" "필수 인자 누락 또는 인자 값 오류";
    -3 NotPermitted "the feature is not switched on for the app" "활성화되지 않은 기능";
    -4 NotPermitted "the account is restricted" "제재된 계정";
    -5 NotPermitted "the app may not use this" "사용 권한 없음";
    -7 Unavailable "Kakao is under maintenance" "서비스 점검 중";
    -8 InvalidContent "a header is wrong" "올바르지 않은 헤더";
    -9 InvalidContent "the call has ended" "서비스가 종료된 API";
    -10 NotPermitted "the quota is used up" "허용된 요청 횟수 초과";
    -11 NotPermitted "the paid quota is used up" "유료 쿼터 초과";
    -101 RecipientUnreachable "the person is not connected to the app" "앱에 연결되지 않은 사용자";
    -401 Unauthorized "the key is wrong or this machine's address is not allowed" "유효하지 않은 앱 키 또는 허용되지 않은 IP";
    -402 NotPermitted "the person did not consent to this" "동의항목 동의 필요";
    -501 RecipientUnreachable "the person does not use KakaoTalk" "카카오톡 미가입 사용자";
    // The bot's own, by the pages of the Bot API as a package of 2026 quotes them (PyPI kakaotalk-bot 0.1.0).
    -870 InvalidContent "the message of a bot was refused" "메시지 API 관련 에러";
    -873 NotPermitted "the bot is none, or not tied to the app" "유효하지 않은 봇";
    -876 RecipientUnreachable "there is no such key" "유효하지 않은 키";
    -877 RecipientUnreachable "the person is no friend of the channel" "채널 친구가 아닌 사용자";
    -878 InvalidContent "a bubble is wrong" "유효하지 않은 말풍선";
    -879 RecipientUnreachable "the chat room receives no messages" "메시지 전송 수신을 [Off]로 설정한 채팅방";
    -880 RecipientUnreachable "the bot is not in the chat room" "봇이 초대되지 않은 채팅방";
    -881 Refused "the callback token was used, or has expired" "만료되었거나 이미 사용된 콜백 토큰";
    -9798 Unavailable "Kakao is under maintenance" "서비스 점검 중";
}

/// What a code means; `None` for one that is not known here.
///
/// ```
/// use sosik_channel::SendErrorKind;
///
/// assert_eq!(sosik_kakao::code(-101).unwrap().kind, SendErrorKind::RecipientUnreachable);
/// ```
#[must_use]
pub fn code(code: i64) -> Option<&'static Code> {
    CODES.iter().find(|known| known.code == code)
}

/// The error for an answer of this status and code. Kakao's own sentence may repeat what was sent, and is not read.
pub(crate) fn refused(status: u16, given: Option<i64>) -> SendError {
    let known = given.and_then(code);
    let kind = known.map_or(
        match status {
            429 => SendErrorKind::RateLimited,
            401 => SendErrorKind::Unauthorized,
            403 => SendErrorKind::NotPermitted,
            500.. => SendErrorKind::Unavailable,
            _ => SendErrorKind::InvalidContent,
        },
        |known| known.kind,
    );
    let error =
        SendError::new(kind, NAME).with_code(given.map_or_else(|| format!("HTTP {status}"), |code| code.to_string()));
    known.into_iter().fold(error, |error, known| error.with_detail(known.english))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_say_what_to_do_next_and_unknown_codes_are_kept() {
        assert!(refused(503, Some(-9798)).is_retryable());
        assert!(refused(400, Some(-101)).recipient_is_gone());
        let unknown = refused(400, Some(-777));
        assert_eq!((unknown.kind(), unknown.code()), (SendErrorKind::InvalidContent, Some("-777")));
        assert_eq!(refused(502, None).code(), Some("HTTP 502"));
        assert!(refused(502, None).is_retryable());
    }
}
