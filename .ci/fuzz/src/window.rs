//! A conversation, a line a turn: every turn is answered, and every answer is one that both doors take.
#![no_main]

use std::sync::{Arc, OnceLock};

use chrono::{TimeDelta, TimeZone, Utc};
use libfuzzer_sys::fuzz_target;
use sosik_chat::{City, MOST_BUBBLES, MemoryArchive, MemoryChatStore, Offices, Speaker, Term, Turn, Window};
use sosik_content::{Brief, Post, WebLink, curate};
use sosik_core::{ChannelId, SeededEntropy};
use sosik_kakao::skill::Answer;
use sosik_registry::{Directory, MemorySubscriberStore, Purpose};
use tokio::runtime::{Builder, Runtime};

const DISTRICTS: &str = include_str!("../../../crates/sosik-chat/tests/districts.csv");
const OFFICES: &str = include_str!("../../../crates/sosik-chat/tests/offices.csv");
const POSTS: [(&str, &str); 3] = [
    ("겨울빛 점등식", "11월 28일(토) 17시 옥정호수공원에서 엽니다. 누구나 무료로 볼 수 있습니다."),
    ("도서관 겨울 강좌", "12월 11일까지 도서관 누리집에서 신청하세요. 수강료는 없습니다."),
    ("겨울철 수도 동파 예방", "수도계량기함에 헌 옷을 채워 주세요. 한파 때는 물을 조금 틀어 둡니다."),
];

fn channel() -> ChannelId {
    ChannelId::parse("city").expect("a name")
}

fn window() -> &'static (Runtime, Window) {
    static WINDOW: OnceLock<(Runtime, Window)> = OnceLock::new();
    WINDOW.get_or_init(|| {
        let slot = Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).single().expect("an instant");
        let brief = Brief::builder(channel(), slot, chrono_tz::Asia::Seoul).build().expect("a brief");
        let posts = POSTS.iter().zip(1..).map(|((title, text), n)| {
            let link = WebLink::parse(&format!("https://blog.example.go.kr/{n}")).expect("an address");
            Post::new(*title, link, *text).with_published(slot - TimeDelta::days(2))
        });
        let archive = MemoryArchive::new(chrono_tz::Asia::Seoul);
        archive.put(&curate(&posts.collect::<Vec<_>>(), &brief).expect("an edition").edition);
        let window = Window::builder(City::new("양주시", "양주", "031-8082-0000"))
            .archive(Arc::new(archive))
            .chats(Arc::new(MemoryChatStore::new()))
            .subscribers(Arc::new(MemorySubscriberStore::new(7)))
            .districts(Arc::new(Directory::from_csv(DISTRICTS.as_bytes()).expect("districts")))
            .offices(Arc::new(Offices::from_csv(OFFICES.as_bytes()).expect("offices")))
            .terms(vec![Term::required(Purpose::Collection, "1", "이용자 키와 읍면동을 모읍니다.")])
            .entropy(Arc::new(SeededEntropy::new(7)))
            .build()
            .expect("a window");
        (Builder::new_current_thread().enable_all().build().expect("a runtime"), window)
    })
}

fuzz_target!(|text: &str| {
    let (runtime, window) = window();
    runtime.block_on(async {
        let mut at = Utc.with_ymd_and_hms(2026, 11, 27, 7, 0, 0).single().expect("an instant");
        for said in text.lines().take(12) {
            at += TimeDelta::seconds(5);
            let turn = Turn::new(channel(), Speaker::in_channel(&channel(), "a"), said, at);
            let reply = window.answer(&turn).await.expect("memory can be asked");
            assert!((1..=MOST_BUBBLES).contains(&reply.bubbles.len()));
            let answer = Answer::of(&reply);
            assert!(answer.to_json().is_ok() && answer.to_bot_json().is_ok() && answer.doubts().is_empty());
            window.shown(&reply, at).await.expect("memory can be asked");
        }
    });
});
