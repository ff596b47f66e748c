//! A page that shows a message as it looks on a phone.

use std::fmt::Write as _;

use sosik_content::text::units;

use crate::message::{Advertising, Body, CarouselFeed, Media, Message};
use crate::text::{TextMessage, cp949_bytes};

/// A page in HTML that needs nothing else: pictures are inside it, and it opens from disk.
///
/// `title` heads the page; `media` are the bytes of the message's pictures. `font` is the file of a font with Hangul to
/// put into the page, for machines that have none of their own.
#[must_use]
pub fn html(message: &Message, media: &[Media], title: &str, font: Option<&[u8]>) -> String {
    let mut chat = String::new();
    match &message.body {
        Body::CarouselFeed(feed) => carousel(&mut chat, message, feed, media),
        Body::Text(text) => bubble(&mut chat, text),
    }
    let mut sms = String::new();
    if let Some(text) = &message.fallback {
        let _ = write!(
            sms,
            "<section class=phone aria-label=\"대체 문자\"><h2>대체 문자 (LMS)</h2><div class=screen><div class=chat>"
        );
        bubble(&mut sms, text);
        sms.push_str("</div></div></section>");
    }
    let sender = message.advertising.as_ref().map_or("", |advertising| advertising.sender.as_str());
    let face = font.map_or_else(String::new, |file| {
        format!("@font-face{{font-family:Preview;src:url(data:font/ttf;base64,{})}}", base64(file))
    });
    format!(
        "<!doctype html>\n<html lang=ko>\n<meta charset=utf-8>\n<meta name=viewport content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{face}{STYLE}</style>\n<h1>{title}</h1>\n<main>\n\
         <section class=phone aria-label=\"카카오톡 메시지\"><h2>카카오톡</h2><div class=screen>\n\
         <header class=bar>{sender}</header>\n<div class=chat>{chat}</div></div></section>\n{sms}\n</main>\n</html>\n",
        title = escape(title),
        sender = escape(sender),
    )
}

fn carousel(out: &mut String, message: &Message, feed: &CarouselFeed, media: &[Media]) {
    let sender = message.advertising.as_ref().map_or("", |advertising| advertising.sender.as_str());
    let mark = if message.advertising.is_some() { Advertising::MARK } else { "" };
    let initial: String = sender.chars().take(1).collect();
    let _ = write!(
        out,
        "<div class=from><span class=face aria-hidden=true>{}</span><span><b>{}</b></span></div>\
         <div class=message><p class=mark>{} {}</p><div class=cards tabindex=0>",
        escape(&initial),
        escape(sender),
        mark,
        escape(sender)
    );
    for card in &feed.cards {
        let content = media.iter().find(|item| item.picture.digest == card.picture.digest);
        let source = content
            .map(|item| format!("data:{};base64,{}", item.picture.format.media_type(), base64(&item.content)))
            .unwrap_or_default();
        let _ = write!(
            out,
            "<article><img src=\"{source}\" width={} height={} alt=\"{}\"><h3>{}</h3><p>{}</p>",
            card.picture.width,
            card.picture.height,
            escape(&card.picture.alt),
            escape(&card.header),
            escape(&card.text).replace('\n', "<br>")
        );
        for button in &card.buttons {
            let _ =
                write!(out, "<a class=button href=\"{}\">{}</a>", escape(button.link.as_str()), escape(&button.label));
        }
        let _ = write!(out, "<small>제목 {}자 · 본문 {}자</small></article>", units(&card.header), units(&card.text));
    }
    if let Some(tail) = &feed.tail {
        let _ = write!(out, "<a class=tail href=\"{}\">더보기</a>", escape(tail.as_str()));
    }
    out.push_str("</div>");
    if message.advertising.is_some() {
        out.push_str("<p class=refuse>수신거부 | 홈 &gt; 채널차단</p>");
    }
    out.push_str("</div>");
}

fn bubble(out: &mut String, text: &TextMessage) {
    let _ = write!(out, "<div class=bubble>");
    if let Some(title) = text.title() {
        let _ = write!(out, "<b>{}</b><br>", escape(title));
    }
    let _ = write!(
        out,
        "{}</div><small>{} bytes (CP949)</small>",
        escape(text.text()).replace('\n', "<br>"),
        cp949_bytes(text.text()).unwrap_or_default()
    );
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

const STYLE: &str = "
*{box-sizing:border-box}
body{margin:0;padding:24px;font:15px/1.55 'Apple SD Gothic Neo','Malgun Gothic',Preview,sans-serif;background:#f2f4f7;color:#191f28;word-break:keep-all;overflow-wrap:anywhere}
h1{font-size:20px;margin:0 0 20px}
main{display:flex;flex-wrap:wrap;gap:32px;align-items:flex-start}
h2{font-size:14px;margin:0 0 8px;color:#4e5968;font-weight:600}
.screen{width:420px;max-width:92vw;background:#abc1d1;border-radius:28px;overflow:hidden;border:10px solid #191f28}
.bar{padding:14px 18px;font-weight:700;background:rgba(255,255,255,.35)}
.chat{padding:14px 12px 22px}
.from{display:flex;gap:8px;align-items:center;margin-bottom:6px}
.face{width:34px;height:34px;border-radius:13px;background:#1b4f9c;color:#fff;display:grid;place-items:center;font-weight:700}
.message{margin-left:0}
.mark{margin:0 0 6px;font-size:13px;color:#333d4b}
.cards{display:flex;gap:8px;overflow-x:auto;padding-bottom:8px;scroll-snap-type:x mandatory}
article{flex:0 0 300px;background:#fff;border-radius:16px;overflow:hidden;display:flex;flex-direction:column;scroll-snap-align:start}
article img{display:block;width:100%;height:auto}
article h3{font-size:16px;line-height:1.4;margin:12px 14px 4px}
article p{margin:0 14px 12px;color:#333d4b;font-size:14px}
.button{margin:auto 14px 8px;padding:10px;border-radius:8px;background:#f2f4f6;color:#191f28;text-align:center;text-decoration:none;font-weight:600}
article small{color:#6b7684;font-size:11px;padding:0 14px 10px;text-align:right}
.tail{flex:0 0 96px;background:#fff;border-radius:16px;display:grid;place-items:center;color:#191f28;text-decoration:none;font-weight:600}
.refuse{margin:6px 0 0;font-size:12px;color:#333d4b}
.bubble{background:#fff;border-radius:14px;padding:12px 14px;font-size:14px}
small{color:#4e5968}
";

#[cfg(test)]
mod tests {
    use super::*;
    use sosik_core::PhoneNumber;

    #[test]
    fn markup_in_a_text_is_shown_and_not_run() {
        let text = TextMessage::new(PhoneNumber::parse("031-8082-0000").unwrap(), "<script>alert(1)</script> & \"a\"")
            .unwrap();
        let page = html(&text.into(), &[], "제목 <b>", None);
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;a&quot;"), "{page}");
        assert!(page.contains("<title>제목 &lt;b&gt;</title>") && !page.contains("<script"));
    }
}
