//! Campaigns, and one as it goes.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;
use sosik_delivery::{BatchState, BatchUpdate, Change, Claim, Deed, Outbox as _, RecipientState, Transition};
use sosik_desk::Role;

use crate::world::{Person, World, channel, slot, texts};

/// A campaign of three people that was approved at the desk: its id.
async fn planned(world: &World) -> (Person<'_>, String) {
    world.people(3).await;
    let editor = world.person("editor-1", &[Role::Editor]).await;
    let approver = world.person("approver-1", &[Role::Approver]).await;
    assert_eq!((editor.submits().await, approver.approves().await), (303, 303));
    let id = world.store.campaigns(Some(&channel()), 1).await.unwrap()[0].id;
    (approver, id.to_string())
}

/// The next event of a stream: its name and its data.
async fn event(response: &mut reqwest::Response, read: &mut String) -> (String, Value) {
    loop {
        if let Some((event, rest)) = read.split_once("\n\n") {
            let field =
                |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(|text| text.trim().to_owned());
            let found = (field("event:"), field("data:"));
            *read = rest.into();
            // What only keeps the line open is no event.
            if let (Some(name), Some(data)) = found {
                return (name, serde_json::from_str(&data).unwrap());
            }
            continue;
        }
        let chunk = tokio::time::timeout(Duration::from_secs(10), response.chunk()).await.unwrap();
        let chunk = chunk.unwrap().unwrap();
        read.push_str(std::str::from_utf8(&chunk).unwrap());
    }
}

#[tokio::test]
async fn whoever_watches_is_told_what_changes_until_it_is_over() {
    let world = World::new().await;
    let (approver, id) = planned(&world).await;
    let mut stream = approver.get(&format!("/desk/campaigns/{id}/events")).await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut read = String::new();
    let (name, data) = event(&mut stream, &mut read).await;
    assert_eq!(
        (name.as_str(), &data["state"], &data["planned"], &data["outstanding"]),
        ("progress", &"planned".into(), &3.into(), &3.into())
    );
    // A worker sends it.
    let claimed = world.store.claim(&Claim::new("worker", slot() + TimeDelta::minutes(1), TimeDelta::minutes(5))).await;
    let claimed = claimed.unwrap().expect("it is due");
    let campaign = world.store.campaigns(None, 1).await.unwrap()[0].id;
    let by = |deed| Transition::new(deed, "worker", slot());
    world.store.transition(campaign, &by(Deed::Start)).await.unwrap();
    let (name, data) = event(&mut stream, &mut read).await;
    assert_eq!((name.as_str(), &data["state"]), ("progress", &"sending".into()));
    let mut update = BatchUpdate::of(&claimed);
    update.state = BatchState::Taken;
    update.changes = (0..3).map(|place| Change::new(place, RecipientState::Accepted)).collect();
    world.store.update(&update).await.unwrap();
    let failed = RecipientState::failed("3018");
    let news =
        [Change::new(0, RecipientState::Delivered), Change::new(1, RecipientState::Delivered), Change::new(2, failed)];
    world.store.settle(claimed.batch.id, &news).await.unwrap();
    world.store.transition(campaign, &by(Deed::Settle)).await.unwrap();
    let data = loop {
        let (name, data) = event(&mut stream, &mut read).await;
        if name == "over" {
            break data;
        }
    };
    assert_eq!((&data["delivered"], &data["failed"], &data["outstanding"]), (&2.into(), &1.into(), &0.into()));
    assert_eq!(data["said"], "끝남: 3명 가운데 3명 처리");
    assert!(stream.chunk().await.unwrap().is_none(), "and nothing more comes");
    let page = approver.page(&format!("/desk/campaigns/{id}")).await;
    assert!(texts(&page, "dl").concat().contains("3018"));
    assert!(!page.html().contains("data-events"), "what is over is not watched");
}

#[tokio::test]
async fn who_is_signed_out_watches_no_more() {
    let world = World::new().await;
    let (approver, id) = planned(&world).await;
    let mut stream = approver.get(&format!("/desk/campaigns/{id}/events")).await;
    let mut read = String::new();
    assert_eq!(event(&mut stream, &mut read).await.0, "progress");
    approver.post("/desk/sign-out", &[]).await;
    let (name, data) = event(&mut stream, &mut read).await;
    assert_eq!((name.as_str(), data), ("over", serde_json::json!({})));
    assert!(stream.chunk().await.unwrap().is_none());
}

#[tokio::test]
async fn only_so_many_watch_at_once() {
    let world = World::new().await;
    let (approver, id) = planned(&world).await;
    let path = format!("/desk/campaigns/{id}/events");
    let mut streams = Vec::new();
    for _ in 0..64 {
        let stream = approver.get(&path).await;
        assert_eq!(stream.status().as_u16(), 200);
        streams.push(stream);
    }
    assert_eq!(approver.get(&path).await.status().as_u16(), 503);
    // Whoever goes makes room: within a tick it is seen that nobody reads any more.
    streams.clear();
    for _ in 0..50 {
        if approver.get(&path).await.status().as_u16() == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no room was made");
}

#[tokio::test]
async fn it_is_halted_goes_on_and_is_called_off_with_a_word() {
    let world = World::new().await;
    let (approver, id) = planned(&world).await;
    let path = format!("/desk/campaigns/{id}");
    let state = async || world.store.campaigns(None, 1).await.unwrap()[0].state().code();
    assert_eq!(approver.post(&format!("{path}/pause"), &[]).await.status().as_u16(), 303);
    assert_eq!(state().await, "paused");
    let (status, told) = approver.told(&format!("{path}/pause"), &[]).await;
    assert_eq!((status, told.contains("지금은 그렇게 할 수 없습니다")), (409, true), "{told}");
    assert_eq!(approver.post(&format!("{path}/resume"), &[]).await.status().as_u16(), 303);
    assert_eq!(state().await, "planned");
    let (status, told) = approver.told(&format!("{path}/cancel"), &[("why", "  ")]).await;
    assert_eq!((status, told.contains("왜 취소하는지")), (409, true), "{told}");
    assert_eq!(approver.post(&format!("{path}/cancel"), &[("why", "내용이 틀림")]).await.status().as_u16(), 303);
    assert_eq!(state().await, "cancelled");
    let page = approver.page(&path).await;
    assert!(texts(&page, "ul.history").concat().contains("내용이 틀림"));
    assert!(texts(&page, "section.acts button").is_empty());
    assert_eq!(approver.post(&format!("{path}/explode"), &[]).await.status().as_u16(), 404);
    assert_eq!(approver.get("/desk/campaigns/x").await.status().as_u16(), 404);
}
