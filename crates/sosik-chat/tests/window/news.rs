//! News, and where to go for what.

use sosik_chat::{Bubble, Does};

use crate::world::World;

#[tokio::test]
async fn news_are_given_by_week_district_kind_day_and_words() {
    let world = World::new();
    let week = world.says("a", "이번 주 소식").await;
    let Bubble::Cards(cards) = &week.bubbles[1] else { panic!("{week:?}") };
    assert_eq!(cards.len(), 3);
    assert!(week.choices.iter().any(|choice| choice.label == "담당자에게 묻기"));

    for (said, expected, unexpected) in [
        ("회천1동 소식", "주민자치회 위원 모집", "점등식"),
        ("이번 주말 행사", "겨울빛 점등식", "주민자치회"),
        ("점등식 어디서 해요?", "겨울빛 점등식", "주민자치회"),
        ("ㄱㅇㅂ ㅈㄷㅅ", "겨울빛 점등식", "주민자치회"),
        ("점등싯", "겨울빛 점등식", "주민자치회"),
    ] {
        let text = world.text("a", said).await;
        assert!(text.contains(expected) && !text.contains(unexpected), "{said}: {text}");
    }
    let none = world.text("a", "12월 25일 행사").await;
    assert!(none.contains("12월 25일(금)") && none.contains("행사가 없습니다"), "{none}");
}

#[tokio::test]
async fn who_names_an_area_of_several_districts_is_asked_which() {
    let world = World::new();
    let reply = world.says("a", "덕정동 소식").await;
    let says: Vec<&str> = reply.choices.iter().map(|choice| choice.says.as_str()).collect();
    assert_eq!(says, ["회천1동 소식", "회천3동 소식"]);
    assert!(world.text("a", says[0]).await.contains("주민자치회"));
    assert!(world.text("a", "장흥면 소식").await.contains("장흥면 소식은 아직 없습니다"));
}

#[tokio::test]
async fn offices_are_found_with_what_to_bring() {
    let world = World::new();
    let reply = world.says("a", "여권 재발급 어디서 해요?").await;
    let Bubble::Facts(facts) = &reply.bubbles[0] else { panic!("{reply:?}") };
    assert_eq!(facts.title, "민원봉사과");
    assert!(facts.facts.iter().any(|(_, value)| value.contains("사진 1매")));
    assert_eq!(facts.buttons[0].does, Does::Calls("031-8082-0001".into()));
    assert!(world.text("a", "담당 부서 찾기").await.contains("031-8082-0000"));
}
