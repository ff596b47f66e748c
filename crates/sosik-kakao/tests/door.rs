//! The chatbot's door: what citizens say to the emulated chatbot goes over HTTP to the skill and its window, and what comes back
//! is taken as Kakao takes it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test has a server of its own, and reads where the corpus is")]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use sosik_chat::{
    Archive, ChatStore, City, Intents, Matcher, MemoryArchive, MemoryChatStore, Offices, Term, UnderstandError,
    Understanding, Understood, Window, async_trait,
};
use sosik_content::{AreaNames, Brief, Post, WebLink, curate};
use sosik_core::{AreaCode, ChannelId, SeededEntropy};
use sosik_emulator::{Emulator, Options, Shown, Skill};
use sosik_kakao::skill::{Answer, CallbackUrl, Callbacks, DoorError, SkillDoor, SkillRequest};
use sosik_registry::{Directory, Identity, MemorySubscriberStore, Purpose, SubscriberStore};

fn channel() -> ChannelId {
    ChannelId::parse("yangju-city").unwrap()
}

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 27, 6, 15, 0).unwrap()
}

const DISTRICTS: &str = "hjd_code,name,legal_areas,from,to\n4163053000,회천1동,덕정동(일부)·봉양동,2003-10-19,\n4163055000,회천3동,덕정동(일부),2003-10-19,\n";
const OFFICES: &str = "name,tasks,phone,hours,place,note\n민원봉사과,여권 발급|등본,031-8082-0001,평일 09:00~18:00,시청 1층,여권은 신분증과 사진 1매를 가져오세요\n\
                       도로과,가로등 고장|포트홀,031-8082-0009,평일 09:00~18:00,시청 4층,\n";

fn archive() -> MemoryArchive {
    let slot = now() - TimeDelta::minutes(15);
    let names = AreaNames::new([("회천1동", AreaCode::parse("4163053000").unwrap())]);
    let brief = Brief::builder(channel(), slot, chrono_tz::Asia::Seoul).area_names(names).build().unwrap();
    let posts: Vec<Post> = [
        (
            "옥정호수공원 겨울빛 점등식, 온 가족이 함께 보는 빛의 축제",
            "11월 28일(토) 17시 옥정호수공원 중앙광장에서 점등식을 엽니다. 누구나 무료로 볼 수 있습니다.",
        ),
        (
            "회천1동 주민자치회 위원 모집",
            "12월 11일까지 회천1동 행정복지센터에서 위원을 모집합니다. 신청서를 내 주세요.",
        ),
        ("겨울철 수도 동파 예방", "수도계량기함에 헌 옷을 채워 주세요. 한파 때는 물을 조금 틀어 둡니다."),
    ]
    .iter()
    .enumerate()
    .map(|(n, (title, text))| {
        let link = WebLink::parse(&format!("https://blog.example.go.kr/{n}")).unwrap();
        Post::new(*title, link, *text).with_published(slot - TimeDelta::days(2))
    })
    .collect();
    let archive = MemoryArchive::new(chrono_tz::Asia::Seoul);
    archive.put(&curate(&posts, &brief).unwrap().edition);
    archive
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
    door: SkillDoor,
    subscribers: Arc<MemorySubscriberStore>,
    emulator: Emulator,
    problems: Arc<Mutex<Vec<String>>>,
    url: String,
}

type Shared = (SkillDoor, Arc<Callbacks>, Arc<Mutex<Vec<String>>>);

/// A skill as a city's server has it: the secret first, 200 whatever came, late answers beside the request.
async fn skill(State((door, callbacks, problems)): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    if headers.get("x-sosik-secret").is_none_or(|secret| secret != "secret") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let served = door.serve(&body, now()).await;
    problems.lock().unwrap().extend(served.problem.as_ref().map(ToString::to_string));
    if let Some(later) = served.later {
        tokio::spawn(async move {
            let ready = later.ready().await;
            callbacks.post(&ready.callback, &ready.answer).await.unwrap();
            ready.shown(now()).await.unwrap();
        });
    }
    ([(header::CONTENT_TYPE, "application/json")], served.json).into_response()
}

impl World {
    async fn new(takes: Duration) -> Self {
        let districts = Arc::new(Directory::from_csv(DISTRICTS.as_bytes()).unwrap());
        let offices = Arc::new(Offices::from_csv(OFFICES.as_bytes()).unwrap());
        let matcher = Matcher::new(Intents::sosik(), "양주", Arc::clone(&districts), Arc::clone(&offices));
        let subscribers = Arc::new(MemorySubscriberStore::new(7));
        let window = Window::builder(City::new("양주시", "양주", "031-8082-0000"))
            .archive(Arc::new(archive()) as Arc<dyn Archive>)
            .chats(Arc::new(MemoryChatStore::new()) as Arc<dyn ChatStore>)
            .subscribers(Arc::clone(&subscribers) as Arc<dyn SubscriberStore>)
            .understanding(Arc::new(Slow(matcher, takes)))
            .districts(districts)
            .offices(offices)
            .entropy(Arc::new(SeededEntropy::new(7)))
            .terms(vec![Term::required(Purpose::Collection, "2026-1", "이용자 키와 읍면동을 모읍니다. ".repeat(45))])
            .build()
            .unwrap();
        let door = SkillDoor::new(Arc::new(window), channel()).within(Duration::from_millis(200));
        let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), Options::new("KEY")).await.unwrap();
        let callbacks = Arc::new(Callbacks::new().unwrap().base_url(&emulator.url()).unwrap());
        let problems = Arc::default();
        let shared: Shared = (door.clone(), callbacks, Arc::clone(&problems));
        let router = axum::Router::new().route("/skill", post(skill)).with_state(shared);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/skill", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { door, subscribers, emulator, problems, url }
    }

    fn skill(&self) -> Skill {
        Skill::at(&self.url).with_header("X-Sosik-Secret", "secret")
    }

    /// What a citizen sees, as text.
    async fn says(&self, user: &str, said: &str) -> String {
        match self.emulator.say(&self.skill(), user, said).await.unwrap() {
            Shown::Answer(template) => template.to_string(),
            other => panic!("{said}: {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_said_what_comes_back_is_taken_by_kakao() {
    let world = World::new(Duration::ZERO).await;
    for (said, expected) in [
        ("안녕하세요", "무엇을 도와드릴까요"),
        ("이번 주 소식", "textCard"),
        ("점등식 어디서 해요", "자세히 보기"),
        ("회천1동 소식", "주민자치회"),
        ("덕정동 소식", "회천3동 소식"),
        ("이번 주말 행사", "점등식"),
        ("여권 어디서 만들어요", "031-8082-0001"),
        ("불이 났어요", "\"phoneNumber\":\"119\""),
        ("축제 소식", "점등식"),
        ("회천1동 구독", "[필수]"),
        ("만 14세 이상이고 동의합니다", "보내 드립니다"),
        ("내 정보 보기", "저장된 내 정보"),
        ("담당자에게 묻기", "한 번에 적어 주세요"),
        ("덕정역 앞 가로등이 한 달째 꺼져 있어요", "이대로 담당자에게"),
        ("접수하기", "2026-000001"),
        ("내 문의 확인", "도로과"),
        ("수신 동의 철회", "철회할까요"),
        ("네", "철회되었습니다"),
        ("내 정보 삭제", "그대로 적어 주세요"),
        ("취소", "그만두었습니다"),
        ("English please", "in English"),
        ("what is stored about me", "Stored since"),
        ("쀍뛟", "did not understand"),
        ("고맙습니다", "welcome"),
    ] {
        let shown = world.says("key-0001", said).await;
        assert!(shown.contains(expected), "{said}: {shown}");
    }
    assert_eq!(*world.problems.lock().unwrap(), Vec::<String>::new());
    let who = Identity::ChannelUser { channel: channel(), key: "key-0001".into() };
    assert!(world.subscribers.find(&who).await.unwrap().is_some(), "kept under the channel's own key");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_takes_long_goes_to_the_callback_once() {
    let world = World::new(Duration::from_millis(600)).await;
    let shown = world.emulator.say(&world.skill().with_callback(), "key-0001", "이번 주말 행사").await.unwrap();
    let Shown::Waiting { text, callback } = shown else { panic!("{shown:?}") };
    assert_eq!(text.as_deref(), Some("확인하고 있습니다. 잠시만 기다려 주세요."));
    let answer = world.emulator.late_answer(&callback, Duration::from_secs(5)).await.unwrap();
    assert!(answer.to_string().contains("점등식"), "{answer}");

    // It takes one answer, and one that was never given out takes none.
    let callbacks = Callbacks::new().unwrap().base_url(&world.emulator.url()).unwrap();
    let to = |name: &str| CallbackUrl::parse(&format!("https://bot-api.kakao.com/v1/callback/{name}")).unwrap();
    let error = callbacks.post(&to(&callback), &Answer::text("또")).await.unwrap_err();
    assert!(!error.is_retryable() && error.to_string().contains("used, or it has expired"), "{error}");
    assert!(callbacks.post(&to("unknown"), &Answer::text("가")).await.is_err());
    let error = callbacks.post(&to(&callback), &Answer::new()).await.unwrap_err();
    assert!(error.to_string().contains("over a limit"), "it is not posted: {error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_takes_long_without_a_callback_says_where_else_to_turn() {
    let world = World::new(Duration::from_millis(600)).await;
    assert!(world.says("key-0001", "이번 주말 행사").await.contains("031-8082-0000"));
    let problems = world.problems.lock().unwrap().clone();
    assert!(matches!(&problems[..], [one] if one.contains("longer than 200ms")), "{problems:?}");
    // Danger does not wait for anything.
    assert!(world.says("key-0001", "불이 났어요").await.contains("119"));
}

#[tokio::test]
async fn a_request_that_is_none_is_answered_politely_and_its_fault_is_named() {
    let world = World::new(Duration::ZERO).await;
    for (body, expected) in [
        (&b"{"[..], "no JSON"),
        (br#"{"userRequest":{"utterance":{},"user":{"id":"a"}}}"#, "userRequest.utterance"),
        (&b"x".repeat(300 * 1024), "larger"),
    ] {
        let served = world.door.serve(body, now()).await;
        assert!(served.json.contains("031-8082-0000") && served.later.is_none(), "{}", served.json);
        let problem = served.problem.unwrap();
        assert!(matches!(problem, DoorError::Request(_)) && problem.to_string().contains(expected), "{problem}");
    }
    // Without the secret nothing is said at all.
    let shown = world.emulator.say(&Skill::at(&world.url), "a", "안녕").await.unwrap();
    assert_eq!(shown, Shown::Fallback("the skill answered 401 Unauthorized".into()));
}

#[tokio::test]
async fn every_recorded_request_gets_an_answer_and_keeps_its_speaker() {
    let Some(corpus) = std::env::var_os("SOSIK_CORPUS").map(PathBuf::from) else {
        assert!(std::env::var_os("SOSIK_REQUIRE_CORPUS").is_none(), "SOSIK_CORPUS is not set");
        println!("skipped: SOSIK_CORPUS is not set");
        return;
    };
    let world = World::new(Duration::ZERO).await;
    let mut pictures = 0;
    for file in std::fs::read_dir(corpus.join("kakao/skill_requests")).unwrap() {
        let path = file.unwrap().path();
        let body = std::fs::read(&path).unwrap();
        let request = SkillRequest::parse(&body).unwrap();
        let turn = request.turn(&channel(), now());
        let is_test = request.surface.as_deref() == Some("BuilderBotTest");
        assert_eq!(turn.who.key().is_none(), is_test, "{}", path.display());
        if let Some(picture) = &turn.picture {
            pictures += 1;
            assert!(!turn.said.contains(picture), "a picture's address is no word: {}", path.display());
        }
        let served = world.door.serve(&body, now()).await;
        assert!(served.problem.is_none(), "{}: {served}", path.display());
        assert!(Answer::from_json(&served.json).unwrap().doubts().is_empty(), "{}", path.display());
    }
    assert!(pictures > 0, "one of them is a picture");
}
