//! The endpoints for machines, as their document says: receipts of a dealer, counts, the document itself.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test has a server of its own, and waits for a dealer")]

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderName;
use chrono::{TimeDelta, TimeZone as _, Utc};
use reqwest::{Client, Method};
use serde_json::Value;
use sosik_bizgo::Bizgo;
use sosik_channel::{TextMessage, Transport};
use sosik_chat::{ChatStore as _, City, MemoryArchive, NewTicket, Window};
use sosik_content::{EditionId, WebLink};
use sosik_core::{AreaCode, ChannelId, Clock, ManualClock, PhoneNumber, SystemEntropy};
use sosik_delivery::{CampaignKey, Engine, Outbox as _, Plan, plan};
use sosik_desk::{MemoryDesk, Staff};
use sosik_emulator::{Emulator, Options};
use sosik_kakao::bot::{BotClient, BotDoor};
use sosik_kakao::skill::{Callbacks, SkillDoor};
use sosik_registry::{
    Channels, ConsentEvent, Identity, NewSubscriber, Purpose, SecretKey, Segment, SubscriberStore as _, Vault,
};
use sosik_schedule::MessageClass;
use sosik_sqlite::SqliteStore;
use sosik_web::archive::{Archive, Shelf, Site};
use sosik_web::bot::BotWebhook;
use sosik_web::health;
use sosik_web::kakao::{Chatbot, Webhooks};
use sosik_web::metrics::{Metrics, MetricsError};
use sosik_web::openapi;
use sosik_web::receipts::Receipts;

struct World {
    store: Arc<SqliteStore>,
    clock: Arc<ManualClock>,
    emulator: Emulator,
    engine: Engine,
    base: String,
    client: Client,
    _folder: tempfile::TempDir,
}

impl World {
    /// A city whose dealer posts its receipts to it.
    async fn new(more: impl FnOnce(&Arc<SqliteStore>, &Arc<ManualClock>) -> Router) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let entropy = Arc::new(SystemEntropy::new());
        let vault = Vault::new(&SecretKey::generate(&*entropy), Arc::clone(&entropy) as _);
        let store = SqliteStore::open(&folder.path().join("city.db"), vault, entropy).unwrap();
        let store = Arc::new(store);
        let clock = Arc::new(ManualClock::at(Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let options = Options::new("KEY")
            .with_clock(Arc::clone(&clock) as _)
            .without_rates()
            .with_bizgo_webhook(format!("{base}/receipts/bizgo"), "webhook-secret");
        let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
        let bizgo = Bizgo::builder("KEY", "SENDER").base_url(emulator.url()).webhook_secret("webhook-secret");
        let transport: Arc<dyn Transport> = Arc::new(bizgo.build().unwrap());
        let engine = |name: &str| {
            let (outbox, people) = (Arc::clone(&store) as _, Arc::clone(&store) as _);
            // It is not asked for receipts: they come.
            Engine::builder(outbox, people, Arc::clone(&transport)).worker(name).poll_every(TimeDelta::days(1)).build()
        };
        let receiver = Arc::new(engine("receiver"));
        let receipts = Receipts::new(Arc::clone(&transport), receiver, Arc::clone(&clock) as _);
        let app = receipts.router("/receipts/bizgo").merge(more(&store, &clock));
        let app = sosik_web::observed(app);
        tokio::spawn(async move { axum::serve(listener, app).await });
        let engine = engine("sender");
        Self { store, clock, emulator, engine, base, client: Client::new(), _folder: folder }
    }

    /// Sends a text to so many people.
    async fn send(&self, people: u32) -> sosik_delivery::CampaignId {
        let now = self.clock.now();
        let person = |n: u32| {
            let phone = PhoneNumber::parse(&format!("010-0000-{n:04}")).unwrap();
            let consent = ConsentEvent::granted(Purpose::Advertising, now - TimeDelta::days(9), "test");
            NewSubscriber::new(phone, AreaCode::parse("4163053000").unwrap()).with_consent(consent)
        };
        self.store.put(&(1..=people).map(person).collect::<Vec<_>>(), now).await.unwrap();
        let channel = ChannelId::parse("yangju-city").unwrap();
        let key = CampaignKey::new(channel, now, EditionId::from_stored("w48"));
        let office = PhoneNumber::parse("031-8082-0000").unwrap();
        let text = "(광고)양주시 소식\n무료수신거부 080-000-0000";
        let message = TextMessage::new(office, text).unwrap().into();
        let asked = Plan::new(key, message, MessageClass::Advertising, Segment::All, now, 200);
        let id = plan(&*self.store, &*self.store, &asked, now).await.unwrap().campaign.id;
        while self.store.tally(id).await.unwrap().pending > 0 {
            self.engine.run_due(self.clock.now(), 4).await.unwrap();
        }
        id
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dealer_posts_is_kept_before_it_is_answered() {
    let world = World::new(|_, _| Router::new()).await;
    let id = world.send(30).await;
    assert_eq!(world.store.tally(id).await.unwrap().accepted, 30);
    world.clock.advance(TimeDelta::seconds(3));
    for _ in 0..200 {
        if world.store.tally(id).await.unwrap().accepted == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let tally = world.store.tally(id).await.unwrap();
    assert_eq!((tally.delivered, tally.accepted), (30, 0), "{tally:?}");
    assert_eq!((world.emulator.stats().webhooks, world.emulator.stats().webhooks_unanswered), (30, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_the_dealer_is_refused() {
    let world = World::new(|_, _| Router::new()).await;
    let id = world.send(1).await;
    let url = format!("{}/receipts/bizgo", world.base);
    let forged = r#"{"msgKey":"KEY000001","serviceType":"SMS","reportCode":"10000"}"#;
    for (headers, body, status) in [
        (vec![], forged.to_owned(), 401),
        (vec![("x-ib-timestamp", "1795762802"), ("x-ib-signature", "00")], forged.to_owned(), 401),
        (vec![("x-ib-timestamp", "now"), ("x-ib-signature", "00")], forged.to_owned(), 401),
        (vec![], "x".repeat(1024 * 1024 + 1), 413),
    ] {
        let mut request = world.client.post(&url).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        assert_eq!(request.send().await.unwrap().status().as_u16(), status);
    }
    assert_eq!(world.client.get(&url).send().await.unwrap().status().as_u16(), 405);
    assert_eq!(world.store.tally(id).await.unwrap().accepted, 1, "nothing of it is believed");
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_told_to_whoever_has_the_token_and_the_document_is_true() {
    let metrics = Metrics::install().unwrap();
    assert!(matches!(Metrics::install(), Err(MetricsError::Taken)), "once in a program");
    let world = World::new(|store, clock| {
        let clock: Arc<dyn Clock> = Arc::clone(clock) as _;
        let channels = Arc::new(Channels::from_csv("channel,name\nyangju-city,양주시청\n".as_bytes()).unwrap());
        let window = Window::builder(City::new("양주시", "양주", "031-8082-0000"))
            .archive(Arc::new(MemoryArchive::new(chrono_tz::Asia::Seoul)))
            .chats(Arc::clone(store) as _)
            .subscribers(Arc::clone(store) as _)
            .entropy(Arc::new(SystemEntropy::new()))
            .build()
            .unwrap();
        let (window, channel) = (Arc::new(window), ChannelId::parse("yangju-city").unwrap());
        let door = SkillDoor::new(Arc::clone(&window), channel.clone());
        let header = HeaderName::from_static("x-sosik-secret");
        let (bot, client) = (BotDoor::new(window, channel), BotClient::new("TOKEN").unwrap());
        let bot = BotWebhook::new(bot, header.clone(), "SECRET", client, Arc::clone(&clock));
        let site = Site::new("양주시", WebLink::parse("https://news.example.go.kr").unwrap(), "031-8082-0000");
        let waiting =
            metrics.with_token("TOKEN").waiting(Arc::clone(store) as _, Arc::clone(store) as _, Arc::clone(&clock));
        Router::new()
            .merge(Archive::new(site, Arc::new(Shelf::new()), Arc::clone(&clock)).router())
            .merge(Chatbot::new(door, header, "SECRET", Callbacks::new().unwrap(), Arc::clone(&clock)).router())
            .merge(bot.router())
            .merge(Webhooks::new("KEY", channels, Arc::clone(store) as _, Arc::clone(&clock)).router())
            .merge(health::router(Vec::new(), Duration::from_secs(1)))
            .merge(openapi::router())
            .merge(waiting.router())
            .merge(desk(store, &clock))
    })
    .await;
    world.send(3).await;
    let who = Identity::AppUser("1".into());
    let ticket =
        NewTicket::new(who, ChannelId::parse("yangju-city").unwrap(), "가로등", world.clock.now() - TimeDelta::days(1));
    world.store.open(ticket, 2026, world.clock.now()).await.unwrap();
    let get = |path: &str| world.client.get(format!("{}{path}", world.base));
    get("/editions/someone-s-010-0000-0001").send().await.unwrap();

    for token in [None, Some("Bearer "), Some("Bearer TOKE"), Some("TOKEN")] {
        let request = token.iter().fold(get("/metrics"), |request, token| request.header("authorization", *token));
        assert_eq!(request.send().await.unwrap().status().as_u16(), 401, "{token:?}");
    }
    let text = get("/metrics").header("authorization", "Bearer TOKEN").send().await.unwrap().text().await.unwrap();
    for line in [
        r#"sosik_http_requests_total{method="GET",route="/editions/{id}",status="404"} 1"#,
        r#"sosik_http_requests_total{method="GET",route="/metrics",status="401"} 4"#,
        r#"sosik_http_request_seconds_bucket{route="/editions/{id}",le="5"} 1"#,
        "sosik_campaigns_open 1",
        "sosik_batches_held 0",
        "sosik_tickets_waiting 1",
        "sosik_tickets_late 1",
    ] {
        assert!(text.lines().any(|told| told == line), "{line} in\n{text}");
    }
    // Other tests of this process count too.
    let accepted =
        text.lines().find_map(|line| line.strip_prefix("sosik_recipients_accepted_total ")?.parse::<u64>().ok());
    assert!(accepted.is_some_and(|accepted| accepted >= 3), "{text}");
    assert!(!text.contains("someone-s"), "what stands in an address may be someone's");

    // Every path of the document is there, by the methods that it names, and answers as it says without anything given.
    let document: Value =
        serde_json::from_str(&get("/openapi.json").send().await.unwrap().text().await.unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 11);
    for (path, methods) in paths {
        let url = format!("{}{}", world.base, path.replace("{dealer}", "bizgo").replace("{id}", "0"));
        for (method, told) in methods.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
            let response = client.request(method.clone(), &url).send().await.unwrap();
            let status = response.status().as_u16().to_string();
            assert!(told["responses"].get(&status).is_some(), "{method} {path} answers {status}");
            assert_ne!(status, "404", "{method} {path}");
            let is_open = told["security"].as_array().unwrap().is_empty() && path != "/receipts/{dealer}";
            assert_eq!(status == "200", is_open, "{method} {path}: {status}");
        }
    }
    let feed: Value = serde_json::from_str(&get("/feed.json").send().await.unwrap().text().await.unwrap()).unwrap();
    let schema = document["components"]["schemas"]["Feed"].clone();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&feed), "{feed}");
}

/// A desk at which nobody sits.
fn desk(store: &Arc<SqliteStore>, clock: &Arc<dyn Clock>) -> Router {
    use sosik_content::{Brief, BriefBuilder, CardPicture, Edition, Post};
    use sosik_desk::{Approved, Newsroom, NewsroomError, async_trait};
    use sosik_web::desk::{Desk, Stores};

    #[derive(Debug)]
    struct Nobody(ChannelId);

    #[async_trait]
    impl Newsroom for Nobody {
        fn channel(&self) -> &ChannelId {
            &self.0
        }
        fn brief(&self, slot: chrono::DateTime<Utc>) -> BriefBuilder {
            Brief::builder(self.0.clone(), slot, chrono_tz::Asia::Seoul)
        }
        async fn posts(&self, _: chrono::DateTime<Utc>) -> Result<Vec<Post>, NewsroomError> {
            Ok(Vec::new())
        }
        async fn draw(&self, _: &Edition, _: &[Post]) -> Result<Vec<CardPicture>, NewsroomError> {
            Ok(Vec::new())
        }
        async fn hand_over(
            &self,
            _: &Approved,
            _: chrono::DateTime<Utc>,
        ) -> Result<sosik_delivery::CampaignId, NewsroomError> {
            Err(NewsroomError::new("nobody"))
        }
    }

    let entropy = Arc::new(SystemEntropy::new());
    let staff = Staff::new(Arc::new(MemoryDesk::new()), Arc::clone(store) as _, Arc::clone(clock), entropy).unwrap();
    let room = Arc::new(Nobody(ChannelId::parse("yangju-city").unwrap()));
    Desk::builder("양주시", staff, room, Stores::of(store), Arc::clone(clock)).build().router()
}
