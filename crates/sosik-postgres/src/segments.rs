//! Segments as SQL.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use sosik_core::AreaCode;
use sosik_registry::{Purpose, Segment, StoreError};
use tokio_postgres::types::ToSql;

use crate::error::unreadable;

type Value = Box<dyn ToSql + Sync + Send>;

/// A condition on `subscribers AS s`, and the values of its places.
pub(crate) struct Condition {
    pub(crate) sql: String,
    values: Vec<Value>,
}

impl Condition {
    /// The condition for a segment by what stands at an instant: what [`Segment::contains`] says, in SQL. Its places are
    /// numbered after those of the values that come before it.
    pub(crate) fn of(segment: &Segment, at: DateTime<Utc>, before: Vec<Value>) -> Result<Self, StoreError> {
        let mut condition = Self { sql: String::new(), values: before };
        condition.add(segment, at)?;
        Ok(condition)
    }

    pub(crate) fn values(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect()
    }

    /// Adds SQL in which each `?` stands for the next value.
    fn put(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        let mut parts = sql.split('?');
        self.sql.extend(parts.next());
        for (part, value) in parts.zip(values) {
            self.values.push(value);
            let _ = write!(self.sql, "${}{part}", self.values.len());
        }
    }

    fn add(&mut self, segment: &Segment, at: DateTime<Utc>) -> Result<(), StoreError> {
        match segment {
            Segment::All | Segment::Consents(Purpose::PublicSafety) => self.put("TRUE", []),
            Segment::AllowsText => self.put("s.allows_text", []),
            Segment::Area(area) => {
                // Codes have digits only, and `:` comes after the last of them.
                let (prefix, length) = (area.prefix(), AreaCode::as_str(area).len());
                let least = i32::try_from(length).unwrap_or(i32::MAX);
                let values: [Value; 3] = [Box::new(prefix.to_owned()), Box::new(format!("{prefix}:")), Box::new(least)];
                self.put("coalesce(s.area >= ? AND s.area < ? AND length(s.area) >= ?, FALSE)", values);
            }
            Segment::Channel(channel) => {
                let channel: Value = Box::new(channel.as_str().to_owned());
                self.put(
                    "coalesce((SELECT state = 0 FROM relations WHERE channel = ? AND subscriber = s.number \
                     ORDER BY at DESC, state DESC, source DESC LIMIT 1), FALSE)",
                    [channel],
                );
            }
            Segment::Language(language) => {
                let language: Value = Box::new(language.as_str().to_owned());
                self.put("coalesce(s.language, 'ko') = ?", [language]);
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
            Segment::Person(id) => {
                let id: Value = Box::new(id.as_uuid());
                self.put("s.id = ?", [id]);
            }
            Segment::Since(from) => {
                // Instants are kept in whole microseconds.
                let part = TimeDelta::microseconds(i64::from(from.timestamp_subsec_nanos() % 1_000 > 0));
                let from: Value = Box::new(from.checked_add_signed(part).unwrap_or(*from));
                self.put("s.created_at >= ?", [from]);
            }
            Segment::Topic(topic) => {
                let topic: Value = Box::new(topic.clone());
                self.put("(s.topics = '{}' OR ? = ANY(s.topics))", [topic]);
            }
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
        let values: [Value; 2] = [Box::new(purpose.code()), Box::new(at)];
        self.put(
            "coalesce((SELECT granted FROM consents WHERE subscriber = s.number AND purpose = ? AND at <= ? \
             ORDER BY at DESC, granted LIMIT 1), FALSE)",
            values,
        );
    }
}
