//! Who may do what: every route, every role.

use sosik_desk::Role;

use crate::world::{WEEK, World};

/// Every route, and who may use it: approver, editor, privacy officer. Nobody else does.
const ROUTES: [(&str, &str, [bool; 3]); 30] = [
    ("GET", "/desk", [true, true, true]),
    ("GET", "/desk/week/2026-11-27", [true, true, true]),
    ("GET", "/desk/week/2026-11-27/1.jpg", [true, true, true]),
    ("POST", "/desk/week/2026-11-27/edit", [false, true, false]),
    ("POST", "/desk/week/2026-11-27/submit", [false, true, false]),
    ("POST", "/desk/week/2026-11-27/approve", [true, false, false]),
    ("POST", "/desk/week/2026-11-27/give-back", [true, false, false]),
    ("POST", "/desk/week/2026-11-27/hand-over", [true, false, false]),
    ("GET", "/desk/campaigns", [true, true, true]),
    ("GET", "/desk/campaigns/0000", [true, true, true]),
    ("GET", "/desk/campaigns/0000/events", [true, true, true]),
    ("POST", "/desk/campaigns/0000/pause", [true, false, false]),
    ("POST", "/desk/campaigns/0000/resume", [true, false, false]),
    ("POST", "/desk/campaigns/0000/cancel", [true, false, false]),
    ("GET", "/desk/tickets", [true, true, false]),
    ("GET", "/desk/misses", [true, true, false]),
    ("GET", "/desk/tickets/2026-000001", [true, true, false]),
    ("POST", "/desk/tickets/2026-000001/take", [true, true, false]),
    ("POST", "/desk/tickets/2026-000001/move", [true, true, false]),
    ("POST", "/desk/tickets/2026-000001/answer", [true, true, false]),
    ("POST", "/desk/tickets/2026-000001/close", [true, true, false]),
    ("GET", "/desk/registry", [false, false, true]),
    ("GET", "/desk/registry/duties", [false, false, true]),
    ("GET", "/desk/accounts", [false, false, true]),
    ("POST", "/desk/accounts", [false, false, true]),
    ("POST", "/desk/accounts/nobody/roles", [false, false, true]),
    ("POST", "/desk/accounts/nobody/reset", [false, false, true]),
    ("GET", "/desk/journal", [false, false, true]),
    ("GET", "/desk/password", [true, true, true]),
    ("POST", "/desk/password", [true, true, true]),
];

#[tokio::test]
async fn every_route_asks_for_its_right() {
    let world = World::new().await;
    let mut people = Vec::new();
    for (n, role) in Role::ALL.into_iter().enumerate() {
        let person = world.person(&format!("staff-{n}"), &[role]).await;
        let key = person.key().await;
        people.push((person, key));
    }
    for (method, path, may) in ROUTES {
        for (n, (person, key)) in people.iter().enumerate() {
            let response = match method {
                "GET" => person.get(path).await,
                _ => person.send(path, &[("form-key", key)]).await,
            };
            let status = response.status().as_u16();
            assert_eq!(status != 403, may[n], "{method} {path} by {:?}: {status}", Role::ALL[n]);
            assert!(status != 500 && status != 503, "{method} {path}: {status}");
        }
        // Who is not signed in comes to the door, and so does whoever makes a cookie up.
        for cookie in ["", "sosik-desk=", &format!("sosik-desk={}", "0".repeat(64)), "sosik-desk=../../etc/passwd"] {
            let request = match method {
                "GET" => world.client.get(format!("{}{path}", world.base)),
                _ => world.client.post(format!("{}{path}", world.base)),
            };
            let response = request.header("cookie", cookie).send().await.unwrap();
            let to = response.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
            assert!(to.is_some_and(|to| to.starts_with("/desk/sign-in")), "{method} {path} with `{cookie}`");
        }
    }
}

#[tokio::test]
async fn no_form_is_taken_without_its_key_or_from_elsewhere() {
    let world = World::new().await;
    let all = world.person("staff-1", &Role::ALL).await;
    let other = world.person("staff-2", &Role::ALL).await;
    let (own, theirs) = (all.key().await, other.key().await);
    assert_ne!(own, theirs);
    for (_, path, _) in ROUTES.iter().filter(|(method, path, _)| *method == "POST" && *path != "/desk/password") {
        for key in [None, Some(""), Some(theirs.as_str()), Some("0"), Some(&own[1..])] {
            let fields: Vec<_> =
                [("do", "pin"), ("post", "p-1")].into_iter().chain(key.map(|key| ("form-key", key))).collect();
            assert_eq!(all.send(path, &fields).await.status().as_u16(), 403, "{path} {key:?}");
        }
        for site in ["cross-site", "same-site"] {
            let request = world.client.post(format!("{}{path}", world.base)).header("cookie", &all.cookie);
            let request = crate::world::form(request.header("sec-fetch-site", site), &[("form-key", &own)]);
            assert_eq!(request.send().await.unwrap().status().as_u16(), 403, "{path} from {site}");
        }
    }
    // Nothing of it was done.
    let page = all.page(WEEK).await;
    assert!(!page.html().contains("꼭 실음"));
}

#[tokio::test]
async fn whose_roles_are_taken_is_out_at_once() {
    let world = World::new().await;
    let editor = world.person("editor-1", &[Role::Editor]).await;
    let officer = world.person("officer-1", &[Role::PrivacyOfficer]).await;
    editor.page(WEEK).await;
    let response = officer.post("/desk/accounts/editor-1/roles", &[("role", "approver")]).await;
    assert_eq!(response.status().as_u16(), 303);
    assert_eq!(editor.get(WEEK).await.status().as_u16(), 303);
    let again = world.signed_in("editor-1", crate::world::PASSWORD).await;
    let (status, _) = again.edits(&[("do", "pin"), ("post", "p-1")]).await;
    assert_eq!(status, 403);
    // Nobody gives themselves more.
    let (status, told) = officer.told("/desk/accounts/officer-1/roles", &[("role", "approver")]).await;
    assert_eq!(status, 409, "{told}");
    assert!(told.contains("자기 역할"), "{told}");
}
