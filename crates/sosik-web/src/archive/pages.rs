//! The pages as HTML.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Asia::Seoul;
use maud::{DOCTYPE, Markup, html};
use sosik_content::Card;

use super::{Published, Site};

/// The style of all pages.
pub(super) const STYLE: &str = include_str!("style.css");

/// A page with what all have around it.
fn page(site: &Site, title: &str, path: &str, about: &str, image: Option<&str>, main: &Markup) -> Markup {
    let whole =
        if title.is_empty() { format!("{} 소식", site.city) } else { format!("{title} | {} 소식", site.city) };
    html! {
        (DOCTYPE)
        html lang="ko" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (whole) }
                meta name="description" content=(about);
                link rel="canonical" href=(site.at(path));
                link rel="stylesheet" href="/style.css";
                link rel="alternate" type="application/atom+xml" title=(format!("{} 소식", site.city)) href="/feed.atom";
                link rel="alternate" type="application/feed+json" title=(format!("{} 소식", site.city)) href="/feed.json";
                meta property="og:type" content="article";
                meta property="og:site_name" content=(format!("{} 소식", site.city));
                meta property="og:title" content=(if title.is_empty() { &whole } else { title });
                meta property="og:description" content=(about);
                meta property="og:url" content=(site.at(path));
                @if let Some(image) = image {
                    meta property="og:image" content=(site.at(image));
                }
            }
            body {
                a.skip href="#main" { "본문으로 건너뛰기" }
                header {
                    p.brand { a href="/" { (site.city) " 소식" } }
                    form role="search" action="/search" method="get" {
                        label for="q" { "지난 소식 찾기" }
                        input #q type="search" name="q" maxlength="100" enterkeyhint="search" autocomplete="off";
                        button type="submit" { "찾기" }
                    }
                }
                main #main tabindex="-1" { (main) }
                footer {
                    @if let Some(channel) = &site.channel {
                        p { a href=(channel) { "카카오톡 채널 추가" } }
                    }
                    p { "문의 " a href=(format!("tel:{}", site.contact)) { (site.contact) } }
                    p { a href="/feed.atom" { "새 소식 구독(Atom)" } }
                }
            }
        }
    }
}

/// An instant as a day by the city's clock.
fn day(at: DateTime<Utc>) -> Markup {
    let day = at.with_timezone(&Seoul).date_naive();
    html! { time datetime=(day) { (sosik_content::style::long_day(day)) } }
}

fn path_of(published: &Published) -> String {
    format!("/editions/{}", published.edition.id())
}

pub(super) fn list(site: &Site, shown: &[Arc<Published>], page_number: usize, pages: usize) -> Markup {
    let main = html! {
        h1 { (site.city) " 소식" }
        @if shown.is_empty() {
            p { "아직 나간 소식이 없습니다." }
        }
        @for published in shown {
            article.issue {
                h2 { a href=(path_of(published)) { (published.edition.title()) } }
                p.when { (day(published.edition.slot())) }
                ul {
                    @for card in published.edition.cards() {
                        li { (card.title()) }
                    }
                }
            }
        }
        @if pages > 1 {
            nav aria-label="쪽" {
                @if page_number > 1 {
                    a rel="prev" href=(format!("/?page={}", page_number - 1)) { "더 새로운 소식" }
                }
                span { (page_number) " / " (pages) }
                @if page_number < pages {
                    a rel="next" href=(format!("/?page={}", page_number + 1)) { "더 지난 소식" }
                }
            }
        }
    };
    let (title, path) = if page_number > 1 {
        (format!("지난 소식 {page_number}쪽"), format!("/?page={page_number}"))
    } else {
        (String::new(), "/".to_owned())
    };
    page(site, &title, &path, &format!("{}가 보내는 소식 모음", site.city), None, &main)
}

pub(super) fn edition(site: &Site, published: &Published) -> Markup {
    let (edition, path) = (&published.edition, path_of(published));
    let about: Vec<&str> = edition.cards().iter().map(Card::title).collect();
    let image = (!published.pictures.is_empty()).then(|| format!("{path}/1.jpg"));
    let main = html! {
        h1 { (edition.title()) }
        p.when { (day(edition.slot())) }
        @if published.changed > edition.slot() {
            p.when { "고침 " (day(published.changed)) }
        }
        @for (at, card) in edition.cards().iter().enumerate() {
            article.card id=(format!("card-{}", at + 1)) {
                @if let Some(picture) = published.pictures.get(at) {
                    figure {
                        img src=(format!("{path}/{}.jpg", at + 1)) alt=(picture.alt) width=(picture.size.0) height=(picture.size.1)
                            loading=(if at == 0 { "eager" } else { "lazy" });
                    }
                }
                p.kind { (card.topic().korean()) }
                h2 { (card.title()) }
                @for line in card.body().lines().filter(|line| !line.is_empty()) {
                    p { (line) }
                }
                @if !card.points().is_empty() {
                    dl {
                        @for point in card.points() {
                            dt { (point.label()) }
                            dd { (point.value()) }
                        }
                    }
                }
                p { a href=(card.link()) { "자세히 보기" span.hidden { ": " (card.title()) } } }
            }
        }
    };
    page(site, edition.title(), &path, &about.join(", "), image.as_deref(), &main)
}

pub(super) fn search(site: &Site, question: &str, found: &[(Arc<Published>, usize)]) -> Markup {
    let main = html! {
        h1 { "지난 소식 찾기" }
        @if question.is_empty() {
            p { "찾을 말을 적어 주세요. 초성(ㅇㅈㅎㅅ)으로도 찾습니다." }
        } @else if found.is_empty() {
            p role="status" { "‘" (question) "’에 맞는 소식이 없습니다." }
        } @else {
            p role="status" { "‘" (question) "’에 맞는 소식 " (found.len()) "건" }
            @for (published, at) in found {
                @let card = &published.edition.cards()[*at];
                article.issue {
                    h2 { a href=(format!("{}#card-{}", path_of(published), at + 1)) { (card.title()) } }
                    p.when { (day(published.edition.slot())) " " (card.topic().korean()) }
                    p { (sosik_content::text::shorten(&sosik_content::text::clean_line(card.body()), 120)) }
                }
            }
        }
    };
    page(site, "지난 소식 찾기", "/search", &format!("{}의 지난 소식을 찾습니다", site.city), None, &main)
}

pub(super) fn missing(site: &Site) -> Markup {
    let main = html! {
        h1 { "그런 쪽이 없습니다" }
        p { "주소가 바뀌었거나 아직 나가지 않은 소식입니다. " a href="/" { "최근 소식 보기" } }
    };
    page(site, "그런 쪽이 없습니다", "/", "없는 쪽", None, &main)
}
