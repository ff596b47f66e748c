use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Topic;

/// What an editor decided about posts, by their ids: data that survives a new run over the same week's posts.
///
/// ```
/// use sosik_content::Choices;
///
/// let choices = Choices::default()
///     .pin("https://blog.example.go.kr/1")
///     .drop("https://blog.example.go.kr/2", "다음 주에 다시 알림")
///     .rewrite("https://blog.example.go.kr/1", Some("수도 동파, 이렇게 막아요"), None);
/// let json = choices.to_json();
/// assert_eq!(Choices::from_json(&json)?, choices);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Choices {
    /// Posts that the edition must carry (must-carry), whatever their score, age or topic.
    pub pins: Vec<String>,
    /// Posts that it must not carry, and why.
    pub drops: BTreeMap<String, String>,
    /// Posts that go out only from an instant on (embargo).
    #[serde(with = "instants")]
    pub embargoes: BTreeMap<String, DateTime<Utc>>,
    /// Posts in the order in which their cards stand; those that are not named follow.
    pub order: Vec<String>,
    /// Other words for a card.
    pub rewrites: BTreeMap<String, Rewrite>,
    /// Posts that are of another kind than their words say.
    #[serde(with = "topics")]
    pub topics: BTreeMap<String, Topic>,
}

/// Other words for a card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Rewrite {
    /// Its title.
    pub title: Option<String>,
    /// Its text.
    pub body: Option<String>,
}

impl Choices {
    /// With a post that the edition must carry.
    #[must_use]
    pub fn pin(mut self, post_id: impl Into<String>) -> Self {
        self.pins.push(post_id.into());
        self
    }

    /// With a post that it must not carry.
    #[must_use]
    pub fn drop(mut self, post_id: impl Into<String>, why: impl Into<String>) -> Self {
        self.drops.insert(post_id.into(), why.into());
        self
    }

    /// With a post that goes out only from an instant on.
    #[must_use]
    pub fn embargo(mut self, post_id: impl Into<String>, until: DateTime<Utc>) -> Self {
        self.embargoes.insert(post_id.into(), until);
        self
    }

    /// With the order in which cards stand.
    #[must_use]
    pub fn order(mut self, post_ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.order = post_ids.into_iter().map(Into::into).collect();
        self
    }

    /// With other words for a post's card.
    #[must_use]
    pub fn rewrite(mut self, post_id: impl Into<String>, title: Option<&str>, body: Option<&str>) -> Self {
        let rewrite = Rewrite { title: title.map(str::to_owned), body: body.map(str::to_owned) };
        self.rewrites.insert(post_id.into(), rewrite);
        self
    }

    /// With the kind of news that a post is.
    #[must_use]
    pub fn topic(mut self, post_id: impl Into<String>, topic: Topic) -> Self {
        self.topics.insert(post_id.into(), topic);
        self
    }

    /// The choices as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Reads choices.
    ///
    /// # Errors
    ///
    /// When the text is not such JSON, with the line.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// The body that an editor wrote instead of the one that would be made.
    pub(crate) fn body_of(&self, post_id: &str) -> Option<&str> {
        self.rewrites.get(post_id)?.body.as_deref()
    }

    pub(crate) fn is_pinned(&self, post_id: &str) -> bool {
        self.pins.iter().any(|pin| pin == post_id)
    }

    /// Where a card stands by the editor's order.
    pub(crate) fn rank(&self, post_id: &str) -> usize {
        self.order.iter().position(|id| id == post_id).unwrap_or(usize::MAX)
    }
}

/// Topics by their codes.
mod topics {
    use std::collections::BTreeMap;

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::Topic;

    pub(super) fn serialize<S: Serializer>(all: &BTreeMap<String, Topic>, to: S) -> Result<S::Ok, S::Error> {
        let written: BTreeMap<&str, &str> = all.iter().map(|(id, topic)| (id.as_str(), topic.code())).collect();
        written.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Topic>, D::Error> {
        let read = |(id, code): (String, String)| {
            Ok((id, Topic::parse(&code).map_err(|error| D::Error::custom(format!("topics: {error}")))?))
        };
        BTreeMap::<String, String>::deserialize(from)?.into_iter().map(read).collect()
    }
}

/// Instants as RFC 3339 writes them.
mod instants {
    use std::collections::BTreeMap;

    use chrono::{DateTime, Utc};
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(all: &BTreeMap<String, DateTime<Utc>>, to: S) -> Result<S::Ok, S::Error> {
        let written: BTreeMap<&str, String> =
            all.iter().map(|(id, instant)| (id.as_str(), instant.to_rfc3339())).collect();
        written.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, DateTime<Utc>>, D::Error> {
        let read = |(id, text): (String, String)| {
            let instant = DateTime::parse_from_rfc3339(&text);
            let instant = instant.map_err(|_| {
                D::Error::custom(format!("embargoes: `{text}` is no instant such as 2026-11-27T15:00:00+09:00"))
            })?;
            Ok((id, instant.with_timezone(&Utc)))
        };
        BTreeMap::<String, String>::deserialize(from)?.into_iter().map(read).collect()
    }
}
