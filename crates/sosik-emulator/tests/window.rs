//! The window on what was taken, and the script of faults, over HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use sosik_emulator::{Emulator, Options};

fn client() -> reqwest::Client {
    // Only the loopback is spoken to, in plain HTTP: which provider it is does not matter.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

async fn emulator() -> Emulator {
    Emulator::start("127.0.0.1:0".parse().unwrap(), Options::new("KEY")).await.unwrap()
}

async fn send(emulator: &Emulator, text: &str) -> reqwest::Response {
    let body = json!({
        "destinations": [{ "to": "01000000001", "ref": "r1" }],
        "messageFlow": [{ "sms": { "from": "0310000000", "text": text } }],
    });
    let request = client().post(format!("{}/api/comm/v1/send/omni", emulator.url())).header("Authorization", "KEY");
    request.json(&body).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_and_the_list_show_the_words_and_never_the_number() {
    let emulator = emulator().await;
    let page =
        || async { client().get(format!("{}/_emulator", emulator.url())).send().await.unwrap().text().await.unwrap() };
    assert!(page().await.contains("받은 메시지가 없습니다"));
    assert!(send(&emulator, "<b>소식</b>").await.status().is_success());
    let list = client().get(format!("{}/_emulator/messages", emulator.url())).send().await.unwrap();
    let list: Vec<Value> = list.json().await.unwrap();
    assert_eq!((list.len(), &list[0]["content"]["sms"]["text"]), (1, &json!("<b>소식</b>")));
    let page = page().await;
    assert!(page.contains("&lt;b&gt;소식&lt;/b&gt;") && page.contains("1명"), "{page}");
    assert!(!page.contains("01000000001") && !list[0].to_string().contains("01000000001"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_is_played_call_by_call() {
    let emulator = emulator().await;
    let script = async |body: Value| {
        let request = client().post(format!("{}/_emulator/faults", emulator.url())).body(body.to_string());
        request.send().await.unwrap()
    };
    let wrong = script(json!(["no_such_fault"])).await;
    assert_eq!(wrong.status(), 400);
    assert!(wrong.text().await.unwrap().contains("no_such_fault"));
    let set = script(json!(["none", { "status": { "code": 503 } }, { "too_many": { "seconds": 3 } }])).await;
    assert_eq!(set.json::<Value>().await.unwrap(), json!({ "scripted": 3 }));
    assert_eq!(send(&emulator, "하나").await.status(), 200);
    assert_eq!(send(&emulator, "둘").await.status(), 503);
    let third = send(&emulator, "셋").await;
    assert_eq!((third.status().as_u16(), third.headers()["retry-after"].to_str().unwrap()), (429, "3"));
    assert_eq!(send(&emulator, "넷").await.status(), 200);
    let stats = emulator.stats();
    assert_eq!((stats.calls, stats.accepted), (4, 2));
}
