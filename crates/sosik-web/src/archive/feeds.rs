//! The archive as feeds, and as a map for search engines.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde_json::{Value, json};
use sosik_content::Card;

use super::{Published, Site};

/// Editions that a feed holds: half a year.
const MOST: usize = 26;

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn address(site: &Site, published: &Published) -> String {
    site.at(&format!("/editions/{}", published.edition.id()))
}

fn text_of(published: &Published) -> String {
    let line = |card: &Card| format!("{}: {}", card.title(), card.body());
    published.edition.cards().iter().map(line).collect::<Vec<_>>().join("\n\n")
}

/// An XML file that grows in memory, where writing does not fail.
struct Xml(Writer<Vec<u8>>);

impl Xml {
    fn new() -> Self {
        let mut xml = Self(Writer::new(Vec::new()));
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)));
        xml
    }

    fn event(&mut self, event: Event<'_>) {
        // Memory takes whatever is written.
        let _ = self.0.write_event(event);
    }

    fn element(&mut self, name: &str, attributes: &[(&str, &str)], inner: impl FnOnce(&mut Self)) {
        self.event(Event::Start(BytesStart::new(name).with_attributes(attributes.iter().copied())));
        inner(self);
        self.event(Event::End(BytesEnd::new(name)));
    }

    fn text(&mut self, name: &str, text: &str) {
        // What XML cannot hold at all is left out.
        let text: String = text
            .chars()
            .filter(|c| matches!(*c, '\t' | '\n' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..))
            .collect();
        self.element(name, &[], |xml| xml.event(Event::Text(BytesText::new(&text))));
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.event(Event::Empty(BytesStart::new(name).with_attributes(attributes.iter().copied())));
    }

    fn into_bytes(self) -> Vec<u8> {
        self.0.into_inner()
    }
}

/// The latest editions as an Atom feed (RFC 4287).
pub(super) fn atom(site: &Site, published: &[Arc<Published>]) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.element("feed", &[("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", "ko")], |xml| {
        xml.text("title", &format!("{} 소식", site.city));
        xml.text("id", &site.at("/"));
        let changed = published.iter().map(|one| one.changed).max().unwrap_or(DateTime::UNIX_EPOCH);
        xml.text("updated", &rfc3339(changed));
        xml.empty("link", &[("rel", "self"), ("type", "application/atom+xml"), ("href", &site.at("/feed.atom"))]);
        xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &site.at("/"))]);
        xml.element("author", &[], |xml| xml.text("name", &site.city));
        for one in published.iter().take(MOST) {
            xml.element("entry", &[], |xml| {
                let address = address(site, one);
                xml.text("title", one.edition.title());
                xml.text("id", &address);
                xml.text("published", &rfc3339(one.edition.slot()));
                xml.text("updated", &rfc3339(one.changed));
                xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &address)]);
                xml.text("summary", &text_of(one));
            });
        }
    });
    xml.into_bytes()
}

/// The latest editions as a JSON Feed (version 1.1).
pub(super) fn json(site: &Site, published: &[Arc<Published>]) -> Value {
    let item = |one: &Arc<Published>| {
        let address = address(site, one);
        let mut item = json!({
            "id": address, "url": address, "title": one.edition.title(), "content_text": text_of(one),
            "date_published": rfc3339(one.edition.slot()), "date_modified": rfc3339(one.changed), "language": "ko",
        });
        if !one.pictures.is_empty() {
            item["image"] = json!(format!("{address}/1.jpg"));
        }
        item
    };
    json!({
        "version": "https://jsonfeed.org/version/1.1", "title": format!("{} 소식", site.city), "language": "ko",
        "home_page_url": site.at("/"), "feed_url": site.at("/feed.json"),
        "authors": [{ "name": site.city }],
        "items": published.iter().take(MOST).map(item).collect::<Vec<_>>(),
    })
}

/// Every page, for search engines (sitemaps.org, version 0.9: at most 50,000).
pub(super) fn sitemap(site: &Site, published: &[Arc<Published>]) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.element("urlset", &[("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9")], |xml| {
        xml.element("url", &[], |xml| xml.text("loc", &site.at("/")));
        for one in published.iter().take(49_999) {
            xml.element("url", &[], |xml| {
                xml.text("loc", &address(site, one));
                xml.text("lastmod", &rfc3339(one.changed));
            });
        }
    });
    xml.into_bytes()
}
