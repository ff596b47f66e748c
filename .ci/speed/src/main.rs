//! Messages a second by SOLAPI's own crate, by `sosik-solapi`, and by reqwest with a ready body, against one stub.
//!
//! SOLAPI's crate knows one host only, so all three go to it through a proxy on this machine that speaks TLS in its
//! name: the stub, a process of its own. usage: `speed [ROUNDS]`

#![forbid(unsafe_code)]

mod stub;

use std::alloc::System;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use solapi::SolapiClient;
use solapi::message::{Message as TheirMessage, SendRequest};
use sosik_channel::{
    Advertising, Audience, Body, Button, CarouselCard, CarouselFeed, Media, MediaRef, Message, PictureFormat, Recipient,
    Refusal, Submission, TextMessage, Transport,
};
use sosik_content::WebLink;
use sosik_core::{PhoneNumber, SystemClock, SystemEntropy};
use sosik_solapi::{Credentials, Solapi, limits};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

/// Counts allocations of this process; the stub's are in its own.
#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

pub const HOST: &str = "api.solapi.com";
const TEXT: &str = "양주시 소식입니다.";
const KEY: &str = "KEY";
const SECRET: &str = "SECRET";

fn main() {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("stub") => runtime().block_on(stub::serve(&arguments.next().expect("a folder"))),
        Some("client") => {
            let rounds = arguments.next().and_then(|rounds| rounds.parse().ok()).unwrap_or(5);
            let runtime = runtime();
            let ways = runtime.block_on(ways());
            runtime.block_on(measure(&ways, rounds));
            criterion(&runtime, &ways);
            runtime.block_on(memory(&ways[1]));
        }
        rounds => {
            let folder = std::env::temp_dir().join(format!("speed-{}", std::process::id()));
            std::fs::create_dir_all(&folder).expect("a folder");
            let this = std::env::current_exe().expect("this program");
            let mut stub = std::process::Command::new(&this).arg("stub").arg(&folder).spawn().expect("the stub");
            let port = loop {
                if let Ok(port) = std::fs::read_to_string(folder.join("port")) {
                    break port;
                }
                std::thread::sleep(std::time::Duration::from_millis(50));
            };
            let status = std::process::Command::new(&this)
                .args(["client", rounds.unwrap_or("5")])
                .env("HTTPS_PROXY", format!("http://127.0.0.1:{port}"))
                .env("SSL_CERT_FILE", folder.join("cert.pem"))
                .status();
            let _ = stub.kill();
            let _ = std::fs::remove_dir_all(&folder);
            assert!(status.expect("the client").success());
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// One way to send: a request of so many messages.
enum Way {
    Ready(reqwest::Client),
    Ours(Arc<dyn Transport>),
    Theirs(solapi::message::MessageService),
}

impl Way {
    fn name(&self) -> &'static str {
        match self {
            Self::Ready(_) => "reqwest with a ready body",
            Self::Ours(_) => "sosik-solapi, validated",
            Self::Theirs(_) => "solapi 0.2.0",
        }
    }

    async fn send(&self, people: &[Person], ready: &Arc<Vec<u8>>) {
        let many = people.len();
        match self {
            Self::Ready(client) => {
                let request = client.post(format!("https://{HOST}/messages/v4/send-many/detail"));
                let request = request.header("Authorization", "x").header("Content-Type", "application/json");
                let response = request.body(ready.to_vec()).send().await.expect("an answer");
                let answer: serde_json::Value = response.json().await.expect("JSON");
                assert_eq!(answer["groupInfo"]["count"]["registeredSuccess"], many);
            }
            Self::Ours(transport) => {
                let from = PhoneNumber::parse("031-000-0000").expect("a number");
                let message: Message = TextMessage::new(from, TEXT).expect("a text").into();
                limits::validate(&message).expect("a valid message");
                let to = people
                    .iter()
                    .map(|one| Recipient::new(&*one.reference, PhoneNumber::parse(&one.number).expect("a number")))
                    .collect();
                let submission = Submission::new("key", message, Audience::Named(to));
                assert_eq!(transport.submit(&submission).await.expect("an answer").accepted(), many);
            }
            Self::Theirs(service) => {
                let messages = people
                    .iter()
                    .map(|one| {
                        let mut message = TheirMessage::new(one.number.clone());
                        (message.from, message.text) = (Some("0310000000".to_owned()), Some(TEXT.to_owned()));
                        let fields = [("ref".to_owned(), one.reference.clone()), ("key".to_owned(), "key".to_owned())];
                        message.custom_fields = Some(fields.into());
                        message
                    })
                    .collect();
                let request = SendRequest {
                    messages,
                    allow_duplicates: Some(false),
                    scheduled_date: None,
                    show_message_list: Some(true),
                };
                let answer = service.send(request).await.expect("an answer");
                assert_eq!(answer.group_info.count.registered_success as usize, many);
            }
        }
    }
}

/// A recipient, as a city's own table has them.
struct Person {
    number: String,
    reference: String,
}

fn people(many: usize) -> Vec<Person> {
    (0..many).map(|n| Person { number: format!("010{n:08}"), reference: format!("r{n}") }).collect()
}

/// The body of a request, as `sosik-solapi` writes it.
fn ready(people: &[Person]) -> Vec<u8> {
    let messages: Vec<_> = people
        .iter()
        .map(|one| {
            serde_json::json!({ "to": one.number, "from": "0310000000", "text": TEXT, "type": "SMS",
                "customFields": { "key": "key", "ref": one.reference } })
        })
        .collect();
    let body = serde_json::json!({ "allowDuplicates": false, "showMessageList": true, "messages": messages });
    body.to_string().into_bytes()
}

/// The three, each with a connection of its own.
async fn ways() -> Vec<Arc<Way>> {
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("TLS");
    use rustls_platform_verifier::BuilderVerifierExt as _;
    let tls = tls.with_platform_verifier().expect("certificates").with_no_client_auth();
    let client = reqwest::Client::builder().tls_backend_preconfigured(tls).build().expect("a client");
    let (clock, entropy) = (Arc::new(SystemClock::new()), Arc::new(SystemEntropy::new()));
    let ours = Solapi::builder(Credentials::new(KEY, SECRET), "KA01PF0", clock, entropy).build().expect("a client");
    [
        Way::Ready(client),
        Way::Ours(Arc::new(ours)),
        Way::Theirs(SolapiClient::new(KEY, SECRET).message_service()),
    ]
    .into_iter()
    .map(Arc::new)
    .collect()
}

/// The same by Criterion, a request after the other, against the same stub.
fn criterion(runtime: &tokio::runtime::Runtime, ways: &[Arc<Way>]) {
    let folder = std::env::temp_dir().join(format!("speed-criterion-{}", std::process::id()));
    let mut criterion = criterion::Criterion::default()
        .without_plots()
        .sample_size(20)
        .warm_up_time(std::time::Duration::from_secs(1))
        .measurement_time(std::time::Duration::from_secs(3))
        .output_directory(&folder);
    for many in [1, 1_000] {
        let people = people(many);
        let ready = Arc::new(ready(&people));
        let mut group = criterion.benchmark_group(format!("{many} a request, one after the other"));
        group.throughput(criterion::Throughput::Elements(many as u64));
        for way in ways {
            group.bench_function(way.name(), |bench| bench.iter(|| runtime.block_on(way.send(&people, &ready))));
        }
        group.finish();
    }
    let _ = std::fs::remove_dir_all(folder);
}

/// What 10,000 carousels in one request take of memory: their body, and what of it stood in memory at once.
async fn memory(way: &Way) {
    let Way::Ours(transport) = way else { return };
    let carousel = || {
        let link = |path: &str| WebLink::parse(&format!("https://www.example.go.kr/{path}")).expect("a link");
        let card = |n: usize| {
            let mut picture = Media::new(PictureFormat::Jpeg, (800, 400), "글", vec![1]).picture;
            picture.media = Some(MediaRef::new("ST01FZ1234567890ABCDEF"));
            CarouselCard::new(format!("카드 {n}"), "가".repeat(180), picture)
                .with_link(link("news"))
                .with_button(Button::new("자세히", link("news")))
        };
        let feed = CarouselFeed::new((0..6).map(card).collect()).with_tail(link("all"));
        Message::new(Body::CarouselFeed(feed)).with_advertising(Advertising::new("예시시청", Refusal::BlockChannel))
    };
    let message = carousel();
    limits::validate(&message).expect("a valid message");
    let to = people(10_000)
        .iter()
        .map(|one| Recipient::new(&*one.reference, PhoneNumber::parse(&one.number).expect("a number")))
        .collect::<Vec<_>>();
    let one = sosik_solapi::wire::write(&message, &to[0], "KA01PF0").expect("a message").to_string().len();
    let submission = Submission::new("key", message, Audience::Named(to));
    let (resident, start) = (resident("VmRSS"), Instant::now());
    // The peak so far is forgotten.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    assert_eq!(transport.submit(&submission).await.expect("an answer").accepted(), 10_000);
    println!(
        "\n10,000 carousels of {one} bytes in one request, a body of {} MB: {:.2} s, and {} MB more memory at the most",
        one * 10_000 / 1_000_000,
        start.elapsed().as_secs_f64(),
        self::resident("VmHWM").saturating_sub(resident) / 1_000
    );
}

/// One of this process's figures of memory, in kB.
fn resident(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse().ok()).unwrap_or_default()
}

async fn measure(ways: &[Arc<Way>], rounds: usize) {
    for (title, many, requests, at_once) in
        [("one message a request, 64 at once", 1, 6_000, 64), ("1,000 messages a request, 4 at once", 1_000, 120, 4)]
    {
        let people = Arc::new(people(many));
        let ready = Arc::new(ready(&people));
        let mut rates: Vec<Vec<f64>> = vec![Vec::new(); ways.len()];
        let mut allocations = vec![0.0; ways.len()];
        for round in 0..=rounds {
            for (at, way) in ways.iter().enumerate() {
                let (seconds, counted) = run(way, &people, requests, at_once, &ready).await;
                // The first round warms up.
                if round > 0 {
                    rates[at].push((many * requests) as f64 / seconds);
                    allocations[at] = counted as f64 / (many * requests) as f64;
                }
            }
        }
        println!("\n{title}: messages a second, the median of {rounds} rounds in turn");
        println!("{:<28}{:>12}{:>12}{:>12}{:>14}{:>22}", "", "median", "least", "most", "of reqwest", "allocations/message");
        let middle = |rates: &[f64]| {
            let mut sorted = rates.to_vec();
            sorted.sort_by(f64::total_cmp);
            (sorted[sorted.len() / 2], sorted[0], sorted[sorted.len() - 1])
        };
        let (base, ..) = middle(&rates[0]);
        for ((way, rates), allocations) in ways.iter().zip(&rates).zip(&allocations) {
            let (median, least, most) = middle(rates);
            println!(
                "{:<28}{median:>12.0}{least:>12.0}{most:>12.0}{:>14.2}{allocations:>22.1}",
                way.name(),
                median / base
            );
        }
    }
    println!("\nmemory of the three together, at the most: {} kB", resident("VmHWM"));
}

async fn run(
    way: &Arc<Way>,
    people: &Arc<Vec<Person>>,
    requests: usize,
    at_once: usize,
    ready: &Arc<Vec<u8>>,
) -> (f64, usize) {
    let next = Arc::new(AtomicUsize::new(0));
    let (start, before) = (Instant::now(), COUNTING.stats().allocations);
    let workers: Vec<_> = (0..at_once)
        .map(|_| {
            let (way, next, ready) = (Arc::clone(way), Arc::clone(&next), Arc::clone(ready));
            let people = Arc::clone(people);
            tokio::spawn(async move {
                while next.fetch_add(1, Ordering::Relaxed) < requests {
                    way.send(&people, &ready).await;
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.expect("a worker");
    }
    (start.elapsed().as_secs_f64(), COUNTING.stats().allocations - before)
}
