//! The public archive: every edition as a page that messages link to, a list, search, feeds and a sitemap.
//!
//! Pages work without script, are set for phones, print, and follow a dark screen; what a picture shows stands beside it in words.
//! They may be kept by caches for some minutes, and are asked for again by their tag.

mod feeds;
mod pages;
mod shelf;

use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono_tz::Asia::Seoul;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use sosik_channel::tracked;
use sosik_content::{EditionId, WebLink};
use sosik_core::Clock;
use sosik_delivery::ClickStore;

pub use self::shelf::{Published, Shelf};
use crate::limits::{limited, page};

/// How long a cache may keep a page without asking: an edition is corrected within minutes where it must be.
const KEPT: &str = "public, max-age=300";
/// So long a page may take: some milliseconds are usual.
const WITHIN: Duration = Duration::from_secs(10);
/// What a page may load: nothing but its own style and pictures.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The site of a city's archive.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Site {
    /// The city's name, such as 양주시.
    pub city: String,
    /// Where the site is, without a slash at its end: `https://news.example.go.kr`.
    pub base: WebLink,
    /// Where citizens add the channel.
    pub channel: Option<WebLink>,
    /// Where whoever has a question turns to: an office's number.
    pub contact: String,
}

impl Site {
    /// A site.
    #[must_use]
    pub fn new(city: impl Into<String>, base: WebLink, contact: impl Into<String>) -> Self {
        Self { city: city.into(), base, channel: None, contact: contact.into() }
    }

    /// With where citizens add the channel.
    #[must_use]
    pub fn with_channel(mut self, link: WebLink) -> Self {
        self.channel = Some(link);
        self
    }

    /// The address of a path: `/editions/yangju-city-2026-W48`.
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base.to_string().trim_end_matches('/'))
    }
}

/// The archive's pages.
///
/// | route | what |
/// | --- | --- |
/// | `GET /` | the latest editions; `?page=2` those before |
/// | `GET /editions/{id}` | an edition |
/// | `GET /editions/{id}/{n}.jpg` | the picture of its n-th card |
/// | `GET /editions/{id}/{n}` | on to what its n-th card links to: what messages link to, so that it can be counted |
/// | `GET /search?q=…` | what answers a question |
/// | `GET /feed.atom`, `GET /feed.json` | the latest editions |
/// | `GET /sitemap.xml` | every page |
#[derive(Clone)]
pub struct Archive(Arc<Parts>);

#[derive(Clone)]
struct Parts {
    site: Site,
    shelf: Arc<Shelf>,
    clock: Arc<dyn Clock>,
    clicks: Option<Arc<dyn ClickStore>>,
}

impl Archive {
    /// The archive of what stands on a shelf and is published by the clock.
    #[must_use]
    pub fn new(site: Site, shelf: Arc<Shelf>, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Parts { site, shelf, clock, clicks: None }))
    }

    /// With where it is counted how often the links of cards are followed: by edition, card and day, and nothing of who did.
    #[must_use]
    pub fn counting(self, clicks: Arc<dyn ClickStore>) -> Self {
        let mut parts = Arc::unwrap_or_clone(self.0);
        parts.clicks = Some(clicks);
        Self(Arc::new(parts))
    }

    /// The routes.
    pub fn router(self) -> Router {
        let routes = Router::new()
            .route("/", get(list))
            .route("/editions/{id}", get(edition))
            .route("/editions/{id}/{of_card}", get(of_card))
            .route("/search", get(search))
            .route("/feed.atom", get(atom))
            .route("/feed.json", get(json))
            .route("/sitemap.xml", get(sitemap))
            .route("/style.css", get(style))
            .with_state(self.0);
        // Whoever asks for a page sends nothing with it.
        limited(routes, 0, WITHIN, page(POLICY))
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("site", &self.0.site).field("shelf", &self.0.shelf).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Paged {
    page: Option<usize>,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
}

async fn list(State(parts): State<Arc<Parts>>, Query(paged): Query<Paged>, headers: HeaderMap) -> Response {
    /// Editions of a page: a quarter of a year.
    const PAGE: usize = 13;

    let page = paged.page.unwrap_or(1).max(1);
    let all = parts.shelf.published(parts.clock.now());
    let last = all.len().div_ceil(PAGE).max(1);
    if page > last {
        return missing(&parts);
    }
    let shown: Vec<_> = all.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
    html(&headers, StatusCode::OK, pages::list(&parts.site, &shown, page, last))
}

async fn edition(State(parts): State<Arc<Parts>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match parts.shelf.get(&EditionId::from_stored(id), parts.clock.now()) {
        Some(published) => html(&headers, StatusCode::OK, pages::edition(&parts.site, &published)),
        None => missing(&parts),
    }
}

/// What belongs to a card: its picture, or the way on to what it links to.
async fn of_card(
    State(parts): State<Arc<Parts>>,
    Path((id, name)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let published = parts.shelf.get(&EditionId::from_stored(id), parts.clock.now());
    let Some(number) = name.strip_suffix(".jpg").and_then(|number| number.parse::<usize>().ok()) else {
        return on(&parts, published.as_deref(), &name, &method, &headers).await;
    };
    let found = published
        .and_then(|published| published.pictures.get(number.checked_sub(1)?).map(|picture| Arc::clone(&picture.jpeg)));
    match found {
        Some(jpeg) => tagged(&headers, StatusCode::OK, "image/jpeg", jpeg.to_vec()),
        None => missing(&parts),
    }
}

/// On to what a card links to, once more counted. Whoever only looks ahead (a preview, a browser's prefetch) does not count, and
/// where it cannot be counted a citizen goes on all the same.
async fn on(
    parts: &Parts,
    published: Option<&Published>,
    number: &str,
    method: &Method,
    headers: &HeaderMap,
) -> Response {
    let found = published.zip(number.parse::<usize>().ok().filter(|n| n.to_string() == number));
    let found =
        found.and_then(|(published, n)| Some((published, n, published.edition.cards().get(n.checked_sub(1)?)?)));
    let Some((published, number, card)) = found else { return missing(parts) };
    let looks_ahead = ["sec-purpose", "purpose", "x-purpose"].iter().any(|name| headers.contains_key(*name));
    if let Some(clicks) = parts.clicks.as_ref().filter(|_| *method == Method::GET && !looks_ahead) {
        let day = parts.clock.now().with_timezone(&Seoul).date_naive();
        let card = u32::try_from(number).unwrap_or(u32::MAX);
        if let Err(error) = clicks.count_click(published.edition.id(), card, day).await {
            tracing::error!(%error, "a click was not counted");
        }
    }
    let to = tracked(card.link(), published.edition.id(), "brandmessage", &format!("card{number}"));
    let Ok(to) = HeaderValue::from_str(to.as_str()) else { return missing(parts) };
    (StatusCode::FOUND, [(header::LOCATION, to), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))])
        .into_response()
}

async fn search(State(parts): State<Arc<Parts>>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    /// The longest question that is looked at, in characters.
    const MOST: usize = 100;

    let question: String = asked.q.trim().chars().take(MOST).collect();
    let found = parts.shelf.search(&question, parts.clock.now());
    html(&headers, StatusCode::OK, pages::search(&parts.site, &question, &found))
}

async fn atom(State(parts): State<Arc<Parts>>, headers: HeaderMap) -> Response {
    let feed = feeds::atom(&parts.site, &parts.shelf.published(parts.clock.now()));
    tagged(&headers, StatusCode::OK, "application/atom+xml; charset=utf-8", feed)
}

async fn json(State(parts): State<Arc<Parts>>, headers: HeaderMap) -> Response {
    let feed = feeds::json(&parts.site, &parts.shelf.published(parts.clock.now()));
    tagged(&headers, StatusCode::OK, "application/feed+json; charset=utf-8", feed.to_string().into_bytes())
}

async fn sitemap(State(parts): State<Arc<Parts>>, headers: HeaderMap) -> Response {
    let map = feeds::sitemap(&parts.site, &parts.shelf.published(parts.clock.now()));
    tagged(&headers, StatusCode::OK, "application/xml; charset=utf-8", map)
}

async fn style(headers: HeaderMap) -> Response {
    tagged(&headers, StatusCode::OK, "text/css; charset=utf-8", pages::STYLE.as_bytes().to_vec())
}

fn missing(parts: &Parts) -> Response {
    html(&HeaderMap::new(), StatusCode::NOT_FOUND, pages::missing(&parts.site))
}

fn html(headers: &HeaderMap, status: StatusCode, page: maud::Markup) -> Response {
    tagged(headers, status, "text/html; charset=utf-8", page.into_string().into_bytes())
}

/// A body with its tag; nothing but the tag where whoever asks has it.
fn tagged(headers: &HeaderMap, status: StatusCode, kind: &'static str, body: Vec<u8>) -> Response {
    let digest = Sha256::digest(&body);
    let tag = digest.iter().take(12).fold(String::from("\""), |mut tag, byte| {
        let _ = write!(tag, "{byte:02x}");
        tag
    });
    let tag = tag + "\"";
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let is_known = known.flat_map(|value| value.split(',')).any(|one| one.trim().trim_start_matches("W/") == tag);
    let mut response = if is_known && status == StatusCode::OK {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        (status, [(header::CONTENT_TYPE, kind)], body).into_response()
    };
    let caching = if status == StatusCode::OK { KEPT } else { "no-store" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
