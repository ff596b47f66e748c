//! Segments as SQL.

use chrono::{DateTime, Utc};
use rusqlite::types::Value;
use sosik_core::AreaCode;
use sosik_registry::{Purpose, Segment, StoreError};

use crate::error::unreadable;
use crate::rows::micros;

/// A condition on `subscribers AS s`, and the values of its question marks.
#[derive(Debug, Default)]
pub(crate) struct Condition {
    pub(crate) sql: String,
    pub(crate) values: Vec<Value>,
}

impl Condition {
    /// The condition for a segment by what stands at an instant: what [`Segment::contains`] says, in SQL.
    pub(crate) fn of(segment: &Segment, at: DateTime<Utc>) -> Result<Self, StoreError> {
        let mut condition = Self::default();
        condition.add(segment, at)?;
        Ok(condition)
    }

    fn put(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(sql);
        self.values.extend(values);
    }

    fn add(&mut self, segment: &Segment, at: DateTime<Utc>) -> Result<(), StoreError> {
        match segment {
            Segment::All | Segment::Consents(Purpose::PublicSafety) => self.put("TRUE", []),
            Segment::AllowsText => self.put("s.allows_text", []),
            Segment::Area(area) => {
                // Codes have digits only, and `:` comes after the last of them.
                let (prefix, length) = (area.prefix(), AreaCode::as_str(area).len());
                let (from, to) = (Value::from(prefix.to_owned()), Value::from(format!("{prefix}:")));
                let least = Value::from(i64::try_from(length).unwrap_or(i64::MAX));
                let within = "coalesce(s.area >= ? AND s.area < ? AND length(s.area) >= ?, FALSE)";
                self.put(within, [from, to, least]);
            }
            Segment::Channel(channel) => self.put(
                "coalesce((SELECT state = 0 FROM relations WHERE subscriber = s.number AND channel = ? \
                 ORDER BY at DESC, state DESC, source DESC LIMIT 1), FALSE)",
                [Value::from(channel.as_str().to_owned())],
            ),
            Segment::Language(language) => {
                self.put("coalesce(s.language, 'ko') = ?", [Value::from(language.as_str().to_owned())]);
            }
            Segment::Both(a, b) => self.pair(a, " AND ", b, at)?,
            Segment::Either(a, b) => self.pair(a, " OR ", b, at)?,
            Segment::Not(inner) => {
                self.put("(NOT ", []);
                self.add(inner, at)?;
                self.put(")", []);
            }
            Segment::Consents(Purpose::NightAdvertising) => {
                self.put("(", []);
                self.stands(Purpose::NightAdvertising, at);
                self.put(" AND ", []);
                self.stands(Purpose::Advertising, at);
                self.put(")", []);
            }
            Segment::Consents(purpose) => self.stands(*purpose, at),
            Segment::Person(id) => self.put("s.id = ?", [Value::from(id.as_uuid().as_bytes().to_vec())]),
            Segment::Since(from) => {
                // Instants are kept in whole microseconds.
                let whole = i64::from(from.timestamp_subsec_nanos() % 1_000 > 0);
                self.put("s.created_at >= ?", [Value::from(micros(*from).saturating_add(whole))]);
            }
            Segment::Topic(topic) => self.put(
                "(s.topics = '[]' OR EXISTS (SELECT 1 FROM json_each(s.topics) WHERE json_each.value = ?))",
                [Value::from(topic.clone())],
            ),
            other => return Err(unreadable("segment", format!("this store cannot ask for `{other}`"))),
        }
        Ok(())
    }

    fn pair(&mut self, a: &Segment, word: &str, b: &Segment, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.put("(", []);
        self.add(a, at)?;
        self.put(word, []);
        self.add(b, at)?;
        self.put(")", []);
        Ok(())
    }

    /// That the latest word up to an instant is a consent; of two at the same instant the withdrawal counts.
    fn stands(&mut self, purpose: Purpose, at: DateTime<Utc>) {
        self.put(
            "coalesce((SELECT granted FROM consents WHERE subscriber = s.number AND purpose = ? AND at <= ? \
             ORDER BY at DESC, granted LIMIT 1), FALSE)",
            [Value::from(purpose.code().to_owned()), Value::from(micros(at))],
        );
    }
}
