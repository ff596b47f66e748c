//! From the feed to the message: read, curate, draw, compose.

use std::path::Path;

use sosik::bizgo;
use sosik::cards::{CardFormat, Painter, regular_font};
use sosik::channel::{Media, Message, Picture, PictureFormat, compose, preview};
use sosik::content::{Card, Curation, Post, curate, stored};
use sosik::feeds::Feed;
use sosik::schedule::Decision;

use crate::Failure;
use crate::config::{City, Voice};
use crate::report::CardLine;
use crate::screen::say;

const DEFAULT: &[u8] = include_bytes!("../yangju-blog.xml");

/// Reads the feed of a file, or the sample.
pub(crate) fn read(path: Option<&Path>) -> Result<Feed, Failure> {
    let bytes = match path {
        Some(path) => std::fs::read(path).map_err(Failure::at("the feed", path))?,
        None => DEFAULT.to_vec(),
    };
    let place = path.unwrap_or(Path::new("yangju-blog.xml"));
    let feed = sosik::feeds::parse(&bytes).map_err(Failure::at("the feed", place))?;
    say(&format!("feed     `{}`: {} posts", feed.title, feed.posts.len()));
    for rejected in &feed.rejected {
        say(&format!("         not a post: {rejected}"));
    }
    if feed.posts.is_empty() {
        let first = feed.rejected.first().map(ToString::to_string).unwrap_or_default();
        let place = place.display();
        return Err(Failure::new(format!(
            "the feed ({place}): none of its {} items is a post: {first}",
            feed.rejected.len()
        )));
    }
    Ok(feed)
}

/// The edition of a slot, as it is sent.
pub(crate) struct Made {
    pub(crate) curation: Curation,
    pub(crate) message: Message,
    pub(crate) media: Vec<Media>,
}

/// The edition as each channel of the city tells it.
pub(crate) struct Editions {
    pub(crate) own: Made,
    /// In the order of [`City::districts`].
    pub(crate) districts: Vec<Made>,
}

/// The edition of the city's channel, and of those of its districts.
pub(crate) fn make_all(
    city: &City,
    posts: &[Post],
    slot: chrono::DateTime<chrono::Utc>,
    decision: &Decision,
) -> Result<Editions, Failure> {
    let own = make(city, posts, slot, decision)?;
    tell(&own);
    let names = city.names(slot);
    let drawn = |voice: &Voice| {
        let made = make_for(city, voice, posts, slot, decision)?;
        let is_theirs =
            |card: &&Card| voice.area.as_ref().is_some_and(|area| names.found_in(card.title()).contains(area));
        for card in made.curation.edition.cards().iter().filter(is_theirs) {
            say(&format!("         for {}: {}", voice.profile.sender(), card.title()));
        }
        Ok::<_, Failure>(made)
    };
    let districts = city.districts.iter().map(drawn).collect::<Result<_, _>>()?;
    Ok(Editions { own, districts })
}

/// Curates, draws and composes, as the city's own channel tells it.
pub(crate) fn make(
    city: &City,
    posts: &[Post],
    slot: chrono::DateTime<chrono::Utc>,
    decision: &Decision,
) -> Result<Made, Failure> {
    make_for(city, &city.own, posts, slot, decision)
}

fn make_for(
    city: &City,
    voice: &Voice,
    posts: &[Post],
    slot: chrono::DateTime<chrono::Utc>,
    decision: &Decision,
) -> Result<Made, Failure> {
    let curation = curate(posts, &city.brief(voice, slot, decision).build()?)?;
    let edition = &curation.edition;
    let painter = Painter::new(city.theme.clone(), CardFormat::kakao_carousel_feed())?;
    let mut media = Vec::new();
    for place in 0..edition.cards().len() {
        let drawn = painter.draw(edition, place)?;
        media.push(Media::new(PictureFormat::Jpeg, (drawn.width, drawn.height), drawn.alt, drawn.file));
    }
    let pictures: Vec<Picture> = media.iter().map(|media| media.picture.clone()).collect();
    let message = compose(edition, &pictures, &voice.profile, bizgo::limits::LIMITS)?;
    Ok(Made { curation, message, media })
}

/// Says what an edition holds.
pub(crate) fn tell(made: &Made) {
    let (curation, edition) = (&made.curation, &made.curation.edition);
    say(&format!(
        "edition  {} `{}`: {} cards, {} posts left out",
        edition.id(),
        edition.title(),
        edition.cards().len(),
        curation.left_out.len()
    ));
    for card in edition.cards() {
        say(&format!("         {:<9} {}", card.topic().code(), card.title()));
    }
    for left in &curation.left_out {
        say(&format!("         left out: {} ({})", left.title, left.reason));
    }
}

/// Writes the edition, its pictures and the preview, and gives a line for each card.
pub(crate) fn write(made: &Made, out: &Path) -> Result<Vec<CardLine>, Failure> {
    let folder = out.join("cards");
    std::fs::create_dir_all(&folder).map_err(Failure::at("the folder", &folder))?;
    let mut lines = Vec::new();
    for (number, media) in (1..).zip(&made.media) {
        let name = format!("card-{number}.{}", media.picture.format.extension());
        let path = folder.join(&name);
        std::fs::write(&path, &media.content).map_err(Failure::at("the picture", &path))?;
        lines.push(CardLine::new(format!("cards/{name}"), &media.picture));
    }
    let title = made.curation.edition.title();
    let page = preview::html(&made.message, &made.media, title, Some(regular_font()));
    let edition = stored::to_json(&made.curation.edition);
    let message = sosik::channel::stored::to_json(&made.message);
    for (name, text) in [("preview.html", page), ("edition.json", edition), ("message.json", message)] {
        let path = out.join(name);
        std::fs::write(&path, text).map_err(Failure::at("the file", &path))?;
    }
    Ok(lines)
}
