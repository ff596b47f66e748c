//! What every page has around it.

use std::error::Error;
use std::fmt::Write as _;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use chrono_tz::Tz;
use maud::{DOCTYPE, Markup, html};
use sosik_desk::Right;

use super::Parts;
use super::enter::{KEY, Who};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("desk.js");

/// The pages, what they are called, and the right they ask for.
const PAGES: [(&str, &str, Right); 5] = [
    ("/desk", "이번 주", Right::Watch),
    ("/desk/campaigns", "발송", Right::Watch),
    ("/desk/tickets", "문의", Right::Answer),
    ("/desk/registry", "구독자", Right::Registry),
    ("/desk/accounts", "계정", Right::Accounts),
];

pub(super) async fn style() -> Response {
    file("text/css; charset=utf-8", STYLE)
}

pub(super) async fn script() -> Response {
    file("text/javascript; charset=utf-8", SCRIPT)
}

fn file(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=300")], text).into_response()
}

/// A page's frame, as someone sees it.
pub(super) struct Frame<'a> {
    desk: &'a Parts,
    who: Option<&'a Who>,
}

impl<'a> Frame<'a> {
    pub(super) fn of(desk: &'a Parts, who: &'a Who) -> Self {
        Self { desk, who: Some(who) }
    }

    /// As whoever is not signed in sees it.
    pub(super) fn bare(desk: &'a Parts) -> Self {
        Self { desk, who: None }
    }

    /// A page.
    pub(super) fn page(&self, status: StatusCode, title: &str, main: &Markup) -> Response {
        let city = &self.desk.city;
        let text = html! {
            (DOCTYPE)
            html lang="ko" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="robots" content="noindex";
                    title { (title) " | " (city) " 소식 편집실" }
                    link rel="stylesheet" href="/desk/style.css";
                    script src="/desk/desk.js" defer {}
                }
                body {
                    a.skip href="#main" { "본문으로 건너뛰기" }
                    header {
                        p.brand { a href="/desk" { (city) " 소식 편집실" } }
                        @if let Some(who) = self.who {
                            nav aria-label="편집실" {
                                @for (path, name, _) in PAGES.iter().filter(|(_, _, right)| who.may(*right)) {
                                    a href=(path) { (name) }
                                }
                            }
                            div.who {
                                a href="/desk/password" { (who.name()) }
                                (self.button("/desk/sign-out", &[], "로그아웃", ""))
                            }
                        }
                    }
                    main #main tabindex="-1" { (main) }
                }
            }
        };
        let mut response =
            (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], text.into_string()).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    /// A page that says one thing.
    pub(super) fn told(&self, status: StatusCode, title: &str, text: &str) -> Response {
        self.page(
            status,
            title,
            &html! { h1 { (title) } p role="alert" { (text) } p { a href="/desk" { "이번 주로" } } },
        )
    }

    pub(super) fn missing(&self) -> Response {
        self.told(StatusCode::NOT_FOUND, "그런 쪽이 없습니다", "주소를 다시 확인해 주세요.")
    }

    /// A form that posts, with the key of the sign-in and what it sends besides what is typed.
    pub(super) fn form(&self, class: &str, action: &str, fields: &[(&str, &str)], inner: &Markup) -> Markup {
        html! {
            form class=[(!class.is_empty()).then_some(class)] method="post" action=(action) {
                @if let Some(who) = self.who { input type="hidden" name=(KEY) value=(who.form_key); }
                @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
                (inner)
            }
        }
    }

    /// A form of one button.
    pub(super) fn button(&self, action: &str, fields: &[(&str, &str)], label: &str, about: &str) -> Markup {
        let inner =
            html! { button.plain type="submit" { (label) @if !about.is_empty() { span.hidden { ": " (about) } } } };
        self.form("one", action, fields, &inner)
    }
}

/// What went wrong on our side: told to whoever sits there, and in full to the log. Something may have been kept before it did.
pub(super) fn failed(desk: &Parts, who: Option<&Who>, error: &(dyn Error + 'static)) -> Response {
    tracing::error!(error = chain(error), "the desk could not do what it was asked");
    let frame = who.map_or_else(|| Frame::bare(desk), |who| Frame::of(desk, who));
    frame.told(
        StatusCode::SERVICE_UNAVAILABLE,
        "지금은 할 수 없습니다",
        "잠시 뒤에 화면을 다시 열어, 하려던 일이 되었는지 확인해 주세요.",
    )
}

/// An error with all that caused it.
pub(super) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}

/// An instant by the city's clock: `11월 27일(금) 15:00`.
pub(super) fn when(at: DateTime<Utc>, zone: Tz) -> Markup {
    let local = at.with_timezone(&zone);
    let text =
        format!("{} {:02}:{:02}", sosik_content::style::long_day(local.date_naive()), local.hour(), local.minute());
    html! { time datetime=(at.to_rfc3339()) { (text) } }
}

/// A week: `11월 4주`.
pub(super) fn week(at: DateTime<Utc>, zone: Tz) -> String {
    let day = at.with_timezone(&zone).date_naive();
    format!("{}월 {}주", day.month(), day.day0() / 7 + 1)
}
