//! The versioned JSON in which editions are kept, apart from the types that code works with.
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

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sosik_core::ChannelId;

use crate::{Card, Edition, EditionId, Point, Topic, WebLink};

/// The version that this release writes.
pub const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredEdition {
    version: u32,
    id: String,
    channel: String,
    slot: String,
    title: String,
    cards: Vec<StoredCard>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredCard {
    post: String,
    topic: String,
    title: String,
    header: String,
    body: String,
    points: Vec<StoredPoint>,
    link: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredPoint {
    label: String,
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
    if version != VERSION {
        return Err(StoredError::Version { found: version, known: VERSION });
    }
    let stored: StoredEdition = serde_json::from_str(json)?;
    let slot =
        DateTime::parse_from_rfc3339(&stored.slot).map_err(|e| StoredError::field("slot", e))?.with_timezone(&Utc);
    Ok(Edition {
        id: EditionId(stored.id),
        channel: ChannelId::parse(&stored.channel).map_err(|e| StoredError::field("channel", e))?,
        slot,
        title: stored.title,
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
    }
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
    /// It was written by another release.
    #[error("the stored edition has version {found}, this release reads {known}")]
    #[non_exhaustive]
    Version {
        /// Its version.
        found: u32,
        /// The version that can be read.
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
    use super::*;

    #[test]
    fn a_newer_version_is_refused_by_its_number() {
        let error = from_json(r#"{"version": 2, "pages": []}"#).unwrap_err();
        assert_eq!(error.to_string(), "the stored edition has version 2, this release reads 1");
    }
}
