//! What Kakao posts, over HTTP on the loopback, into a real SQLite file.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test has a server of its own")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use axum::http::HeaderName;
use chrono::{TimeDelta, TimeZone, Utc};
use reqwest::{Client, RequestBuilder, StatusCode};
use sosik_chat::{ChatStore, City, MemoryArchive, TicketState, Window};
use sosik_core::{ChannelId, Clock, ManualClock, SystemEntropy};
use sosik_emulator::{Emulator, Options, Shown, Skill};
use sosik_kakao::skill::{Callbacks, SkillDoor};
use sosik_registry::{Channels, Identity, RelationState, SecretKey, SubscriberStore, Vault};
use sosik_sqlite::SqliteStore;
use sosik_web::health::{self, Needed, Registry};
use sosik_web::kakao::{Chatbot, Webhooks};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const KEY: &str = "PRIMARY_ADMIN_KEY";

struct World {
    store: SqliteStore,
    clock: Arc<ManualClock>,
    emulator: Emulator,
    address: SocketAddr,
    client: Client,
    _folder: tempfile::TempDir,
}

fn channel() -> ChannelId {
    ChannelId::parse("yangju-city").unwrap()
}

fn app(id: &str) -> Identity {
    Identity::AppUser(id.to_owned())
}

/// Serves a router on a free port.
async fn serve(router: axum::Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

impl World {
    async fn new() -> Self {
        Self::limited(sosik_web::MOST_A_SECOND).await
    }

    async fn limited(most: u32) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let entropy = Arc::new(SystemEntropy::new());
        let vault = Vault::new(&SecretKey::from_hex(&"0f".repeat(32)).unwrap(), Arc::clone(&entropy) as _);
        let store = SqliteStore::open(&folder.path().join("city.db"), vault, Arc::clone(&entropy) as _).unwrap();
        let clock = Arc::new(ManualClock::at(Utc.with_ymd_and_hms(2026, 11, 27, 6, 15, 0).unwrap()));
        let channels = Channels::from_csv("channel,name,public_id\nyangju-city,양주시청,_ZeUTxl\n".as_bytes()).unwrap();
        let webhooks =
            Webhooks::new(KEY, Arc::new(channels), Arc::new(store.clone()), Arc::clone(&clock) as _).at_most(most);
        let window = Window::builder(City::new("양주시", "양주", "031-8082-0000"))
            .archive(Arc::new(MemoryArchive::new(chrono_tz::Asia::Seoul)))
            .chats(Arc::new(store.clone()))
            .subscribers(Arc::new(store.clone()))
            .entropy(entropy)
            .build()
            .unwrap();
        let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), Options::new("KEY")).await.unwrap();
        let callbacks = Callbacks::new().unwrap().base_url(&emulator.url()).unwrap();
        let door = SkillDoor::new(Arc::new(window), channel());
        let header = HeaderName::from_static("x-sosik-secret");
        let chatbot = Chatbot::new(door, header, "secret", callbacks, Arc::clone(&clock) as _).at_most(most);
        let ready = health::router(vec![Arc::new(Registry::new(Arc::new(store.clone())))], Duration::from_secs(1));
        let address = serve(webhooks.router().merge(chatbot.router()).merge(ready)).await;
        Self { store, clock, emulator, address, client: Client::new(), _folder: folder }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn told(&self, event: &str, id: &str, at: &str) -> RequestBuilder {
        let body = format!(
            r#"{{"event":"{event}","id":"{id}","id_type":"app_user_id","channel_public_id":"_ZeUTxl","channel_uuid":"@city","updated_at":"{at}"}}"#
        );
        self.client.post(self.url("/kakao/channel")).header("Authorization", format!("KakaoAK {KEY}")).body(body)
    }

    async fn state(&self, id: &str) -> Option<RelationState> {
        self.store.find(&app(id)).await.unwrap().and_then(|person| person.relation(&channel()))
    }
}

async fn status(request: RequestBuilder) -> StatusCode {
    request.send().await.unwrap().status()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_added_or_blocked_is_kept_before_it_is_answered_whatever_the_order() {
    let world = World::new().await;
    let (morning, noon) = ("2026-11-27T01:00:00Z", "2026-11-27T03:00:00Z");
    assert_eq!(status(world.told("blocked", "1", noon)).await, StatusCode::NO_CONTENT);
    assert_eq!(world.state("1").await, Some(RelationState::Blocked), "kept when it is answered");
    for _ in 0..3 {
        assert_eq!(status(world.told("added", "1", morning)).await, StatusCode::NO_CONTENT);
    }
    assert_eq!(
        world.state("1").await,
        Some(RelationState::Blocked),
        "the later holds, however often the earlier comes"
    );
    let answer = world.told("added", "2", noon).send().await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(world.state("2").await, Some(RelationState::Added));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_a_second_are_taken_and_strangers_take_none_of_them() {
    let world = World::limited(3).await;
    let stranger =
        |n: usize| world.told("added", &n.to_string(), "2026-11-27T03:00:00Z").header("Authorization", "KakaoAK NOT");
    for n in 0..10 {
        assert_eq!(status(stranger(n)).await, StatusCode::UNAUTHORIZED);
        let skill = world.client.post(world.url("/kakao/skill")).body("{}");
        assert_eq!(status(skill).await, StatusCode::UNAUTHORIZED);
    }
    let told = |n: usize| world.told("added", &n.to_string(), "2026-11-27T03:00:00Z");
    for n in 1..=3 {
        assert_eq!(status(told(n)).await, StatusCode::NO_CONTENT);
    }
    let refused = told(4).send().await.unwrap();
    assert_eq!(
        (refused.status(), &refused.headers()["retry-after"]),
        (StatusCode::TOO_MANY_REQUESTS, &"1".parse().unwrap())
    );
    assert_eq!(world.state("4").await, None);
    let skill = || world.client.post(world.url("/kakao/skill")).header("x-sosik-secret", "secret").body("{}");
    for expected in [200, 200, 200, 429] {
        assert_eq!(status(skill()).await.as_u16(), expected, "of each route its own");
    }
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(status(told(4)).await, StatusCode::NO_CONTENT);
    assert_eq!(world.state("4").await, Some(RelationState::Added), "it came again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_trusted_or_read_is_refused_and_nothing_is_kept() {
    let world = World::new().await;
    let at = "2026-11-27T03:00:00Z";
    let to = || world.client.post(world.url("/kakao/channel"));
    let with = |key: &str| to().header("Authorization", key.to_owned());
    assert_eq!(status(to().body("{}")).await, StatusCode::UNAUTHORIZED);
    for key in ["KakaoAK OTHER", "KakaoAK ", KEY, "Bearer PRIMARY_ADMIN_KEY", "KakaoAK PRIMARY_ADMIN_KEY2"] {
        assert_eq!(status(with(key).body("{}")).await, StatusCode::UNAUTHORIZED, "{key}");
    }
    let twice = world.told("added", "1", at).header("Authorization", "KakaoAK OTHER");
    assert_eq!(status(twice).await, StatusCode::UNAUTHORIZED, "two headers are no proof");
    let key = format!("KakaoAK {KEY}");
    for body in ["", "{", "[]", "{\"event\":\"added\"}", "\u{0}"] {
        assert_eq!(status(with(&key).body(body)).await, StatusCode::BAD_REQUEST, "{body:?}");
    }
    assert_eq!(status(with(&key).body("x".repeat(65 * 1024))).await, StatusCode::PAYLOAD_TOO_LARGE);
    let future = (world.clock.now() + TimeDelta::minutes(6)).to_rfc3339();
    assert_eq!(status(world.told("blocked", "1", &future)).await, StatusCode::BAD_REQUEST, "it would hold for ever");
    let other = world.told("added", "1", at).body(
        r#"{"event":"added","id":"1","id_type":"app_user_id","channel_public_id":"_other","updated_at":"2026-11-27T03:00:00Z"}"#,
    );
    assert_eq!(status(other).await, StatusCode::NO_CONTENT, "a channel of someone else's");
    assert_eq!(status(world.client.get(world.url("/kakao/channel"))).await, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(status(world.client.get(world.url("/kakao/../kakao/none"))).await, StatusCode::NOT_FOUND);
    assert_eq!(world.store.count().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_left_is_detached_by_either_method() {
    let world = World::new().await;
    for id in ["1", "2"] {
        status(world.told("added", id, "2026-11-27T03:00:00Z")).await;
    }
    let form = |id: &str| format!("app_id=7&user_id={id}&referrer_type=UNLINK_FROM_APPS");
    let key = format!("KakaoAK {KEY}");
    let get = world.client.get(world.url(&format!("/kakao/unlink?{}", form("1")))).header("Authorization", &key);
    assert_eq!(status(get).await, StatusCode::OK);
    let post = world.client.post(world.url("/kakao/unlink")).header("Authorization", &key).body(form("2"));
    assert_eq!(status(post).await, StatusCode::OK);
    assert_eq!((world.state("1").await, world.state("2").await), (None, None));
    let without = world.client.get(world.url(&format!("/kakao/unlink?{}", form("1"))));
    assert_eq!(status(without).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sends_slowly_is_answered_in_time_and_holds_nobody_up() {
    let world = World::new().await;
    let begun = Instant::now();
    let mut slow = tokio::net::TcpStream::connect(world.address).await.unwrap();
    let head = format!(
        "POST /kakao/channel HTTP/1.1\r\nHost: a\r\nAuthorization: KakaoAK {KEY}\r\nContent-Length: 1000\r\n\r\n{{"
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(status(world.told("added", "1", "2026-11-27T03:00:00Z")).await, StatusCode::NO_CONTENT);
    let mut answer = vec![0; 64];
    let read = slow.read(&mut answer).await.unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 503"), "{}", String::from_utf8_lossy(&answer[..read]));
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_chatbot_is_answered_behind_its_secret() {
    let world = World::new().await;
    let skill = Skill::at(world.url("/kakao/skill"));
    let shown = world.emulator.say(&skill, "key-0001", "안녕하세요").await.unwrap();
    assert_eq!(shown, Shown::Fallback("the skill answered 401 Unauthorized".into()));
    let skill = skill.with_header("X-Sosik-Secret", "secret");
    let shown = world.emulator.say(&skill, "key-0001", "가로등이 꺼졌어요. 덕정역 앞이에요").await.unwrap();
    assert!(
        matches!(&shown, Shown::Answer(template) if template.to_string().contains("이대로 담당자에게")),
        "{shown:?}"
    );
    let shown = world.emulator.say(&skill, "key-0001", "접수하기").await.unwrap();
    assert!(matches!(&shown, Shown::Answer(template) if template.to_string().contains("2026-000001")), "{shown:?}");
    // What is no request is answered politely, and what is too large is not read.
    let to = || world.client.post(world.url("/kakao/skill")).header("X-Sosik-Secret", "secret");
    let polite = to().body("{").send().await.unwrap();
    assert_eq!(polite.status(), StatusCode::OK);
    assert!(polite.text().await.unwrap().contains("031-8082-0000"));
    assert_eq!(status(to().body("x".repeat(300 * 1024))).await, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_taps_at_once_open_one_ticket() {
    const ROUNDS: usize = 10;

    let world = World::new().await;
    let skill = Skill::at(world.url("/kakao/skill")).with_header("X-Sosik-Secret", "secret");
    for round in 0..ROUNDS {
        let key = format!("key-{round:04}");
        world.emulator.say(&skill, &key, "덕정역 앞 가로등이 꺼졌어요").await.unwrap();
        let tap = || world.emulator.say(&skill, &key, "접수하기");
        let taps: [_; 2] = tokio::join!(tap(), tap()).into();
        let taken = taps.iter().filter(|shown| match shown.as_ref().unwrap() {
            Shown::Answer(template) => template.to_string().contains("2026-"),
            other => panic!("{other:?}"),
        });
        assert!(taken.count() <= 1, "{taps:?}");
    }
    assert_eq!(world.store.queue(&TicketState::ALL, None, 2 * ROUNDS).await.unwrap().len(), ROUNDS);
}

#[derive(Debug)]
struct Away;

#[async_trait]
impl Needed for Away {
    fn name(&self) -> &'static str {
        "queue"
    }

    async fn is_there(&self) -> bool {
        std::future::pending().await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_says_whether_it_is_alive_and_ready() {
    let world = World::new().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(status(world.client.get(world.url(path))).await, StatusCode::OK);
    }
    let needs: Vec<Arc<dyn Needed>> = vec![Arc::new(Registry::new(Arc::new(world.store.clone()))), Arc::new(Away)];
    let address = serve(health::router(needs, Duration::from_millis(50))).await;
    let answer = world.client.get(format!("http://{address}/readyz")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.text().await.unwrap(), "not there: queue");
}
