//! Questions that go to a person, and their answers.

use chrono::TimeDelta;
use sosik_chat::{ChatStore, Speaker, TicketChange, TicketState, Turn};

use crate::world::{World, ask, channel, now};

#[tokio::test]
async fn a_question_goes_to_an_office_under_a_number_and_its_answer_comes_back() {
    let world = World::new();
    let taken = ask(&world, "a", "덕정역 앞 가로등이 안 켜져요. 010-1234-5678로 연락 주세요").await.to_text();
    assert!(taken.contains("2026-000001") && taken.contains("도로과") && taken.contains("[휴대전화]"), "{taken}");
    assert!(!taken.contains("1234"), "{taken}");
    let [ticket] = &world.chats.queue(&[TicketState::Waiting], Some("도로과"), 10).await.unwrap()[..] else {
        panic!()
    };
    assert_eq!(ticket.due, ticket.opened + TimeDelta::days(7));

    let taken = world.chats.change(ticket, &TicketChange::Take { staff: "clerk-1".into() }, now()).await.unwrap();
    assert!(world.text("a", "내 문의 어떻게 됐나요").await.contains("처리 중"));
    let answered = world.window.answer_ticket(&taken, "clerk-1", "오늘 고쳤습니다.", now()).await.unwrap();
    assert!(world.window.answer_ticket(&taken, "clerk-2", "내일 고칩니다.", now()).await.is_err(), "of an old version");

    // It comes with their next turn, once, before what they asked then.
    let next = world.says("a", "이번 주말 행사").await.to_text();
    assert!(next.starts_with("문의 2026-000001의 답변이 왔습니다.\n\n오늘 고쳤습니다."), "{next}");
    assert!(next.contains("점등식"), "{next}");
    assert!(!world.text("a", "이번 주말 행사").await.contains("고쳤습니다"));
    assert_eq!(answered.state, TicketState::Answered);
    assert!(world.text("a", "접수번호 2026-1").await.contains("오늘 고쳤습니다"));
    // Nobody reads another's.
    assert!(world.text("b", "접수번호 2026-1").await.contains("접수된 문의가 없습니다"));
}

#[tokio::test]
async fn a_question_is_shown_before_it_goes_and_may_be_taken_back() {
    let world = World::new();
    // A long one is the question itself.
    let shown = world.says("a", "회천1동 놀이터 그네가 부서졌어요 아이들이 다칠까 걱정이에요").await;
    assert!(shown.to_text().contains("이대로 담당자에게 전할까요"), "{}", shown.to_text());
    assert!(world.text("a", "다시 쓰기").await.contains("한 번에 적어 주세요"));
    world.says("a", "회천1동 놀이터 그네 줄이 끊어졌어요").await;
    assert!(world.text("a", "취소").await.contains("그만두었습니다"));
    assert!(world.chats.queue(&TicketState::ALL, None, 10).await.unwrap().is_empty());
    // A picture alone is asked about.
    let at = now() + TimeDelta::hours(1);
    let picture = Turn::new(channel(), Speaker::in_channel(&channel(), "a"), "", at)
        .with_picture("https://img.example.go.kr/1.jpg");
    assert!(world.window.answer(&picture).await.unwrap().to_text().contains("한 번에 적어 주세요"));
    let turn = |said: &str| Turn::new(channel(), Speaker::in_channel(&channel(), "a"), said, at);
    world.window.answer(&turn("사진처럼 가로등이 기울었어요")).await.unwrap();
    world.window.answer(&turn("접수하기")).await.unwrap();
    let tickets = world.chats.queue(&TicketState::ALL, None, 10).await.unwrap();
    assert_eq!(tickets[0].entries[0].picture.as_deref(), Some("https://img.example.go.kr/1.jpg"));
}

#[tokio::test]
async fn what_is_said_to_a_person_is_kept_together() {
    let world = World::new();
    world.says("a", "담당자에게 묻기").await;
    world.says("a", "예약 취소하고 싶은데 어떻게 하나요").await;
    world.says("a", "아니 그게 아니고 체육관이요").await;
    let at = world.at();
    let turn = |who: &str| Turn::new(channel(), Speaker::in_channel(&channel(), who), "", at);
    let shown = world.turn(&turn("a").with_picture("https://img.example.go.kr/1.jpg")).await.to_text();
    assert!(shown.contains("예약 취소") && shown.contains("체육관"), "{shown}");
    world.says("a", "접수하기").await;
    let tickets = world.chats.queue(&TicketState::ALL, None, 10).await.unwrap();
    assert_eq!(tickets[0].entries[0].picture.as_deref(), Some("https://img.example.go.kr/1.jpg"));
    // A button without words opens nothing.
    assert!(world.turn(&turn("b")).await.to_text().contains("무엇을 도와드릴까요"));
}

#[tokio::test]
async fn an_answer_that_was_not_shown_comes_again() {
    let world = World::new();
    ask(&world, "a", "가로등이 안 켜져요").await;
    let [ticket] = &world.chats.queue(&TicketState::ALL, None, 10).await.unwrap()[..] else { panic!() };
    world.window.answer_ticket(ticket, "clerk-1", "고쳤습니다. forms@example.go.kr", now()).await.unwrap();
    let turn = Turn::new(channel(), Speaker::in_channel(&channel(), "a"), "안녕", world.at());
    for _ in 0..2 {
        let reply = world.window.answer(&turn).await.unwrap();
        assert!(reply.to_text().contains("고쳤습니다. forms@example.go.kr"), "the door did not show it");
    }
    assert!(world.text("a", "안녕").await.contains("고쳤습니다"));
    assert!(!world.text("a", "안녕").await.contains("고쳤습니다"));
    let long = "가".repeat(901);
    let ticket = world.chats.ticket(ticket.number).await.unwrap().unwrap();
    assert!(
        world.window.answer_ticket(&ticket, "clerk-1", &long, now()).await.unwrap_err().to_string().contains("900")
    );
}

#[tokio::test]
async fn more_is_asked_about_a_question_of_before_and_it_waits_again() {
    let world = World::new();
    ask(&world, "a", "덕정역 앞 가로등이 안 켜져요").await;
    let [ticket] = &world.chats.queue(&TicketState::ALL, None, 10).await.unwrap()[..] else { panic!() };
    let take = TicketChange::Take { staff: "clerk-1".into() };
    let ticket = world.chats.change(ticket, &take, now()).await.unwrap();
    world.window.answer_ticket(&ticket, "clerk-1", "오늘 고쳤습니다.", now()).await.unwrap();
    let arrived = world.says("a", "안녕").await;
    let more = arrived.choices.iter().find(|choice| choice.label == "이어서 묻기").expect("one may ask more");
    assert!(more.says.contains("2026-000001"), "{}", more.says);

    world.pass(TimeDelta::days(1));
    assert!(world.text("a", &more.says.clone()).await.starts_with("문의 2026-000001에 덧붙입니다"));
    let shown = world.text("a", "아직 안 켜져요. 010-1234-5678").await;
    assert!(shown.contains("이대로 담당자에게 전할까요") && !shown.contains("1234"), "{shown}");
    let added = world.text("a", "접수하기").await;
    assert!(added.contains("덧붙였습니다") && added.contains("담당자 배정 전"), "{added}");
    let [ticket] = &world.chats.queue(&TicketState::ALL, None, 10).await.unwrap()[..] else { panic!("no second one") };
    assert_eq!((ticket.state, ticket.entries.len()), (TicketState::Waiting, 3));
    assert_eq!(ticket.assignee.as_deref(), Some("clerk-1"), "who knows it is told");
    assert_eq!(ticket.due, world.at() + TimeDelta::days(7), "an answer is promised anew");
    assert!(ticket.entries[2].text.contains("[휴대전화]"));

    // Who asks again while they wait gives the city no more time.
    let promised = ticket.due;
    world.pass(TimeDelta::days(6));
    for said in ["이어서 묻기", "언제 되나요? 벌써 일주일이에요", "접수하기"] {
        world.says("a", said).await;
    }
    let [ticket] = &world.chats.queue(&TicketState::ALL, None, 10).await.unwrap()[..] else { panic!() };
    assert_eq!((ticket.entries.len(), ticket.due), (4, promised));

    // Another's cannot be added to, and of several one is asked which.
    assert!(
        world.text("b", "문의 2026-000001 이어서 묻기").await.contains("담당자에게 전합니다"),
        "a question of their own"
    );
    world.says("b", "취소").await;
    ask(&world, "a", "회천1동 놀이터 그네가 부서졌어요").await;
    let which = world.says("a", "이어서 묻기").await;
    assert!(which.to_text().contains("어느 문의"), "{}", which.to_text());
    let says = which.choices.iter().map(|choice| choice.says.as_str()).collect::<Vec<_>>();
    assert_eq!(says, ["문의 2026-000002 이어서 묻기", "문의 2026-000001 이어서 묻기"]);
    // What the city says is said in English too.
    assert!(world.text("a", "Ask more about my question 2026-000002").await.contains("2026-000002에 덧붙입니다"));
}

#[tokio::test]
async fn a_question_is_added_to_and_answered_in_its_own_channel() {
    let world = World::new();
    let district = sosik_core::ChannelId::parse("hoecheon1").unwrap();
    let there = |said: &str| Turn::new(district.clone(), Speaker::in_channel(&district, "a-there"), said, world.at());
    // The same person, as the registry knows.
    let both = sosik_registry::Identity::ChannelUser { channel: district.clone(), key: "a-there".into() };
    let person = sosik_registry::NewSubscriber::known_by(crate::world::key("a")).with_identity(both);
    sosik_registry::SubscriberStore::put(&*world.subscribers, &[person], now()).await.unwrap();
    ask(&world, "a", "덕정역 앞 가로등이 안 켜져요").await;
    let [ticket] = &world.chats.queue(&TicketState::ALL, None, 10).await.unwrap()[..] else { panic!() };
    world.window.answer_ticket(ticket, "clerk-1", "오늘 고쳤습니다.", now()).await.unwrap();
    assert!(!world.turn(&there("안녕")).await.to_text().contains("고쳤습니다"), "it is answered where it was asked");
    assert!(
        world.turn(&there("이어서 묻기")).await.to_text().starts_with("담당자에게 전합니다"),
        "a question of its own"
    );
    world.turn(&there("취소")).await;
    // By another of their ids in the same channel it comes.
    let app = sosik_registry::Identity::AppUser("123".into());
    let person = sosik_registry::NewSubscriber::known_by(crate::world::key("a")).with_identity(app.clone());
    sosik_registry::SubscriberStore::put(&*world.subscribers, &[person], now()).await.unwrap();
    let turn = Turn::new(channel(), Speaker::known_by(app), "안녕", world.at());
    let text = world.turn(&turn).await.to_text();
    assert!(text.contains("고쳤습니다"), "{text}");
}

#[tokio::test]
async fn what_cannot_be_added_becomes_a_question_of_its_own() {
    let world = World::new();
    ask(&world, "a", "가로등이 안 켜져요").await;
    world.says("a", "이어서 묻기").await;
    world.says("a", "한 달째 그대로예요").await;
    // Meanwhile it is closed for long, and dropped.
    let [ticket] = &world.chats.queue(&TicketState::ALL, None, 10).await.unwrap()[..] else { panic!() };
    world.chats.change(ticket, &TicketChange::Close, now()).await.unwrap();
    world.chats.purge(now() + TimeDelta::seconds(1)).await.unwrap();
    assert!(world.text("a", "접수하기").await.contains("2026-000002"));
    let tickets = world.chats.queue(&TicketState::ALL, None, 10).await.unwrap();
    assert_eq!(tickets[0].entries[0].text, "한 달째 그대로예요", "nothing that was said is lost");
}
