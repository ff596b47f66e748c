//! SOLAPI's status codes.

/// A status code, and what it means for a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Code {
    /// The code: four digits.
    pub code: &'static str,
    /// What to do about it.
    pub kind: CodeKind,
    /// What it means.
    pub english: &'static str,
    /// What it means, in Korean.
    pub korean: &'static str,
}

/// What to do about a message with a status code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CodeKind {
    /// The account or its settings: a person has to mend them, and everything else waits.
    Account,
    /// The message was taken; a report is to come.
    Accepted,
    /// Ours to fix: the message is wrong.
    Content,
    /// It arrived.
    Delivered,
    /// The recipient cannot be reached at all.
    Gone,
    /// Not now: it may be tried again.
    Later,
    /// The dealer's or Kakao's policy said no.
    Refused,
}

macro_rules! codes {
    ($($code:literal $kind:ident $english:literal $korean:literal;)+) => {
        const CODES: &[Code] =
            &[$(Code { code: $code, kind: CodeKind::$kind, english: $english, korean: $korean },)+];
    };
}

// github.com/solapi/documents (2022-09), api-reference/message-status-codes.md; what to do is our own reading.
codes! {
    "1010" Content "a field is missing" "필수 항목 누락";
    "1011" Content "a field has a wrong form" "형식 오류";
    "1013" Content "a short text has no title" "SMS 제목 사용 불가";
    "1014" Content "the title is longer than 40 bytes" "제목 길이 초과";
    "1020" Account "the key is not accepted" "인증 오류";
    "1021" Content "there is no message" "메시지 없음";
    "1022" Content "there is no such group" "그룹 없음";
    "1023" Content "there is no such picture" "이미지 없음";
    "1024" Later "the dealer had an error" "서버 오류";
    "1025" Content "the type is wrong" "메시지 타입 오류";
    "1026" Content "the recipient stands twice in the request" "수신번호 중복";
    "1028" Content "there is a character that cannot be printed" "출력할 수 없는 문자";
    "1029" Content "there is a character that texts cannot carry" "EUC-KR이 아닌 문자";
    "1030" Account "the balance is used up" "잔액 부족";
    "1031" Content "the text is too long" "본문 길이 초과";
    "1032" Content "the custom fields are wrong" "사용자 정의 항목 오류";
    "1033" Content "the options for Kakao are wrong" "카카오 옵션 오류";
    "1034" Content "the picture's name is missing" "이미지 아이디 누락";
    "1041" Account "there is no such channel" "채널 아이디 오류";
    "1042" Account "there is no such template" "템플릿 아이디 오류";
    "1043" Content "the text is not that of the template" "템플릿 불일치";
    "1044" Content "a button is wrong" "버튼 오류";
    "1045" Content "a button's link is wrong" "버튼 링크 오류";
    "1049" Content "a button's label is longer than 14 characters" "버튼 이름 길이 초과";
    "1050" Content "there are more than five buttons" "버튼 개수 초과";
    "1058" Refused "there is no route" "전송 경로 없음";
    "1060" Gone "the number is blocked" "수신 차단 번호";
    "1061" Gone "the recipient refused by the free number" "080 수신거부";
    "1062" Account "the sending number is not registered" "발신번호 미등록";
    "1064" Account "the sending number is blocked by the agency" "발신번호 차단(KISA)";
    "2000" Accepted "the dealer took it" "접수";
    "2024" Later "the dealer had an error" "서버 오류";
    "2060" Gone "the number is blocked" "수신 차단 번호";
    "2061" Gone "the recipient refused by the free number" "080 수신거부";
    "2062" Account "the sending number is not registered" "발신번호 미등록";
    "2063" Account "the account is blocked" "계정 차단";
    "2230" Account "the balance is used up" "잔액 부족";
    "2254" Refused "it was taken for spam" "스팸";
    "3000" Accepted "Kakao or the carrier took it" "이통사·카카오 접수";
    "3010" Gone "the number is wrong" "수신번호 오류";
    "3012" Later "the partner had an error" "중계사 오류";
    "3031" Gone "the number cannot get messages" "수신 불가";
    "3032" Gone "there is no such subscriber" "가입자 없음";
    "3040" Later "it took too long" "전송 시간 초과";
    "3041" Later "the phone was busy" "단말기 사용 중";
    "3042" Later "the phone had no signal" "음영 지역";
    "3043" Later "the phone was off" "전원 꺼짐";
    "3044" Later "the inbox was full" "메시지함 가득 참";
    "3047" Gone "the recipient refuses messages" "수신 거부";
    "3053" Later "the carrier could not take it" "이통사 처리 불가";
    "3054" Refused "it was taken for spam" "스팸";
    "3055" Refused "it was taken for spam" "스팸";
    "3059" Account "the sending number is forged" "발신번호 변작";
    "3060" Refused "the recipient is not known to be an adult" "성인 인증 실패";
    "3101" Account "the channel's key is wrong" "발신프로필 키 오류";
    "3102" Gone "the recipient is no friend of the channel" "채널 친구 아님";
    "3103" Content "the text is not that of the template" "템플릿 불일치";
    "3104" Gone "the recipient does not use KakaoTalk" "카카오톡 미사용";
    "3105" Account "there is no such template" "템플릿 없음";
    "3106" Account "the channel is wrong" "채널 오류";
    "3107" Later "KakaoTalk was not used for 72 hours, or refuses such messages" "72시간 미사용 또는 차단";
    "3108" Later "it was outside the hours" "발송 가능 시간 아님";
    "4000" Delivered "it arrived" "전송 성공";
}

/// What is known of a code. Of others, the first digit tells: 1 was refused at intake, 2 failed at the dealer, 3 at
/// Kakao or the carrier.
///
/// ```
/// use sosik_solapi::{CodeKind, code};
///
/// assert_eq!(code("3102").unwrap().kind, CodeKind::Gone);
/// assert!(code("9999").is_none());
/// ```
#[must_use]
pub fn code(code: &str) -> Option<&'static Code> {
    CODES.binary_search_by_key(&code, |known| known.code).ok().map(|at| &CODES[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_stands_once_and_is_found() {
        assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code));
        assert!(CODES.iter().all(|known| code(known.code) == Some(known)));
    }
}
