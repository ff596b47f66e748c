//! A card of each template, as a city would send it.

use std::error::Error;

use sosik_cards::Face;
use sosik_content::{Topic, WebLink};

/// The cards, in the order of an edition.
pub(crate) fn faces() -> Result<Vec<Face>, Box<dyn Error>> {
    Ok(vec![
        Face::new("cover", Topic::Culture)
            .with_text("title", "이번 주, 예시시에서는 무슨 일이")
            .with_text("lead", "축제 둘, 마감이 가까운 지원 셋, 알아 두면 좋은 생활 소식"),
        Face::new("event", Topic::Festival)
            .with_text("title", "호수공원 겨울빛 점등식")
            .with_pair("facts", "일시", "12. 5.(토) 17:00~20:00")
            .with_pair("facts", "장소", "호수공원 중앙광장")
            .with_pair("facts", "비용", "무료"),
        Face::new("notice", Topic::Living)
            .with_text("title", "대형폐기물, 이렇게 버려 주세요")
            .with_text("lead", "스티커 없이 내놓으면 수거하지 않습니다.")
            .with_pair("steps", "", "누리집이나 전화로 신고합니다")
            .with_pair("steps", "", "편의점에서 스티커를 사서 붙입니다")
            .with_pair("steps", "", "수거일 전날 밤 집 앞에 내놓습니다"),
        Face::new("list", Topic::Policy)
            .with_text("title", "12월 첫째 주 한눈에")
            .with_pair("days", "화 1", "새벽 수도 공사로 단수 (회천 일대)")
            .with_pair("days", "수 2", "청년 월세 지원 접수 시작")
            .with_pair("days", "목 3", "도서관 작가 강연 19:00")
            .with_pair("days", "토 5", "호수공원 겨울빛 점등식 17:00"),
        Face::new("deadline", Topic::Policy)
            .with_text("until", "신청 마감")
            .with_text("deadline", "12월 16일(수)")
            .with_text("title", "신혼부부·다자녀가정 보금자리 지원")
            .with_pair("facts", "대상", "무주택 신혼부부와 다자녀가정")
            .with_pair("facts", "지원", "월 최대 30만 원, 36개월")
            .with_pair("facts", "신청", "주소지 행정복지센터 방문"),
        Face::new("disaster", Topic::Safety)
            .with_text("title", "대설주의보 발효")
            .with_text("lead", "오늘 밤 9시부터 내일 아침까지 10cm 안팎의 눈이 옵니다.")
            .with_pair("steps", "", "차는 두고 대중교통을 이용하세요")
            .with_pair("steps", "", "집 앞 눈은 바로 치워 주세요")
            .with_pair("facts", "문의", "안전총괄과 031-000-0000"),
        Face::new("closing", Topic::Policy)
            .with_text("title", "예시시청 채널을 더해 주세요")
            .with_text("lead", "금요일 오후마다 꼭 필요한 소식만 보내 드립니다.")
            .with_code(WebLink::parse("https://pf.kakao.com/_ZeUTxl")?),
        // What is rare: syllables and hanja that the titles' own face lacks, a word of another language, a topic of its own.
        Face::new("more", Topic::Recruitment)
            .with_text("title", "믜운 사람 없는 韓國 音樂 교실")
            .with_text("lead", "Lớp học tiếng Hàn도 함께 엽니다.")
            .with_pair("facts", "준비물", "악기와 필기도구, 그리고 즐거운 마음")
            .with_pair("facts", "신청", "평생학습과 누리집"),
    ])
}
