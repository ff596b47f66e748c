//! What is stored of someone: shown, withdrawn, deleted.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use sosik_chat::{ChatStore, CodeError, CodeSender, Speaker, TicketState, Turn, async_trait};
use sosik_core::{ChannelId, PhoneNumber};
use sosik_registry::{ConsentEvent, DutyKind, Identity, NewSubscriber, Purpose, SubscriberStore, duties, standing};

use crate::world::{World, ask, channel, key, now, sign_up};

#[tokio::test]
async fn what_is_stored_is_shown_and_that_it_was_asked_is_noted() {
    let world = World::new();
    assert!(world.text("a", "내 정보 보여줘").await.contains("저장된 정보가 없습니다"));
    sign_up(&world, "a").await;
    let phone = PhoneNumber::parse("010-1234-5678").unwrap();
    world.subscribers.put(&[NewSubscriber::known_by(key("a")).with_identity(phone)], now()).await.unwrap();
    let shown = world.text("a", "저에 대해 뭐가 저장되어 있나요").await;
    for expected in ["010****5678", "회천1동", "개인정보 수집·이용 동의: 11월 27일(금) 동의", "제35조"]
    {
        assert!(shown.contains(expected), "{expected} in {shown}");
    }
    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert_eq!(person.notes.len(), 2, "asked, and answered: {:?}", person.notes);
    assert!(duties(&person, world.at()).iter().all(|duty| duty.kind != DutyKind::Answer));
}

#[tokio::test]
async fn consent_is_withdrawn_after_being_asked_and_the_answer_says_what_came_of_it() {
    let world = World::new();
    sign_up(&world, "a").await;
    assert!(world.text("a", "수신 동의 철회").await.contains("광고성 정보 수신"));
    assert!(world.text("a", "아니요").await.contains("그만두었습니다"));
    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert!(standing(&person.consents, Purpose::Advertising, world.at()).unwrap().granted);

    world.says("a", "수신 동의 철회").await;
    world.says("a", "철회하지 마세요").await;
    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert!(standing(&person.consents, Purpose::Advertising, world.at()).unwrap().granted);
    world.says("a", "수신 동의 철회").await;
    let told = world.text("a", "모두 철회").await;
    assert!(told.contains("양주시, 11월 27일(금)") && told.contains("철회되었습니다"), "{told}");
    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert!(!standing(&person.consents, Purpose::Advertising, world.at()).unwrap().granted);
    let owed: Vec<_> =
        duties(&person, world.at()).into_iter().filter(|duty| duty.kind == DutyKind::ResultNotice).collect();
    assert!(owed.iter().all(|duty| duty.about != world.at()), "they were told: {owed:?}");
    assert!(world.text("a", "수신 거부").await.contains("철회할 것도 없습니다"));
}

#[tokio::test]
async fn everything_is_deleted_by_the_code_and_by_nothing_else() {
    let world = World::new();
    assert!(world.text("a", "탈퇴할게요").await.contains("저장된 정보가 없습니다"));
    sign_up(&world, "a").await;
    ask(&world, "a", "덕정역 앞 가로등이 한 달째 안 켜져요").await;
    let code = |text: &str| text.split(|c: char| !c.is_ascii_digit()).find(|part| part.len() == 6).unwrap().to_owned();

    // Wrong codes run out.
    let first = code(&world.text("a", "내 정보 삭제").await);
    for _ in 0..5 {
        world.says("a", "999999").await;
    }
    world.says("a", &first).await;
    assert!(world.subscribers.find(&key("a")).await.unwrap().is_some(), "five tries");
    // So does time.
    let second = code(&world.text("a", "내 정보 삭제").await);
    world.pass(TimeDelta::minutes(5));
    assert!(world.text("a", &second).await.contains("지우지 않았습니다"));
    // And they may think better of it.
    let third = code(&world.text("a", "내 정보 삭제").await);
    world.says("a", "취소").await;
    world.says("a", &third).await;
    assert!(world.subscribers.find(&key("a")).await.unwrap().is_some());

    let fourth = code(&world.text("a", "내 정보 삭제").await);
    assert!(world.text("a", &fourth).await.contains("모두 지웠습니다"));
    assert_eq!(world.subscribers.find(&key("a")).await.unwrap(), None);
    let tickets = world.chats.queue(&TicketState::ALL, None, 10).await.unwrap();
    assert_eq!((tickets[0].who.clone(), tickets[0].entries[0].text.as_str()), (None, "[삭제됨]"));
    assert!(world.text("a", "내 정보 보기").await.contains("저장된 정보가 없습니다"));
}

#[tokio::test]
async fn who_has_a_number_shows_that_it_is_theirs() {
    #[derive(Debug, Default)]
    struct Sent(Mutex<Vec<String>>);
    #[async_trait]
    impl CodeSender for Sent {
        async fn send(&self, _: &PhoneNumber, code: &str) -> Result<(), CodeError> {
            self.0.lock().unwrap().push(code.to_owned());
            Ok(())
        }
    }
    let person = || NewSubscriber::known_by(key("a")).with_identity(PhoneNumber::parse("010-0000-0001").unwrap());
    let without = World::new();
    without.subscribers.put(&[person()], now()).await.unwrap();
    assert!(without.text("a", "내 정보 삭제").await.contains("031-8082-0000"));

    let sent = Arc::new(Sent::default());
    let world = World::with(|builder| builder.codes(Arc::clone(&sent) as Arc<dyn CodeSender>));
    world.subscribers.put(&[person()], now()).await.unwrap();
    let asked = world.text("a", "내 정보 삭제").await;
    let code = sent.0.lock().unwrap()[0].clone();
    assert!(!asked.contains(&code), "it is not shown where it is asked for: {asked}");
    assert!(world.text("a", &code).await.contains("모두 지웠습니다"));

    // Nobody's telephone is called without end.
    world.subscribers.put(&[person()], now()).await.unwrap();
    world.pass(TimeDelta::hours(1));
    let had = sent.0.lock().unwrap().len();
    for _ in 0..9 {
        world.says("a", "내 정보 삭제").await;
    }
    assert_eq!(sent.0.lock().unwrap().len(), had + 3);
    assert!(world.text("a", "내 정보 삭제").await.contains("031-8082-0000"), "who has to say so is told where");
}

#[tokio::test]
async fn whoever_is_known_by_two_records_withdraws_and_is_deleted_in_both() {
    let world = World::new();
    sign_up(&world, "a").await;
    let app = Identity::AppUser("77".into());
    let consent = ConsentEvent::granted(Purpose::Advertising, now() - TimeDelta::days(9), "서면");
    let other = NewSubscriber::known_by(app.clone()).with_consent(consent);
    world.subscribers.put(&[other], now()).await.unwrap();
    let says = async |said: &str| {
        world.pass(TimeDelta::seconds(10));
        let who = Speaker::in_channel(&channel(), "a").and(app.clone());
        world.turn(&Turn::new(channel(), who, said, world.at())).await.to_text()
    };
    let of = async |identity: &Identity| world.subscribers.find(identity).await.unwrap();
    says("수신 동의 철회").await;
    // One alone can be withdrawn.
    says("광고성 정보 수신만 철회").await;
    for identity in [&key("a"), &app] {
        let person = of(identity).await.unwrap();
        assert!(!standing(&person.consents, Purpose::Advertising, world.at()).unwrap().granted);
    }
    let person = of(&key("a")).await.unwrap();
    assert!(standing(&person.consents, Purpose::Collection, world.at()).unwrap().granted);

    // A ticket of another channel's key is theirs as well.
    let elsewhere = Identity::ChannelUser { channel: ChannelId::parse("hoecheon1").unwrap(), key: "x".into() };
    let both = NewSubscriber::known_by(app.clone()).with_identity(elsewhere.clone());
    world.subscribers.put(&[both], now()).await.unwrap();
    let ticket = sosik_chat::NewTicket::new(elsewhere, channel(), "비밀 이야기", now());
    world.chats.open(ticket, 2026, now()).await.unwrap();
    assert!(says("내 정보 보기").await.contains("문의: 1건"));
    let asked = says("내 정보 삭제").await;
    let code = asked.split(|c: char| !c.is_ascii_digit()).find(|part| part.len() == 6).unwrap().to_owned();
    assert!(says(&format!("{code}입니다")).await.contains("모두 지웠습니다"));
    assert_eq!((of(&key("a")).await, of(&app).await), (None, None));
    let tickets = world.chats.queue(&TicketState::ALL, None, 10).await.unwrap();
    assert_eq!((tickets[0].who.clone(), tickets[0].entries[0].text.as_str()), (None, "[삭제됨]"));
}
