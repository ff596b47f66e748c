//! A demo week: posts of placeholders around the day on which the program is started, curated and drawn.

use chrono::{DateTime, Days, TimeDelta, Utc};
use chrono_tz::Asia::Seoul;
use serde::Deserialize;
use sosik::cards::{CardFormat, Face, Painter, Theme};
use sosik::content::{AreaNames, Brief, Post, Story, WebLink, curate, style};
use sosik::schedule::WeeklySlot;
use sosik::web::archive::{CardPicture, Published};
use sosik::{AreaCode, ChannelId};

use crate::Failure;

#[derive(Deserialize)]
struct DemoPost {
    title: String,
    category: String,
    text: String,
}

/// The last Friday afternoon at three by the city's clock.
pub(crate) fn last_slot(now: DateTime<Utc>) -> DateTime<Utc> {
    let next = WeeklySlot::friday_afternoon().next(now);
    if next == now { now } else { next - TimeDelta::weeks(1) }
}

/// The demo's edition of a slot, with its pictures.
pub(crate) fn edition(channel: &ChannelId, slot: DateTime<Utc>) -> Result<Published, Failure> {
    let friday = slot.with_timezone(&Seoul).date_naive();
    let day = |after: u64| style::long_day(friday.checked_add_days(Days::new(after)).unwrap_or(friday));
    let dated = |text: &str| {
        [("{sat}", 1), ("{sun}", 2), ("{tue}", 4), ("{next-fri}", 14), ("{next-sat}", 8), ("{after-sun}", 23)]
            .iter()
            .fold(text.to_owned(), |text, (mark, after)| text.replace(mark, &day(*after)))
    };
    let demo: Vec<DemoPost> = serde_json::from_str(include_str!("../data/posts.json"))?;
    let mut posts = Vec::new();
    for (n, post) in demo.iter().enumerate() {
        let link = WebLink::parse(&format!("https://blog.example.go.kr/{}", n + 1))?;
        let published = slot - TimeDelta::days(1);
        let made = Post::new(post.title.as_str(), link, dated(&post.text)).with_published(published);
        posts.push(made.with_category(&post.category));
    }
    let names = AreaNames::new([("회천1동", AreaCode::parse("4163053000")?)]);
    let brief =
        Brief::builder(channel.clone(), slot, Seoul).name("양주시 소식").cards(1, 6).area_names(names).build()?;
    let curation = curate(&posts, &brief)?;
    let theme = Theme::named("양주시", "blue-green")?;
    let painter = Painter::new(theme, CardFormat::square())?;
    let of = curation.edition.cards().len();
    let mut pictures = Vec::new();
    for (at, (card, post)) in curation.edition.cards().iter().zip(&curation.carried).enumerate() {
        let mut story = Story::of(&posts[*post], Seoul);
        story.kind.topic = card.topic();
        let face = Face::of_story(&story)
            .with_text("title", card.title())
            .with_text("edition", curation.edition.title())
            .with_text("place", format!("{}/{of}", at + 1));
        let drawn = painter.draw_face(&face)?;
        pictures.push(CardPicture::new(drawn.file, (1080, 1080), drawn.alt));
    }
    Ok(Published::new(curation.edition).with_pictures(pictures))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_friday_at_three_is_the_slot() {
        for (now, slot) in [
            ("2026-11-27T05:59:59Z", "2026-11-20T06:00:00Z"),
            ("2026-11-27T06:00:00Z", "2026-11-27T06:00:00Z"),
            ("2026-11-27T20:00:00Z", "2026-11-27T06:00:00Z"),
            ("2026-11-29T11:00:00Z", "2026-11-27T06:00:00Z"),
            ("2026-12-03T00:00:00Z", "2026-11-27T06:00:00Z"),
        ] {
            assert_eq!(last_slot(now.parse().unwrap()), slot.parse::<DateTime<Utc>>().unwrap(), "{now}");
        }
    }
}
