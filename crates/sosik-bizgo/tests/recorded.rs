//! Our requests beside those that the dealer's own SDK makes for the same things (`bizgo-sdk-comm` 1.2.0, recorded).
//!
//! They lie in the corpus: set `SOSIK_CORPUS` to its folder.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the corpus is named by the environment; a server runs beside the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeZone, Utc};
use serde_json::{Value, json};
use sosik_bizgo::{Bizgo, BizgoTransport};
use sosik_channel::{
    Advertising, Audience, Body, Button, CarouselCard, CarouselFeed, GroupSend, GroupSender, Media, MediaRef, Message,
    PictureFormat, Recipient, Refusal, Submission, TemplateRef, TextMessage, Transport,
};
use sosik_content::WebLink;
use sosik_core::PhoneNumber;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it went over the wire.
#[derive(Clone, Debug)]
struct Seen {
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    body: Value,
}

/// A server that writes down what it is asked, and answers everything with what suits most.
async fn stub() -> (String, Arc<Mutex<Vec<Seen>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (url, seen) = (format!("http://{}", listener.local_addr().unwrap()), Arc::new(Mutex::new(Vec::new())));
    let kept = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, Arc::clone(&kept)));
        }
    });
    (url, seen)
}

async fn answer(mut stream: TcpStream, seen: Arc<Mutex<Vec<Seen>>>) {
    let mut bytes = Vec::new();
    let (head, length) = loop {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await.unwrap();
        assert!(read > 0, "the request breaks off");
        bytes.extend_from_slice(&chunk[..read]);
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
            });
            break (head, end + 4 + length.unwrap_or(0));
        }
    };
    while bytes.len() < length {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await.unwrap();
        bytes.extend_from_slice(&chunk[..read]);
    }
    let mut first = head.lines().next().unwrap().split(' ');
    let (method, target) = (first.next().unwrap().to_owned(), first.next().unwrap());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let unescape = |text: &str| text.replace('+', " ").replace("%3A", ":");
    let query =
        query.split('&').filter_map(|pair| pair.split_once('=')).map(|(k, v)| (k.to_owned(), unescape(v))).collect();
    let start = head.len() + 4;
    let body = serde_json::from_slice(&bytes[start..]).unwrap_or(Value::Null);
    seen.lock().unwrap().push(Seen { method, path: path.to_owned(), query, body });
    let data = json!({
        "imgUrl": "https://mud-kage.kakao.com/dn/example/img_l.jpg", "reportId": "", "report": [],
        "destinations": [{ "to": "01000000000", "ref": "r1", "code": "A000", "msgKey": "K" }],
        "brandmessage": {
            "templateCode": "TEMPLATE_CODE_EXAMPLE", "requestId": "1203981", "status": "READY", "count": 12_000,
            "possible": 12_000, "estimatedFinishedAt": "2026-11-27T16:00:24",
        },
    });
    let data = json!({ "code": "A000", "resvKey": "RESV", "data": data });
    let answer = json!({ "common": { "authCode": "A000" }, "data": data }).to_string();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", answer.len());
    stream.write_all(format!("{head}{answer}").as_bytes()).await.unwrap();
}

fn link(path: &str) -> WebLink {
    WebLink::parse(&format!("https://www.example.go.kr/{path}")).unwrap()
}

fn message() -> Message {
    let mut picture = Media::new(PictureFormat::Jpeg, (800, 400), "그림", vec![1]).picture;
    picture.media = Some(MediaRef::new("https://mud-kage.kakao.com/dn/example/img_l.jpg"));
    let card = |n: u8| {
        let card = CarouselCard::new(format!("카드 {n}"), format!("내용 {n}"), picture.clone());
        card.with_link(link(&n.to_string())).with_button(Button::new("자세히 보기", link("1")))
    };
    let feed = CarouselFeed::new(vec![card(1), card(2)]).with_tail(link("all"));
    Message::new(Body::CarouselFeed(feed)).with_advertising(Advertising::new("예시시", Refusal::BlockChannel))
}

/// All that the SDK's request asks for, in the order of the recording.
async fn everything(bizgo: &BizgoTransport) {
    let friday: DateTime<Utc> = Utc.with_ymd_and_hms(2026, 11, 27, 7, 0, 0).unwrap();
    let plan = GroupSend::new("weekly-2026w48-city", message(), friday).with_rate(500);
    bizgo.upload(&Media::new(PictureFormat::Jpeg, (800, 400), "그림", vec![1])).await.unwrap();
    let template = bizgo.register("weekly-2026w48", &plan.message).await.unwrap();
    assert_eq!(template, TemplateRef::new("TEMPLATE_CODE_EXAMPLE"));
    bizgo.outlook(&plan).await.unwrap();
    bizgo.start(&plan, &template).await.unwrap();
    bizgo.state("1203981").await.unwrap();
    bizgo.pause("1203981").await.unwrap();
    bizgo.resume("1203981").await.unwrap();
    bizgo.terminate("1203981").await.unwrap();
    let from = PhoneNumber::parse("031-000-0000").unwrap();
    let text =
        TextMessage::new(from, "(광고) 예시시 주간 소식 무료거부 0800000000").unwrap().with_title("주간 소식").unwrap();
    let to = vec![Recipient::new("r1", PhoneNumber::parse("010-0000-0000").unwrap())];
    let sent = Submission::new("weekly-2026w48-0001", message().with_fallback(text), Audience::Named(to));
    bizgo.submit(&sent).await.unwrap();
    let hi = TextMessage::new(PhoneNumber::parse("031-000-0000").unwrap(), "hi").unwrap();
    let to = vec![Recipient::new("r1", PhoneNumber::parse("010-0000-0000").unwrap())];
    let later = Submission::new("weekly-2026w48", Message::from(hi), Audience::Named(to)).at(friday);
    let reserved = bizgo.submit(&later).await.unwrap();
    assert_eq!(reserved.handle.as_deref(), Some("RESV"));
    bizgo.receipts().await.unwrap();
    bizgo.acknowledge("REPORT_ID").await.unwrap();
    bizgo.reports("MSGKEY").await.unwrap();
}

/// Where we say something else than the recording, and why: `step field`.
const DIFFERENCES: &[(&str, &str)] = &[
    ("template body.brandmessage.pushAlarm", "Y is what it is without the field"),
    ("template body.brandmessage.carousel.tail.urlPc", "the page opens on a desktop too"),
    ("omniFree body.messageFlow[0].brandmessage.carousel.tail.urlPc", "the page opens on a desktop too"),
    ("groupSend body.brandmessage.pushAlarm", "Y is what it is without the field"),
    ("estimate query.startTime", "the recording has a blank where the SDK's own words ask for a T"),
    ("reservation body.destinations[0].ref", "by it receipts are told apart"),
    ("omniFree body.groupKey", "by it we find what was lost"),
];

/// The leaves of a value, by path.
fn leaves(path: &str, value: &Value, out: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| leaves(&format!("{path}.{name}"), value, out)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| leaves(&format!("{path}[{at}]"), value, out));
        }
        Value::Null => {}
        leaf => drop(out.insert(path.to_owned(), leaf.clone())),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_is_asked_for_in_the_same_form_as_by_the_dealer_s_sdk() {
    let Some(corpus) = std::env::var_os("SOSIK_CORPUS") else {
        assert!(std::env::var_os("SOSIK_REQUIRE_CORPUS").is_none(), "the corpus must be here: set SOSIK_CORPUS");
        println!("SKIPPED: SOSIK_CORPUS is not set, the dealer's SDK was not heard");
        return;
    };
    let path = PathBuf::from(corpus).join("kakao/bizgo_requests.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let theirs: Vec<Value> = serde_json::from_str(&text).unwrap();
    let (url, seen) = stub().await;
    let bizgo = Bizgo::builder("KEY", "SENDER_KEY_EXAMPLE").base_url(url).build().unwrap();
    everything(&bizgo).await;
    let ours = seen.lock().unwrap().clone();
    let steps: Vec<&str> = theirs.iter().map(|request| request["step"].as_str().unwrap()).collect();
    assert_eq!(ours.len(), theirs.len(), "{steps:?} beside {ours:#?}");
    let mut differ = BTreeSet::new();
    for (ours, theirs) in ours.iter().zip(&theirs) {
        let step = theirs["step"].as_str().unwrap();
        assert_eq!(
            (ours.method.as_str(), ours.path.as_str()),
            (theirs["method"].as_str().unwrap(), theirs["path"].as_str().unwrap())
        );
        let (mut a, mut b) = (BTreeMap::new(), BTreeMap::new());
        leaves("query", &json!(ours.query), &mut a);
        leaves("body", &ours.body, &mut a);
        leaves("query", &theirs["query"], &mut b);
        leaves("body", &theirs["body"], &mut b);
        let fields: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
        for field in fields.into_iter().filter(|field| a.get(*field) != b.get(*field)) {
            let place = format!("{step} {field}");
            let known = DIFFERENCES.iter().any(|(known, _)| *known == place);
            assert!(known, "{place}: ours {:?}, theirs {:?}", a.get(field), b.get(field));
            differ.insert(place);
        }
    }
    println!("{} requests alike, but for {} fields: {DIFFERENCES:#?}", ours.len(), differ.len());
    assert_eq!(differ.len(), DIFFERENCES.len(), "a difference that is none: {differ:?}");
}
