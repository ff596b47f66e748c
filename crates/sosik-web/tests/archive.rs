//! The public archive over HTTP on the loopback, read as browsers and feed readers read it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test has a server of its own, and reads where the corpus is")]

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use reqwest::{Client, Response, StatusCode};
use scraper::{Html, Selector};
use sosik_content::{Brief, CardPicture, Edition, Post, WebLink, curate};
use sosik_core::{ChannelId, ManualClock};
use sosik_delivery::{ClickStore, Clicks, MemoryClicks};
use sosik_web::archive::{Archive, Published, Shelf, Site};

fn slot(week: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 20, 6, 0, 0).unwrap() + TimeDelta::weeks(week)
}

/// An edition of a week, of posts by number, title and text.
fn edition(week: i64, posts: &[(usize, &str, &str)]) -> Edition {
    let brief = Brief::builder(ChannelId::parse("yangju-city").unwrap(), slot(week), chrono_tz::Asia::Seoul)
        .name("양주시 소식")
        .cards(1, 6)
        .build()
        .unwrap();
    let posts: Vec<Post> = posts
        .iter()
        .map(|(n, title, text)| {
            let link = WebLink::parse(&format!("https://blog.example.go.kr/{n}")).unwrap();
            Post::new(*title, link, *text).with_published(slot(week) - TimeDelta::days(1))
        })
        .collect();
    curate(&posts, &brief).unwrap().edition
}

struct World {
    shelf: Arc<Shelf>,
    clock: Arc<ManualClock>,
    client: Client,
    base: String,
}

impl World {
    async fn new() -> Self {
        Self::counting(None).await
    }

    async fn counting(clicks: Option<Arc<dyn ClickStore>>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let shelf = Arc::new(Shelf::new());
        let clock = Arc::new(ManualClock::at(slot(1) + TimeDelta::minutes(1)));
        let site = Site::new("양주시", WebLink::parse("https://news.example.go.kr").unwrap(), "031-8082-0000")
            .with_channel(WebLink::parse("https://pf.kakao.com/_ZeUTxl/friend").unwrap());
        let archive = Archive::new(site, Arc::clone(&shelf), Arc::clone(&clock) as _);
        let router = clicks.into_iter().fold(archive, Archive::counting).router();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { shelf, clock, client: Client::new(), base }
    }

    async fn filled() -> Self {
        let world = Self::new().await;
        world.shelf.put(Published::new(edition(
            0,
            &[
                (
                    1,
                    "옥정호수공원 겨울빛 점등식",
                    "겨울빛 점등식을 엽니다. 누구나 볼 수 있습니다.\n일시: 12. 5.(토) 17:00\n장소: 옥정호수공원 중앙광장",
                ),
                (
                    2,
                    "회천1동 주민자치회 위원 모집",
                    "12월 11일까지 회천1동 행정복지센터에서 위원을 모집합니다. 신청서를 내 주세요.",
                ),
            ],
        )));
        let week = edition(
            1,
            &[(3, "겨울철 수도 동파 예방", "수도계량기함에 헌 옷을 채워 주세요. 한파 때는 물을 조금 틀어 둡니다.")],
        );
        let picture =
            CardPicture::new(vec![0xff, 0xd8, 0xff, 0xd9], (1080, 1080), "수도계량기함을 헌 옷으로 채우는 그림");
        world.shelf.put(Published::new(week).with_pictures(vec![picture]));
        world.shelf.put(Published::new(edition(
            2,
            &[(4, "아직 나가지 않은 소식입니다", "다음 주에 나갑니다. 그때까지 아무도 보지 못합니다.")],
        )));
        world
    }

    async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.base)).send().await.unwrap()
    }

    async fn page(&self, path: &str) -> Html {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        Html::parse_document(&response.text().await.unwrap())
    }
}

fn texts(page: &Html, selector: &str) -> Vec<String> {
    page.select(&Selector::parse(selector).unwrap())
        .map(|one| one.text().collect::<String>().trim().to_owned())
        .collect()
}

/// What every page has, and what none has.
fn holds(page: &Html, path: &str) {
    assert_eq!(texts(page, "h1").len(), 1, "{path} has one heading");
    assert_eq!(texts(page, "html[lang=ko] main#main").len(), 1, "{path}");
    assert!(texts(page, "script, iframe, object, [onclick], [onload], [onerror], [style]").is_empty(), "{path}");
    for image in page.select(&Selector::parse("img").unwrap()) {
        assert!(image.attr("alt").is_some_and(|alt| !alt.is_empty()), "{path}: a picture without words");
        assert!(
            image.attr("width").is_some() && image.attr("height").is_some(),
            "{path}: a picture that moves the text"
        );
    }
    for link in page.select(&Selector::parse("a").unwrap()) {
        let href = link.attr("href").unwrap();
        let is_known = ["/", "#", "http://", "https://", "tel:"].iter().any(|begin| href.starts_with(begin));
        assert!(is_known && !link.text().collect::<String>().trim().is_empty(), "{path}: {href}");
    }
    let labelled = page.select(&Selector::parse("input").unwrap()).all(|input| {
        let id = input.attr("id").unwrap();
        !texts(page, &format!("label[for={id}]")).is_empty()
    });
    assert!(labelled, "{path}: a field without a label");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_published_is_shown_and_nothing_else() {
    let world = World::filled().await;
    let list = world.page("/").await;
    holds(&list, "/");
    assert_eq!(texts(&list, "article h2").len(), 2);
    assert_eq!(texts(&list, "article li")[0], "겨울철 수도 동파 예방", "the newest first");

    let page = world.page("/editions/yangju-city-2026-W48").await;
    holds(&page, "an edition");
    assert_eq!(texts(&page, "article h2"), ["겨울철 수도 동파 예방"]);
    let meta = |name: &str| {
        let selector = Selector::parse(&format!("meta[property='{name}']")).unwrap();
        page.select(&selector).next().and_then(|meta| meta.attr("content")).map(str::to_owned)
    };
    assert_eq!(meta("og:url").as_deref(), Some("https://news.example.go.kr/editions/yangju-city-2026-W48"));
    assert_eq!(meta("og:image").as_deref(), Some("https://news.example.go.kr/editions/yangju-city-2026-W48/1.jpg"));
    let picture = world.get("/editions/yangju-city-2026-W48/1.jpg").await;
    assert_eq!((picture.status(), picture.headers()["content-type"].to_str().unwrap()), (StatusCode::OK, "image/jpeg"));
    let points = world.page("/editions/yangju-city-2026-W47").await;
    assert!(texts(&points, "dl dt").contains(&"장소".to_owned()), "{:?}", texts(&points, "dl dt"));

    for path in [
        "/editions/yangju-city-2026-W49",
        "/editions/yangju-city-2026-W49/1.jpg",
        "/editions/..%2f..%2fetc%2fpasswd",
        "/editions/yangju-city-2026-W48/0.jpg",
        "/editions/yangju-city-2026-W48/2.jpg",
        "/editions/yangju-city-2026-W48/..%2f1.jpg",
        "/editions/yangju-city-2026-W48/99999999999999999999.jpg",
        "/?page=2",
        "/?page=18446744073709551615",
        "/none",
    ] {
        assert_eq!(world.get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/", "/feed.atom", "/feed.json", "/sitemap.xml", "/search?q=나가지+않은"] {
        let body = world.get(path).await.text().await.unwrap();
        assert!(!body.contains("아직 나가지 않은 소식입니다") && !body.contains("W49"), "{path} tells what is to come");
    }
    world.clock.set(slot(2));
    assert_eq!(world.get("/editions/yangju-city-2026-W49").await.status(), StatusCode::OK, "from its slot on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn search_finds_as_citizens_write() {
    let world = World::filled().await;
    for (question, expected) in [
        ("점등식", Some("옥정호수공원 겨울빛 점등식")),
        ("ㅈㄷㅅ", Some("옥정호수공원 겨울빛 점등식")),
        ("점등싯은 어디서", Some("옥정호수공원 겨울빛 점등식")),
        ("동파", Some("겨울철 수도 동파 예방")),
        ("수영장", None),
        ("", None),
        ("<script>alert(1)</script>", None),
    ] {
        let url = format!("{}/search", world.base);
        let response = world.client.get(url).query(&[("q", question)]).send().await.unwrap();
        let page = Html::parse_document(&response.text().await.unwrap());
        holds(&page, question);
        assert_eq!(texts(&page, "article h2").first().map(String::as_str), expected, "{question}");
        assert!(question.is_empty() || texts(&page, "[role=status]")[0].contains(question), "{question}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn feeds_are_read_by_those_who_read_feeds() {
    let world = World::filled().await;
    for path in ["/feed.atom", "/feed.json"] {
        let body = world.get(path).await.bytes().await.unwrap();
        let posts = sosik_feeds::parse(&body).unwrap().posts;
        let links: Vec<String> = posts.iter().map(|post| post.link.to_string()).collect();
        let expected = ["48", "47"].map(|week| format!("https://news.example.go.kr/editions/yangju-city-2026-W{week}"));
        assert_eq!(links, expected, "{path}");
        assert_eq!(posts[0].published, Some(slot(1)), "{path}");
        assert!(posts[1].text.contains("겨울빛 점등식"), "{path}");
    }
    let map = world.get("/sitemap.xml").await.text().await.unwrap();
    assert_eq!(map.matches("<loc>").count(), 3, "{map}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_did_not_change_is_not_sent_again() {
    let world = World::filled().await;
    for path in ["/", "/editions/yangju-city-2026-W48", "/feed.atom", "/feed.json", "/sitemap.xml", "/style.css"] {
        let first = world.get(path).await;
        let tag = first.headers()["etag"].clone();
        assert_eq!(first.headers()["cache-control"], "public, max-age=300", "{path}");
        let again =
            world.client.get(format!("{}{path}", world.base)).header("If-None-Match", &tag).send().await.unwrap();
        assert_eq!((again.status(), again.headers()["etag"].clone()), (StatusCode::NOT_MODIFIED, tag), "{path}");
    }
    let tag = world.get("/").await.headers()["etag"].clone();
    world.clock.set(slot(2));
    assert_ne!(world.get("/").await.headers()["etag"], tag, "a new edition");
    let headers = world.get("/").await.headers().clone();
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(
        (&headers["x-content-type-options"], &headers["x-frame-options"]),
        (&"nosniff".parse().unwrap(), &"DENY".parse().unwrap())
    );
}

#[tokio::test]
async fn a_card_s_link_leads_on_and_is_counted_without_anyone() {
    let clicks = Arc::new(MemoryClicks::new());
    let world = World::counting(Some(Arc::clone(&clicks) as _)).await;
    let one = edition(
        0,
        &[
            (1, "첫 소식", "첫 소식의 본문은 이렇습니다. 여기까지가 본문입니다."),
            (2, "둘째 소식", "둘째 소식의 본문은 이렇습니다. 도서관이 쉽니다."),
        ],
    );
    let (id, links) = (one.id().clone(), one.cards().iter().map(|card| card.link().clone()).collect::<Vec<_>>());
    world.shelf.put(Published::new(one));
    world.shelf.put(Published::new(edition(2, &[(1, "아직", "아직 나가지 않은 소식입니다. 다음 주에 나갑니다.")])));
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let at = |path: &str| format!("{}/editions/{path}", world.base);
    let response = client.get(at(&format!("{id}/2"))).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::FOUND);
    let to = response.headers()["location"].to_str().unwrap();
    let expected = format!("{}?utm_source=kakao&utm_medium=brandmessage&utm_campaign={id}&utm_content=card2", links[1]);
    assert_eq!(to, expected);
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["referrer-policy"], "no-referrer");
    assert!(response.headers().get("set-cookie").is_none());
    // Who only looks ahead does not count.
    for header in ["sec-purpose", "purpose"] {
        let request = client.get(at(&format!("{id}/2"))).header(header, "prefetch");
        assert_eq!(request.send().await.unwrap().status(), StatusCode::FOUND);
    }
    assert_eq!(client.head(at(&format!("{id}/2"))).send().await.unwrap().status(), StatusCode::FOUND);
    client.get(at(&format!("{id}/1"))).send().await.unwrap();
    let day = slot(1).date_naive();
    assert_eq!(clicks.clicks_of(&id).await.unwrap(), [Clicks::new(1, day, 1), Clicks::new(2, day, 1)]);
    for path in [
        format!("{id}/0"),
        format!("{id}/3"),
        format!("{id}/02"),
        format!("{id}/x"),
        "yangju-city-2026-W49/1".into(),
        "none/1".into(),
    ] {
        assert_eq!(client.get(at(&path)).send().await.unwrap().status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_post_says_is_text() {
    let Some(corpus) = std::env::var_os("SOSIK_CORPUS").map(PathBuf::from) else {
        assert!(std::env::var_os("SOSIK_REQUIRE_CORPUS").is_none(), "SOSIK_CORPUS is not set");
        println!("skipped: SOSIK_CORPUS is not set");
        return;
    };
    let list = std::fs::read(corpus.join("nasty_text/blns_shared.json")).unwrap();
    let strange: Vec<String> = serde_json::from_slice(&list).unwrap();
    assert!(strange.len() > 100, "{}", strange.len());
    let world = World::new().await;
    for (week, some) in strange.chunks(6).enumerate() {
        let texts: Vec<(usize, String, String)> = some
            .iter()
            .enumerate()
            .map(|(n, text)| {
                (
                    week * 6 + n,
                    format!("{n}번째 {text}"),
                    format!("{n}번째 글의 본문은 이렇습니다. {text} 여기까지가 본문입니다."),
                )
            })
            .collect();
        let posts: Vec<(usize, &str, &str)> =
            texts.iter().map(|(n, title, text)| (*n, title.as_str(), text.as_str())).collect();
        let week = i64::try_from(week).unwrap();
        world.shelf.put(Published::new(edition(-week, &posts)));
    }
    for path in ["/", "/search?q=본문", "/search?q=%22%3E%3Cscript%3E"] {
        holds(&world.page(path).await, path);
    }
    let mut paths = Vec::new();
    for page in 1..=4 {
        let list = world.page(&format!("/?page={page}")).await;
        holds(&list, "/");
        let links = Selector::parse("article h2 a").unwrap();
        paths.extend(list.select(&links).map(|link| link.attr("href").unwrap().to_owned()));
    }
    assert_eq!(paths.len(), strange.len().div_ceil(6), "every edition is looked at");
    for path in paths {
        holds(&world.page(&path).await, &path);
    }
    for path in ["/feed.atom", "/feed.json"] {
        let body = world.get(path).await.bytes().await.unwrap();
        let read = sosik_feeds::parse(&body).unwrap();
        assert_eq!((read.posts.len(), read.rejected.len()), (26, 0), "{path}");
    }
}
