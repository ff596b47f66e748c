//! Feeds with the faults that real ones have.

use sosik_feeds::parse;

fn rss(items: &str) -> String {
    format!(
        "<rss version=\"2.0\"><channel><title>블로그</title><link>https://blog.example.go.kr</link>{items}</channel></rss>"
    )
}

fn item(inner: &str) -> String {
    format!("<item>{inner}</item>")
}

#[test]
fn a_bad_item_is_reported_and_loses_no_other() {
    let feed = parse(
        rss(&[
            item("<title>하나</title><link>https://blog.example.go.kr/1</link><pubDate>아무 때</pubDate>"),
            item("<link>https://blog.example.go.kr/2</link><description>제목이 없다</description>"),
            item("<title>셋</title><link>javascript:alert(1)</link>"),
            item("<title>넷</title><link>/4</link>"),
        ]
        .concat())
        .as_bytes(),
    )
    .unwrap();
    assert_eq!(feed.posts.iter().map(|p| p.title.as_str()).collect::<Vec<_>>(), ["하나", "넷"]);
    assert_eq!(feed.posts[0].published, None);
    assert_eq!(feed.posts[1].link.as_str(), "https://blog.example.go.kr/4");
    let reasons: Vec<String> = feed.rejected.iter().map(ToString::to_string).collect();
    assert_eq!(reasons, ["item 2 ``: it has no title", "item 3 `셋`: it has no link to read on"]);
}

#[test]
fn titles_are_composed_and_unescaped_and_bodies_marked_as_cut() {
    let feed = parse(
        rss(&item(
            "<title><![CDATA[ \u{1112}\u{1161}\u{11ab}글 &amp;amp; 제목\u{200b} ]]></title><link>https://blog.example.go.kr/1</link>\
             <category><![CDATA[ 생활정보 ]]></category><description><![CDATA[<div>본문이 여기서......</div>]]></description>",
        ))
        .as_bytes(),
    )
    .unwrap();
    let post = &feed.posts[0];
    assert_eq!((post.title.as_str(), post.categories[0].as_str()), ("한글 & 제목", "생활정보"));
    assert!(post.truncated);
}

#[test]
fn a_broken_feed_says_where() {
    let broken =
        "<rss version=\"2.0\">\n<channel>\n<title>가나</title>\n<item><title>다</titel></item>\n</channel></rss>";
    let error = parse(broken.as_bytes()).unwrap_err().to_string();
    assert!(error.starts_with("the feed is broken at line 4, character "), "{error}");
    let cut = "<rss version=\"2.0\"><channel><title>가나</title>\n<item><title>다";
    let error = parse(cut.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("line 2") && error.contains("closed"), "{error}");
}

#[test]
fn what_is_no_feed_is_named() {
    for (text, expected) in [
        ("", "this is no feed: it is empty"),
        ("안녕하세요", "this is no feed: it is text that begins with `안녕하세요`"),
        ("<!doctype html><html><body>차단되었습니다</body></html>", "this is no feed: it is a web page"),
        ("<note>가</note>", "this is no feed: it is XML with the root element <note>"),
        (
            "<rss version=\"2.0\"><channel><title/></channel></rss>",
            "the feed has no title and no items: is the blog's name right?",
        ),
    ] {
        assert_eq!(parse(text.as_bytes()).unwrap_err().to_string(), expected);
    }
}

#[test]
fn addresses_of_mail_beside_hangul_do_not_stop_the_feed() {
    for trouble in [
        "<author>양주시（hong@example.go.kr）</author>",
        "<managingEditor>hong@example.go.kr（홍보）</managingEditor>",
        "<dc:creator xmlns:dc=\"http://purl.org/dc/elements/1.1/\">홍보hong@example.go.kr홍보</dc:creator>",
    ] {
        let text = rss(&item(&format!("<title>하나</title><link>https://blog.example.go.kr/1</link>{trouble}")));
        let feed = parse(text.as_bytes()).unwrap();
        assert_eq!(feed.posts.len(), 1, "{trouble}");
    }
}

#[test]
fn korean_encodings_are_read_under_the_names_that_people_write() {
    for label in ["euc-kr", "CP949", "MS949", "ks_c_5601-1987", "UTF-8"] {
        let text = format!("<?xml version=\"1.0\" encoding=\"{label}\"?>\n")
            + &rss(&item("<title>뙠뷁 소식</title><link>https://blog.example.go.kr/1</link>"));
        let bytes =
            if label == "UTF-8" { text.clone().into_bytes() } else { encoding_rs::EUC_KR.encode(&text).0.into_owned() };
        assert_eq!(parse(&bytes).unwrap().posts[0].title, "뙠뷁 소식", "{label}");
    }
    let broken = "<?xml version=\"1.0\" encoding=\"euc-kr\"?>\n<rss version=\"2.0\"><channel><title>가나다라</titel>";
    let error = parse(&encoding_rs::EUC_KR.encode(broken).0).unwrap_err().to_string();
    assert!(error.starts_with("the feed is broken at line 2, character "), "{error}");
}

#[test]
fn a_bad_item_of_a_json_feed_loses_no_other() {
    let text = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "소식", "items": [
        {"id": 12, "title": "하나", "url": "https://blog.example.go.kr/1", "tags": null, "content_text": "본문"},
        {"id": "2", "title": ["둘"], "url": 7, "content_text": "본문"},
        {"id": "3", "title": "셋", "url": "https://blog.example.go.kr/3", "content_text": "본문"}]}"#;
    let feed = parse(text.as_bytes()).unwrap();
    assert_eq!(feed.posts.iter().map(|post| post.id.as_str()).collect::<Vec<_>>(), ["12", "3"]);
    assert_eq!(feed.rejected.iter().map(|rejected| rejected.number).collect::<Vec<_>>(), [2]);
}

#[test]
fn a_post_without_an_id_is_named_by_its_link() {
    let one = parse(rss(&item("<title>하나</title><link>https://blog.example.go.kr/1</link>")).as_bytes()).unwrap();
    let again =
        parse(rss(&item("<title>[정정] 하나</title><link>https://blog.example.go.kr/1</link>")).as_bytes()).unwrap();
    assert_eq!(one.posts[0].id, again.posts[0].id);
}
