//! Words of danger.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sosik_chat::{ArchiveError, Bubble, Does, Speaker, Turn, async_trait};
use sosik_core::{AreaCode, ChannelId};

use crate::world::{World, channel, now, sign_up};

#[tokio::test]
async fn danger_comes_before_everything_even_where_nothing_else_works() {
    #[derive(Debug)]
    struct Broken;
    #[async_trait]
    impl sosik_chat::Archive for Broken {
        async fn latest(&self, _: &ChannelId, _: DateTime<Utc>) -> Result<Vec<sosik_chat::News>, ArchiveError> {
            Err(ArchiveError::new("away"))
        }
        async fn search(&self, _: &str, _: DateTime<Utc>, _: usize) -> Result<Vec<sosik_chat::News>, ArchiveError> {
            Err(ArchiveError::new("away"))
        }
        async fn of_district(
            &self,
            _: &AreaCode,
            _: DateTime<Utc>,
            _: usize,
        ) -> Result<Vec<sosik_chat::News>, ArchiveError> {
            Err(ArchiveError::new("away"))
        }
        async fn on(
            &self,
            _: sosik_chat::AskedDays,
            _: DateTime<Utc>,
            _: usize,
        ) -> Result<Vec<sosik_chat::News>, ArchiveError> {
            Err(ArchiveError::new("away"))
        }
        async fn recent(
            &self,
            _: sosik_content::Topic,
            _: DateTime<Utc>,
            _: usize,
        ) -> Result<Vec<sosik_chat::News>, ArchiveError> {
            Err(ArchiveError::new("away"))
        }
    }
    let world = World::with(|builder| builder.archive(Arc::new(Broken)));
    let turn = |said: &str| Turn::new(channel(), Speaker::nobody(), said, now());
    let error = world.window.answer(&turn("이번 주 소식")).await.unwrap_err();
    assert!(error.is_retryable(), "{error}");

    // Also in the middle of something else.
    world.says("a", "담당자에게 묻기").await;
    let reply = world.says("a", "옆집에서 살려달라는 소리가, 불이 났어요").await;
    let Bubble::Facts(facts) = &reply.bubbles[0] else { panic!("{reply:?}") };
    assert_eq!(facts.buttons[0].does, Does::Calls("119".into()));
    assert!(reply.to_text().contains("이대로 담당자에게"), "what was begun goes on: {}", reply.to_text());
    let mind = world.says("b", "이제 그만 살고 싶어요").await;
    let Bubble::Facts(facts) = &mind.bubbles[0] else { panic!("{mind:?}") };
    assert_eq!(facts.buttons[0].does, Does::Calls("109".into()));
    assert!(facts.title.contains("혼자 견디지"), "{}", facts.title);
}

#[tokio::test]
async fn who_refuses_is_heard_beside_words_of_danger() {
    let world = World::new();
    sign_up(&world, "a").await;
    for before in ["안녕하세요", "구독 해지"] {
        world.says("a", before).await;
        let told = world.text("a", "문자 그만 보내요 죽고 싶어요").await;
        assert!(told.contains("109") && told.contains("철회할까요"), "{before}: {told}");
    }
}
