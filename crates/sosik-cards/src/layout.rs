//! The layout of a card: an SVG of 800×400 in which every text has its place and fits it.

use std::fmt::Write as _;

use sosik_content::{Card, Topic};

use crate::font::{FAMILY, Fonts, Weight};
use crate::icon::icon;
use crate::theme::Theme;
use crate::wrap::{cut, wrap};

pub(crate) const WIDTH: f32 = 800.0;
pub(crate) const HEIGHT: f32 = 400.0;

/// Titles and facts.
pub(crate) const INK: &str = "#191f28";
/// The foot.
pub(crate) const QUIET: &str = "#4e5968";

const LEFT: f32 = 44.0;
/// The room for text: up to the drawing.
const ROOM: f32 = 490.0;

/// Sizes that a title is tried in, each with the lines that it may take.
const TITLES: [(f32, usize); 6] = [(50.0, 2), (46.0, 2), (42.0, 2), (38.0, 3), (34.0, 3), (30.0, 3)];

/// A card laid out: the SVG, and every text on it in reading order.
pub(crate) struct Layout {
    pub(crate) svg: String,
    pub(crate) texts: Vec<String>,
}

/// Where a card stands in its edition.
pub(crate) struct Place<'a> {
    pub(crate) number: usize,
    pub(crate) of: usize,
    pub(crate) edition: &'a str,
}

pub(crate) fn layout(card: &Card, place: &Place<'_>, theme: &Theme, fonts: &Fonts) -> Layout {
    let mut page = Page { svg: String::new(), texts: Vec::new(), fonts };
    let colours = theme.colours(card.topic());
    let _ = write!(
        page.svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">
<rect width="{WIDTH}" height="{HEIGHT}" fill="{ground}"/>
<circle cx="738" cy="172" r="186" fill="{soft}"/><circle cx="604" cy="392" r="64" fill="{soft}" fill-opacity=".5"/>
<g transform="translate(586 74) scale(1.0)">{icon}</g>
"#,
        ground = colours.ground,
        soft = colours.soft,
        icon = icon(card.topic(), colours),
    );
    let top = page.chip(card.topic(), colours.strong);
    let (lines, size) = page.title(card.title());
    let leading = size * 1.26;
    let points = page.points(card, lines.len());
    let block = leading * count(lines.len()) + if points.is_empty() { 0.0 } else { 16.0 + 34.0 * count(points.len()) };
    // Between chip and foot, a little above the middle.
    let free = (HEIGHT - 62.0 - top - block).max(0.0);
    let mut y = top + free * 0.42 + size * 0.86;
    for line in &lines {
        page.draw(LEFT, y, line, Weight::ExtraBold, size, INK, "start");
        y += leading;
    }
    page.texts.push(lines.join(" "));
    y += 16.0 - size * 0.86 + 20.0;
    for (label, value) in &points {
        let advance = page.fonts.width(label, Weight::Bold, 21.0);
        page.text(LEFT, y, label, Weight::Bold, 21.0, colours.strong, "start");
        page.text(LEFT + advance + 12.0, y, value, Weight::Regular, 21.0, INK, "start");
        y += 34.0;
    }
    page.foot(place, theme);
    page.svg.push_str("</svg>\n");
    Layout { svg: page.svg, texts: page.texts }
}

fn count(n: usize) -> f32 {
    f32::from(u16::try_from(n).unwrap_or(u16::MAX))
}

struct Page<'a> {
    svg: String,
    texts: Vec<String>,
    fonts: &'a Fonts,
}

impl Page<'_> {
    /// The topic's name on its colour; gives the y at which the rest may begin.
    fn chip(&mut self, topic: Topic, colour: &str) -> f32 {
        let label = self.fonts.drawable(topic.korean());
        let width = self.fonts.width(&label, Weight::Bold, 20.0) + 36.0;
        let _ = write!(self.svg, r#"<rect x="{LEFT}" y="34" width="{width}" height="38" rx="19" fill="{colour}"/>"#);
        self.text(LEFT + 18.0, 60.0, &label, Weight::Bold, 20.0, "#ffffff", "start");
        82.0
    }

    /// The title at the largest size at which it fits; at the smallest, cut.
    fn title(&self, title: &str) -> (Vec<String>, f32) {
        let title = self.fonts.drawable(title);
        for (size, most) in TITLES {
            let measure = |text: &str| self.fonts.width(text, Weight::ExtraBold, size);
            if let Some(lines) = wrap(&title, ROOM, most, measure) {
                return (lines, size);
            }
        }
        let (size, most) = TITLES[TITLES.len() - 1];
        let measure = |text: &str| self.fonts.width(text, Weight::ExtraBold, size);
        // Fewer and fewer words until they fit; a single endless word is cut inside.
        // No more than so many can fit, whatever they are.
        let mut words: Vec<&str> = title.split(' ').take(60).collect();
        while words.len() > 1 {
            words.pop();
            if let Some(lines) = wrap(&format!("{}…", words.join(" ")), ROOM, most, measure) {
                return (lines, size);
            }
        }
        (vec![cut(&title, ROOM, measure)], size)
    }

    /// The facts for which there is room below a title of so many lines.
    fn points(&self, card: &Card, title_lines: usize) -> Vec<(String, String)> {
        let most = if title_lines > 2 { 2 } else { 3 };
        card.points()
            .iter()
            .take(most)
            .map(|point| {
                let label = self.fonts.drawable(point.label());
                let room = ROOM - self.fonts.width(&label, Weight::Bold, 21.0) - 12.0;
                let value = self.fonts.drawable(point.value());
                (label, cut(&value, room, |text| self.fonts.width(text, Weight::Regular, 21.0)))
            })
            .collect()
    }

    fn foot(&mut self, place: &Place<'_>, theme: &Theme) {
        let city = self.fonts.drawable(theme.city());
        let initial: String = city.chars().take(1).collect();
        let _ = write!(self.svg, r#"<rect x="{LEFT}" y="346" width="26" height="26" rx="8" fill="{}"/>"#, theme.mark());
        // The mark is an ornament: it repeats the first letter of the name beside it.
        self.draw(LEFT + 13.0, 365.0, &initial, Weight::ExtraBold, 16.0, "#ffffff", "middle");
        let label = self.fonts.drawable(place.edition);
        let label = cut(&label, ROOM - 40.0, |text| self.fonts.width(text, Weight::Bold, 18.0));
        self.text(LEFT + 36.0, 366.0, &label, Weight::Bold, 18.0, QUIET, "start");
        self.text(756.0, 366.0, &format!("{}/{}", place.number, place.of), Weight::Bold, 18.0, QUIET, "end");
    }

    #[expect(clippy::too_many_arguments, reason = "a text has a place, a face and a colour")]
    fn text(&mut self, x: f32, y: f32, text: &str, weight: Weight, size: f32, colour: &str, anchor: &str) {
        self.draw(x, y, text, weight, size, colour, anchor);
        self.texts.push(text.to_owned());
    }

    #[expect(clippy::too_many_arguments, reason = "a text has a place, a face and a colour")]
    fn draw(&mut self, x: f32, y: f32, text: &str, weight: Weight, size: f32, colour: &str, anchor: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = write!(
            self.svg,
            r#"<text x="{x}" y="{y}" font-family="{FAMILY}" font-weight="{}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" xml:space="preserve">{text}</text>"#,
            weight.number()
        );
        self.svg.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};
    use sosik_content::{Brief, Post, WebLink, curate};

    use super::*;

    fn card(title: &str, body: &str) -> Card {
        let slot = Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap();
        let channel = sosik_core::ChannelId::parse("yangju-city").unwrap();
        let brief = Brief::builder(channel, slot, chrono_tz::Asia::Seoul).cards(1, 6).build().unwrap();
        let post = Post::new(title, WebLink::parse("https://blog.example.go.kr/1").unwrap(), body).with_published(slot);
        curate(&[post], &brief).unwrap().edition.cards()[0].clone()
    }

    #[test]
    fn every_text_stays_in_its_room_whatever_the_title() {
        let fonts = Fonts::new().unwrap();
        let titles = [
            "짧게".to_owned(),
            "회암사지 왕실축제 자원봉사자를 모집합니다 많은 관심과 참여를 부탁드립니다".to_owned(),
            "띄어쓰기없이아주길게이어지는제목은줄안에서끊어야만합니다그래도넘치면줄입니다정말로요".to_owned(),
            "가 나 다 ".repeat(60),
            "W".repeat(80),
        ];
        let body =
            format!("일시: {}\n장소: {}\n대상: 누구나\n문의: 031-8082-0000", "가나다 ".repeat(30), "라".repeat(60));
        for title in &titles {
            for place in [
                Place { number: 1, of: 6, edition: "양주시 소식 11월 4주" },
                Place { number: 10, of: 10, edition: &"긴 이름 ".repeat(20) },
            ] {
                let page = layout(&card(title, &body), &place, &Theme::new("양주시"), &fonts);
                for element in page.svg.lines().filter_map(|line| line.split("<text ").nth(1)) {
                    let attribute =
                        |name: &str| element.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap();
                    let number = |name: &str| attribute(name).parse::<f32>().unwrap();
                    let text = element.split('>').nth(1).unwrap().split('<').next().unwrap();
                    let weight = [Weight::Regular, Weight::Bold, Weight::ExtraBold]
                        .into_iter()
                        .find(|w| w.number().to_string() == attribute("font-weight"))
                        .unwrap();
                    let width = fonts.width(text, weight, number("font-size"));
                    let (left, right) = match attribute("text-anchor") {
                        "start" => (number("x"), number("x") + width),
                        "end" => (number("x") - width, number("x")),
                        _ => (number("x") - width / 2.0, number("x") + width / 2.0),
                    };
                    assert!(left >= 40.0 && right <= 760.0, "{text}: {left} to {right}");
                    assert!(
                        number("y") - number("font-size") * 0.8 >= 30.0 && number("y") <= 370.0,
                        "{text}: {}",
                        number("y")
                    );
                }
                // Nothing of the body runs into the foot.
                assert!(page.texts.len() >= 4);
            }
        }
    }

    #[test]
    fn what_the_font_lacks_is_not_drawn_as_a_box() {
        let fonts = Fonts::new().unwrap();
        assert_eq!(fonts.drawable("🎉 축제 𠮷 안내"), "축제 안내");
    }
}
