//! Bizgo's codes, and what they mean for a sender.

use sosik_channel::SendErrorKind;

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
        /// Every code but that of success that Bizgo publishes (`_error_codes.py` of its SDK 1.2.0, 2026-09).
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
    "A113" InvalidContent false "the value of its expiry is wrong" "만료 설정 값 오류";
    "A200" InvalidContent false "the file is too large" "파일 크기 초과";
    "A201" InvalidContent false "the picture's name is too long" "이미지 이름 길이 초과";
    "A202" InvalidContent false "the file cannot be used" "사용할 수 없는 파일";
    "A203" InvalidContent false "the picture has a wrong size" "이미지 해상도 오류";
    "A204" InvalidContent false "no file was uploaded" "파일 없음";
    "A205" InvalidContent false "the file is not of the type it says" "파일 형식 불일치";
    "A206" InvalidContent false "the file's type is not taken" "지원하지 않는 파일 형식";
    "A207" InvalidContent false "the form's part has no name" "업로드 형식 오류";
    "A208" InvalidContent false "the file has no name" "파일 이름 오류";
    "A213" InvalidContent false "the upload is wrong" "업로드 요청 오류";
    "A214" Unavailable false "the picture could not be worked on" "이미지 처리 실패";
    "A215" Unavailable false "the carrier did not take the picture" "이동통신사 이미지 업로드 실패";
    "A217" InvalidContent false "a file's key is wrong" "파일 키 오류";
    "A219" InvalidContent false "the kind of service is wrong" "서비스 유형 오류";
    "A220" InvalidContent false "the message type is wrong" "메시지 유형 오류";
    "A250" InvalidContent false "the form's id is wrong" "폼 아이디 오류";
    "A300" InvalidContent false "the request cannot be sent" "잘못된 발송 요청";
    "A301" OutcomeUnknown false "it was taken before under the same key" "이미 처리된 요청";
    "A302" NotPermitted false "the sending number is missing or wrong" "발신번호 오류";
    "A303" InvalidContent false "the text is missing or wrong" "본문 오류";
    "A304" InvalidContent false "the time to live is wrong" "유효 시간 오류";
    "A305" InvalidContent false "the reference is wrong" "참조 값 오류";
    "A306" InvalidContent true "the recipient's number is missing or wrong" "수신번호 오류";
    "A307" InvalidContent true "no recipient is named" "수신 대상 없음";
    "A308" InvalidContent false "the idempotency key is empty or too long" "멱등성 키 오류";
    "A309" InvalidContent false "the idempotency key's lifetime is missing or wrong" "멱등성 키 유효시간 오류";
    "A310" InvalidContent false "the payment code is too long" "정산 코드 길이 초과";
    "A311" InvalidContent false "the group's key is wrong" "그룹 키 오류";
    "A312" InvalidContent false "the kind of fallback is wrong" "대체발송 유형 오류";
    "A313" InvalidContent false "the sub-account is wrong" "하위 계정 오류";
    "A314" InvalidContent false "the fallback's text is wrong" "대체발송 본문 오류";
    "A315" InvalidContent false "the time to send at is missing or wrong" "예약 발송 시각 오류";
    "A316" InvalidContent false "the time to send at is too early" "발송 가능 시각 이전";
    "A317" InvalidContent false "too many files of the fallback" "대체발송 파일 수 초과";
    "A318" InvalidContent false "too many recipients in a request" "수신번호 수 초과";
    "A319" InvalidContent false "too many files" "첨부 파일 수 초과";
    "A320" NotPermitted false "the quota is used up" "발송 한도 초과";
    "A321" InvalidContent false "an international text has no title and no file" "국제문자 제목·파일 불가";
    "A322" Refused false "blocked as spam by its content" "스팸 차단(내용)";
    "A323" Refused false "blocked as spam by its sending number" "스팸 차단(발신번호)";
    "A324" Refused false "blocked as spam by the recipient's number" "스팸 차단(수신번호)";
    "A325" NotPermitted false "the account may not send by this channel" "발송 채널 권한 없음";
    "A326" NotPermitted false "the account may not use fallbacks" "대체발송 권한 없음";
    "A327" NotPermitted false "the sending number is not registered" "미등록 발신번호";
    "A328" InvalidContent false "the text is too long" "본문 길이 초과";
    "A329" InvalidContent false "the fallback's text is too long" "대체발송 본문 길이 초과";
    "A330" NotPermitted false "advertisements are not taken at night" "야간 광고 차단";
    "A331" InvalidContent false "the time to send at is more than a year ahead" "예약 발송 가능 기간 초과";
    "A332" InvalidContent false "the reservation's name is too long" "예약 이름 길이 초과";
    "A401" InvalidContent false "the payment code is wrong" "정산 코드 오류";
    "A402" InvalidContent false "the sub-account is wrong" "하위 계정 오류";
    "A403" InvalidContent false "the time of transfer is wrong" "전송 시각 오류";
    "A404" InvalidContent false "the RCS format is wrong" "RCS 포맷 오류";
    "A406" InvalidContent false "an RCS button is wrong" "RCS 버튼 오류";
    "A407" InvalidContent false "whether RCS may be copied is wrong" "RCS 복사 허용 값 오류";
    "A408" InvalidContent false "the RCS expiry is wrong" "RCS 만료 옵션 오류";
    "A409" InvalidContent false "the RCS group is wrong" "RCS 그룹 아이디 오류";
    "A411" InvalidContent false "the RCS header is wrong" "RCS 헤더 오류";
    "A412" InvalidContent false "the RCS footer is wrong" "RCS 푸터 오류";
    "A413" InvalidContent false "the RCS agency is wrong" "RCS 대행사 오류";
    "A415" InvalidContent false "the RCS content is wrong" "RCS 본문 오류";
    "A417" InvalidContent false "too many RCS cards" "RCS 카드 수 초과";
    "A418" InvalidContent false "the RCS agency's key is wrong" "RCS 대행사 키 오류";
    "A419" InvalidContent false "the RCS brand is wrong" "RCS 브랜드 오류";
    "A420" InvalidContent false "the RCS brand's key is wrong" "RCS 브랜드 키 오류";
    "A424" InvalidContent false "too many parts of RCS" "RCS 하위 본문 수 초과";
    "A425" InvalidContent false "an RCS body and its buttons do not go together" "RCS 버튼 선택 사항";
    "A426" InvalidContent false "the type of an RCS button is wrong" "RCS 버튼 타입 오류";
    "A427" InvalidContent false "the label of an RCS button is wrong" "RCS 버튼 이름 오류";
    "A428" InvalidContent false "an RCS button to a place is wrong" "RCS 위치 버튼 오류";
    "A429" InvalidContent false "an RCS button to a search is wrong" "RCS 검색 버튼 오류";
    "A430" InvalidContent false "an RCS button to a calendar is wrong" "RCS 일정 버튼 오류";
    "A431" InvalidContent false "an RCS button to copy is wrong" "RCS 복사 버튼 오류";
    "A432" InvalidContent false "an RCS button to write is wrong" "RCS 작성 버튼 오류";
    "A433" InvalidContent false "an RCS button to record is wrong" "RCS 녹음 버튼 오류";
    "A434" InvalidContent false "an RCS button to call is wrong" "RCS 전화 버튼 오류";
    "A501" InvalidContent false "the way of answering is wrong" "응답 방식 오류";
    "A502" NotPermitted false "the sender profile's key is wrong" "발신프로필 키 오류";
    "A503" InvalidContent false "the buttons are wrong" "버튼 오류";
    "A505" InvalidContent false "the template is wrong" "템플릿 코드 오류";
    "A506" InvalidContent false "the advertising flag is wrong" "광고 표기 오류";
    "A513" InvalidContent false "a picture is missing or wrong" "이미지 오류";
    "A521" InvalidContent false "an item is wrong" "아이템 오류";
    "A523" InvalidContent false "the message type is wrong" "메시지 타입 오류";
    "A524" InvalidContent false "a button's type is wrong" "버튼 타입 오류";
    "A525" InvalidContent false "a button's label is wrong" "버튼 이름 오류";
    "A526" InvalidContent false "the time-out is wrong" "대기 시간 오류";
    "A559" InvalidContent false "the price is wrong" "가격 오류";
    "A560" InvalidContent false "an item's title or words are wrong" "아이템 제목·설명 오류";
    "A561" InvalidContent false "the summary of the items is wrong" "아이템 요약 오류";
    "A562" InvalidContent false "the quick replies are wrong" "바로연결 오류";
    "A563" InvalidContent false "a quick reply's type is wrong" "바로연결 타입 오류";
    "A564" InvalidContent false "a quick reply's label is wrong" "바로연결 이름 오류";
    "A565" InvalidContent false "a header is wrong" "헤더 오류";
    "A567" InvalidContent false "the carousel is wrong" "캐러셀 오류";
    "A568" InvalidContent false "the carousel's request is wrong" "캐러셀 요청 오류";
    "A569" InvalidContent false "the adult flag is wrong" "성인 표기 오류";
    "A570" InvalidContent false "the targeting is wrong" "타겟팅 오류";
    "A571" InvalidContent false "the way of sending is wrong" "발송 방식 오류";
    "A572" InvalidContent false "the message is missing or wrong" "메시지 오류";
    "A573" InvalidContent false "the attachment is wrong" "첨부 오류";
    "A601" InvalidContent false "the partner's key is wrong" "파트너 키 오류";
    "A602" InvalidContent false "the product's code is wrong" "상품 코드 오류";
    "A603" InvalidContent false "the buttons are wrong" "버튼 오류";
    "A604" InvalidContent false "the type is wrong" "타입 오류";
    "A605" InvalidContent false "a button's code is wrong" "버튼 코드 오류";
    "A606" InvalidContent false "a web button has no address for phones" "웹 버튼 주소 누락";
    "A607" InvalidContent false "an app button has not both its addresses" "앱 버튼 주소 누락";
    "A608" InvalidContent false "the gift is wrong" "선물 오류";
    "A609" InvalidContent false "the coupon is wrong" "쿠폰 오류";
    "A801" NotPermitted false "the account may not poll receipts" "리포트 폴링 권한 없음";
    "A802" InvalidContent false "no such page of receipts" "유효하지 않은 리포트 ID";
    "A820" InvalidContent false "what was asked about is not there" "조회 대상 없음";
    "A821" InvalidContent false "the session has ended" "세션 만료";
    "A823" InvalidContent false "the time to send at is too early" "발송 가능 시각 이전";
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_stands_once() {
        let mut seen = std::collections::BTreeSet::new();
        assert!(CODES.iter().all(|code| seen.insert(code.code)));
    }
}
