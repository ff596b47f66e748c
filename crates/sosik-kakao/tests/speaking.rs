//! The bot speaks first, by the Event API and by the Bot API, against the emulator.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use sosik_channel::SendErrorKind;
use sosik_chat::{Notice, Notifier, Reply};
use sosik_core::ChannelId;
use sosik_emulator::{BotHook, Emulator, Fault, Options};
use sosik_kakao::bot::{BotClient, BotNotifier};
use sosik_kakao::event::{Event, EventClient, EventNotifier, MOST_USERS};
use sosik_kakao::skill::Answer;
use sosik_kakao::{AppUserId, ChatUser};
use sosik_testkit::notifier::{Breaks, NotifierWorld};

const BOT: &str = "5f0c6a1fbot";
const EVENT: &str = "answer";

fn channel() -> ChannelId {
    ChannelId::parse("yangju-city").unwrap()
}

fn reply() -> Reply {
    Reply::text("문의 2026-000001의 답변이 왔습니다.\n\n오늘 고쳤습니다.")
        .choice("이어서 묻기", "문의 2026-000001 이어서 묻기")
}

/// A notifier with the emulator behind it, in which two people talked and one of them left.
struct World {
    emulator: Emulator,
    notifier: Box<dyn Notifier>,
    known: ChatUser,
    gone: Vec<ChatUser>,
}

async fn emulator() -> Emulator {
    let block = "{{#current.event.data.text}}";
    let options = Options::new("KEY").with_event(BOT, "REST-KEY", EVENT, block).with_bot("BOT-TOKEN");
    let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
    // Whether the webhook is there is none of this: they spoke.
    let hook = BotHook::at("http://127.0.0.1:9/");
    for user in ["citizen-0001", "citizen-0002"] {
        emulator.say_to_bot(&hook, user, "안녕").await.unwrap_err();
    }
    emulator.leave("citizen-0002");
    emulator
}

impl NotifierWorld for World {
    fn notifier(&self) -> &dyn Notifier {
        &*self.notifier
    }

    fn known(&self) -> Notice {
        Notice::new(self.known.identity(&channel()), channel(), reply())
    }

    fn gone(&self) -> Vec<Notice> {
        let elsewhere = ChannelId::parse("hoecheon1").unwrap();
        let gone = self.gone.iter().map(|user| user.identity(&channel()));
        let gone =
            gone.chain([self.known.identity(&elsewhere.clone()), sosik_registry::Identity::OpenId("open-0001".into())]);
        let mut gone: Vec<_> = gone.map(|who| Notice::new(who, channel(), reply())).collect();
        // Another channel's people are written to by another door.
        gone.push(Notice::new(self.known.identity(&channel()), elsewhere.clone(), reply()));
        gone.push(Notice::new(self.known.identity(&elsewhere), elsewhere, reply()));
        gone
    }

    fn got(&self) -> Vec<String> {
        let text = |told: &Value| told["outputs"][0]["simpleText"]["text"].as_str().unwrap().to_owned();
        self.emulator.told("citizen-0001").iter().map(text).collect()
    }

    fn got_by_anyone(&self) -> usize {
        ["citizen-0001", "citizen-0002", "citizen-0003"].iter().map(|user| self.emulator.told(user).len()).sum()
    }

    fn break_next(&self, how: Breaks) {
        self.emulator.fail_next([match how {
            Breaks::Answer => Fault::NoAnswer,
            Breaks::Down => Fault::status(503),
            Breaks::TooFast => Fault::too_many(1),
            Breaks::Key => Fault::status(401),
            _ => panic!("{how:?}"),
        }]);
    }
}

mod event_api {
    use super::*;

    async fn make() -> Arc<dyn NotifierWorld> {
        let emulator = emulator().await;
        let client = EventClient::new("REST-KEY", BOT).unwrap().base_url(&emulator.url()).unwrap();
        let notifier = EventNotifier::new(client, channel(), EVENT).asking_after(vec![Duration::from_millis(5); 3]);
        let gone = vec![
            ChatUser::Channel("citizen-0002".into()),
            ChatUser::Bot("bot-citizen-0003".into()),
            ChatUser::App(AppUserId::new(123_456_789)),
        ];
        let known = ChatUser::Channel("citizen-0001".into());
        Arc::new(World { emulator, notifier: Box::new(notifier), known, gone })
    }

    sosik_testkit::notifier_conformance!(make);
}

mod bot_api {
    use super::*;

    async fn make() -> Arc<dyn NotifierWorld> {
        let emulator = emulator().await;
        let client = BotClient::new("BOT-TOKEN").unwrap().base_url(&emulator.url()).unwrap();
        // Who is known by their key in the channel alone is not written to by the Bot API.
        let gone = vec![
            ChatUser::Bot("bot-citizen-0002".into()),
            ChatUser::Bot("of-another-bot".into()),
            ChatUser::Channel("citizen-0001".into()),
        ];
        let known = ChatUser::Bot("bot-citizen-0001".into());
        Arc::new(World { emulator, notifier: Box::new(BotNotifier::new(client, channel())), known, gone })
    }

    sosik_testkit::notifier_conformance!(make);
}

#[tokio::test]
async fn an_event_is_told_to_so_many_at_once_and_to_nobody_twice() {
    let emulator = emulator().await;
    let client = EventClient::new("REST-KEY", BOT).unwrap().base_url(&emulator.url()).unwrap();
    let user = |n: usize| ChatUser::Channel(format!("citizen-{n:04}"));
    let event = |users: Vec<ChatUser>| Event::new(EVENT, users).with("text", "안내");
    let task = client.tell(&event(vec![user(1), user(2), user(3)])).await.unwrap();
    let task = client.task(&task).await.unwrap();
    assert_eq!((task.all, task.reached, task.failed, task.is_done()), (3, 1, 2, true));
    let all = client.tell(&event(vec![user(1)])).await.unwrap();
    assert_eq!(client.task(&all).await.unwrap().reached, 1);

    let many = (0..=MOST_USERS).map(user).collect::<Vec<_>>();
    assert!(client.tell(&event(many[1..].to_vec())).await.is_ok(), "a hundred");
    for (users, why) in [(vec![], "1 to 100"), (many, "1 to 100"), (vec![user(1), user(1)], "twice")] {
        let error = client.tell(&event(users)).await.unwrap_err();
        assert_eq!(error.kind(), SendErrorKind::InvalidContent);
        assert!(error.to_string().contains(why), "{error}");
    }
    // What Kakao would refuse is not guessed here: no such event, and a block's value that is missing.
    for event in [Event::new("weather", vec![user(1)]), Event::new(EVENT, vec![user(1)])] {
        let error = client.tell(&event).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (SendErrorKind::InvalidContent, Some("-2")));
    }
    let other = EventClient::new("OTHER-KEY", BOT).unwrap().base_url(&emulator.url()).unwrap();
    assert_eq!(other.tell(&event(vec![user(1)])).await.unwrap_err().kind(), SendErrorKind::Unauthorized);
    assert!(!format!("{client:?} {:?}", event(vec![user(1)])).contains("REST-KEY"));
    for bad in ["", "!", "봇", "a/b", "bot!!"] {
        assert!(EventClient::new("REST-KEY", bad).is_err(), "{bad}");
    }
    assert!(EventClient::new("", BOT).unwrap_err().to_string().contains("rest_key"));
}

#[tokio::test]
async fn a_task_that_cannot_be_asked_about_leaves_it_open() {
    let emulator = emulator().await;
    let client = EventClient::new("REST-KEY", BOT).unwrap().base_url(&emulator.url()).unwrap();
    let notifier = EventNotifier::new(client, channel(), EVENT).asking_after(vec![Duration::from_millis(5); 2]);
    let notice = Notice::new(ChatUser::Channel("citizen-0001".into()).identity(&channel()), channel(), reply());
    emulator.fail_next([Fault::None, Fault::status(503), Fault::WrongJson]);
    let error = notifier.notify(&notice).await.unwrap_err();
    assert_eq!(error.kind(), sosik_chat::NotifyErrorKind::Unknown, "it arrived, and nobody said so");
    assert_eq!(emulator.told("citizen-0001").len(), 1);
    emulator.fail_next([Fault::None, Fault::status(503)]);
    notifier.notify(&notice).await.expect("the second time it could be asked");
}

#[tokio::test]
async fn a_bot_writes_what_its_published_types_have() {
    let emulator = emulator().await;
    let client = BotClient::new("BOT-TOKEN").unwrap().base_url(&emulator.url()).unwrap();
    let sent = client.send("bot-citizen-0001", &Answer::text("안내").quick("처음으로", "처음으로")).await.unwrap();
    assert_eq!((sent.total_count, sent.send_count, sent.error_count), (1, 1, 0));
    assert_eq!(emulator.told("citizen-0001")[0]["quickReplies"][0]["messageText"], "처음으로");
    let error = client.send("bot-citizen-0001", &Answer::later("잠시만요")).await.unwrap_err();
    assert_eq!(error.kind(), SendErrorKind::InvalidContent, "before it is posted");
    assert!(error.to_string().contains("that a bot may give"), "{error}");
    for (key, code) in [("bot-citizen-0002", "-877"), ("bot-citizen-0009", "-876")] {
        assert_eq!(client.send(key, &Answer::text("안내")).await.unwrap_err().code(), Some(code));
    }
    let other = BotClient::new("OTHER").unwrap().base_url(&emulator.url()).unwrap();
    assert_eq!(
        other.send("bot-citizen-0001", &Answer::text("안내")).await.unwrap_err().kind(),
        SendErrorKind::Unauthorized
    );
    assert!(!format!("{client:?}").contains("BOT-TOKEN"));
    assert!(BotClient::new("two words").unwrap_err().to_string().contains("bot_token"));
}
