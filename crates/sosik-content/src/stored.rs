//! The versioned JSON in which editions are kept, apart from the types that code works with.
//!
//! Its JSON Schema is `docs/edition.schema.json` of the project. What an earlier release wrote is opened by every later one:
//! version 1 knew neither districts nor until when a card is of use.
//!
//! ```
//! # use chrono::{TimeZone, Utc};
//! # use sosik_content::{Brief, Post, WebLink, curate, stored};
//! # let slot = Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap();
//! # let brief = Brief::builder(sosik_core::ChannelId::parse("yangju-city")?, slot, chrono_tz::Asia::Seoul).cards(1, 6).build()?;
//! # let post = Post::new("수도 동파 예방", WebLink::parse("https://blog.example.go.kr/1")?, "수도계량기함에 헌 옷을 채워 주세요. 물을 조금 틀어 둡니다.").with_published(slot);
//! let edition = curate(&[post], &brief)?.edition;
//! let json = stored::to_json(&edition);
//! assert_eq!(stored::from_json(&json)?, edition);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sosik_core::{AreaCode, ChannelId};

use crate::{Card, Edition, EditionId, Point, Topic, WebLink};

/// The version that this release writes.
pub const VERSION: u32 = 2;

/// How the schema says that a text is an area's code.
#[cfg(test)]
const AREA: &str = "^([0-9]{2}|[0-9]{5}|[0-9]{8}|[0-9]{10})$";

/// An edition: the cards that one channel sends at one slot.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct StoredEdition {
    /// The version of this form.
    #[cfg_attr(test, schemars(range(min = 2, max = 2)))]
    version: u32,
    /// Its name: channel and ISO week, such as `yangju-city-2026-W48`.
    id: String,
    /// The channel that sends it.
    channel: String,
    /// The nominal slot, an instant as RFC 3339 writes it.
    slot: String,
    /// What it is called.
    title: String,
    /// The area of the channel, by its administrative code; null where none was named.
    #[cfg_attr(test, schemars(regex(pattern = AREA)))]
    area: Option<String>,
    /// Its cards, in the order in which they are shown.
    cards: Vec<StoredCard>,
}

/// A card: what a citizen needs of one post.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct StoredCard {
    /// The post it was made of.
    post: String,
    /// The kind of news, by its code.
    #[cfg_attr(test, schemars(regex(pattern = "^(safety|policy|festival|culture|tourism|living|recruitment)$")))]
    topic: String,
    /// The whole title, for the picture.
    title: String,
    /// The title as long as the channel takes.
    header: String,
    /// The text under the picture.
    body: String,
    /// When, where, for whom.
    points: Vec<StoredPoint>,
    /// Where citizens read on.
    link: String,
    /// The districts that it concerns, by their administrative codes; empty where it concerns all of the city.
    #[cfg_attr(test, schemars(inner(regex(pattern = AREA))))]
    areas: Vec<String>,
    /// The last day on which it is of use, as 2026-12-05; null where the post says none.
    #[cfg_attr(test, schemars(regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")))]
    valid_until: Option<String>,
}

/// A labelled fact.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct StoredPoint {
    /// What it is about.
    label: String,
    /// The fact.
    value: String,
}

/// An edition as JSON, indented for people to read.
#[must_use]
pub fn to_json(edition: &Edition) -> String {
    let stored = StoredEdition {
        version: VERSION,
        id: edition.id.0.clone(),
        channel: edition.channel.as_str().to_owned(),
        slot: edition.slot.to_rfc3339(),
        title: edition.title.clone(),
        area: edition.area.as_ref().map(ToString::to_string),
        cards: edition.cards.iter().map(store_card).collect(),
    };
    serde_json::to_string_pretty(&stored).unwrap_or_default()
}

/// Reads an edition.
///
/// # Errors
///
/// [`StoredError`] when the text is not such JSON, comes from a newer release, or a field cannot be read.
pub fn from_json(json: &str) -> Result<Edition, StoredError> {
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    let Version { version } = serde_json::from_str(json)?;
    let stored: StoredEdition = match version {
        VERSION => serde_json::from_str(json)?,
        1 => serde_json::from_str::<StoredEdition1>(json)?.into(),
        _ => return Err(StoredError::Version { found: version, known: VERSION }),
    };
    let slot =
        DateTime::parse_from_rfc3339(&stored.slot).map_err(|e| StoredError::field("slot", e))?.with_timezone(&Utc);
    Ok(Edition {
        id: EditionId(stored.id),
        channel: ChannelId::parse(&stored.channel).map_err(|e| StoredError::field("channel", e))?,
        slot,
        title: stored.title,
        area: stored.area.map(|code| area("area", &code)).transpose()?,
        cards: stored.cards.into_iter().enumerate().map(|(at, card)| load_card(at, card)).collect::<Result<_, _>>()?,
    })
}

fn store_card(card: &Card) -> StoredCard {
    StoredCard {
        post: card.post_id.clone(),
        topic: card.topic.code().to_owned(),
        title: card.title.clone(),
        header: card.header.clone(),
        body: card.body.clone(),
        points: card.points.iter().map(|p| StoredPoint { label: p.label.clone(), value: p.value.clone() }).collect(),
        link: card.link.as_str().to_owned(),
        areas: card.areas.iter().map(ToString::to_string).collect(),
        valid_until: card.valid_until.map(|day| day.to_string()),
    }
}

/// What version 1 wrote.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredEdition1 {
    #[serde(rename = "version")]
    _version: u32,
    id: String,
    channel: String,
    slot: String,
    title: String,
    cards: Vec<StoredCard1>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredCard1 {
    post: String,
    topic: String,
    title: String,
    header: String,
    body: String,
    points: Vec<StoredPoint>,
    link: String,
}

impl From<StoredEdition1> for StoredEdition {
    fn from(old: StoredEdition1) -> Self {
        let StoredEdition1 { _version, id, channel, slot, title, cards } = old;
        Self {
            version: VERSION,
            id,
            channel,
            slot,
            title,
            area: None,
            cards: cards.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<StoredCard1> for StoredCard {
    fn from(old: StoredCard1) -> Self {
        let StoredCard1 { post, topic, title, header, body, points, link } = old;
        Self { post, topic, title, header, body, points, link, areas: Vec::new(), valid_until: None }
    }
}

fn area(field: &str, code: &str) -> Result<AreaCode, StoredError> {
    AreaCode::parse(code).map_err(|error| StoredError::field(field, error))
}

fn load_card(at: usize, card: StoredCard) -> Result<Card, StoredError> {
    Ok(Card {
        post_id: card.post,
        topic: Topic::parse(&card.topic).map_err(|e| StoredError::field(&format!("cards[{at}].topic"), e))?,
        title: card.title,
        header: card.header,
        body: card.body,
        points: card.points.into_iter().map(|p| Point::new(p.label, p.value)).collect(),
        link: WebLink::parse(&card.link).map_err(|e| StoredError::field(&format!("cards[{at}].link"), e))?,
        areas: card
            .areas
            .iter()
            .enumerate()
            .map(|(n, code)| area(&format!("cards[{at}].areas[{n}]"), code))
            .collect::<Result<_, _>>()?,
        valid_until: card
            .valid_until
            .map(|day| day.parse::<NaiveDate>())
            .transpose()
            .map_err(|e| StoredError::field(&format!("cards[{at}].valid_until"), e))?,
    })
}

/// A stored edition cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoredError {
    /// A field holds what it cannot hold.
    #[error("the stored edition has a wrong {field}")]
    #[non_exhaustive]
    Field {
        /// Which.
        field: String,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The text is not the JSON of an edition.
    #[error("the text is not the JSON of an edition")]
    Json(#[from] serde_json::Error),
    /// It was written by a later release.
    #[error("the stored edition has version {found}, this release reads up to {known}")]
    #[non_exhaustive]
    Version {
        /// Its version.
        found: u32,
        /// The latest version that can be read.
        known: u32,
    },
}

impl StoredError {
    fn field(field: &str, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Field { field: field.to_owned(), source: Box::new(source) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// What each version wrote.
    const WRITTEN: [(u32, &str); 2] =
        [(1, include_str!("../tests/stored/edition-1.json")), (2, include_str!("../tests/stored/edition-2.json"))];

    #[test]
    fn what_each_earlier_version_wrote_is_opened_whole() {
        for (version, json) in WRITTEN {
            let edition = from_json(json).unwrap_or_else(|error| panic!("version {version}: {error}"));
            assert_eq!(edition.title(), "예시시 소식 11월 4주", "version {version}");
            assert_eq!(edition.cards().len(), 6, "version {version}");
            // Nothing that it said is lost on the way.
            let old: Value = serde_json::from_str(json).unwrap();
            let new: Value = serde_json::from_str(&to_json(&edition)).unwrap();
            for (old, new) in old["cards"].as_array().unwrap().iter().zip(new["cards"].as_array().unwrap()) {
                for (field, value) in old.as_object().unwrap() {
                    assert_eq!(new[field], *value, "version {version}, {field}");
                }
            }
            assert_eq!(from_json(&to_json(&edition)).unwrap(), edition);
        }
        let latest = from_json(WRITTEN[1].1).unwrap();
        assert_eq!(latest.area().map(AreaCode::as_str), Some("4163053000"));
        assert_eq!(to_json(&latest).trim(), WRITTEN[1].1.trim(), "the latest form is written as it was");
        assert!(latest.cards().iter().any(|card| card.valid_until().is_some() && !card.areas().is_empty()));
    }

    #[test]
    fn a_later_version_is_refused_by_its_number_and_a_wrong_field_by_its_name() {
        let error = from_json(r#"{"version": 3, "pages": []}"#).unwrap_err();
        assert_eq!(error.to_string(), "the stored edition has version 3, this release reads up to 2");
        // What version 1 did not know is not read as if it had said nothing.
        assert!(from_json(&WRITTEN[0].1.replacen(r#""id""#, r#""area": "41630", "id""#, 1)).is_err());
        for (from, to, field) in [
            (r#""area": "4163053000""#, r#""area": "416""#, "area"),
            (r#""topic": "safety""#, r#""topic": "sport""#, "cards[0].topic"),
        ] {
            let json = WRITTEN[1].1.replacen(from, to, 1);
            assert_ne!(json, WRITTEN[1].1, "{field}");
            let error = from_json(&json).unwrap_err().to_string();
            assert_eq!(error, format!("the stored edition has a wrong {field}"));
        }
    }

    /// The schema in docs is the one that these types have; set `UPDATE_GOLDEN` to write it.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "whoever changed the form says so in the environment")]
    fn the_schema_in_docs_is_true_and_judges_as_the_reader_does() {
        let schema = serde_json::to_value(schemars::schema_for!(StoredEdition)).unwrap();
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/edition.schema.json");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(path, &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), text, "set UPDATE_GOLDEN to write it");
        let schema = jsonschema::validator_for(&schema).unwrap();
        let judge = |text: &str| schema.is_valid(&serde_json::from_str(text).unwrap());
        assert!(judge(WRITTEN[1].1) && !judge(WRITTEN[0].1));
        for topic in Topic::ALL {
            let other = WRITTEN[1].1.replacen(r#""topic": "safety""#, &format!(r#""topic": "{topic}""#), 1);
            assert!(judge(&other) && from_json(&other).is_ok(), "{topic}");
        }
        for (from, to) in [
            (r#""area": "4163053000""#, r#""area": "416""#),
            (r#""title""#, r#""titel""#),
            (r#""areas": []"#, r#""areas": [1]"#),
            (r#""areas": []"#, r#""areas": ["416"]"#),
            (r#""topic": "safety""#, r#""topic": "sport""#),
            (r#""valid_until": "#, r#""valid_until": 5, "x": "#),
            (r#""version": 2"#, r#""version": 3"#),
        ] {
            let wrong = WRITTEN[1].1.replacen(from, to, 1);
            assert!(!judge(&wrong) && from_json(&wrong).is_err(), "{from}");
        }
    }
}
