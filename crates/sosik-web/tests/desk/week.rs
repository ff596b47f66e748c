//! The week's draft, from the first look until it is a campaign.

use chrono::TimeDelta;
use scraper::Html;
use sosik_delivery::{CampaignState, Deed, Outbox as _};
use sosik_desk::{DraftState, DraftStore as _, Role};

use crate::world::{WEEK, World, attribute, cards, channel, posts, rule, slot, texts};

#[tokio::test]
async fn an_editor_makes_it_an_approver_agrees_and_it_is_a_campaign_with_both() {
    let world = World::new().await;
    world.people(3).await;
    let editor = world.person("editor-1", &[Role::Editor]).await;
    let approver = world.person("approver-1", &[Role::Approver]).await;
    assert_eq!(editor.get("/desk").await.headers()["location"], WEEK);
    let page = editor.page(WEEK).await;
    let before = cards(&page);
    assert_eq!(before.len(), 3);
    assert!(
        texts(&page, "ul.findings li").iter().any(|text| text.contains("요일이 날짜와 맞아야 합니다")),
        "{}",
        page.html()
    );
    let left = texts(&page, "ul.left li strong");
    assert!(left.contains(&"전통시장 대잔치".to_owned()), "{left:?}");
    // Moved, pinned, dropped and rewritten.
    let id = |title: &str| posts().into_iter().find(|post| post.title == title).unwrap().id;
    assert_eq!(editor.edits(&[("do", "down"), ("post", &id(&before[0]))]).await.0, 303);
    assert_eq!(cards(&editor.page(WEEK).await)[..2], [before[1].clone(), before[0].clone()]);
    let missing = left.iter().find(|title| *title != "전통시장 대잔치").unwrap();
    assert_eq!(editor.edits(&[("do", "pin"), ("post", &id(missing))]).await.0, 303);
    assert!(cards(&editor.page(WEEK).await).contains(missing));
    assert_eq!(editor.edits(&[("do", "drop"), ("post", &id(missing)), ("why", "다음 주")]).await.0, 303);
    let page = editor.page(WEEK).await;
    assert!(!cards(&page).contains(missing) && texts(&page, "ul.left").concat().contains("뺐습니다: 다음 주"));
    let first = cards(&page)[0].clone();
    let words = [("do", "rewrite"), ("post", &id(&first)), ("title", "새 제목"), ("body", "한 줄\r\n두 줄")];
    assert_eq!(editor.edits(&words).await.0, 303);
    let page = editor.page(WEEK).await;
    assert_eq!(cards(&page)[0], "새 제목");
    assert_eq!(texts(&page, ".reel article p")[0], "한 줄\n두 줄");

    assert_eq!(editor.submits().await, 303);
    let (status, _) = editor.told(&format!("{WEEK}/approve"), &[("digest", "x")]).await;
    assert_eq!(status, 403);
    assert_eq!(approver.approves().await, 303);
    let draft = world.store.draft_of(&channel(), slot()).await.unwrap().unwrap();
    assert_eq!(draft.state, DraftState::HandedOver);
    let campaigns = world.store.campaigns(Some(&channel()), 9).await.unwrap();
    let campaign = &campaigns[0];
    assert_eq!((campaigns.len(), campaign.state(), campaign.audience), (1, CampaignState::Planned, 3));
    let by: Vec<_> = campaign.history.steps().iter().map(|step| (step.deed, step.by.as_str())).collect();
    assert_eq!(by, [(Deed::Draft, "editor-1"), (Deed::Approve, "approver-1"), (Deed::Plan, "editor-1")]);
    let page = editor.page(WEEK).await;
    assert_eq!(attribute(&page, "section.deciding a", "href"), format!("/desk/campaigns/{}", campaign.id));
    assert!(texts(&page, "ol.cards button").is_empty(), "nothing is to be edited any more");
    let (status, told) = editor.edits(&[("do", "pin"), ("post", "p-1")]).await;
    assert_eq!((status, told.contains("이미 올렸거나")), (409, true), "{told}");
    // The next week begins.
    assert_eq!(editor.get("/desk").await.headers()["location"], WEEK, "before the slot it is this week's still");
    world.clock.set(slot() + TimeDelta::minutes(1));
    let editor = world.signed_in("editor-1", crate::world::PASSWORD).await;
    assert_eq!(editor.get("/desk").await.headers()["location"], "/desk/week/2026-12-04");
}

#[tokio::test]
async fn what_was_missed_is_the_week_s_business_while_it_may_still_go() {
    let world = World::new().await;
    let editor = world.person("editor-1", &[Role::Editor]).await;
    world.clock.set(slot() + TimeDelta::minutes(20));
    let editor = {
        drop(editor);
        world.signed_in("editor-1", crate::world::PASSWORD).await
    };
    assert_eq!(editor.get("/desk").await.headers()["location"], WEEK);
    world.clock.set(slot() + TimeDelta::hours(7));
    let editor = world.signed_in("editor-1", crate::world::PASSWORD).await;
    assert_eq!(editor.get("/desk").await.headers()["location"], "/desk/week/2026-12-04");
    assert!(texts(&editor.page(WEEK).await, "section").concat().contains("저절로 보내지 않습니다"));
    drop(editor);
}

#[tokio::test]
async fn nobody_agrees_to_what_they_did_not_see_nor_hands_it_in() {
    let world = World::new().await;
    let editor = world.person("editor-1", &[Role::Editor]).await;
    let approver = world.person("approver-1", &[Role::Approver]).await;
    let seen = attribute(&editor.page(WEEK).await, "form[action$=submit] input[name=digest]", "value");
    // A post is taken back at its source after the editor looked.
    let carried = cards(&editor.page(WEEK).await).remove(0);
    let at = posts().iter().position(|post| post.title == carried).unwrap();
    let kept = world.room.posts.lock().unwrap().remove(at);
    let (status, told) = editor.told(&format!("{WEEK}/submit"), &[("digest", &seen)]).await;
    assert_eq!((status, told.contains("다시 살펴보고")), (409, true), "{told}");
    world.room.posts.lock().unwrap().insert(at, kept);
    assert_eq!(editor.submits().await, 303);
    let shown = attribute(&approver.page(WEEK).await, "form[action$=approve] input[name=digest]", "value");
    // The editor changes it after the approver looked.
    assert_eq!(editor.edits(&[("do", "pin"), ("post", "p-3")]).await.0, 303);
    let (status, told) = approver.told(&format!("{WEEK}/approve"), &[("digest", &shown)]).await;
    assert_eq!((status, told.contains("올라온 초안이 없습니다")), (409, true), "{told}");
    let title = [("do", "rewrite"), ("post", "p-3"), ("title", "다른 제목"), ("body", "")];
    assert_eq!(editor.edits(&title).await.0, 303);
    assert_eq!(editor.submits().await, 303);
    let (status, told) = approver.told(&format!("{WEEK}/approve"), &[("digest", &shown)]).await;
    assert_eq!((status, told.contains("바뀌었습니다")), (409, true), "{told}");
    // What is handed in stands on the page, whatever becomes of the posts.
    world.room.posts.lock().unwrap().clear();
    assert_eq!(cards(&approver.page(WEEK).await).len(), 3);
}

#[tokio::test]
async fn whoever_worked_on_it_does_not_agree_and_it_goes_back_with_a_word() {
    let world = World::made(|desk| desk.over_http().approval(rule(2))).await;
    let both = world.person("both-1", &[Role::Editor, Role::Approver]).await;
    let (one, two) = (world.person("head-1", &[Role::Approver]).await, world.person("head-2", &[Role::Approver]).await);
    assert_eq!(both.edits(&[("do", "pin"), ("post", "p-1")]).await.0, 303);
    assert_eq!(both.submits().await, 303);
    assert_eq!(both.approves().await, 409);
    let (status, told) = one.told(&format!("{WEEK}/give-back"), &[("why", " ")]).await;
    assert_eq!((status, told.contains("왜 되돌리는지")), (409, true), "{told}");
    assert_eq!(one.post(&format!("{WEEK}/give-back"), &[("why", "제목을 쉽게")]).await.status().as_u16(), 303);
    assert!(texts(&both.page(WEEK).await, "ul.history").concat().contains("제목을 쉽게"));
    assert_eq!(both.submits().await, 303);
    assert_eq!(one.approves().await, 303);
    assert_eq!(one.approves().await, 409, "once each");
    let state = async || world.store.draft_of(&channel(), slot()).await.unwrap().unwrap().state;
    assert_eq!(state().await, DraftState::Submitted);
    assert_eq!(two.approves().await, 303);
    assert_eq!(state().await, DraftState::HandedOver);
}

#[tokio::test]
async fn what_could_not_be_handed_over_is_told_and_tried_again() {
    let world = World::new().await;
    world.people(1).await;
    let editor = world.person("editor-1", &[Role::Editor]).await;
    let approver = world.person("approver-1", &[Role::Approver]).await;
    assert_eq!(editor.submits().await, 303);
    world.room.is_away.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(approver.approves().await, 409);
    let page = approver.page(WEEK).await;
    assert!(texts(&page, "[role=status]").concat().contains("아직 발송으로 넘어가지 않았습니다"), "{}", page.html());
    let (status, told) = approver.told(&format!("{WEEK}/hand-over"), &[]).await;
    assert_eq!((status, told.contains("대행사에 닿지 않습니다")), (409, true), "{told}");
    world.room.is_away.store(false, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(approver.post(&format!("{WEEK}/hand-over"), &[]).await.status().as_u16(), 303);
    assert_eq!(world.store.campaigns(None, 9).await.unwrap().len(), 1);
    assert_eq!(approver.post(&format!("{WEEK}/hand-over"), &[]).await.status().as_u16(), 409, "once");
}

#[tokio::test]
async fn an_edit_that_leaves_no_edition_is_told_and_not_kept() {
    let world = World::new().await;
    let editor = world.person("editor-1", &[Role::Editor]).await;
    let long = "가".repeat(400);
    for (fields, told) in [
        (
            vec![("do", "rewrite"), ("post", "p-1"), ("title", ""), ("body", long.as_str())],
            "고쳐 쓴 글이 너무 깁니다. 400자에 줄바꿈 0번인데, 180자와",
        ),
        (vec![("do", "pin"), ("post", "p-99")], "꼭 싣기로 한 글을 실을 수 없습니다"),
        (vec![("do", "drop"), ("post", "p-1"), ("why", "")], "왜 빼는지"),
        (vec![("do", "fly"), ("post", "p-1")], "모르는 일입니다"),
        (vec![("do", "topic"), ("post", "p-1"), ("topic", "weather")], "모르는 일입니다"),
        (vec![("do", "up"), ("post", "p-99")], "모르는 일입니다"),
    ] {
        let (status, alert) = editor.edits(&fields).await;
        assert_eq!(status, 409, "{fields:?}: {alert}");
        assert!(alert.contains(told), "{fields:?}: {alert}");
    }
    assert!(world.store.draft_of(&channel(), slot()).await.unwrap().is_none());
    // Where there is none to begin with, that is told, and nothing breaks.
    world.room.posts.lock().unwrap().truncate(1);
    let page = editor.page(WEEK).await;
    assert!(texts(&page, "[role=alert]").concat().contains("아직 소식을 만들 수 없습니다"), "{}", page.html());
    assert!(texts(&page, "form[action$=submit]").is_empty());
}

#[tokio::test]
async fn of_two_editors_at_once_the_second_looks_again() {
    let world = World::new().await;
    let (one, two) = (world.person("editor-1", &[Role::Editor]).await, world.person("editor-2", &[Role::Editor]).await);
    let words =
        |words: &'static str| [("do", "rewrite"), ("post", "p-1"), ("title", words), ("body", ""), ("version", "0")];
    let edit = format!("{WEEK}/edit");
    assert_eq!(one.told(&edit, &words("첫 사람의 제목")).await.0, 303);
    // Their page is of before.
    let (status, told) = two.told(&edit, &words("둘째 사람의 제목")).await;
    assert_eq!((status, told.contains("다른 사람이 초안을 고쳤습니다")), (409, true), "{told}");
    let draft = world.store.draft_of(&channel(), slot()).await.unwrap().unwrap();
    assert_eq!(draft.choices.rewrites["p-1"].title.as_deref(), Some("첫 사람의 제목"));
    assert!(draft.steps[0].note.contains("첫 사람의 제목"), "what was written is in the history");
    let without = one.told(&edit, &[("do", "pin"), ("post", "p-1")]).await;
    assert_eq!(without.0, 409);
}

#[tokio::test]
async fn what_may_be_a_campaign_already_is_not_given_back_and_no_other_is_sent_in_its_place() {
    let world = World::new().await;
    world.people(1).await;
    let editor = world.person("editor-1", &[Role::Editor]).await;
    let approver = world.person("approver-1", &[Role::Approver]).await;
    assert_eq!(editor.submits().await, 303);
    // The campaign is made, and what comes back is an error: of the answer, or of what follows.
    world.room.is_lost.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(approver.approves().await, 409);
    assert_eq!(world.store.campaigns(None, 9).await.unwrap().len(), 1);
    let page = approver.page(WEEK).await;
    assert!(texts(&page, "form[action$=give-back]").is_empty());
    let (status, told) = approver.told(&format!("{WEEK}/give-back"), &[("why", "늦음")]).await;
    assert_eq!((status, told.contains("올라온 초안이 없습니다")), (409, true), "{told}");
    assert_eq!(editor.edits(&[("do", "pin"), ("post", "p-1")]).await.0, 409);
    world.room.is_lost.store(false, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(approver.post(&format!("{WEEK}/hand-over"), &[]).await.status().as_u16(), 303);
    let draft = world.store.draft_of(&channel(), slot()).await.unwrap().unwrap();
    assert_eq!(draft.state, DraftState::HandedOver);
    assert_eq!(world.store.campaigns(None, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_post_that_changes_after_the_approval_is_not_sent_unseen() {
    let world = World::new().await;
    world.people(1).await;
    let editor = world.person("editor-1", &[Role::Editor]).await;
    let approver = world.person("approver-1", &[Role::Approver]).await;
    assert_eq!(editor.submits().await, 303);
    let carried = cards(&editor.page(WEEK).await).remove(0);
    let at = posts().iter().position(|post| post.title == carried).unwrap();
    world.room.posts.lock().unwrap()[at].text.push_str(" 장소가 바뀌었습니다.");
    assert!(texts(&approver.page(WEEK).await, "p.told").concat().contains("그림이 달라졌습니다"));
    assert_eq!(approver.approves().await, 409);
    assert!(world.store.campaigns(None, 9).await.unwrap().is_empty());
    assert_eq!(approver.post(&format!("{WEEK}/give-back"), &[("why", "글이 바뀜")]).await.status().as_u16(), 303);
    assert_eq!((editor.submits().await, approver.approves().await), (303, 303));
}

#[tokio::test]
async fn a_day_that_is_no_slot_is_not_there() {
    let world = World::new().await;
    let editor = world.person("editor-1", &[Role::Editor]).await;
    for path in [
        "/desk/week/2026-11-26",
        "/desk/week/x",
        "/desk/week/..%2f..%2fetc",
        "/desk/week/2026-11-27/9.jpg",
        "/desk/week/2026-11-27/0.jpg",
        "/desk/nothing",
    ] {
        assert_eq!(editor.get(path).await.status().as_u16(), 404, "{path}");
    }
    let response = editor.get("/desk/week/2026-11-27/1.jpg").await;
    assert_eq!(response.headers()["content-type"], "image/jpeg");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let page = Html::parse_document(&editor.get(WEEK).await.text().await.unwrap());
    let picture = response.text().await.unwrap();
    assert!(picture.starts_with(&format!("{}\n", cards(&page)[0])), "of the first card: {picture}");
}
