//! What is not understood, other languages, and those of whom nothing is known.

use chrono::TimeDelta;
use sosik_chat::{ChatStore, Intents, Reply, Speaker, Turn};
use sosik_registry::SubscriberStore;

use crate::world::{World, channel, key, now};

#[tokio::test]
async fn what_is_not_understood_is_offered_to_a_person_and_counted_without_names() {
    let world = World::new();
    let first = world.says("a", "쀍뛟 010-1234-5678").await;
    assert!(first.to_text().contains("잘 이해하지 못했습니다"));
    assert!(first.choices.iter().any(|choice| choice.label == "담당자에게 묻기"));
    assert!(world.text("a", "쀍뛟 010-1234-5678").await.contains("031-8082-0000"), "the second time in a row");
    let missed = world.chats.misses(now().date_naive(), 10).await.unwrap();
    assert_eq!(missed, [("쀍뛟 [휴대전화]".to_owned(), 2)]);
    world.says("b", "쀍뛟 우리 집은 어디어디이고 제 이름은 누구누구입니다").await;
    let missed = world.chats.misses(now().date_naive(), 10).await.unwrap();
    assert_eq!(missed[1].0, "(긴 글)", "what is long may tell of someone");
    // Something that news tell of is shown, even where what is wanted of it is not understood.
    let found = world.text("a", "옥정호수공원이요").await;
    assert!(found.contains("점등식"), "{found}");
}

#[tokio::test]
async fn another_language_is_kept_and_a_city_has_words_of_its_own() {
    let own = Intents::from_toml(
        "[[intent]]\nid = \"parking\"\nlabel = \"시청 주차\"\ncues = [\"시청 주차\"]\nanswer = \"시청 주차장은 두 시간까지 무료입니다.\"\n",
    )
    .unwrap();
    let world = World::with(|builder| builder.intents(Intents::sosik().with(own)));
    assert!(world.text("a", "시청에 주차할 수 있나요").await.contains("두 시간까지"));
    assert!(world.text("a", "English please").await.contains("in English"));
    assert!(world.text("a", "hello").await.starts_with("Hello, this is 양주시"));
    assert!(world.text("a", "태국어로 해주세요").await.contains("not speak that language yet"));
    // Nobody is kept for having asked.
    assert_eq!(world.subscribers.find(&key("a")).await.unwrap(), None);
    world.pass(TimeDelta::hours(1));
    assert!(world.text("a", "안녕하세요").await.starts_with("안녕하세요"), "after half an hour it begins anew");
}

#[tokio::test]
async fn nobody_in_particular_gets_answers_and_leaves_nothing() {
    let world = World::new();
    for (said, expected) in [
        ("이번 주 소식", "점등식"),
        ("회천1동 구독", "031-8082-0000"),
        ("담당자에게 묻기", "031-8082-0000"),
        ("내 정보 보기", "저장된 정보가 없습니다"),
        ("수신 동의 철회", "철회할 것도 없습니다"),
        ("내 정보 삭제", "저장된 정보가 없습니다"),
        ("내 문의 확인", "접수된 문의가 없습니다"),
    ] {
        let turn = Turn::new(channel(), Speaker::nobody(), said, now());
        let text = world.window.answer(&turn).await.unwrap().to_text();
        assert!(text.contains(expected), "{said}: {text}");
    }
    assert_eq!(format!("{:?}", world.chats), "MemoryChatStore(0 sessions, 0 tickets)");
}

#[tokio::test]
async fn nothing_that_is_shown_for_looking_at_names_anyone() {
    let turn = Turn::new(channel(), Speaker::in_channel(&channel(), "secret-key"), "비밀 이야기", now());
    for shown in [format!("{turn:?}"), format!("{:?}", turn.who), format!("{:?}", Reply::text("비밀"))] {
        assert!(!shown.contains("secret") && !shown.contains("비밀"), "{shown}");
    }
}
