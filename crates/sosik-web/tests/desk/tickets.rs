//! Citizens' questions.

use chrono::TimeDelta;
use scraper::Html;
use sosik_chat::{ChatStore as _, TicketState};
use sosik_desk::Role;
use sosik_registry::Journal;
use sosik_registry::access::{Access, Did, Whose};

use crate::world::{World, attribute, slot, texts};

#[tokio::test]
async fn it_is_taken_answered_and_closed_and_every_look_is_in_the_journal() {
    let world = World::new().await;
    let ticket = world.question("citizen-0001", "가로등이 꺼졌어요 010-0000-0001").await;
    let editor = world.person("editor-1", &[Role::Editor]).await;
    let page = editor.page("/desk/tickets").await;
    assert_eq!(texts(&page, "tbody th"), ["2026-000001"]);
    assert!(!page.html().contains("가로등"), "the list tells nothing that anyone wrote");
    let accesses = async || Journal::<Access>::entries(&*world.store, 0, 99).await.unwrap();
    assert!(accesses().await.is_empty());
    let path = format!("/desk/tickets/{}", ticket.number);
    let page = editor.page(&path).await;
    assert!(
        page.html().contains("가로등") && !page.html().contains("0000-0001") && !page.html().contains("citizen-0001")
    );
    let version = |page: &Html| attribute(page, "input[name=version]", "value");
    let taken = editor.post(&format!("{path}/take"), &[("version", &version(&page))]).await;
    assert_eq!(taken.status().as_u16(), 303);
    // What they looked at was changed since.
    let answer = [("version", "0"), ("text", "고치겠습니다.\r\n고맙습니다.")];
    let response = editor.post(&format!("{path}/answer"), &answer).await;
    assert_eq!(response.status().as_u16(), 409);
    let page = Html::parse_document(&response.text().await.unwrap());
    assert_eq!(texts(&page, "textarea"), ["고치겠습니다.\n고맙습니다."], "what was written is not lost");
    let answer = [("version", "1"), ("text", "고치겠습니다.\r\n고맙습니다.")];
    assert_eq!(editor.post(&format!("{path}/answer"), &answer).await.status().as_u16(), 303);
    let kept = world.store.ticket(ticket.number).await.unwrap().unwrap();
    assert_eq!((kept.state, kept.entries[1].text.as_str()), (TicketState::Answered, "고치겠습니다.\n고맙습니다."));
    assert_eq!(editor.post(&format!("{path}/close"), &[("version", "2")]).await.status().as_u16(), 303);
    assert!(texts(&editor.page(&path).await, "form button").iter().all(|label| label == "로그아웃"));
    let (status, told) = editor.told(&format!("{path}/answer"), &[("version", "3"), ("text", "또")]).await;
    assert_eq!((status, told.contains("끝난 문의는")), (409, true), "{told}");
    let accesses = accesses().await;
    assert!(
        accesses.iter().all(|(_, access)| access.who == "editor-1"
            && access.place == "127.0.0.1"
            && access.whose == Whose::Many(1))
    );
    let did = |what| accesses.iter().filter(|(_, access)| access.what == what).count();
    assert_eq!((did(Did::Looked), did(Did::Changed)), (4, 5), "{accesses:?}");
}

#[tokio::test]
async fn what_is_late_is_said_and_another_office_gets_it() {
    let world = World::new().await;
    let ticket = world.question("citizen-0001", "가로등이 꺼졌어요").await;
    let editor = world.person("editor-1", &[Role::Editor]).await;
    world.clock.set(slot() + TimeDelta::days(8));
    let editor = {
        drop(editor);
        world.signed_in("editor-1", crate::world::PASSWORD).await
    };
    assert!(texts(&editor.page("/desk/tickets").await, "[role=status]")[0].contains("늦은 것 1건"));
    let path = format!("/desk/tickets/{}", ticket.number);
    assert_eq!(
        editor.post(&format!("{path}/move"), &[("version", "0"), ("office", "수도과")]).await.status().as_u16(),
        303
    );
    assert_eq!(editor.post(&format!("{path}/move"), &[("version", "1"), ("office", " ")]).await.status().as_u16(), 404);
    assert_eq!(texts(&editor.page("/desk/tickets?office=수도과").await, "tbody th").len(), 1);
    assert_eq!(texts(&editor.page("/desk/tickets?office=도로과&state=all").await, "tbody th").len(), 0);
    for (number, status) in [("2026-000099", 404), ("2026-1", 404), ("x", 404), ("2026-000001", 200)] {
        assert_eq!(editor.get(&format!("/desk/tickets/{number}")).await.status().as_u16(), status, "{number}");
    }
}

#[tokio::test]
async fn what_was_not_understood_is_told_with_its_count() {
    let world = World::new().await;
    let editor = world.person("editor-1", &[Role::Editor]).await;
    assert_eq!(texts(&editor.page("/desk/misses").await, "[role=status]"), ["없습니다."]);
    let today = slot().date_naive();
    for (said, days) in [("반딧불 언제", 0), ("<script>alert(1)</script>", 1), ("반딧불 언제", 27), ("옛말", 29)]
    {
        world.store.miss(said, today - TimeDelta::days(days)).await.unwrap();
    }
    let page = editor.page("/desk/misses").await;
    assert_eq!(texts(&page, "tbody th"), ["반딧불 언제", "<script>alert(1)</script>"], "as text");
    assert_eq!(texts(&page, "tbody td"), ["2", "1"]);
    assert!(editor.page("/desk/tickets").await.html().contains("href=\"/desk/misses\""));
}
