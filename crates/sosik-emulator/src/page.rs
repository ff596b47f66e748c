//! A page that shows messages as on a phone.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::bizgo::group_send::GroupSend;
use crate::journal::{Dealer, Message};
use crate::ledger::Ledger;
use crate::time::seoul;
use crate::view::{Card, View};

/// The most messages of a page.
const MOST: usize = 60;

/// What was taken, message by message: those that say the same stand as one, with how many got it.
pub(crate) fn html(ledger: &Ledger) -> String {
    let now = ledger.now();
    let mut order: Vec<&str> = Vec::new();
    let mut same: BTreeMap<&str, Vec<&Message>> = BTreeMap::new();
    for message in ledger.messages.iter().rev().filter(|message| !message.tries.is_empty()) {
        let all = same.entry(&message.digest).or_default();
        if all.is_empty() {
            order.push(&message.digest);
        }
        all.push(message);
    }
    let mut phones = String::new();
    for digest in order.iter().take(MOST) {
        let all = &same[digest];
        let last = all[0];
        let settled = |message: &&&Message| message.tries.last().is_some_and(|last| last.at <= now);
        let arrived = |message: &&Message| {
            message.tries.last().is_some_and(|last| last.at <= now && last.code == message.dealer.delivered())
        };
        let (known, well) = (all.iter().filter(settled).count(), all.iter().filter(|message| arrived(message)).count());
        let dealer = match last.dealer {
            Dealer::Bizgo => "비즈고",
            Dealer::Solapi => "솔라피",
        };
        let view = View::of(last);
        let _ = write!(
            phones,
            "<section class=phone><h2>{} · {dealer}</h2><p class=count>{}명, 도착 {well}, 실패 {}, 대기 {} · {}</p>\
             <div class=screen><div class=chat>{}</div></div></section>",
            escape(&view.kind),
            all.len(),
            known - well,
            all.len() - known,
            seoul(last.at).format("%m-%d %H:%M:%S"),
            chat(&view, ledger)
        );
    }
    for (id, send) in ledger.bizgo.group_sends.iter().rev().take(MOST) {
        phones.push_str(&group_send(*id, send, ledger));
    }
    if phones.is_empty() {
        phones.push_str("<p>받은 메시지가 없습니다. <small>No message was taken yet.</small></p>");
    }
    let stats = ledger.stats();
    format!(
        "<!doctype html>\n<html lang=ko>\n<meta charset=utf-8>\n<meta name=viewport content=\"width=device-width, initial-scale=1\">\n\
         <title>sosik-emulator</title>\n<style>{STYLE}</style>\n<h1>sosik-emulator</h1>\n\
         <p>받음 {} · 도착 {} · 대체 문자 {} · 실패 {} · 취소 {} · 중복 {} · 그림 {} · 동보 {}</p>\n<main>{phones}</main>\n</html>\n",
        stats.accepted,
        stats.delivered,
        stats.fallback,
        stats.failed,
        stats.cancelled,
        stats.duplicates,
        stats.uploads,
        stats.group_sends
    )
}

/// A group send, by what its template shows and how far it is.
fn group_send(id: u64, send: &GroupSend, ledger: &Ledger) -> String {
    let now = ledger.now();
    let template = ledger.bizgo.registered.get(&(send.sender_key.clone(), send.template.clone()));
    let view = template.map(|template| View::of_template(&template.content)).unwrap_or_default();
    let audience =
        send.group.as_ref().map_or("전체 친구".to_owned(), |group| format!("친구 그룹 {}", escape(group)));
    let (status, gone, expected) = (send.status(now), send.sent(now), send.expected);
    let starts = seoul(send.starts).format("%m-%d %H:%M");
    format!(
        "<section class=phone><h2>{} · 비즈고 동보 {id}</h2><p class=count>{audience}, {status}: {expected}명 중 {gone}명 · {starts} · {}</p>\
         <div class=screen><div class=chat>{}</div></div></section>",
        escape(&view.kind),
        escape(send.campaign.as_deref().unwrap_or_default()),
        chat(&view, ledger)
    )
}

fn chat(view: &View, ledger: &Ledger) -> String {
    let mut out = String::new();
    if view.advertises {
        out.push_str("<p class=mark>(광고)</p>");
    }
    if let Some(header) = &view.header {
        let _ = write!(out, "<p class=header>{}</p>", escape(header));
    }
    for item in &view.items {
        out.push_str("<div class=item>");
        out.push_str(&picture(item, ledger));
        let _ = write!(out, "<p>{}</p></div>", escape(item.lines.first().map_or("", String::as_str)));
    }
    let _ = write!(out, "<div class=\"cards n{}\">", view.cards.len().min(2));
    for card in &view.cards {
        out.push_str("<article>");
        out.push_str(&picture(card, ledger));
        if let Some(header) = &card.header {
            let _ = write!(out, "<h3>{}</h3>", escape(header));
        }
        for line in &card.lines {
            let _ = write!(out, "<p>{}</p>", escape(line).replace('\n', "<br>"));
        }
        if let Some(coupon) = &card.coupon {
            let _ = write!(out, "<p class=coupon><b>쿠폰</b> {}</p>", escape(coupon));
        }
        for (label, link) in &card.buttons {
            let _ = write!(out, "<span class=button title=\"{}\">{}</span>", escape(link), escape(label));
        }
        out.push_str("</article>");
    }
    if view.tail.is_some() {
        out.push_str("<span class=tail>더보기</span>");
    }
    out.push_str("</div>");
    out
}

fn picture(card: &Card, ledger: &Ledger) -> String {
    let Some(name) = &card.picture else { return String::new() };
    let shown = ledger.pictures.get(name).filter(|picture| picture.file.is_some());
    // What was uploaded before the program was started anew is not kept.
    shown.map_or_else(
        || "<span class=gone>그림</span>".to_owned(),
        |picture| format!("<img alt=\"\" src=\"/_emulator/pictures/{}\">", picture.digest),
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const STYLE: &str = "
*{box-sizing:border-box}
body{margin:0;padding:24px;font:15px/1.55 'Apple SD Gothic Neo','Malgun Gothic','NanumGothic','Noto Sans KR',sans-serif;background:#f2f4f7;color:#191f28;word-break:keep-all;overflow-wrap:anywhere}
h1{font-size:20px;margin:0}
main{display:flex;flex-wrap:wrap;gap:28px;align-items:flex-start;margin-top:20px}
h2{font-size:14px;margin:0;font-weight:700}
.count{margin:0 0 6px;font-size:12px;color:#4e5968}
.screen{width:380px;max-width:92vw;background:#abc1d1;border-radius:28px;overflow:hidden;border:9px solid #191f28}
.chat{padding:14px 12px 18px;min-height:120px}
.mark{margin:0 0 6px;font-size:13px;color:#333d4b}
.header{margin:0;padding:10px 14px;background:#fff;border-radius:14px 14px 0 0;font-weight:700}
.cards{display:flex;gap:8px;overflow-x:auto;padding-bottom:6px}
article{flex:0 0 250px;background:#fff;border-radius:14px;overflow:hidden;display:flex;flex-direction:column;padding-bottom:6px}
.n1 article{flex-basis:100%}
article img,.item img{display:block;width:100%;height:auto}
article h3{font-size:15px;line-height:1.4;margin:10px 12px 2px}
article p{margin:4px 12px 8px;font-size:14px;color:#333d4b}
article>p:first-child{margin-top:12px}
article p.coupon{border:1px dashed #b0b8c1;border-radius:8px;padding:6px 8px}
.button{margin:0 12px 6px;padding:9px;border-radius:8px;background:#f2f4f6;text-align:center;font-weight:600;font-size:14px}
.item{display:flex;flex-direction:row-reverse;gap:10px;align-items:center;justify-content:space-between;background:#fff;padding:8px 14px;border-bottom:1px solid #e5e8eb}
.item img{width:56px;height:56px;object-fit:cover;border-radius:8px}
.item p{margin:0;font-size:14px}
.item+.cards article{border-radius:0 0 14px 14px}
.tail{flex:0 0 84px;background:#fff;border-radius:14px;display:grid;place-items:center;font-weight:600;font-size:14px}
.gone{display:grid;place-items:center;height:90px;background:#e5e8eb;color:#6b7684}
";
