//! Pages on which a clerk looks at an edition's cards: all beside one another, and as a phone shows them.

use std::fmt::Write as _;

use crate::layout::Left;

/// A card on a sheet.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SheetCard {
    /// Where its picture is, from the page: `1.jpg`.
    pub file: String,
    /// Pixels across and down.
    pub size: (u32, u32),
    /// How wide a phone shows it, in dp.
    pub shown: f32,
    /// What stands in its place.
    pub alt: String,
    /// What found no room on it.
    pub left: Vec<Left>,
    /// What stands under it: where it comes from.
    pub note: String,
}

impl SheetCard {
    /// A card by the file of its picture.
    #[must_use]
    pub fn new(file: impl Into<String>, drawn: &crate::Drawn, format: &crate::CardFormat) -> Self {
        Self {
            file: file.into(),
            size: (drawn.width, drawn.height),
            shown: format.shown(),
            alt: drawn.alt.clone(),
            left: drawn.left.clone(),
            note: String::new(),
        }
    }

    /// The card with what stands under it.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// A page of all cards of an edition: each with the text that stands in its place and what found no room, and a phone that
/// shows them one after the other as wide as it would. The page fetches nothing but the pictures beside it, and the face in
/// `NanumSquare.ttf` beside it ([`regular_font`](crate::regular_font)), where it is there.
#[must_use]
pub fn contact_sheet(title: &str, cards: &[SheetCard]) -> String {
    let mut page = String::new();
    let title = escaped(title);
    let _ = write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"ko\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title>\n<style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n<main>\n<section class=\"sheet\" aria-label=\"카드 전체\">\n"
    );
    for (at, card) in cards.iter().enumerate() {
        let _ = write!(
            page,
            "<figure><img src=\"{}\" width=\"{}\" height=\"{}\" alt=\"{}\"><figcaption><b>{}.</b> {}",
            escaped(&card.file),
            card.size.0,
            card.size.1,
            escaped(&card.alt),
            at + 1,
            escaped(&card.note),
        );
        for left in &card.left {
            let _ = write!(page, "<span class=\"left\">자리가 없어 빠진 말: {}</span>", escaped(&left.text));
        }
        let _ = writeln!(
            page,
            "<details><summary>대체 텍스트</summary><pre>{}</pre></details></figcaption></figure>",
            escaped(&card.alt)
        );
    }
    page.push_str("</section>\n<section class=\"phone\" aria-label=\"전화기에서 보이는 크기\"><div>\n");
    for card in cards {
        let _ = writeln!(
            page,
            "<img src=\"{}\" style=\"width:{}px\" alt=\"{}\">",
            escaped(&card.file),
            card.shown,
            escaped(&card.alt)
        );
    }
    page.push_str("</div></section>\n</main></body></html>\n");
    page
}

const STYLE: &str = "@font-face{font-family:NanumSquare;src:url(NanumSquare.ttf)}body{margin:24px;font:15px/1.5 'NanumSquare','Apple SD Gothic Neo','Malgun Gothic',sans-serif;color:#191f28;background:#f2f4f6}\
h1{font-size:22px}main{display:flex;gap:32px;align-items:flex-start;flex-wrap:wrap}\
.sheet{flex:1 1 640px;display:grid;grid-template-columns:repeat(auto-fill,minmax(260px,1fr));gap:20px}\
figure{margin:0;background:#fff;border-radius:12px;overflow:hidden}figure img{width:100%;height:auto;display:block}\
figcaption{padding:12px 14px;overflow-wrap:anywhere}pre{white-space:pre-wrap;font:inherit;margin:6px 0 0}summary{color:#4e5968;cursor:pointer}\
.left{display:block;color:#b3261e;margin-top:6px}\
.phone{flex:0 0 360px;height:720px;overflow:auto;border:10px solid #191f28;border-radius:36px;background:#b2c7da}\
.phone div{padding:20px 16px;display:flex;flex-direction:column;gap:12px}.phone img{height:auto;border-radius:14px;display:block}";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_on_a_sheet_is_no_markup() {
        let card = SheetCard {
            file: "1.jpg".to_owned(),
            size: (800, 400),
            shown: 270.0,
            alt: "<script>\"&".to_owned(),
            left: vec![Left::of("title", "<b>".to_owned())],
            note: "가".to_owned(),
        };
        let page = contact_sheet("소식 <1>", &[card]);
        assert!(
            !page.contains("<script>") && page.contains("&lt;script&gt;&quot;&amp;") && page.contains("소식 &lt;1&gt;")
        );
        assert_eq!(page.matches("<figure>").count(), 1);
    }
}
