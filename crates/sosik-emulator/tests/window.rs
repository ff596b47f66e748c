//! The window on what was taken, and the script of faults, over HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use serde_json::{Value, json};
use sosik_core::ManualClock;
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

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_what_goes_to_friends_and_how_far_it_is() {
    let clock = Arc::new(ManualClock::at("2026-11-27T06:00:00Z".parse().unwrap()));
    let options = Options::new("KEY").with_clock(Arc::clone(&clock) as _).with_friends(600).without_rates();
    let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
    let ask = async |path: &str, brandmessage: Value| {
        let url = format!("{}/api/comm/v1/center/brandmessage/{path}", emulator.url());
        let request = client().post(url).header("Authorization", "KEY").json(&json!({ "brandmessage": brandmessage }));
        request.send().await.unwrap().json::<Value>().await.unwrap()["data"]["data"]["brandmessage"].clone()
    };
    let template = json!({
        "senderKey": "SENDER", "senderKeyType": "S", "sendType": "basic", "templateName": "w48", "msgType": "FT",
        "text": "<b>이번 주</b> 소식",
    });
    let code = ask("template", template).await["templateCode"].clone();
    let start = json!({
        "senderKey": "SENDER", "templateCode": code, "sendStartAt": "2026-11-27 15:30:00", "campaignId": "w<48>",
        "tpsLimit": 10,
    });
    assert_eq!(ask("groupMessage", start).await["status"], "READY");
    clock.advance(chrono::TimeDelta::seconds(30 * 60 + 25));
    let page = client().get(format!("{}/_emulator", emulator.url())).send().await.unwrap().text().await.unwrap();
    for shown in ["전체 친구, SENDING: 600명 중 250명", "&lt;b&gt;이번 주&lt;/b&gt; 소식", "w&lt;48&gt;", "동보 1"]
    {
        assert!(page.contains(shown), "{shown}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_is_moved_on_to_what_is_reserved() {
    let start = "2026-11-27T15:00:00+09:00".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let options = Options::new("KEY").with_clock(Arc::new(ManualClock::at(start)));
    let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
    let call = async |path: &str, body: Value| {
        let request = client().post(format!("{}{path}", emulator.url())).header("Authorization", "KEY");
        request.body(body.to_string()).send().await.unwrap()
    };
    let later = json!({
        "destinations": [{ "to": "01000000001" }],
        "messageFlow": [{ "sms": { "from": "0310000000", "text": "내일 안내" } }],
        "resvSendTime": "2026-11-27 16:00:00",
    });
    assert_eq!(call("/api/comm/v1/reservation", later).await.status(), 200);
    assert_eq!(emulator.stats().delivered, 0);
    let moved: Value = call("/_emulator/clock", json!({ "seconds": 3_601 })).await.json().await.unwrap();
    assert_eq!(moved["now"], "2026-11-27T07:00:01+00:00");
    assert_eq!(emulator.stats().delivered, 1);
    assert_eq!(call("/_emulator/clock", json!({ "seconds": -1 })).await.status(), 400);
}
