//! What nobody is glad to get: bodies, paths, texts and headers that no browser would send.

use std::path::PathBuf;

use chrono::TimeDelta;
use scraper::Html;
use sosik_chat::{ChatStore as _, TicketChange};
use sosik_content::{Post, WebLink};
use sosik_desk::Role;

use crate::world::{WEEK, World, cards, slot, texts};

#[tokio::test]
async fn whatever_a_post_a_citizen_or_an_editor_writes_is_text() {
    let Some(corpus) = std::env::var_os("SOSIK_CORPUS").map(PathBuf::from) else {
        assert!(std::env::var_os("SOSIK_REQUIRE_CORPUS").is_none(), "SOSIK_CORPUS is not set");
        eprintln!("skipped: SOSIK_CORPUS is not set");
        return;
    };
    let list = std::fs::read(corpus.join("nasty_text/blns_shared.json")).unwrap();
    let list: Vec<String> = serde_json::from_slice(&list).unwrap();
    let world = World::new().await;
    let editor = world.person("editor-1", &[Role::Editor]).await;
    // Elements that pages have of themselves; with texts in them there are no others.
    let ours = |page: &Html| {
        texts(page, "script").len()
            + texts(page, "iframe, object, embed, style, svg, math, [onerror], [onload], [onclick], [onmouseover]")
                .len()
    };
    let key = editor.key().await;
    for part in list.chunks(40) {
        let link = |n: usize| WebLink::parse(&format!("https://blog.example.go.kr/{n}")).unwrap();
        let post = |(n, text): (usize, &String)| {
            let body = format!("12월 5일(토) 호수공원에서 행사를 엽니다. 누구나 오세요. {text}");
            Post::new(format!("{n} {text}"), link(n), body)
                .with_published(slot() - TimeDelta::days(1))
                .with_id(format!("p-{n}"))
        };
        *world.room.posts.lock().unwrap() = part.iter().enumerate().map(post).collect();
        let page = Html::parse_document(&editor.get(WEEK).await.text().await.unwrap());
        assert_eq!(ours(&page), 1, "{}", page.html());
        for text in part.iter().step_by(8) {
            // Each as words of a card, as a reason, as a ticket and as its answer.
            let version = editor.version().await;
            let fields = [
                ("form-key", key.as_str()),
                ("do", "drop"),
                ("post", "p-1"),
                ("why", text),
                ("version", version.as_str()),
            ];
            let response = editor.send(&format!("{WEEK}/edit"), &fields).await;
            assert!([303, 409].contains(&response.status().as_u16()), "{text}");
            let ticket = world.question("citizen-0001", text).await;
            let answered = TicketChange::Answer {
                staff: "editor-1".into(),
                text: format!("답: {text}").chars().take(900).collect(),
            };
            world.store.change(&ticket, &answered, slot()).await.unwrap();
            let page = editor.page(&format!("/desk/tickets/{}", ticket.number)).await;
            assert_eq!(ours(&page), 1, "{}", page.html());
        }
        assert_eq!(ours(&editor.page(WEEK).await), 1);
    }
}

#[tokio::test]
async fn what_is_too_long_broken_or_elsewhere_changes_nothing() {
    let world = World::new().await;
    let editor = world.person("editor-1", &[Role::Editor]).await;
    let before = cards(&editor.page(WEEK).await);
    let (path, key) = (format!("{WEEK}/edit"), editor.key().await);
    let long = "가".repeat(40_000);
    let fields = [("form-key", key.as_str()), ("do", "rewrite"), ("post", "p-1"), ("title", &long)];
    assert_eq!(editor.send(&path, &fields).await.status().as_u16(), 413);
    let sign_in = world.sign_in("editor-1", &long).await;
    assert_eq!(sign_in.status().as_u16(), 413);
    for body in ["", "&&&==&", "form-key", "%%%=%zz", "form-key=%00", "\u{0}\u{1}", "{\"do\":\"pin\"}"] {
        let request = world.client.post(format!("{}{path}", world.base)).header("cookie", &editor.cookie).body(body);
        assert_eq!(request.send().await.unwrap().status().as_u16(), 403, "{body:?}");
    }
    for path in
        ["/desk/../desk/accounts", "/desk/%2e%2e/registry", "/desk/week/2026-11-27/../../accounts", "/desk//accounts"]
    {
        let response = editor.get(path).await;
        assert!([403, 404].contains(&response.status().as_u16()), "{path}: {}", response.status());
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
        let request = world.client.request(method.parse().unwrap(), format!("{}{path}", world.base));
        let status = request.header("cookie", &editor.cookie).send().await.unwrap().status().as_u16();
        assert!([403, 405].contains(&status), "{method}: {status}");
    }
    assert_eq!(cards(&editor.page(WEEK).await), before);
}

#[tokio::test]
async fn every_page_says_what_it_may_load_and_is_kept_by_nobody() {
    let world = World::new().await;
    let all = world.person("staff-1", &Role::ALL).await;
    for path in [
        "/desk/sign-in",
        "/desk/password",
        WEEK,
        "/desk/campaigns",
        "/desk/tickets",
        "/desk/registry",
        "/desk/accounts",
        "/desk/journal",
        "/desk/week/x",
    ] {
        let response = all.get(path).await;
        let headers = response.headers().clone();
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        assert_eq!(headers["x-frame-options"], "DENY", "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
        let text = response.text().await.unwrap();
        assert!(!text.contains("style=") && !text.contains("javascript:"), "{path}");
    }
}

#[tokio::test]
async fn from_where_someone_comes_is_what_the_proxy_says_last() {
    let world = World::made(|desk| desk.over_http().behind_proxy("x-forwarded-for".parse().unwrap())).await;
    let ticket = world.question("citizen-0001", "가로등").await;
    let editor = world.person("editor-1", &[Role::Editor]).await;
    let request = world.client.get(format!("{}/desk/tickets/{}", world.base, ticket.number));
    let request = request.header("cookie", &editor.cookie).header("x-forwarded-for", "203.0.113.9, 192.0.2.7");
    assert_eq!(request.send().await.unwrap().status().as_u16(), 200);
    let officer = world.person("officer-1", &[Role::PrivacyOfficer]).await;
    let journal = officer.page("/desk/journal").await.html();
    assert!(
        journal.contains("(192.0.2.7)") && !journal.contains("203.0.113.9"),
        "what a client writes itself counts for nothing"
    );
}
