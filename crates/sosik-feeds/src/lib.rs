//! Feeds of official sources into posts, with nothing dropped in silence.
//!
//! # What it is for
//!
//! A city's blog speaks RSS, and so does its notice board; video channels speak Atom.
//! [`parse`] reads RSS 0.9 to 2.0, Atom and JSON Feed into [`Post`](sosik_content::Post)s: clean titles, plain text,
//! links without tracking, instants in UTC. An item that cannot be a post is [`Rejected`] by its number and reason,
//! and the others are kept.
//!
//! # Where it sits
//!
//! Above `sosik-content`. It knows no store and no transport.
//!
//! # Quick start
//!
//! ```
//! let xml = r#"<rss version="2.0"><channel><title>양주시 공식 블로그</title><link>https://blog.example.go.kr</link>
//!   <item><title><![CDATA[ [양주시] 수도 동파 &amp; 예방 ]]></title>
//!     <link>https://blog.example.go.kr/1?fromRss=true&amp;trackingCode=rss</link>
//!     <description><![CDATA[<p>헌 옷을 채워 주세요.</p><script>alert(1)</script><img src="https://img.example.go.kr/1.jpg">]]></description>
//!     <pubDate>Wed, 25 Nov 2026 09:00:00 +0900</pubDate></item>
//!   <item><title>링크가 없는 글</title></item>
//! </channel></rss>"#;
//! let feed = sosik_feeds::parse(xml.as_bytes())?;
//! let post = &feed.posts[0];
//! assert_eq!(post.title, "[양주시] 수도 동파 & 예방");
//! assert_eq!(post.text, "헌 옷을 채워 주세요.");
//! assert_eq!(post.link.as_str(), "https://blog.example.go.kr/1");
//! assert_eq!(post.images.len(), 1);
//! assert_eq!(feed.rejected[0].to_string(), "item 2 `링크가 없는 글`: it has no link to read on");
//! # Ok::<(), sosik_feeds::FeedError>(())
//! ```
//!
//! # Features
//!
//! None.
//!
//! # What is not here
//!
//! Fetching over HTTP, the pictures themselves, curation, and the look of a post: only its words are kept.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod feed;
mod html;
mod source;

pub use error::FeedError;
pub use feed::{Feed, MAX_BYTES, Rejected, parse};
pub use html::{Plain, plain};
