//! The page to tick off.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike, FixedOffset, Utc};
use sosik_content::text::units;

use super::KitPlan;
use super::sheets::Sheet;
use crate::message::Message;
use crate::preview::escape;

/// An instant as a clerk in Seoul reads it.
pub(super) fn seoul(at: DateTime<Utc>) -> String {
    let zone = FixedOffset::east_opt(9 * 3600);
    let local = zone.map_or(at.naive_utc(), |zone| at.with_timezone(&zone).naive_local());
    let days = ["월", "화", "수", "목", "금", "토", "일"];
    let day = usize::try_from(local.weekday().num_days_from_monday()).unwrap_or_default();
    format!("{}({}) {}", local.format("%Y-%m-%d"), days[day % 7], local.format("%H:%M"))
}

/// How many rows a field needs, at about 34 characters a row.
fn rows(words: &str) -> usize {
    words.lines().map(|line| units(line).div_ceil(34).max(1)).sum::<usize>().clamp(1, 40)
}

/// The page, with a box for each step and each field.
pub(super) fn checklist(message: &Message, plan: &KitPlan, sheets: &[Sheet<'_>], names: &[Option<String>]) -> String {
    let mut steps = String::new();
    let mut step = |words: &str| {
        let _ = write!(steps, "<li><label><input type=checkbox> {}</label></li>", escape(words));
    };
    step(&format!(
        "지금이 {}부터 {}까지인지 확인한다. 마감이 지났으면 보내지 않는다.",
        seoul(plan.send_at),
        seoul(plan.deadline)
    ));
    step("같은 소식이 이미 나가지 않았는지 발송 이력을 확인한다.");
    step("카카오톡 채널 관리자센터에서 알맞은 채널을 고른다.");
    let marks = message.advertising.as_ref();
    step(match marks {
        Some(_) => "‘광고성 메시지’에 체크한다. (광고) 표시와 수신거부 안내가 미리보기에 보이는지 확인한다.",
        None => "‘광고성 메시지’의 체크를 푼다. 정보성 메시지다.",
    });
    step("아래 카드마다 사진을 올리고 글과 링크를 붙여 넣는다.");
    step("미리보기를 preview.html 과 견주어 본다. 링크를 하나씩 눌러 본다.");
    step("테스트 발송으로 휴대전화에서 확인한다.");
    step("전체 친구에게 보낸다. 화면에 나온 대상 수와 메시지 번호를 적어 둔다.");
    step("attestation.txt 를 채워 돌려준다.");
    let mut cards = String::new();
    for (number, (sheet, name)) in (1..).zip(sheets.iter().zip(names)) {
        let _ = write!(cards, "<section><h2>{number}. {}</h2>", escape(&sheet.name));
        if let (Some(picture), Some(name)) = (sheet.picture, name) {
            let (width, height, alt) = (picture.width, picture.height, escape(&picture.alt));
            let size = picture.bytes.div_ceil(1_000);
            let _ = write!(
                cards,
                "<figure><img src=\"{name}\" width={width} height={height} alt=\"{alt}\">\
                 <figcaption><label><input type=checkbox> <a href=\"{name}\" download>{name}</a> ({width}×{height}, {size} KB)</label></figcaption></figure>",
            );
        }
        for (at, (label, words)) in sheet.fields.iter().enumerate() {
            let (id, rows) = (format!("f{number}-{at}"), rows(words));
            let _ = write!(
                cards,
                "<div class=field><label for={id}>{} <small>{}자</small></label>\
                 <textarea id={id} readonly rows={rows}>\n{}</textarea>\
                 <label class=done><input type=checkbox> 넣음</label></div>",
                escape(label),
                units(words),
                escape(words),
            );
        }
        cards.push_str("</section>");
    }
    let sender = marks.map_or("", |marks| marks.sender.as_str());
    format!(
        "<!doctype html>\n<html lang=ko>\n<meta charset=utf-8>\n<meta name=viewport content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n<main>\n<h1>{title}</h1>\n<p class=when>{sender} 발송 예정 <b>{at}</b>, 마감 <b>{until}</b></p>\n\
         <ol>{steps}</ol>\n{cards}\n</main>\n</html>\n",
        title = escape(&plan.title),
        sender = escape(sender),
        at = seoul(plan.send_at),
        until = seoul(plan.deadline),
    )
}

const STYLE: &str = ":root{color-scheme:light dark}body{font:16px/1.6 sans-serif;margin:0;background:Canvas;color:CanvasText}\
main{max-width:46rem;margin:auto;padding:1rem}h1{font-size:1.5rem}h2{font-size:1.15rem;margin:.2rem 0 .6rem}\
section{border:1px solid GrayText;border-radius:.6rem;padding:.8rem 1rem;margin:1rem 0;break-inside:avoid}\
figure{margin:0 0 .6rem}img{max-width:100%;height:auto;border-radius:.4rem}ol{padding-left:1.4rem}li{margin:.3rem 0}\
.field{display:grid;grid-template-columns:8.5rem 1fr auto;gap:.2rem .6rem;align-items:start;margin:.4rem 0}\
textarea{font:inherit;width:100%;box-sizing:border-box;resize:vertical}.done{white-space:nowrap}\
input[type=checkbox]{width:1.2em;height:1.2em;vertical-align:-.2em}\
@media(max-width:34rem){.field{grid-template-columns:1fr}}";
