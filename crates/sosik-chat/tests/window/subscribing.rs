//! Signing up, and what is to stop.

use chrono::TimeDelta;
use sosik_chat::{ChatStore, Speaker, TicketState, Turn};
use sosik_registry::{NewSubscriber, Purpose, SubscriberStore, standing};

use crate::world::{World, ask, channel, key, now, sign_up};

#[tokio::test]
async fn whoever_signs_up_sees_each_term_and_agrees_to_it() {
    let world = World::new();
    let first = world.says("a", "회천1동 구독").await;
    assert!(first.to_text().contains("[필수]") && first.to_text().contains("만 14세 미만"), "{}", first.to_text());
    assert_eq!(world.subscribers.find(&key("a")).await.unwrap(), None, "nothing is kept before they agree");
    let second = world.text("a", &first.choices[0].says).await;
    assert!(second.contains("[선택]") && !second.contains("14세"), "{second}");
    let done = world.text("a", "동의 안 함").await;
    assert!(done.contains("회천1동 소식을 보내 드립니다"), "{done}");

    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert_eq!(person.area.as_ref().unwrap().as_str(), "4163053000");
    let [consent] = &person.consents[..] else { panic!("{:?}", person.consents) };
    assert_eq!((consent.purpose, consent.text.as_ref().unwrap().version.as_str()), (Purpose::Collection, "2026-1"));
    let shown =
        sosik_registry::ConsentText::of("2026-1", "[필수] 받는 사람을 알기 위해 채널의 이용자 키와 읍면동을 모읍니다.");
    assert_eq!(consent.text.as_ref(), Some(&shown), "the very text that was shown");

    // What they agreed to is not asked again.
    assert!(world.text("a", "축제 소식 받고 싶어요").await.contains("축제·행사 소식을 받으시겠어요?"));
    let again = world.text("a", "네").await;
    assert!(again.contains("[선택]") && again.contains("14세"), "the first agreement of this time: {again}");
    assert!(
        world.text("a", "동의합니다").await.contains("동의하는지 알 수 없었습니다"),
        "it says nothing of their age"
    );
    world.says("a", "만 14세 이상이고 동의합니다").await;
    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert!(standing(&person.consents, Purpose::Advertising, world.at()).unwrap().granted);
    assert!(person.topics.is_empty(), "who wants everything wants this too");
    world.says("b", "축제 소식 구독").await;
    world.says("b", "만 14세 이상이고 동의합니다").await;
    world.says("b", "동의 안 함").await;
    let person = world.subscribers.find(&key("b")).await.unwrap().unwrap();
    assert_eq!(person.topics.iter().collect::<Vec<_>>(), ["festival"]);
}

#[tokio::test]
async fn who_does_not_agree_leaves_nothing_behind() {
    let world = World::new();
    world.says("a", "회천1동 구독").await;
    assert!(world.text("a", "동의 안 함").await.contains("저장한 것은 없습니다"));
    world.says("b", "회천1동 구독").await;
    // Whoever says something else has agreed to nothing either.
    let left = world.text("b", "이번 주말 행사").await;
    assert!(left.starts_with("신청을 마치지 않았습니다") && left.contains("점등식"), "{left}");
    assert!(!world.text("b", "네").await.contains("보내 드립니다"));
    for who in ["a", "b"] {
        assert_eq!(world.subscribers.find(&key(who)).await.unwrap(), None);
    }
}

#[tokio::test]
async fn nothing_but_a_plain_yes_is_a_consent() {
    for said in [
        "네",
        "동의합니다",
        "동의하지 않습니다",
        "동의하고 싶지 않아요",
        "동의하면 뭐가 좋아요?",
        "그래서 뭘 모으나요",
        "네?",
        "13살이에요 동의해요",
        "14세 미만인데 동의합니다",
        "I don't agree",
        "수신 동의 철회",
        "광고는 보내지 마세요",
    ] {
        let world = World::new();
        world.says("a", "회천1동 구독").await;
        let told = world.text("a", said).await;
        world.says("a", "네").await;
        let kept = world.subscribers.find(&key("a")).await.unwrap();
        assert_eq!(kept, None, "{said}: {told}");
    }
    // A child is told whom to ask, whatever they say.
    let world = World::new();
    let child = NewSubscriber::known_by(key("a")).as_child_until(now().date_naive() + TimeDelta::days(100));
    world.subscribers.put(&[child], now()).await.unwrap();
    assert!(world.text("a", "회천1동 구독").await.contains("보호자의 동의"));
}

#[tokio::test]
async fn nobody_agrees_to_what_was_not_shown() {
    let world = World::new();
    let says = async |said: &str| {
        let turn = Turn::new(channel(), Speaker::in_channel(&channel(), "a"), said, world.at());
        world.window.answer(&turn).await.unwrap().to_text()
    };
    says("회천1동 구독").await;
    assert!(
        says("만 14세 이상이고 동의합니다").await.contains("[필수]"),
        "the door did not show it: it is shown again"
    );
    says("네").await;
    assert_eq!(world.subscribers.find(&key("a")).await.unwrap(), None);
    // A question is the last that is cut: danger first, the question, and what waits comes with the next turn.
    let turn = Turn::new(channel(), Speaker::in_channel(&channel(), "b"), "연기가 나요 회천1동 구독", world.at());
    let told = world.turn(&turn).await.to_text();
    assert!(told.contains("119") && told.contains("받으시겠어요"), "{told}");
    ask(&world, "b", "가로등이 안 켜져요").await;
    let [ticket] = &world.chats.queue(&TicketState::ALL, None, 10).await.unwrap()[..] else { panic!() };
    let answered = world.window.answer_ticket(ticket, "clerk-1", "고쳤습니다.", now()).await.unwrap();
    world.window.answer_ticket(&answered, "clerk-1", "다시 보았습니다.", now()).await.unwrap();
    let told = world.text("b", "회천1동 구독").await;
    assert!(told.contains("[필수]") && told.contains("고쳤습니다"), "there is room for one: {told}");
    let told = world.text("b", "동의 안 함").await;
    assert!(told.contains("다시 보았습니다") && !told.contains("고쳤습니다"), "the next: {told}");
}

#[tokio::test]
async fn who_only_added_the_channel_gets_what_they_ask_for_and_no_more() {
    let world = World::new();
    let relation = sosik_registry::Relation::new(channel(), sosik_registry::RelationState::Added, now(), "webhook");
    world.subscribers.apply(&[sosik_registry::Event::related(key("a"), relation)], now()).await.unwrap();
    world.says("a", "문화 구독").await;
    world.says("a", "만 14세 이상이고 동의합니다").await;
    world.says("a", "동의 안 함").await;
    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert_eq!(person.topics.iter().collect::<Vec<_>>(), ["culture"]);
}

#[tokio::test]
async fn questions_change_nothing_without_being_asked_back() {
    let world = World::new();
    sign_up(&world, "a").await;
    let before = world.subscribers.find(&key("a")).await.unwrap();
    for said in
        ["회천1동 재난 알림 왜 안 보내", "축제 취소됐나요", "강좌 취소", "회천3동 소식 받고 싶어요", "회천3동 구독"]
    {
        world.says("a", said).await;
        world.says("a", "아니요").await;
        assert_eq!(world.subscribers.find(&key("a")).await.unwrap(), before, "{said}");
    }
    for said in ["문화 소식 구독 해지한 적 없는데 왜 안 와요?", "문화 구독 해지하려면 어떻게 해요?"]
    {
        world.says("a", said).await;
        world.says("a", "아니요").await;
        assert_eq!(world.subscribers.find(&key("a")).await.unwrap(), before, "{said}");
    }
    // A question after `what is to stop?` is a question.
    for (asked, said) in [("구독 해지", "이번 주말 행사"), ("소식 구독", "회천3동 행사 뭐 있어요?")]
    {
        world.says("a", asked).await;
        world.says("a", said).await;
        assert_eq!(world.subscribers.find(&key("a")).await.unwrap(), before, "{asked}, {said}");
    }
    assert!(world.text("a", "회천3동 구독").await.contains("지금은 회천1동 소식을 받고 있습니다"));
    world.says("a", "네").await;
    let area = world.subscribers.find(&key("a")).await.unwrap().unwrap().area.unwrap();
    assert_eq!(area.as_str(), "4163055000");
    // What they write to the question which belongs to it.
    world.says("a", "구독 해지").await;
    assert!(world.text("a", "회천3동").await.contains("이제 보내지 않습니다"));
}

#[tokio::test]
async fn a_kind_that_was_named_goes_with_the_district_that_is_chosen() {
    let world = World::new();
    let which = world.says("a", "옥정동 문화 구독").await;
    let says: Vec<_> = which.choices.iter().map(|choice| choice.says.as_str()).collect();
    assert_eq!(says, ["옥정1동 문화 구독", "옥정2동 문화 구독"]);
    for said in ["옥정2동 문화 구독", "만 14세 이상이고 동의합니다", "동의합니다"] {
        world.says("a", said).await;
    }
    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert_eq!((person.area.unwrap().as_str(), person.topics.contains("culture")), ("4163058000", true));
    assert_eq!(person.topics.len(), 1);
}

#[tokio::test]
async fn a_kind_or_a_district_stops_and_the_rest_goes_on() {
    let world = World::new();
    assert!(world.text("a", "구독 해지").await.contains("구독 중인 소식이 없습니다"));
    sign_up(&world, "a").await;
    let which = world.says("a", "구독 해지").await;
    assert!(which.choices.iter().any(|choice| choice.says == "회천1동 구독 해지"), "{:?}", which.choices);
    assert!(world.text("a", "축제 구독 해지").await.contains("축제·행사 소식은 이제 보내지 않습니다"));
    assert!(world.text("a", "회천1동 구독 해지").await.contains("회천1동 소식은"));
    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert!(!person.topics.contains("festival") && person.topics.contains("culture"));
    assert_eq!(person.area.unwrap().as_str(), "41630");
    assert!(world.text("a", "문화 소식 그만 받을래요").await.contains("그만 보낼까요"), "asked back");
    world.says("a", "네").await;
    for topic in ["재난", "시정", "문화", "관광", "생활정보", "모집"] {
        world.says("a", &format!("{topic} 구독 해지")).await;
    }
    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert_eq!(person.topics.len(), 1, "an empty set would mean everything: {:?}", person.topics);
}
