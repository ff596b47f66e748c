//! The privacy officer's pages.

use scraper::Html;
use sosik_desk::Role;
use sosik_registry::Journal;
use sosik_registry::Segment;
use sosik_registry::access::{Access, Whose};

use crate::world::{World, slot, texts};

#[tokio::test]
async fn how_many_there_are_what_is_owed_and_that_someone_looked() {
    let world =
        World::made(|desk| desk.over_http().counted("회천1동", "area:4163053000".parse::<Segment>().unwrap())).await;
    world.people(3).await;
    let officer = world.person("officer-1", &[Role::PrivacyOfficer]).await;
    let page = officer.page("/desk/registry").await;
    assert_eq!(texts(&page, "dd"), ["3", "0", "3"]);
    assert!(texts(&page, "section").concat().contains("기록 3건이 모두 쓰인 그대로입니다"), "{}", page.html());
    let accesses = async || Journal::<Access>::entries(&*world.store, 0, 99).await.unwrap();
    assert!(accesses().await.is_empty(), "a count shows nobody");
    // The notice within 14 days of a consent (three days ago).
    let page = officer.page("/desk/registry/duties").await;
    assert!(texts(&page, "[role=status]")[0].ends_with("3건"));
    assert!(texts(&page, "tbody td")[0].starts_with("2026-12-08"), "{:?}", texts(&page, "tbody td"));
    let noted = accesses().await;
    assert_eq!((noted.len(), &noted[0].1.whose, noted[0].1.who.as_str()), (1, &Whose::Many(3), "officer-1"));
    // What is late is said.
    world.clock.set(slot() + chrono::TimeDelta::days(12));
    let officer = {
        drop(officer);
        world.signed_in("officer-1", crate::world::PASSWORD).await
    };
    assert!(texts(&officer.page("/desk/registry/duties").await, "dd")[0].contains("늦음 3건"));
}

#[tokio::test]
async fn accounts_are_made_with_a_password_that_is_shown_once() {
    let world = World::new().await;
    let officer = world.person("officer-1", &[Role::PrivacyOfficer]).await;
    let response =
        officer.post("/desk/accounts", &[("name", "staff-7"), ("role", "editor"), ("role", "approver")]).await;
    let page = Html::parse_document(&response.text().await.unwrap());
    let password = texts(&page, "code.password").remove(0);
    assert!(!officer.page("/desk/accounts").await.html().contains(&password), "once");
    world.signed_in("staff-7", &password).await;
    for (fields, status) in [
        (vec![("name", "staff-7"), ("role", "editor")], 409),
        (vec![("name", "홍길동"), ("role", "editor")], 422),
        (vec![("name", "staff-8")], 409),
        (vec![("name", "staff-8"), ("role", "mayor")], 409),
    ] {
        let (got, told) = officer.told("/desk/accounts", &fields).await;
        assert_eq!((got, told.is_empty()), (status, false), "{fields:?}: {told}");
    }
    let response = officer.post("/desk/accounts/staff-7/reset", &[]).await;
    let again = texts(&Html::parse_document(&response.text().await.unwrap()), "code.password").remove(0);
    assert_ne!(again, password);
    assert_eq!(world.sign_in("staff-7", &password).await.status().as_u16(), 401);
    let journal = officer.page("/desk/journal").await;
    let lines = texts(&journal, "ul.history li");
    assert!(lines[0].contains("staff-7") && lines[0].contains("officer-1 (127.0.0.1)"), "{lines:?}");
    assert!(lines[0].contains("approver+editor"), "{lines:?}");
}
