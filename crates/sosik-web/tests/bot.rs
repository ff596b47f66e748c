//! The Bot API's door over HTTP: the emulator posts what citizens say, and takes what the published types have.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(
    clippy::disallowed_methods,
    reason = "a test has a server of its own, and an understanding that takes its time"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::HeaderName;
use chrono::{NaiveDate, TimeDelta, TimeZone, Utc};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use sosik_chat::{
    ChatStore, City, Intents, Matcher, MemoryArchive, MemoryChatStore, Offices, TicketState, UnderstandError,
    Understanding, Understood, Window, async_trait,
};
use sosik_content::{Brief, Post, WebLink, curate};
use sosik_core::{ChannelId, Clock, ManualClock, SeededEntropy};
use sosik_emulator::{BotHook, Emulator, Fault, Options};
use sosik_kakao::bot::{BotClient, BotDoor, BotNotifier};
use sosik_registry::{Directory, MemorySubscriberStore};
use sosik_web::bot::BotWebhook;

fn channel() -> ChannelId {
    ChannelId::parse("yangju-city").unwrap()
}

/// Understands as sosik does, but takes its time.
#[derive(Debug)]
struct Slow(Matcher, Duration);

#[async_trait]
impl Understanding for Slow {
    async fn understand(&self, said: &str, today: NaiveDate) -> Result<Understood, UnderstandError> {
        tokio::time::sleep(self.1).await;
        self.0.understand(said, today).await
    }
}

struct World {
    window: Arc<Window>,
    chats: Arc<MemoryChatStore>,
    clock: Arc<ManualClock>,
    emulator: Emulator,
    webhook: BotWebhook,
    hook: BotHook,
    bot: BotClient,
    client: Client,
}

impl World {
    async fn new(takes: Duration) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = Arc::new(ManualClock::at(Utc.with_ymd_and_hms(2026, 11, 27, 6, 15, 0).unwrap()));
        let (districts, offices) = (Arc::new(Directory::default()), Arc::new(Offices::default()));
        let matcher = Matcher::new(Intents::sosik(), "양주", districts, offices);
        let chats = Arc::new(MemoryChatStore::new());
        let archive = MemoryArchive::new(chrono_tz::Asia::Seoul);
        let slot = clock.now() - TimeDelta::minutes(15);
        let brief = Brief::builder(channel(), slot, chrono_tz::Asia::Seoul).build().unwrap();
        let posts = [
            ("겨울빛 점등식", "11월 28일(토) 17시 옥정호수공원에서 엽니다. 누구나 무료로 볼 수 있습니다."),
            ("도서관 겨울 강좌", "12월 11일까지 도서관 누리집에서 신청하세요. 수강료는 없습니다."),
            ("겨울철 수도 동파 예방", "수도계량기함에 헌 옷을 채워 주세요. 한파 때는 물을 조금 틀어 둡니다."),
        ];
        let posts = posts.iter().zip(1..).map(|((title, text), n)| {
            let link = WebLink::parse(&format!("https://blog.example.go.kr/{n}")).unwrap();
            Post::new(*title, link, *text).with_published(slot - TimeDelta::days(2))
        });
        archive.put(&curate(&posts.collect::<Vec<_>>(), &brief).unwrap().edition);
        let window = Window::builder(City::new("양주시", "양주", "031-8082-0000"))
            .archive(Arc::new(archive))
            .chats(Arc::clone(&chats) as Arc<dyn ChatStore>)
            .subscribers(Arc::new(MemorySubscriberStore::new(7)))
            .understanding(Arc::new(Slow(matcher, takes)))
            .entropy(Arc::new(SeededEntropy::new(7)))
            .build()
            .unwrap();
        let window = Arc::new(window);
        let options = Options::new("KEY").with_bot("BOT-TOKEN").with_clock(Arc::clone(&clock) as _);
        let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
        let bot = BotClient::new("BOT-TOKEN").unwrap().base_url(&emulator.url()).unwrap();
        let door = BotDoor::new(Arc::clone(&window), channel()).within(Duration::from_millis(1_500));
        let header = HeaderName::from_static("x-sosik-secret");
        let webhook = BotWebhook::new(door, header, "secret", bot.clone(), Arc::clone(&clock) as _);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/kakao/bot", listener.local_addr().unwrap());
        let router = webhook.clone().router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let hook = BotHook::at(url).with_header("x-sosik-secret", "secret");
        Self { window, chats, clock, emulator, webhook, hook, bot, client: Client::new() }
    }

    /// What a citizen sees of the answer.
    async fn says(&self, said: &str) -> String {
        let token = self.emulator.say_to_bot(&self.hook, "citizen-0001", said).await.unwrap();
        let answer = self.emulator.bot_answer(&token, Duration::from_secs(5)).await.unwrap();
        // That it was shown is noted behind it.
        self.webhook.idle().await;
        answer.to_string()
    }

    async fn posts(&self, body: impl Into<reqwest::Body>) -> StatusCode {
        let request = self.client.post(&self.hook.url).header("x-sosik-secret", "secret").body(body);
        request.send().await.unwrap().status()
    }
}

/// An event as it may come, with a token that the emulator does not know.
fn event(id: u64, said: &str) -> Value {
    json!({"op": 0, "t": "MESSAGE_CREATE", "d": {
        "id": id, "content": said, "timestamp": "2026-11-27T15:15:00+09:00", "isChannelChatroom": true,
        "botGroupKey": "room-1", "botUserKey": "bot-citizen-0001", "callbackToken": "no-token",
    }})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_goes_by_the_bot_as_by_the_skill() {
    let world = World::new(Duration::ZERO).await;
    let news = world.says("이번 주 소식").await;
    assert!(news.contains("점등식") && news.contains("carousel"), "{news}");
    assert!(world.says("주말에 뭐 해요").await.contains("점등식"));
    world.says("담당자에게 묻기").await;
    world.says("덕정역 앞 가로등이 한 달째 꺼져 있어요").await;
    let taken = world.says("접수하기").await;
    assert!(taken.contains("2026-000001"), "{taken}");
    // The city answers, and the bot tells it without being asked.
    let [ticket] = &world.chats.queue(&[TicketState::Waiting], None, 10).await.unwrap()[..] else { panic!() };
    world.window.answer_ticket(ticket, "clerk-1", "오늘 고쳤습니다.", world.clock.now()).await.unwrap();
    let told = world
        .window
        .tell_answers(&BotNotifier::new(world.bot.clone(), channel()), world.clock.now(), 10)
        .await
        .unwrap();
    assert_eq!((told.reached, told.left), (1, 0));
    let told = world.emulator.told("citizen-0001");
    assert!(told[0].to_string().contains("오늘 고쳤습니다") && told[0].to_string().contains("이어서 묻기"), "{told:?}");
    assert!(!world.says("안녕").await.contains("오늘 고쳤습니다"), "it was told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_webhook_is_answered_at_once_and_the_citizen_in_time() {
    let world = World::new(Duration::from_millis(1_200)).await;
    let begun = Instant::now();
    let token = world.emulator.say_to_bot(&world.hook, "citizen-0001", "이번 주 소식").await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(1), "before the answer is there");
    let answer = world.emulator.bot_answer(&token, Duration::from_secs(5)).await.unwrap();
    assert!(answer.to_string().contains("점등식"));

    // What took too long was done all the same: what they were asked waits for them.
    let late = World::new(Duration::from_secs(2)).await;
    assert!(late.says("담당자에게 묻기").await.contains("031-8082-0000"));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(late.says("덕정역 앞 가로등이 한 달째 꺼져 있어요").await.contains("이대로 담당자에게 전할까요"));

    let slow = World::new(Duration::from_secs(5)).await;
    assert!(slow.says("이번 주 소식").await.contains("031-8082-0000"), "where else to turn");
    assert!(slow.says("옆집에서 연기가 나고 있어요").await.contains("119"), "whatever takes long");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_told_again_is_answered_once() {
    let world = World::new(Duration::ZERO).await;
    for said in ["담당자에게 묻기", "덕정역 앞 가로등이 한 달째 꺼져 있어요"] {
        world.says(said).await;
    }
    let send = event(77, "접수하기").to_string();
    for _ in 0..5 {
        assert_eq!(world.posts(send.clone()).await, StatusCode::NO_CONTENT);
    }
    world.webhook.idle().await;
    assert_eq!(world.chats.queue(&TicketState::ALL, None, 10).await.unwrap().len(), 1, "one question");
    assert_eq!(world.emulator.stats().rejected["kakao:-881"], 1, "one answer, by a token that is none");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_said_to_the_city_alone_is_taken_and_not_answered() {
    let world = World::new(Duration::ZERO).await;
    let mut room = event(1, "담당자에게 묻기");
    room["d"]["isChannelChatroom"] = json!(false);
    let mut tokenless = event(2, "담당자에게 묻기");
    tokenless["d"].as_object_mut().unwrap().remove("callbackToken");
    let joined = json!({"op": 0, "t": "CHAT_JOIN", "d": {"botGroupKey": "room-1", "user": {"botUserKey": "key"}, "timestamp": "-", "callbackToken": "t"}});
    let unknown = json!({"op": 0, "t": "POLL_CREATE", "d": {}});
    for event in [room, tokenless, joined, unknown] {
        assert_eq!(world.posts(event.to_string()).await, StatusCode::NO_CONTENT, "{event}");
    }
    world.webhook.idle().await;
    let key = sosik_kakao::ChatUser::Bot("bot-citizen-0001".into()).identity(&channel());
    assert!(world.chats.session(&key, &channel(), world.clock.now()).await.unwrap().is_none(), "nothing was begun");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_and_strange_bodies_are_refused() {
    let world = World::new(Duration::ZERO).await;
    let post = |header: Option<&str>| {
        let request = world.client.post(&world.hook.url).body(event(1, "안녕").to_string());
        header.into_iter().fold(request, |request, value| request.header("x-sosik-secret", value))
    };
    for header in [None, Some(""), Some("secre"), Some("secret2"), Some("SECRET")] {
        assert_eq!(post(header).send().await.unwrap().status(), StatusCode::UNAUTHORIZED, "{header:?}");
    }
    let twice = post(Some("secret")).header("x-sosik-secret", "secret");
    assert_eq!(twice.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let wrong = |name: &str, value: Value| {
        let mut event = event(1, "안녕");
        event["d"][name] = value;
        event.to_string()
    };
    for body in [
        String::new(),
        "[]".into(),
        "{}".into(),
        r#"{"op": 10, "d": {"heartbeat_interval": 1}}"#.into(),
        r#"{"op": 0, "t": "MESSAGE_CREATE", "d": {}}"#.into(),
        wrong("content", json!(["안녕"])),
        wrong("isChannelChatroom", json!("yes")),
        wrong("callbackToken", json!("a\r\nX-Evil: 1")),
        wrong("botUserKey", json!({"a": 1})),
        "[".repeat(100_000 / 2),
    ] {
        assert_eq!(world.posts(body.clone()).await, StatusCode::BAD_REQUEST, "{}", &body[..body.len().min(80)]);
    }
    assert_eq!(world.posts("x".repeat(70_000)).await, StatusCode::PAYLOAD_TOO_LARGE);
    let refused = post(Some("secret")).body(wrong("content", json!({"비밀": "안녕"}))).send().await.unwrap();
    let text = refused.text().await.unwrap();
    assert!(text.contains("d.content") && !text.contains("비밀"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_can_be_answered_at_once_wait_at_kakao() {
    let world = World::new(Duration::from_millis(800)).await;
    let mut taken = Vec::new();
    for id in 0..300 {
        let mut event = event(id, "이번 주 소식");
        event["d"]["botUserKey"] = json!(format!("bot-citizen-{id:04}"));
        taken.push(world.posts(event.to_string()));
    }
    let statuses = futures_util::future::join_all(taken).await;
    let count = |status: StatusCode| statuses.iter().filter(|is| **is == status).count();
    assert_eq!(count(StatusCode::NO_CONTENT) + count(StatusCode::SERVICE_UNAVAILABLE), 300);
    assert!(count(StatusCode::SERVICE_UNAVAILABLE) > 0, "some were put off");
    world.webhook.idle().await;
    // What was put off is taken when it comes again.
    let late = statuses.iter().position(|status| *status == StatusCode::SERVICE_UNAVAILABLE).unwrap();
    assert_eq!(
        world.posts(event(u64::try_from(late).unwrap(), "이번 주 소식").to_string()).await,
        StatusCode::NO_CONTENT
    );
    world.webhook.idle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_was_not_taken_is_given_again_and_one_that_may_have_been_is_not() {
    let world = World::new(Duration::ZERO).await;
    world.emulator.fail_next([Fault::status(503), Fault::too_many(1)]);
    assert!(world.says("이번 주 소식").await.contains("점등식"), "the third time");
    let calls = world.emulator.stats().calls;
    world.emulator.fail_next([Fault::NoAnswer]);
    assert!(world.says("이번 주 소식").await.contains("점등식"), "it was taken, and nobody said so");
    assert_eq!(world.emulator.stats().calls, calls + 1, "and is not given twice");
}
