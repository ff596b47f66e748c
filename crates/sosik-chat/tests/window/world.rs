//! A window with a week of news, and someone who talks with it.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use sosik_chat::{
    ChatStore, City, MemoryArchive, MemoryChatStore, Offices, Reply, Speaker, Term, Turn, Window, WindowBuilder,
};
use sosik_content::{Brief, Post, WebLink, curate};
use sosik_core::{AreaCode, ChannelId, SeededEntropy};
use sosik_registry::{Directory, Identity, MemorySubscriberStore, Purpose, SubscriberStore};

pub(crate) fn channel() -> ChannelId {
    ChannelId::parse("yangju-city").unwrap()
}

/// Friday, a quarter past three in the afternoon in Seoul.
pub(crate) fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 27, 6, 15, 0).unwrap()
}

pub(crate) struct World {
    pub(crate) window: Window,
    pub(crate) subscribers: Arc<MemorySubscriberStore>,
    pub(crate) chats: Arc<MemoryChatStore>,
    at: Mutex<DateTime<Utc>>,
}

fn archive() -> MemoryArchive {
    let slot = now() - TimeDelta::minutes(15);
    let post = |n: usize, title: &str, body: &str| {
        Post::new(title, WebLink::parse(&format!("https://blog.example.go.kr/{n}")).unwrap(), body)
            .with_published(slot - TimeDelta::days(2))
    };
    let districts = sosik_content::AreaNames::new([("회천1동", AreaCode::parse("4163053000").unwrap())]);
    let brief = Brief::builder(channel(), slot, chrono_tz::Asia::Seoul).area_names(districts).build().unwrap();
    let posts = [
        post(
            1,
            "옥정호수공원 겨울빛 점등식",
            "11월 28일(토) 17시 옥정호수공원 중앙광장에서 점등식을 엽니다. 누구나 무료로 볼 수 있습니다.",
        ),
        post(
            2,
            "회천1동 주민자치회 위원 모집",
            "12월 11일까지 회천1동 행정복지센터에서 주민자치회 위원을 모집합니다. 신청서를 내 주세요.",
        ),
        post(3, "겨울철 수도 동파 예방", "수도계량기함에 헌 옷을 채워 주세요. 한파 때는 물을 조금 틀어 둡니다."),
    ];
    let archive = MemoryArchive::new(chrono_tz::Asia::Seoul);
    archive.put(&curate(&posts, &brief).unwrap().edition);
    archive
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub(crate) fn with(more: impl FnOnce(WindowBuilder) -> WindowBuilder) -> Self {
        let (subscribers, chats) = (Arc::new(MemorySubscriberStore::new(7)), Arc::new(MemoryChatStore::new()));
        let builder = Window::builder(City::new("양주시", "양주", "031-8082-0000"))
            .archive(Arc::new(archive()))
            .chats(Arc::clone(&chats) as Arc<dyn ChatStore>)
            .subscribers(Arc::clone(&subscribers) as Arc<dyn SubscriberStore>)
            .districts(Arc::new(Directory::from_csv(include_str!("../districts.csv").as_bytes()).unwrap()))
            .offices(Arc::new(Offices::from_csv(include_str!("../offices.csv").as_bytes()).unwrap()))
            .entropy(Arc::new(SeededEntropy::new(7)))
            .terms(vec![
                Term::required(
                    Purpose::Collection,
                    "2026-1",
                    "받는 사람을 알기 위해 채널의 이용자 키와 읍면동을 모읍니다.",
                ),
                Term::optional(Purpose::Advertising, "2026-1", "(광고) 표시가 붙은 소식도 받습니다."),
            ]);
        let window = more(builder).build().unwrap();
        Self { window, subscribers, chats, at: Mutex::new(now()) }
    }

    pub(crate) async fn says(&self, who: &str, said: &str) -> Reply {
        let at = {
            let mut at = self.at.lock().unwrap();
            *at += TimeDelta::seconds(10);
            *at
        };
        self.turn(&Turn::new(channel(), Speaker::in_channel(&channel(), who), said, at)).await
    }

    /// What is answered and shown.
    pub(crate) async fn turn(&self, turn: &Turn) -> Reply {
        let reply = self.window.answer(turn).await.unwrap();
        self.window.shown(&reply, turn.at).await.unwrap();
        reply
    }

    pub(crate) async fn text(&self, who: &str, said: &str) -> String {
        self.says(who, said).await.to_text()
    }

    pub(crate) fn pass(&self, by: TimeDelta) {
        *self.at.lock().unwrap() += by;
    }

    pub(crate) fn at(&self) -> DateTime<Utc> {
        *self.at.lock().unwrap()
    }
}

pub(crate) fn key(who: &str) -> Identity {
    Identity::ChannelUser { channel: channel(), key: who.to_owned() }
}

pub(crate) async fn sign_up(world: &World, who: &str) {
    world.says(who, "회천1동 구독").await;
    world.says(who, "만 14세 이상이고 동의합니다").await;
    world.says(who, "동의합니다").await;
    assert!(world.subscribers.find(&key(who)).await.unwrap().is_some());
}

pub(crate) async fn ask(world: &World, who: &str, question: &str) -> Reply {
    world.says(who, "담당자에게 묻기").await;
    let shown = world.text(who, question).await;
    assert!(shown.contains("이대로 담당자에게 전할까요"), "{shown}");
    world.says(who, "접수하기").await
}
