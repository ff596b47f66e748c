//! Signing in and out.

use chrono::TimeDelta;
use scraper::Html;
use sosik_desk::Role;

use crate::world::{Person, World, exposed, form, texts};

#[tokio::test]
async fn who_was_given_a_password_chooses_another_before_anything_else() {
    let world = World::new().await;
    let given = world.given("editor-1", Role::Editor).await;
    let editor = world.signed_in("editor-1", exposed(&given)).await;
    for path in ["/desk", "/desk/week/2026-11-27", "/desk/campaigns"] {
        let response = editor.get(path).await;
        assert_eq!(
            (response.status().as_u16(), &response.headers()["location"]),
            (303, &"/desk/password".parse().unwrap())
        );
    }
    let chosen = "노란 우산 넷과 소화전";
    for (fields, told) in [
        ([("old", exposed(&given)), ("new", chosen), ("again", "노란 우산 넷과 소화기")], "서로 다릅니다"),
        ([("old", exposed(&given)), ("new", "짧다"), ("again", "짧다")], "너무 짧습니다"),
        ([("old", exposed(&given)), ("new", exposed(&given)), ("again", exposed(&given))], "다른 비밀번호"),
        ([("old", "아무 말이나 적어 봄"), ("new", chosen), ("again", chosen)], "지금 비밀번호가 맞지 않습니다"),
    ] {
        let (status, alert) = editor.told("/desk/password", &fields).await;
        assert_eq!(status, 422, "{alert}");
        assert!(alert.contains(told), "{alert}");
    }
    let fields = [("old", exposed(&given)), ("new", chosen), ("again", chosen)];
    let response = editor.post("/desk/password", &fields).await;
    assert_eq!(response.status().as_u16(), 303);
    let old = editor;
    let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let editor = Person { world: &world, cookie };
    assert_eq!(old.get("/desk/campaigns").await.headers()["location"], "/desk/sign-in");
    editor.page("/desk/campaigns").await;
    assert_eq!(world.sign_in("editor-1", exposed(&given)).await.status().as_u16(), 401);
    world.signed_in("editor-1", chosen).await;
    // Neither password nor token stands in the file.
    let (bytes, token) = (world.bytes(), editor.cookie.split_once('=').unwrap().1);
    for secret in [exposed(&given), chosen, token] {
        assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()));
    }
}

#[tokio::test]
async fn a_cookie_is_for_this_site_alone_and_ends_with_signing_out() {
    let world = World::new().await;
    let editor = world.person("editor-1", &[Role::Editor]).await;
    let set =
        world.sign_in("editor-1", crate::world::PASSWORD).await.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(set.contains("; HttpOnly; SameSite=Strict") && !set.contains("Domain"), "{set}");
    let response = editor.post("/desk/sign-out", &[]).await;
    assert!(response.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(editor.get("/desk/campaigns").await.headers()["location"], "/desk/sign-in");
    // Behind TLS no other host of the domain can set it, and it never goes without.
    let world = World::made(|desk| desk).await;
    world.person_secure("editor-1").await;
}

#[tokio::test]
async fn all_who_cannot_come_in_are_told_the_same() {
    let world = World::new().await;
    world.person("editor-1", &[Role::Editor]).await;
    let mut told = Vec::new();
    for (account, password) in [
        ("editor-1", "아무 말이나 적어 봄"),
        ("editor-9", "아무 말이나 적어 봄"),
        ("", ""),
        ("' OR 1=1 --", crate::world::PASSWORD),
    ] {
        let response = world.sign_in(account, password).await;
        assert_eq!(response.status().as_u16(), 401, "{account}");
        told.push(texts(&Html::parse_document(&response.text().await.unwrap()), "[role=alert]"));
    }
    for _ in 0..4 {
        world.sign_in("editor-1", "아무 말이나 적어 봄").await;
    }
    // Locked now: with the right password too, and told the same.
    let response = world.sign_in("editor-1", crate::world::PASSWORD).await;
    assert_eq!(response.status().as_u16(), 401);
    told.push(texts(&Html::parse_document(&response.text().await.unwrap()), "[role=alert]"));
    assert!(told.iter().all(|text| *text == told[0] && !text.is_empty()), "{told:?}");
    world.clock.advance(TimeDelta::minutes(15));
    world.signed_in("editor-1", crate::world::PASSWORD).await;
}

#[tokio::test]
async fn from_one_place_not_more_than_so_many_try() {
    let world = World::new().await;
    for n in 0..20 {
        assert_eq!(world.sign_in(&format!("staff-{n}"), "아무 말이나 적어 봄").await.status().as_u16(), 401);
    }
    let response = world.sign_in("staff-20", "아무 말이나 적어 봄").await;
    assert_eq!((response.status().as_u16(), &response.headers()["retry-after"]), (429, &"300".parse().unwrap()));
    world.clock.advance(TimeDelta::minutes(5));
    assert_eq!(world.sign_in("staff-20", "아무 말이나 적어 봄").await.status().as_u16(), 401);
}

#[tokio::test]
async fn a_form_of_another_site_signs_nobody_in() {
    let world = World::new().await;
    world.person("editor-1", &[Role::Editor]).await;
    let fields = [("account", "editor-1"), ("password", crate::world::PASSWORD)];
    for site in ["cross-site", "same-site"] {
        let request = world.client.post(format!("{}/desk/sign-in", world.base)).header("sec-fetch-site", site);
        let response = form(request, &fields).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 403);
        assert!(response.headers().get("set-cookie").is_none());
    }
}

#[tokio::test]
async fn someone_who_does_nothing_is_signed_out() {
    let world = World::new().await;
    let editor = world.person("editor-1", &[Role::Editor]).await;
    world.clock.advance(TimeDelta::minutes(29));
    editor.page("/desk/campaigns").await;
    world.clock.advance(TimeDelta::minutes(30));
    assert_eq!(editor.get("/desk/campaigns").await.headers()["location"], "/desk/sign-in");
    // What was sent then is told to be lost, rather than lost in silence.
    let response = editor.send("/desk/week/2026-11-27/edit", &[("do", "pin"), ("post", "p-1")]).await;
    assert_eq!(response.headers()["location"], "/desk/sign-in?again=1");
    let page = world.client.get(format!("{}/desk/sign-in?again=1", world.base)).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("저장되지 않았습니다"));
}

impl World {
    /// Signs in where a proxy has TLS: the cookie says so.
    async fn person_secure(&self, account: &str) {
        let given = self.given(account, Role::Editor).await;
        let response = self.sign_in(account, exposed(&given)).await;
        let set = response.headers()["set-cookie"].to_str().unwrap();
        assert!(
            set.starts_with("__Host-sosik-desk=") && set.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure"),
            "{set}"
        );
        let signed_in = Person { world: self, cookie: set.split(';').next().unwrap().to_owned() };
        assert_eq!(signed_in.get("/desk/password").await.status().as_u16(), 200);
        // Under the other name it is nobody's.
        let other = Person { world: self, cookie: signed_in.cookie.replace("__Host-", "") };
        assert_eq!(other.get("/desk/password").await.status().as_u16(), 303);
    }
}
