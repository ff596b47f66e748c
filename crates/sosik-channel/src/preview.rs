//! A page that shows a message as it looks on a phone.

use std::fmt::Write as _;

use sosik_content::text::units;

use crate::alimtalk::{AlimtalkTemplate, Emphasis};
use crate::brand::{Price, Product, WideItemList};
use crate::button::Button;
use crate::coupon::Coupon;
use crate::media::{Media, Picture};
use crate::message::{Advertising, Body, Message, Refusal};
use crate::text::{TextMessage, cp949_bytes};

/// A page in HTML that needs nothing else: pictures are inside it, and it opens from disk.
///
/// `title` heads the page; `media` are the bytes of the message's pictures. `font` is the file of a font with Hangul to
/// put into the page, for machines that have none of their own.
#[must_use]
pub fn html(message: &Message, media: &[Media], title: &str, font: Option<&[u8]>) -> String {
    let mut chat = String::new();
    match &message.body {
        Body::Alimtalk(template) => alimtalk(&mut chat, template),
        Body::Template(template) => brand(&mut chat, message, template.shown(), media),
        Body::Text(text) => bubble(&mut chat, text, media),
        body => brand(&mut chat, message, body, media),
    }
    let mut sms = String::new();
    if let Some(text) = &message.fallback {
        let _ = write!(
            sms,
            "<section class=phone aria-label=\"대체 문자\"><h2>대체 문자 ({})</h2><div class=screen><div class=chat>",
            text.kind().to_uppercase()
        );
        bubble(&mut sms, text, media);
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

/// What stands over a message for adults only: `KakaoTalk` hides it until the reader's age is proven.
const ADULTS: &str = "19세 이상";

/// A brand message: who sends it and its mark, its cards, and how to refuse it.
fn brand(out: &mut String, message: &Message, body: &Body, media: &[Media]) {
    let sender = message.advertising.as_ref().map_or("", |advertising| advertising.sender.as_str());
    let mark = match (&message.advertising, message.adults_only) {
        (Some(_), false) => Advertising::MARK.to_owned(),
        (Some(_), true) => format!("{} {ADULTS}", Advertising::MARK),
        (None, true) => ADULTS.to_owned(),
        (None, false) => String::new(),
    };
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
    let page = Page { media };
    let tail = match body {
        Body::Bubble(bubble) => {
            page.card(out, &[], None, &bubble.text, &bubble.buttons, bubble.coupon.as_ref());
            None
        }
        Body::CarouselCommerce(carousel) => {
            if let Some(head) = &carousel.head {
                page.card(out, &[&head.picture], Some(&head.header), &head.text, &[], None);
            }
            for card in &carousel.cards {
                let words = goods(&card.product, card.more.as_deref());
                page.card(out, &[&card.picture], None, &words, &card.buttons, card.coupon.as_ref());
            }
            carousel.tail.as_ref()
        }
        Body::CarouselFeed(feed) => {
            for card in &feed.cards {
                page.card(out, &[&card.picture], Some(&card.header), &card.text, &card.buttons, card.coupon.as_ref());
            }
            feed.tail.as_ref()
        }
        Body::Commerce(commerce) => {
            let words = goods(&commerce.product, commerce.more.as_deref());
            page.card(out, &[&commerce.picture], None, &words, &commerce.buttons, commerce.coupon.as_ref());
            None
        }
        Body::Image(image) => {
            page.card(out, &[&image.picture], None, &image.text, &image.buttons, image.coupon.as_ref());
            None
        }
        Body::PremiumVideo(video) => {
            let pictures: Vec<&Picture> = video.thumbnail.iter().collect();
            let words = format!("▶ {}\n{}", video.video, video.text.as_deref().unwrap_or_default());
            page.card(out, &pictures, video.header.as_deref(), &words, &video.buttons, video.coupon.as_ref());
            None
        }
        Body::Alimtalk(_) | Body::Template(_) | Body::Text(_) => None,
        Body::Wide(wide) => {
            page.card(out, &[&wide.picture], None, &wide.text, &wide.buttons, wide.coupon.as_ref());
            None
        }
        Body::WideItemList(list) => {
            page.list(out, list);
            None
        }
    };
    if let Some(tail) = tail {
        let _ = write!(out, "<a class=tail href=\"{}\">더보기</a>", escape(tail.as_str()));
    }
    out.push_str("</div>");
    match message.advertising.as_ref().map(|advertising| &advertising.refusal) {
        Some(Refusal::BlockChannel) => out.push_str("<p class=refuse>수신거부 | 홈 &gt; 채널차단</p>"),
        Some(Refusal::FreeCall(number)) => {
            let _ = write!(out, "<p class=refuse>무료수신거부 | {}</p>", escape(number.expose()));
        }
        None => {}
    }
    out.push_str("</div>");
}

/// An Alimtalk: what stands out, its words, its buttons and replies.
fn alimtalk(out: &mut String, template: &AlimtalkTemplate) {
    out.push_str("<div class=message><p class=mark>알림톡</p><div class=cards tabindex=0><article class=card>");
    match &template.emphasis {
        Emphasis::Title { title, subtitle } => {
            let subtitle = subtitle.as_deref().unwrap_or_default();
            let _ = write!(out, "<p>{}</p><h3>{}</h3>", escape(subtitle), escape(title));
        }
        Emphasis::Items(items) => {
            if let Some(header) = &items.header {
                let _ = write!(out, "<h3>{}</h3>", escape(header));
            }
            let rows = items.highlight.iter().chain(&items.list).chain(&items.summary);
            for (name, value) in rows {
                let _ = write!(out, "<p><b>{}</b> {}</p>", escape(name), escape(value));
            }
        }
        Emphasis::Image(picture) => {
            let _ = write!(out, "<p>[{}]</p>", escape(&picture.alt));
        }
        Emphasis::None => {}
    }
    let _ = write!(out, "<p>{}</p>", escape(&template.text).replace('\n', "<br>"));
    if let Some(extra) = &template.extra {
        let _ = write!(out, "<p>{}</p>", escape(extra).replace('\n', "<br>"));
    }
    for button in template.buttons.iter().chain(&template.quick_replies) {
        let link = button.links.get("mobile").map_or("", String::as_str);
        // A link with variables in it leads nowhere yet.
        let link = if link.contains("#{") { "" } else { link };
        let _ = write!(out, "<a class=button href=\"{}\">{}</a>", escape(link), escape(&button.label));
    }
    out.push_str("</article></div></div>");
}

/// What is sold, and for how much.
fn goods(product: &Product, more: Option<&str>) -> String {
    let price = product.price;
    let words = match (price, price.now()) {
        (Price::LessPercent { percent, .. }, Some(now)) => format!("{now}원 ({percent}% 할인, {}원)", price.regular()),
        (Price::LessWon { less, .. }, Some(now)) => format!("{now}원 ({less}원 할인, {}원)", price.regular()),
        _ => format!("{}원", price.regular()),
    };
    format!("{}\n{words}\n{}", product.title, more.unwrap_or_default()).trim_end().to_owned()
}

/// What the pictures on a page are made of.
struct Page<'a> {
    media: &'a [Media],
}

impl Page<'_> {
    fn picture(&self, out: &mut String, picture: &Picture) {
        let content = self.media.iter().find(|item| item.picture.digest == picture.digest);
        let source = content
            .map(|item| format!("data:{};base64,{}", item.picture.format.media_type(), base64(&item.content)))
            .unwrap_or_default();
        let _ = write!(
            out,
            "<img src=\"{source}\" width={} height={} alt=\"{}\">",
            picture.width,
            picture.height,
            escape(&picture.alt)
        );
    }

    fn card(
        &self,
        out: &mut String,
        pictures: &[&Picture],
        header: Option<&str>,
        text: &str,
        buttons: &[Button],
        coupon: Option<&Coupon>,
    ) {
        out.push_str("<article>");
        for picture in pictures {
            self.picture(out, picture);
        }
        if let Some(header) = header {
            let _ = write!(out, "<h3>{}</h3>", escape(header));
        }
        let _ = write!(out, "<p>{}</p>", escape(text).replace('\n', "<br>"));
        foot(out, buttons, coupon);
        let header = header.map_or_else(String::new, |header| format!("제목 {}자 · ", units(header)));
        let _ = write!(out, "<small>{header}본문 {}자</small></article>", units(text));
    }

    fn list(&self, out: &mut String, list: &WideItemList) {
        let _ = write!(out, "<article><h3>{}</h3>", escape(&list.header));
        for (at, item) in list.items().enumerate() {
            // The first stands large, the others beside their words.
            out.push_str(if at == 0 { "<div>" } else { "<div class=item>" });
            self.picture(out, &item.picture);
            let _ = write!(out, "<p><a href=\"{}\">{}</a></p></div>", escape(item.link.as_str()), escape(&item.title));
        }
        foot(out, &list.buttons, list.coupon.as_ref());
        let _ = write!(out, "<small>제목 {}자 · {}개</small></article>", units(&list.header), list.rest.len() + 1);
    }
}

fn foot(out: &mut String, buttons: &[Button], coupon: Option<&Coupon>) {
    if let Some(coupon) = coupon {
        let (title, words) = (escape(&coupon.title.to_string()), escape(&coupon.description));
        let _ = write!(out, "<p class=coupon><b>{title}</b><br>{words}</p>");
    }
    for button in buttons {
        let label = if button.label.is_empty() { "채널 추가" } else { &button.label };
        match button.link() {
            Some(link) => {
                let _ = write!(out, "<a class=button href=\"{}\">{}</a>", escape(link.as_str()), escape(label));
            }
            None => {
                let _ = write!(out, "<span class=button>{}</span>", escape(label));
            }
        }
    }
}

fn bubble(out: &mut String, text: &TextMessage, media: &[Media]) {
    let _ = write!(out, "<div class=bubble>");
    for picture in text.pictures() {
        Page { media }.picture(out, picture);
    }
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

pub(crate) fn escape(text: &str) -> String {
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
article img,.bubble img{display:block;width:100%;height:auto}
.bubble img{border-radius:8px;margin-bottom:10px}
article h3{font-size:16px;line-height:1.4;margin:12px 14px 4px}
article p{margin:0 14px 12px;color:#333d4b;font-size:14px}
.button{margin:auto 14px 8px;padding:10px;border-radius:8px;background:#f2f4f6;color:#191f28;text-align:center;text-decoration:none;font-weight:600}
article p.coupon{border:1px dashed #b0b8c1;border-radius:8px;padding:8px}
article>p:first-child{margin-top:14px}
.item{display:flex;flex-direction:row-reverse;gap:10px;align-items:center;justify-content:space-between;padding:8px 14px;border-top:1px solid #e5e8eb}
article .item img{width:64px;height:64px;border-radius:8px;object-fit:cover}
article .item p{margin:0}
.button+.button{margin-top:0}
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
    fn every_kind_of_message_shows_all_its_words() {
        for message in crate::samples::messages() {
            let page = html(&message, &[], "미리보기", None);
            let json = crate::stored::to_json(&message);
            for word in [
                "소식",
                "이번 주",
                "둘째",
                "카드 2",
                "1000원 할인 쿠폰",
                "직매장",
                "금요 장터",
                "햅쌀",
                "산지 직송",
                "9000원",
                "자세히 보기",
                "무료수신거부",
            ] {
                let in_price = word == "9000원" && json.contains("\"now\":9000");
                let in_refusal = word == "무료수신거부" && json.contains("0800000000");
                if json.contains(word) || in_price || in_refusal {
                    assert!(page.contains(word), "{word} of {json}");
                }
            }
        }
    }

    #[test]
    fn markup_in_a_text_is_shown_and_not_run() {
        let text = TextMessage::new(PhoneNumber::parse("031-8082-0000").unwrap(), "<script>alert(1)</script> & \"a\"")
            .unwrap();
        let page = html(&text.into(), &[], "제목 <b>", None);
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;a&quot;"), "{page}");
        assert!(page.contains("<title>제목 &lt;b&gt;</title>") && !page.contains("<script"));
    }
}
